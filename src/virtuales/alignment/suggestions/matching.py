"""The rounds of matching: names first, then structure, each round knowing how sure the pairs were before it."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from virtuales.alignment.suggestions import combination, evidences
from virtuales.alignment.suggestions.candidates import candidates
from virtuales.alignment.suggestions.combination import Weights, likelihood, odds
from virtuales.alignment.suggestions.decisions import Decisions
from virtuales.alignment.suggestions.evidences import Evidence
from virtuales.alignment.suggestions.rivals import RIVALS, rivals
from virtuales.alignment.suggestions.scoring import Pair, Scores
from virtuales.alignment.suggestions.sides import Entry, Sides

ROUNDS: Final = 3
_HOPELESS: Final = 0.1
"""A pair that cannot become likelier than this, whatever its neighbours are, is not looked at again."""


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


@dataclass(frozen=True)
class Matched:
    """Every pair that was looked at.

    Args:
        figures: For each pair its evidences, but for its rivals.
        alone: How sure each pair is without regard to its rivals.
        against: What the evidence of rivals is worth for each pair.
        mapped: Pairs that are decided.
    """

    figures: Mapping[Pair, Mapping[str, float]] = field(default_factory=dict)
    alone: Mapping[Pair, float] = field(default_factory=dict)
    against: Mapping[Pair, float] = field(default_factory=dict)
    mapped: frozenset[Pair] = frozenset()

    def rivalled(self, without: AbstractSet[Pair] = frozenset()) -> dict[Pair, tuple[float, float]]:
        """Return for each pair how near its rivals come, and how sure it is in view of them.

        Args:
            without: Pairs that are known to be wrong, and so are no rivals.
        """
        left = {pair: sure for pair, sure in self.alone.items() if pair not in without}
        return {
            pair: (near, likelihood(odds(left[pair]) + self.against[pair] * near))
            for pair, near in rivals(left).items()
        }


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
    alone: dict[Pair, float] = {}
    for turn in range(ROUNDS):
        scores = Scores(alone, known.mapped)
        for pair, measured in figures.items():
            left, right = sides.left.entries[pair[0]], sides.right.entries[pair[1]]
            for each in weighed[left.sort]:
                if each.structural or not turn:
                    measured[each.name] = each.measure(sides, scores, left, right)
        if not turn:
            figures = {pair: measured for pair, measured in figures.items() if _may_be(sides, pair, measured, weighing)}
        alone = {pair: weighing.of(sides.left.entries[pair[0]]).likelihood(said) for pair, said in figures.items()}
    against = {pair: weighing.of(sides.left.entries[pair[0]]).by_evidence.get(RIVALS, 0.0) for pair in figures}
    return Matched(figures, alone, against, known.mapped)


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


def _may_be(sides: Sides, pair: Pair, measured: Mapping[str, float], weighing: Weighing) -> bool:
    """Tell whether a pair could still be likely if all that depends on other pairs spoke for it."""
    entry = sides.left.entries[pair[0]]
    best = {**measured, **{each.name: 1.0 for each in table_for(entry) if each.structural}}
    return weighing.of(entry).likelihood(best) >= _HOPELESS
