"""The page that asks all producers: a query, its answer, and what became of every source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.errors import (
    AccessDenied,
    InputError,
    NotFound,
    PeerFailure,
    SourcesMissing,
    SourcesRefused,
    Unauthenticated,
    VirtualesError,
)
from virtuales.exchange.lowering.results import table_of
from virtuales.node import Node
from virtuales.query.protocol import QueryRequest
from virtuales.query.saved_reading import RESERVED
from virtuales.rdf.media import RESULTS_JSON, TURTLE
from virtuales.trust.tokens import Principal
from virtuales.web.dependencies import NodeHere, WorkspaceHere
from virtuales.web.portal.names import Names
from virtuales.web.portal.queries import FILES, Suffix, file_of, filled_in, shown_rows
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.visitors import Reader, Visitor, VisitorHere
from virtuales.web.waiting import gone
from virtuales.workflow.ask_producers import AccountedAnswer, FederatedQuestion, Missing, ask_producers
from virtuales.workflow.asked_vocabulary import Vocabulary
from virtuales.workflow.federated_account import AnswerAccount, SourceAccount, State
from virtuales.workflow.saved_queries import shipped_queries
from virtuales.workflow.told_links import ToldLinks
from virtuales.workflow.versions_in_reach import ALL

router = APIRouter(include_in_schema=False)
_EXAMPLE: Final = "SELECT ?class (COUNT(*) AS ?objects) WHERE { ?s a ?class } GROUP BY ?class ORDER BY DESC(?objects)"
MISSING: Mapping[Missing, str] = {
    "refused": "Datasets that I may not use",
    "any": "Those, and sources that fail or are late",
    "none": "Nothing",
}
"""What may be missing from an answer, as people choose it."""
_ORDER: Final[tuple[State, ...]] = ("failed", "timed out", "cut", "refused", "answered", "not needed")
Text = Annotated[str, Query(alias="query", max_length=20_000)]
Model = Annotated[str, Query(max_length=200)]
EveryTerm = Annotated[bool, Query(alias="every-term")]
Told = Annotated[str, Query(alias="links", max_length=10_000)]


@dataclass(frozen=True)
class Filled:
    """The form as it was filled in."""

    query: str = ""
    model: str = ""
    missing: Missing = "refused"
    every_term: bool = False
    links: str = ""

    @property
    def fields(self) -> str:
        """The fields as they stand in an address."""
        said = {"query": self.query, "model": self.model, "missing": self.missing}
        said |= {"every-term": "true"} if self.every_term else {}
        return urlencode(said | ({"links": self.links} if self.links.strip() else {}))

    @property
    def vocabulary(self) -> Vocabulary | None:
        """The vocabulary that the query is in; None where no model was chosen.

        Raises:
            InputError: every term is to be carried, but it is not said to which model.
        """
        if self.every_term and not self.model:
            remedy = "Choose the model that the query is in, or do without every term."
            raise InputError("It is not said which model the query is in.", where="model", remedy=remedy)
        return Vocabulary(self.model, every_term=self.every_term) if self.model else None


def _filled(
    query: Text = "", model: Model = "", missing: Missing = "refused", every_term: EveryTerm = False, links: Told = ""
) -> Filled:
    return Filled(query, model, missing, every_term, links)


FilledForm = Annotated[Filled, Depends(_filled)]
"""The form as a request brings it."""


@router.get("/ask")
def ask(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    visitor: VisitorHere,
    reader: Reader,
    form: FilledForm,
) -> Response:
    """Show the form, and the answer to what was asked with it."""
    if not form.query.strip():
        return _page(request, node, portal, visitor, reader, form=form)
    try:
        made = _asked(request, node, reader, form, accept=f"{RESULTS_JSON}, {TURTLE};q=0.5")
    except (InputError, NotFound, AccessDenied, Unauthenticated, PeerFailure) as error:
        return _page(request, node, portal, visitor, reader, form=form, error=error)
    return _page(request, node, portal, visitor, reader, form=form, made=made)


@router.get("/ask/answer.{suffix}")
def answer_file(request: Request, node: NodeHere, reader: Reader, suffix: Suffix, form: FilledForm) -> Response:
    """Ask once more, and give the whole answer as a file."""
    made = _asked(request, node, reader, form, accept=RESULTS_JSON)
    return file_of(table_of(made.answer.body), "answer", suffix)


@router.get("/queries/{name}/producers")
def ask_saved(request: Request, name: str) -> Response:
    """Put the values of a saved query into it, and ask all producers."""
    query = shipped_queries().get(name)
    given = filled_in(request)
    try:
        text = query.bound({field: value for field, value in given.items() if field != RESERVED})
    except InputError:
        return RedirectResponse(f"/queries/{name}/answer?{urlencode(given)}", status_code=303)
    model = query.models[0] if query.models else ""
    return RedirectResponse(f"/ask?{Filled(text, model).fields}", status_code=303)


def _asked(request: Request, node: Node, reader: Principal | None, form: Filled, *, accept: str) -> AccountedAnswer:
    asker = reader.organisation if reader else "anybody"
    posed = QueryRequest(form.query, accept=accept, gone=gone(request), asker=asker)
    question = FederatedQuestion(posed, ALL, form.missing, form.vocabulary, ToldLinks.read(form.links))
    return ask_producers(
        node.workspace, reader, question, token_for=lambda other: node.token_of(reader, other) if reader else None
    )


def _page(
    request: Request,
    node: Node,
    portal: Portal,
    visitor: Visitor | None,
    reader: Principal | None,
    *,
    form: Filled,
    made: AccountedAnswer | None = None,
    error: VirtualesError | None = None,
) -> Response:
    workspace = node.workspace
    names = Names(workspace, reader)
    table = table_of(made.answer.body) if made and made.answer.media_type.startswith(RESULTS_JSON) else None
    return portal.page(
        request,
        "producers.html",
        status=422 if error else 200,
        visitor=visitor,
        form=form,
        example=_EXAMPLE,
        choices=MISSING,
        models=_models(workspace),
        fault={"links" if error.where and error.where.startswith("links") else "query": str(error)} if error else {},
        table=table,
        rows=shown_rows(names, table),
        statements=made.answer.body.decode() if made and table is None else "",
        account=made.account if made else None,
        sources=_sources(made.account if made else None, error),
        names=names,
        files={suffix: f"/ask/answer.{suffix}?{form.fields}" for suffix in FILES},
    )


def _models(workspace: WorkspaceHere) -> list[tuple[str, str]]:
    """Return name and title of each registered model, by title."""
    found = {one.name: one.title or one.name for one in workspace.models.versions() if one.in_use}
    return sorted(found.items(), key=lambda one: one[1].lower())


def _sources(account: AnswerAccount | None, error: VirtualesError | None) -> Sequence[SourceAccount]:
    """Return the sources of an answer, or those that an error tells of; what is missing comes first."""
    found: Sequence[SourceAccount] = account.sources if account else ()
    if isinstance(error, SourcesRefused | SourcesMissing):
        found = [SourceAccount.model_validate(one) for one in error.sources]
    return sorted(found, key=lambda one: _ORDER.index(one.state))
