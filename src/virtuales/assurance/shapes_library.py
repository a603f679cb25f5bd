"""The shapes that registered versions hold, compiled when they are first asked for and kept while they are in use."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Protocol

from virtuales.assurance.compiling import Compile, compile_afresh
from virtuales.assurance.imports import Find, Ontology, nothing
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
        find: Tells what of the release's own shapes and models they may import.
        compile_: What compiles them.
    """

    def __init__(self, contents: SchemaContents, find: Find = nothing, *, compile_: Compile = compile_afresh) -> None:
        self.contents = contents
        self._compile = compile_
        self._release = find
        self._compiled: OrderedDict[tuple[str, ...], ShapesGraph] = OrderedDict()
        self._lock = Lock()

    def shapes(self, versions: Sequence[SchemaVersion], known: Iterable[SchemaVersion] = ()) -> ShapesGraph:
        """Return the shapes graph that some versions make together with what they import.

        Args:
            versions: The versions.
            known: All that are registered: what is usable of them can be imported by its IRI.

        Raises:
            NotFound, PeerFailure, IntegrityFailure: as for `SchemaContents.read`.
            UnreadableInput: a version is no Turtle.
        """
        importable = {one.iri: one for one in known if one.is_usable and one.content}
        key = (*(f"{one.iri} {one.content.digest if one.content else ''}" for one in versions), "", *sorted(importable))
        with self._lock:
            if key in self._compiled:
                self._compiled.move_to_end(key)
                return self._compiled[key]
        sources = [self.contents.read(one) for one in versions]
        compiled = self.compile(sources, [one.name for one in versions], importable.values())
        with self._lock:
            self._compiled[key] = compiled
            while len(self._compiled) > _KEPT:
                self._compiled.popitem(last=False)
        return compiled

    def compile(
        self, sources: Sequence[bytes], names: Sequence[str], importable: Iterable[SchemaVersion]
    ) -> ShapesGraph:
        """Compile shapes graphs together with what they import; nothing is kept.

        Args:
            sources: The bytes of Turtle documents.
            names: What they are called.
            importable: The registered versions that they may import by their IRIs.

        Raises:
            NotFound, PeerFailure, IntegrityFailure: as for `SchemaContents.read`.
            UnreadableInput: a source is no Turtle.
        """
        versions = tuple(importable)
        return self._compile(sources, names=names, find=lambda iri: self.find(iri, versions))

    def find(self, iri: str, importable: Iterable[SchemaVersion]) -> Ontology | None:
        """Return what shapes can import by an IRI: one of some usable versions, else what the release brings.

        Raises:
            NotFound, PeerFailure, IntegrityFailure: as for `SchemaContents.read`.
        """
        for one in importable:
            if one.iri == iri and one.is_usable and one.content:
                return Ontology(one.name, self.contents.read(one))
        return self._release(iri)
