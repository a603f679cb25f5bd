"""Draws a lineage: a column for each step, sources to the left, what was made of the version to the right."""

from collections import defaultdict
from dataclasses import dataclass

from virtuales.catalogue.lineage import Lineage, LineageThing

_WIDTH, _HEIGHT = 290, 56
_GAP_ACROSS, _GAP_DOWN, _EDGE = 70, 24, 8
_LETTERS = 28


@dataclass(frozen=True)
class Box:
    """A thing in its place: the upper left corner, and two lines of text."""

    x: int
    y: int
    name: str
    below: str
    is_version: bool


@dataclass(frozen=True)
class Arrow:
    """A derivation, from the source to what was derived, as the path of an SVG."""

    path: str


@dataclass(frozen=True)
class Drawing:
    """A picture: its size, its boxes and its arrows."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    box_width: int = _WIDTH
    box_height: int = _HEIGHT


def draw_lineage(lineage: Lineage, *, licence_of: dict[str, str]) -> Drawing:
    """Lay out a lineage.

    Args:
        lineage: What is drawn.
        licence_of: Names of licences by their IRIs.
    """
    columns: defaultdict[int, list[LineageThing]] = defaultdict(list)
    for thing in lineage.things:
        columns[thing.steps].append(thing)
    tallest = max(len(column) for column in columns.values())
    height = 2 * _EDGE + tallest * (_HEIGHT + _GAP_DOWN)
    places: dict[str, tuple[int, int]] = {}
    for across, step in enumerate(sorted(columns)):
        column = columns[step]
        top = (height - len(column) * (_HEIGHT + _GAP_DOWN)) // 2
        for down, thing in enumerate(column):
            places[thing.iri] = (_EDGE + across * (_WIDTH + _GAP_ACROSS), top + down * (_HEIGHT + _GAP_DOWN))
    boxes = [_box(thing, places[thing.iri], licence_of) for thing in lineage.things]
    arrows = [
        Arrow(_path(places[source], places[derived]))
        for derived, source in lineage.derivations
        if source in places and derived in places
    ]
    width = 2 * _EDGE + len(columns) * _WIDTH + (len(columns) - 1) * _GAP_ACROSS
    return Drawing(width, height, tuple(boxes), tuple(arrows))


def _box(thing: LineageThing, place: tuple[int, int], licence_of: dict[str, str]) -> Box:
    licence = licence_of.get(thing.licence or "", thing.licence or "licence not known here")
    return Box(*place, name=_short(thing.title), below=_short(licence), is_version=thing.steps == 0)


def _short(text: str) -> str:
    if len(text) <= _LETTERS:
        return text
    is_iri = text.startswith(("https://", "http://", "urn:"))
    return f"…{text[1 - _LETTERS :]}" if is_iri else f"{text[: _LETTERS - 1]}…"


def _path(source: tuple[int, int], derived: tuple[int, int]) -> str:
    """Return a curve from the right side of a source to the left side of what was derived, below what is between."""
    x1, y1 = source[0] + _WIDTH, source[1] + _HEIGHT // 2
    x2, y2 = derived[0] - 2, derived[1] + _HEIGHT // 2
    if x2 - x1 <= _GAP_ACROSS:
        middle = (x1 + x2) // 2
        return f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"
    bend, below = _GAP_ACROSS // 2, max(y1, y2) + _HEIGHT // 2 + _GAP_DOWN // 2
    return (
        f"M{x1} {y1}C{x1 + bend} {y1} {x1} {below} {x1 + bend} {below}L{x2 - bend} {below}"
        f"C{x2} {below} {x2 - bend} {y2} {x2} {y2}"
    )
