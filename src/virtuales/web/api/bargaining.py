"""Negotiations by REST: their course, other terms proposed by either side, acceptance, withdrawal."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from virtuales.contract.negotiations import Negotiation
from virtuales.policy.changing import Limit, TermChanges
from virtuales.policy.difference import NameOf
from virtuales.policy.purposes import find_purpose
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.scopes import Scope
from virtuales.web.api.requests import NegotiationOut, negotiation_out
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow import amend, bargain, end_negotiation
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.workspace import Workspace

router = APIRouter(prefix="/api/v1/negotiations", tags=["Negotiate terms"])
Pid = Annotated[str, Path(description="This node's identifier of the negotiation, `urn:uuid:…`.")]

Key = Annotated[str, Path(description="Last part of the agreement's IRI.")]


class ChangesIn(RequestBody):
    """What is to be otherwise; what is not named stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"until": "2027-06-30T23:59:59Z", "lift": ["uses"], "reason": "One year it is."}}
    )

    until: datetime | None = Field(None, description="The last instant of use, with a time zone.")
    uses: int | None = Field(None, description="How often the data may be used under the agreement.", ge=1)
    purposes: list[str] | None = Field(None, description="Purposes that are allowed, in the place of those before.")
    attribution: bool | None = Field(None, description="Whether the source has to be named.")
    lift: list[Limit] = Field([], description="Limits that fall away: `until`, `uses`, `purposes`.")

    def to_changes(self) -> TermChanges:
        """Return the changes as the steps use them."""
        named = None if self.purposes is None else tuple(find_purpose(name) for name in self.purposes)
        return TermChanges(self.until, self.uses, named, self.attribution, frozenset(self.lift))


class ProposalIn(ChangesIn):
    """Other terms, and why."""

    reason: str = Field(description="Why, in a sentence that the other side reads.")


class AcceptanceIn(RequestBody):
    """An acceptance of what is offered."""

    reason: str = Field("", description="Why, where there is something to say.")


class WithdrawalIn(RequestBody):
    """The end of a negotiation."""

    reason: str = Field(description="Why, in a sentence that the other side reads.")


class TermsOut(BaseModel):
    """Terms that were put on the table."""

    says: list[str] = Field(description="What they say, a sentence each.")
    gone: list[str] = Field(description="What the terms before said, and these do not.")
    new: list[str] = Field(description="What these say, and the terms before did not.")


class MoveOut(BaseModel):
    """A move of a negotiation."""

    number: int
    party: str = Field(description="`provider` or `consumer`.")
    move: str = Field(description="Such as `request`, `offer`, `accept`, `agree`, `terminate`.")
    at: datetime = Field(description="When this node recorded it.")
    by: str | None
    reason: str | None
    terms: TermsOut | None


class CourseOut(NegotiationOut):
    """A negotiation with its course."""

    course: list[MoveOut] = Field(description="Every move, in order.")


@router.post("/amendments/{key}", status_code=201, summary="Propose to amend or renew an agreement")
def amend_agreement(workspace: WorkspaceHere, asker: KnownAsker, key: Key, proposal: ProposalIn) -> NegotiationOut:
    """Propose an agreement with other terms, or a later end, in the place of one that there is; either party may.

    It is negotiated as any other, and replaces the one before once both have signed.
    """
    organisation = workspace.hosted(asker, Scope.CATALOGUE_READ)
    iri = Desk(workspace).agreement_of(organisation.iri, key).iri
    return negotiation_out(amend.amend(workspace, asker, iri, proposal.to_changes(), reason=proposal.reason))


@router.get("", summary="List your organisation's negotiations")
def list_negotiations(workspace: WorkspaceHere, asker: KnownAsker) -> list[NegotiationOut]:
    """List the negotiations in which your organisation is a party, the newest first."""
    organisation = workspace.hosted(asker, Scope.CATALOGUE_READ)
    return [negotiation_out(one) for one in Desk(workspace).negotiations.of_party(organisation.iri)]


@router.get("/{pid}", summary="A negotiation with its course")
def show(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid) -> CourseOut:
    """Show a negotiation of your organisation: every move of either side, and how terms differ from those before."""
    seat = Desk(workspace).seat_of(asker, parse_iri(pid, where="pid"))
    moves = _moves(workspace, seat.negotiation)
    return CourseOut(**negotiation_out(seat.negotiation).model_dump(), course=moves)


@router.post("/{pid}/counter-offer", summary="Propose other terms")
def counter(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, proposal: ProposalIn) -> NegotiationOut:
    """Propose other terms than those on the table: the provider to a request, the consumer to an offer."""
    iri = parse_iri(pid, where="pid")
    return negotiation_out(bargain.counter(workspace, asker, iri, proposal.to_changes(), reason=proposal.reason))


@router.post("/{pid}/acceptance", summary="Accept what is offered")
def accept(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, acceptance: AcceptanceIn) -> NegotiationOut:
    """Accept the terms that the provider offers; its node then signs the agreement, and yours countersigns."""
    iri = parse_iri(pid, where="pid")
    return negotiation_out(bargain.accept(workspace, asker, iri, reason=acceptance.reason))


@router.post("/{pid}/withdrawal", summary="Withdraw from a negotiation")
def withdraw(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, withdrawal: WithdrawalIn) -> NegotiationOut:
    """End a negotiation that has not led to an agreement; the other side is told the reason."""
    iri = parse_iri(pid, where="pid")
    return negotiation_out(end_negotiation.give_up(workspace, asker, iri, reason=withdrawal.reason))


def _moves(workspace: Workspace, negotiation: Negotiation) -> list[MoveOut]:
    terms = bargain.terms_of(workspace, negotiation, _named(workspace))
    return [
        MoveOut(
            number=made.number,
            party=made.party.value,
            move=made.move.value,
            at=made.at,
            by=made.by,
            reason=made.reason,
            terms=_terms(terms.get(made.number)),
        )
        for made in Desk(workspace).course(negotiation.iri)
    ]


def _terms(terms: bargain.Terms | None) -> TermsOut | None:
    if terms is None:
        return None
    return TermsOut(says=list(terms.sentences), gone=list(terms.differs.gone), new=list(terms.differs.new))


def _named(workspace: Workspace) -> NameOf:
    """Return how an organisation is called: by its legal name where this node knows it."""

    def name_of(iri: NamedNode) -> str:
        participant = workspace.participants.find(iri)
        return participant.legal_name if participant else iri.value

    return name_of
