"""Putting data where a consumer wants it: each file of the dataset version below the consumer's endpoint.

The endpoint is on the node that the consumer's organisation registered; nothing is followed elsewhere. It is opened by
the token that came with the data address, or by the access token of the provider's organisation. A node that
ended in the middle puts all files again, which a consumer can tell by their digests.
"""

from urllib.parse import quote

import httpx

from virtuales.errors import PeerFailure, VirtualesError
from virtuales.exchange.transfer import TransferRole, TransferState
from virtuales.exchange.transfers import Transfer
from virtuales.workflow.dataspace.catalogue import PUSH
from virtuales.workflow.dataspace.data_addresses import token_in
from virtuales.workflow.dataspace.pulling import deliver_file, opened_for
from virtuales.workflow.dataspace.transfer import complete_pushed, end_without_agreement
from virtuales.workflow.dataspace.transfer_letters import TransferDesk, send_waiting
from virtuales.workflow.workspace import Workspace


def carry_on(workspace: Workspace) -> bool:
    """End transfers with their agreements, deliver what waits about others, and push the data that is to be pushed.

    Returns:
        Whether there was something to do, so that it is to be looked at again.

    Raises:
        VirtualesError: another side did not answer; the others are tried first.
    """
    failures: list[VirtualesError] = []
    left = False
    end_without_agreement(workspace)
    try:
        left = send_waiting(workspace)
    except VirtualesError as error:
        failures.append(error)
    for transfer in TransferDesk(workspace).transfers.in_state(TransferState.STARTED):
        if transfer.role is TransferRole.PROVIDER and transfer.format == PUSH:
            left = True
            try:
                _push(workspace, transfer)
            except VirtualesError as error:
                failures.append(error)
    if failures:
        raise failures[0]
    return left


def _push(workspace: Workspace, transfer: Transfer) -> None:
    found = opened_for(workspace, transfer)
    endpoint = str((transfer.address or {})["endpoint"]).rstrip("/")
    token = token_in(transfer.address) or workspace.peers.token(transfer.own.value, _node(workspace, transfer))
    for file in found.files:
        delivery = deliver_file(workspace, found, file.name)
        headers = {
            "Content-Type": delivery.media_type,
            "Content-Length": str(delivery.size),
            "Repr-Digest": f"sha-256=:{delivery.digest_base64}:",
        }
        url = f"{endpoint}/{quote(file.name, safe='')}"
        answer = workspace.peers.put(url, delivery.answer.pieces(), headers, token=token)
        if answer.status_code not in {httpx.codes.OK, httpx.codes.CREATED, httpx.codes.NO_CONTENT}:
            raise PeerFailure(f"The consumer's endpoint answered {answer.status_code}.", where=url)
    complete_pushed(workspace, transfer)


def _node(workspace: Workspace, transfer: Transfer) -> str:
    return workspace.participants.get(transfer.assignee).node_url
