"""Pages about mappings: which there are, each version with rows, findings and history, and what is decided of it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from virtuales.alignment.impact.sections import sections_of
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.registered.version import MappingKind, MappingMove, MappingStatus, MappingVersion
from virtuales.errors import Conflict, InputError, UnknownTerm, VirtualesError
from virtuales.models.ontology_file import model_iri
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.documents import HTML, chosen_format, finished, rdf_document, see_document
from virtuales.web.portal.names import Names
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.visitors import Reader, SameOrigin, SignedIn, Visitor, VisitorHere
from virtuales.workflow import govern_mappings, known_mappings
from virtuales.workflow.contributed_mappings import Contribution
from virtuales.workflow.mapping_forms import read_set
from virtuales.workflow.mapping_impact import impact_of
from virtuales.workflow.workspace import Workspace

router = APIRouter(include_in_schema=False)
_PAGE = 50
_SHOWN_FINDINGS = 100
Shown = Literal["use", "review", "ended", "all"]
_STANDING: Mapping[Shown, frozenset[MappingStatus]] = {
    "use": frozenset({MappingStatus.PUBLISHED}),
    "review": frozenset(
        {MappingStatus.CONTRIBUTED, MappingStatus.CHECKED, MappingStatus.REVIEWED, MappingStatus.APPROVED}
    ),
    "ended": frozenset({MappingStatus.REPLACED, MappingStatus.WITHDRAWN, MappingStatus.REJECTED}),
    "all": frozenset(MappingStatus),
}
_SHOWN_WORDS: Mapping[Shown, str] = {
    "use": "In use",
    "review": "Contributed, not in use yet",
    "ended": "No longer in use, or rejected",
    "all": "All",
}
_MOVES = {
    MappingMove.CHECK: "Check again",
    MappingMove.REVIEW: "Mark as reviewed",
    MappingMove.APPROVE: "Approve",
    MappingMove.PUBLISH: "Publish",
    MappingMove.REJECT: "Reject",
    MappingMove.WITHDRAW: "Withdraw",
}
_DONE = {
    "contribute": "The mappings are registered and checked. Somebody else has to review them.",
    "check": "The mappings were checked together with those in use.",
    "review": "The mappings are marked as reviewed.",
    "approve": "The mappings are approved. They come into use when they are published.",
    "publish": "The mappings are in use.",
    "reject": "The mappings are rejected.",
    "withdraw": "The mappings are withdrawn.",
}


@router.get("/mappings")
def show_all(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere, show: Shown = "use"
) -> Response:
    """List the mappings with their status."""
    known = known_mappings.all_versions(workspace)
    return portal.page(
        request,
        "mappings.html",
        visitor=visitor,
        versions=[one for one in known if one.status in _STANDING[show]],
        counts={each: sum(one.status in _STANDING[each] for one in known) for each in _SHOWN_WORDS},
        words=_SHOWN_WORDS,
        show=show,
        is_registry=workspace.is_orchestrator,
        version_path=known_mappings.version_path,
        names=_model_names(workspace),
    )


@router.get("/mappings/contribution")
def contribution(request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: SignedIn) -> Response:
    """Show the form with which mappings are contributed."""
    return _contribution(request, portal, workspace, visitor)


@router.post("/mappings/contribution", dependencies=[SameOrigin])
def contribute(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    file: Annotated[UploadFile, File()],
    source: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
    identifier: Annotated[str, Form()] = "",
    licence: Annotated[str, Form()] = "",
    comment: Annotated[str, Form()] = "",
) -> Response:
    """Register a contribution, or show the form again with what is wrong."""
    said = {"source": source, "version": version, "identifier": identifier, "licence": licence, "comment": comment}
    sent = Contribution(file_name=file.filename or "", content=file.file.read(), **said)
    try:
        made = govern_mappings.contribute(workspace, visitor.principal, sent)
    except (InputError, Conflict) as error:
        return _contribution(request, portal, workspace, visitor, fault=_fault(error, said), said=said)
    return _see(made, "contribute")


@router.post("/mappings/decision", dependencies=[SameOrigin])
def decide(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    identifier: Annotated[str, Form()],
    version: Annotated[str, Form()],
    move: Annotated[MappingMove, Form()],
    comment: Annotated[str, Form()] = "",
) -> Response:
    """Make a move with a version, or show its page again with what is wrong."""
    try:
        after = govern_mappings.decide(workspace, visitor.principal, identifier, version, move=move, comment=comment)
    except (InputError, Conflict) as error:
        about = known_mappings.get_version(workspace, identifier, version)
        fault = _fault(error, {"comment": comment})
        return _page(request, portal, workspace, visitor, about, fault=fault, comment=comment)
    return _see(after, move.value)


@router.get("/id/mapping/{identifier:path}")
def thing(request: Request) -> Response:
    """Send whoever asks for mappings, or for a version of them, to the document about it."""
    return see_document(request)


@router.get("/doc/mapping/{identifier:path}/version/{version}")
def document(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: VisitorHere,
    identifier: str,
    version: str,
    page: Annotated[int, Query(ge=1)] = 1,
    done: str = "",
) -> Response:
    """Answer with the document about a version."""
    media_type = chosen_format(request)
    about = known_mappings.get_version(workspace, identifier, version)
    if media_type != HTML:
        return rdf_document(request, known_mappings.statements_of(workspace, about), media_type)
    return finished(request, _page(request, portal, workspace, visitor, about, number=page, done=_DONE.get(done)))


@router.get("/doc/mapping/{identifier:path}/version/{version}/impact")
def impact(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: VisitorHere,
    reader: Reader,
    identifier: str,
    version: str,
) -> Response:
    """Show what a version changes."""
    about = known_mappings.get_version(workspace, identifier, version)
    found = impact_of(workspace, reader, about)
    return portal.page(
        request,
        "mapping-impact.html",
        visitor=visitor,
        about=about,
        impact=found,
        sections=sections_of(found),
        version_path=known_mappings.version_path,
    )


@router.get("/doc/mapping/{identifier:path}")
def in_use(workspace: WorkspaceHere, identifier: str) -> Response:
    """Send on to the version in use, or to the newest."""
    about = known_mappings.version_in_use(workspace, identifier)
    return RedirectResponse(known_mappings.version_path(about), status_code=303, headers={"Vary": "Accept"})


def _page(
    request: Request,
    portal: Portal,
    workspace: Workspace,
    visitor: Visitor | None,
    about: MappingVersion,
    *,
    number: int = 1,
    done: str | None = None,
    fault: Mapping[str, str] | None = None,
    comment: str = "",
) -> Response:
    content = known_mappings.content_of(workspace, about)
    mapping_set = read_set(about, content).mapping_set if about.kind is MappingKind.SET else None
    moves = govern_mappings.moves_of(workspace, visitor.principal, about) if visitor else []
    return portal.page(
        request,
        "mapping.html",
        status=422 if fault else 200,
        visitor=visitor,
        about=about,
        paging=_paging(about, mapping_set, number) if mapping_set else None,
        mapping_set=mapping_set,
        is_known=lambda iri: bool(workspace.models.terms().about(iri)),
        text="" if mapping_set else content.decode(errors="replace"),
        findings=_findings(workspace, about),
        others=[one for one in known_mappings.versions_of(workspace, about.identifier) if one != about],
        moves={one: _MOVES[one] for one in moves},
        names=_model_names(workspace),
        organisations=Names(workspace, visitor.principal if visitor else None),
        version_path=known_mappings.version_path,
        done=done,
        fault=fault,
        comment=comment,
    )


def _paging(about: MappingVersion, mapping_set: MappingSet, number: int) -> dict[str, Any]:
    """Return the rows of a page, and where the pages before and after it are."""
    last = max(1, -(-len(mapping_set.mappings) // _PAGE))
    here = min(number, last)
    address = f"{known_mappings.version_path(about)}?page="
    return {
        "rows": mapping_set.mappings[(here - 1) * _PAGE : here * _PAGE],
        "number": here,
        "last": last,
        "before": f"{address}{here - 1}#rows" if here > 1 else None,
        "after": f"{address}{here + 1}#rows" if here < last else None,
    }


def _findings(workspace: Workspace, about: MappingVersion) -> dict[str, Any] | None:
    """Return what the last check found; None where no check is recorded."""
    if about.last_check is None:
        return None
    found: dict[str, Any] = json.loads(workspace.mappings_in_use.contents.findings(about))
    return {**found, "shown": found["findings"][:_SHOWN_FINDINGS]}


def _contribution(
    request: Request,
    portal: Portal,
    workspace: Workspace,
    visitor: Visitor,
    *,
    fault: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
) -> Response:
    fields = ("identifier", "version", "source", "licence", "comment")
    return portal.page(
        request,
        "mapping-contribution.html",
        status=422 if fault else 200,
        visitor=visitor,
        may=visitor.contributes and workspace.is_orchestrator,
        orchestrator=workspace.orchestrator,
        fault=fault,
        said=said or dict.fromkeys(fields, ""),
    )


def _fault(error: VirtualesError, fields: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong at the field that it is wrong with; what no field can mend stands at the file."""
    return {"field": next((name for name in fields if name == error.where), "file"), "text": str(error)}


def _model_names(workspace: Workspace) -> Mapping[str, str]:
    """Return the titles of the registered models by their IRIs and names."""
    found = {name: one.title for one in workspace.models.versions() for name in (one.name, model_iri(one.name).value)}
    for name in workspace.models.names():
        with suppress(UnknownTerm):  # a model that was added while the node runs is in no manifest
            found[workspace.models.file(name).iri.value] = found[name]
    return found


def _see(version: MappingVersion, done: str) -> Response:
    return RedirectResponse(f"{known_mappings.version_path(version)}?{urlencode({'done': done})}", status_code=303)
