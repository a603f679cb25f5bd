"""Which suggestions are sure: the same name, of which nothing else is called in part, where nothing speaks against it.

A likelihood alone does not make a pair sure: `Paper` and `Paper` are likely the same, but where there are short papers,
submitted papers and posters beside them, the two may draw the line differently. So a sure pair has the same name, and
besides either that name is found in no other of either model, or its whole surroundings agree.
"""

from collections.abc import Mapping
from typing import Final
from weakref import WeakKeyDictionary

from virtuales.alignment.suggestions.sides import Entry, Side, Sides
from virtuales.alignment.suggestions.wording import plain_words, telling

_LIKELY: Final = 0.75
_RIVAL: Final = 0.5
_AGREED: Final = 0.9
_AROUND, _INSIDE = 0.8, 0.5
_holders: "WeakKeyDictionary[Side, dict[str, set[str]]]" = WeakKeyDictionary()


def is_sure(sides: Sides, left: Entry, right: Entry, confidence: float, figures: Mapping[str, float]) -> bool:
    """Tell whether a pair is sure.

    Args:
        sides: The two models.
        left: The term of the left model.
        right: The term of the right model.
        confidence: How likely it is that they mean the same.
        figures: Their evidences.
    """
    if confidence < _LIKELY or figures.get("rivals", 0.0) > _RIVAL or not _same_words(left, right):
        return False
    single = _is_single(sides.left, left) and _is_single(sides.right, right)
    if left.sort == "value" or left.is_property:
        agreed = min(figures.get("owners", 0.0), figures.get("values", 1.0)) >= _AGREED
        return agreed and (single or left.names[0] == right.names[0])
    return single or (figures.get("hierarchy", 0.0) >= _AROUND and figures.get("members", 0.0) >= _INSIDE)


def _same_words(left: Entry, right: Entry) -> bool:
    """Tell whether the two first names have the same words as they are written, abbreviations not written out."""
    one, other = (sorted(telling(plain_words(entry.names[0]))) for entry in (left, right))
    return one == other


def _is_single(side: Side, entry: Entry) -> bool:
    """Tell whether no other name in the model has all words of a term's name."""
    if side not in _holders:
        holders: dict[str, set[str]] = {}
        for each in side.entries.values():
            for word in {word for name in each.names for word in telling(side.wording.words(name))}:
                holders.setdefault(word, set()).add(each.iri)
        _holders[side] = holders
    found = [_holders[side].get(word, set()) for word in entry.words[0]]
    return set.intersection(*found) <= {entry.iri}
