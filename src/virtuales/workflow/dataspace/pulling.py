"""Letting data out for a transfer that is pulled: its data address, and what its token opens.

The token is signed by the node and names the transfer alone. It opens the data while the transfer is started and the
agreement allows it: a suspension, an end or a revocation closes the door with the next request.
"""

from dataclasses import dataclass, replace

from virtuales.catalogue.search import FileEntry
from virtuales.errors import AccessDenied, Unauthenticated, VirtualesError
from virtuales.exchange.transfer import TransferRole, TransferState
from virtuales.exchange.transfers import Transfer, Transfers
from virtuales.query.streams import WatchedAnswer
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.consume import Delivery, download, files_for
from virtuales.workflow.dataspace.catalogue import PATH
from virtuales.workflow.dataspace.data_addresses import address_of, require_token, token_for
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class Opened:
    """What a token opens.

    Args:
        transfer: The transfer.
        version: The dataset version.
        files: Its files.
        principal: In whose name they are read.
    """

    transfer: Transfer
    version: NamedNode
    files: tuple[FileEntry, ...]
    principal: Principal


def data_address(workspace: Workspace, transfer: Transfer) -> dict[str, object]:
    """Return where and with what token the consumer pulls the data of a transfer."""
    endpoint = _endpoint(workspace, transfer)
    return address_of(endpoint, token_for(workspace, endpoint, party=transfer.assignee))


def opened(workspace: Workspace, pid: str, token: str) -> Opened:
    """Return what a token opens now.

    Raises:
        Unauthenticated: the token is not one of this node's for this transfer.
        AccessDenied: the transfer is not started, or its agreement does not hold now.
    """
    transfer = Transfers(workspace.store, workspace.addresses.graph("transfers")).find(parse_iri(pid, where="pid"))
    if transfer is None or transfer.role is not TransferRole.PROVIDER:
        raise Unauthenticated("The token opens nothing here.", where="Authorization")
    require_token(workspace, token, _endpoint(workspace, transfer))
    return opened_for(workspace, transfer)


def opened_for(workspace: Workspace, transfer: Transfer) -> Opened:
    """Return what a transfer opens now.

    Raises:
        AccessDenied: the transfer is not started, or its agreement does not hold now.
    """
    _require_started(transfer)
    record = Desk(workspace).agreements.get(transfer.agreement)
    record.in_force(workspace.clock.now()).require("The agreement does not hold now.", where=record.iri.value)
    version = record.signed.agreement.target
    principal = Principal(
        client_id=transfer.iri.value,
        organisation=transfer.assignee.value,
        scopes=frozenset({Scope.DATA_READ.value}),
        expires=workspace.clock.now(),
        token_id=transfer.iri.value,
    )
    return Opened(transfer, version, tuple(files_for(workspace, principal, version)), principal)


def _require_started(transfer: Transfer) -> None:
    if transfer.state is not TransferState.STARTED:
        raise AccessDenied(
            "The transfer lets no data out now.",
            reasons=[f"It is {transfer.state}."],
            where=transfer.iri.value,
            remedy="Have it started, or ask for another.",
        )


def deliver_file(workspace: Workspace, found: Opened, name: str) -> Delivery:
    """Deliver a file that a token opens; it is decided by the agreement and put on the audit trail like every download.

    Raises:
        AccessDenied: the agreement does not allow it now.
        NotFound: there is no such file.
    """
    delivery = download(workspace, found.principal, found.version, name)
    return replace(delivery, answer=WatchedAnswer(delivery.answer, lambda: _closed(workspace, found.transfer)))


def _closed(workspace: Workspace, transfer: Transfer) -> VirtualesError | None:
    """Return why a transfer lets no data out any longer; None while it does."""
    graph = workspace.addresses.graph("transfers")
    read = Transfers(workspace.store, graph)
    now = workspace.kept(("transfer", transfer.iri), [graph], lambda: read.find(transfer.iri))
    try:
        _require_started(now or transfer)
    except AccessDenied as refusal:
        return refusal
    return None


def _endpoint(workspace: Workspace, transfer: Transfer) -> str:
    return f"{workspace.addresses.base}{PATH}/data/{transfer.iri.value}"
