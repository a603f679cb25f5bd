"""Pages about the models: which there are, the search for terms, and a document for each version and each term.

A term's own IRI belongs to its publisher. What stands under `/id/model/…/term/…` is this node's description of it as
one version of a model has it; `/doc/term?iri=…` finds that by the term's own IRI.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.errors import NotFound
from virtuales.models.comparison import CHANGE_KINDS, ChangeKind
from virtuales.models.comparison_report import ReportFormat, sentence_of, title_of, write_comparison
from virtuales.models.registry import ModelVersion
from virtuales.models.term_index import TermQuestion
from virtuales.models.terms import Term
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.documents import HTML, Signs, chosen_format, finished, rdf_document
from virtuales.web.portal.names import Names
from virtuales.web.portal.rendering import PortalHere
from virtuales.web.portal.visitors import Reader, VisitorHere
from virtuales.workflow import known_use_cases, term_documents, terms
from virtuales.workflow.term_mappings import TermMapping, mappings_of
from virtuales.workflow.workspace import Workspace

router = APIRouter(include_in_schema=False)
_PAGE = 20
_FILES: Mapping[str, tuple[ReportFormat, str]] = {
    "csv": ("csv", "text/csv"),
    "md": ("markdown", "text/markdown"),
    "json": ("json", "application/json"),
}


@router.get("/models")
def show_all(request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere) -> Response:
    """List the models, with a search over all their terms."""
    return portal.page(request, "models.html", visitor=visitor, versions=workspace.models.versions(), paths=terms)


@router.get("/terms")
def search(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: VisitorHere,
    q: Annotated[str, Query(max_length=200)] = "",
    model: str = "",
    kind: str = "",
    after: str = "",
) -> Response:
    """Show the terms that answer a search."""
    question = TermQuestion(q, kind=kind or None, limit=_PAGE, after=after or None)
    page = terms.find_terms(workspace, question, model=model or None)
    index = workspace.models.terms()
    return portal.page(
        request,
        "term-search.html",
        visitor=visitor,
        question=question,
        model=model,
        page=page,
        called={term: index.called(term) for term in page.terms},
        versions=workspace.models.versions(),
        by_reference=_by_reference(workspace),
        paths=terms,
        next=_address(replace(question, after=page.next), model) if page.next else None,
        first=_address(replace(question, after=None), model) if after else None,
    )


@router.get("/models/compare")
def compare(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: VisitorHere,
    before: str = "",
    after: str = "",
    profile: str = "",
    show: ChangeKind | None = None,
) -> Response:
    """Show what changed between two models, one kind of change at a time."""
    versions = workspace.models.versions()
    found = terms.compare_versions(workspace, before, after, profile=profile or None) if before and after else None
    chosen = show or next((kind for kind in CHANGE_KINDS if found and found.select(kind)), None)
    return portal.page(
        request,
        "comparison.html",
        visitor=visitor,
        versions=versions,
        before=before,
        after=after,
        profile=profile,
        found=found,
        show=chosen,
        kinds={kind: title_of(kind) for kind in CHANGE_KINDS},
        addresses={kind: _comparison_address(before, after, profile, kind) for kind in CHANGE_KINDS},
        about={name: terms.get_version(workspace, name) for name in (before, after) if name},
        sentence_of=sentence_of,
        paths=terms,
    )


@router.get("/models/comparison.{suffix}")
def comparison_file(
    workspace: WorkspaceHere,
    suffix: Literal["csv", "md", "json"],
    before: str,
    after: str,
    profile: str = "",
) -> Response:
    """Give what changed between two models as a file."""
    report_format, media_type = _FILES[suffix]
    found = terms.compare_versions(workspace, before, after, profile=profile or None)
    headers = {"Content-Disposition": f'attachment; filename="comparison.{suffix}"'}
    return Response(write_comparison(found, report_format), media_type=media_type, headers=headers)


@router.get("/id/model/{name}")
@router.get("/id/model/{name}/{version}")
def model_iri(workspace: WorkspaceHere, name: str, version: str | None = None) -> Response:
    """Send whoever asks for a model to the document about it."""
    return _see(terms.version_path(_version(workspace, name, version)))


@router.get("/id/model/{name}/{version}/term/{term:path}")
def term_iri(workspace: WorkspaceHere, name: str, version: str, term: str) -> Response:
    """Send whoever asks for a term to the document about it."""
    return _see(terms.term_path(_version(workspace, name, version), term))


@router.get("/doc/model/{name}")
def model_in_use(workspace: WorkspaceHere, name: str) -> Response:
    """Send on to the version in use."""
    return _see(terms.version_path(_version(workspace, name, None)))


@router.get("/doc/model/{name}/{version}")
def model_document(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere, name: str, version: str
) -> Response:
    """Answer with the document about a version of a model."""
    media_type = chosen_format(request)
    about = _version(workspace, name, version)
    if media_type != HTML:
        triples = term_documents.model_statements(workspace, about)
        return rdf_document(request, triples, media_type, signs=_signs(about))
    model = workspace.models.model(about.reference)
    page = portal.page(
        request,
        "model.html",
        visitor=visitor,
        about=about,
        model=model,
        tops=term_documents.tops(model),
        others=[one for one in workspace.models.versions() if one.reference != about.reference],
        graph=workspace.addresses.ontology_graph(about.name, about.version).value,
        paths=terms,
    )
    return finished(request, page, signs=_signs(about))


def _signs(about: ModelVersion) -> Signs:
    return Signs(licence=about.licence if about.licence.startswith("http") else None)


@router.get("/doc/term")
def term_by_iri(workspace: WorkspaceHere, iri: str) -> Response:
    """Find the document about a term by the term's own IRI: its page, or the list of versions that describe it."""
    found = workspace.models.terms().about(iri)
    if not found:
        raise NotFound("No registered model has such a term.", where=iri, remedy="Search the terms of the models.")
    if len(found) == 1:
        version = workspace.models.version(found[0].reference)
        return _see(terms.term_path(version, found[0].name))
    return _see("/terms?" + urlencode({"q": iri}))


