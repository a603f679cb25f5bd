"""Reading the value of one slot from the text that files hold, with what is doubtful about it.

What SSSOM 1.1 asks for is taken silently; what real files hold and is clear is taken with a warning; the rest is an
error, and its value is left out.
"""

import re
from collections import abc
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Final

from virtuales.alignment.curies import is_iri, is_written_in_full
from virtuales.alignment.findings import Severity
from virtuales.alignment.mapping import Value
from virtuales.alignment.slots import VERSIONS, Slot
from virtuales.alignment.terms import JUSTIFICATIONS, NO_TERM_FOUND, SEMAPV, SSSOM

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_TIME: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}.*")
_PARTS: Final = re.compile(r"(?:[^|\\]|\\[|\\]|\\)*")
_ESCAPED: Final = re.compile(r"\\([|\\])")
_FORMER_NO_TERM: Final = SSSOM + "NoMapping"


@dataclass(frozen=True)
class Doubt:
    """What is wrong or doubtful about a text, wherever it stands; the fields are those of a finding."""

    rule: str
    severity: Severity
    what: str
    remedy: str = ""


class SlotReader:
    """Reads the values of one slot; each text is judged once, however often it occurs.

    Args:
        slot: The slot.
        prefixes: The prefixes that identifiers are written with.
        version: The version of SSSOM that the file declares.
    """

    def __init__(self, slot: Slot, prefixes: abc.Mapping[str, str], version: str = "1.0") -> None:
        self.slot = slot
        self.prefixes = prefixes
        self.version = version
        self.doubts: dict[str, list[Doubt]] = {}
        """The texts that are doubtful, with what is doubtful about them."""
        self._known: dict[str, str | float | date | None] = {"": None}

    def single(self, text: str) -> str | float | date | None:
        """Return the value that a text stands for, or None if it stands for none; doubts are then in `doubts`."""
        if text not in self._known:
            self._known[text] = self._read(text)
        return self._known[text]

    def expanded(self, iri: str) -> str | None:
        """Return the identifier that an IRI is, where no prefixes are used; doubts are then in `doubts`."""
        if iri not in self._known:
            value, doubt = _known_reference(self, iri, iri)
            self._known[iri] = value
            if doubt is not None:
                self.doubt(iri, doubt)
        value = self._known[iri]
        return None if value is None else str(value)

    def several(self, texts: abc.Iterable[str]) -> tuple[str, ...] | None:
        """Return the values of several texts, or None if there are none."""
        values = tuple(str(value) for value in map(self.single, texts) if value is not None)
        return values or None

    def doubt(self, text: str, doubt: Doubt) -> None:
        """Say what is doubtful about a text."""
        self.doubts.setdefault(text, []).append(doubt)

    def _read(self, text: str) -> str | float | date | None:
        if self.slot.kind == "text":
            return text
        stripped = text.strip()
        if stripped != text:
            what = f"`{stripped}` has spaces around it."
            self.doubt(text, Doubt("spaces-around", "warning", what, "They are left out."))
        if not stripped:
            return None
        value, doubt = _READERS[self.slot.kind](self, stripped)
        if doubt is not None:
            self.doubt(text, doubt)
        return value


class ColumnReader(dict[str, Value | None]):
    """Reads the cells of one column of a table: a text to the slot's value, or None if the cell says nothing.

    Args:
        reader: The reader of the slot's single values.
    """

    def __init__(self, reader: SlotReader) -> None:
        super().__init__({"": None})
        self.reader = reader
        self.doubts: dict[str, list[Doubt]] = {}
        """The cells that are doubtful, with what is doubtful about them."""

    def __missing__(self, cell: str) -> Value | None:
        """Read a cell that was not met before."""
        parts = split_values(cell) if self.reader.slot.multivalued else [cell]
        value = self.reader.several(parts) if self.reader.slot.multivalued else self.reader.single(cell)
        doubts = [doubt for part in parts for doubt in self.reader.doubts.get(part, ())]
        if doubts:
            self.doubts[cell] = doubts
        self[cell] = value
        return value


def split_values(cell: str) -> list[str]:
    r"""Return the values of a cell of a multi-valued slot (SSSOM 1.1, "Multi-valued slots").

    >>> split_values(r"a|b\|c|d\\")
    ['a', 'b|c', 'd\\']
    """
    if "\\" not in cell:
        return cell.split("|")
    parts, start = [], 0
    while start <= len(cell):
        found = _PARTS.match(cell, start)
        end = found.end() if found else start
        parts.append(_ESCAPED.sub(r"\1", cell[start:end]))
        start = end + 1
    return parts


def join_values(values: abc.Iterable[str]) -> str:
    r"""Write the values of a multi-valued slot into one cell; `split_values` undoes it.

    >>> join_values(["a", "b|c"])
    'a|b\\|c'
    """
    return "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values)


Taken = tuple[str | float | date | None, Doubt | None]


