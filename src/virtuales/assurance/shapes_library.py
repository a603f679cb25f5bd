"""The shapes that registered versions hold, compiled when they are first asked for and kept while they are in use."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Protocol

from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.schema import SchemaVersion
from virtuales.assurance.shapes import ShapesGraph

_KEPT = 32
"""How many compiled combinations are kept; a country's profiles make about a dozen."""


class SchemaContents(Protocol):
    """Gives the bytes of registered versions."""

    def read(self, version: SchemaVersion) -> bytes:
        """Return a version's bytes, which have the registered digest.

        Raises:
            NotFound: the version has no content of its own.
            PeerFailure: the bytes are not here, and the orchestrator did not give them.
            IntegrityFailure: the bytes are not those that were registered.
        """
        ...


class ShapesLibrary:
    """Compiled shapes of registered versions. Safe to share between threads.

    Args:
        contents: Where their bytes come from.
    """

    def __init__(self, contents: SchemaContents) -> None:
        self.contents = contents
        self._compiled: OrderedDict[tuple[str, ...], ShapesGraph] = OrderedDict()
        self._lock = Lock()

    def shapes(self, versions: Sequence[SchemaVersion]) -> ShapesGraph:
        """Return the shapes graph that some versions make together.

        Raises:
            NotFound, PeerFailure, IntegrityFailure: as for `SchemaContents.read`.
            UnreadableInput: a version is no Turtle.
        """
        key = tuple(f"{one.iri} {one.content.digest if one.content else ''}" for one in versions)
        with self._lock:
            if key in self._compiled:
                self._compiled.move_to_end(key)
                return self._compiled[key]
        sources = [self.contents.read(one) for one in versions]
        compiled = compile_shapes(sources, names=[one.name for one in versions])
        with self._lock:
            self._compiled[key] = compiled
            while len(self._compiled) > _KEPT:
                self._compiled.popitem(last=False)
        return compiled
