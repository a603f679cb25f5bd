"""Pages about use cases: which there are, what each needs, where models fall short, and a form to remark on them."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.alignment.gaps.cell import STATUSES
from virtuales.alignment.use_cases.record import METHOD_STEPS, Requirement, UseCase, changes
from virtuales.errors import InputError, NotFound
from virtuales.web.api.use_cases import FORMS
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.documents import HTML, chosen_format, finished, rdf_document, see_document
from virtuales.web.portal.names import Names
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.visitors import SameOrigin, SignedIn, Visitor, VisitorHere
from virtuales.workflow import known_use_cases, terms
from virtuales.workflow.remark import make_remark
from virtuales.workflow.workspace import Workspace

router = APIRouter(include_in_schema=False)
_SUFFIXES: Mapping[str, str] = {
    "html": "text/html",
    "csv": "text/csv",
    "md": "text/markdown",
    "json": "application/json",
    "ttl": "text/turtle",
}


@router.get("/use-cases")
def show_all(request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere) -> Response:
    """List the use cases."""
    return portal.page(request, "use-cases.html", visitor=visitor, use_cases=known_use_cases.all_use_cases(workspace))


@router.get("/use-cases/{name}")
def show(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: VisitorHere,
    name: str,
    done: bool = False,
) -> Response:
    """Show a use case with its requirements and remarks."""
    return _page(request, portal, workspace, visitor, known_use_cases.get_use_case(workspace, name), done=done)


@router.get("/id/use-case/{name}")
def use_case_iri(request: Request) -> Response:
    """Send whoever asks for a use case to the document about it."""
    return see_document(request)


@router.get("/doc/use-case/{name}")
def document(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere, name: str
) -> Response:
    """Answer with the document about a use case: its page, or its record with what was remarked on it."""
    media_type = chosen_format(request)
    use_case = known_use_cases.get_use_case(workspace, name)
    if media_type != HTML:
        return rdf_document(request, known_use_cases.statements_of(workspace, use_case), media_type)
    return finished(request, _page(request, portal, workspace, visitor, use_case))


@router.post("/use-cases/{name}/remarks", dependencies=[SameOrigin])
def remark(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    name: str,
    text: Annotated[str, Form()] = "",
    about: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "",
) -> Response:
    """Record a remark, or show the page again with what is wrong."""
    try:
        make_remark(workspace, visitor.principal, name, text=text, about=about, pain_point=kind == "pain")
    except InputError as error:
        use_case = known_use_cases.get_use_case(workspace, name)
        said = {"text": text, "about": about, "kind": kind}
        fault = {error.where if error.where in said else "text": str(error)}
        return _page(request, portal, workspace, visitor, use_case, fault=fault, said=said)
    return RedirectResponse(f"/use-cases/{name}?done=true#remarks", status_code=303)


@router.get("/use-cases/{name}/gaps")
def gaps(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: VisitorHere,
    name: str,
    model: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """Show how far models meet the requirements."""
    use_case = known_use_cases.get_use_case(workspace, name)
    account = known_use_cases.account_of(workspace, use_case, model or ())
    chosen = {version.reference for version in account.report.models}
    return portal.page(
        request,
        "use-case-gaps.html",
        visitor=visitor,
        use_case=use_case,
        account=account,
        report=account.report,
        statuses=STATUSES,
        counts=[(label, account.report.counts(place)) for place, label in enumerate(account.report.names)],
        versions=[(one, one.reference in chosen) for one in workspace.models.versions() if one.in_use],
        files={suffix: _file_path(name, suffix, model or []) for suffix in _SUFFIXES},
        by_name=dict(zip(account.report.names, account.report.models, strict=True)),
        paths=terms,
    )


@router.get("/use-cases/{name}/gaps.{suffix}")
def gaps_file(
    workspace: WorkspaceHere, name: str, suffix: str, model: Annotated[list[str] | None, Query()] = None
) -> Response:
    """Give the analysis as a file."""
    if suffix not in _SUFFIXES:
        raise NotFound("There is no such file.", where=suffix, remedy="One of: " + ", ".join(_SUFFIXES) + ".")
    use_case = known_use_cases.get_use_case(workspace, name)
    account = known_use_cases.account_of(workspace, use_case, model or ())
    media_type = _SUFFIXES[suffix]
    headers = {
        "Content-Disposition": f'attachment; filename="gaps.{suffix}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(FORMS[media_type](account), media_type=media_type, headers=headers)


def _page(
    request: Request,
    portal: Portal,
    workspace: Workspace,
    visitor: Visitor | None,
    use_case: UseCase,
    *,
    done: bool = False,
    fault: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
) -> Response:
    organisations = Names(workspace, visitor.principal if visitor else None)
    return portal.page(
        request,
        "use-case.html",
        status=422 if fault else 200,
        visitor=visitor,
        use_case=use_case,
        method=[
            (label, [a for a in use_case.activities if a.step == iri.value]) for iri, label in METHOD_STEPS.items()
        ],
        refined={one.iri: _refinements(use_case, one) for one in use_case.requirements},
        who=lambda by: use_case.name_of(organisations.organisation(by)) if "://" in by else by,
        is_registry=workspace.is_orchestrator,
        orchestrator=workspace.orchestrator,
        done=done,
        fault=fault or {},
        said=said or {"text": "", "about": "", "kind": ""},
    )


def _refinements(use_case: UseCase, requirement: Requirement) -> list[tuple[Requirement, tuple[str, ...]]]:
    return [(after, changes(before, after)) for before, after in pairwise(use_case.history(requirement))]


def _file_path(name: str, suffix: str, models: list[str]) -> str:
    query = urlencode([("model", each) for each in models])
    return f"/use-cases/{name}/gaps.{suffix}" + (f"?{query}" if query else "")
