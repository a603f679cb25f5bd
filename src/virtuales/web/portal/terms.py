"""Pages about the terms and conditions: to read them, to accept them, and to put new ones in force."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.errors import AccessDenied, Conflict, InputError, PeerFailure, VirtualesError
from virtuales.trust.published_terms import TermsVersion
from virtuales.trust.terms_and_conditions import clauses
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.signing import sentence
from virtuales.web.portal.visitors import SameOrigin, SignedIn, Visitor, VisitorHere
from virtuales.web.problems import status_of
from virtuales.workflow import accept_terms
from virtuales.workflow.register import refuse_others
from virtuales.workflow.workspace import Workspace

router = APIRouter(include_in_schema=False)


@router.get("/about/terms")
def show(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere, done: str = ""
) -> Response:
    """Show the terms and conditions in force, with a form to accept them where that is still to be done."""
    return _page(request, workspace, portal, visitor, done=done == "accepted")


@router.get("/about/terms/new")
def show_form(request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: SignedIn) -> Response:
    """Show the form with which the orchestrator's staff puts a new version in force; it begins with today's text."""
    refuse_others(workspace, visitor.principal)
    written = {"version": "", "text": workspace.terms.in_force.text, "required_from": ""}
    return portal.page(request, "terms-new.html", visitor=visitor, written=written, faults={})


@router.post("/about/terms/new", dependencies=[SameOrigin])
def publish(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    version: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    required_from: Annotated[str, Form()] = "",
) -> Response:
    """Put a new version in force, or show the form again with what is wrong."""
    written = {"version": version, "text": text, "required_from": required_from}
    try:
        moment = _midnight(required_from)
        lines = text.replace("\r\n", "\n")
        accept_terms.publish(workspace, visitor.principal, version=version, text=lines, required_from=moment)
    except (InputError, Conflict) as error:
        field = error.where if error.where in written else "version"
        faults = {field: sentence(error)}
        return portal.page(
            request, "terms-new.html", status=status_of(error), visitor=visitor, written=written, faults=faults
        )
    return RedirectResponse("/about/terms", status_code=303)


@router.get("/about/terms/{version}")
def show_version(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere, version: str
) -> Response:
    """Show a version of the terms and conditions."""
    return _page(request, workspace, portal, visitor, terms=workspace.terms.get(version))


@router.post("/about/terms", dependencies=[SameOrigin])
def accept(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    version: Annotated[str, Form()] = "",
    has_read: Annotated[str, Form()] = "",
) -> Response:
    """Accept the version that was shown, or show the page again with what is wrong."""
    if not has_read:
        fault = "Tick the box once you have read the terms."
        return _page(request, workspace, portal, visitor, fault=fault, status=422)
    try:
        accept_terms.accept_here(workspace, visitor.principal, version)
    except (AccessDenied, Conflict, PeerFailure) as error:
        return _page(request, workspace, portal, visitor, fault=_said(error), status=status_of(error))
    return RedirectResponse("/about/terms?done=accepted", status_code=303)


def _page(
    request: Request,
    workspace: Workspace,
    portal: Portal,
    visitor: Visitor | None,
    *,
    terms: TermsVersion | None = None,
    done: bool = False,
    fault: str | None = None,
    status: int = 200,
) -> Response:
    in_force = workspace.terms.in_force
    shown = terms or in_force
    heading, found = clauses(shown.text)
    return portal.page(
        request,
        "terms.html",
        status=status,
        visitor=visitor,
        heading=heading,
        clauses=found,
        terms=shown,
        in_force=in_force,
        others=[one.version for one in workspace.terms.all() if one.version != shown.version],
        to_accept=visitor.terms_due if visitor and not done else None,
        done=done,
        faults={"has_read": fault} if fault else {},
    )


def _midnight(day: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day.strip()), time.min, UTC)
    except ValueError:
        raise InputError(f"`{day}` is no date.", where="required_from", remedy="Write it as 2027-06-30.") from None


def _said(error: VirtualesError) -> str:
    return " ".join((sentence(error), *(error.reasons if isinstance(error, AccessDenied) else ())))
