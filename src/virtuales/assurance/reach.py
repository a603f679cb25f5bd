"""What shapes read: which focus nodes a changed statement may concern, and which statements some focus nodes need.

Both answers may be too large, never too small. See https://www.w3.org/TR/shacl/#validation-definition for what a shape
may read: its paths, the types of value nodes with what is said about their classes, the properties that a constraint
compares with, all statements about a node where the shape is closed, and what the shapes it refers to read.
"""

from collections.abc import Mapping

import numpy as np

from virtuales.assurance.components import BY_IRI, other, pairs, sparql, value_type
from virtuales.assurance.dictionary import IntArray, TermDictionary, ascending
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.paths import (
    Alternative,
    Inverse,
    Path,
    PathWalker,
    Predicate,
    Repeated,
    Sequence,
    join,
)
from virtuales.assurance.reading import RDF_NS, RDFS_NS
from virtuales.assurance.revised_graph import RevisedGraph, Statements
from virtuales.assurance.shapes import Constraint, Shape

TYPE = f"<{RDF_NS}type>"
SUBCLASS = f"<{RDFS_NS}subClassOf>"
_COMPARING = frozenset(component.iri for component in pairs.COMPONENTS)
_CLASS = next(one.iri for one in value_type.COMPONENTS if one.parameter == "class")
_CLOSED = next(one.iri for one in other.COMPONENTS if one.parameter == "closed")
_BOUNDED = frozenset(BY_IRI) - {component.iri for component in sparql.COMPONENTS}
"""Components whose reading `Affected` and `Excerpt` know."""
_NOTHING: IntArray = np.empty(0, np.int32)


def is_bounded(shape: Shape, shapes: Mapping[str, Shape]) -> bool:
    """Tell whether what a shape reads is known from its paths; a query may read anything."""
    if shape.targets.queries or any(one.query or one.component not in _BOUNDED for one in shape.constraints):
        return False
    return all(is_bounded(shapes[name], shapes) for name in shape.references)


def united(*several: IntArray) -> IntArray:
    """Return the numbers that are in any of some columns, distinct and ascending."""
    return ascending(np.concatenate([_NOTHING, *several]))


class Affected:
    """The focus nodes whose judgement some changed statements may change.

    Args:
        graph: All statements, those before the change and those after it.
        numbers: The number of each term that a shape names.
        shapes: The shapes, none of them with a query.
        changed: The statements that came or went, none about subclasses.
    """

    def __init__(
        self, graph: RevisedGraph, numbers: Mapping[str, int], *, shapes: Mapping[str, Shape], changed: Statements
    ) -> None:
        self._walker = PathWalker(graph, numbers)
        self._numbers = numbers
        self._shapes = shapes
        self._changed = changed
        self._known: dict[str, IntArray] = {}

    def focus_nodes(self, shape: Shape) -> IntArray:
        """Return nodes that may be judged otherwise by a shape, or may have become or ceased to be its focus nodes."""
        targets = shape.targets
        return united(
            self.judged(shape.id),
            self._ends(TYPE) if targets.classes else _NOTHING,
            *(self._ends(one) for one in targets.subjects_of),
            *(self._ends(one, backwards=True) for one in targets.objects_of),
        )

    def judged(self, name: str) -> IntArray:
        """Return the nodes that may conform to a shape where they did not, or the other way round."""
        if name not in self._known:
            self._known[name] = self._judged(self._shapes[name])
        return self._known[name]

    def _judged(self, shape: Shape) -> IntArray:
        values = united(
            *(self.judged(inner) for inner in shape.references),
            *(self._value_nodes(constraint) for constraint in shape.constraints),
        )
        compared = [self._ends(one.terms[0]) for one in shape.constraints if one.component in _COMPARING]
        if shape.path is None:
            return united(values, *compared)
        return united(self._before(shape.path, values), self._on(shape.path), *compared)

    def _value_nodes(self, constraint: Constraint) -> IntArray:
        if constraint.component == _CLASS:
            return self._ends(TYPE)
        return ascending(self._changed.subjects) if constraint.component == _CLOSED else _NOTHING

    def _ends(self, predicate: str, *, backwards: bool = False) -> IntArray:
        """Return the subjects of the changed statements with a predicate; backwards, their objects."""
        return ascending(self._changed.of(self._numbers[predicate])[int(backwards)])

    def _before(self, path: Path, nodes: IntArray, *, backwards: bool = False) -> IntArray:
        """Return the nodes from which a path leads to some nodes."""
        return ascending(self._walker.follow(path, nodes, backwards=not backwards).nodes)

    def _on(self, path: Path, *, backwards: bool = False) -> IntArray:
        """Return the nodes from which a path may lead along a changed statement."""
        match path:
            case Predicate(iri):
                return self._ends(iri, backwards=backwards)
            case Inverse(inner):
                return self._on(inner, backwards=not backwards)
            case Alternative(several):
                return united(*(self._on(one, backwards=backwards) for one in several))
            case Sequence(several):
                found = _NOTHING
                for step in several if backwards else reversed(several):
                    found = united(self._before(step, found, backwards=backwards), self._on(step, backwards=backwards))
                return found
            case Repeated(inner, _, unbounded):
                once = self._on(inner, backwards=backwards)
                return self._before(Repeated(inner, 0, unbounded), once, backwards=backwards)


