"""Evidence in the words of names: how much of what they say is the same, rare words counting more than common ones.

The measure is the soft TF-IDF of Cohen, Ravikumar and Fienberg (2003), made symmetrical: each word is held against the
word of the other name that is most like it.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from weakref import WeakKeyDictionary

from virtuales.alignment.suggestions.scoring import Scores
from virtuales.alignment.suggestions.sides import Entry, Side, Sides
from virtuales.alignment.suggestions.wording import Words

_Alike = Callable[[str, str], float]
_OTHER_NAME = 0.95
"""What a name is worth that is not in the term's IRI."""
_IMPLIED = 0.9
"""What a name is worth without the words that its place in the model implies."""
_weights: "WeakKeyDictionary[Side, Mapping[str, float]]" = WeakKeyDictionary()


def words(sides: Sides, scores: Scores, left: Entry, right: Entry) -> float:
    """Return how much of the two names is made of the same words, synonyms not counted."""
    del scores

    def alike(one: str, other: str) -> float:
        return 0.0 if sides.wording.synonymous(one, other) else sides.wording.alike(one, other)

    return _best(sides, left, right, alike)


def synonyms(sides: Sides, scores: Scores, left: Entry, right: Entry) -> float:
    """Return how much of the two names means the same when words that mean the same in general count too."""
    del scores
    return _best(sides, left, right, sides.wording.alike)


def head(sides: Sides, scores: Scores, left: Entry, right: Entry) -> float:
    """Return how much alike the words are that say what the two are: of an English name, the last."""
    del scores
    best = 0.0
    for at, one in enumerate(left.words):
        for to, other in enumerate(right.words):
            found = 1.0 if sorted(one) == sorted(other) else sides.wording.alike(one[-1], other[-1])
            best = max(best, found if at == to == 0 else found * _OTHER_NAME)
    return best


def weights_of(side: Side) -> Mapping[str, float]:
    """Return how telling each word is in the names of a model: the rarer the more, from 0 to 1."""
    if side not in _weights:
        counts = Counter(
            word for entry in side.entries.values() for word in {word for _, words in _worded(entry) for word in words}
        )
        most = math.log(1 + len(side.entries))
        _weights[side] = {word: math.log(1 + len(side.entries) / count) / most for word, count in counts.items()}
    return _weights[side]


def soft_overlap(
    one: Words, other: Words, weights: tuple[Mapping[str, float], Mapping[str, float]], alike: _Alike
) -> float:
    """Return how much of two names is the same, from 0 to 1.

    What a name is a kind of, its last word, is held against the last word of the other, and what specifies it against
    what specifies the other; names of the same words in another order are the same all the same.

    Args:
        one: The words of one name.
        other: The words of the other.
        weights: How telling each word is, for either name.
        alike: What two words are worth to each other.
    """
    if len(one) == len(other) and sorted(one) == sorted(other):
        return 1.0
    got = _got(one[-1:], other[-1:], weights, alike) + _got(one[:-1], other[:-1], weights, alike)
    return got / (sum(weights[0][a] for a in one) + sum(weights[1][b] for b in other))


def _got(one: Words, other: Words, weights: tuple[Mapping[str, float], Mapping[str, float]], alike: _Alike) -> float:
    table = [[alike(a, b) for b in other] for a in one]
    got = sum(weights[0][a] * max(row, default=0.0) for a, row in zip(one, table, strict=True))
    return got + sum(weights[1][b] * max((row[at] for row in table), default=0.0) for at, b in enumerate(other))


def _best(sides: Sides, left: Entry, right: Entry, alike: _Alike) -> float:
    best = 0.0
    for worth, one in _worded(left):
        for value, other in _worded(right):
            if min(worth, value) > best:
                weights = weights_of(sides.left), weights_of(sides.right)
                best = max(best, min(worth, value) * soft_overlap(one, other, weights, alike))
    return best


def _worded(entry: Entry) -> Iterable[tuple[float, Words]]:
    """Give the wordings of a term with what each is worth."""
    yield 1.0, entry.words[0]
    yield from ((_OTHER_NAME, words) for words in entry.words[1:])
    yield from ((_IMPLIED, words) for words in entry.implied)
