"""What shapes read: which focus nodes a changed statement may concern, and which statements some focus nodes need.

Both answers may be too large, never too small. See https://www.w3.org/TR/shacl/#validation-definition for what a shape
may read: its paths, the types of value nodes with what is said about their classes, the properties that a constraint
compares with, all statements about a node where the shape is closed, and what the shapes it refers to read.
"""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from virtuales.assurance.components import BY_IRI, other, pairs, value_type
from virtuales.assurance.dictionary import IntArray, ascending
from virtuales.assurance.paths import (
    Alternative,
    Inverse,
    Path,
    PathWalker,
    Predicate,
    Repeated,
    Sequence,
    join,
    predicates_of,
)
from virtuales.assurance.reading import RDF_NS, RDFS_NS
from virtuales.assurance.revised_graph import RevisedGraph, Statements
from virtuales.assurance.shapes import Constraint, Shape

TYPE = f"<{RDF_NS}type>"
SUBCLASS = f"<{RDFS_NS}subClassOf>"
_COMPARING = frozenset(component.iri for component in pairs.COMPONENTS)
_CLASS = next(one.iri for one in value_type.COMPONENTS if one.parameter == "class")
_CLOSED = next(one.iri for one in other.COMPONENTS if one.parameter == "closed")
_BOUNDED = frozenset(iri for iri, component in BY_IRI.items() if component.bounded)
"""Components whose reading `Affected` and `Excerpt` know."""
_NOTHING: IntArray = np.empty(0, np.int32)


def is_bounded(shape: Shape, shapes: Mapping[str, Shape]) -> bool:
    """Tell whether what a shape reads is known from its paths; a query may read anything."""
    if shape.targets.queries or any(one.query or one.component not in _BOUNDED for one in shape.constraints):
        return False
    return all(is_bounded(shapes[name], shapes) for name in shape.references)


def predicates_read(shapes: Mapping[str, Shape]) -> dict[str, frozenset[str] | None]:
    """Tell for each shape the predicates that judging by it may read, besides that of subclasses; None for all."""
    known: dict[str, frozenset[str] | None] = {}

    def read(name: str) -> frozenset[str] | None:
        if name not in known:
            shape = shapes[name]
            several = [_own_predicates(shape), *map(read, shape.references)]
            known[name] = None if None in several else frozenset().union(*(one for one in several if one is not None))
        return known[name]

    return {name: read(name) for name in shapes}


def _own_predicates(shape: Shape) -> frozenset[str] | None:
    found = {*shape.targets.subjects_of, *shape.targets.objects_of, *(predicates_of(shape.path) if shape.path else ())}
    if shape.targets.classes or any(one.component == _CLASS for one in shape.constraints):
        found.add(TYPE)
    if any(one.component == _CLOSED for one in shape.constraints):
        return None
    return frozenset(found.union(*(one.terms[:1] for one in shape.constraints if one.component in _COMPARING)))


def united(*several: IntArray) -> IntArray:
    """Return the numbers that are in any of some columns, distinct and ascending."""
    return ascending(np.concatenate([_NOTHING, *several]))


