"""Suggestions for two models: every open pair that is likelier right than not, each term once, with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from virtuales.alignment.coherence.judging import Coherence
from virtuales.alignment.suggestions.assignment import assign
from virtuales.alignment.suggestions.candidates import candidates
from virtuales.alignment.suggestions.combination import odds
from virtuales.alignment.suggestions.decisions import Decisions
from virtuales.alignment.suggestions.matching import Matched, Weighing, for_account, match
from virtuales.alignment.suggestions.repair import Conflict, coherent
from virtuales.alignment.suggestions.rivals import RIVALS
from virtuales.alignment.suggestions.scoring import Pair, Scores
from virtuales.alignment.suggestions.sides import Entry, Sides
from virtuales.alignment.suggestions.sureness import is_sure

LEAST: Final = 0.5
"""How sure a pair has to be to be suggested, unless another figure is wanted."""
_TIE: Final = 1e-6
"""What a pair is worth that is just as likely as it has to be: rather that than nothing."""


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


@dataclass(frozen=True)
class Suggested:
    """What is suggested for two models.

    Args:
        suggestions: The suggestions, the surest first.
        conflicts: Pairs that cannot all be right, of which one was left out.
    """

    suggestions: tuple[Suggestion, ...]
    conflicts: tuple[Conflict, ...] = ()


def suggest(
    sides: Sides,
    *,
    decided: Decisions | None = None,
    weighing: Weighing | None = None,
    least: float = LEAST,
    coherence: Coherence | None = None,
) -> Suggested:
    """Suggest which terms of two models mean the same.

    Args:
        sides: The two models.
        decided: What is decided already; mapped pairs support others, and nothing decided is suggested again. A term
            that both models have is mapped to itself.
        weighing: What evidences are worth.
        least: How sure a pair has to be to be suggested.
        coherence: The axioms of the two models; with them nothing is suggested that makes a class impossible.

    Raises:
        TooLarge: the suggestions together take too long to think through.
    """
    shared = sides.left.entries.keys() & sides.right.entries.keys()
    decided = (decided or Decisions()) | Decisions(mapped=frozenset((iri, iri) for iri in shared))
    matched = match(sides, weighing, pairs=filter(decided.leaves_open, candidates(sides)), known=decided)
    return chosen(sides, matched, least=least, coherence=coherence)


def chosen(
    sides: Sides,
    matched: Matched,
    *,
    least: float = LEAST,
    coherence: Coherence | None = None,
) -> Suggested:
    """Choose one partner for each term, so that all together are the likeliest and make no class impossible.

    Args:
        sides: The two models.
        matched: How sure each pair is that may be suggested.
        least: How sure a pair has to be.
        coherence: The axioms of the two models; without them it is not looked at what pairs make impossible.
    """
    choice = _Choice(matched, least)
    pairs, conflicts = choice.chosen(frozenset()), tuple[Conflict, ...]()
    if coherence is not None:
        pairs, conflicts = coherent(choice, coherence, mapped=matched.mapped)
    left_out = frozenset(pair for each in conflicts for pair in each.pairs) - pairs
    figures, scores = choice.figures(left_out), Scores(matched.alone, matched.mapped)
    found = []
    for pair in pairs:
        near, confidence = figures[pair]
        found.append(_suggestion(sides, scores, pair, {**matched.figures[pair], RIVALS: near}, confidence))
    return Suggested(tuple(sorted(found, key=lambda each: (-each.confidence, each.pair))), conflicts)


class _Choice:
    """The choice of partners, made anew when some pairs turn out to be wrong."""

    def __init__(self, matched: Matched, least: float) -> None:
        self._matched = matched
        self._least = least
        self._figures: dict[frozenset[Pair], dict[Pair, tuple[float, float]]] = {}

    def figures(self, without: frozenset[Pair]) -> dict[Pair, tuple[float, float]]:
        """Return how near rivals come to each pair, and how sure it is, when some pairs are wrong."""
        if without not in self._figures:
            self._figures[without] = self._matched.rivalled(without)
        return self._figures[without]

    def chosen(self, without: frozenset[Pair]) -> frozenset[Pair]:
        """Return the choice when some pairs are wrong."""
        return assign(self._worth(without))

    def value(self, without: frozenset[Pair]) -> float:
        """Return what the choice is worth when some pairs are wrong."""
        worth = self._worth(without)
        return sum(worth[pair] for pair in assign(worth))

    def _worth(self, without: frozenset[Pair]) -> dict[Pair, float]:
        likely = {pair: sure for pair, (_, sure) in self.figures(without).items() if sure >= self._least}
        return {pair: odds(sure) - odds(self._least) + _TIE for pair, sure in likely.items()}


def _suggestion(
    sides: Sides, scores: Scores, pair: Pair, measured: Mapping[str, float], confidence: float
) -> Suggestion:
    left, right = sides.left.entries[pair[0]], sides.right.entries[pair[1]]
    figures = {**for_account(sides, scores, left, right), **measured}
    return Suggestion(left, right, confidence, figures, is_sure(sides, left, right, confidence, figures))
