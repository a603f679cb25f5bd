"""The inbox: what the organisation was told, what it asked for, and the requests of others that await its decision."""

from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.errors import InputError
from virtuales.policy.purposes import PURPOSES
from virtuales.policy.statements import statement_sentences
from virtuales.rdf.terms import parse_iri
from virtuales.trust.scopes import Scope
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.dates import end_of_day
from virtuales.web.portal.names import Names
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.visitors import SameOrigin, SignedIn, Visitor
from virtuales.workflow import review_access
from virtuales.workflow.inbox import read_notification
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.workspace import Workspace

router = APIRouter(include_in_schema=False)
_DONE = {
    "asked": "Your request is recorded. The provider is asked to decide; you will be told here.",
    "approved": "The request is approved. The agreement is in force once the consumer's node has signed it too.",
    "refused": "The request is refused, and the consumer is told why.",
}


@router.get("/inbox")
def show(request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: SignedIn, done: str = "") -> Response:
    """Show the inbox."""
    return _page(request, portal, workspace, visitor, done=_DONE.get(done))


@router.post("/inbox/notifications/{key}/reading", dependencies=[SameOrigin])
def mark_read(workspace: WorkspaceHere, visitor: SignedIn, key: str) -> Response:
    """Mark a notification as read."""
    read_notification(workspace, visitor.principal, key)
    return RedirectResponse("/inbox", status_code=303)


@router.post("/inbox/decision", dependencies=[SameOrigin])
def decide(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    pid: Annotated[str, Form()],
    decision: Annotated[Literal["approve", "refuse"], Form()],
    reason: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
) -> Response:
    """Approve or refuse a request, or show the inbox again with what is wrong."""
    negotiation = parse_iri(pid, where="pid")
    try:
        why = _given(reason)
        if decision == "approve":
            review_access.approve(workspace, visitor.principal, negotiation, reason=why, until=end_of_day(until))
        else:
            review_access.refuse(workspace, visitor.principal, negotiation, reason=why)
    except InputError as error:
        field = "until" if error.where in {"until", "validUntil"} else "reason"
        fault = {"pid": pid, "field": field, "text": f"{error.what} {error.remedy or ''}".strip()}
        return _page(request, portal, workspace, visitor, fault=fault, written={"reason": reason, "until": until})
    done = "approved" if decision == "approve" else "refused"
    return RedirectResponse("/inbox?" + urlencode({"done": done}), status_code=303)


def _page(
    request: Request,
    portal: Portal,
    workspace: Workspace,
    visitor: Visitor,
    *,
    done: str | None = None,
    fault: Mapping[str, str] | None = None,
    written: Mapping[str, str] | None = None,
) -> Response:
    organisation = workspace.hosted(visitor.principal, Scope.CATALOGUE_READ)
    desk = Desk(workspace)
    waiting = review_access.reviews(workspace, visitor.principal) if visitor.reviews else []
    return portal.page(
        request,
        "inbox.html",
        status=422 if fault else 200,
        visitor=visitor,
        names=Names(workspace, visitor.principal),
        purposes={iri.value: name for iri, name in PURPOSES.items()},
        notifications=desk.notifications.of(organisation.iri),
        reviews=waiting,
        stated={one.iri.value: statement_sentences(desk.stated(one.opening), workspace.vocabulary) for one in waiting},
        asked=desk.negotiations.of_consumer(organisation.iri) if visitor.requests else [],
        done=done,
        fault=fault,
        written=written or {"reason": "", "until": ""},
    )


def _given(reason: str) -> str:
    if not reason.strip():
        raise InputError("No reason is given.", where="reason", remedy="Say in a sentence why you decide so.")
    return reason
