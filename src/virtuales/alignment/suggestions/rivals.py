"""The evidence against: how near other pairs of the same terms come."""

from collections.abc import Iterable, Mapping
from typing import Final

from virtuales.alignment.suggestions.scoring import Pair

RIVALS: Final = "rivals"
"""What the evidence is called in weights and figures."""
_Place = tuple[int, str]


def rivals(alone: Mapping[Pair, float]) -> dict[Pair, float]:
    """Return for each pair how near the best other pair of one of its terms comes, 1 if it is as sure or surer.

    A rival counts the less the surer its other term has a better partner.

    Args:
        alone: How sure each pair is without regard to others.
    """
    best = _two_best((place, sure) for pair, sure in alone.items() for place in enumerate(pair))
    free = {
        pair: tuple(sure * (1 - _other(best[1 - side, pair[1 - side]], sure)) for side in (0, 1))
        for pair, sure in alone.items()
    }
    freest = _two_best(((side, pair[side]), figures[side]) for pair, figures in free.items() for side in (0, 1))
    found = {}
    for pair, sure in alone.items():
        near = max(_other(freest[side, pair[side]], free[pair][side]) for side in (0, 1))
        found[pair] = min(1.0, near / sure) if sure else 1.0
    return found


def _two_best(figures: Iterable[tuple[_Place, float]]) -> dict[_Place, tuple[float, float]]:
    found: dict[_Place, tuple[float, float]] = {}
    for place, figure in figures:
        first, second = found.get(place, (0.0, 0.0))
        found[place] = (figure, first) if figure > first else (first, max(second, figure))
    return found


def _other(best: tuple[float, float], own: float) -> float:
    """Return the best figure of a term but for the own one, which is among the two best or below them."""
    first, second = best
    return second if own >= first else first
