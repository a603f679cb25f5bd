"""Transfers by the Dataspace Protocol, in both roles: asked for, started, suspended, completed, terminated.

Each move is recorded together with the letter that tells the other side of it, which is delivered again until it is
taken. Data is let out while a transfer is started and its agreement allows it, decided anew for each access.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import cast
from uuid import uuid4

from virtuales.contract.agreements import AgreementRecord
from virtuales.contract.dataspace.names import name_iri
from virtuales.contract.dataspace.shapes import Json, reasons_in
from virtuales.contract.letters import enclose
from virtuales.errors import Conflict, InputError, NotFound, VirtualesError
from virtuales.exchange.transfer import TransferMove, TransferRole, TransferState, next_transfer_state
from virtuales.exchange.transfers import Transfer, move_transfer, open_transfer
from virtuales.journal.event import EventDraft
from virtuales.rdf.terms import NamedNode
from virtuales.trust.participants import Participant
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.dataspace.catalogue import PULL, PUSH
from virtuales.workflow.dataspace.data_addresses import address_of, receiving_endpoint, token_in
from virtuales.workflow.dataspace.delivery import address_on, connector_of, connector_of_agreement
from virtuales.workflow.dataspace.transfer_letters import TransferDesk, move_letter, request_letter, send_waiting
from virtuales.workflow.negotiate import Desk, sender
from virtuales.workflow.review_access import BY_POLICY
from virtuales.workflow.workspace import Workspace


def request(
    workspace: Workspace, principal: Principal, agreement: str, *, how: str, endpoint: str | None = None
) -> Transfer:
    """Ask a provider's connector for the data of an agreement.

    Args:
        workspace: The consumer's node.
        principal: Who asks.
        agreement: The agreement's name.
        how: `HttpData-PULL`, or `HttpData-PUSH`.
        endpoint: Where the provider is to put the data, below the address of this node; only with a push, for which
            None is the node's own door for files.

    Raises:
        AccessDenied: the principal may not read data, or the agreement does not hold now.
        NotFound: its organisation was granted no such agreement.
        InputError: the format is unknown, a pull has an endpoint, or it is not below the address of this node.
        PeerFailure: the provider's connector cannot be found.
    """
    participant = workspace.hosted(principal, Scope.DATA_READ)
    record = _granted(workspace, participant, name_iri(agreement, where="agreement"))
    iri = NamedNode(uuid4().urn)
    if how == PUSH and endpoint is None:
        endpoint = receiving_endpoint(workspace, iri)
    address = _push_address(how, endpoint, participant)
    provider = workspace.participants.get(record.signed.agreement.assigner)
    connector = connector_of_agreement(workspace, participant.iri, record.iri)
    transfer = Transfer(
        iri=iri,
        role=TransferRole.CONSUMER,
        theirs=None,
        agreement=record.iri,
        assigner=provider.iri,
        assignee=participant.iri,
        connector=connector_of(workspace, provider, connector, by=participant.iri),
        format=how,
        state=TransferState.REQUESTED,
        requested_at=workspace.clock.now(),
        address=address,
    )
    desk = TransferDesk(workspace)
    change = open_transfer(transfer, desk.graph) | enclose(request_letter(workspace, transfer), desk.letters)
    workspace.ledger.record(
        EventDraft("TransferRequested", transfer.iri.value, change=change, actor=principal.client_id)
    )
    return _sent(workspace, transfer)


def take_request(workspace: Workspace, principal: Principal, message: Json) -> Transfer:
    """Take a consumer's TransferRequestMessage; unless people do so, the node starts the transfer at once.

    Raises:
        AccessDenied: the sender is no approved participant, or the agreement does not hold now.
        NotFound: the sender was granted no such agreement.
        InputError: the format is unknown, or an address is not on the consumer's registered node.
    """
    consumer = workspace.approved(principal, Scope.NODE_EXCHANGE)
    desk, theirs = TransferDesk(workspace), name_iri(str(message["consumerPid"]), where="consumerPid")
    record = _granted(workspace, consumer, name_iri(str(message["agreementId"]), where="agreementId"))
    if not workspace.addresses.owns(record.signed.agreement.target.value):
        raise NotFound("The agreement is about data of another node.", where=record.iri.value)
    how = str(message["format"])
    pushed_to = _wanted_address(how, message.get("dataAddress"), consumer)
    transfer = Transfer(
        iri=NamedNode(uuid4().urn),
        role=TransferRole.PROVIDER,
        theirs=theirs,
        agreement=record.iri,
        assigner=record.signed.agreement.assigner,
        assignee=consumer.iri,
        connector=connector_of(workspace, consumer, str(message["callbackAddress"]), by=consumer.iri),
        format=how,
        state=TransferState.REQUESTED,
        requested_at=workspace.clock.now(),
        address=pushed_to,
    )
    with workspace.ledger.turn():
        for known in desk.transfers.of_party(consumer.iri):
            if known.theirs == theirs and known.role is TransferRole.PROVIDER:
                return known
        text = f"{consumer.legal_name} asks for the data of an agreement, as {how}."
        change = open_transfer(transfer, desk.graph) | Desk(workspace).tell(transfer.own, record.iri, text)
        draft = EventDraft("TransferRequestReceived", transfer.iri.value, change=change, actor=consumer.iri.value)
        workspace.ledger.record(draft)
        if workspace.connectors.by_hand:
            return transfer
        return _moved(workspace, transfer, TransferMove.START, by=BY_POLICY, reason=None)


def transfer_of(workspace: Workspace, principal: Principal, pid: str) -> Transfer:
    """Return a transfer by an identifier in a message.

    Raises:
        AccessDenied: the message is not from the other party.
        NotFound: there is no such transfer.
    """
    transfer = TransferDesk(workspace).transfers.get(name_iri(pid, where="pid"))
    sender(workspace, principal, transfer.other)
    return transfer


def take_move(workspace: Workspace, principal: Principal, pid: str, move: TransferMove, message: Json) -> Transfer:
    """Take the other side's move.

    Raises:
        AccessDenied: the message is not from the other party, or the agreement does not allow a start now.
        NotFound: there is no such transfer.
        Conflict: the transfer's state does not allow the other side this move.
    """
    desk, transfer = TransferDesk(workspace), transfer_of(workspace, principal, pid)
    given = message.get("dataAddress")
    with workspace.ledger.turn():
        transfer = desk.acknowledged(transfer.iri, message)
        if move is TransferMove.START and transfer.role is TransferRole.PROVIDER:
            next_transfer_state(transfer.state, transfer.facing, move)
            in_force(workspace, Desk(workspace).agreements.get(transfer.agreement))
        change = move_transfer(
            transfer,
            transfer.facing,
            move,
            graph=desk.graph,
            reason=" ".join(reasons_in(message)) or None,
            address=cast("Json", given)
            if isinstance(given, Mapping) and transfer.facing is TransferRole.PROVIDER
            else None,
        )
        change |= Desk(workspace).tell(transfer.own, transfer.agreement, _TOLD[move].format(transfer.facing))
        draft = EventDraft(_EVENTS[move], transfer.iri.value, change=change, actor=transfer.other.value)
        workspace.ledger.record(draft)
    return desk.transfers.get(transfer.iri)


def make_move(
    workspace: Workspace, principal: Principal, iri: NamedNode, move: TransferMove, *, reason: str | None = None
) -> Transfer:
    """Make this side's next move, and tell the other side.

    Raises:
        AccessDenied: the principal may not do so for a party of the transfer.
        NotFound: its organisation has no such transfer.
        Conflict: the transfer's state does not allow this side this move.
        InputError: it is suspended or terminated without a reason.
    """
    if move in {TransferMove.SUSPEND, TransferMove.TERMINATE} and not (reason or "").strip():
        raise InputError("No reason is given.", where="reason", remedy="Say in a sentence why.")
    with workspace.ledger.turn():
        transfer = own_transfer(workspace, principal, iri)
        moved = _moved(workspace, transfer, move, by=principal.client_id, reason=reason)
    return _sent(workspace, moved)


def own_transfer(workspace: Workspace, principal: Principal, iri: NamedNode) -> Transfer:
    """Return a transfer of the principal's organisation, if the principal may decide about it.

    Raises:
        AccessDenied: the principal may neither read data nor review requests, as its side needs.
        NotFound: its organisation has no such transfer.
    """
    transfer = TransferDesk(workspace).transfers.get(iri)
    scope = Scope.ACCESS_REVIEW if transfer.role is TransferRole.PROVIDER else Scope.DATA_READ
    if workspace.hosted(principal, scope).iri != transfer.own:
        raise NotFound("Your organisation has no such transfer.", where=iri.value)
    return transfer


_EVENTS = {
    TransferMove.START: "TransferStarted",
    TransferMove.SUSPEND: "TransferSuspended",
    TransferMove.COMPLETE: "TransferCompleted",
    TransferMove.TERMINATE: "TransferTerminated",
}


_TOLD = {
    TransferMove.START: "The {} started the transfer of the agreement's data.",
    TransferMove.SUSPEND: "The {} suspended the transfer of the agreement's data.",
    TransferMove.COMPLETE: "The {} completed the transfer of the agreement's data.",
    TransferMove.TERMINATE: "The {} ended the transfer of the agreement's data.",
}


def _moved(workspace: Workspace, transfer: Transfer, move: TransferMove, *, by: str, reason: str | None) -> Transfer:
    """Record this side's move with the letter that tells of it."""
    desk = TransferDesk(workspace)
    if move is TransferMove.START and transfer.role is TransferRole.PROVIDER:
        in_force(workspace, Desk(workspace).agreements.get(transfer.agreement))
    change = move_transfer(transfer, transfer.role, move, graph=desk.graph, reason=reason)
    change |= enclose(move_letter(transfer, move, reason), desk.letters)
    workspace.ledger.record(EventDraft(_EVENTS[move], transfer.iri.value, change=change, actor=by))
    return desk.transfers.get(transfer.iri)


