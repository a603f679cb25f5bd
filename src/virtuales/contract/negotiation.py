"""Contract negotiation as the Dataspace Protocol 2025-1 has it: states, who may move where, both sides alike.

The table is the protocol's state machine; see
https://eclipse-dataspace-protocol-base.github.io/DataspaceProtocol/2025-1/#contract-negotiation-protocol.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from virtuales.errors import Conflict


class State(StrEnum):
    """The states of a negotiation."""

    REQUESTED = "REQUESTED"
    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    AGREED = "AGREED"
    VERIFIED = "VERIFIED"
    FINALIZED = "FINALIZED"
    TERMINATED = "TERMINATED"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return self in (State.FINALIZED, State.TERMINATED)


class Party(StrEnum):
    """The two sides."""

    CONSUMER = "consumer"
    PROVIDER = "provider"


class Move(StrEnum):
    """What a side can do, named by the message that does it."""

    REQUEST = "request"
    OFFER = "offer"
    ACCEPT = "accept"
    AGREE = "agree"
    VERIFY = "verify"
    FINALIZE = "finalize"
    TERMINATE = "terminate"


_C, _P = Party.CONSUMER, Party.PROVIDER

TRANSITIONS: Mapping[tuple[State | None, Party, Move], State] = MappingProxyType(
    {
        (None, _C, Move.REQUEST): State.REQUESTED,
        (None, _P, Move.OFFER): State.OFFERED,
        (State.REQUESTED, _P, Move.OFFER): State.OFFERED,
        (State.REQUESTED, _P, Move.AGREE): State.AGREED,
        (State.REQUESTED, _C, Move.TERMINATE): State.TERMINATED,
        (State.REQUESTED, _P, Move.TERMINATE): State.TERMINATED,
        (State.OFFERED, _C, Move.REQUEST): State.REQUESTED,
        (State.OFFERED, _C, Move.ACCEPT): State.ACCEPTED,
        (State.OFFERED, _C, Move.TERMINATE): State.TERMINATED,
        (State.OFFERED, _P, Move.TERMINATE): State.TERMINATED,
        (State.ACCEPTED, _P, Move.AGREE): State.AGREED,
        (State.ACCEPTED, _P, Move.TERMINATE): State.TERMINATED,
        (State.AGREED, _C, Move.VERIFY): State.VERIFIED,
        (State.AGREED, _C, Move.TERMINATE): State.TERMINATED,
        (State.VERIFIED, _P, Move.FINALIZE): State.FINALIZED,
        (State.VERIFIED, _P, Move.TERMINATE): State.TERMINATED,
    }
)
"""Where a move leads, by the state it starts from (None before the first message) and who makes it."""


def allowed_moves(state: State | None) -> list[str]:
    """Return what is possible from a state, each as `party: move`."""
    return [f"{party}: {move}" for start, party, move in TRANSITIONS if start is state]


def next_state(state: State | None, party: Party, move: Move) -> State:
    """Return the state after a move.

    Raises:
        Conflict: the state does not allow this side this move; names the state and the moves it allows.
    """
    try:
        return TRANSITIONS[state, party, move]
    except KeyError:
        raise Conflict(
            f"A negotiation that is {state or 'not open'} does not allow the {party} to {move}.",
            where="state",
            remedy="Allowed now: " + (", ".join(allowed_moves(state)) or "nothing") + ".",
        ) from None
