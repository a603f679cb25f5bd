"""What was read of graphs, kept until one of them changes.

Whether somebody may use data is decided anew for each request, from the state of that moment. What it is decided from
changes far less often than it is asked for, and a store that counts its changes can tell at once whether it has.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from virtuales.rdf.terms import NamedNode
from virtuales.store.rdf_store import RdfStore

Found = TypeVar("Found")


class KeptReadings:
    """Keeps what was read last.

    Args:
        most: How many readings are kept.
    """

    def __init__(self, most: int = 2_000) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, key: Hashable, read: Callable[[], Found], *, store: RdfStore, graphs: Sequence[NamedNode]) -> Found:
        """Return what was read, or read it where one of its graphs has changed since; what is raised is not kept.

        Args:
            key: Stands for what is read.
            read: Reads it, of these graphs alone; what it returns is never changed.
            store: Where it is read.
            graphs: The graphs.
        """
        change = store.changed(graphs)  # before reading, so that a change meanwhile is taken for a later one
        if change is None:
            return read()
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and kept[0] == change:
            found: Found = kept[1]
            return found
        found = read()
        with self._lock:
            self._kept[key] = (change, found)
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found
