"""Steps 4 and 5 by REST: ask for access, review what others ask, and what one is told meanwhile."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from virtuales.contract.negotiations import Negotiation
from virtuales.governance.notifications import Notification
from virtuales.policy.purposes import PURPOSES, find_purpose
from virtuales.rdf.terms import parse_iri
from virtuales.trust.scopes import Scope
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow import inbox, request_access, review_access
from virtuales.workflow.negotiate import Desk

router = APIRouter(prefix="/api/v1", tags=["Request and review access"])
Pid = Annotated[str, Path(description="This node's identifier of the negotiation, `urn:uuid:…`.")]


class RequestIn(RequestBody):
    """A request for access to a dataset version."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "version": "http://127.0.0.1:8403/id/dataset/vale-132kv/version/1",
                "purpose": "NetworkPlanning",
                "justification": "Study of re-routing between the two grid supply points.",
                "accept_conditions": True,
            }
        },
    )

    version: str = Field(description="IRI of the dataset version.")
    purpose: str = Field(description="One of the purposes of `/api/v1/purposes`.")
    justification: str = Field(description="Why the data is needed.")
    accept_conditions: bool = Field(description="Whether the licence and the handling conditions are accepted.")
    stated: list[dict[str, Any]] = Field(
        [],
        description="What you state for left operands that the offer asks for: constraints with `eq`, as compact JSON.",
    )


class ApprovalIn(RequestBody):
    """An approval."""

    reason: str
    until: datetime | None = Field(None, description="When the agreement ends; without it, when the offer does.")


class RefusalIn(RequestBody):
    """A refusal."""

    reason: str


class NegotiationOut(BaseModel):
    """A negotiation as this node keeps it."""

    negotiation: str
    state: str
    version: str
    offer: str
    provider: str
    consumer: str
    purpose: str
    justification: str
    requested_at: datetime
    agreement: str | None
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    provider_reached: bool
    replaces: str | None = Field(description="The agreement that is to be replaced, where this is an amendment.")
    stated: list[dict[str, Any]] = Field(description="What the consumer states, as constraints in compact JSON.")


class NotificationOut(BaseModel):
    """A notification."""

    key: str
    about: str
    text: str
    received_at: str
    is_read: bool


@router.get("/purposes", summary="The purposes that can be named")
def purposes() -> list[dict[str, str]]:
    """List the purposes for which data can be asked for."""
    return [{"purpose": iri.value.rpartition("#")[2], "iri": iri.value, "name": name} for iri, name in PURPOSES.items()]


@router.post("/access-requests", status_code=201, summary="Request access")
def ask(workspace: WorkspaceHere, asker: KnownAsker, request: RequestIn) -> NegotiationOut:
    """Ask the provider of a dataset version for access; `provider_reached` tells whether it has answered yet."""
    negotiation = request_access.request_access(
        workspace,
        asker,
        parse_iri(request.version, where="version"),
        request_access.IntendedUse(find_purpose(request.purpose), request.justification, request.stated),
        accepted=request.accept_conditions,
    )
    return negotiation_out(negotiation)


@router.get("/access-requests", summary="What your organisation asked for")
def asked(workspace: WorkspaceHere, asker: KnownAsker) -> list[NegotiationOut]:
    """List what your organisation has asked for, the newest first."""
    organisation = workspace.hosted(asker, Scope.ACCESS_REQUEST)
    return [negotiation_out(one) for one in Desk(workspace).negotiations.of_consumer(organisation.iri)]


@router.get("/reviews", summary="What awaits your organisation's decision")
def reviews(workspace: WorkspaceHere, asker: KnownAsker) -> list[NegotiationOut]:
    """List the requests that await your organisation's decision, the oldest first."""
    return [negotiation_out(one) for one in review_access.reviews(workspace, asker)]


@router.post("/reviews/{pid}/approval", summary="Approve a request")
def approve(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, approval: ApprovalIn) -> NegotiationOut:
    """Approve a request: the agreement is signed and sent; it is in force once the consumer has signed too."""
    negotiation = review_access.approve(
        workspace, asker, parse_iri(pid, where="pid"), reason=approval.reason, until=approval.until
    )
    return negotiation_out(negotiation)


@router.post("/reviews/{pid}/refusal", summary="Refuse a request")
def refuse(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, refusal: RefusalIn) -> NegotiationOut:
    """Refuse a request, with a reason that the consumer is told."""
    return negotiation_out(review_access.refuse(workspace, asker, parse_iri(pid, where="pid"), reason=refusal.reason))


@router.get("/notifications", summary="What your organisation was told")
def notifications(workspace: WorkspaceHere, asker: KnownAsker) -> list[NotificationOut]:
    """List your organisation's notifications, the newest first."""
    return [_notification(one) for one in inbox.notifications(workspace, asker)]


@router.post("/notifications/{key}/reading", summary="Mark a notification as read")
def read(workspace: WorkspaceHere, asker: KnownAsker, key: str) -> NotificationOut:
    """Mark one of your organisation's notifications as read."""
    return _notification(inbox.read_notification(workspace, asker, key))


def _notification(notification: Notification) -> NotificationOut:
    return NotificationOut(
        key=notification.iri.value.rpartition("/")[2],
        about=notification.about,
        text=notification.text,
        received_at=notification.received_at,
        is_read=notification.is_read,
    )


def negotiation_out(negotiation: Negotiation) -> NegotiationOut:
    """Return a negotiation as it is answered."""
    opening = negotiation.opening
    return NegotiationOut(
        negotiation=negotiation.iri.value,
        state=negotiation.state.value,
        version=opening.target.value,
        offer=opening.offer.value,
        provider=opening.assigner.value,
        consumer=opening.assignee.value,
        purpose=opening.purpose.value,
        justification=opening.justification,
        requested_at=negotiation.requested_at,
        agreement=negotiation.agreement.value if negotiation.agreement else None,
        decided_by=negotiation.decided_by,
        decided_at=negotiation.decided_at,
        reason=negotiation.reason,
        provider_reached=opening.provider_pid is not None,
        replaces=opening.replaces.value if opening.replaces else None,
        stated=json.loads(opening.stated) if opening.stated else [],
    )
