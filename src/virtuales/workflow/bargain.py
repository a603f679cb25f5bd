"""Between steps 4 and 5: both sides propose other terms to each other, until one accepts or gives up.

Each move is recorded together with the letter that tells the other side of it; see `end_negotiation` for what becomes
of one that the other side does not take.
"""

from dataclasses import dataclass
from uuid import uuid4

from virtuales.contract.course import PastMove
from virtuales.contract.letters import Letter, LetterKind, enclose, write_letter
from virtuales.contract.messages import (
    ContractNegotiationEventMessage,
    ContractOfferMessage,
    ContractRequestMessage,
    EventType,
    Json,
    Message,
    message_to_json,
)
from virtuales.contract.negotiation import Move, Party, next_state
from virtuales.contract.negotiations import Negotiation, Step
from virtuales.errors import AccessDenied, Conflict, InputError, NotFound
from virtuales.policy.changing import TermChanges, changed_offer
from virtuales.policy.compact import policy_to_json
from virtuales.policy.difference import Difference, NameOf, policy_difference
from virtuales.policy.odrl import Agreement, Offer, Policy
from virtuales.policy.odrl_json import parse_policy
from virtuales.policy.odrl_rdf import get_policy, policy_quads
from virtuales.policy.profile import Profile
from virtuales.policy.sentences import policy_sentences
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.tokens import Principal
from virtuales.workflow.end_negotiation import reconcile
from virtuales.workflow.letters import try_to_deliver
from virtuales.workflow.negotiate import REASON_KEY, Desk, Seat
from virtuales.workflow.offers import offer_of, offer_on_table
from virtuales.workflow.replacing import find_replaced
from virtuales.workflow.review_access import agree_upon
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class Terms:
    """Terms that were on the table.

    Args:
        sentences: What they say.
        differs: How they differ from those before: on the table, or in the agreement that is to be replaced.
    """

    sentences: tuple[str, ...]
    differs: Difference


def counter(
    workspace: Workspace, principal: Principal, pid: NamedNode, changes: TermChanges, *, reason: str
) -> Negotiation:
    """Propose other terms than those on the table: the provider to a request, the consumer to an offer.

    Raises:
        AccessDenied: the principal may not decide for a party of the negotiation.
        NotFound: its organisation has no such negotiation.
        Conflict: it is not this side's turn, or the negotiation is over.
        InputError: no reason is given, nothing would change, or the terms cannot be met.
    """
    if not reason.strip():
        raise InputError("The proposal has no reason.", where="reason", remedy="Say in a sentence why.")
    desk = Desk(workspace)
    with workspace.ledger.turn():
        seat = desk.seat_of(principal, pid)
        now, move = workspace.clock.now(), Move.OFFER if seat.party is Party.PROVIDER else Move.REQUEST
        next_state(seat.negotiation.state, seat.party, move)
        iri = workspace.addresses.thing("offer", str(uuid4()))
        table, assignee = offer_on_table(workspace, seat.negotiation), seat.negotiation.opening.assignee
        offer = changed_offer(table, changes, iri=iri, assignee=assignee, now=now)
        step = Step(seat.party, move, now, by=principal.client_id, reason=reason, offer=iri)
        letter = _proposal(seat, offer, reason.strip())
        also = ChangeSet(add=policy_quads(offer, desk.graph)) | enclose(letter, desk.graph)
        desk.move(seat.negotiation, step, "TermsProposed", also=also)
    try_to_deliver(workspace, letter, reconcile)
    return desk.negotiations.get(pid)


def accept(workspace: Workspace, principal: Principal, pid: NamedNode, *, reason: str = "") -> Negotiation:
    """Accept the terms that the provider offers; its node then signs the agreement.

    Raises:
        AccessDenied: the principal may not request access.
        NotFound: its organisation has no such negotiation.
        Conflict: nothing is offered now, or the principal's organisation is the provider, which approves instead.
    """
    desk = Desk(workspace)
    with workspace.ledger.turn():
        seat = desk.seat_of(principal, pid)
        step = Step(seat.party, Move.ACCEPT, workspace.clock.now(), by=principal.client_id, reason=reason or None)
        next_state(seat.negotiation.state, seat.party, Move.ACCEPT)
        provider_pid, consumer_pid = _pids(seat)
        message = ContractNegotiationEventMessage(provider_pid, consumer_pid, EventType.ACCEPTED)
        letter = _letter(seat, message, "events", reason)
        desk.move(seat.negotiation, step, "OfferAccepted", also=enclose(letter, desk.graph))
    try_to_deliver(workspace, letter, reconcile)
    return desk.negotiations.get(pid)


