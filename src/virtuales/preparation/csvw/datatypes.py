"""Cell values: text to lexical forms of XML Schema, with the formats of the tabular metadata.

See https://www.w3.org/TR/tabular-data-model/#parsing-cells and https://www.w3.org/TR/tabular-metadata/#datatypes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from types import MappingProxyType

from virtuales.errors import InputError, UnknownTerm
from virtuales.rdf.namespaces import RDF, XSD

_INTEGERS: Mapping[str, tuple[int | None, int | None]] = MappingProxyType(
    {
        "integer": (None, None),
        "long": (-(2**63), 2**63 - 1),
        "int": (-(2**31), 2**31 - 1),
        "short": (-(2**15), 2**15 - 1),
        "byte": (-(2**7), 2**7 - 1),
        "nonNegativeInteger": (0, None),
        "positiveInteger": (1, None),
        "nonPositiveInteger": (None, 0),
        "negativeInteger": (None, -1),
        "unsignedLong": (0, 2**64 - 1),
        "unsignedInt": (0, 2**32 - 1),
        "unsignedShort": (0, 2**16 - 1),
        "unsignedByte": (0, 2**8 - 1),
    }
)
_NUMBERS = {*_INTEGERS, "decimal", "double", "float"}
_DATES = {"date", "dateTime", "time", "dateTimeStamp"}
_ZONE = r"(?:Z|[+-]\d\d:\d\d)?"
_FORMS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "decimal": re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"),
        "double": re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|INF|-INF|NaN"),
        "date": re.compile(r"-?\d{4,}-\d\d-\d\d" + _ZONE),
        "time": re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?" + _ZONE),
        "dateTime": re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?" + _ZONE),
        "dateTimeStamp": re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"),
        "gYear": re.compile(r"-?\d{4,}" + _ZONE),
        "gYearMonth": re.compile(r"-?\d{4,}-\d\d" + _ZONE),
        "gMonth": re.compile(r"--\d\d" + _ZONE),
        "gDay": re.compile(r"---\d\d" + _ZONE),
        "gMonthDay": re.compile(r"--\d\d-\d\d" + _ZONE),
        "duration": re.compile(r"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"),
        "hexBinary": re.compile(r"(?:[0-9a-fA-F]{2})*"),
        "base64Binary": re.compile(r"[A-Za-z0-9+/= ]*"),
        "language": re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*"),
    }
)
_TEXTS = {"string", "normalizedString", "token", "anyURI", "Name", "NMTOKEN", "QName", "anyAtomicType"}
_ALIASES = {"number": "double", "datetime": "dateTime", "binary": "base64Binary", "any": "anyAtomicType"}
_ALIASES |= {"dayTimeDuration": "duration", "yearMonthDuration": "duration"}
_OTHERS = {"xml": RDF.iri + "XMLLiteral", "html": RDF.iri + "HTML", "json": "http://www.w3.org/ns/csvw#JSON"}
_FIELDS = {
    "yyyy": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d\d)",
    "M": r"(?P<month>\d\d?)",
    "dd": r"(?P<day>\d\d)",
    "d": r"(?P<day>\d\d?)",
    "HH": r"(?P<hour>\d\d)",
    "mm": r"(?P<minute>\d\d)",
    "ss": r"(?P<second>\d\d)",
}
_field = re.compile(r"yyyy|MM|M|dd|d|HH|mm|ss|\.?S+|[Xx]{1,3}|.", re.DOTALL)


_day = re.compile(r"-?(\d{4,})-(\d\d)-(\d\d)")


@dataclass(frozen=True)
class Datatype:
    """A datatype with its format and limits.

    Args:
        name: Its local name in XML Schema, or `xml`, `html`, `json`.
        iri: The IRI that literals get; by default that of the name.
        format: How values are written: a number's pattern, a date's pattern, or `true|false` of a truth value.
        decimal: What stands between whole and fraction.
        group: What stands between thousands; empty for nothing.
        minimum: The least value, in the datatype's lexical form.
        maximum: The greatest value.
        least_length: The fewest characters.
        most_length: The most characters.
    """

    name: str = "string"
    iri: str | None = None
    format: str | None = None
    decimal: str = "."
    group: str = ""
    minimum: str | None = None
    maximum: str | None = None
    least_length: int | None = None
    most_length: int | None = None

    def __post_init__(self) -> None:
        """Refuse a datatype that is not known here, and a format that cannot be checked."""
        canonical = _ALIASES.get(self.name, self.name)
        object.__setattr__(self, "name", canonical)
        if canonical not in {*_NUMBERS, *_FORMS, *_TEXTS, *_OTHERS, "boolean"}:
            raise UnknownTerm(f"`{canonical}` is no datatype.", where="datatype", remedy="Use one of XML Schema.")
        if self.format and canonical not in _NUMBERS | _DATES | {"boolean"}:
            raise UnknownTerm(
                f"A format of {canonical} values is not checked here.",
                where="datatype",
                remedy="Leave it out, and register shapes with `sh:pattern`.",
            )

    @property
    def literal_iri(self) -> str:
        """The IRI of the datatype of literals."""
        return self.iri or _OTHERS.get(self.name) or XSD.iri + self.name

    def lexical(self, text: str) -> str:
        """Return the lexical form of a cell's text.

        Raises:
            InputError: the text is no value of the datatype in its format; the caller adds the place.

        >>> Datatype("date", format="dd/MM/yyyy").lexical("08/06/2026")
        '2026-06-08'
        >>> Datatype("decimal", decimal=",", group=".").lexical("1.234,50")
        '1234.50'
        """
        value = self._form(text)
        self._check_limits(value)
        return value

    def _form(self, text: str) -> str:
        if self.name in _NUMBERS:
            return self._number(text)
        if self.name == "boolean":
            return self._boolean(text)
        if self.format and self.name in _DATES:
            return _moment(self.name, self.format, text)
        form = _FORMS.get(self.name)
        if form is not None and not form.fullmatch(text):
            raise _no_value(text, self.name)
        if self.name in {"date", "dateTime", "dateTimeStamp"}:
            _refuse_no_day(text, self.name)
        return text

    def _number(self, text: str) -> str:
        plain = text.replace(self.group, "") if self.group else text
        plain = plain.replace(self.decimal, ".") if self.decimal != "." else plain
        percent = {"%": 2, "‰": 3}.get(plain[-1:], 0)
        if percent and self.format and plain[-1] in self.format:
            plain = str(Decimal(plain[:-1]).scaleb(-percent)) if _FORMS["decimal"].fullmatch(plain[:-1]) else plain
        form = _FORMS["double" if self.name in {"double", "float"} else "decimal"]
        if not form.fullmatch(plain):
            raise _no_value(text, self.name)
        if self.name in _INTEGERS:
            least, most = _INTEGERS[self.name]
            whole = not plain.strip("+-0123456789") and len(plain) < 400  # noqa: PLR2004  (longer is no number of ours)
            if not whole or (least is not None and int(plain) < least) or (most is not None and int(plain) > most):
                raise _no_value(text, self.name)
        return plain

    def _boolean(self, text: str) -> str:
        yes, _, no = (self.format or "true|false").partition("|")
        if text in {yes, *(() if self.format else ("1",))}:
            return "true"
        if text in {no, *(() if self.format else ("0",))}:
            return "false"
        raise _no_value(text, "boolean")

    def _check_limits(self, value: str) -> None:
        if self.least_length is not None and len(value) < self.least_length:
            raise InputError(f"`{value[:80]}` is shorter than {self.least_length} characters.")
        if self.most_length is not None and len(value) > self.most_length:
            raise InputError(f"`{value[:80]}` is longer than {self.most_length} characters.")
        if self.minimum is not None and self._order(value) < self._order(self.minimum):
            raise InputError(f"{value} is less than the minimum {self.minimum}.")
        if self.maximum is not None and self._order(value) > self._order(self.maximum):
            raise InputError(f"{value} is more than the maximum {self.maximum}.")

    def _order(self, value: str) -> tuple[Decimal, str]:
        return (Decimal(value.replace("INF", "Infinity")), "") if self.name in _NUMBERS else (Decimal(0), value)


def _moment(name: str, pattern: str, text: str) -> str:
    found = re.fullmatch("".join(_field_form(piece) for piece in _field.findall(pattern)), text)
    if found is None:
        raise InputError(f"`{text[:80]}` is no {name} written as `{pattern}`.")
    said = found.groupdict()
    day = time_of_day = ""
    try:
        if "year" in said:
            day = date(int(said["year"]), int(said.get("month") or 1), int(said.get("day") or 1)).isoformat()
        if "hour" in said:
            hour, minute, second = (int(said.get(part) or 0) for part in ("hour", "minute", "second"))
            time_of_day = time(hour, minute, second).isoformat()
    except ValueError as error:
        raise InputError(f"`{text[:80]}` is no {name}: {error}.") from None
    fraction = (said.get("fraction") or "").lstrip(".")
    zone = said.get("zone") or ""
    zone = f"{zone[:3]}:{zone[3:].lstrip(':') or '00'}" if zone not in {"", "Z"} else zone
    clock = time_of_day + (f".{fraction}" if fraction else "")
    if name == "date":
        return day + zone
    return (clock if name == "time" else f"{day}T{clock or '00:00:00'}") + zone


def _field_form(piece: str) -> str:
    if piece.strip("S.") == "" and "S" in piece:
        return r"(?P<fraction>\.?\d+)?"
    if piece.lower().strip("x") == "":
        return r"(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?"
    return _FIELDS.get(piece) or re.escape(piece)


def _refuse_no_day(text: str, name: str) -> None:
    year, month, day = _day.match(text).groups()  # type: ignore[union-attr]  # the form was matched before
    try:
        date(int(year) if int(year) in range(1, 10_000) else 2000, int(month), int(day))
    except ValueError:
        raise _no_value(text, name) from None


def _no_value(text: str, name: str) -> InputError:
    return InputError(f"`{text[:80]}` is no {name}.")
