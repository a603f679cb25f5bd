"""What decisions teach: weights of evidences that fit what people of this installation accepted and rejected.

From each mapped pair follows that the other pairs of its two terms are wrong, and from each term without a counterpart
that all of its pairs are, which teaches as much as a rejection.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from virtuales.alignment.suggestions.candidates import candidates
from virtuales.alignment.suggestions.combination import Figures
from virtuales.alignment.suggestions.decisions import Decisions
from virtuales.alignment.suggestions.matching import Weighing, match
from virtuales.alignment.suggestions.rivals import RIVALS
from virtuales.alignment.suggestions.scoring import Pair
from virtuales.alignment.suggestions.sides import Sides

MOST: Final = 150
"""Decided pairs that are learnt from for two models, so that one great set does not drown all others."""

_T = TypeVar("_T", str, Pair)
Lesson = tuple[Figures, bool]


@dataclass(frozen=True)
class Lessons:
    """Pairs with their evidences, and whether they were right.

    Args:
        classes: Of classes and concepts.
        values: Of values of enumerations.
        properties: Of properties.
    """

    classes: tuple[Lesson, ...] = ()
    values: tuple[Lesson, ...] = ()
    properties: tuple[Lesson, ...] = ()

    def __add__(self, other: "Lessons") -> "Lessons":
        """Return both together."""
        return Lessons(self.classes + other.classes, self.values + other.values, self.properties + other.properties)


def lessons(sides: Sides, decided: Decisions) -> Lessons:
    """Return what the decisions on two models teach.

    A pair that is learnt from does not count as known while its own evidences are measured; its neighbours do.
    """
    sample = frozenset(_sample(decided.taught))
    if not sample:
        return Lessons()
    alone = set(_sample(decided.without))
    terms = tuple({pair[side] for pair in sample} | alone for side in (0, 1))
    around = {pair for pair in candidates(sides) if pair[0] in terms[0] or pair[1] in terms[1]}
    around.update(pair for pair in sample if pair[0] in sides.left.entries and pair[1] in sides.right.entries)
    known = replace(decided, mapped=decided.mapped - sample)
    matched = match(sides, pairs=sorted(around), known=known)
    found: dict[str, list[Lesson]] = {"class": [], "value": [], "property": []}
    near = matched.rivalled()
    for pair, measured in matched.figures.items():
        figures = {**measured, RIVALS: near[pair][0]}
        if pair in sample or not decided.leaves_alone(pair):
            entry = sides.left.entries[pair[0]]
            kind = "property" if entry.is_property else "value" if entry.sort == "value" else "class"
            found[kind].append((figures, pair in decided.mapped))
    return Lessons(*(tuple(found[kind]) for kind in ("class", "value", "property")))


def learnt(weighing: Weighing, taught: Lessons) -> Weighing:
    """Return the weights after lessons."""
    return Weighing(
        classes=weighing.classes.learnt(taught.classes),
        values=weighing.values.learnt(taught.values),
        properties=weighing.properties.learnt(taught.properties),
    )


def _sample(decided: Iterable[_T]) -> list[_T]:
    """Return so many at equal distances of all, in their order, so that the same are taken each time."""
    ordered = sorted(decided)
    step = max(1, -(-len(ordered) // MOST))
    return ordered[::step]
