"""Views of dataset versions as graphs of the store: whole, or not there.

A view is no part of the journal: it is made of what the journal says, and can be made again at any time. Its graph is
filled first, then a graph of its own records whose it is. A process that ends between the two leaves a graph without a
record, which is never read and is swept at the next start.
"""

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from virtuales.rdf.changeset import Statements
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode, plain
from virtuales.store.rdf_store import RdfStore

Write = Callable[[Path], None]
Make = Callable[[], Write]
_NEEDED_BY: Final = VES.agreement


@dataclass(frozen=True)
class Place:
    """Where a view is kept.

    Args:
        graph: Its graph.
        record: The graph that says whose it is.
        version: The dataset version that it is a view of.
    """

    graph: NamedNode
    record: NamedNode
    version: NamedNode


class KeptViews:
    """Knows which views are whole; one is made at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: set[tuple[NamedNode, NamedNode]] = set()

    def keep(self, store: RdfStore, place: Place, *, needed_by: NamedNode, make: Make) -> None:
        """Make the graph of a view, unless it is there.

        Args:
            store: Where it is kept.
            place: Its graphs.
            needed_by: The agreement, or the offer, that it is for.
            make: Makes the view; returns what writes its statements as N-Triples.
        """
        graph, record = place.graph, place.record
        if (graph, needed_by) in self._known:
            return
        with self._lock:
            if (graph, needed_by) in self._known:
                return
            said = Statements(record).say(graph, VES.viewOf, place.version).say(graph, _NEEDED_BY, needed_by)
            if not is_whole(store, graph, record):
                store.drop_graph(graph)
                with tempfile.TemporaryDirectory(prefix="virtuales-view-") as place_on_disk:
                    file = Path(place_on_disk) / "view.nt"
                    make()(file)
                    store.load_graph(graph, file)
            store.load_quads(said.quads)
            self._known.add((graph, needed_by))

    def sweep(self, store: RdfStore, records: str, graphs: str, *, is_needed: Callable[[NamedNode], bool]) -> int:
        """Drop the views that nobody needs any longer, and what was left half made; return how many there were.

        Args:
            store: Where they are kept.
            records: What the IRIs of records start with.
            graphs: What the IRIs of views' graphs start with.
            is_needed: Tells whether an agreement, or an offer, lets anybody use data.
        """
        with self._lock:
            standing = store.graphs()
            kept: set[NamedNode] = set()
            dropped = 0
            for record in [one for one in standing if one.value.startswith(records)]:
                graph = NamedNode(graphs + record.value.removeprefix(records))
                if any(is_needed(one) for one in _needed_by(store, record)):
                    kept.add(graph)
                else:
                    store.drop_graph(record)
            for graph in [one for one in standing if one.value.startswith(graphs)]:
                if graph not in kept:
                    store.drop_graph(graph)
                    dropped += 1
            self._known = {(graph, one) for graph, one in self._known if graph in kept}
            return dropped


def is_whole(store: RdfStore, graph: NamedNode, record: NamedNode) -> bool:
    """Tell whether a view's graph was filled to its end."""
    return store.ask(f"ASK {{ {graph} {VES.viewOf} ?version }}", graphs=[record])


def _needed_by(store: RdfStore, record: NamedNode) -> list[NamedNode]:
    rows = store.select(f"SELECT ?by WHERE {{ ?graph {_NEEDED_BY} ?by }}", graphs=[record])
    return [NamedNode(plain(row["by"])) for row in rows]
