"""The feed of events: server-sent events for those who listen, a batch for those who ask."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import anyio
from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse

from virtuales.errors import InputError
from virtuales.exchange.feed import Audience, feed, shared_graphs
from virtuales.journal.event import JsonValue
from virtuales.journal.log import Journal
from virtuales.node import Node
from virtuales.rdf.media import negotiate
from virtuales.rdf.terms import NamedNode
from virtuales.trust.tokens import Principal
from virtuales.web.dependencies import Asker, NodeHere

BATCH = "application/cloudevents-batch+json"
STREAM = "text/event-stream"
_BATCH_EVENTS = 500
_POLL_SECONDS = 0.1
_HEARTBEAT_SECONDS = 15.0

router = APIRouter(tags=["Events"])


@router.get(
    "/events",
    summary="Listen to what this node announces",
    responses={200: {"content": {STREAM: {}, BATCH: {}}, "description": "Events in order, as CloudEvents 1.0."}},
)
def listen(
    node: NodeHere,
    asker: Asker,
    accept: Annotated[str | None, Header()] = None,
    last_event_id: Annotated[str | None, Header(description="The last sequence number seen.")] = None,
    after: Annotated[int | None, Query(ge=0, description="The last sequence number seen.")] = None,
) -> Response:
    """Give the events after the last one seen: a stream that goes on, or one batch of CloudEvents.

    What is in an event depends on who asks: everybody hears of public entries, participants of all entries that
    participants may know of, and the orchestrator of accesses too.
    """
    start = after if after is not None else _sequence(last_event_id)
    audience = _audience(node, asker)
    graphs = shared_graphs(node.workspace.addresses, audience)
    if negotiate(accept, [BATCH, STREAM]) == STREAM:
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(_stream(node, Listener(asker, audience), start), media_type=STREAM, headers=headers)
    events = feed(node.workspace.ledger.journal, graphs=graphs, after=start, limit=_BATCH_EVENTS)
    return JSONResponse([event for _, event in events if event is not None], media_type=BATCH)


def _audience(node: Node, asker: Principal | None) -> Audience:
    if asker is None:
        return Audience.PUBLIC
    participant = node.workspace.find_participant(asker.organisation)
    if participant is None or not participant.is_approved:
        return Audience.PUBLIC
    at_orchestrator = participant.node_url == node.workspace.orchestrator
    return Audience.ORCHESTRATOR if at_orchestrator else Audience.PARTICIPANT


def _sequence(last_event_id: str | None) -> int:
    if last_event_id is None or not last_event_id.strip():
        return 0
    if not last_event_id.strip().isdigit():
        raise InputError(
            "The last event's identifier is no sequence number.", where="Last-Event-ID", remedy="Send back an `id:`."
        )
    return int(last_event_id)


def _page(journal: Journal, graphs: frozenset[NamedNode], after: int) -> list[tuple[int, dict[str, JsonValue] | None]]:
    return list(feed(journal, graphs=graphs, after=after, limit=_BATCH_EVENTS))


@dataclass(frozen=True)
class Listener:
    """Who listens, and as what.

    Args:
        asker: Who; None for the public.
        audience: What it may hear, as it was when it began to listen.
    """

    asker: Principal | None
    audience: Audience

    def may_go_on(self, node: Node) -> bool:
        """Tell whether it may hear what it could: its token has not ended, and its organisation stands as before."""
        ended = self.asker is not None and self.asker.expires <= node.clock.now()
        return not ended and _audience(node, self.asker) is self.audience


async def _stream(node: Node, listener: Listener, after: int) -> AsyncIterator[str]:
    """Tell what is recorded, until the node closes or the listener may not hear it any more.

    When the listener goes, whoever sends this ends it.
    """
    journal = node.workspace.ledger.journal
    graphs = shared_graphs(node.workspace.addresses, listener.audience)
    silence = 0.0
    yield ": listening\n\n"
    while not node.closing:
        if journal.head.sequence > after:
            if not await anyio.to_thread.run_sync(listener.may_go_on, node):
                return
            page = await anyio.to_thread.run_sync(partial(_page, journal, graphs, after))
            after = page[-1][0]
            told = [_message(sequence, event) for sequence, event in page if event is not None]
            if told:
                yield "".join(told)
                silence = 0.0
            continue
        await anyio.sleep(_POLL_SECONDS)
        silence += _POLL_SECONDS
        if silence >= _HEARTBEAT_SECONDS:
            if not await anyio.to_thread.run_sync(listener.may_go_on, node):
                return
            yield f": at {after}\n\n"
            silence = 0.0


def _message(sequence: int, event: dict[str, JsonValue]) -> str:
    return f"id: {sequence}\nevent: {event['type']}\ndata: {json.dumps(event)}\n\n"
