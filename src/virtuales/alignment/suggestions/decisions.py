"""What the installation has decided already: which terms are mapped, what is denied, and what that teaches.

A decision between two models is any mapping of a registered set. Nothing is suggested that is decided, and what people
answer for teaches what evidences are worth; what a tool matched and nobody looked at teaches nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.suggestions.scoring import Pair
from virtuales.alignment.terms import (
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    EXACT_MATCH,
    MANUAL_CURATION,
    MAPPING_REVIEW,
    NO_TERM_FOUND,
    SAME_AS,
)

SAME: Final = frozenset({EXACT_MATCH, EQUIVALENT_CLASS, EQUIVALENT_PROPERTY, SAME_AS})
"""Predicates that say two terms mean the same, so that neither has another such partner in that model."""


@dataclass(frozen=True)
class Decisions:
    """What is decided between two models.

    Args:
        mapped: The pairs that mean the same.
        related: The pairs that are related otherwise.
        denied: The pairs of which a mapping says that they are not so related.
        without: Terms of which a mapping says that they have no counterpart.
        taught: The pairs on which a person decided, of any kind.
    """

    mapped: frozenset[Pair] = frozenset()
    related: frozenset[Pair] = frozenset()
    denied: frozenset[Pair] = frozenset()
    without: frozenset[str] = frozenset()
    taught: frozenset[Pair] = frozenset()

    @classmethod
    def of(cls, mappings: Iterable[Mapping]) -> "Decisions":
        """Read what mappings decide; their subjects are terms of the left model."""
        mapped, related, denied, taught = set[Pair](), set[Pair](), set[Pair](), set[Pair]()
        without: set[str] = set()
        for each in mappings:
            pair = (each.subject_id, each.object_id)
            if each.unmapped:
                without.update({*pair} - {NO_TERM_FOUND} if not each.negated else ())
                continue
            kind = denied if each.negated else mapped if each.predicate_id in SAME else related
            kind.add(pair)
            if _by_a_person(each):
                taught.add(pair)
        return cls(frozenset(mapped), frozenset(related), frozenset(denied), frozenset(without), frozenset(taught))

    def __or__(self, other: "Decisions") -> "Decisions":
        """Return both together."""
        return Decisions(
            self.mapped | other.mapped,
            self.related | other.related,
            self.denied | other.denied,
            self.without | other.without,
            self.taught | other.taught,
        )

    def leaves_open(self, pair: Pair) -> bool:
        """Tell whether a pair is still to be decided: it is not itself, and neither of its terms has a partner."""
        return pair not in self.related and pair not in self.denied and self.leaves_alone(pair)

    def leaves_alone(self, pair: Pair) -> bool:
        """Tell whether neither term of a pair has a partner, nor is said to have none."""
        return pair[0] not in self._taken[0] and pair[1] not in self._taken[1]

    @cached_property
    def _taken(self) -> tuple[frozenset[str], frozenset[str]]:
        left, right = (frozenset(pair[side] for pair in self.mapped) | self.without for side in (0, 1))
        return left, right


def _by_a_person(mapping: Mapping) -> bool:
    """Tell whether a person answers for a mapping: made it, reviewed it, or put their name to what a tool found."""
    named = mapping.author_id or mapping.reviewer_id
    return bool(named) or mapping.mapping_justification in {MANUAL_CURATION, MAPPING_REVIEW}
