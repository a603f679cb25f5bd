"""Transfers by REST: asking a connector for the data of an agreement, and what becomes of it."""

import base64
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from virtuales.contract.dataspace.names import iri_name
from virtuales.exchange.transfer import TransferMove
from virtuales.exchange.transfers import Transfer
from virtuales.rdf.terms import parse_iri
from virtuales.trust.scopes import Scope
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow.dataspace import receiving, transfer
from virtuales.workflow.dataspace.transfer_letters import TransferDesk

router = APIRouter(prefix="/api/v1/transfers", tags=["Connectors"])
Key = Annotated[str, Path(description="This node's identifier of the transfer, `urn:uuid:…`.")]


class TransferIn(RequestBody):
    """A request for the data of an agreement."""

    agreement: str = Field(description="The agreement's identifier.")
    format: str = Field(description="How the data is to travel: `HttpData-PULL` or `HttpData-PUSH`.")
    endpoint: str | None = Field(
        None,
        description="Where the provider is to put the files, below your node's address; only with a push. Without it "
        "your node keeps them.",
    )


class StopIn(RequestBody):
    """Why a transfer pauses or ends."""

    reason: str = Field(description="Why, in a sentence that the other side reads.")


class ReceivedFileOut(BaseModel):
    """A file that the provider put here."""

    name: str
    media_type: str = Field(description="Of what kind the provider says that it is.")
    size: int = Field(description="Bytes.")
    sha256: str
    url: str = Field(description="Where it is to be had, with your own access token.")


class TransferOut(BaseModel):
    """A transfer as this node keeps it."""

    transfer: str
    role: str = Field(description="`provider` or `consumer`: which side your organisation is.")
    state: str
    agreement: str
    provider: str
    consumer: str
    format: str
    requested_at: datetime
    provider_reached: bool
    reason: str | None
    data_address: dict[str, object] | None = Field(
        description="Where the data is to be pulled from, with its token, or pushed to."
    )
    received: list[ReceivedFileOut] = Field(default=[], description="What was pushed here and is kept; with one alone.")


@router.post("", status_code=201, summary="Ask for the data of an agreement")
def ask(workspace: WorkspaceHere, asker: KnownAsker, wanted: TransferIn) -> TransferOut:
    """Ask the provider's connector for the data of an agreement that your organisation was granted."""
    found = transfer.request(workspace, asker, wanted.agreement, how=wanted.format, endpoint=wanted.endpoint)
    return _out(found)


@router.get("", summary="List your organisation's transfers")
def list_transfers(workspace: WorkspaceHere, asker: KnownAsker) -> list[TransferOut]:
    """List the transfers in which your organisation is a party, the newest first; addresses are with each alone."""
    organisation = workspace.hosted(asker, Scope.CATALOGUE_READ)
    found = TransferDesk(workspace).transfers.of_party(organisation.iri)
    return [_out(one).model_copy(update={"data_address": None}) for one in found]


@router.get("/{key}", summary="A transfer with its data address")
def show(workspace: WorkspaceHere, asker: KnownAsker, key: Key) -> TransferOut:
    """Show a transfer of your organisation, with where the data is to be had while it is started."""
    found = transfer.own_transfer(workspace, asker, parse_iri(key, where="transfer"))
    base = f"{workspace.addresses.base}{router.prefix}/{quote(key, safe=':')}/files"
    files = [
        ReceivedFileOut(
            name=one.name,
            media_type=one.media_type,
            size=one.size,
            sha256=one.digest,
            url=f"{base}/{quote(one.name, safe='')}",
        )
        for one in receiving.received_files(workspace, found)
    ]
    return _out(found).model_copy(update={"received": files})


@router.get(
    "/{key}/files/{name}",
    summary="A file that a transfer brought",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file, byte for byte."}},
)
def read_file(workspace: WorkspaceHere, asker: KnownAsker, key: Key, name: str) -> StreamingResponse:
    """Give a file that a provider put here for your organisation."""
    file, body = receiving.read_file(workspace, asker, parse_iri(key, where="transfer"), name)
    headers = {
        "Content-Length": str(file.size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(file.digest)).decode()}:",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(body, media_type=file.media_type, headers=headers)


@router.delete("/{key}/files/{name}", status_code=204, summary="Discard a file that a transfer brought")
def discard_file(workspace: WorkspaceHere, asker: KnownAsker, key: Key, name: str) -> None:
    """Take a received file away for good; that it was here stays on record."""
    receiving.discard_file(workspace, asker, parse_iri(key, where="transfer"), name)


@router.post("/{key}/start", summary="Start a transfer, or go on with it")
def start(workspace: WorkspaceHere, asker: KnownAsker, key: Key) -> TransferOut:
    """Start a transfer that was asked for, or that was suspended."""
    return _out(transfer.make_move(workspace, asker, parse_iri(key, where="transfer"), TransferMove.START))


@router.post("/{key}/completion", summary="Complete a transfer")
def complete(workspace: WorkspaceHere, asker: KnownAsker, key: Key) -> TransferOut:
    """Say that all data was transferred."""
    return _out(transfer.make_move(workspace, asker, parse_iri(key, where="transfer"), TransferMove.COMPLETE))


@router.post("/{key}/suspension", summary="Suspend a transfer")
def suspend(workspace: WorkspaceHere, asker: KnownAsker, key: Key, stop: StopIn) -> TransferOut:
    """Pause a transfer; while it is suspended no data is let out."""
    iri = parse_iri(key, where="transfer")
    return _out(transfer.make_move(workspace, asker, iri, TransferMove.SUSPEND, reason=stop.reason))


@router.post("/{key}/termination", summary="Terminate a transfer")
def terminate(workspace: WorkspaceHere, asker: KnownAsker, key: Key, stop: StopIn) -> TransferOut:
    """End a transfer before it is complete."""
    iri = parse_iri(key, where="transfer")
    return _out(transfer.make_move(workspace, asker, iri, TransferMove.TERMINATE, reason=stop.reason))


def _out(found: Transfer) -> TransferOut:
    return TransferOut(
        transfer=found.iri.value,
        role=found.role.value,
        state=found.state.value,
        agreement=iri_name(found.agreement),
        provider=found.assigner.value,
        consumer=found.assignee.value,
        format=found.format,
        requested_at=found.requested_at,
        provider_reached=found.theirs is not None,
        reason=found.reason,
        data_address=dict(found.address) if found.address is not None else None,
    )
