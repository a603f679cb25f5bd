"""The rounds of matching: names first, then structure, each round knowing how sure the pairs were before it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from virtuales.alignment.suggestions import combination, evidences
from virtuales.alignment.suggestions.candidates import candidates
from virtuales.alignment.suggestions.combination import Weights
from virtuales.alignment.suggestions.decisions import Decisions
from virtuales.alignment.suggestions.evidences import Evidence
from virtuales.alignment.suggestions.scoring import Pair, Scores
from virtuales.alignment.suggestions.sides import Entry, Sides

ROUNDS: Final = 3
_HOPELESS: Final = 0.1
"""A pair that cannot become likelier than this, whatever its neighbours are, is not looked at again."""
RIVALS: Final = "rivals"
"""The one evidence against: how near the best other pair of one of the two terms comes."""


@dataclass(frozen=True)
class Weighing:
    """What evidences are worth.

    Args:
        classes: For classes and concepts.
        values: For values of enumerations.
        properties: For attributes, associations and other properties.
    """

    classes: Weights = combination.FOR_CLASSES
    values: Weights = combination.FOR_VALUES
    properties: Weights = combination.FOR_PROPERTIES

    def of(self, entry: Entry) -> Weights:
        """Return the weights for terms of a sort."""
        if entry.sort == "value":
            return self.values
        return self.properties if entry.is_property else self.classes


@dataclass
class Matched:
    """Every pair that was looked at.

    Args:
        figures: For each pair its evidences.
        scores: How sure each pair is.
    """

    figures: Mapping[Pair, dict[str, float]] = field(default_factory=dict)
    scores: Scores = field(default_factory=Scores)


def match(
    sides: Sides,
    weighing: Weighing | None = None,
    *,
    pairs: Iterable[Pair] | None = None,
    known: Decisions | None = None,
) -> Matched:
    """Measure all evidences of all pairs worth looking at, and how sure each pair is by them.

    Args:
        sides: The two models.
        weighing: What the evidences are worth.
        pairs: The pairs to look at; by default those that share a telling word.
        known: What is decided: mapped pairs support others.
    """
    known = known or Decisions()
    weighing = weighing or Weighing()
    looked_at = tuple(pairs) if pairs is not None else candidates(sides)
    figures: dict[Pair, dict[str, float]] = {pair: {} for pair in looked_at}
    weighed = {entry.sort: _weighed(entry, weighing) for entry in sides.left.entries.values()}
    alone = Scores(mapped=known.mapped)
    for turn in range(ROUNDS):
        for pair, measured in figures.items():
            left, right = sides.left.entries[pair[0]], sides.right.entries[pair[1]]
            for each in weighed[left.sort]:
                if each.structural or not turn:
                    measured[each.name] = each.measure(sides, alone, left, right)
            measured[RIVALS] = 0.0
        if not turn:
            figures = {pair: measured for pair, measured in figures.items() if _may_be(sides, pair, measured, weighing)}
        alone = Scores(_sure(sides, figures, weighing), known.mapped)
    for pair, near in rivals(alone.by_pair).items():
        figures[pair][RIVALS] = near
    return Matched(figures, Scores(_sure(sides, figures, weighing), known.mapped))


def table_for(entry: Entry) -> tuple[Evidence, ...]:
    """Return the evidences that are measured for terms of a sort."""
    if entry.sort == "value":
        return evidences.FOR_VALUES
    return evidences.FOR_PROPERTIES if entry.is_property else evidences.FOR_CLASSES


def for_account(sides: Sides, scores: Scores, left: Entry, right: Entry) -> dict[str, float]:
    """Measure all evidences of one pair, those too that are told though they are not weighed."""
    return {each.name: each.measure(sides, scores, left, right) for each in table_for(left)}


def _weighed(entry: Entry, weighing: Weighing) -> tuple[Evidence, ...]:
    """Return the evidences that count for terms of a sort; the others are measured for the account alone."""
    worth = weighing.of(entry).by_evidence
    return tuple(each for each in table_for(entry) if each.name in worth)


def rivals(alone: Mapping[Pair, float]) -> dict[Pair, float]:
    """Return for each pair how near the best other pair of one of its terms comes, 1 if it is as sure or surer.

    A rival counts the less the surer its other term has a better partner.
    """
    best: dict[tuple[int, str], list[float]] = {}
    for pair, sure in alone.items():
        for place in enumerate(pair):
            best[place] = sorted([*best.get(place, ()), sure], reverse=True)[:2]

    def other(pair: Pair, side: int) -> float:
        """Return how sure the best other pair of one term is."""
        first, *second = best[side, pair[side]]
        return (second[0] if second else 0.0) if alone[pair] >= first else first

    free = {pair: tuple(sure * (1 - other(pair, 1 - side)) for side in (0, 1)) for pair, sure in alone.items()}
    freest: dict[tuple[int, str], list[float]] = {}
    for pair, figures in free.items():
        for side, term in enumerate(pair):
            freest[side, term] = sorted([*freest.get((side, term), ()), figures[side]], reverse=True)[:2]
    found = {}
    for pair, sure in alone.items():
        near = 0.0
        for side, term in enumerate(pair):
            first, *second = freest[side, term]
            near = max(near, (second[0] if second else 0.0) if free[pair][side] >= first else first)
        found[pair] = min(1.0, near / sure) if sure else 1.0
    return found


def _sure(sides: Sides, figures: Mapping[Pair, dict[str, float]], weighing: Weighing) -> dict[Pair, float]:
    return {pair: weighing.of(sides.left.entries[pair[0]]).probability(known) for pair, known in figures.items()}


def _may_be(sides: Sides, pair: Pair, measured: Mapping[str, float], weighing: Weighing) -> bool:
    """Tell whether a pair could still be likely if all that depends on other pairs spoke for it."""
    entry = sides.left.entries[pair[0]]
    best = {**measured, **{each.name: 1.0 for each in table_for(entry) if each.structural}}
    return weighing.of(entry).probability(best) >= _HOPELESS
