"""What is attested of organisations: certifications, groups and industries."""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from virtuales.trust.attestation import Attestation, parse_terms
from virtuales.trust.standing import standing_of
from virtuales.trust.standing_concepts import standing_concepts
from virtuales.web.api.organisations import Key, organisation_iri
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow import attest as steps

router = APIRouter(prefix="/api/v1/organisations", tags=["Organisations"])


class ConceptOut(BaseModel):
    """What can be attested."""

    concept: str
    kind: str
    notation: str
    name: str
    definition: str


class AttestationIn(RequestBody):
    """What is to be attested of an organisation."""

    concept: str = Field(description="Notation or IRI of what is attested.", examples=["iso-27001"])
    issuer: str | None = Field(None, description="The body that stands behind it; every certification has one.")
    evidence: str = Field(description="What was seen, and where.")
    valid_from: date | None = Field(None, description="The first day; by default today.")
    valid_until: date | None = Field(None, description="The last day; by default there is no end.")


class WithdrawalIn(RequestBody):
    """Why it is taken back."""

    reason: str


class AttestationOut(BaseModel):
    """What is attested of an organisation."""

    name: str
    concept: str
    title: str
    state: str = Field(description="`in force`, `to come`, `expired` or `withdrawn`.")
    valid_from: date
    valid_until: date | None = Field(description="The last day.")
    issuer: str | None
    withdrawn_at: datetime | None


class KeptAttestationOut(AttestationOut):
    """The same, with what the orchestrator's staff alone knows."""

    evidence: str | None
    given_by: str | None
    withdrawn_by: str | None
    withdrawal_reason: str | None


class StandingOut(BaseModel):
    """What an organisation stands for now: IRIs, with the broader ones that follow."""

    certifications: list[str]
    groups: list[str]
    industries: list[str]
    attestations: list[AttestationOut]


@router.get("/standing-concepts", summary="What can be attested of organisations")
def list_concepts() -> list[ConceptOut]:
    """List the kinds of certifications, the groups and the industries."""
    return [
        ConceptOut(
            concept=one.iri.value, kind=one.kind, notation=one.notation, name=one.name, definition=one.definition
        )
        for one in standing_concepts().values()
    ]


@router.get("/{key}/standing", summary="What an organisation stands for")
def show_standing(workspace: WorkspaceHere, key: Key) -> StandingOut:
    """Show the certifications, groups and industries that are in force now, and all that was ever attested."""
    participant, now = workspace.participants.get(organisation_iri(workspace, key)), workspace.clock.now()
    standing = standing_of(participant, now)
    certifications, groups, industries = (
        sorted(one.value for one in held) for held in (standing.certifications, standing.groups, standing.industries)
    )
    return StandingOut(
        certifications=certifications,
        groups=groups,
        industries=industries,
        attestations=[AttestationOut(**_public(one, now)) for one in participant.attestations],
    )


@router.post("/{key}/attestations", status_code=201, summary="Attest a certification, a group or an industry")
def attest(workspace: WorkspaceHere, asker: KnownAsker, key: Key, attested: AttestationIn) -> list[KeptAttestationOut]:
    """Attest something of an organisation for a time; return all that is attested of it."""
    terms = parse_terms(
        attested.concept,
        issuer=attested.issuer,
        evidence=attested.evidence,
        valid_from=attested.valid_from or workspace.clock.now().date(),
        valid_until=attested.valid_until,
    )
    participant = steps.attest(workspace, asker, organisation_iri(workspace, key), terms=terms)
    return [kept_attestation(one, workspace.clock.now()) for one in participant.attestations]


@router.post("/{key}/attestations/{name}/withdrawal", summary="Withdraw what was attested")
def withdraw(
    workspace: WorkspaceHere, asker: KnownAsker, key: Key, name: str, withdrawal: WithdrawalIn
) -> list[KeptAttestationOut]:
    """Take back what was attested, with a reason; it holds no longer from now on."""
    organisation = organisation_iri(workspace, key)
    participant = steps.withdraw(workspace, asker, organisation, name=name, reason=withdrawal.reason)
    return [kept_attestation(one, workspace.clock.now()) for one in participant.attestations]


def kept_attestation(one: Attestation, now: datetime) -> KeptAttestationOut:
    """Return what the orchestrator's staff sees of an attestation."""
    return KeptAttestationOut(
        **_public(one, now),
        evidence=one.evidence,
        given_by=one.given_by,
        withdrawn_by=one.withdrawn_by,
        withdrawal_reason=one.withdrawal_reason,
    )


def _public(one: Attestation, now: datetime) -> dict[str, Any]:
    return {
        "name": one.name,
        "concept": one.concept.value,
        "title": one.title,
        "state": one.state(now),
        "valid_from": one.valid_from.date(),
        "valid_until": one.last_day,
        "issuer": one.issuer,
        "withdrawn_at": one.withdrawn_at,
    }
