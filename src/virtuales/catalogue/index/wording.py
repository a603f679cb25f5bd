"""What was typed, taken apart: words and phrases, each with what it means."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from virtuales.catalogue.index.fields import stems, words
from virtuales.catalogue.index.thesaurus import LONGEST, Meaning, Thesaurus
from virtuales.models.words import STOP_WORDS

_QUOTED: Final = re.compile(r'"([^"]*)"')
_COMMON: Final = """
about all between data dataset datasets does each find get give how i information know list many me much my need our out
please show some tell there they us want we what where which who whose would you your
"""
_ASIDE: Final = frozenset(_COMMON.split())
"""Words of questions that say nothing of what is looked for."""

Means = Callable[[tuple[str, ...]], tuple[Meaning, ...]]


@dataclass(frozen=True)
class Unit:
    """A word, or several that belong together, of what was typed.

    Args:
        text: As it was typed, in lower case.
        words: Its words without endings.
        is_quoted: Whether the words have to follow each other.
        meanings: What else it leads to.
    """

    text: str
    words: tuple[str, ...]
    is_quoted: bool = False
    meanings: tuple[Meaning, ...] = ()


def read_units(text: str, thesaurus: Thesaurus, names: Means = lambda _: ()) -> tuple[Unit, ...]:
    """Take apart what was typed.

    Args:
        text: What was typed.
        thesaurus: What words mean.
        names: What further names words are part of, such as those of organisations.
    """
    units: list[Unit] = []
    for place, part in enumerate(_QUOTED.split(text)):
        if place % 2:
            stemmed = stems(part)
            if stemmed:
                units.append(Unit(" ".join(words(part)), stemmed, is_quoted=len(stemmed) > 1))
        else:
            units.extend(_plain(words(part), thesaurus, names))
    telling = [unit for unit in units if not (set(unit.text.split()) <= _ASIDE | STOP_WORDS)]
    return tuple(dict.fromkeys(telling or units))


def _plain(typed: tuple[str, ...], thesaurus: Thesaurus, names: Means) -> Iterator[Unit]:
    stemmed = [stem for word in typed for stem in stems(word)]
    start = 0
    while start < len(stemmed):
        for length in range(min(LONGEST, len(stemmed) - start), 0, -1):
            span = tuple(stemmed[start : start + length])
            meanings = (*thesaurus.meanings(span), *names(span))
            if meanings or length == 1:
                yield Unit(" ".join(typed[start : start + length]), span, meanings=meanings)
                start += length
                break
