"""What a term is to a program that knows no RDF: text, a number as it is written, a truth value, a day, an instant."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from virtuales.assurance.reading import literal_parts
from virtuales.rdf.namespaces import XSD

Kind = Literal["text", "integer", "decimal", "double", "boolean", "date", "dateTime", "localDateTime"]
"""What sort of value a column of a table can hold."""

_WHOLE: Final = (
    *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
    *("negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
)
_KINDS: Final[dict[str, Kind]] = {
    **{f"{XSD.iri}{name}": "integer" for name in _WHOLE},
    f"{XSD.iri}decimal": "decimal",
    f"{XSD.iri}double": "double",
    f"{XSD.iri}float": "double",
    f"{XSD.iri}boolean": "boolean",
    f"{XSD.iri}date": "date",
    f"{XSD.iri}dateTime": "dateTime",
    f"{XSD.iri}dateTimeStamp": "dateTime",
}
_NUMBERS: Final = frozenset({"integer", "decimal", "double"})
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})
Cell: TypeAlias = "str | int | float | bool | Decimal | date | datetime"
"""A value of a typed column."""
_READERS: Final[Mapping[Kind, Callable[[str], Cell]]] = {
    "text": str,
    "integer": int,
    "decimal": Decimal,
    "double": float,
    "boolean": lambda text: text in _TRUE,
    "date": date.fromisoformat,
    "dateTime": datetime.fromisoformat,
    "localDateTime": datetime.fromisoformat,
}
_number = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d+)?")
_day = re.compile(r"\d{4}-\d\d-\d\d")
_instant = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)?")


class Number(str):
    """A number as it is written, in a form that JSON allows."""

    __slots__ = ()


@dataclass(frozen=True)
class PlainValue:
    """A term without RDF.

    Args:
        text: The IRI, the label of a blank node with its `_:`, or the lexical form.
        kind: What sort of value it is; a form that its datatype does not allow is text.
        language: The language of a text that has one.
        datatype: The datatype's IRI; empty for what is no literal, and for a text in a language.
    """

    text: str
    kind: Kind = "text"
    language: str = ""
    datatype: str = ""

    @property
    def for_json(self) -> str | bool:
        """The value as JSON has it: a number as it is written, a truth value, or text.

        >>> plain_value('"012.50"^^<http://www.w3.org/2001/XMLSchema#decimal>').for_json
        '12.50'
        """
        if self.kind == "boolean":
            return self.text in _TRUE
        if self.kind in _NUMBERS:
            return Number(json_number(self.text) or self.text)
        return self.text

    @property
    def for_column(self) -> "Cell":
        """The value as a typed column has it."""
        return _READERS[self.kind](self.text)


def plain_value(term: str) -> PlainValue:
    """Return the value of a term that is written as in N-Triples.

    >>> plain_value('"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>').kind
    'decimal'
    >>> plain_value("<urn:a>").text
    'urn:a'
    """
    if not term.startswith('"'):
        return PlainValue(term[1:-1] if term.startswith("<") else term)
    text, datatype, language = literal_parts(term)
    return PlainValue(text, _kind(text, datatype), language, datatype)


def json_number(text: str) -> str | None:
    """Write a number so that JSON allows it, digit for digit; None for what is none, such as `INF`.

    >>> [json_number(text) for text in ("1.50", "+01", ".5", "7.", "-0.0", "1E3", "INF", "")]
    ['1.50', '1', '0.5', '7', '-0.0', '1E3', None, None]
    """
    found = _number.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        return None
    sign, whole, fraction, exponent = found.groups(default="")
    return ("-" if sign == "-" else "") + (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "") + exponent


def _kind(text: str, datatype: str) -> Kind:
    kind = _KINDS.get(datatype, "text")
    if kind in _NUMBERS:
        number = json_number(text)
        allowed = number is not None and (kind == "double" or not {"e", "E"} & set(number))
        return kind if allowed and not (kind == "integer" and "." in text) else "text"
    if kind == "boolean":
        return kind if text in _TRUE | _FALSE else "text"
    return _moment(text, kind) if kind in {"date", "dateTime"} else "text"


def _moment(text: str, kind: Kind) -> Kind:
    """Tell what sort of moment a text is; one that Python's calendar or clock does not have is text."""
    if not (_day if kind == "date" else _instant).fullmatch(text):
        return "text"
    try:
        if kind == "date":
            date.fromisoformat(text)
            return kind
        return "localDateTime" if datetime.fromisoformat(text).tzinfo is None else "dateTime"
    except ValueError:
        return "text"
