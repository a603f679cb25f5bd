"""Evidence in data: objects that both models' data describe, and values that both give."""

from virtuales.alignment.suggestions.observed import FEWEST
from virtuales.alignment.suggestions.scoring import Scores
from virtuales.alignment.suggestions.sides import Entry, Sides


def instances(sides: Sides, scores: Scores, left: Entry, right: Entry) -> float:
    """Return how much of what data says with the two is the same; 0 without data."""
    del scores
    if sides.observed is None:
        return 0.0
    one, other = sides.observed
    if left.is_property:
        return _shared(one.values.get(left.iri), other.values.get(right.iri))
    return _shared(one.objects.get(left.iri), other.objects.get(right.iri))


def _shared(one: set[str] | None, other: set[str] | None) -> float:
    if not one or not other:
        return 0.0
    common = len(one & other)
    return common / min(len(one), len(other)) if common >= FEWEST else 0.0
