"""Transfer processes of the Dataspace Protocol 2025-1 over HTTPS, as provider and as consumer.

Data that is pulled and files that are pushed here have doors of their own.
See https://eclipse-dataspace-protocol-base.github.io/DataspaceProtocol/2025-1-err1/#transfer-http.
"""

from typing import Annotated
from urllib.parse import quote

import anyio
from fastapi import APIRouter, Header, Path, Request
from fastapi.responses import JSONResponse, Response

from virtuales.contract.dataspace.names import iri_name
from virtuales.contract.dataspace.shapes import check_message, new_message
from virtuales.errors import Conflict, Unauthenticated
from virtuales.exchange.transfer import TransferMove, TransferRole
from virtuales.exchange.transfers import Transfer
from virtuales.web.answers import delivered
from virtuales.web.api.dataspace import Message
from virtuales.web.dataspace_errors import REFUSALS, TransferRoute
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.web.uploads import put_aside, refuse_stated_length
from virtuales.workflow.dataspace import pulling, receiving, transfer
from virtuales.workflow.dataspace.catalogue import PATH
from virtuales.workflow.workspace import Workspace

router = APIRouter(
    prefix=f"{PATH}/transfers", tags=["Dataspace Protocol"], route_class=TransferRoute, responses=REFUSALS
)
data_router = APIRouter(prefix=f"{PATH}/data", tags=["Dataspace Protocol"])
received_router = APIRouter(prefix=f"{PATH}/received", tags=["Dataspace Protocol"])
Pid = Annotated[str, Path(description="The receiving side's identifier of the transfer.")]
ShownToken = Annotated[str | None, Header(alias="Authorization", description="The token of the data address.")]


@router.post("/request", status_code=201, summary="TransferRequestMessage")
def request(workspace: WorkspaceHere, asker: KnownAsker, message: Message) -> dict[str, object]:
    """Take a consumer's request for the data of an agreement."""
    return _state(transfer.take_request(workspace, asker, check_message(message, "TransferRequestMessage")))


@router.get("/{pid}", summary="The state of a transfer")
def show(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid) -> dict[str, object]:
    """Tell the other party how a transfer stands."""
    return _state(transfer.transfer_of(workspace, asker, pid))


@router.post("/{pid}/start", summary="TransferStartMessage")
def start(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the other side's word that the transfer starts, or goes on; a provider's may bring a data address."""
    checked = check_message(message, "TransferStartMessage")
    return _state(transfer.take_move(workspace, asker, pid, TransferMove.START, checked))


@router.post("/{pid}/suspension", summary="TransferSuspensionMessage")
def suspend(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the other side's word that the transfer pauses."""
    checked = check_message(message, "TransferSuspensionMessage")
    return _state(transfer.take_move(workspace, asker, pid, TransferMove.SUSPEND, checked))


@router.post("/{pid}/completion", summary="TransferCompletionMessage")
def complete(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the other side's word that the transfer is done."""
    checked = check_message(message, "TransferCompletionMessage")
    return _state(transfer.take_move(workspace, asker, pid, TransferMove.COMPLETE, checked))


@router.post("/{pid}/termination", summary="TransferTerminationMessage")
def terminate(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the other side's word that it ends the transfer."""
    checked = check_message(message, "TransferTerminationMessage")
    return _state(transfer.take_move(workspace, asker, pid, TransferMove.TERMINATE, checked))


@data_router.get(
    "/{pid}",
    summary="Pull the data of a transfer",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file, or the list of files."}},
)
def pull(request: Request, workspace: WorkspaceHere, pid: Pid, authorization: ShownToken = None) -> Response:
    """Deliver the dataset version's file; where it has several, list them with their addresses."""
    found = pulling.opened(workspace, pid, _token(authorization))
    if len(found.files) == 1:
        return _file(request, workspace, found, found.files[0].name)
    base = f"{workspace.addresses.base}{PATH}/data/{pid}"
    listed = [
        {"name": one.name, "mediaType": one.media_type, "byteSize": one.size, "sha256": one.digest, "url": url}
        for one in found.files
        if (url := f"{base}/{quote(one.name, safe='')}")
    ]
    return JSONResponse({"files": listed}, headers={"Cache-Control": "private, no-cache"})


@data_router.get(
    "/{pid}/{name}",
    summary="Pull a file of a transfer",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file, byte for byte."}},
)
def pull_file(
    request: Request, workspace: WorkspaceHere, pid: Pid, name: str, authorization: ShownToken = None
) -> Response:
    """Deliver a file of the dataset version."""
    return _file(request, workspace, pulling.opened(workspace, pid, _token(authorization)), name)


@received_router.put(
    "/{pid}/{name}",
    status_code=204,
    summary="Put a file of a transfer that is pushed here",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def put_file(
    request: Request,
    workspace: WorkspaceHere,
    pid: Pid,
    name: str,
    authorization: ShownToken = None,
    repr_digest: Annotated[str | None, Header(description="The file's digest, RFC 9530.")] = None,
) -> None:
    """Take a file from a provider, as the body's bytes; the same file again changes nothing."""
    token, limit = _token(authorization), workspace.limits.upload_bytes
    refuse_stated_length(request, limit)
    await anyio.to_thread.run_sync(lambda: receiving.opened(workspace, pid, token))
    said = receiving.Announced(name, request.headers.get("content-type", ""), repr_digest)
    async with put_aside(request, limit) as spool:
        await anyio.to_thread.run_sync(lambda: receiving.take_file(workspace, pid, token, said=said, source=spool))


def _token(authorization: str | None) -> str:
    token = (authorization or "").removeprefix("Bearer ").strip()
    if not token:
        raise Unauthenticated("The data needs the token of its data address.", remedy="Send it as a bearer token.")
    return token


def _file(request: Request, workspace: Workspace, found: pulling.Opened, name: str) -> Response:
    delivery = pulling.deliver_file(workspace, found, name)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Repr-Digest": f"sha-256=:{delivery.digest_base64}:",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return delivered(request, delivery.answer, headers)


def _state(found: Transfer) -> dict[str, object]:
    if found.theirs is None:
        raise Conflict("The provider has not answered the request yet.", where=found.iri.value, remedy="Wait for it.")
    is_provider = found.role is TransferRole.PROVIDER
    provider_pid, consumer_pid = (found.iri, found.theirs) if is_provider else (found.theirs, found.iri)
    return new_message(
        "TransferProcess",
        providerPid=iri_name(provider_pid),
        consumerPid=iri_name(consumer_pid),
        state=found.state.value,
    )
