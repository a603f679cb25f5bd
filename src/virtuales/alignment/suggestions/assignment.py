"""One partner for each term: the pairs, no two of which share a term, that are worth most together.

The problem is a maximum-weight matching in a bipartite graph. Terms are added one by one, each by the augmenting path
that gains most (Kuhn's Hungarian method on a sparse graph), so that what is found is the best, not merely a good one.
"""

from collections import deque
from collections.abc import Mapping

from virtuales.alignment.suggestions.scoring import Pair

_NOTHING_GAINED = 1e-12


def assign(worth: Mapping[Pair, float]) -> frozenset[Pair]:
    """Return the pairs that are worth most together when each term has one partner at most.

    Args:
        worth: What each pair is worth; pairs worth nothing or less are never taken.

    >>> sorted(assign({("a", "x"): 0.9, ("a", "y"): 0.8, ("b", "x"): 0.8, ("c", "z"): 0.0}))
    [('a', 'y'), ('b', 'x')]
    """
    edges: dict[str, dict[str, float]] = {}
    for (left, right), value in sorted(worth.items()):
        if value > 0:
            edges.setdefault(left, {})[right] = value
    matching = _Matching(edges)
    for left in edges:
        matching.add(left)
    return frozenset((left, right) for right, left in matching.left_of.items())


class _Matching:
    """A matching that is the best for the terms added so far."""

    def __init__(self, edges: Mapping[str, Mapping[str, float]]) -> None:
        self._edges = edges
        self.left_of: dict[str, str] = {}

    def add(self, start: str) -> None:
        """Add a term, by the path that gains most; a term on it may be left without a partner."""
        gains: dict[str, float] = {start: 0.0}
        came_by: dict[str, tuple[str, str]] = {}
        queue = deque([start])
        while queue:
            left = queue.popleft()
            for right, value in self._edges[left].items():
                owner = self.left_of.get(right)
                if owner is None or owner == left:
                    continue
                gain = gains[left] + value - self._edges[owner][right]
                if gain > gains.get(owner, float("-inf")) + _NOTHING_GAINED and owner != start:
                    gains[owner], came_by[owner] = gain, (left, right)
                    queue.append(owner)
        self._take_best(start, gains, came_by)

    def _take_best(self, start: str, gains: Mapping[str, float], came_by: Mapping[str, tuple[str, str]]) -> None:
        best, last, end = 0.0, start, ""
        for left, gain in gains.items():
            free = ((gain + value, right) for right, value in self._edges[left].items() if right not in self.left_of)
            total, right = max([*free, (gain, "")])
            if total > best + _NOTHING_GAINED:
                best, last, end = total, left, right
        if best <= _NOTHING_GAINED:
            return
        if end:
            self.left_of[end] = last
        while last != start:
            before, right = came_by[last]
            self.left_of[right] = before
            last = before
