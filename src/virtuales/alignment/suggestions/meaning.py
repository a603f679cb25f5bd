"""Evidence in what names mean: a language model's vectors of two names point the same way.

The vectors are an extra (`virtuales[embedding]`). Without them this evidence is 0 for every pair, and decides nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from virtuales.alignment.suggestions.lexical import same_name
from virtuales.alignment.suggestions.scoring import Pair, Scores
from virtuales.alignment.suggestions.sides import Entry, Side, Sides, comparable

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Gives for each text a vector of length 1, a row each."""

_UNRELATED: Final = 0.6
"""The cosine up to which names say nothing of each other."""
_NEAR: Final = 0.7
"""The cosine from which a pair is looked at that shares no word."""
_NEIGHBOURS: Final = 3
_ROWS: Final = 512


def with_meaning(sides: Sides, embed: Embed) -> Sides:
    """Return two models with the vectors of their terms' names.

    Args:
        sides: The two models.
        embed: The language model.
    """
    texts = {iri: _text(sides, entry) for side in (sides.left, sides.right) for iri, entry in side.entries.items()}
    distinct = sorted(set(texts.values()))
    rows = dict(zip(distinct, embed(distinct), strict=True)) if distinct else {}
    return replace(sides, vectors={iri: rows[text] for iri, text in texts.items()})


def meaning(sides: Sides, scores: Scores, left: Entry, right: Entry) -> float:
    """Return how near the meanings of two names are, from 0 for unrelated ones to 1.

    Names that are the same say nothing more by meaning the same, so that is 0 too.
    """
    if sides.vectors is None or same_name(sides, scores, left, right):
        return 0.0
    cosine = float(sides.vectors[left.iri] @ sides.vectors[right.iri])
    return max(0.0, (cosine - _UNRELATED) / (1 - _UNRELATED))


def near(sides: Sides) -> Iterator[Pair]:
    """Give for each left term the few right terms whose names are nearest in meaning, if they are near at all."""
    if sides.vectors is None:
        return
    ours, theirs = _sorted(sides.left), _sorted(sides.right)
    if not ours or not theirs:
        return
    columns = np.stack([sides.vectors[entry.iri] for entry in theirs])
    for begin in range(0, len(ours), _ROWS):
        some = ours[begin : begin + _ROWS]
        cosines = np.stack([sides.vectors[entry.iri] for entry in some]) @ columns.T
        for entry, row in zip(some, cosines, strict=True):
            best = (theirs[int(at)] for at in np.argsort(-row, kind="stable")[: 4 * _NEIGHBOURS] if row[at] >= _NEAR)
            fit = [other.iri for other in best if comparable(entry.sort, other.sort)]
            yield from ((entry.iri, iri) for iri in fit[:_NEIGHBOURS])


def _sorted(side: Side) -> list[Entry]:
    return [side.entries[iri] for iri in sorted(side.entries)]


def _text(sides: Sides, entry: Entry) -> str:
    return " ".join(sides.wording.words(entry.names[0])) or entry.label