def end_without_agreement(workspace: Workspace) -> None:
    """Terminate the transfers from here that are under way although their agreement does not hold any more."""
    desk, now = TransferDesk(workspace), workspace.clock.now()
    under_way = [one for state in TransferState if not state.is_final for one in desk.transfers.in_state(state)]
    for transfer in under_way:
        decision = Desk(workspace).agreements.get(transfer.agreement).in_force(now)
        if transfer.role is TransferRole.PROVIDER and not decision.allowed:
            reason = " ".join(one.message for one in decision.reasons)
            with workspace.ledger.turn(), suppress(Conflict):
                _moved(workspace, desk.transfers.get(transfer.iri), TransferMove.TERMINATE, by=BY_POLICY, reason=reason)


def complete_pushed(workspace: Workspace, transfer: Transfer) -> None:
    """Complete a transfer whose data was put where the consumer wanted it, unless it was stopped meanwhile."""
    with workspace.ledger.turn(), suppress(Conflict):
        now = TransferDesk(workspace).transfers.get(transfer.iri)
        _moved(workspace, now, TransferMove.COMPLETE, by=BY_POLICY, reason=None)


def _sent(workspace: Workspace, transfer: Transfer) -> Transfer:
    """Deliver what waits about a transfer, if the other side takes it now, and return it as it then stands."""
    with suppress(VirtualesError):  # what was decided stands; it is delivered when the other side is back
        send_waiting(workspace, about=transfer.iri)
    return TransferDesk(workspace).transfers.get(transfer.iri)


