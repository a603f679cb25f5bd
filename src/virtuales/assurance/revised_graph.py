"""A columnar graph that is revised bit by bit: only the columns of the predicates concerned are made anew."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from virtuales.assurance.dictionary import BoolArray, IntArray, TermDictionary
from virtuales.assurance.graph import ColumnarGraph, Pairs
from virtuales.assurance.paths import pair_keys

_LOW = 2**32 - 1


class Statements(NamedTuple):
    """Some statements as three columns of term numbers, no statement twice."""

    subjects: IntArray
    predicates: IntArray
    objects: IntArray

    def of(self, predicate: int) -> Pairs:
        """Return (subject, object) of those with a predicate, in no order."""
        chosen = self.predicates == predicate
        return Pairs(self.subjects[chosen], self.objects[chosen])

    def where(self, chosen: BoolArray) -> "Statements":
        """Return those that a mask picks."""
        return Statements(*(column[chosen] for column in self))

    def joined(self, other: "Statements") -> "Statements":
        """Return these and others, which must be distinct from them."""
        return Statements(*map(np.concatenate, zip(self, other, strict=True)))


class RevisedGraph(ColumnarGraph):
    """A graph kept as one pair of columns per predicate, from which revisions are made that share what stays the same.

    Like every columnar graph it is itself never changed. Copying the columns of the predicates concerned takes a
    millisecond for several hundred thousand statements, so that there is no overlay that would have to be compacted.

    Args:
        dictionary: The terms.
        forward: For each predicate (subject, object) of its statements, ordered.
        backward: The same the other way round.
    """

    def __init__(self, dictionary: TermDictionary, forward: Mapping[int, Pairs], backward: Mapping[int, Pairs]) -> None:
        self.dictionary = dictionary
        self._subjects = self._objects = np.empty(0, np.int32)
        self._slices = {}
        self._forward, self._backward = dict(forward), dict(backward)
        self.predicates = np.array(sorted(one for one, pairs in forward.items() if len(pairs.first)), np.int64)

    @classmethod
    def of(cls, graph: ColumnarGraph) -> "RevisedGraph":
        """Take over the columns of a graph."""
        predicates = [int(one) for one in graph.predicates]
        forward = {one: graph.pairs(one) for one in predicates}
        # Ordered both ways now, because a column ordered when first needed would be lost with the revision it is of.
        return cls(graph.dictionary, forward, {one: graph.inverse_pairs(one) for one in predicates})

    def __len__(self) -> int:
        """Count the statements."""
        return sum(len(self.pairs(int(one)).first) for one in self.predicates)

    def with_dictionary(self, dictionary: TermDictionary) -> "RevisedGraph":
        """Return the same graph with a dictionary that has further terms."""
        return RevisedGraph(dictionary, self._forward, self._backward)

    def without(self, statements: Statements) -> "RevisedGraph":
        """Return the graph without some of its statements; it must have them."""
        return self._revised(statements, added=False)

    def plus(self, statements: Statements) -> "RevisedGraph":
        """Return the graph with further statements; it must not have them yet."""
        return self._revised(statements, added=True)

    def _revised(self, statements: Statements, *, added: bool) -> "RevisedGraph":
        forward, backward = dict(self._forward), dict(self._backward)
        for number in np.unique(statements.predicates):
            predicate = int(number)
            subjects, objects = statements.of(predicate)
            forward[predicate] = _revised(self.pairs(predicate), pair_keys(subjects, objects), added=added)
            backward[predicate] = _revised(self.inverse_pairs(predicate), pair_keys(objects, subjects), added=added)
        return RevisedGraph(self.dictionary, forward, backward)


def held_by(graph: ColumnarGraph, statements: Statements) -> BoolArray:
    """Tell for each statement whether a graph has it."""
    found = np.zeros(len(statements.subjects), bool)
    order = np.argsort(statements.predicates, kind="stable")
    predicates, first = np.unique(statements.predicates[order], return_index=True)
    for predicate, rows in zip(predicates, np.split(order, first[1:]), strict=False):
        known = pair_keys(*graph.pairs(int(predicate)))
        if len(known):
            wanted = pair_keys(statements.subjects[rows], statements.objects[rows])
            place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
            found[rows] = known[place] == wanted
    return found


def _revised(pairs: Pairs, changed: IntArray, *, added: bool) -> Pairs:
    """Put pairs where they belong in ordered columns, or take them out."""
    keys, changed = pair_keys(*pairs), np.sort(changed)
    place = np.searchsorted(keys, changed)
    keys = np.insert(keys, place, changed) if added else np.delete(keys, place)
    return Pairs((keys >> 32).astype(np.int32), (keys & _LOW).astype(np.int32))
