"""Organisations: registering, and the orchestrator's desk that checks and decides."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from virtuales.errors import NotFound
from virtuales.rdf.terms import NamedNode
from virtuales.trust.participants import Participant
from virtuales.trust.verification import REQUIRED_CHECKS, Move, missing_checks
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, NodeHere, WorkspaceHere
from virtuales.workflow import register
from virtuales.workflow.workspace import Workspace

router = APIRouter(prefix="/api/v1/organisations", tags=["Organisations"])

Key = Annotated[str, Path(description="Last part of the organisation's IRI.", examples=["vale-networks"])]


class RegistrationIn(RequestBody):
    """What an organisation says about itself."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "legal_name": "Vale Networks plc",
                "registration_number": "01234567",
                "contact_name": "Ada Reed",
                "contact_email": "data@vale.example",
                "node_url": "http://127.0.0.1:8403",
                "roles": ["producer", "consumer"],
                "accepted_terms": "1.0",
            }
        },
    )

    legal_name: str
    registration_number: str = Field(description="Company number of Great Britain, or LEI.")
    contact_name: str
    contact_email: str
    node_url: str = Field(description="Base URL of the organisation's node, which has to be running.")
    roles: list[str] = Field(description="`producer`, `consumer` or both.")
    accepted_terms: str = Field(description="The version of the terms and conditions that is accepted.")
    domain: str | None = Field(
        None, description="The organisation's web domain, such as `vale.example`; by default its node's is looked up."
    )


class RegisteredOut(BaseModel):
    """A new registration; the secret is shown this once."""

    organisation: str
    status: str
    client_id: str
    client_secret: str


class CheckIn(RequestBody):
    """The outcome of a verification check."""

    name: str = Field(examples=["legal-identity"])
    passed: bool
    note: str = Field(description="What was seen, and where.", examples=["Seen in the register; called back."])


class DecisionIn(RequestBody):
    """A decision about an organisation."""

    move: Move
    reason: str


class CheckOut(BaseModel):
    """A recorded check."""

    name: str
    passed: bool
    note: str
    checked_by: str
    checked_at: datetime


class OrganisationOut(BaseModel):
    """An organisation as the registry shows it."""

    organisation: str
    legal_name: str
    registration_number: str
    node: str
    roles: list[str]
    status: str
    accepted_terms: str
    domain: str | None


class DeskOut(OrganisationOut):
    """An organisation as the orchestrator's staff sees it."""

    contact_name: str | None
    contact_email: str | None
    checks: list[CheckOut]
    missing_checks: list[str]
    decided_by: str | None
    decision_reason: str | None


@router.get("/checks", summary="The verification checks")
def checks() -> list[dict[str, str]]:
    """List the checks that have to be passed before an organisation is approved."""
    return [{"name": check.name, "title": check.title, "question": check.question} for check in REQUIRED_CHECKS]


@router.post("", status_code=201, summary="Register an organisation")
def register_organisation(workspace: WorkspaceHere, node: NodeHere, registration: RegistrationIn) -> RegisteredOut:
    """Register an organisation; its key is read from the did:web document that its node serves."""
    registered = register.register(workspace, registration.model_dump(), http=node.http)
    return RegisteredOut(
        organisation=registered.organisation.value,
        status="Pending",
        client_id=registered.client.client_id,
        client_secret=registered.client.secret,
    )


@router.get("", summary="List the organisations")
def list_organisations(workspace: WorkspaceHere) -> list[OrganisationOut]:
    """List the organisations that this node knows of."""
    return [OrganisationOut(**_public(participant)) for participant in workspace.participants.all()]


@router.get("/desk", summary="The orchestrator's desk")
def desk(workspace: WorkspaceHere, asker: KnownAsker) -> list[DeskOut]:
    """List the organisations with their checks and contacts, for the orchestrator's staff."""
    return [_desk(participant) for participant in register.staff_view(workspace, asker)]


@router.get("/{key}", summary="Show an organisation")
def show(workspace: WorkspaceHere, key: Key) -> OrganisationOut:
    """Show what is public about an organisation."""
    return OrganisationOut(**_public(workspace.participants.get(organisation_iri(workspace, key))))


@router.post("/{key}/checks", summary="Record a verification check")
def record_check(workspace: WorkspaceHere, asker: KnownAsker, key: Key, check: CheckIn) -> DeskOut:
    """Record the outcome of a verification check; a later one of the same name replaces it."""
    participant = register.record_check(
        workspace, asker, organisation_iri(workspace, key), name=check.name, passed=check.passed, note=check.note
    )
    return _desk(participant)


@router.post("/{key}/checks/domain/attempts", summary="Look the web domain up again")
def check_domain(workspace: WorkspaceHere, asker: KnownAsker, key: Key) -> DeskOut:
    """Look up whether the organisation controls its web domain, and record what was found as that check's outcome."""
    return _desk(register.check_domain(workspace, asker, organisation_iri(workspace, key)))


@router.post("/{key}/decisions", summary="Approve, refuse, suspend or reinstate")
def decide(workspace: WorkspaceHere, asker: KnownAsker, key: Key, decision: DecisionIn) -> DeskOut:
    """Decide about an organisation, with a reason; approval needs every check to be passed."""
    participant = register.decide(
        workspace, asker, organisation_iri(workspace, key), move=decision.move, reason=decision.reason
    )
    return _desk(participant)


def organisation_iri(workspace: Workspace, key: str) -> NamedNode:
    """Return the IRI of the organisation whose last part is given.

    Raises:
        NotFound: no organisation that this node knows is called so.
    """
    matching = [one.iri for one in workspace.participants.all() if one.iri.value.rpartition("/")[2] == key]
    if not matching:
        raise NotFound("There is no such organisation.", where=key, remedy="List the organisations.")
    return matching[0]


def _public(participant: Participant) -> dict[str, Any]:
    return {
        "organisation": participant.iri.value,
        "legal_name": participant.legal_name,
        "registration_number": participant.registration_number,
        "node": participant.node_url,
        "roles": [role.value for role in participant.roles],
        "status": participant.status.value,
        "accepted_terms": participant.accepted_terms,
        "domain": participant.domain,
    }


def _desk(participant: Participant) -> DeskOut:
    recorded = [
        CheckOut(
            name=check.name,
            passed=check.passed,
            note=check.note,
            checked_by=check.checked_by,
            checked_at=check.checked_at,
        )
        for check in participant.checks
    ]
    return DeskOut(
        **_public(participant),
        contact_name=participant.contact_name,
        contact_email=participant.contact_email,
        checks=recorded,
        missing_checks=missing_checks(participant.checks),
        decided_by=participant.decided_by,
        decision_reason=participant.decision_reason,
    )
