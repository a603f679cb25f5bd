"""How a negotiation ends without an agreement: either side gives up, or a move that came too late is refused.

A side that gives up says why. When both move at once, the one whose letter the other does not take any more asks how
the other stands, and follows it; what the other side refuses for good is given up on both sides.
"""

from virtuales.contract.letters import Letter, LetterKind, enclose, write_letter
from virtuales.contract.messages import (
    ContractNegotiationMessage,
    ContractNegotiationTerminationMessage,
    message_to_json,
    parse_message,
)
from virtuales.contract.negotiation import Move, Party, State
from virtuales.contract.negotiations import Negotiation, Step
from virtuales.errors import InputError, NotFound, PeerFailure
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode
from virtuales.trust.tokens import Principal
from virtuales.workflow.dataspace.delivery import state_at_connector
from virtuales.workflow.letters import Refusal, deliver_waiting, try_to_deliver
from virtuales.workflow.negotiate import DSP, MOVES_KEY, Desk, Seat
from virtuales.workflow.workspace import Workspace

_NEXT_BY_ITSELF = {State.ACCEPTED: State.AGREED, State.AGREED: State.VERIFIED, State.VERIFIED: State.FINALIZED}
"""Where a connector may have gone on to by itself from what it was told."""


def give_up(workspace: Workspace, principal: Principal, pid: NamedNode, *, reason: str) -> Negotiation:
    """End a negotiation, with a reason that the other side is told: a refusal of the provider, or a withdrawal.

    Raises:
        AccessDenied: the principal may not decide for a party of it.
        NotFound: its organisation has no such negotiation.
        Conflict: its state does not allow this side to end it.
        InputError: no reason is given.
    """
    if not reason.strip():
        raise InputError("The refusal has no reason.", where="reason", remedy="Say in a sentence why.")
    desk = Desk(workspace)
    with workspace.ledger.turn():
        seat = desk.seat_of(principal, pid)
        step = Step(seat.party, Move.TERMINATE, workspace.clock.now(), by=principal.client_id, reason=reason.strip())
        kind = "AccessRefused" if seat.party is Party.PROVIDER else "RequestWithdrawn"
        letter = termination_letter(seat, reason.strip())
        desk.move(seat.negotiation, step, kind, also=enclose(letter, desk.graph))
    try_to_deliver(workspace, letter, reconcile)
    return desk.negotiations.get(pid)


def take_termination(
    workspace: Workspace,
    principal: Principal,
    pid: NamedNode,
    reasons: tuple[str, ...],
    *,
    provider_pid: NamedNode | None = None,
) -> Negotiation:
    """Note that the other side ended a negotiation, and tell the organisation why.

    Args:
        workspace: The node.
        principal: The node that says so.
        pid: An identifier of the negotiation that this side knows.
        reasons: Why.
        provider_pid: The provider's identifier, where this may be the first message to tell it.

    Raises:
        AccessDenied: the message is from neither party.
        NotFound: there is no such negotiation.
        Conflict: it is over already, or its state does not allow that side to end it.
    """
    desk = Desk(workspace)
    seat = desk.seat_facing(principal, pid)
    reason = " ".join(reasons) or f"The {seat.facing} gave no reason."
    with workspace.ledger.turn():
        negotiation = desk.negotiations.get(seat.negotiation.iri)
        known = provider_pid if seat.party is Party.CONSUMER else None
        step = Step(seat.facing, Move.TERMINATE, workspace.clock.now(), reason=reason, provider_pid=known)
        told = desk.tell(seat.own, negotiation.opening.target, _told(seat, reason))
        return desk.move(negotiation, step, "NegotiationTerminated", also=told)


def reconcile(workspace: Workspace, refusal: Refusal) -> None:
    """Follow the other side, which did not take a move: it has the move already, or moved first, or will not have it.

    Raises:
        VirtualesError: the other side does not say how it stands; it is asked again later.
    """
    desk, letter = Desk(workspace), refusal.letter
    standing = desk.negotiations.get(letter.about)
    seat = _seat(standing, letter)
    if standing.opening.connector is None:
        state, moves = _other_state(workspace, seat)
    else:
        state = state_at_connector(workspace, standing, by=letter.sender)
        moves = letter.number if state in (standing.state, _NEXT_BY_ITSELF.get(standing.state)) else 0
    with workspace.ledger.turn():
        negotiation = desk.negotiations.get(letter.about)
        if negotiation.state.is_final or (state is not State.TERMINATED and moves >= letter.number):
            return
        seat = _seat(negotiation, letter)
        also = ChangeSet()
        if state is not State.TERMINATED:
            also = enclose(termination_letter(seat, f"Your node refused: {refusal.error}"), desk.graph)
        reason = "The other side ended the negotiation." if state is State.TERMINATED else str(refusal.error)
        step = Step(seat.facing, Move.TERMINATE, workspace.clock.now(), reason=reason)
        told = desk.tell(seat.own, negotiation.opening.target, _told(seat, reason))
        desk.move(negotiation, step, "NegotiationTerminated", also=also | told)


def carry_on(workspace: Workspace) -> bool:
    """Deliver again the moves that other sides did not take.

    Returns:
        Whether there was one, so that it is to be looked at again.

    Raises:
        VirtualesError: another side did not answer; the others are tried first.
    """
    return deliver_waiting(workspace, LetterKind.MOVE, reconcile)


def termination_letter(seat: Seat, reason: str) -> Letter:
    """Write to the other side that this one ends the negotiation; it is this side's next move."""
    opening = seat.negotiation.opening
    pid = (opening.provider_pid or opening.consumer_pid).value
    message = message_to_json(ContractNegotiationTerminationMessage(pid, opening.consumer_pid.value, reasons=(reason,)))
    path, number = f"{seat.address}/termination", seat.negotiation.moves + 1
    about = seat.negotiation.iri
    return write_letter(LetterKind.MOVE, about, message, parties=(seat.own, seat.other), path=path, number=number)


def _seat(negotiation: Negotiation, letter: Letter) -> Seat:
    """Return a negotiation as the side sees it that wrote a letter."""
    is_provider = negotiation.opening.assigner == letter.sender
    return Seat(negotiation, Party.PROVIDER if is_provider else Party.CONSUMER)


def _other_state(workspace: Workspace, seat: Seat) -> tuple[State, int]:
    """Return where the other side says that a negotiation stands, and after how many moves."""
    node = workspace.participants.get(seat.other).node_url
    path = DSP + seat.address
    try:
        answer = workspace.peers.get(node, path, organisation=seat.own.value)
    except NotFound:
        return State.TERMINATED, 0
    message = parse_message(answer)
    if not isinstance(message, ContractNegotiationMessage):
        raise PeerFailure("The other side does not say how the negotiation stands.", where=node + path)
    moves = answer.get(MOVES_KEY)
    return message.state, moves if isinstance(moves, int) else 0


def _told(seat: Seat, reason: str) -> str:
    if seat.party is Party.CONSUMER:
        return f"Access was refused: {reason}"
    return f"The request was withdrawn: {reason}"
