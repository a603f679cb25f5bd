"""The embedded RDF store: Oxigraph on disk or in memory.

One process may open a directory for writing. Concurrent updates on disk lose writes, so every write takes a lock.
Queries and serialisation release the interpreter lock, so they may run in a thread pool.
"""

import shutil
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, Store

from virtuales.errors import InputError, StoreFailure, UnreadableInput
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode, Quad, Triple, plain
from virtuales.store.oxigraph_answer import answer_to, result_of
from virtuales.store.projection import APPLIED_QUERY, INITIAL_UPDATE, SYSTEM_GRAPH, guarded_update
from virtuales.store.rdf_store import Answer, Asked, Row

_EXPORT_BYTES: Final = 1 << 20
_UNFLUSHED: Final = 10_000
"""How many statements may stay in the engine's write buffers, where each of them takes 1.5 kB of memory."""


class OxigraphStore:
    """An `RdfStore` inside this process.

    Args:
        directory: Where the store keeps its files; None keeps everything in memory.

    Raises:
        StoreFailure: another process holds the directory, or it is no store.
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._changes = 0
        self._applied: int | None = None
        self._unflushed = 0
        self._changed: defaultdict[NamedNode, int] = defaultdict(int)
        self._store = self._open()

    @classmethod
    def in_memory(cls) -> "OxigraphStore":
        """Make an empty store that lives as long as the object."""
        return cls(None)

    def _open(self) -> Store:
        try:
            if self._directory:
                self._directory.parent.mkdir(parents=True, exist_ok=True)
            store = Store(self._directory) if self._directory else Store()
            store.update(INITIAL_UPDATE)
        except OSError as error:
            raise StoreFailure(
                f"The RDF store cannot be opened: {error}.",
                where=str(self._directory),
                remedy="Stop the process that has it open, or rebuild the store from the journal.",
            ) from error
        return store

    def select(self, text: str, *, graphs: Sequence[NamedNode]) -> list[Row]:
        """See `RdfStore.select`."""
        solutions = self._query(text, graphs)
        if not isinstance(solutions, QuerySolutions):
            raise InputError("A SELECT query is expected here.", where=text[:80])
        names = [variable.value for variable in solutions.variables]
        return [{name: term for name, term in zip(names, row, strict=True) if term is not None} for row in solutions]

    def ask(self, text: str, *, graphs: Sequence[NamedNode]) -> bool:
        """See `RdfStore.ask`."""
        result = self._query(text, graphs)
        if not isinstance(result, QueryBoolean):
            raise InputError("An ASK query is expected here.", where=text[:80])
        return bool(result)

    def construct(self, text: str, *, graphs: Sequence[NamedNode]) -> list[Triple]:
        """See `RdfStore.construct`."""
        triples = self._query(text, graphs)
        if not isinstance(triples, QueryTriples):
            raise InputError("A CONSTRUCT or DESCRIBE query is expected here.", where=text[:80])
        return list(triples)

    def answer(
        self, text: str, *, graphs: Sequence[NamedNode], accept: str | None, named: Sequence[NamedNode] = ()
    ) -> Answer:
        """See `RdfStore.answer`."""
        return self.answer_asked(Asked.of(text, graphs, named), accept)

    def answer_asked(self, asked: Asked, accept: str | None) -> Answer:
        """See `RdfStore.answer_asked`."""
        body = BytesIO()
        media_type = answer_to(self._store, asked, accept, body)
        return Answer(body.getvalue(), media_type)

    def _query(self, text: str, graphs: Sequence[NamedNode]) -> QuerySolutions | QueryBoolean | QueryTriples:
        return result_of(self._store, Asked.of(text, graphs))

    def applied_sequence(self) -> int:
        """See `RdfStore.applied_sequence`; it is remembered, since nobody else writes."""
        if self._applied is not None:
            return self._applied
        rows = self.select(APPLIED_QUERY, graphs=[SYSTEM_GRAPH])
        if len(rows) != 1:
            raise StoreFailure(
                f"The RDF store holds {len(rows)} applied sequence numbers instead of one.",
                remedy="Rebuild it from the journal.",
            )
        self._applied = int(plain(rows[0]["n"]))
        return self._applied

    def apply(self, change: ChangeSet, *, sequence: int, after: int | None = None) -> None:
        """See `RdfStore.apply`."""
        with self._lock:
            before = self.applied_sequence()
            if before != (sequence - 1 if after is None else after):
                raise StoreFailure(f"Event {sequence} cannot follow event {before} in the RDF store.")
            self._applied = None  # unless the update is known to have been made, it has to be looked up
            try:
                self._store.update(guarded_update(change, sequence, after=before))
            except (OSError, SyntaxError) as error:
                raise StoreFailure(f"The RDF store did not apply event {sequence}: {error}.") from error
            self._applied = sequence
            self._note({quad.graph_name for quad in (*change.add, *change.remove)})
            self._unflushed += len(change.add) + len(change.remove)
            if self._unflushed > _UNFLUSHED:
                self.flush()

    def load_graph(self, graph: NamedNode, file: Path) -> None:
        """See `RdfStore.load_graph`."""
        with self._lock:
            try:
                self._store.bulk_load(path=file, format=RdfFormat.N_TRIPLES, to_graph=graph)
            except SyntaxError as error:
                raise UnreadableInput(
                    f"The file is not N-Triples: {error}.", where=f"{file.name}, line {error.lineno}"
                ) from error
            except OSError as error:
                raise StoreFailure(f"The RDF store did not load a graph: {error}.", where=str(graph)) from error
            self._note([graph])

    def load_quads(self, quads: Iterable[Quad]) -> None:
        """See `RdfStore.load_quads`."""
        touched: set[object] = set()

        def noted() -> Iterator[Quad]:
            for quad in quads:
                touched.add(quad.graph_name)
                yield quad

        with self._lock:
            try:
                self._store.bulk_extend(noted())
            except OSError as error:
                raise StoreFailure(f"The RDF store did not load statements: {error}.") from error
            self._note(touched)

    def drop_graph(self, graph: NamedNode) -> None:
        """See `RdfStore.drop_graph`."""
        with self._lock:
            self._store.remove_graph(graph)
            self._note([graph])

    def graphs(self) -> list[NamedNode]:
        """See `RdfStore.graphs`."""
        return [graph for graph in self._store.named_graphs() if isinstance(graph, NamedNode)]

    def graph_size(self, graph: NamedNode) -> int:
        """See `RdfStore.graph_size`."""
        rows = self.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", graphs=[graph])
        return int(plain(rows[0]["n"]))

    def export_graph(self, graph: NamedNode) -> Iterator[bytes]:
        """See `RdfStore.export_graph`."""
        with tempfile.TemporaryFile(prefix="virtuales-export-") as file:
            self._store.dump(file, format=RdfFormat.N_TRIPLES, from_graph=graph)
            file.seek(0)
            while piece := file.readlines(_EXPORT_BYTES):
                yield b"".join(piece)

    def clear(self) -> None:
        """See `RdfStore.clear`."""
        with self._lock:
            self._applied = None
            if self._directory:
                del self._store
                shutil.rmtree(self._directory)
                self._store = self._open()
            else:
                self._store.clear()
                self._store.update(INITIAL_UPDATE)
            self._note(list(self._changed))

    def changed(self, graphs: Iterable[NamedNode]) -> int:
        """See `RdfStore.changed`."""
        return max((self._changed.get(graph, 0) for graph in graphs), default=0)

    def checkpoint(self, directory: Path) -> int:
        """Copy the store as it is now, by hard links, for other processes to read.

        Args:
            directory: Where to, not there yet; on the same file system.

        Returns:
            The number of the last change that the copy holds.

        Raises:
            StoreFailure: the store is in memory, or the copy cannot be made.
        """
        if self._directory is None:
            raise StoreFailure("A store in memory has no files to copy.", remedy="Keep the store on disk.")
        with self._lock:
            try:
                self._store.backup(str(directory))
            except OSError as error:
                raise StoreFailure(f"The RDF store cannot be copied: {error}.", where=str(directory)) from error
            return self._changes

    def _note(self, graphs: Iterable[object]) -> None:
        """Count a change, and remember which graphs it touched."""
        self._changes += 1
        for graph in graphs:
            if isinstance(graph, NamedNode):
                self._changed[graph] = self._changes

    def flush(self) -> None:
        """See `RdfStore.flush`."""
        self._unflushed = 0
        if self._directory:
            try:
                self._store.flush()
            except OSError as error:
                raise StoreFailure(f"The RDF store could not be written to the disk: {error}.") from error

    def close(self) -> None:
        """See `RdfStore.close`."""
        self.flush()
        del self._store
