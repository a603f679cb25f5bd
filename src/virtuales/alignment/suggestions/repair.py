"""Coherence of suggestions: of pairs that make a class impossible together, the least likely are left out.

Each smallest set of pairs that makes a class or property impossible needs one pair less. What is left out is the
cheapest choice that breaks all sets found so far; the rest is judged again, which may show further sets, until none is
left. So as little likelihood as possible is given up (the method of implicit hitting sets), where leaving out the least
likely pair of each set by itself may give up several good pairs for one bad one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final, Protocol

from virtuales.alignment.coherence.judging import Coherence
from virtuales.alignment.coherence.report import ImpossibleTerm
from virtuales.alignment.mapping import Mapping as Claim
from virtuales.alignment.suggestions.scoring import Pair
from virtuales.alignment.terms import EXACT_MATCH, UNSPECIFIED_MATCHING

_NOT_FOR_NOTHING: Final = 1e-3
"""The least that it costs to leave a pair out, so that no more are left out than need be."""
_Sets = Sequence[frozenset[Pair]]


@dataclass(frozen=True)
class Conflict:
    """Pairs that cannot all be right.

    Args:
        pairs: The pairs, those that are decided already left out.
        term: The class or property that nothing could be of.
        reason: What would contradict what, in words.
    """

    pairs: frozenset[Pair]
    term: str
    reason: str


class Choice(Protocol):
    """A choice of pairs that can be made again without some."""

    def chosen(self, without: frozenset[Pair]) -> frozenset[Pair]:
        """Return the pairs that are chosen when some are wrong."""
        ...

    def value(self, without: frozenset[Pair]) -> float:
        """Return what the chosen pairs are worth together when some are wrong."""
        ...


def coherent(
    choice: Choice, coherence: Coherence, *, mapped: frozenset[Pair] = frozenset()
) -> tuple[frozenset[Pair], tuple[Conflict, ...]]:
    """Return pairs that make nothing impossible, and the conflicts that were avoided.

    Args:
        choice: What is to be chosen. It costs little to leave a pair out when its terms have other good partners.
        coherence: The two models, ready to be judged.
        mapped: Pairs that are decided, which stay whatever they do.

    Raises:
        TooLarge: the pairs together take too long to think through.
    """
    conflicts: dict[frozenset[Pair], Conflict] = {}
    cost: dict[Pair, float] = {}
    full = choice.value(frozenset())
    while True:
        chosen = choice.chosen(cheapest(tuple(conflicts), cost))
        report = coherence.judge([_claim(pair) for pair in sorted(chosen | mapped)], orders=False)
        found = {each.pairs: each for each in (_conflict(term, mapped) for term in report.impossible) if each.pairs}
        if found.keys() <= conflicts.keys():
            return chosen, tuple(conflicts.values())
        conflicts.update(found)
        for pair in {pair for pairs in found for pair in pairs} - cost.keys():
            cost[pair] = max(full - choice.value(frozenset({pair})), _NOT_FOR_NOTHING)


def cheapest(sets: _Sets, cost: Mapping[Pair, float]) -> frozenset[Pair]:
    """Return the pairs that have one of each set and cost least together, by branch and bound.

    >>> costs = {("a", "a"): 2.0, ("b", "b"): 1.5, ("c", "c"): 1.5}
    >>> sorted(cheapest([frozenset({("a", "a"), ("b", "b")}), frozenset({("a", "a"), ("c", "c")})], costs))
    [('a', 'a')]
    """
    best: tuple[float, frozenset[Pair]] = (inf, frozenset())
    open_: list[tuple[float, frozenset[Pair]]] = [(0.0, frozenset())]
    while open_:
        spent, taken = open_.pop()
        left = [each for each in sets if not each & taken]
        if spent + _at_least(left, cost) >= best[0]:
            continue
        if not left:
            best = spent, taken
            continue
        smallest = min(left, key=lambda each: (len(each), sorted(each)))
        ways = sorted(smallest, key=lambda pair: (-cost[pair], pair))
        open_.extend((spent + cost[pair], taken | {pair}) for pair in ways)
    return best[1]


def _at_least(sets: _Sets, cost: Mapping[Pair, float]) -> float:
    """Return what sets without a pair in common cost at least."""
    seen: set[Pair] = set()
    total = 0.0
    for each in sets:
        if not each & seen:
            seen |= each
            total += min(cost[pair] for pair in each)
    return total


def _conflict(impossible: ImpossibleTerm, mapped: frozenset[Pair]) -> Conflict:
    pairs = frozenset((claim.subject_id, claim.object_id) for claim in impossible.mappings)
    return Conflict(pairs - mapped, impossible.term, impossible.reason)


def _claim(pair: Pair) -> Claim:
    return Claim(pair[0], EXACT_MATCH, pair[1], UNSPECIFIED_MATCHING)
