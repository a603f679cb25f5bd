"""The metadata block of SSSOM/TSV: YAML of the modest kind that the specification allows.

Values stay the text they are written as, with the line they stand on. Anchors, aliases, tags and directives are
refused, as SSSOM 1.1 forbids them ("Forbidden YAML features") and as they can blow a small text up without bound.
"""

from collections import abc
from dataclasses import dataclass
from typing import Final

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from virtuales.errors import TooLarge, UnreadableInput

LARGEST: Final = 1_000_000
"""Characters that a metadata block may have."""
_DEEPEST: Final = 4
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class Entry:
    """A value of the metadata block and the line it stands on.

    Args:
        value: A text, a list, or a dictionary; None where YAML says that there is no value.
        line: The line in its file, counted from 1.
    """

    value: "str | list[Entry] | dict[str, Entry] | None"
    line: int

    def items(self) -> "list[Entry]":
        """Return the values of a list, or the only value where a list of one was written without its dash."""
        if self.value is None:
            return []
        return self.value if isinstance(self.value, list) else [self]


def parse_header(text: str, *, file: str, first_line: int = 1) -> dict[str, Entry]:
    """Read a metadata block.

    Args:
        text: The block, without the `#` that its lines begin with when it stands above its table.
        file: What errors call the file.
        first_line: The line of the file that the block begins on.

    Raises:
        TooLarge: the block has more than a million characters.
        UnreadableInput: it is not YAML, uses a forbidden feature, or is no dictionary; names the line.

    >>> parse_header("license: https://example.org/l", file="a.tsv")["license"].value
    'https://example.org/l'
    """
    if len(text) > LARGEST:
        raise TooLarge(f"The metadata block has {len(text):,} characters.", where=file, remedy=f"{LARGEST:,} at most.")
    reader = _HeaderReader(file, first_line)
    try:
        entry = reader.read(iter(yaml.parse(text, Loader=yaml.BaseLoader)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{file}, line {mark.line + first_line}" if mark else file
        raise UnreadableInput(
            f"The metadata block is not YAML: {error.problem}.",
            where=place,
            remedy="Write `slot: value` lines; a list has a line with a dash for each value.",
        ) from None
    except yaml.YAMLError as error:
        raise UnreadableInput(f"The metadata block is not YAML: {str(error)[:200]}.", where=file) from None
    if entry is None or entry.value is None:
        return {}
    if not isinstance(entry.value, dict):
        raise UnreadableInput(
            "The metadata block is no list of slots with values.",
            where=f"{file}, line {entry.line}",
            remedy="Write `slot: value` lines; it has no room for comments.",
        )
    return entry.value


class _HeaderReader:
    """Builds the values of a block from the events of the YAML parser."""

    def __init__(self, file: str, first_line: int) -> None:
        self._file = file
        self._first = first_line

    def read(self, events: abc.Iterator[yaml.Event]) -> Entry | None:
        for event in events:
            if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
                raise self._refusal(event, "a directive")
            if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent | AliasEvent):
                entry = self._value(event, events, depth=0)
                self._refuse_more(events)
                return entry
        return None

    def _refuse_more(self, events: abc.Iterator[yaml.Event]) -> None:
        for event in events:
            if isinstance(event, DocumentStartEvent):
                raise self._refusal(event, "a second document")

    def _value(self, event: yaml.Event, events: abc.Iterator[yaml.Event], *, depth: int) -> Entry:
        self._check(event, depth)
        line = self._line(event)
        if isinstance(event, ScalarEvent):
            nothing = event.style is None and event.value in _NOTHING
            return Entry(None if nothing else event.value, line)
        if isinstance(event, SequenceStartEvent):
            return Entry(list(self._items(events, depth)), line)
        return Entry(self._dictionary(events, depth), line)

    def _items(self, events: abc.Iterator[yaml.Event], depth: int) -> abc.Iterator[Entry]:
        for event in events:
            if isinstance(event, SequenceEndEvent):
                return
            yield self._value(event, events, depth=depth + 1)

    def _dictionary(self, events: abc.Iterator[yaml.Event], depth: int) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            self._check(event, depth)
            if not isinstance(event, ScalarEvent):
                raise self._refusal(event, "a list or dictionary for a key")
            if event.value in found:
                raise self._refusal(event, f"`{event.value}` twice")
            found[event.value] = self._value(next(events), events, depth=depth + 1)
        return found

    def _check(self, event: yaml.Event, depth: int) -> None:
        if isinstance(event, AliasEvent):
            raise self._refusal(event, "an alias")
        if getattr(event, "anchor", None) is not None:
            raise self._refusal(event, "an anchor")
        if getattr(event, "tag", None) is not None:
            raise self._refusal(event, "a tag")
        if depth > _DEEPEST:
            raise self._refusal(event, f"more than {_DEEPEST} levels")

    def _line(self, event: yaml.Event) -> int:
        return (event.start_mark.line if event.start_mark else 0) + self._first

    def _refusal(self, event: yaml.Event, what: str) -> UnreadableInput:
        return UnreadableInput(
            f"The metadata block has {what}.",
            where=f"{self._file}, line {self._line(event)}",
            remedy="Write plain slots, lists and values; anchors, aliases, tags and directives are forbidden.",
        )
