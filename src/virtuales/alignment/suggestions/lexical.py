"""Evidence in how names are written: the same name, or one that is spelt much alike."""

from functools import lru_cache
from itertools import product

from rapidfuzz.distance import Indel, JaroWinkler

from virtuales.alignment.suggestions.scoring import Scores
from virtuales.alignment.suggestions.sides import Entry, Sides
from virtuales.models.words import squashed

_OTHER_WRITING = 0.99
"""What the same words in another writing are worth."""
_OTHER_ORDER = 0.97
"""What the same words in another order are worth."""
_OTHER_NAME = 0.95
"""What it is worth that a name which is not in the term's IRI is the same."""
_LEAST = 0.6


def same_name(sides: Sides, scores: Scores, left: Entry, right: Entry) -> float:
    """Tell whether the two have the same name; less if it is written otherwise, in another order, or not the first."""
    del sides, scores
    if left.names[0] == right.names[0]:
        return 1.0
    best = 0.0
    for (at, one), (to, other) in product(enumerate(left.words), enumerate(right.words)):
        if len(one) == len(other) and sorted(one) == sorted(other):
            worth = _OTHER_WRITING if one == other else _OTHER_ORDER
            best = max(best, worth if at == to == 0 else worth * _OTHER_NAME)
    return best


def spelling(sides: Sides, scores: Scores, left: Entry, right: Entry) -> float:
    """Return how much alike the names are, letter by letter."""
    del sides, scores
    best = 0.0
    for at, one in enumerate(left.names):
        for to, other in enumerate(right.names):
            found = _alike(one, other)
            best = max(best, found if at == to == 0 else found * _OTHER_NAME)
    return best


@lru_cache(maxsize=200_000)
def _alike(one: str, other: str) -> float:
    first, second = squashed(one), squashed(other)
    if not first or not second:
        return 0.0
    indel = float(Indel.normalized_similarity(first, second, score_cutoff=_LEAST))
    return (indel + float(JaroWinkler.similarity(first, second))) / 2 if indel else 0.0
