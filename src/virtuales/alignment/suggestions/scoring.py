"""How sure each pair is at the moment, which the structural evidences ask for, since one pair supports another."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

Pair = tuple[str, str]
"""Two terms by IRI, the left model's first."""


class Scores:
    """How sure each pair is, from 0 to 1; a pair that is not considered has 0, and a term is the same as itself.

    Args:
        by_pair: The figure of each pair that is considered.
        mapped: Pairs that are known to mean the same.
    """

    def __init__(self, by_pair: Mapping[Pair, float] | None = None, mapped: AbstractSet[Pair] = frozenset()) -> None:
        self.by_pair = by_pair or {}
        self._mapped = mapped
        self._partners: tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]] = {}, {}
        for (left, right), sure in (*self.by_pair.items(), *((pair, 1.0) for pair in mapped)):
            self._partners[0].setdefault(left, {})[right] = sure
            self._partners[1].setdefault(right, {})[left] = sure
        self.classes: dict[tuple[tuple[str, ...], tuple[str, ...]], float] = {}
        """How well alternatives of classes go together, kept since the same are asked for again and again."""

    def of(self, left: str, right: str) -> float:
        """Return how sure a pair is."""
        if left == right:
            return 1.0
        return self._partners[0].get(left, {}).get(right, 0.0)

    def best_right(self, left: str, among: AbstractSet[str]) -> float:
        """Return how sure the best pair of a left term with one of some right terms is."""
        return _best(left, self._partners[0].get(left, {}), among)

    def best_left(self, right: str, among: AbstractSet[str]) -> float:
        """Return how sure the best pair of a right term with one of some left terms is."""
        return _best(right, self._partners[1].get(right, {}), among)

    def together(self, one: Iterable[str], other: Iterable[str]) -> float | None:
        """Return how well some left terms and some right terms go together; None if there are none on a side."""
        left, right = frozenset(one), frozenset(other)
        if not left or not right:
            return None
        there = sum(self.best_right(each, right) for each in left)
        back = sum(self.best_left(each, left) for each in right)
        return (there + back) / (len(left) + len(right))


def _best(term: str, partners: Mapping[str, float], among: AbstractSet[str]) -> float:
    if term in among:
        return 1.0
    return max((sure for partner, sure in partners.items() if partner in among), default=0.0)