def _reference(reader: SlotReader, text: str) -> Taken:
    prefix, colon, local = text.partition(":")
    start = reader.prefixes.get(prefix) if colon else None
    if start is not None:
        return _known_reference(reader, text, start + local)
    if is_written_in_full(text) and is_iri(text):
        what = f"`{text}` is written in full."
        value, doubt = _known_reference(reader, text, text)
        return value, doubt or Doubt("identifier-in-full", "warning", what, "Declare a prefix and write it with that.")
    if colon and " " not in text:
        remedy = f"Declare `{prefix}` in `curie_map`."
        return None, Doubt(
            "unknown-prefix", "error", f"`{text}` has the prefix `{prefix}`, which is undeclared.", remedy
        )
    return None, Doubt("no-identifier", "error", f"`{text}` is no identifier.", "Write a prefix, a colon and a name.")


def _known_reference(reader: SlotReader, text: str, iri: str) -> Taken:
    name = reader.slot.name
    if not is_iri(iri):
        what = f"`{text}` stands for <{iri}>, which is no IRI."
        return None, Doubt("no-iri", "error", what, "Encode the characters an IRI cannot hold.")
    if name == "mapping_justification" and iri not in JUSTIFICATIONS:
        known = ", ".join(sorted(each.removeprefix(SEMAPV) for each in JUSTIFICATIONS))
        what = f"`{text}` is no justification that SSSOM knows."
        return None, Doubt("unknown-justification", "error", what, f"Write `semapv:` and one of {known}.")
    if iri == _FORMER_NO_TERM and name in {"subject_id", "object_id"}:
        what = f"`{text}` is no term of SSSOM; it is taken for `sssom:NoTermFound`."
        return NO_TERM_FOUND, Doubt("former-term", "warning", what, "Write `sssom:NoTermFound`.")
    if iri == NO_TERM_FOUND and name not in {"subject_id", "object_id"}:
        what = "`sssom:NoTermFound` stands for no term here."
        return None, Doubt("misplaced-no-term", "error", what, "It can be a subject or an object only.")
    return iri, None


def _uri(reader: SlotReader, text: str) -> Taken:
    if is_iri(text):
        return text, None
    severity: Severity = "warning" if reader.version == "1.0" else "error"
    what = f"`{text}` is no absolute URI."
    value = text if severity == "warning" else None
    return value, Doubt("no-uri", severity, what, "Write it in full, beginning with `https:` or another scheme.")


def _date(_: SlotReader, text: str) -> Taken:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text), None
        longer = _DATE_TIME.fullmatch(text)
        if longer:
            what = f"`{text}` is a time; its date is taken."
            return date.fromisoformat(longer[1]), Doubt("time-for-date", "warning", what, f"Write `{longer[1]}`.")
    except ValueError:  # a thirteenth month and its like; said below
        return None, Doubt("no-date", "error", f"There is no date `{text}`.", "Write year-month-day, as 2026-11-30.")
    return None, Doubt("no-date", "error", f"`{text}` is no date.", "Write year-month-day, such as 2026-11-30.")


def _number(reader: SlotReader, text: str) -> Taken:
    low, high = reader.slot.minimum, reader.slot.maximum
    remedy = f"Write a number from {low:g} to {high:g}." if low is not None and high is not None else "Write a number."
    try:
        number = float(text)
    except ValueError:
        return None, Doubt("no-number", "error", f"`{text}` is no number.", remedy)
    if not isfinite(number) or "_" in text:
        return None, Doubt("no-number", "error", f"`{text}` is no number.", remedy)
    if (low is not None and number < low) or (high is not None and number > high):
        return None, Doubt("out-of-range", "error", f"`{text}` is out of range.", remedy)
    return number, None


def _choice(reader: SlotReader, text: str) -> Taken:
    choices = reader.slot.choices
    if text in choices:
        return text, None
    meant = {name.casefold(): name for name in choices} | {iri: name for name, iri in choices.items() if iri}
    prefix, _, local = text.partition(":")
    found = meant.get(text.casefold()) or meant.get(text) or meant.get(reader.prefixes.get(prefix, "\0") + local)
    remedy = "Write one of " + ", ".join(f"`{name}`" for name in choices) + "."
    if found:
        return found, Doubt("other-spelling", "warning", f"`{text}` is taken for `{found}`.", f"Write `{found}`.")
    return None, Doubt("no-choice", "error", f"`{text}` is none of what the slot can be.", remedy)


def _version(_: SlotReader, text: str) -> Taken:
    if text == VERSIONS[0]:
        what = "A file of version 1.0 does not say so: `sssom_version` came with 1.1."
        return text, Doubt("version-said-too-early", "warning", what, "Leave it out, or write `1.1`.")
    if text in VERSIONS:
        return text, None
    return None, Doubt("unknown-version", "error", f"Version `{text}` of SSSOM is not known.", "Known are 1.0 and 1.1.")


_READERS: Final[abc.Mapping[str, abc.Callable[[SlotReader, str], Taken]]] = {
    "reference": _reference,
    "uri": _uri,
    "date": _date,
    "number": _number,
    "choice": _choice,
    "version": _version,
}
