"""What tells the other side of a transfer's moves, and delivers it again until it was taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from virtuales.contract.dataspace.names import iri_name, name_iri
from virtuales.contract.dataspace.shapes import Json, check_message, new_message
from virtuales.contract.letters import Letter, LetterKind, enclose, taken, waiting_letters, write_letter
from virtuales.errors import AccessDenied, Conflict, NotFound, VirtualesError
from virtuales.exchange.transfer import TransferMove, TransferRole, TransferState
from virtuales.exchange.transfers import Transfer, Transfers, learn_pid, move_transfer
from virtuales.journal.event import EventDraft
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode
from virtuales.workflow.dataspace.catalogue import PATH, PULL, PUSH
from virtuales.workflow.dataspace.data_addresses import address_of, receiving_endpoint, token_for
from virtuales.workflow.dataspace.delivery import claimed
from virtuales.workflow.dataspace.pulling import data_address
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.workspace import Workspace

_REQUEST: Final = "/transfers/request"
_DOORS: Final = {
    TransferMove.START: ("TransferStartMessage", "start"),
    TransferMove.SUSPEND: ("TransferSuspensionMessage", "suspension"),
    TransferMove.COMPLETE: ("TransferCompletionMessage", "completion"),
    TransferMove.TERMINATE: ("TransferTerminationMessage", "termination"),
}


@dataclass(frozen=True)
class TransferDesk:
    """A node's transfers: their graph, and that of the letters about them."""

    workspace: Workspace

    @property
    def graph(self) -> NamedNode:
        """The graph of transfers."""
        return self.workspace.addresses.graph("transfers")

    @property
    def letters(self) -> NamedNode:
        """The graph of letters."""
        return Desk(self.workspace).graph

    @property
    def transfers(self) -> Transfers:
        """Reads transfers."""
        return Transfers(self.workspace.store, self.graph)

    def acknowledged(self, iri: NamedNode, message: Json) -> Transfer:
        """Return a transfer as it stands, with the provider's identifier from whichever of its messages comes first."""
        with self.workspace.ledger.turn():
            transfer = self.transfers.get(iri)
            if transfer.theirs is None:
                theirs = name_iri(str(message["providerPid"]), where="providerPid")
                change = learn_pid(transfer, theirs, self.graph)
                self.workspace.ledger.record(EventDraft("TransferAcknowledged", iri.value, change=change))
            return self.transfers.get(iri)


def request_letter(workspace: Workspace, transfer: Transfer) -> Letter:
    """Write the letter that asks for a transfer."""
    message = new_message(
        "TransferRequestMessage",
        consumerPid=iri_name(transfer.iri),
        agreementId=iri_name(transfer.agreement),
        format=transfer.format,
        callbackAddress=workspace.addresses.base + PATH,
        dataAddress=dict(transfer.address) if transfer.address else None,
    )
    return _letter(transfer, message, _REQUEST, 1)


def move_letter(transfer: Transfer, move: TransferMove, reason: str | None) -> Letter:
    """Write the letter that tells of this side's next move; identifiers are filled in when it leaves."""
    kind, door = _DOORS[move]
    message = new_message(kind, reason=[reason] if reason else None)
    return _letter(transfer, message, f"/{door}", transfer.moves + 1)


def _letter(transfer: Transfer, message: Mapping[str, object], path: str, number: int) -> Letter:
    parties = (transfer.own, transfer.other)
    return write_letter(LetterKind.TRANSFER, transfer.iri, message, parties=parties, path=path, number=number)


def send_waiting(workspace: Workspace, *, about: NamedNode | None = None) -> bool:
    """Deliver the letters about transfers that wait, those about one transfer one after the other.

    Args:
        workspace: The node.
        about: The transfer; None for all.

    Returns:
        Whether there was one, so that it is to be looked at again.

    Raises:
        VirtualesError: the first failure; the letters about other transfers are tried first.
    """
    letters = [one for one in _waiting(workspace) if about in (None, one.about)]
    failed: dict[NamedNode, VirtualesError] = {}
    for letter in letters:
        if letter.about in failed:
            continue
        try:
            with claimed(letter) as is_ours:
                if is_ours and letter in _waiting(workspace):
                    _deliver(workspace, letter)
        except VirtualesError as error:
            failed[letter.about] = error
    if failed:
        raise next(iter(failed.values()))
    return bool(letters)


