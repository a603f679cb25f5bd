"""The ledger: the journal with its projector, and the one place where state changes.

An event is recorded first and projected second: the RDF store takes its change set together with its sequence number,
so that a process killed between the two replays what is missing when it starts again. Whoever wants to change state
holds the writer's turn while it reads what is, decides, and records.

What is only noted, as accesses to data are, decides nothing that comes after. It is durable when it is acknowledged,
several at a time when several come at once, and it is projected with what is noted beside it: before the next change,
when somebody wants to read it, or after a while.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from virtuales.clock import Clock, iso_instant
from virtuales.errors import IntegrityFailure
from virtuales.journal.event import Event, EventDraft, GraphLoad
from virtuales.journal.log import Journal
from virtuales.rdf.changeset import ChangeSet
from virtuales.store.object_store import ObjectStore
from virtuales.store.rdf_store import RdfStore

Progress = Callable[[int, int], None]
"""Called with the number of events applied and the number there are."""
_TOGETHER: Final = 100
"""How many events are projected as one at most; more of them save no more."""


@dataclass
class _Note:
    """What somebody waits to have noted, and what came of it."""

    draft: EventDraft
    event: Event | None = None
    error: BaseException | None = None


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
        self.recorded = journal.head.sequence
        """The number of the last event that may give cause to do something; what is only noted gives none."""
        self._turn = threading.RLock()
        self._preloaded: set[GraphLoad] = set()
        self._noting = threading.Lock()
        self._notes: list[_Note] = []

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
            event = self._event(draft, head.sequence, head.hash)
            self.journal.append(event)
            try:
                self._project([event])
            finally:  # told after the store has it, so that whoever then looks for what is due finds it
                self.recorded = event.sequence
            return event

    def note(self, draft: EventDraft) -> Event:
        """Record an event that only adds statements; when this returns, it is durable, and visible after `catch_up`.

        Whoever has the turn first records what all wait to have noted, in one write to the disk.

        Raises:
            StoreFailure: the journal did not take it.
        """
        note = _Note(draft)
        with self._noting:
            self._notes.append(note)
        with self._turn:
            if note.event is None and note.error is None:
                self._record_notes()
        if note.error:
            raise note.error
        if note.event is None:
            raise TypeError("a note that was not recorded has an error")
        return note.event

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
            for events in _together(self.journal.events(after=applied)):
                self._project(events)
                if progress:
                    progress(events[-1].sequence, head)
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

    def _event(self, draft: EventDraft, before: int, previous_hash: str) -> Event:
        return Event(
            sequence=before + 1,
            identifier=str(uuid4()),
            source=self.source,
            time=iso_instant(self.clock.now()),
            draft=draft,
            previous_hash=previous_hash,
        )

    def _record_notes(self) -> None:
        """Record what waits to be noted, and tell those who wait for it."""
        with self._noting:
            notes, self._notes = self._notes, []
        try:
            sequence, digest = self.journal.head.sequence, self.journal.head.hash
            events = []
            for note in notes:
                events.append(self._event(note.draft, sequence, digest))
                sequence, digest = sequence + 1, events[-1].hash
            self.journal.append(*events)
        except BaseException as error:
            for note in notes:
                note.error = error
            raise
        for note, event in zip(notes, events, strict=True):
            note.event = event

    def _project(self, events: Sequence[Event]) -> None:
        """Apply one event to the store, or several that only add."""
        for load in (load for event in events for load in event.draft.loads):
            if load not in self._preloaded:
                self._load(load)
            self._preloaded.discard(load)
        first, last = events[0], events[-1]
        change = first.draft.change
        if last is not first:
            change = ChangeSet(add=tuple(quad for event in events for quad in event.draft.change.add))
        self.store.apply(change, sequence=last.sequence, after=first.sequence - 1)

    def _load(self, load: GraphLoad) -> None:
        with self.objects.local_copy(load.digest) as file:
            self.store.load_graph(load.graph, file)


def _together(events: Iterable[Event]) -> Iterator[list[Event]]:
    """Give events in order, one after another of those that only add statements together."""
    added: list[Event] = []
    for event in events:
        adds = not event.draft.loads and not event.draft.change.remove
        if added and (not adds or len(added) >= _TOGETHER):
            yield added
            added = []
        if adds:
            added.append(event)
        else:
            yield [event]
    if added:
        yield added
