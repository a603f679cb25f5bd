"""Which of two literals is less, as SPARQL's `<` says, for whole columns of pairs.

Numbers compare with numbers, strings with strings, booleans with booleans, dates and times with their own kind; all
else cannot be compared. Of two instants one of which has no time zone, the order is known only when they are more than
14 hours apart (https://www.w3.org/TR/xmlschema11-2/#dateTime-order).
"""

import re
from decimal import Decimal
from functools import cached_property, lru_cache

import numpy as np
import polars as pl

from virtuales.assurance.dictionary import XSD, BoolArray, IntArray, TermDictionary
from virtuales.assurance.literals import LiteralForms

LESS, EQUAL, GREATER, UNORDERED = -1, 0, 1, 2

_SIGNED = ("integer", "long", "int", "short", "byte", "nonPositiveInteger", "negativeInteger")
_UNSIGNED = ("nonNegativeInteger", "positiveInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte")
_EXACT = [f"{XSD}{name}" for name in ("decimal", *_SIGNED, *_UNSIGNED)]
_FLOATS = [f"{XSD}{name}" for name in ("float", "double")]
_NONE, _NUMERIC, _STRING, _BOOLEAN, _DATE_TIME, _DATE, _CLOCK = range(7)
_FAMILIES = {
    _NUMERIC: (*_EXACT, *_FLOATS),
    _STRING: (f"{XSD}string",),
    _BOOLEAN: (f"{XSD}boolean",),
    _DATE_TIME: (f"{XSD}dateTime", f"{XSD}dateTimeStamp"),
    _DATE: (f"{XSD}date",),
    _CLOCK: (f"{XSD}time",),
}
_INSTANT = re.compile(
    r"(?:(?P<year>-?\d+)-(?P<month>\d\d)-(?P<day>\d\d))?T?(?:(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>[\d.]+))?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?"
)
_DAY = 86_400
_UNKNOWN_ZONE = 14 * 3600


class LiteralOrder:
    """Compares the literals of a dictionary.

    Args:
        dictionary: The terms.
        forms: Tells which literals are well-formed; the others cannot be compared.
    """

    def __init__(self, dictionary: TermDictionary, forms: LiteralForms) -> None:
        self._dictionary = dictionary
        self._forms = forms

    def compare(self, left: IntArray, right: IntArray) -> IntArray:
        """Compare two columns of terms, pair by pair.

        Returns:
            `LESS`, `EQUAL`, `GREATER` or `UNORDERED` for each pair.
        """
        family = self._family[left]
        same = (family == self._family[right]) & (family != _NONE)
        answer = np.full(len(left), UNORDERED, np.int8)
        for kind in np.unique(family[same]):
            chosen = np.flatnonzero(same & (family == kind))
            pair = left[chosen], right[chosen]
            answer[chosen] = self._numbers(*pair) if kind == _NUMERIC else self._others(*pair)
        return answer

    def _numbers(self, left: IntArray, right: IntArray) -> IntArray:
        one, other = self._number[left], self._number[right]
        answer = np.sign(np.nan_to_num(np.subtract(one, other, where=one != other, out=np.zeros(len(one))), nan=0.0))
        answer = np.where(np.isnan(one) | np.isnan(other), UNORDERED, answer).astype(np.int8)
        close = (one == other) & (left != right) & self._exact[left] & self._exact[right]
        for place in np.flatnonzero(close):
            first, second = (Decimal(self._text(side[place])) for side in (left, right))
            answer[place] = (first > second) - (first < second)
        return np.asarray(answer)

    def _others(self, left: IntArray, right: IntArray) -> IntArray:
        pairs, place = np.unique(np.stack([left, right], axis=1), axis=0, return_inverse=True)
        kind = int(self._family[left[0]])
        judged = [_compare_texts(kind, self._text(one), self._text(other)) for one, other in pairs]
        return np.asarray(np.array(judged, np.int8)[place.ravel()])

    def _text(self, number: int) -> str:
        return str(self._dictionary.text[int(number)])

    @cached_property
    def _family(self) -> IntArray:
        family = np.zeros(len(self._dictionary), np.int8)
        for kind, datatypes in _FAMILIES.items():
            for datatype in set(datatypes) & set(self._dictionary.datatype_names):
                family[self._forms.well_formed(datatype)] = kind
        return family

    @cached_property
    def _number(self) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        value = np.full(len(self._dictionary), np.nan)
        rows = np.flatnonzero(self._family == _NUMERIC)
        text = self._dictionary.text.gather(rows).str.strip_prefix("+").str.strip_suffix(".")
        value[rows] = text.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
        return value

    @cached_property
    def _exact(self) -> BoolArray:
        return self._dictionary.datatype_is(_EXACT)


def _compare_texts(kind: int, left: str, right: str) -> int:
    if kind == _STRING:
        return (left > right) - (left < right)
    if kind == _BOOLEAN:
        return (left in {"true", "1"}) - (right in {"true", "1"})
    (one, zoned), (other, other_zoned) = _instant(left), _instant(right)
    if zoned != other_zoned and abs(one - other) <= _UNKNOWN_ZONE:
        return UNORDERED
    return (one > other) - (one < other)


@lru_cache(maxsize=65_536)
def _instant(form: str) -> tuple[Decimal, bool]:
    """Return a well-formed date, time or both as seconds, and whether it says its time zone."""
    match = _INSTANT.fullmatch(form)
    if match is None:
        raise ValueError(f"`{form}` was taken for a well-formed date or time")
    days = _days(int(match["year"]), int(match["month"]), int(match["day"])) if match["year"] else 0
    seconds = Decimal(days * _DAY)
    if match["hour"]:
        seconds += int(match["hour"]) * 3600 + int(match["minute"]) * 60 + Decimal(match["second"])
    zone = match["zone"]
    if zone and zone != "Z":
        offset = int(zone[1:3]) * 3600 + int(zone[4:]) * 60
        seconds += -offset if zone[0] == "+" else offset
    return seconds, zone is not None


def _days(year: int, month: int, day: int) -> int:
    """Count the days since 0000-03-01 in the proleptic Gregorian calendar."""
    shifted = year - (month <= 2)  # noqa: PLR2004  # the year is counted from March, so that the leap day comes last
    month_index = (month + 9) % 12
    return 365 * shifted + shifted // 4 - shifted // 100 + shifted // 400 + (153 * month_index + 2) // 5 + day - 1