@router.get("/doc/model/{name}/{version}/term/{term:path}")
def term_document(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: VisitorHere,
    reader: Reader,
    name: str,
    version: str,
    term: str,
) -> Response:
    """Answer with the document about a term as one version of a model has it."""
    media_type = chosen_format(request)
    about = _version(workspace, name, version)
    sheet = terms.get_sheet(workspace, about.reference, term)
    if media_type != HTML:
        return rdf_document(
            request,
            term_documents.term_statements(workspace, reader, sheet.term),
            media_type,
            prefixes=workspace.models.model(about.reference).namespaces,
        )
    index = workspace.models.terms()
    page = portal.page(
        request,
        "term.html",
        visitor=visitor,
        about=about,
        sheet=sheet,
        called=index.called(sheet.term),
        led_by=_led_by(workspace, sheet.term),
        elsewhere=[one for one in index.about(sheet.term.iri) if one.reference != about.reference],
        matches=[(one.iri, bool(index.about(one.iri))) for one in sheet.matches],
        mappings=_mappings(workspace, sheet.term),
        uses=terms.uses_of(workspace, reader, sheet.term),
        needs=known_use_cases.needs_of(workspace, sheet.term.iri),
        names=Names(workspace, reader),
        by_reference=_by_reference(workspace),
        paths=terms,
    )
    return finished(request, page)


def _mappings(workspace: Workspace, term: Term) -> list[tuple[TermMapping, str, bool]]:
    """Return the mappings of a term, with the term on the other side and whether a registered model describes it."""
    index = workspace.models.terms()
    found = mappings_of(workspace, term.iri)
    return [(one, other, bool(index.about(other))) for one in found for other in [one.other(term.iri)]]


def _led_by(workspace: Workspace, term: Term) -> list[Term]:
    """Return the concepts of other models that lead to a term."""
    return [one for one in workspace.models.terms().leading_to(term.iri) if one.reference != term.reference]


def _by_reference(workspace: Workspace) -> dict[str, ModelVersion]:
    return {one.reference: one for one in workspace.models.versions()}


def _version(workspace: Workspace, name: str, version: str | None) -> ModelVersion:
    return terms.get_version(workspace, name if version is None else f"{name}@{version}")


def _see(path: str) -> Response:
    return RedirectResponse(path, status_code=303, headers={"Vary": "Accept"})


def _comparison_address(before: str, after: str, profile: str, kind: ChangeKind) -> str:
    fields = {"before": before, "after": after, "profile": profile, "show": kind}
    return "/models/compare?" + urlencode({name: value for name, value in fields.items() if value}) + "#changes"


def _address(question: TermQuestion, model: str) -> str:
    fields = {"q": question.text, "model": model, "kind": question.kind, "after": question.after}
    return "/terms?" + urlencode({name: value for name, value in fields.items() if value})
