"""The part of JSONPath that mappings use: names, indexes, all members and descent; see RFC 9535, section 2.

Filters and slices are refused: a mapping that needs them is better written as a query.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from virtuales.errors import InputError

_step = re.compile(
    r"""(?P<deep>\.\.)?(?:\.?(?P<all>\*)|\.?(?P<name>[^.\[\]*'"\s$?@()]+(?:[ ][^.\[\]*'"\s$?@()]+)*)
    |\[\s*(?:(?P<every>\*)|(?P<index>-?\d+)|'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)")\s*\])""",
    re.VERBOSE,
)
_Step = Callable[[object], Iterator[object]]


class JsonPath:
    """A compiled path.

    Args:
        text: The path; without `$` at its start it counts from the record.
        where: What errors call its place.

    Raises:
        InputError: it is no path of the part that is known here.

    >>> list(JsonPath("$.a[*]['b c']", where="map").find({"a": [{"b c": 1}, {"b c": 2}, {}]}))
    [1, 2]
    >>> list(JsonPath("name", where="map").find({"name": "x"}))
    ['x']
    """

    def __init__(self, text: str, *, where: str) -> None:
        self._steps: list[_Step] = []
        self._names: list[str | None] = []
        self._ends_with_members = False
        rest = text.removeprefix("$") if text.startswith("$") else "." + text
        place = 0
        while place < len(rest):
            match = _step.match(rest, place)
            if match is None or (match["name"] and not match["deep"] and rest[place] != "."):
                raise InputError(
                    f"`{text[:200]}` is no JSONPath that is known here.",
                    where=where,
                    remedy="Use `$`, `.name`, `['name']`, `[0]`, `[*]` and `..name`.",
                )
            if match["deep"]:
                self._steps.append(_descend)
            self._steps.append(_one_step(match))
            self._names += [None] * bool(match["deep"]) + [_name(match)]
            self._ends_with_members = bool(match["all"] or match["every"])
            place = match.end()

    @property
    def names(self) -> tuple[str, ...] | None:
        """The names of the members it leads through, if it leads through nothing else."""
        return tuple(name for name in self._names if name is not None) if None not in self._names else None

    @property
    def names_before_members(self) -> tuple[str, ...] | None:
        """The names it leads through before it takes all members, if that is all it does."""
        *names, last = self._names or [""]
        simple = last is None and self._ends_with_members and None not in names
        return tuple(name for name in names if name is not None) if simple else None

    def find(self, value: object) -> Sequence[object]:
        """Return what the path leads to from a value, in the order of the document."""
        found: list[object] = [value]
        for step in self._steps:
            found = [inner for outer in found for inner in step(outer)]
        return found


def _one_step(match: re.Match[str]) -> _Step:
    if match["all"] or match["every"]:
        return _members
    if match["index"]:
        return _at(int(match["index"]))
    return _named(_name(match) or "")


def _name(match: re.Match[str]) -> str | None:
    """Return the name of the member that a step leads to, None for a step of another kind."""
    if match["all"] or match["every"] or match["index"]:
        return None
    quoted = match["single"] if match["single"] is not None else match["double"]
    return match["name"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)


def _named(name: str) -> _Step:
    def step(value: object) -> Iterator[object]:
        if isinstance(value, dict) and name in value:
            yield value[name]

    return step


def _at(index: int) -> _Step:
    def step(value: object) -> Iterator[object]:
        if isinstance(value, list) and -len(value) <= index < len(value):
            yield value[index]

    return step


def _members(value: object) -> Iterator[object]:
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()


def _descend(value: object) -> Iterator[object]:
    pending = [value]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(list(_members(current))))
