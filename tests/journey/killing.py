"""Work that goes on while nodes are killed, what was acknowledged of it, and whether a killed node's state is whole.

The work never judges: what a dead node did not answer is given up, and what was answered with success is noted. The
notes are judged at the end, against the nodes that were started again.
"""

import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from tests.clients import Member, description
from tests.journey.small_model import small_model
from tests.nodes import NodeProcess

from virtuales.journal.ledger import Ledger
from virtuales.journal.log import Journal
from virtuales.node import Node
from virtuales.settings import read_settings
from virtuales.store.object_store import LocalObjectStore
from virtuales.store.oxigraph_store import OxigraphStore
from virtuales.store.projection import SYSTEM_GRAPH
from virtuales.store.rdf_store import RdfStore

FILE = "gl.xml"
_FORESEEN = frozenset({404, 409, 502, 503})
"""How a node may answer when another one is away."""


@dataclass
class Notes:
    """What was acknowledged, and what should not have been answered."""

    described: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    prepared: list[str] = field(default_factory=list)
    tried_to_publish: set[str] = field(default_factory=set)
    published: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    approved: list[str] = field(default_factory=list)
    unforeseen: list[str] = field(default_factory=list)
    unanswered: int = 0

    def counts(self) -> Counter[str]:
        """Return how much was acknowledged of each kind."""
        kinds = ("described", "sent", "prepared", "published", "requested", "approved")
        return Counter({kind: len(getattr(self, kind)) for kind in kinds})


class Work:
    """Describes, publishes, requests and approves, again and again, until it is stopped.

    Args:
        north: The provider.
        vale: The consumer.
        pause: Seconds between one dataset and the next.
    """

    def __init__(self, north: Member, vale: Member, *, pause: float) -> None:
        self.notes = Notes()
        self._north = north
        self._vale = vale
        self._pause = pause
        self._stopped = threading.Event()
        self._number = 0
        self._threads = [threading.Thread(target=self._repeat, args=(deed,)) for deed in (self._provide, self._review)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, once what was begun is answered or given up."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, deed: Callable[[], None]) -> None:
        while not self._stopped.is_set():
            try:
                deed()
            except httpx.HTTPError:
                self.notes.unanswered += 1
                time.sleep(3 * self._pause)
            time.sleep(self._pause)

    def _provide(self) -> None:
        """Publish the next dataset and ask for it; give up at the first step that is not acknowledged."""
        self._number += 1
        slug, north, notes = f"dataset-{self._number}", self._north, self.notes
        place = north.api(f"datasets/{slug}")
        if not self._taken(north.ask("POST", north.api("datasets"), json=description(slug))):
            return
        notes.described.append(slug)
        if not self._taken(north.ask("PUT", f"{place}/files/{FILE}", content=small_model(self._number))):
            return
        notes.sent.append(slug)
        if not self._taken(north.ask("POST", f"{place}/preparation")):
            return
        notes.prepared.append(slug)
        notes.tried_to_publish.add(slug)
        offer = {"audience": "participants", "purposes": ["NetworkPlanning"]}
        published = self._taken(north.ask("POST", f"{place}/versions", json=offer))
        if not published:
            return
        notes.published.append(str(published["version"]))
        asked = self._taken(self._vale.ask_access(str(published["version"])))
        if asked:
            notes.requested.append(str(asked["negotiation"]))

    def _review(self) -> None:
        """Approve what awaits a decision."""
        for review in self._north.ask("GET", self._north.api("reviews")).json():
            approved = self._taken(self._north.decide(review["negotiation"], "approval"))
            if approved:
                self.notes.approved.append(str(approved["agreement"]))

    def _taken(self, response: httpx.Response) -> dict[str, object] | None:
        """Return what a success says; note a refusal that nobody foresaw."""
        if response.is_success:
            taken: dict[str, object] = response.json()
            return taken
        if response.status_code not in _FORESEEN:
            self.notes.unforeseen.append(f"{response.request.url} {response.status_code}: {response.text[:500]}")
        return None


def copy_of(node: NodeProcess, place: Path) -> Path:
    """Copy the data directory of a node that is not running; what is never changed is linked."""
    assert not node.is_running
    shutil.copytree(node.data, place, ignore=shutil.ignore_patterns("objects", "lock"))
    shutil.copytree(node.data / "objects", place / "objects", copy_function=os.link)
    return place


def assert_whole(data: Path, url: str, orchestrator: str) -> int:
    """Start a node on a data directory, without serving it, and compare its state with its journal's.

    Returns:
        The number of events in its journal.
    """
    role = "orchestrator" if url == orchestrator else "participant"
    node = Node(read_settings(data_dir=data, base_url=url, orchestrator_url=orchestrator, role=role))
    try:
        head = node.workspace.ledger.journal.verify()
        fresh = rebuilt(data, url, node)
        assert node.workspace.store.applied_sequence() == fresh.applied_sequence() == head.sequence
        mine, theirs = contents(node.workspace.store), contents(fresh)
        assert mine.keys() == theirs.keys(), mine.keys() ^ theirs.keys()
        assert mine == theirs
        fresh.close()
    finally:
        node.close()
    return head.sequence


def rebuilt(data: Path, url: str, node: Node) -> OxigraphStore:
    """Make a store anew from a journal and its objects."""
    journal = Journal(data / "journal.sqlite", read_only=True)
    store = OxigraphStore.in_memory()
    objects = LocalObjectStore(data / "objects")
    Ledger(url, journal=journal, store=store, objects=objects, clock=node.clock).rebuild()
    journal.close()
    return store


def contents(store: RdfStore) -> dict[str, list[bytes]]:
    """Return every graph's statements, sorted, save the store's own notes and those of models and use cases.

    The graphs of models and use cases are no state: a node loads them from their files whenever it starts.
    """
    from_files = ("/graph/ontology/", "/graph/use-case/")
    graphs = [
        graph
        for graph in store.graphs()
        if graph != SYSTEM_GRAPH and not any(part in graph.value for part in from_files)
    ]
    return {graph.value: sorted(b"".join(store.export_graph(graph)).splitlines()) for graph in graphs}
