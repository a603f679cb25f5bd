"""Step 6 across producers: one question, answered from every dataset version that the asker may use.

Each version is asked at its producer's node, with a token of the asker's for that node, so that the producer decides
and records the access as any other. What a source that is missing means is the asker's choice: those that were never
granted may be missing, none may, or any may; in every case the account names them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from virtuales.catalogue.askable import AskableVersion
from virtuales.errors import InputError, NotFound, PeerFailure, SourcesMissing, SourcesRefused, UnreadableInput
from virtuales.federation.endpoint import Endpoint
from virtuales.query.description import Described, describe
from virtuales.query.protocol import QueryRequest
from virtuales.query.syntax.held_terms import held_terms
from virtuales.query.syntax.parser import parse_query
from virtuales.query.syntax.tree import DatasetClause, Query
from virtuales.query.syntax.writer import write_query
from virtuales.rdf.media import RESULTS_JSON, RESULTS_XML
from virtuales.rdf.terms import NamedNode, Quad, parse_iri
from virtuales.store.rdf_store import Answer
from virtuales.trust.tokens import Principal
from virtuales.workflow.asked_vocabulary import Vocabulary
from virtuales.workflow.federated_account import (
    LACKING,
    AnswerAccount,
    SourceAccount,
    account_of,
    asked_source,
    failed_source,
    refused_source,
    unseen_catalogue,
)
from virtuales.workflow.spoken_models import Speakers
from virtuales.workflow.told_links import NO_LINKS, ToldLinks
from virtuales.workflow.versions_in_reach import ALL, Choice, InReach, Reach, TokenFor, versions_in_reach
from virtuales.workflow.workspace import Workspace

Missing = Literal["none", "refused", "any"]
"""Which sources may be missing from an answer: none; those that may not be used, unless named; or any."""
ENDPOINT: Final = "/sparql/federation"
"""The path of the endpoint."""
_LINKS: Final = (
    (RESULTS_JSON, b'{"head":{"vars":', b'{"head":{"link":["%s"],"vars":'),
    (RESULTS_JSON, b'{"head":{},', b'{"head":{"link":["%s"]},'),
    (RESULTS_XML, b"</head>", b'<link href="%s"/></head>'),
)
"""Where results of a media type link to what describes them: what stands there, and what comes in its place."""


@dataclass(frozen=True)
class FederatedQuestion:
    """A question to all producers.

    Args:
        request: The query, and how it was asked.
        choice: Which dataset versions it is put to.
        missing: Which sources may be missing from the answer.
        vocabulary: The vocabulary that the query is in, by which data in other models are seen through the mappings;
            None takes all data to be in the query's.
        links: What dataset versions call by other IRIs than the query.
    """

    request: QueryRequest
    choice: Choice = ALL
    missing: Missing = "refused"
    vocabulary: Vocabulary | None = None
    links: ToldLinks = NO_LINKS


@dataclass(frozen=True)
class AccountedAnswer:
    """An answer with what it rests on."""

    answer: Answer
    account: AnswerAccount

    def linked(self, address: str) -> Answer:
        """Return the answer with a link to its account, where its form has a place for one.

        Args:
            address: Where the account is.

        See https://www.w3.org/TR/sparql11-results-json/#select-link and https://www.w3.org/TR/rdf-sparql-XMLres/#head.
        """
        body, media_type = self.answer.body, self.answer.media_type
        for form, before, after in _LINKS:
            head, found, rest = body.partition(before)
            if found and media_type.startswith(form):
                return Answer(head + after % address.encode() + rest, media_type)
        return self.answer


def ask_producers(
    workspace: Workspace, asker: Principal | None, question: FederatedQuestion, *, token_for: TokenFor
) -> AccountedAnswer:
    """Answer a question from every dataset version that the asker may use.

    Args:
        workspace: The node.
        asker: Who asks; None for the public.
        question: What is asked.
        token_for: Gives the asker's token for another node.

    Raises:
        UnreadableInput: the text is no SPARQL query.
        InputError: it may not be asked, as it names a service that may not be; it has a term that some source's
            mappings do not carry, where every one is wished for; or its links are about none of the sources, or say
            that one thing is two.
        UnknownTerm: it is said to be in a model that is not registered.
        NotFound: there is nothing to ask, or a version was named that the catalogue does not have.
        AccessDenied: the asker's organisation is not approved, or its token does not cover data.
        SourcesRefused: a source may not be used, and may not be missing; or none may be used.
        SourcesMissing: a source failed, was late or cut, and may not be missing.
        NotAcceptable: the answer has no form that is accepted.
        LimitExceeded: it takes more than it may, or nobody waits for it.
        Busy: too many queries wait already.
    """
    query = _parsed(question.request)
    for iri in question.choice.named:
        parse_iri(iri, where="version")
    reach = versions_in_reach(workspace, asker, question.choice, terms=held_terms(query), token_for=token_for)
    question.links.refuse_strangers(one.version for one in (*reach.usable, *reach.refused))
    home, speakers = _home(workspace, asker), Speakers.to(workspace, question.vocabulary, question.links)
    told = [refused_source(one, home) for one in reach.refused if _concerned(one.version, question.choice, speakers)]
    if reach.unseen is not None:
        told.append(unseen_catalogue(workspace.orchestrator, reach.unseen))
    endpoints, unasked = _endpoints(reach, asker, token_for, speakers)
    told += unasked
    if not endpoints:
        raise _nothing_to_ask(told, asker)
    _refuse_missing(told, question)
    every_term = question.vocabulary is not None and question.vocabulary.every_term
    if every_term:
        _refuse_other_models((one for one, _ in endpoints), speakers)
    asked = replace(question.request, text=_text(query, question.request))
    answer = workspace.federated.answer(asked, [endpoint for _, endpoint in endpoints], every_term=every_term)
    made = zip(endpoints, answer.account.sources, strict=False)  # services of the query follow
    asked_of = [asked_source(one, source, home, note=speakers.sight(one.version).note) for (one, _), source in made]
    account = account_of(asked_of, told, answer.account)
    _refuse_missing(account.sources, question)
    return AccountedAnswer(Answer(answer.body, answer.media_type), account)


def describe_federation(workspace: Workspace) -> tuple[Quad, ...]:
    """Describe the endpoint; what is behind it depends on who asks what, and is told with each answer."""
    return describe(Described(workspace.addresses.base + ENDPOINT, {}, ()))


def _concerned(version: AskableVersion, choice: Choice, speakers: Speakers) -> bool:
    """Tell whether a version that may not be used may hold something that the question is about, or was named."""
    return version.holds or choice.names(version) or speakers.speaks_another(version)


def _refuse_other_models(asked: Iterable[InReach], speakers: Speakers) -> None:
    """Refuse a question, of which every term is to be carried, to a version in a model from which nothing leads."""
    for one in asked:
        lost = speakers.sight(one.version).lost
        if lost is not None:
            remedy = "Leave this version out, be less strict, or do without every term."
            raise InputError(f"No term of the query is carried. {lost}", where=one.version.iri, remedy=remedy)


def _parsed(request: QueryRequest) -> Query:
    try:
        return parse_query(request.text, request.base)
    except InputError as error:
        raise UnreadableInput(error.what, where=error.where or "query", remedy=error.remedy) from error


def _text(query: Query, request: QueryRequest) -> str:
    """Return the text of a query, its IRIs in full; graphs that the request names win over those in the query."""
    if request.dataset:
        default = (DatasetClause(NamedNode(iri)) for iri in request.dataset.default)
        named = (DatasetClause(NamedNode(iri), named=True) for iri in request.dataset.named)
        query = replace(query, dataset=(*default, *named))
    return write_query(query)


def _home(workspace: Workspace, asker: Principal | None) -> str | None:
    participant = workspace.participants.find(NamedNode(asker.organisation)) if asker else None
    return participant.node_url if participant else None


def _endpoints(
    reach: Reach, asker: Principal | None, token_for: TokenFor, speakers: Speakers
) -> tuple[list[tuple[InReach, Endpoint]], list[SourceAccount]]:
    """Return the versions with their endpoints, and what is to be told of those for which no token can be had."""
    found: list[tuple[InReach, Endpoint]] = []
    failed: list[SourceAccount] = []
    headers: dict[str, dict[str, str] | PeerFailure] = {}
    for one in reach.usable:
        if one.node not in headers:
            headers[one.node] = _headers(one.node, token_for if asker else None)
        sent = headers[one.node]
        if isinstance(sent, PeerFailure) and one.basis != "open":
            failed.append(failed_source(one, sent))
            continue
        url = one.version.iri.replace("/id/", "/sparql/", 1)
        seen = speakers.sight(one.version).seen
        said, edition = sent if isinstance(sent, dict) else {}, _edition(one, asker)
        found.append((one, Endpoint(url, said, seen=seen, edition=edition)))
    return found, failed


def _edition(one: InReach, asker: Principal | None) -> str:
    """Tell apart what somebody may see of a version from all else: its data never change, but who may use them does."""
    return f"{asker.organisation if asker else 'public'} {one.basis} {one.agreement}"


def _headers(node: str, token_for: TokenFor | None) -> dict[str, str] | PeerFailure:
    if token_for is None:
        return {}
    try:
        token = token_for(node)
    except PeerFailure as error:
        return error
    return {"Authorization": f"Bearer {token}"} if token else {}


def _nothing_to_ask(told: Sequence[SourceAccount], asker: Principal | None) -> Exception:
    """Return the error that there is no source."""
    if any(one.state in LACKING for one in told):
        return _missing(told)
    if told:
        what = "You may use none of the dataset versions that the question is about."
        return _refused(told, what, "Ask for access to one of them.")
    if asker is None:
        return NotFound(
            "No open dataset is there to be asked.",
            where="query",
            remedy="Sign in, or use a token, to ask what your organisation may use.",
        )
    return NotFound(
        "No dataset version is there to be asked.", where="query", remedy="Ask for other datasets, or wait for some."
    )


def _refuse_missing(told: Sequence[SourceAccount], question: FederatedQuestion) -> None:
    """Refuse an answer without sources that may not be missing."""
    if question.missing == "any":
        return
    if any(one.state in LACKING for one in told):
        raise _missing(told)
    needed = question.missing == "none" or bool(question.choice.named)
    if needed and any(one.state == "refused" for one in told):
        what = "The answer would lack dataset versions that you may not use."
        raise _refused(told, what, "Ask for access, or ask with `missing=any` for what you may use.")


def _missing(told: Sequence[SourceAccount]) -> SourcesMissing:
    named = "; ".join(one.sentence() for one in told if one.state in LACKING)
    return SourcesMissing(
        f"The answer would lack what these would have given: {named}",
        sources=[one.model_dump(mode="json") for one in told],
        where="query",
        remedy="Try again later, or ask with `missing=any` for what there is.",
    )


def _refused(told: Sequence[SourceAccount], what: str, remedy: str) -> SourcesRefused:
    return SourcesRefused(
        what,
        reasons=[f"{one.sentence()} {one.remedy or ''}".strip() for one in told if one.state == "refused"],
        sources=[one.model_dump(mode="json") for one in told],
        where="query",
        remedy=remedy,
    )
