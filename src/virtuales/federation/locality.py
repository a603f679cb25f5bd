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

from virtuales.federation.sketch import End, Hashes, are_among, each_once
from virtuales.federation.summary import Holding
from virtuales.query.syntax.flattening import FlatNode, Triple
from virtuales.rdf.terms import Literal, NamedNode, Variable

_SUBJECT, _OBJECT = Variable("subject"), Variable("object")
_MANY: Final = 12.0
"""How often a triple may come in the answer, being in so many solutions, before asking apart brings less."""
_LITERAL_SHARE: Final = 0.2
"""What share of a property's triples is thought to have a certain literal."""
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
    widest = solutions = max(1.0, min((_fan(first, {each}, summaries) for each in first.variables), default=1.0))
    while True:
        near = [
            (_fan(triple, set(here.variables), summaries), place)
            for place, triple in left.items()
            for here in (first, *found.values())
            if not set(triple.variables).isdisjoint(here.variables) and is_local(here, triple, summaries)
        ]
        if not near:
            return found
        fan, place = min(near)
        solutions, widest = max(1.0, solutions * fan), max(widest, fan)
        if solutions / widest > _MANY:
            return found
        found[place] = left.pop(place)


def is_local(one: Triple, other: Triple, summaries: Sequence[Holding | None]) -> bool:
    """Tell whether two patterns with a variable in common join only what the same endpoint has."""
    return any(
        not _meet(_hashes(one, end, summaries), _hashes(other, far, summaries))
        for end in _ENDS
        for far in _ENDS
        if "subject" in {end, far} and _end(one, end) == _end(other, far) and isinstance(_end(one, end), Variable)
    )


def _end(triple: Triple, end: End) -> FlatNode:
    return triple.subject if end == "subject" else triple.object


def _hashes(triple: Triple, end: End, summaries: Sequence[Holding | None]) -> tuple[Hashes | None, ...]:
    """Return the hashes at one end of a pattern at each endpoint; None where they are unknown."""
    return tuple(None if summary is None else summary.hashes(triple.verb, end) for summary in summaries)


@lru_cache(maxsize=1024)
def _meet(one: tuple[Hashes | None, ...], other: tuple[Hashes | None, ...]) -> bool:
    """Tell whether an IRI may be among the first at one endpoint and among the second at another."""
    if any(each is None for each in (*one, *other)):
        return True
    first, second = ([each.numbers for each in several if each is not None] for several in (one, other))
    if not second:
        return False
    every = np.sort(np.concatenate(second))
    known, shared = each_once(every), each_once(every[1:][every[1:] == every[:-1]])
    return any(
        are_among(shared, hashes).any() or (are_among(hashes, known) & ~are_among(hashes, own)).any()
        for hashes, own in zip(first, second, strict=True)
    )


def _fan(triple: Triple, known: AbstractSet[Variable], summaries: Sequence[Holding | None]) -> float:
    """Say how many triples of a pattern fit each value of the variables that are known, on average."""
    if not isinstance(triple.verb, NamedNode):
        return float("inf")
    whole = Triple(_SUBJECT, triple.verb, _OBJECT)
    triples = sum(each.count(whole) for each in summaries if each is not None)
    share = 1.0
    for end in _ENDS:
        node = _end(triple, end)
        if isinstance(node, Literal):
            share *= _LITERAL_SHARE
        elif isinstance(node, NamedNode) or node in known:
            share /= max(1, sum(len(each) for each in _hashes(triple, end, summaries) if each is not None))
    return triples * share
