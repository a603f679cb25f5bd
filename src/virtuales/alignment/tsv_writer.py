"""Writing SSSOM/TSV in the canonical form of the specification, so that equal sets give equal bytes.

See "Canonical SSSOM/TSV format" of https://mapping-commons.github.io/sssom/spec-formats-tsv/.
"""

import re
from collections import abc
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from virtuales.alignment.curies import Contraction
from virtuales.alignment.extensions import holds_references, property_of
from virtuales.alignment.mapping import ExtensionDefinition, Value
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.propagation import condensed, propagated
from virtuales.alignment.slots import MAPPING_SLOTS, SET_SLOTS, Slot, absent
from virtuales.alignment.terms import BUILT_IN_PREFIXES
from virtuales.alignment.validation import version_needed
from virtuales.alignment.values import join_values

CANONICAL_DIGITS: Final = 3
"""Digits after the decimal point that the specification's canonical form keeps."""
_QUOTED: Final = re.compile(r'["\t\r\n]')
_PLAIN: Final = re.compile(r"[A-Za-z0-9_/(<.+$^;=~\\](?:[^\x00-\x1f\x7f-\x9f:#\ufeff\u2028\u2029]|:(?=\S)|(?<=\S)#)*")
_NOT_PLAIN: Final = re.compile(
    r"(?i:~|null|true|false|yes|no|on|off|y|n)|[-+]?(\d[\d_,]*\.?[\d_]*|\.\d+)(?i:e[-+]?\d+)?|0[xob][\da-fA-F_]+|[-+]?\.(?i:inf|nan)"
    r"|\d+(:\d+)+(\.\d*)?|=|<<"
)
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write_tsv(
    mapping_set: MappingSet, *, digits: int | None = None, condense: bool = True, lenient: bool = False
) -> str:
    """Write a mapping set; columns, rows, prefixes and declarations stand in the specification's order.

    Args:
        mapping_set: The set.
        digits: Digits after the decimal point to round numbers to; by default as many as a number has, so that nothing
            is lost. `CANONICAL_DIGITS` gives the specification's canonical form.
        condense: Whether what all mappings share is said once, in the metadata block.
        lenient: Whether an identifier that no prefix fits is written in full, as some files have it.

    Raises:
        InputError: no prefix of the set fits an identifier.
    """
    return _Writer(propagated(mapping_set), digits, condense=condense, lenient=lenient).text()


def number_text(number: float, digits: int | None = None) -> str:
    """Write a number without an exponent; halves are rounded away from zero.

    >>> number_text(0.7835, 3), number_text(1.0), number_text(0.840714406)
    ('0.784', '1', '0.840714406')
    """
    exact = Decimal(repr(number))
    if digits is not None:
        exact = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class _Column:
    """A column: its name, its cells, and whether any of them has to be quoted."""

    name: str
    cells: list[str]
    quoted: bool


