"""The stream that tells a party how an agreement stands, and ends when the agreement does."""

import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

import anyio
from fastapi import APIRouter, Path
from fastapi.responses import StreamingResponse

from virtuales.clock import iso_instant
from virtuales.contract.agreements import AgreementRecord, AgreementStatus
from virtuales.node import Node
from virtuales.rdf.terms import NamedNode
from virtuales.trust.scopes import Scope
from virtuales.web.dependencies import KnownAsker, NodeHere
from virtuales.workflow.negotiate import Desk

STREAM = "text/event-stream"
_POLL_SECONDS = 0.1
_HEARTBEAT_SECONDS = 15.0
_GOES_ON = frozenset({AgreementStatus.PENDING, AgreementStatus.ACTIVE})

router = APIRouter(prefix="/api/v1/agreements", tags=["Agreements"])


@router.get(
    "/{key}/events",
    summary="Listen to how an agreement stands",
    response_class=StreamingResponse,
    responses={200: {"content": {STREAM: {}}, "description": "Its state now and after each change, until it ends."}},
)
def listen(
    node: NodeHere, asker: KnownAsker, key: Annotated[str, Path(description="Last part of the agreement's IRI.")]
) -> StreamingResponse:
    """Give the state of an agreement of your organisation as a stream: now, and within a second of each change.

    The stream ends once the agreement does: when it expires, or is terminated, revoked or replaced.
    """
    organisation = node.workspace.hosted(asker, Scope.CATALOGUE_READ)
    record = Desk(node.workspace).agreement_of(organisation.iri, key)
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(node, record.iri), media_type=STREAM, headers=headers)


async def _stream(node: Node, agreement: NamedNode) -> AsyncIterator[str]:
    told: AgreementStatus | None = None
    silence = 0.0
    while not node.closing:
        record = await anyio.to_thread.run_sync(partial(_record, node, agreement))
        status = record.status(node.clock.now())
        if status is not told:
            told, silence = status, 0.0
            yield _message(record, status)
        if status not in _GOES_ON:
            return
        await anyio.sleep(_POLL_SECONDS)
        silence += _POLL_SECONDS
        if silence >= _HEARTBEAT_SECONDS:
            yield ": it stands as before\n\n"
            silence = 0.0


def _record(node: Node, agreement: NamedNode) -> AgreementRecord:
    """Return an agreement as it stands now; it is read anew only when the graph of agreements has changed."""
    desk = Desk(node.workspace)
    return node.workspace.kept(
        ("agreement", agreement), [desk.agreements_graph], lambda: desk.agreements.get(agreement)
    )


def _message(record: AgreementRecord, status: AgreementStatus) -> str:
    ending = record.ending
    said = {
        "agreement": record.iri.value,
        "status": status.value,
        "ended_at": iso_instant(ending.at) if ending else None,
        "end_reason": ending.reason if ending else None,
    }
    return f"event: status\ndata: {json.dumps(said)}\n\n"
