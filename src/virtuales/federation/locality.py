"""Patterns that can be asked together of each endpoint, since what one endpoint has of one joins nothing of another's.

Where no IRI that a pattern has in common with another is known to two endpoints, every solution of both rests on
statements of a single endpoint: blank nodes of different endpoints never meet, and no literal is a subject. That is
proved by the hashes of the IRIs. So the endpoints can join the patterns themselves.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from virtuales.federation.sketch import End, Hashes
from virtuales.federation.summary import Holding
from virtuales.query.syntax.flattening import FlatNode, Triple
from virtuales.query.syntax.triples import Verb
from virtuales.rdf.terms import Literal, NamedNode, Variable

_SUBJECT, _OBJECT = Variable("subject"), Variable("object")
_MANY: Final = 12.0
"""How often a triple may come in the answer, being in so many solutions, before asking apart brings less."""
_LITERAL_SHARE: Final = 0.2
"""What share of a property's triples is thought to have a certain literal."""
_NO_NUMBERS: Final = np.zeros(0, np.uint32)
_ENDS: Final[tuple[End, End]] = ("subject", "object")


def grown(first: Triple, others: Mapping[int, Triple], summaries: Sequence[Holding | None]) -> dict[int, Triple]:
    """Return those of some patterns that every endpoint can join with the first by itself.

    Args:
        first: The first pattern.
        others: The other patterns, by their places.
        summaries: What is known of each endpoint that may be asked; None where nothing is.
    """
    found: dict[int, Triple] = {}
    left = dict(others)
    known = _Endpoints(summaries)
    widest = solutions = max(1.0, min((known.fan(first, {each}) for each in first.variables), default=1.0))
    while True:
        near = [
            (known.fan(triple, set(here.variables)), place)
            for place, triple in left.items()
            for here in (first, *found.values())
            if not set(triple.variables).isdisjoint(here.variables) and known.keep_apart(here, triple)
        ]
        if not near:
            return found
        fan, place = min(near)
        solutions, widest = max(1.0, solutions * fan), max(widest, fan)
        if solutions / widest > _MANY:
            return found
        found[place] = left.pop(place)


class _Endpoints:
    """What endpoints hold of properties, each looked up once.

    Args:
        summaries: What is known of each; None where nothing is.
    """

    def __init__(self, summaries: Sequence[Holding | None]) -> None:
        self._summaries = summaries
        self._counts: dict[NamedNode, float] = {}
        self._hashes: dict[tuple[Verb, End], tuple[Hashes | None, ...]] = {}

    def keep_apart(self, one: Triple, other: Triple) -> bool:
        """Tell whether two patterns with a variable in common join only what the same endpoint has."""
        return any(
            not _meet(self._iris(one.verb, end), self._iris(other.verb, far))
            for end in _ENDS
            for far in _ENDS
            if "subject" in {end, far} and _end(one, end) == _end(other, far) and isinstance(_end(one, end), Variable)
        )

    def fan(self, triple: Triple, known: AbstractSet[Variable]) -> float:
        """Say how many triples of a pattern fit each value of the variables that are known, on average."""
        if not isinstance(triple.verb, NamedNode):
            return float("inf")
        share = 1.0
        for end in _ENDS:
            node = _end(triple, end)
            if isinstance(node, Literal):
                share *= _LITERAL_SHARE
            elif isinstance(node, NamedNode) or node in known:
                share /= max(1, sum(len(each) for each in self._iris(triple.verb, end) if each is not None))
        return self._count(triple.verb) * share

    def _count(self, verb: NamedNode) -> float:
        """Return how many triples a property has at all of them."""
        if verb not in self._counts:
            whole = Triple(_SUBJECT, verb, _OBJECT)
            self._counts[verb] = sum(each.count(whole) for each in self._summaries if each is not None)
        return self._counts[verb]

    def _iris(self, verb: Verb, end: End) -> tuple[Hashes | None, ...]:
        """Return the hashes at one end of a property's triples at each of them; None where they are unknown."""
        if (verb, end) not in self._hashes:
            hashes = (None if each is None else each.hashes(verb, end) for each in self._summaries)
            self._hashes[verb, end] = tuple(hashes)
        return self._hashes[verb, end]


def _end(triple: Triple, end: End) -> FlatNode:
    return triple.subject if end == "subject" else triple.object


@lru_cache(maxsize=1024)
def _meet(one: tuple[Hashes | None, ...], other: tuple[Hashes | None, ...]) -> bool:
    """Tell whether an IRI may be among the first at one endpoint and among the second at another."""
    if any(each is None for each in (*one, *other)):
        return True
    (iris, at), (known, where) = (_with_endpoints(several) for several in (one, other))
    if not len(known):
        return False
    order = np.argsort(known, kind="stable")
    known, where = known[order], where[order]
    again = known[1:] == known[:-1]
    firsts = np.append(True, ~again)
    several = np.zeros(len(known), bool)
    several[:-1][again] = True
    known, where, several = known[firsts], where[firsts], several[firsts]
    places = np.minimum(np.searchsorted(known, iris), len(known) - 1)
    return bool(((known[places] == iris) & (several[places] | (where[places] != at))).any())


def _with_endpoints(several: Sequence[Hashes | None]) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """Return the hashes of all endpoints in a row, and beside each the number of its endpoint."""
    numbers = [_NO_NUMBERS if each is None else each.numbers for each in several]
    return np.concatenate([_NO_NUMBERS, *numbers]), np.repeat(np.arange(len(numbers)), [len(each) for each in numbers])
