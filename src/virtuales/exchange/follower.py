"""Following another node's feed: what it announces becomes part of this node's state, in order, exactly once.

Each announced event is recorded in this node's own journal together with the place reached in the feed, so that a
restart resumes where it stopped. A node can speak only of what is its own: statements in graphs or about things under
another base are refused.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import cast

import httpx

from virtuales.errors import InputError, PeerFailure, VirtualesError
from virtuales.exchange.feed import Audience, shared_graphs
from virtuales.journal.event import TYPE_PREFIX, EventDraft
from virtuales.journal.ledger import Ledger
from virtuales.rdf.addresses import Addresses
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode, Quad, plain, typed

_SILENCE_SECONDS = 45.0
Report = Callable[[str, VirtualesError], None]
"""Told of a feed's address and of why following it stopped for the moment."""


def cursor(ledger: Ledger, peer: str) -> int:
    """Return the sequence number up to which a peer's feed has been received."""
    graph = Addresses(ledger.source).graph("following")
    rows = ledger.store.select(f"SELECT ?n WHERE {{ <{peer}> {VES.cursor} ?n }}", graphs=[graph])
    return int(plain(rows[0]["n"])) if rows else 0


def receive(ledger: Ledger, peer: str, event: Mapping[str, object]) -> bool:
    """Record what a peer announced; return False when it was received before.

    Raises:
        InputError: the event is no CloudEvent with a change set, or speaks of what is not the peer's own.
    """
    sequence, kind, change = _parsed(event, peer)
    with ledger.turn():
        reached = cursor(ledger, peer)
        if sequence <= reached:
            return False
        following = Addresses(ledger.source).graph("following")
        moved = ChangeSet(add=_cursor(following, peer, sequence), remove=_cursor(following, peer, reached))
        ledger.record(
            EventDraft(
                "PeerEventReceived",
                str(event["subject"]),
                facts={"peer": peer, "type": kind, "sequence": sequence, "id": str(event["id"])},
                change=change | moved,
                actor=peer,
            )
        )
    return True


class Follower(threading.Thread):
    """Follows one peer's feed in the background until it is stopped.

    Args:
        ledger: Where announcements are recorded.
        peer: Base URL of the node to follow.
        client: The HTTP client.
        token: Gives the bearer token to listen with, or None to hear what is public.
        report: Told when following fails; it is tried again.
        pause: Seconds to wait before trying again.
    """

    def __init__(
        self,
        ledger: Ledger,
        peer: str,
        *,
        client: httpx.Client,
        token: Callable[[], str | None],
        report: Report,
        pause: float,
    ) -> None:
        super().__init__(name=f"follow {peer}", daemon=True)
        self._ledger = ledger
        self._peer = peer
        self._client = client
        self._token = token
        self._report = report
        self._pause = pause
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Ask the follower to end; it does so at the next event, heartbeat or pause."""
        self._stopped.set()

    def run(self) -> None:
        """Follow the feed; after a failure, wait and resume."""
        while not self._stopped.is_set():
            try:
                self._follow()
            except VirtualesError as error:
                self._report(self._peer, error)
            except (httpx.HTTPError, RuntimeError) as error:  # the client raises RuntimeError once it is closed
                self._report(self._peer, PeerFailure(f"The feed broke off: {error!r}.", where=self._peer))
            self._stopped.wait(self._pause)

    def _follow(self) -> None:
        token = self._token()
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(cursor(self._ledger, self._peer))}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        timeout = httpx.Timeout(10.0, read=_SILENCE_SECONDS)
        with self._client.stream("GET", f"{self._peer}/events", headers=headers, timeout=timeout) as response:
            if response.status_code != httpx.codes.OK:
                raise PeerFailure(f"The feed answered {response.status_code}.", where=f"{self._peer}/events")
            for data in _messages(response.iter_lines()):
                if self._stopped.is_set():
                    return
                receive(self._ledger, self._peer, json.loads(data))


def _messages(lines: Iterator[str]) -> Iterator[str]:
    """Give the data of each server-sent event; https://html.spec.whatwg.org/multipage/server-sent-events.html."""
    data: list[str] = []
    for line in lines:
        if not line and data:
            yield "\n".join(data)
            data.clear()
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))


def _parsed(event: Mapping[str, object], peer: str) -> tuple[int, str, ChangeSet]:
    try:
        data = cast("Mapping[str, Mapping[str, str]]", event["data"])
        change = ChangeSet.from_json(data["change"])
        sequence = int(str(event["sequence"]))
        kind = str(event["type"]).removeprefix(TYPE_PREFIX)
    except (KeyError, TypeError, ValueError, SyntaxError) as error:
        raise InputError(f"The feed sent what is no announcement: {error!r}.", where=peer) from error
    owner = Addresses(peer)
    graphs = shared_graphs(owner, Audience.ORCHESTRATOR)
    for quad in (*change.add, *change.remove):
        if quad.graph_name not in graphs or not owner.owns(plain(quad.subject)):
            raise InputError(
                "The feed speaks of what is not the node's own.", where=str(quad), remedy=f"Only of <{peer}> it may."
            )
    return sequence, kind, change


def _cursor(graph: NamedNode, peer: str, sequence: int) -> tuple[Quad, ...]:
    return Statements(graph).say(peer, VES.cursor, typed(str(sequence), "integer")).quads
