"""The index in its directory: opened, kept up to an event of the journal, made anew when it is broken.

Each commit holds the number of the event that it is up to, so that a process killed at any moment finds an index that
knows what it lacks. Nothing is in the index that cannot be read again of the catalogue: what cannot be opened, or is of
another format, is thrown away.
"""

import shutil
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import tantivy
from tantivy import Query

from virtuales.catalogue.index.answers import Answers
from virtuales.catalogue.index.document import IndexedDataset, to_document
from virtuales.catalogue.index.fields import FORMAT, STATE, build_schema, register_analysers
from virtuales.catalogue.index.question import Sight
from virtuales.errors import StoreFailure

_MEMORY: Final = 15_000_000
"""Bytes that a few changes are gathered in: the least that the library takes."""
_MEMORY_TO_FILL: Final = 100_000_000
_UP_TO: Final = "up-to"
NOTHING: Final = -1
"""What an empty index is up to."""


class SearchIndex:
    """The search index of a node's catalogue; one thread changes it at a time, any number ask it.

    Args:
        directory: Where it is kept; None keeps it in memory.
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self.lock = threading.RLock()
        """Held by who brings it up to date."""
        self._schema = build_schema()
        self._index, self.sequence = self._opened()

    def replace(self, datasets: Iterable[IndexedDataset], *, keys: Iterable[str], sequence: int) -> None:
        """Take datasets in place of those of some IRIs, and be up to an event, in one commit.

        Args:
            datasets: The datasets.
            keys: IRIs of the datasets that are looked at anew; those that are not given are gone.
            sequence: The event.

        Raises:
            StoreFailure: the index could not be written.
        """
        with self.lock:
            self._write(datasets, keys, sequence, memory=_MEMORY)

    def fill(self, datasets: Iterable[IndexedDataset], *, sequence: int) -> None:
        """Throw away what is there and take all datasets; raises what `replace` raises."""
        with self.lock:
            self.clear()
            self._write(datasets, (), sequence, memory=_MEMORY_TO_FILL)

    def clear(self) -> None:
        """Throw away what is there."""
        with self.lock:
            self._index, self.sequence = self._made(), NOTHING

    def advance(self, sequence: int) -> None:
        """Note that later events changed nothing of it; that is not written down, since it is soon seen again."""
        with self.lock:
            self.sequence = sequence

    def answers(self, sight: Sight) -> Answers:
        """Return the answers of the present state to a reader."""
        return Answers(self._index, sight)

    def _opened(self) -> tuple[tantivy.Index, int]:
        try:
            index = self._made() if self._directory is None else self._at(self._directory)
            return index, _sequence(index)
        except (ValueError, OSError, LookupError):  # whatever is wrong with the files, they can be made anew
            return self._made(), NOTHING

    def _made(self) -> tantivy.Index:
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
            return self._at(self._directory)
        index = tantivy.Index(self._schema)
        register_analysers(index)
        return index

    def _at(self, directory: Path) -> tantivy.Index:
        directory.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(self._schema, path=str(directory))
        register_analysers(index)
        return index

    def _write(self, datasets: Iterable[IndexedDataset], keys: Iterable[str], sequence: int, *, memory: int) -> None:
        try:
            writer = self._index.writer(memory, 1)
            for iri in keys:
                writer.delete_documents_by_term("dataset", iri)
            for dataset in datasets:
                writer.add_document(to_document(dataset, self._schema))
            writer.delete_documents_by_term(STATE, _UP_TO)
            writer.add_document(_state(sequence, self._schema))
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()
        except (ValueError, OSError) as error:
            raise StoreFailure(
                f"The search index could not be written: {error}.",
                where=str(self._directory),
                remedy="See that the disk has room; the index is made anew when it is next asked.",
            ) from error
        self.sequence = sequence


def _state(sequence: int, schema: tantivy.Schema) -> tantivy.Document:
    return tantivy.Document.from_dict({STATE: _UP_TO, "shown": f"{FORMAT} {sequence}"}, schema)


def _sequence(index: tantivy.Index) -> int:
    """Return the event that an index is up to; nothing where it is empty or of another format."""
    index.reload()
    searcher = index.searcher()
    hits = searcher.search(Query.term_query(index.schema, STATE, _UP_TO, "basic"), limit=1).hits
    if not hits:
        return NOTHING
    format_, _, sequence = searcher.doc(hits[0][1])["shown"][0].partition(" ")
    return int(sequence) if format_ == FORMAT else NOTHING
