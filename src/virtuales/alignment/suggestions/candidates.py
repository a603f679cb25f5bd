"""Which pairs are looked at: those that share a telling word or are near in meaning, since all would take too long."""

from collections.abc import Iterable, Iterator

from virtuales.alignment.suggestions.meaning import near
from virtuales.alignment.suggestions.observed import in_common
from virtuales.alignment.suggestions.scoring import Pair
from virtuales.alignment.suggestions.sides import Entry, Side, Sides, comparable
from virtuales.alignment.suggestions.wording import Wording
from virtuales.models.words import squashed

ENOUGH = 60
"""When a term has so many candidates by its rarer words, its commoner words are not looked up."""


def candidates(sides: Sides) -> tuple[Pair, ...]:
    """Return the pairs to look at, sorted."""
    index = _index(sides.right, sides.wording)
    found: set[Pair] = set()
    for entry in sides.left.entries.values():
        found.update((entry.iri, other.iri) for other in _partners(entry, index, sides.wording))
    found.update(tuple(_inverses(sides, found)))
    found.update(_observed(sides))
    found.update(near(sides))
    return tuple(sorted(found))


def _index(side: Side, wording: Wording) -> dict[str, list[Entry]]:
    index: dict[str, list[Entry]] = {}
    for entry in side.entries.values():
        for key in _keys(entry, wording):
            index.setdefault(key, []).append(entry)
    return index


def _keys(entry: Entry, wording: Wording) -> set[str]:
    keys = {f"={squashed(name)}" for name in entry.names}
    for words in entry.words:
        keys.update(key for word in words for key in wording.keys(word))
        keys.add("=" + "".join(words))
    return keys


def _partners(entry: Entry, index: dict[str, list[Entry]], wording: Wording) -> Iterator[Entry]:
    """Give the terms that share a key, those of the rarest keys first, until there are enough."""
    seen: set[str] = set()
    for key in sorted(_keys(entry, wording) & index.keys(), key=lambda key: (key[0] != "=", len(index[key]), key)):
        if len(seen) + len(index[key]) > ENOUGH and seen:
            return
        for other in index[key]:
            if other.iri not in seen and comparable(entry.sort, other.sort):
                seen.add(other.iri)
                yield other


def _inverses(sides: Sides, pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Give the pairs of what two properties of a pair are the other way round."""
    for left, right in pairs:
        one, other = sides.left.entries[left].attributes, sides.right.entries[right].attributes
        back, forth = (one.inverse, other.inverse) if one and other else (None, None)
        if back in sides.left.entries and forth in sides.right.entries:
            yield str(back), str(forth)


def _observed(sides: Sides) -> Iterator[Pair]:
    """Give the pairs that data brings together, whatever they are called."""
    if sides.observed is None:
        return
    one, other = sides.observed
    for pair in (*in_common(one.objects, other.objects), *in_common(one.values, other.values)):
        left, right = sides.left.entries.get(pair[0]), sides.right.entries.get(pair[1])
        if left and right and comparable(left.sort, right.sort):
            yield pair