def _granted(workspace: Workspace, consumer: Participant, agreement: NamedNode) -> AgreementRecord:
    """Return an agreement that an organisation was granted and that holds now."""
    found = [one for one in Desk(workspace).agreements.of_party(consumer.iri) if one.iri == agreement]
    if not found or found[0].signed.request.assignee != consumer.iri:
        raise NotFound("The organisation was granted no such agreement.", where=agreement.value)
    in_force(workspace, found[0])
    return found[0]


def in_force(workspace: Workspace, record: AgreementRecord) -> None:
    """Require that an agreement holds now.

    Raises:
        AccessDenied: it does not; the reasons say why.
    """
    record.in_force(workspace.clock.now()).require("The agreement does not hold now.", where=record.iri.value)


def _wanted_address(how: str, given: object, consumer: Participant) -> dict[str, object] | None:
    """Return where a consumer's message wants the data put, with the token that opens it; None for a pull."""
    if how != PUSH or not isinstance(given, Mapping):
        return _push_address(how, None, consumer)
    said = cast("Mapping[str, object]", given)
    endpoint = said.get("endpoint")
    address = _push_address(how, None if endpoint is None else str(endpoint), consumer)
    return None if address is None else address_of(str(address["endpoint"]), token_in(said))


def _push_address(how: str, endpoint: str | None, consumer: Participant) -> dict[str, object] | None:
    """Return the address to push to, which is on the consumer's registered node, so that data goes nowhere else."""
    if how not in {PULL, PUSH}:
        raise InputError(f"Data does not travel as `{how}` here.", where="format", remedy=f"Use {PULL} or {PUSH}.")
    if how == PULL:
        if endpoint is not None:
            raise InputError("A pull has no endpoint.", where="endpoint", remedy=f"Use {PUSH}, or leave it out.")
        return None
    if endpoint is None:
        raise InputError("A push needs an endpoint.", where="dataAddress.endpoint", remedy="Say where to put the data.")
    address = address_on(consumer, endpoint, where="dataAddress.endpoint")
    return address_of(address)
