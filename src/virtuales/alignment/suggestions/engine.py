"""Suggestions for two models: every open pair that is likelier right than not, each term once, with its reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log
from typing import Final

from virtuales.alignment.suggestions.assignment import assign
from virtuales.alignment.suggestions.candidates import candidates
from virtuales.alignment.suggestions.decisions import Decisions
from virtuales.alignment.suggestions.matching import Matched, Weighing, for_account, match
from virtuales.alignment.suggestions.scoring import Pair
from virtuales.alignment.suggestions.sides import Entry, Sides
from virtuales.alignment.suggestions.sureness import is_sure

LEAST: Final = 0.5
"""How sure a pair has to be to be suggested, unless another figure is wanted."""
_ALMOST_NONE, _ALMOST_CERTAIN = 1e-6, 1 - 1e-6


@dataclass(frozen=True)
class Suggestion:
    """Two terms that may mean the same.

    Args:
        left: The term of the left model.
        right: The term of the right model.
        confidence: How likely it is that they do, from 0 to 1.
        figures: The evidences by name, each from 0 to 1.
        sure: Whether nothing speaks against it, so that a look at it should be enough.
    """

    left: Entry
    right: Entry
    confidence: float
    figures: Mapping[str, float] = field(default_factory=dict)
    sure: bool = False

    @property
    def pair(self) -> Pair:
        """The two terms by IRI."""
        return self.left.iri, self.right.iri


def suggest(
    sides: Sides, *, decided: Decisions | None = None, weighing: Weighing | None = None, least: float = LEAST
) -> tuple[Suggestion, ...]:
    """Suggest which terms of two models mean the same, the surest first.

    Args:
        sides: The two models.
        decided: What is decided already; mapped pairs support others, and nothing decided is suggested again. A term
            that both models have is mapped to itself.
        weighing: What evidences are worth.
        least: How sure a pair has to be to be suggested.
    """
    shared = sides.left.entries.keys() & sides.right.entries.keys()
    decided = (decided or Decisions()) | Decisions(mapped=frozenset((iri, iri) for iri in shared))
    matched = match(sides, weighing, pairs=filter(decided.leaves_open, candidates(sides)), known=decided)
    return chosen(sides, matched, matched.scores.by_pair, least=least)


def chosen(sides: Sides, matched: Matched, pairs: Iterable[Pair], *, least: float = LEAST) -> tuple[Suggestion, ...]:
    """Choose one partner for each term, so that all together are the likeliest.

    Args:
        sides: The two models.
        matched: How sure each pair is.
        pairs: The pairs that may be suggested.
        least: How sure a pair has to be.
    """
    sure = {pair: matched.scores.by_pair[pair] for pair in pairs}
    worth = {pair: _odds(each) - _odds(least) + _ALMOST_NONE for pair, each in sure.items() if each >= least}
    found = (_suggestion(sides, pair, sure[pair], matched) for pair in assign(worth))
    return tuple(sorted(found, key=lambda each: (-each.confidence, each.pair)))


def _suggestion(sides: Sides, pair: Pair, confidence: float, matched: Matched) -> Suggestion:
    left, right = sides.left.entries[pair[0]], sides.right.entries[pair[1]]
    figures = {**for_account(sides, matched.scores, left, right), **matched.figures[pair]}
    return Suggestion(left, right, confidence, figures, is_sure(sides, left, right, confidence, figures))


def _odds(sure: float) -> float:
    bounded = min(max(sure, _ALMOST_NONE), _ALMOST_CERTAIN)
    return log(bounded / (1 - bounded))
