"""Carries out a mapping, set at a time: each term map makes the terms of a whole batch, which are then combined.

Terms are made as the text they have in N-Triples. See https://kg-construct.github.io/rml-core/spec/docs/.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import NamedTuple

from virtuales.errors import InputError, TooLarge
from virtuales.preparation.rml.mapping import (
    LogicalSource,
    PredicateObjectMap,
    RefObjectMap,
    TermMap,
    TriplesMap,
    TriplesMaps,
)
from virtuales.preparation.rml.records import Batch, open_records
from virtuales.preparation.rml.terms import DEFAULT_GRAPH, TermMaker
from virtuales.rdf.namespaces import RDF

STATEMENTS_MOST = 20_000_000

Terms = Sequence[Sequence[str]]
"""For each record the terms that a map makes of it, as N-Triples text."""


class Statement(NamedTuple):
    """A statement and its graph as texts in N-Triples; the empty graph is the default graph."""

    subject: str
    predicate: str
    object: str
    graph: str

    @property
    def line(self) -> str:
        """The triple as a line of N-Triples."""
        return f"{self.subject} {self.predicate} {self.object} .\n"


@dataclass(frozen=True)
class Run:
    """What a mapping is carried out with.

    Args:
        files: The files that were sent along, by name.
        base: What relative IRIs are put behind.
        blank_prefix: The IRI that blank nodes' labels are put behind; None keeps blank nodes.
    """

    files: Mapping[str, Path]
    base: str
    blank_prefix: str | None = None


def carry_out(mapping: TriplesMaps, run: Run) -> Iterator[Statement]:
    """Give the statements of a mapping, as often as they are made.

    Raises:
        UnreadableInput, TooLarge: a source cannot be read, or is too large.
        InputError: a reference names no column, or a value makes no sound term; names the file and record.
    """
    made = 0
    parents = _Parents(mapping, run)
    for triples_map in mapping.values():
        maker = TermMaker(triples_map.base or run.base, run.blank_prefix)
        for number, batch in enumerate(open_records(triples_map.source, run.files)):
            for statement in _of_batch(triples_map, batch, maker.for_batch(number, triples_map.name), parents):
                made += 1
                if made > STATEMENTS_MOST:
                    raise TooLarge(f"The mapping makes more than {STATEMENTS_MOST:,} statements.")
                yield Statement(*statement)


def _of_batch(
    triples_map: TriplesMap, batch: Batch, maker: TermMaker, parents: "_Parents"
) -> Iterator[tuple[str, str, str, str]]:
    subjects = maker.terms(triples_map.subject, batch)
    own_graphs = [maker.terms(graph, batch) for graph in triples_map.graphs]
    default = _graphs(own_graphs, len(batch.places))
    for node in triples_map.classes:
        classes = [(f"<{node.value}>",)] * len(batch.places)
        yield from _combined(subjects, f"<{RDF.type.value}>", classes, default)
    for predicate_object in triples_map.predicate_objects:
        more = [maker.terms(graph, batch) for graph in predicate_object.graphs]
        graphs = _graphs([*own_graphs, *more], len(batch.places)) if more else default
        objects = list(_objects(predicate_object, triples_map, batch, maker=maker, parents=parents))
        for predicate in predicate_object.predicates:
            predicates = maker.terms(predicate, batch)
            for made in objects:
                yield from _combined_all(subjects, predicates, made, graphs)


def _objects(
    predicate_object: PredicateObjectMap,
    triples_map: TriplesMap,
    batch: Batch,
    *,
    maker: TermMaker,
    parents: "_Parents",
) -> Iterator[Terms]:
    for made_by in predicate_object.objects:
        if isinstance(made_by, RefObjectMap):
            yield parents.objects(made_by, triples_map, batch, maker)
        else:
            yield maker.terms(made_by, batch)


def _graphs(made: Sequence[Terms], size: int) -> Terms:
    if not made:
        return [("",)] * size
    return [
        tuple(dict.fromkeys("" if name == DEFAULT_GRAPH else name for part in record for name in part))
        for record in zip(*made, strict=True)
    ]


def _combined(subjects: Terms, predicate: str, objects: Terms, graphs: Terms) -> Iterator[tuple[str, str, str, str]]:
    for some, values, names in zip(subjects, objects, graphs, strict=True):
        for subject, value, name in product(some, values, names):
            yield subject, predicate, value, name


def _combined_all(
    subjects: Terms, predicates: Terms, objects: Terms, graphs: Terms
) -> Iterator[tuple[str, str, str, str]]:
    for combination in zip(subjects, predicates, objects, graphs, strict=True):
        yield from product(*combination)


class _Parents:
    """The subjects of parent triples maps, by what their join conditions make; each index is built once."""

    def __init__(self, mapping: TriplesMaps, run: Run) -> None:
        self._mapping = mapping
        self._run = run
        self._indexes: dict[tuple[str, tuple[TermMap, ...]], dict[tuple[str, ...], list[str]]] = {}

    def objects(self, reference: RefObjectMap, child: TriplesMap, batch: Batch, maker: TermMaker) -> Terms:
        parent = self._mapping.get(reference.parent)
        if parent is None:
            raise InputError(
                f"The mapping has no triples map <{reference.parent}>.",
                where=child.name,
                remedy="Correct `rml:parentTriplesMap`.",
            )
        if not reference.joins:
            return self._same_record(parent, child, batch, maker)
        index = self._index(parent, tuple(join.parent for join in reference.joins))
        keys = [maker.texts(join.child, batch) for join in reference.joins]
        return [
            tuple(dict.fromkeys(subject for key in product(*record) for subject in index.get(key, ())))
            for record in zip(*keys, strict=True)
        ]

    def _same_record(self, parent: TriplesMap, child: TriplesMap, batch: Batch, maker: TermMaker) -> Terms:
        if _place(parent.source) != _place(child.source):
            raise InputError(
                f"<{parent.name}> has another source, and the reference to it has no join condition.",
                where=child.name,
                remedy="Give a `rml:joinCondition`.",
            )
        return maker.for_map(parent.base or self._run.base, parent.name).terms(parent.subject, batch)

    def _index(self, parent: TriplesMap, by: tuple[TermMap, ...]) -> dict[tuple[str, ...], list[str]]:
        found = self._indexes.get((parent.name, by))
        if found is None:
            found = self._indexes[parent.name, by] = {}
            maker = TermMaker(parent.base or self._run.base, self._run.blank_prefix)
            for number, batch in enumerate(open_records(parent.source, self._run.files)):
                here = maker.for_batch(number, parent.name)
                keys = [here.texts(side, batch) for side in by]
                for subjects, *parts in zip(here.terms(parent.subject, batch), *keys, strict=True):
                    for key in product(*parts):
                        found.setdefault(key, []).extend(subjects)
        return found


def _place(source: LogicalSource) -> tuple[str, str | None, str | None]:
    return source.file, source.iterator, source.sheet