class Affected:
    """The focus nodes whose judgement some changed statements may change.

    Args:
        graph: All statements, those before the change and those after it.
        numbers: The number of each term that a shape names.
        shapes: The shapes, none of them with a query.
        reads: For each shape the predicates that it may read; None for all.
        changed: The statements that came or went, none about subclasses.
    """

    def __init__(
        self,
        graph: RevisedGraph,
        numbers: Mapping[str, int],
        *,
        shapes: Mapping[str, Shape],
        reads: Mapping[str, frozenset[str] | None],
        changed: Statements,
    ) -> None:
        self._walker = PathWalker(graph, numbers)
        self._numbers = numbers
        self._shapes = shapes
        self._reads = reads
        self._changed = changed
        self._predicates = frozenset(graph.dictionary.texts(np.unique(changed.predicates)))
        self._known: dict[str, IntArray] = {}

    def focus_nodes(self, shape: Shape) -> IntArray:
        """Return nodes that may be judged otherwise by a shape, or may have become or ceased to be its focus nodes."""
        if not self._is_read_by(shape.id):
            return _NOTHING
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
            self._known[name] = self._judged(self._shapes[name]) if self._is_read_by(name) else _NOTHING
        return self._known[name]

    def _is_read_by(self, name: str) -> bool:
        read = self._reads[name]
        return read is None or not read.isdisjoint(self._predicates)

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
    """The statements of a graph that judging some focus nodes reads: few, and judged as all would be.

    What no path goes on from is only noted down, and read at the end for all shapes at once, predicate by predicate.

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
        self._asked: defaultdict[tuple[int, bool], list[IntArray]] = defaultdict(list)
        self._whole: list[IntArray] = []
        self._nodes: list[IntArray] = []
        self._ask(SUBCLASS, graph.pairs(numbers[SUBCLASS]).first)

    def add(self, shape: Shape, nodes: IntArray) -> None:
        """Take in what tells whether nodes (distinct, ascending) are a shape's focus nodes, and what judges them."""
        self.add_targets(shape, nodes)
        self._judge(shape, nodes)

    def add_targets(self, shape: Shape, nodes: IntArray) -> None:
        """Take in what tells whether nodes are a shape's focus nodes."""
        targets = shape.targets
        self._nodes.append(nodes)
        if targets.classes:
            self._ask(TYPE, nodes)
        for one in targets.subjects_of:
            self._ask(one, nodes)
        for one in targets.objects_of:
            self._ask(one, nodes, backwards=True)

    def statements(self) -> Statements:
        """Return the statements; one may stand there twice."""
        for (predicate, backwards), several in self._asked.items():
            self._take(predicate, united(*several), backwards=backwards)
        everything = united(*self._whole)
        for number in self._graph.predicates if len(everything) else ():
            self._take(int(number), everything)
        return Statements(*(np.concatenate([_NOTHING, *column]) for column in zip(*self._taken, strict=True)))

    @property
    def nodes(self) -> IntArray:
        """The nodes to be judged, distinct and ascending; a node need not be in any statement."""
        return united(*self._nodes)

    def _judge(self, shape: Shape, nodes: IntArray) -> None:
        if not len(nodes):
            return
        values = self._values(shape, nodes)
        for constraint in shape.constraints:
            if constraint.component in _COMPARING:
                self._ask(constraint.terms[0], nodes)
            elif constraint.component == _CLASS:
                self._ask(TYPE, values)
            elif constraint.component == _CLOSED:
                self._whole.append(values)
        for inner in shape.references:
            self._judge(self._shapes[inner], values)

    def _values(self, shape: Shape, nodes: IntArray) -> IntArray:
        """Take in what leads to the value nodes, and return those; none where nothing is read about them."""
        if shape.path is None:
            return nodes
        if isinstance(shape.path, Predicate) and not _goes_on(shape):
            self._ask(shape.path.iri, nodes)
            return _NOTHING
        return self._follow(shape.path, nodes)

    def _follow(self, path: Path, nodes: IntArray, *, backwards: bool = False) -> IntArray:
        """Take in the statements along a path from some nodes, and return where it leads."""
        match path:
            case Predicate(iri):
                return self._take(self._numbers[iri], nodes, backwards=backwards)
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

    def _ask(self, predicate: str, nodes: IntArray, *, backwards: bool = False) -> None:
        self._asked[self._numbers[predicate], backwards].append(nodes)

    def _take(self, predicate: int, nodes: IntArray, *, backwards: bool = False) -> IntArray:
        """Take in the statements with a predicate about some nodes, and return their other ends."""
        nodes = ascending(nodes)
        found = join(nodes, self._graph.inverse_pairs(predicate) if backwards else self._graph.pairs(predicate))
        ends = nodes[found.rows], found.nodes
        same = np.full(len(found.rows), predicate, np.int32)
        self._taken.append(Statements(ends[int(backwards)], same, ends[1 - int(backwards)]))
        return ascending(found.nodes)


def _goes_on(shape: Shape) -> bool:
    """Tell whether judging by a property shape reads statements about its value nodes."""
    return bool(shape.references) or any(one.component in {_CLASS, _CLOSED} for one in shape.constraints)
