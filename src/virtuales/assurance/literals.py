"""Which literals are well-formed: lexical forms judged against the lexical space of their datatype.

See https://www.w3.org/TR/xmlschema11-2/ and https://www.w3.org/TR/shacl/#DatatypeConstraintComponent. A datatype that
is not listed here has no lexical rule that we know, and every form is accepted.
"""

import calendar
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from virtuales.assurance.dictionary import XSD, BoolArray, TermDictionary

_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_YEAR = r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_DAYS = r"(?:[0-9]+D)"
_CLOCK = r"T(?:[0-9]+H(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?|[0-9]+M(?:[0-9]+(?:\.[0-9]+)?S)?|[0-9]+(?:\.[0-9]+)?S)"
_MONTHS = r"(?:[0-9]+Y(?:[0-9]+M)?|[0-9]+M)"
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_FLOAT = rf"(?:{_NUMBER}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN)"
_INTEGER = r"[+-]?[0-9]+"
_DAY_OF_MONTH = rf"(?:(?:0[13578]|1[02])-{_DAY}|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))"
_NC_NAME = r"[\p{L}_][\p{L}\p{N}\p{M}._\-·]*"

_LEXICAL: Mapping[str, str] = MappingProxyType(
    {
        "boolean": "true|false|0|1",
        "decimal": _NUMBER,
        "float": _FLOAT,
        "double": _FLOAT,
        "integer": _INTEGER,
        "long": _INTEGER,
        "int": _INTEGER,
        "short": _INTEGER,
        "byte": _INTEGER,
        "nonNegativeInteger": r"\+?[0-9]+|-0+",
        "positiveInteger": r"\+?0*[1-9][0-9]*",
        "nonPositiveInteger": r"-[0-9]+|\+?0+",
        "negativeInteger": r"-0*[1-9][0-9]*",
        "unsignedLong": r"\+?[0-9]+|-0+",
        "unsignedInt": r"\+?[0-9]+|-0+",
        "unsignedShort": r"\+?[0-9]+|-0+",
        "unsignedByte": r"\+?[0-9]+|-0+",
        "dateTime": rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}?",
        "dateTimeStamp": rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
        "date": rf"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}?",
        "time": rf"{_TIME}{_ZONE}?",
        "gYear": rf"{_YEAR}{_ZONE}?",
        "gYearMonth": rf"{_YEAR}-{_MONTH}{_ZONE}?",
        "gMonth": rf"--{_MONTH}{_ZONE}?",
        "gMonthDay": rf"--{_DAY_OF_MONTH}{_ZONE}?",
        "gDay": rf"---{_DAY}{_ZONE}?",
        "duration": rf"-?P(?:{_MONTHS}{_DAYS}?(?:{_CLOCK})?|{_DAYS}(?:{_CLOCK})?|{_CLOCK})",
        "dayTimeDuration": rf"-?P(?:{_DAYS}(?:{_CLOCK})?|{_CLOCK})",
        "yearMonthDuration": rf"-?P{_MONTHS}",
        "hexBinary": r"(?:[0-9a-fA-F]{2})*",
        "base64Binary": r"(?:(?:[A-Za-z0-9+/] ?){4})*(?:(?:[A-Za-z0-9+/] ?){2}(?:[A-Za-z0-9+/] ?=|= ?=))?",
        "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
        "normalizedString": r"[^\t\n\r]*",
        "token": r"(?:[^ \t\n\r]+(?: [^ \t\n\r]+)*)?",
        "NCName": _NC_NAME,
        "Name": r"[\p{L}_:][\p{L}\p{N}\p{M}._\-·:]*",
        "NMTOKEN": r"[\p{L}\p{N}\p{M}._\-·:]+",
    }
)

_WIDTHS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "long": pl.Int64(),
        "int": pl.Int32(),
        "short": pl.Int16(),
        "byte": pl.Int8(),
        "unsignedLong": pl.UInt64(),
        "unsignedInt": pl.UInt32(),
        "unsignedShort": pl.UInt16(),
        "unsignedByte": pl.UInt8(),
    }
)
_CALENDAR = frozenset({"dateTime", "dateTimeStamp", "date"})


class LiteralForms:
    """Judges the literals of a dictionary, each datatype once.

    Args:
        dictionary: The terms.
    """

    def __init__(self, dictionary: TermDictionary) -> None:
        self._dictionary = dictionary
        self._known: dict[str, BoolArray] = {}

    def well_formed(self, datatype: str) -> BoolArray:
        """Tell for each term whether it is a literal of the datatype (a bare IRI) with a form that it allows."""
        if datatype not in self._known:
            self._known[datatype] = self._judge(datatype)
        return self._known[datatype]

    def _judge(self, datatype: str) -> BoolArray:
        right = self._dictionary.datatype_is([datatype])
        name = datatype.removeprefix(XSD)
        rows = np.flatnonzero(right)
        if name not in _LEXICAL or not len(rows):
            return right
        forms = self._dictionary.text.gather(rows)
        fits = forms.str.contains(rf"^(?:{_LEXICAL[name]})$")
        if name in _WIDTHS:
            fits &= (
                forms.str.strip_prefix("+").str.replace("^-0+$", "0").cast(_WIDTHS[name], strict=False).is_not_null()
            )
        if name in _CALENDAR:
            late = fits & forms.str.contains(r"^-?[0-9]+-[0-9]{2}-(?:29|30|31)")
            if late.any():
                places = late.arg_true()
                fits = fits.scatter(places, [_is_day(form) for form in forms.gather(places)])
        right[rows] = fits.to_numpy()
        return right


def _is_day(form: str) -> bool:
    """Tell whether a date's day is one that its month has."""
    sign = -1 if form.startswith("-") else 1
    year, month, day = form.lstrip("-")[: form.lstrip("-").index("-") + 6].split("-")
    leap = calendar.isleap(sign * int(year))
    days = 28 + leap if month == "02" else 30 if month in {"04", "06", "09", "11"} else 31
    return int(day) <= days