def take_terms(
    workspace: Workspace,
    principal: Principal,
    pid: NamedNode,
    offer: Json,
    *,
    provider_pid: str | None,
    reason: str,
) -> Negotiation:
    """Take the other side's proposal; one that was taken before changes nothing.

    Args:
        workspace: The node.
        principal: The node that sends it.
        pid: This side's identifier of the negotiation.
        offer: The proposed terms.
        provider_pid: The provider's identifier; an offer can come before the answer to the request, which tells it.
        reason: Why, as the other side says.

    Raises:
        AccessDenied: the message is not from the other party.
        NotFound: there is no such negotiation.
        Conflict: it is not the other side's turn, or the negotiation is over.
        InputError: the terms cannot be read, or are about something else.
    """
    desk = Desk(workspace)
    seat = desk.seat_facing(principal, pid)
    proposed = _read(seat, offer, workspace.vocabulary)
    with workspace.ledger.turn():
        negotiation = desk.negotiations.get(seat.negotiation.iri)
        if proposed.iri in {made.offer for made in desk.course(negotiation.iri)}:
            return negotiation
        move = Move.OFFER if seat.facing is Party.PROVIDER else Move.REQUEST
        step = Step(
            seat.facing,
            move,
            workspace.clock.now(),
            reason=reason or None,
            offer=proposed.iri,
            provider_pid=None if provider_pid is None else parse_iri(provider_pid, where="providerPid"),
        )
        who = workspace.participants.get(seat.other).legal_name
        told = desk.tell(seat.own, negotiation.iri, f"{who} proposes other terms: {reason or 'no reason was given'}")
        kept = ChangeSet(add=policy_quads(proposed, desk.graph))
        return desk.move(negotiation, step, "TermsReceived", also=kept | told)


def take_acceptance(workspace: Workspace, principal: Principal, pid: NamedNode, *, reason: str) -> Negotiation:
    """Take the consumer's acceptance, and sign the agreement upon what was offered.

    Raises:
        AccessDenied: the message is not from the consumer.
        NotFound: there is no such negotiation.
        Conflict: nothing is offered now.
    """
    desk = Desk(workspace)
    seat = desk.seat_facing(principal, pid)
    if seat.facing is not Party.CONSUMER:
        raise AccessDenied("The provider accepts nothing.", reasons=["It agrees instead."], where=pid.value)
    with workspace.ledger.turn():
        negotiation = desk.negotiations.get(seat.negotiation.iri)
        offered = [made for made in desk.course(negotiation.iri) if made.move is Move.OFFER]
        step = Step(Party.CONSUMER, Move.ACCEPT, workspace.clock.now(), reason=reason or None)
        who = workspace.participants.get(seat.other).legal_name
        told = desk.tell(seat.own, negotiation.iri, f"{who} accepts what you offered.")
        negotiation = desk.move(negotiation, step, "AcceptanceReceived", also=told)
        by, why = (offered[-1].by, offered[-1].reason) if offered else (None, None)
        offer = offer_on_table(workspace, negotiation)
        return agree_upon(desk, negotiation, offer, by=by or "policy", reason=why or "The offer was accepted.")


def terms_of(workspace: Workspace, negotiation: Negotiation, name_of: NameOf) -> dict[int, Terms]:
    """Return the terms that each move put on the table, by the move's number, as far as this node has them.

    Args:
        workspace: The node.
        negotiation: The negotiation.
        name_of: Names organisations.
    """
    desk, found = Desk(workspace), dict[int, Terms]()
    replaced = find_replaced(desk, negotiation.opening.replaces)
    before: Policy | None = replaced.signed.agreement if replaced else None
    for made in desk.course(negotiation.iri):
        offer = _offer(desk, negotiation, made)
        if offer is not None:
            differs = policy_difference(before, offer, name_of) if before else Difference()
            found[made.number] = Terms(tuple(policy_sentences(offer, name_of)), differs)
            before = offer
    return found


def _offer(desk: Desk, negotiation: Negotiation, made: PastMove) -> Offer | None:
    if made.offer is None:
        return None
    try:
        return get_policy(desk.workspace.store, desk.graph, made.offer, desk.workspace.vocabulary)
    except NotFound:
        # What was published is not kept once more with the negotiation.
        return offer_of(desk.workspace, negotiation.opening.target)


def _read(seat: Seat, document: Json, vocabulary: Profile) -> Offer:
    """Read proposed terms: an offer by the provider, about the same data, to the same consumer."""
    offer, opening = parse_policy(document, vocabulary=vocabulary), seat.negotiation.opening
    if isinstance(offer, Agreement):
        raise InputError("The proposal is no offer.", where=offer.iri.value, remedy="Its @type is `Offer`.")
    found = (offer.target, offer.assigner, offer.assignee or opening.assignee)
    if found != (opening.target, opening.assigner, opening.assignee):
        raise InputError(
            "The proposal is about other data, or between others.",
            where=offer.iri.value,
            remedy=f"Its target is <{opening.target.value}>, its assigner <{opening.assigner.value}>.",
        )
    return offer


def _proposal(seat: Seat, offer: Offer, reason: str) -> Letter:
    provider_pid, consumer_pid = _pids(seat)
    terms = policy_to_json(offer)
    if seat.party is Party.PROVIDER:
        return _letter(seat, ContractOfferMessage(provider_pid, terms, consumer_pid), "offers", reason)
    return _letter(seat, ContractRequestMessage(consumer_pid, terms, provider_pid), "request", reason)


def _letter(seat: Seat, message: Message, door: str, reason: str) -> Letter:
    said = message_to_json(message) | ({REASON_KEY: reason} if reason else {})
    negotiation = seat.negotiation
    parties, path = (seat.own, seat.other), f"{seat.address}/{door}"
    return write_letter(
        LetterKind.MOVE, negotiation.iri, said, parties=parties, path=path, number=negotiation.moves + 1
    )


def _pids(seat: Seat) -> tuple[str, str]:
    opening = seat.negotiation.opening
    if opening.provider_pid is None:
        raise Conflict("The provider has not answered yet.", where=opening.consumer_pid.value, remedy="Wait for it.")
    return opening.provider_pid.value, opening.consumer_pid.value
