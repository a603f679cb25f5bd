"""The ledger: the journal with its projector, and the one place where state changes.

An event is recorded first and projected second: the RDF store takes its change set together with its sequence number,
so that a process killed between the two replays what is missing when it starts again. Whoever wants to change state
holds the writer's turn while it reads what is, decides, and records.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from virtuales.clock import Clock, iso_instant
from virtuales.errors import IntegrityFailure
from virtuales.journal.event import Event, EventDraft, GraphLoad
from virtuales.journal.log import Journal
from virtuales.store.object_store import ObjectStore
from virtuales.store.rdf_store import RdfStore

Progress = Callable[[int, int], None]
"""Called with the number of events applied and the number there are."""


class Ledger:
    """Records events and keeps the RDF store equal to them.

    Args:
        source: Base IRI of the node.
        journal: Where events are kept.
        store: What they are projected to.
        objects: Where the graphs that events load come from.
        clock: Tells when an event happened.
    """

    def __init__(self, source: str, *, journal: Journal, store: RdfStore, objects: ObjectStore, clock: Clock) -> None:
        self.source = source
        self.journal = journal
        self.store = store
        self.objects = objects
        self.clock = clock
        self._turn = threading.RLock()
        self._preloaded: set[GraphLoad] = set()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the writer's turn: nobody else changes state until the block ends, and the store is up to date."""
        with self._turn:
            self.catch_up()
            yield

    def record(self, draft: EventDraft) -> Event:
        """Record an event and project it; when this returns, it is durable and visible.

        Raises:
            NotFound: an object that the event loads is not in the object store; nothing was recorded.
            StoreFailure: the journal did not take it, or the store could not project it. In the second case the event
                stands, and is projected before the next change.
        """
        with self.turn():
            for load in draft.loads:
                self.objects.size(load.digest)
            head = self.journal.head
            event = Event(
                sequence=head.sequence + 1,
                identifier=str(uuid4()),
                source=self.source,
                time=iso_instant(self.clock.now()),
                draft=draft,
                previous_hash=head.hash,
            )
            self.journal.append(event)
            self._project(event)
            return event

    def preload(self, loads: Iterable[GraphLoad]) -> None:
        """Fill graphs before the event that needs them is recorded, so that nobody waits for its turn meanwhile.

        Until that event is recorded nothing refers to the graphs; if it never is, they are swept at the next start.

        Raises:
            NotFound: an object is not in the object store.
        """
        for load in loads:
            self._load(load)
            self._preloaded.add(load)

    def catch_up(self, progress: Progress | None = None) -> int:
        """Project the events that the store has not seen; return how many there were.

        Raises:
            IntegrityFailure: the store is ahead of the journal, so it belongs to another one.
        """
        with self._turn:
            applied, head = self.store.applied_sequence(), self.journal.head.sequence
            if applied > head:
                raise IntegrityFailure(
                    f"The RDF store has applied event {applied}, but the journal ends at event {head}.",
                    remedy="Restore the journal, or rebuild the store from it.",
                )
            if applied == head:
                return 0
            for event in self.journal.events(after=applied):
                self._project(event)
                if progress:
                    progress(event.sequence, head)
            return head - applied

    def rebuild(self, progress: Progress | None = None) -> int:
        """Forget the RDF store and make it anew from the journal and the object store; return the number of events.

        Raises:
            IntegrityFailure: the journal's chain is broken; the store is left as it was.
        """
        with self._turn:
            self.journal.verify()
            self.store.clear()
            self._preloaded.clear()
            return self.catch_up(progress)

    def _project(self, event: Event) -> None:
        for load in event.draft.loads:
            if load not in self._preloaded:
                self._load(load)
            self._preloaded.discard(load)
        self.store.apply(event.draft.change, sequence=event.sequence)

    def _load(self, load: GraphLoad) -> None:
        with self.objects.local_copy(load.digest) as file:
            self.store.load_graph(load.graph, file)