class Excerpt:
    """The statements of a graph that judging some focus nodes reads: small, and judged as the whole would be.

    Args:
        graph: The graph.
        numbers: The number of each term that a shape names.
        shapes: The shapes, none of them with a query.
    """

    def __init__(self, graph: RevisedGraph, numbers: Mapping[str, int], shapes: Mapping[str, Shape]) -> None:
        self._graph = graph
        self._numbers = numbers
        self._shapes = shapes
        self._taken: list[Statements] = []
        self._nodes: list[IntArray] = []
        self._take(SUBCLASS, graph.pairs(numbers[SUBCLASS]).first)

    def add(self, shape: Shape, nodes: IntArray) -> None:
        """Take in what tells whether nodes (distinct, ascending) are a shape's focus nodes, and what judges them."""
        targets = shape.targets
        self._nodes.append(nodes)
        if targets.classes:
            self._take(TYPE, nodes)
        for one in targets.subjects_of:
            self._take(one, nodes)
        for one in targets.objects_of:
            self._take(one, nodes, backwards=True)
        self._judge(shape, nodes)

    def graph(self) -> tuple[ColumnarGraph, IntArray]:
        """Return the excerpt as a graph of its own, and the number in the whole graph of each of its terms."""
        columns = [np.concatenate([_NOTHING, *column]) for column in zip(*self._taken, strict=True)]
        kept = united(*columns, *self._nodes)
        terms = self._graph.dictionary.terms.gather(kept)
        return ColumnarGraph(TermDictionary(terms), *(np.searchsorted(kept, one) for one in columns)), kept

    def _judge(self, shape: Shape, nodes: IntArray) -> None:
        if not len(nodes):
            return
        values = nodes if shape.path is None else self._follow(shape.path, nodes)
        for constraint in shape.constraints:
            if constraint.component in _COMPARING:
                self._take(constraint.terms[0], nodes)
            elif constraint.component == _CLASS:
                self._take(TYPE, values)
            elif constraint.component == _CLOSED:
                for predicate in self._graph.predicates:
                    self._take_number(int(predicate), values)
        for inner in shape.references:
            self._judge(self._shapes[inner], values)

    def _follow(self, path: Path, nodes: IntArray, *, backwards: bool = False) -> IntArray:
        """Take in the statements along a path from some nodes, and return where it leads."""
        match path:
            case Predicate(iri):
                return self._take(iri, nodes, backwards=backwards)
            case Inverse(inner):
                return self._follow(inner, nodes, backwards=not backwards)
            case Alternative(several):
                return united(*(self._follow(one, nodes, backwards=backwards) for one in several))
            case Sequence(several):
                for step in reversed(several) if backwards else several:
                    nodes = self._follow(step, nodes, backwards=backwards)
                return nodes
            case Repeated(inner, _, unbounded):
                known, frontier = nodes, self._follow(inner, nodes, backwards=backwards)
                while unbounded and len(fresh := np.setdiff1d(frontier, known)):
                    known, frontier = united(known, fresh), self._follow(inner, fresh, backwards=backwards)
                return united(known, frontier)

    def _take(self, predicate: str, nodes: IntArray, *, backwards: bool = False) -> IntArray:
        return self._take_number(self._numbers[predicate], nodes, backwards=backwards)

    def _take_number(self, predicate: int, nodes: IntArray, *, backwards: bool = False) -> IntArray:
        """Take in the statements with a predicate about some nodes, and return their other ends."""
        nodes = ascending(nodes)
        found = join(nodes, self._graph.inverse_pairs(predicate) if backwards else self._graph.pairs(predicate))
        ends = nodes[found.rows], found.nodes
        same = np.full(len(found.rows), predicate, np.int32)
        self._taken.append(Statements(ends[int(backwards)], same, ends[1 - int(backwards)]))
        return ascending(found.nodes)