class _Writer:
    """Writes one set."""

    def __init__(self, mapping_set: MappingSet, digits: int | None, *, condense: bool, lenient: bool) -> None:
        self._set = mapping_set
        self._digits = digits
        self._lenient = lenient
        self._contraction = Contraction(mapping_set.curie_map)
        needed = version_needed(mapping_set)
        self._version = "1.1" if "1.1" in (needed, mapping_set.sssom_version) else mapping_set.sssom_version
        self._shared = condensed(mapping_set, self._version or "1.0") if condense else {}

    def text(self) -> str:
        columns = [*self._standard_columns(), *self._extension_columns()]
        slots = [*self._slot_lines(), *self._definition_lines(), *self._extension_lines()]
        header = [*self._version_lines(), *self._prefix_lines(), *slots]
        rows = sorted(zip(*(column.cells for column in columns), strict=True))
        names = "\t".join(column.name for column in columns)
        body: abc.Iterable[str] = map("\t".join, rows)
        if any(column.quoted for column in columns):
            body = ("\t".join(_quoted(cell) if _QUOTED.search(cell) else cell for cell in row) for row in rows)
        return "\n".join([*(f"#{line}" for line in header), names, *body]) + "\n"

    def _standard_columns(self) -> abc.Iterator[_Column]:
        said = [mapping.__dict__ for mapping in self._set.mappings]
        spoken = set().union(*said)
        for slot in MAPPING_SLOTS:
            if slot.name in self._shared or not (slot.name in spoken or slot.name in _ALWAYS):
                continue
            nothing = absent(slot)
            values = [slots.get(slot.name, nothing) for slots in said]
            column = self._column(slot, values)
            if slot.name in _ALWAYS or any(column.cells):
                yield column

    def _column(self, slot: Slot, values: list[Value | None]) -> _Column:
        if slot.kind in {"text", "uri", "choice"} and not slot.multivalued:
            cells = [str(value) for value in values]
            return _Column(slot.name, cells, any(map(_QUOTED.search, set(cells))))
        known: dict[Value | None, str] = {absent(slot): ""}
        for value in set(values) - known.keys():
            known[value] = self._cell(slot, value)
        quoted = slot.kind == "text" and any(map(_QUOTED.search, known.values()))
        return _Column(slot.name, [known[value] for value in values], quoted)

    def _cell(self, slot: Slot, value: Value | None) -> str:
        return join_values(map(self._text(slot), value)) if isinstance(value, tuple) else self._text(slot)(value)

    def _text(self, slot: Slot) -> abc.Callable[[Value | None], str]:
        if slot.kind == "reference":
            return self._identifier
        return self._plain

    def _plain(self, value: Value | None) -> str:
        if isinstance(value, float | int):
            return number_text(float(value), self._digits)
        return value.isoformat() if isinstance(value, date) else str(value)

    def _identifier(self, value: Value | None) -> str:
        text = str(value)
        if self._lenient or ":" not in text:
            return self._contraction.find(text) or text
        return self._contraction.get(text)

    def _extension_columns(self) -> abc.Iterator[_Column]:
        definitions = self._set.extension_definitions
        names = {name for mapping in self._set.mappings for name in mapping.extensions}
        for name in sorted(names, key=lambda each: property_of(each, definitions)):
            values = [mapping.extensions.get(name, "") for mapping in self._set.mappings]
            if holds_references(self._definition(name)):
                values = [self._identifier(value) if value else "" for value in values]
            yield _Column(name, values, any(map(_QUOTED.search, set(values))))

    def _definition(self, name: str) -> ExtensionDefinition | None:
        return next((each for each in self._set.extension_definitions if each.slot_name == name), None)

    def _version_lines(self) -> abc.Iterator[str]:
        if self._version:
            yield f'sssom_version: "{self._version}"'

    def _prefix_lines(self) -> abc.Iterator[str]:
        used = sorted(self._contraction.used - BUILT_IN_PREFIXES.keys())
        if used:
            yield "curie_map:"
        for name in used:
            yield f"  {scalar(name)}: {scalar(self._set.curie_map[name])}"

    def _slot_lines(self) -> abc.Iterator[str]:
        for slot in SET_SLOTS:
            value = self._shared.get(slot.name, getattr(self._set, slot.name))
            if slot.name == "sssom_version" or value == absent(slot):
                continue
            if isinstance(value, tuple):
                yield f"{slot.name}:"
                for each in value:
                    yield f"  - {scalar(self._text(slot)(each))}"
            else:
                yield f"{slot.name}: {self._scalar_of(slot, value)}"

    def _scalar_of(self, slot: Slot, value: Value) -> str:
        text = self._text(slot)(value)
        return text if slot.kind in {"number", "date"} else scalar(text)

    def _definition_lines(self) -> abc.Iterator[str]:
        used = {name for mapping in self._set.mappings for name in mapping.extensions} | self._set.extensions.keys()
        definitions = [each for each in self._set.extension_definitions if each.slot_name in used]
        if definitions:
            yield "extension_definitions:"
        for each in sorted(definitions, key=lambda one: property_of(one.slot_name, definitions)):
            yield f"  - slot_name: {scalar(each.slot_name)}"
            for key, iri in (("property", each.property), ("type_hint", each.type_hint)):
                if iri:
                    yield f"    {key}: {scalar(self._identifier(iri))}"

    def _extension_lines(self) -> abc.Iterator[str]:
        definitions = self._set.extension_definitions
        for name in sorted(self._set.extensions, key=lambda each: property_of(each, definitions)):
            value = self._set.extensions[name]
            is_reference = holds_references(self._definition(name))
            yield f"{scalar(name)}: {scalar(self._identifier(value) if is_reference else value)}"


_ALWAYS: Final = frozenset({"subject_id", "predicate_id", "object_id", "mapping_justification"})
"""Columns that a table without rows has too, so that it is one."""


def scalar(text: str) -> str:
    r"""Write a text as a YAML scalar: plain where that can be read as nothing else, and else in double quotes.

    >>> scalar("Exact, by hand"), scalar("no"), scalar("1.10"), scalar("a: b"), scalar("C:\\x")
    ('Exact, by hand', '"no"', '"1.10"', '"a: b"', 'C:\\x')
    """
    if _PLAIN.fullmatch(text) and not _NOT_PLAIN.fullmatch(text) and not text.endswith((" ", ":")):
        return text
    return '"' + "".join(_ESCAPES.get(char) or _escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    code = ord(char)
    if char.isprintable():
        return char
    if code < 0x100:  # noqa: PLR2004  # the longest that \xNN can say
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004  # the longest for \uNNNN


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
