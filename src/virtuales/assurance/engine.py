"""Judging a data graph by shapes, a whole set of focus nodes at a time.

A shape is asked about all its focus nodes at once: paths become joins of columns, constraints become masks over value
nodes. See https://www.w3.org/TR/shacl/#validation-definition.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from virtuales.assurance.component import Failures, Question
from virtuales.assurance.components import BY_IRI, sparql
from virtuales.assurance.costs import PATH, TARGETS, asked
from virtuales.assurance.dictionary import NO_TERM, BoolArray, IntArray, ascending
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.literals import LiteralForms
from virtuales.assurance.order import LiteralOrder
from virtuales.assurance.paths import Path, PathWalker, Predicate, Repeated, Values, itself, ranges, spans
from virtuales.assurance.reading import RDF_NS, RDFS_NS
from virtuales.assurance.shapes import Constraint, Shape, ShapesGraph, SparqlQuery

if TYPE_CHECKING:
    from virtuales.assurance.sparql_as_written import SparqlAsWritten

_TYPE = f"<{RDF_NS}type>"
_SUBCLASS = f"<{RDFS_NS}subClassOf>"


class Found(NamedTuple):
    """The results of one constraint of one shape, still as numbers.

    Args:
        shape: The shape.
        constraint: The constraint.
        focus: The focus node of each result.
        failures: What is wrong with each.
    """

    shape: Shape
    constraint: Constraint
    focus: IntArray
    failures: Failures


class FocusSet:
    """Focus nodes, distinct and ascending, with the values that paths from them led to."""

    def __init__(self, nodes: IntArray) -> None:
        self.nodes = nodes
        self._values: dict[Path | None, Values] = {}

    def values(self, walker: PathWalker, path: Path | None) -> Values:
        """Return the value nodes of a path; each node itself where there is none."""
        if path not in self._values:
            self._values[path] = itself(self.nodes) if path is None else walker.follow(path, self.nodes)
        return self._values[path]


class Evaluation:
    """One run: a data graph, the shapes that judge it, and what both have in common.

    Args:
        graph: The data.
        shapes: The shapes.
        subclasses: Further subclasses, transitively, for a class (bare IRIs): what registered models say.
    """

    def __init__(
        self, graph: ColumnarGraph, shapes: ShapesGraph, subclasses: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        named = dict.fromkeys(term for shape in shapes.shapes.values() for term in shape.terms())
        self._subclasses = {
            f"<{name}>": tuple(f"<{one}>" for one in sorted(below))
            for name, below in (subclasses or {}).items()
            if f"<{name}>" in named
        }
        terms = [_TYPE, _SUBCLASS, *named, *(one for below in self._subclasses.values() for one in below)]
        self.graph, self._numbers = graph.with_terms(terms)
        self.dictionary = self.graph.dictionary
        self._shapes = shapes.shapes
        self._document = shapes.document
        self.functions = shapes.functions
        self.walker = PathWalker(self.graph, self._numbers)
        self.literals = LiteralForms(self.dictionary)
        self.order = LiteralOrder(self.dictionary, self.literals)
        self._instances: dict[str, IntArray] = {}
        self._costs = asked()

    def number(self, term: str) -> int:
        """Return the number of a term that the shapes name."""
        return self._numbers[term]

    def instances(self, class_: str) -> IntArray:
        """Return the nodes that have a class, or a subclass of it, as type; ascending."""
        if class_ not in self._instances:
            below = self.below(class_)
            if len(below) == 1:
                classes, nodes = self.graph.inverse_pairs(self.number(_TYPE))
                start, end = np.searchsorted(classes, below[0]), np.searchsorted(classes, below[0], side="right")
                self._instances[class_] = nodes[start:end]
            else:
                typed = self.walker.follow(Predicate(_TYPE), below, backwards=True)
                self._instances[class_] = ascending(typed.nodes)
        return self._instances[class_]

    def below(self, class_: str) -> IntArray:
        """Return a class and all its subclasses; ascending."""
        named = [class_, *self._subclasses.get(class_, ())]
        top = ascending(np.array([self.number(one) for one in named], np.int32))
        if not len(self.graph.pairs(self.number(_SUBCLASS)).first):
            return top
        return ascending(self.walker.follow(Repeated(Predicate(_SUBCLASS), 0), top, backwards=True).nodes)

    @staticmethod
    def member(nodes: IntArray, ascending: IntArray) -> BoolArray:
        """Tell for each node whether it is in an ascending set."""
        if not len(ascending):
            return np.zeros(len(nodes), bool)
        place = np.minimum(np.searchsorted(ascending, nodes), len(ascending) - 1)
        return np.asarray(ascending[place] == nodes)

    @cached_property
    def _by_subject(self) -> tuple[IntArray, IntArray, IntArray]:
        subjects, predicates, objects = self.graph.statements()
        order = np.argsort(subjects, kind="stable")
        return subjects[order], predicates[order], objects[order]

    def outgoing(self, nodes: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Return all statements about some nodes: the node's row, the predicate, the object."""
        subjects, predicates, objects = self._by_subject
        start, size = spans(nodes, subjects)
        place = ranges(start, size)
        return np.repeat(np.arange(len(nodes)), size), predicates[place], objects[place]

    def focus_nodes(self, shape: Shape) -> IntArray:
        """Return the focus nodes of a shape's targets, distinct and ascending."""
        return self._costs.of(shape, TARGETS, partial(self._targets, shape))

    def _targets(self, shape: Shape) -> IntArray:
        targets = shape.targets
        if targets.only_class:
            return self.instances(targets.only_class)
        found: list[IntArray] = [np.array([self.number(term) for term in targets.nodes], np.int32)]
        found += [self.instances(class_) for class_ in targets.classes]
        found += [self.graph.pairs(self.number(one)).first for one in targets.subjects_of]
        found += [self.graph.pairs(self.number(one)).second for one in targets.objects_of]
        found += [self._asked(query) for query in targets.queries]
        return ascending(np.concatenate([one for one in found if len(one)] or [np.empty(0, np.int32)]))

    def _asked(self, target: SparqlQuery) -> IntArray:
        """Return the nodes that a SPARQL-based target selects."""
        terms = [solution["this"] for _, solution in self.sparql.select(target, None) if "this" in solution]
        numbers = self.dictionary.lookup(terms)
        return np.asarray(numbers[numbers != NO_TERM], np.int32)

    @cached_property
    def sparql(self) -> "SparqlAsWritten":
        """The data as a graph that answers queries; made when first needed."""
        from virtuales.assurance.sparql_as_written import SparqlAsWritten  # noqa: PLC0415  # likewise

        return SparqlAsWritten(self.graph, self._document, self.functions)

    def knowing(self, terms: Iterable[str]) -> tuple["Evaluation", dict[str, int]]:
        """Return an evaluation that has numbers for some terms too, and those numbers; what has one keeps it."""
        several = list(terms)
        if all(term in self._numbers for term in several):
            return self, {term: self._numbers[term] for term in several}
        graph, numbers = self.graph.with_terms(several)
        if len(graph.dictionary) == len(self.dictionary):
            return self, numbers
        return self.on(graph, numbers), numbers

    def on(
        self, graph: ColumnarGraph, numbers: Mapping[str, int] = MappingProxyType({}), *, added: bytes = b""
    ) -> "Evaluation":
        """Return an evaluation by the same shapes on a graph that has more: terms, or statements.

        Args:
            graph: The graph; its dictionary goes on where that of this one's ends.
            numbers: Numbers of further terms.
            added: The statements that it has more, as N-Triples.
        """
        other = copy(self)
        other.graph, other.dictionary = graph, graph.dictionary
        known = other._numbers = {**self._numbers, **numbers}  # noqa: SLF001  # an object of the same class
        other.walker = PathWalker(graph, known)
        other.literals = LiteralForms(other.dictionary)
        other.order = LiteralOrder(other.dictionary, other.literals)
        other._instances = {}  # noqa: SLF001  # an object of the same class
        other.__dict__.pop("_by_subject", None)
        if "sparql" in self.__dict__:
            other.sparql = self.sparql.on(graph, added)
        return other

    def judge(self, shape: Shape, focus: FocusSet) -> Iterator[Found]:
        """Give the results of a shape and of the property shapes it names."""
        if shape.deactivated or not len(focus.nodes):
            return
        values = self._values(shape, focus)
        for constraint, failures in self.failures(shape, focus, values):
            yield Found(shape, constraint, focus.nodes[failures.rows], failures)
        if shape.properties:
            yield from self._judge_properties(shape, focus, values)

    def _judge_properties(self, shape: Shape, focus: FocusSet, values: Values) -> Iterator[Found]:
        """Judge value nodes by property shapes; a value of several focus nodes is judged once, reported for each."""
        inner, often = (focus, None) if shape.path is None else _distinct(values.nodes)
        for name in shape.properties:
            for found in self.judge(self._shapes[name], inner):
                yield found if often is None else _repeated(found, inner.nodes, often)

    def shape(self, name: str) -> Shape:
        """Return a shape by its node."""
        return self._shapes[name]

    def values_of(self, shape: Shape, nodes: IntArray) -> Values:
        """Return the value nodes of a shape for some focus nodes, distinct and ascending."""
        return FocusSet(nodes).values(self.walker, shape.path)

    def _values(self, shape: Shape, focus: FocusSet) -> Values:
        return self._costs.of(shape, PATH, partial(focus.values, self.walker, shape.path))

    def failures(self, shape: Shape, focus: FocusSet, values: Values) -> Iterator[tuple[Constraint, Failures]]:
        """Give what the constraints of one shape, without those of its property shapes, find wrong."""
        question = Question(focus.nodes, values, shape)
        for constraint in shape.constraints:
            check = sparql.check if constraint.query else BY_IRI[constraint.component].check
            call = partial(check, self, constraint, question)
            failures = self._costs.of(shape, constraint.component, call)
            if len(failures.rows):
                yield constraint, failures

    def conforms(self, name: str, nodes: IntArray) -> BoolArray:
        """Tell for each node whether it conforms to a shape; nodes may repeat."""
        shape = self._shapes[name]
        if shape.deactivated or not len(nodes):
            return np.ones(len(nodes), bool)
        distinct, place = np.unique(nodes, return_inverse=True)
        right = np.ones(len(distinct), bool)
        focus = FocusSet(distinct)
        values = self._values(shape, focus)
        for _, failures in self.failures(shape, focus, values):
            right[failures.rows] = False
        for inner in shape.properties:
            right[values.rows[~self.conforms(inner, values.nodes)]] = False
        return right[place]


def _distinct(nodes: IntArray) -> tuple[FocusSet, IntArray | None]:
    distinct, often = np.unique(nodes, return_counts=True)
    return FocusSet(distinct), often if bool((often > 1).any()) else None


def _repeated(found: Found, nodes: IntArray, often: IntArray) -> Found:
    """Report each result as often as its focus node was a value node."""
    times = often[np.searchsorted(nodes, found.focus)]
    rows, nodes_found, *lists = found.failures
    return Found(
        found.shape,
        found.constraint,
        np.repeat(found.focus, times),
        Failures(np.repeat(rows, times), np.repeat(nodes_found, times), *(_repeated_list(one, times) for one in lists)),
    )


def _repeated_list(values: list[Any] | None, times: IntArray) -> list[Any] | None:
    if values is None:
        return None
    return [one for one, often in zip(values, times, strict=True) for _ in range(often)]
