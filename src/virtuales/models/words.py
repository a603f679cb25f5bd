"""Words of names and of sentences, as people type them: split, without plurals, forgiving one slip of a finger."""

import re
from collections.abc import Iterator

_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PLAIN = re.compile(r"[^\W_]+")
_STEMS = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("uses", "us"))
_KEPT = ("ss", "us", "is", "series")
_SHORTEST_PLURAL = 4
_COMMON = """
a an and any are as at be by can for from has have if in into is it its may no not of on only or shall should such than
that the their then there these this those to used was when where which will with
"""
STOP_WORDS = frozenset(_COMMON.split())
"""Words too common to tell one term from another."""


def words_of_name(name: str) -> list[str]:
    """Split a name as it is written in a model, and keep it whole too, in lower case.

    >>> words_of_name("ACLineSegment")
    ['aclinesegment', 'ac', 'line', 'segment']
    >>> words_of_name("r0")
    ['r0', 'r', '0']
    """
    found: dict[str, None] = {}
    for part in _PLAIN.findall(name):
        found.update(dict.fromkeys([part.lower(), *_pieces(part)]))
    return list(found)


def parts_of_name(name: str) -> list[str]:
    """Split a name as it is written in a model, in order and in lower case.

    >>> parts_of_name("ACLineSegment.r0"), parts_of_name("has_Co-Author")
    (['ac', 'line', 'segment', 'r', '0'], ['has', 'co', 'author'])
    """
    return [piece for part in _PLAIN.findall(name) for piece in _pieces(part)]


def words_of_text(text: str) -> list[str]:
    """Return the words of a sentence or of what somebody typed, in lower case.

    >>> words_of_text("132 kV Bus-bars")
    ['132', 'kv', 'bus', 'bars']
    """
    return [word.lower() for word in _PLAIN.findall(text)]


def stem(word: str) -> str:
    """Return the singular of a plain English plural; other words stay as they are.

    >>> [stem(word) for word in ("busbars", "capacities", "losses", "buses", "status", "series", "gas")]
    ['busbar', 'capacity', 'loss', 'bus', 'status', 'series', 'gas']
    """
    if len(word) < _SHORTEST_PLURAL or word.endswith(_KEPT):
        return word
    for ending, singular in _STEMS:
        if word.endswith(ending):
            return word.removesuffix(ending) + singular
    return word.removesuffix("s")


def squashed(text: str) -> str:
    """Return the letters and digits of a text alone, in lower case, so that spelling apart or together is the same.

    >>> squashed("Grid supply-point")
    'gridsupplypoint'
    """
    return "".join(words_of_text(text))


def begins_almost(word: str, typed: str) -> bool:
    """Tell whether a word begins as typed, but for one letter too many, too few, wrong, or two that changed places.

    >>> [begins_almost("transformer", typed) for typed in ("trasn", "tansform", "transfformer", "trxnsf", "trxnxf")]
    [True, True, True, True, False]
    >>> begins_almost("tran", "transformer")
    False
    """
    place = next((at for at, (a, b) in enumerate(zip(word, typed, strict=False)) if a != b), None)
    if place is None:
        return len(word) >= len(typed) - 1
    rest, said = word[place:], typed[place:]
    swapped = rest[1:2] == said[:1] and rest[:1] == said[1:2]
    return (
        rest[1:].startswith(said[1:])
        or rest.startswith(said[1:])
        or rest[1:].startswith(said)
        or (swapped and rest[2:].startswith(said[2:]))
    )


def _pieces(part: str) -> list[str]:
    return [piece.lower() for piece in _CAMEL.findall(_parted(part))]


def _parted(name: str) -> str:
    """Part a run of capitals from the word that follows it: `ACLine` is `AC Line`."""
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", name)


def sentences(*texts: str) -> Iterator[str]:
    """Give the telling words of sentences."""
    for text in texts:
        yield from (word for word in words_of_text(text) if word not in STOP_WORDS)
