"""What a node tells others of its journal: the part of each event that stands in graphs the listener may read.

Events are CloudEvents 1.0; a listener resumes after the sequence number it saw last. Facts, private graphs and loaded
data never leave with the feed.
"""

from collections.abc import Iterator
from enum import Enum

from virtuales.journal.event import TYPE_PREFIX, Event, JsonValue
from virtuales.journal.log import Journal
from virtuales.rdf.addresses import Addresses, GraphName
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode, Quad


class Audience(Enum):
    """Who listens; each hears what the one before hears and more."""

    PUBLIC = "public"
    PARTICIPANT = "participant"
    ORCHESTRATOR = "orchestrator"


_OF_ALL: tuple[GraphName, ...] = ("registry", "schemas", "mappings", "policies", "remarks", "catalogue/public")
_GRAPHS: dict[Audience, tuple[GraphName, ...]] = {
    Audience.PUBLIC: _OF_ALL,
    Audience.PARTICIPANT: (*_OF_ALL, "catalogue/participants"),
    Audience.ORCHESTRATOR: (*_OF_ALL, "catalogue/participants", "audit"),
}


def shared_graphs(addresses: Addresses, audience: Audience) -> frozenset[NamedNode]:
    """Return the graphs of a node that an audience may read."""
    return frozenset(addresses.graph(name) for name in _GRAPHS[audience])


def shared_event(event: Event, graphs: frozenset[NamedNode]) -> dict[str, JsonValue] | None:
    """Return the part of an event that stands in `graphs`, as a CloudEvent; None when nothing of it does."""
    change = _shared(event.draft.change, graphs)
    if not change:
        return None
    return {
        "specversion": "1.0",
        "id": event.identifier,
        "source": event.source,
        "type": TYPE_PREFIX + event.draft.kind,
        "subject": event.draft.subject,
        "time": event.time,
        "sequence": f"{event.sequence:020d}",
        "datacontenttype": "application/json",
        "data": {"change": dict(change.to_json())},
    }


def feed(
    journal: Journal, *, graphs: frozenset[NamedNode], after: int, limit: int | None = None
) -> Iterator[tuple[int, dict[str, JsonValue] | None]]:
    """Give the sequence number and the shared part of each event after `after`; None for an event not shared.

    Args:
        journal: Where the events are.
        graphs: What the listener may read.
        after: The last sequence number that the listener saw.
        limit: The most journal events to look at; None looks at all there are.
    """
    until = None if limit is None else after + limit
    for event in journal.events(after=after, until=until):
        yield event.sequence, shared_event(event, graphs)


def _shared(change: ChangeSet, graphs: frozenset[NamedNode]) -> ChangeSet:
    """Return the part of a change set that stands in graphs; mostly that is all or nothing."""
    add, remove = _within(change.add, graphs), _within(change.remove, graphs)
    whole = len(add) == len(change.add) and len(remove) == len(change.remove)
    return change if whole else ChangeSet(add=add, remove=remove)


def _within(quads: tuple[Quad, ...], graphs: frozenset[NamedNode]) -> tuple[Quad, ...]:
    return tuple(quad for quad in quads if quad.graph_name in graphs)
