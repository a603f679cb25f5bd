"""A data graph as columns of numbers: what the engine joins instead of looking statements up one by one."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from virtuales.assurance.dictionary import IntArray, TermDictionary, ascending
from virtuales.assurance.n_triples import CANONICAL_TERM, CHUNK_BYTES, Columns, columns_of, pieces_of
from virtuales.rdf.numbering import Encoder
from virtuales.rdf.terms import Quad, Triple

_SHIFT = 32


class Pairs(NamedTuple):
    """Two columns of one length, ordered by the first and then the second, no pair twice."""

    first: IntArray
    second: IntArray


def ordered_pairs(first: IntArray, second: IntArray) -> Pairs:
    """Order pairs of numbers and drop repetitions."""
    key: IntArray = (first.astype(np.int64) << _SHIFT) | second.astype(np.int64)
    if len(key) > 1 and not bool(np.all(key[1:] > key[:-1])):
        key = ascending(key)
        return Pairs((key >> _SHIFT).astype(np.int32), (key & (2**_SHIFT - 1)).astype(np.int32))
    return Pairs(first, second)


class ColumnarGraph:
    """An RDF graph as three columns of term numbers with a dictionary.

    It is never changed once made. A statement that was read twice counts once, as in any set.

    Args:
        dictionary: The terms; it may hold more than occur.
        subjects: The subject's number for each statement.
        predicates: The predicate's number for each statement.
        objects: The object's number for each statement.
    """

    def __init__(self, dictionary: TermDictionary, subjects: IntArray, predicates: IntArray, objects: IntArray) -> None:
        self.dictionary = dictionary
        count = np.bincount(predicates, minlength=1)
        self.predicates = np.flatnonzero(count)
        rank = np.zeros(len(count), np.int16 if len(self.predicates) < np.iinfo(np.int16).max else np.int32)
        rank[self.predicates] = np.arange(len(self.predicates))
        order = np.argsort(rank[predicates], kind="stable")
        self._subjects, self._objects = subjects[order], objects[order]
        ends = np.cumsum(count[self.predicates])
        self._slices = {
            int(predicate): slice(int(end - size), int(end))
            for predicate, size, end in zip(self.predicates, count[self.predicates], ends, strict=True)
        }
        self._forward: dict[int, Pairs] = {}
        self._backward: dict[int, Pairs] = {}

    @classmethod
    def from_n_triples(
        cls, sources: Path | bytes | Sequence[Path | bytes], *, chunk_bytes: int = CHUNK_BYTES
    ) -> "ColumnarGraph":
        """Read one graph from N-Triples: a file, its bytes, or several of either.

        Blank nodes of several sources stay apart even where their labels agree.

        Args:
            sources: What to read.
            chunk_bytes: How much to read at a time.

        Raises:
            UnreadableInput: a source is no N-Triples.
        """
        several = [sources] if isinstance(sources, Path | bytes) else list(sources)
        builder = _Builder()
        for place, source in enumerate(several):
            label = place if len(several) > 1 else None
            for piece in pieces_of(source, chunk_bytes=chunk_bytes):
                columns = piece.cut()
                if columns is None or not builder.add(columns, label=label, checked=False):
                    builder.add(piece.parse(), label=label)
        return cls(*builder.columns())

    @classmethod
    def from_quads(cls, quads: Iterable[Quad | Triple]) -> "ColumnarGraph":
        """Take statements as parsed; graph names are left out, blank nodes are told apart by label."""
        builder = _Builder()
        builder.add(columns_of((str(one.subject), str(one.predicate), str(one.object)) for one in quads))
        return cls(*builder.columns())

    def __len__(self) -> int:
        """Count the statements as read; one that was read twice may count twice."""
        return len(self._subjects)

    def with_terms(self, terms: Iterable[str]) -> tuple["ColumnarGraph", dict[str, int]]:
        """Return the same graph with a dictionary in which these terms have numbers too, and those numbers."""
        dictionary, numbers = self.dictionary.with_terms(terms)
        other = object.__new__(ColumnarGraph)
        other.__dict__ |= self.__dict__ | {"dictionary": dictionary}
        return other, numbers

    def pairs(self, predicate: int) -> Pairs:
        """Return (subject, object) of each statement with a predicate, ordered by subject."""
        if predicate not in self._forward:
            place = self._slices.get(predicate, slice(0, 0))
            self._forward[predicate] = ordered_pairs(self._subjects[place], self._objects[place])
        return self._forward[predicate]

    def inverse_pairs(self, predicate: int) -> Pairs:
        """Return (object, subject) of each statement with a predicate, ordered by object."""
        if predicate not in self._backward:
            subjects, objects = self.pairs(predicate)
            self._backward[predicate] = ordered_pairs(objects, subjects)
        return self._backward[predicate]

    def to_n_triples(self) -> bytes:
        """Write the graph as N-Triples, no statement twice."""
        columns = (self.dictionary.terms.gather(column) for column in self.statements())
        lines = pl.select(
            pl.concat_str(*(pl.lit(column) for column in columns), pl.lit("."), separator=" ")
        ).to_series()
        return "\n".join(lines).encode()

    def statements(self) -> tuple[IntArray, IntArray, IntArray]:
        """Return all statements as three columns, ordered by predicate, no statement twice."""
        parts = [(predicate, self.pairs(int(predicate))) for predicate in self.predicates]
        if not parts:
            empty = np.empty(0, np.int32)
            return empty, empty, empty
        sizes = [len(pairs.first) for _, pairs in parts]
        return (
            np.concatenate([pairs.first for _, pairs in parts]),
            np.repeat(np.array([predicate for predicate, _ in parts], np.int32), sizes),
            np.concatenate([pairs.second for _, pairs in parts]),
        )


class _Builder:
    """Numbers the terms, subjects first: then files that list one object after another need no sorting."""

    def __init__(self) -> None:
        self._encoder = Encoder()
        self._parts: list[tuple[IntArray, IntArray, IntArray]] = []

    def add(self, columns: Columns, *, label: int | None = None, checked: bool = True) -> bool:
        """Add statements.

        Args:
            columns: Their terms.
            label: The source's number, which keeps its blank nodes apart from those of others.
            checked: Whether the columns are known to hold terms, each where it may stand.

        Returns:
            Whether they were added: unchecked columns are not when a piece of text is no term, or not in its place.
        """
        subjects, predicates, objects = columns
        if not len(subjects):
            return True
        if label is not None:
            subjects, objects = _labelled(subjects, label), _labelled(objects, label)
        fresh = subjects.ne_missing(subjects.shift(1))
        heads = subjects.filter(fresh)
        several = [heads.alias("term"), predicates.alias("term"), objects.alias("term")]
        codes = self._encoder.add_matching(pl.concat(several), None if checked else CANONICAL_TERM)
        if codes is None or not (checked or _in_place(heads, predicates)):
            return False
        run = np.cumsum(fresh.to_numpy()) - 1
        first, second = len(heads), len(heads) + len(predicates)
        self._parts.append((codes[:first][run], codes[first:second].copy(), codes[second:].copy()))
        return True

    def columns(self) -> tuple[TermDictionary, IntArray, IntArray, IntArray]:
        parts = self._parts or [(np.empty(0, np.int32),) * 3]
        subjects, predicates, objects = (np.concatenate(column) for column in zip(*parts, strict=True))
        return TermDictionary(self._encoder.distinct()), subjects, predicates, objects


def _in_place(subjects: pl.Series, predicates: pl.Series) -> bool:
    """Tell whether no subject is a literal and every predicate an IRI; all are known to be terms."""
    return not subjects.str.starts_with('"').any() and bool(predicates.str.starts_with("<").all())


def _labelled(terms: pl.Series, source: int) -> pl.Series:
    blank = terms.str.starts_with("_:")
    if not blank.any():
        return terms
    return terms.zip_with(~blank, pl.select(pl.lit(f"_:f{source}") + terms.str.strip_prefix("_:")).to_series())
