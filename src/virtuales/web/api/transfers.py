"""Transfers by REST: asking a connector for the data of an agreement, and what becomes of it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from virtuales.contract.dataspace.names import iri_name
from virtuales.exchange.transfer import TransferMove
from virtuales.exchange.transfers import Transfer
from virtuales.rdf.terms import parse_iri
from virtuales.trust.scopes import Scope
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow.dataspace import transfer
from virtuales.workflow.dataspace.transfer_letters import TransferDesk

router = APIRouter(prefix="/api/v1/transfers", tags=["Connectors"])
Key = Annotated[str, Path(description="This node's identifier of the transfer, `urn:uuid:…`.")]


class TransferIn(RequestBody):
    """A request for the data of an agreement."""

    agreement: str = Field(description="The agreement's identifier.")
    format: str = Field(description="How the data is to travel: `HttpData-PULL` or `HttpData-PUSH`.")
    endpoint: str | None = Field(
        None, description="Where the provider is to put the files, below your node's address; only with a push."
    )


class StopIn(RequestBody):
    """Why a transfer pauses or ends."""

    reason: str = Field(description="Why, in a sentence that the other side reads.")


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
    return _out(transfer.own_transfer(workspace, asker, parse_iri(key, where="transfer")))


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
