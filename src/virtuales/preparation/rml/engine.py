"""Carries out a mapping record by record: the plain way, by which the fast one (`bulk`) is judged.

Terms are made as the text they have in N-Triples. See https://kg-construct.github.io/rml-core/spec/docs/.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from virtuales.errors import TooLarge
from virtuales.preparation.rml.mapping import (
    LogicalTarget,
    PredicateObjectMap,
    RefObjectMap,
    TermMap,
    TriplesMap,
    TriplesMaps,
)
from virtuales.preparation.rml.opening import open_records
from virtuales.preparation.rml.records import Batch, Files
from virtuales.preparation.rml.terms import DEFAULT_GRAPH, TermMaker
from virtuales.rdf.namespaces import RDF

STATEMENTS_MOST = 100_000_000

Terms = Sequence[Sequence[str]]
"""For each record the terms that a map makes of it, as N-Triples text."""
Targets = frozenset[LogicalTarget]
_Graphs = Sequence[Sequence[tuple[str, Targets]]]
_NO_TARGETS: Targets = frozenset()


class Statement(NamedTuple):
    """A statement and its graph as texts in N-Triples; the empty graph is the default graph.

    `targets` says where the mapping wants it written; nowhere else then. Without any it goes where the caller says.
    """

    subject: str
    predicate: str
    object: str
    graph: str
    targets: Targets = _NO_TARGETS

    @property
    def line(self) -> str:
        """The triple as a line of N-Triples."""
        return f"{self.subject} {self.predicate} {self.object} .\n"


@dataclass(frozen=True)
class Run:
    """What a mapping is carried out with.

    Args:
        files: The files that may be read, by name.
        base: What relative IRIs are put behind.
        blank_prefix: The IRI that blank nodes' labels are put behind; None keeps blank nodes.
        unsafe_iris: Whether IRIs of `rml:UnsafeIRI` are written although they are none; no RDF reader takes them.
    """

    files: Files
    base: str
    blank_prefix: str | None = None
    unsafe_iris: bool = False

    def maker(self, triples_map: TriplesMap) -> TermMaker:
        """Return what makes the terms of a triples map."""
        return TermMaker(triples_map.base or self.base, self.blank_prefix, self.unsafe_iris)


def carry_out(mapping: TriplesMaps, run: Run) -> Iterator[Statement]:
    """Give the statements of a mapping, some of them several times.

    Raises:
        UnreadableInput, TooLarge: a source cannot be read, or is too large.
        InputError: a reference names no column, or a value makes no sound term; names file, record and map.
    """
    made = 0
    parents = _Parents(mapping, run)
    for triples_map in mapping.values():
        batches = open_records(triples_map.source, run.files, references_of(triples_map, mapping))
        for number, batch in enumerate(batches):
            maker = run.maker(triples_map).for_batch(number, triples_map.name)
            for statement in _of_batch(triples_map, batch, maker, parents):
                made += 1
                if made > STATEMENTS_MOST:
                    raise TooLarge(f"The mapping makes more than {STATEMENTS_MOST:,} statements.")
                yield statement


def references_of(triples_map: TriplesMap, mapping: TriplesMaps) -> frozenset[str]:
    """Return all references that carrying out a triples map follows in the records of its own source."""
    found: set[str] = set(triples_map.subject.references())
    for graph in triples_map.graphs:
        found.update(graph.references())
    for each in triples_map.predicate_objects:
        for term_map in (*each.predicates, *each.graphs):
            found.update(term_map.references())
        for made_by in each.objects:
            parts: tuple[TermMap | None, ...]
            if isinstance(made_by, TermMap):
                parts = (made_by, made_by.datatype, made_by.language)
            elif made_by.joins:
                parts = tuple(join.child for join in made_by.joins)
            else:
                parts = (mapping[made_by.parent].subject,)
            found.update(*(part.references() for part in parts if part is not None))
    return frozenset(found)


def _of_batch(triples_map: TriplesMap, batch: Batch, maker: TermMaker, parents: "_Parents") -> Iterator[Statement]:
    subjects, targets = maker.terms(triples_map.subject, batch), triples_map.subject.all_targets
    own = _graphs(triples_map.graphs, batch, maker)
    default = own or [(("", _NO_TARGETS),)] * batch.size
    for node in triples_map.classes:
        classes = [(f"<{node.value}>",)] * batch.size
        types = [(f"<{RDF.type.value}>",)] * batch.size
        yield from _combined(subjects, types, classes, default, targets=targets)
    for predicate_object in triples_map.predicate_objects:
        more = _graphs(predicate_object.graphs, batch, maker)
        graphs = [(*some, *others) for some, others in zip(own, more, strict=True)] if own and more else more or default
        objects = list(_objects(predicate_object, batch, maker, parents))
        for predicate in predicate_object.predicates:
            predicates = maker.terms(predicate, batch)
            for made, theirs in objects:
                wanted = targets | predicate.all_targets | theirs
                yield from _combined(subjects, predicates, made, graphs, targets=wanted)


def _objects(
    predicate_object: PredicateObjectMap, batch: Batch, maker: TermMaker, parents: "_Parents"
) -> Iterator[tuple[Terms, Targets]]:
    for made_by in predicate_object.objects:
        if isinstance(made_by, RefObjectMap):
            yield parents.objects(made_by, batch, maker), made_by.all_targets
        else:
            yield maker.terms(made_by, batch), made_by.all_targets


def _graphs(maps: Sequence[TermMap], batch: Batch, maker: TermMaker) -> _Graphs:
    """Return for each record the graphs that some maps make of it; nothing without maps."""
    made = [
        [
            [("" if name == DEFAULT_GRAPH else name, each.all_targets) for name in some]
            for some in maker.terms(each, batch)
        ]
        for each in maps
    ]
    return [[graph for part in record for graph in part] for record in zip(*made, strict=True)]


def _combined(
    subjects: Terms, predicates: Terms, objects: Terms, graphs: _Graphs, *, targets: Targets
) -> Iterator[Statement]:
    for record in zip(subjects, predicates, objects, graphs, strict=True):
        for subject, predicate, value, (graph, theirs) in product(*record):
            yield Statement(subject, predicate, value, graph, targets | theirs)


class _Parents:
    """The subjects of parent triples maps, by what their join conditions make; each index is built once."""

    def __init__(self, mapping: TriplesMaps, run: Run) -> None:
        self._mapping = mapping
        self._run = run
        self._indexes: dict[tuple[str, tuple[TermMap, ...]], dict[tuple[str, ...], list[str]]] = {}

    def objects(self, reference: RefObjectMap, batch: Batch, maker: TermMaker) -> Terms:
        parent = self._mapping[reference.parent]
        if not reference.joins:
            base = parent.base or self._run.base
            return maker.for_map(base, parent.name).terms(parent.subject, batch)
        index = self._index(parent, tuple(join.parent for join in reference.joins))
        keys = [maker.texts(join.child, batch) for join in reference.joins]
        return [
            tuple(dict.fromkeys(subject for key in product(*record) for subject in index.get(key, ())))
            for record in zip(*keys, strict=True)
        ]

    def _index(self, parent: TriplesMap, by: tuple[TermMap, ...]) -> dict[tuple[str, ...], list[str]]:
        found = self._indexes.get((parent.name, by))
        if found is None:
            found = self._indexes[parent.name, by] = {}
            for number, batch in enumerate(open_records(parent.source, self._run.files, join_references(parent, by))):
                here = self._run.maker(parent).for_batch(number, parent.name)
                keys = [here.texts(side, batch) for side in by]
                for subjects, *parts in zip(here.terms(parent.subject, batch), *keys, strict=True):
                    for key in product(*parts):
                        found.setdefault(key, []).extend(subjects)
        return found


def join_references(parent: TriplesMap, by: Sequence[TermMap]) -> frozenset[str]:
    """Return all references that a join follows in the records of the parent's source."""
    return frozenset(reference for term_map in (parent.subject, *by) for reference in term_map.references())
