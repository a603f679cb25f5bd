"""A transfer process as the Dataspace Protocol 2025-1 has it: states, who may move where, both sides alike.

The table is the protocol's state machine; see
https://eclipse-dataspace-protocol-base.github.io/DataspaceProtocol/2025-1-err1/#transfer-protocol.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from virtuales.errors import Conflict


class TransferState(StrEnum):
    """The states of a transfer."""

    REQUESTED = "REQUESTED"
    STARTED = "STARTED"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return self in (TransferState.COMPLETED, TransferState.TERMINATED)


class TransferRole(StrEnum):
    """The two sides."""

    CONSUMER = "consumer"
    PROVIDER = "provider"


class TransferMove(StrEnum):
    """What a side can do, named by the message that does it."""

    START = "start"
    SUSPEND = "suspend"
    COMPLETE = "complete"
    TERMINATE = "terminate"


_C, _P = TransferRole.CONSUMER, TransferRole.PROVIDER
_REQUESTED, _STARTED, _SUSPENDED = TransferState.REQUESTED, TransferState.STARTED, TransferState.SUSPENDED

TRANSFER_TRANSITIONS: Mapping[tuple[TransferState, TransferRole, TransferMove], TransferState] = MappingProxyType(
    {
        (_REQUESTED, _P, TransferMove.START): _STARTED,
        (_SUSPENDED, _P, TransferMove.START): _STARTED,
        (_SUSPENDED, _C, TransferMove.START): _STARTED,
        **{(_STARTED, role, TransferMove.SUSPEND): _SUSPENDED for role in (_C, _P)},
        **{(_STARTED, role, TransferMove.COMPLETE): TransferState.COMPLETED for role in (_C, _P)},
        **{
            (state, role, TransferMove.TERMINATE): TransferState.TERMINATED
            for state in (_REQUESTED, _STARTED, _SUSPENDED)
            for role in (_C, _P)
        },
    }
)
"""Where a move leads, by the state it starts from and who makes it; the consumer's request is the first state."""


def next_transfer_state(state: TransferState, role: TransferRole, move: TransferMove) -> TransferState:
    """Return the state after a move.

    Raises:
        Conflict: the state does not allow this side this move; names the state and the moves it allows.

    >>> next_transfer_state(TransferState.REQUESTED, TransferRole.PROVIDER, TransferMove.START)
    <TransferState.STARTED: 'STARTED'>
    """
    try:
        return TRANSFER_TRANSITIONS[state, role, move]
    except KeyError:
        allowed = [f"{who}: {what}" for start, who, what in TRANSFER_TRANSITIONS if start is state]
        raise Conflict(
            f"A transfer that is {state} does not allow the {role} to {move}.",
            where="state",
            remedy="Allowed now: " + (", ".join(allowed) or "nothing") + ".",
        ) from None
