"""SHACL property paths, followed from many nodes at once.

See https://www.w3.org/TR/shacl/#property-paths.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from virtuales.assurance.dictionary import NO_TERM, IntArray
from virtuales.assurance.graph import ColumnarGraph, Pairs, ordered_pairs

_SCAN_RATIO = 12
"""A predicate's column is scanned whole when it is less than this many times longer than the list of nodes."""


@dataclass(frozen=True)
class Predicate:
    """One predicate, written as in N-Triples."""

    iri: str


@dataclass(frozen=True)
class Inverse:
    """The path read backwards."""

    path: "Path"


@dataclass(frozen=True)
class Sequence:
    """One path after another."""

    paths: tuple["Path", ...]


@dataclass(frozen=True)
class Alternative:
    """Any of several paths."""

    paths: tuple["Path", ...]


@dataclass(frozen=True)
class Repeated:
    """A path repeated: `least` 0 or 1 times and more, or at most once when not `unbounded`."""

    path: "Path"
    least: int
    unbounded: bool = True


Path = Predicate | Inverse | Sequence | Alternative | Repeated


class Values(NamedTuple):
    """The value nodes of some focus nodes: a row of the focus list, and a node; ordered, no pair twice."""

    rows: IntArray
    nodes: IntArray


def predicates_of(path: Path) -> Iterator[str]:
    """Give every predicate that a path speaks of."""
    match path:
        case Predicate(iri):
            yield iri
        case Inverse(inner) | Repeated(inner):
            yield from predicates_of(inner)
        case Sequence(several) | Alternative(several):
            for one in several:
                yield from predicates_of(one)


def sparql_of(path: Path) -> str:
    """Write a path as SPARQL 1.1 does.

    >>> sparql_of(Sequence((Inverse(Predicate("<p:a>")), Repeated(Predicate("<p:b>"), 0))))
    '(^<p:a>/<p:b>*)'
    """
    match path:
        case Predicate(iri):
            return iri
        case Inverse(inner):
            return f"^{sparql_of(inner)}"
        case Sequence(several):
            return "(" + "/".join(map(sparql_of, several)) + ")"
        case Alternative(several):
            return "(" + "|".join(map(sparql_of, several)) + ")"
        case Repeated(inner, least, unbounded):
            sign = ("+" if least else "*") if unbounded else "?"
            written = sparql_of(inner)
            return f"({written}){sign}" if written.startswith("^") else written + sign


class PathWalker:
    """Follows paths in one graph.

    Args:
        graph: The data.
        numbers: The number of each predicate that a path may name.
    """

    def __init__(self, graph: ColumnarGraph, numbers: Mapping[str, int]) -> None:
        self._graph = graph
        self._numbers = numbers

    def follow(self, path: Path, nodes: IntArray, *, backwards: bool = False) -> Values:
        """Return what a path leads to from each node.

        Args:
            path: The path.
            nodes: Distinct nodes in ascending order.
            backwards: Follow it from its end to its start.
        """
        match path:
            case Predicate(iri):
                source = self._graph.inverse_pairs if backwards else self._graph.pairs
                return join(nodes, source(self._numbers.get(iri, NO_TERM)))
            case Inverse(inner):
                return self.follow(inner, nodes, backwards=not backwards)
            case Sequence(several):
                found = itself(nodes)
                for step in reversed(several) if backwards else several:
                    found = self._step(found, step, backwards=backwards)
                return found
            case Alternative(several):
                branches = [self.follow(one, nodes, backwards=backwards) for one in several]
                return Values(*ordered_pairs(*map(np.concatenate, zip(*branches, strict=True))))
            case Repeated(inner, least, unbounded):
                return self._repeat(
                    nodes, lambda found: self._step(found, inner, backwards=backwards), least, unbounded
                )

    def _step(self, found: Values, path: Path, *, backwards: bool) -> Values:
        distinct, place = np.unique(found.nodes, return_inverse=True)
        reached = self.follow(path, distinct, backwards=backwards)
        ends = Pairs(reached.rows, reached.nodes)
        start, size = spans(place, ends.first)
        return Values(*ordered_pairs(np.repeat(found.rows, size), ends.second[ranges(start, size)]))

    @staticmethod
    def _repeat(nodes: IntArray, step: Callable[[Values], Values], least: int, unbounded: bool) -> Values:
        """Widen the frontier until it finds nothing new."""
        frontier = step(itself(nodes))
        known = frontier if least else union(itself(nodes), frontier)
        while unbounded and len(frontier.rows):
            frontier = without(step(frontier), known)
            known = union(known, frontier)
        return known


def itself(nodes: IntArray) -> Values:
    """Make each node its own value node, as a node shape does."""
    return Values(np.arange(len(nodes), dtype=np.int32), nodes.astype(np.int32))


def join(nodes: IntArray, pairs: Pairs) -> Values:
    """Find the pairs whose first member is one of the nodes (distinct, ascending)."""
    first, second = pairs
    if not len(first) or not len(nodes):
        return Values(np.empty(0, np.int32), np.empty(0, np.int32))
    if len(first) < _SCAN_RATIO * len(nodes):
        low = int(nodes[0])
        place = np.full(int(nodes[-1]) - low + 1, NO_TERM, np.int32)
        place[nodes - low] = np.arange(len(nodes), dtype=np.int32)
        begin, end = np.searchsorted(first, (nodes[0], nodes[-1] + 1))
        rows = place[first[begin:end] - low]
        kept = rows >= 0
        return Values(rows[kept], second[begin:end][kept])
    start, size = spans(nodes, first)
    return Values(np.repeat(np.arange(len(nodes), dtype=np.int32), size), second[ranges(start, size)])


def spans(wanted: IntArray, ascending: IntArray) -> tuple[IntArray, IntArray]:
    """Say where in an ascending column each wanted number starts, and how often it stands there."""
    start = np.searchsorted(ascending, wanted, "left")
    return start, np.searchsorted(ascending, wanted, "right") - start


def ranges(start: IntArray, size: IntArray) -> IntArray:
    """Give the places start, start + 1, … of each span, one span after another."""
    offset = np.repeat(start - (np.cumsum(size) - size), size)
    return np.asarray(np.arange(len(offset)) + offset)


def pair_keys(rows: IntArray, nodes: IntArray) -> IntArray:
    """Pack pairs into single numbers that order as the pairs do."""
    return np.asarray((rows.astype(np.int64) << 32) | nodes.astype(np.int64))


def union(one: Values, other: Values) -> Values:
    """Return the pairs that are in either."""
    rows, nodes = np.concatenate([one.rows, other.rows]), np.concatenate([one.nodes, other.nodes])
    return Values(*ordered_pairs(rows, nodes))


def without(one: Values, other: Values) -> Values:
    """Return the pairs of the one that are not in the other."""
    kept = ~np.isin(pair_keys(*one), pair_keys(*other))
    return Values(one.rows[kept], one.nodes[kept])