def _waiting(workspace: Workspace) -> list[Letter]:
    return waiting_letters(workspace.store, TransferDesk(workspace).letters, LetterKind.TRANSFER)


def _deliver(workspace: Workspace, letter: Letter) -> None:
    desk, facts = TransferDesk(workspace), {"path": letter.path}
    transfer, gone = desk.transfers.get(letter.about), taken(letter, desk.letters)
    try:
        answer = _post(workspace, transfer, letter)
    except (Conflict, NotFound, AccessDenied) as error:
        state = _state_there(workspace, transfer)
        with workspace.ledger.turn():
            change = gone | _followed(desk, transfer.iri, state, reason=str(error))
            workspace.ledger.record(EventDraft("LetterRefused", letter.about.value, facts=facts, change=change))
    else:
        if letter.path == _REQUEST:
            desk.acknowledged(transfer.iri, check_message(answer, "TransferProcess"))
        with workspace.ledger.turn():
            workspace.ledger.record(EventDraft("LetterTaken", letter.about.value, facts=facts, change=gone))


def _post(workspace: Workspace, transfer: Transfer, letter: Letter) -> dict[str, object]:
    node = workspace.participants.get(transfer.other).node_url
    prefix = transfer.connector.removeprefix(node)
    if letter.path == _REQUEST:
        asked = {**letter.message, **_receiving(workspace, transfer)}
        return workspace.peers.post(node, prefix + _REQUEST, asked, organisation=transfer.own.value)
    if transfer.theirs is None:
        raise NotFound("The other side knows nothing of the transfer.", where=transfer.iri.value)
    own, theirs = iri_name(transfer.iri), iri_name(transfer.theirs)
    is_provider = transfer.role is TransferRole.PROVIDER
    pids = {"providerPid": own, "consumerPid": theirs} if is_provider else {"providerPid": theirs, "consumerPid": own}
    message = {**letter.message, **pids}
    if message["@type"] == "TransferStartMessage" and is_provider and transfer.format == PULL:
        message["dataAddress"] = data_address(workspace, transfer)
    path = f"{prefix}/transfers/{quote(theirs, safe=':')}{letter.path}"
    return workspace.peers.post(node, path, message, organisation=transfer.own.value)


def _receiving(workspace: Workspace, transfer: Transfer) -> dict[str, object]:
    """Return the data address of a transfer whose files come to this node's own door, with the token that opens it."""
    endpoint = receiving_endpoint(workspace, transfer.iri)
    if transfer.format != PUSH or (transfer.address or {}).get("endpoint") != endpoint:
        return {}
    return {"dataAddress": address_of(endpoint, token_for(workspace, endpoint, party=transfer.assigner))}


def _followed(desk: TransferDesk, iri: NamedNode, state: TransferState, *, reason: str) -> ChangeSet:
    """Return the change by which a transfer goes on after the other side refused a move: it follows, or ends it there.

    Args:
        desk: The node's transfers.
        iri: The transfer.
        state: Where the other side says that it stands; the same as here, where it had the move already.
        reason: What the other side answered.
    """
    transfer = desk.transfers.get(iri)
    if transfer.state.is_final or state is transfer.state:
        return ChangeSet()
    if state.is_final:
        is_done = state is TransferState.COMPLETED and transfer.state is TransferState.STARTED
        move = TransferMove.COMPLETE if is_done else TransferMove.TERMINATE
        return move_transfer(transfer, transfer.facing, move, graph=desk.graph, reason=reason)
    ended = move_transfer(transfer, transfer.role, TransferMove.TERMINATE, graph=desk.graph, reason=reason)
    return ended | enclose(move_letter(transfer, TransferMove.TERMINATE, reason), desk.letters)


def _state_there(workspace: Workspace, transfer: Transfer) -> TransferState:
    """Return where the other side says that a transfer stands; one that it does not know is over."""
    if transfer.theirs is None:
        return TransferState.TERMINATED
    node = workspace.participants.get(transfer.other).node_url
    path = f"{transfer.connector.removeprefix(node)}/transfers/{quote(iri_name(transfer.theirs), safe=':')}"
    try:
        answer = workspace.peers.get(node, path, organisation=transfer.own.value)
    except (NotFound, Conflict, AccessDenied):
        return TransferState.TERMINATED
    return TransferState(str(check_message(answer, "TransferProcess")["state"]))
