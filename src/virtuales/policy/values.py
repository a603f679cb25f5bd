"""What constraints compare: instants, numbers and durations read from literals, and the operators that order them."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from virtuales.rdf.namespaces import ODRL, XSD
from virtuales.rdf.terms import Literal, NamedNode

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")
"""`xsd:dateTime` with its zone; without seconds too, as the Dataspace Protocol's own examples write it."""

_DECIMAL = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})")
_NUMBERS = frozenset({XSD.integer, XSD.decimal, XSD.nonNegativeInteger})
_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,8})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,10}(?:\.\d{1,6})?)S)?)?"
)
"""`xsd:dayTimeDuration`: months and years are of no fixed length and cannot be ordered with days."""

Comparable = datetime | Decimal | timedelta
"""What the operators that order can compare; two of one kind only."""

ORDERS: Mapping[NamedNode, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        ODRL.eq: operator.eq,
        ODRL.neq: operator.ne,
        ODRL.lt: operator.lt,
        ODRL.lteq: operator.le,
        ODRL.gt: operator.gt,
        ODRL.gteq: operator.ge,
    }
)
"""The operators that order, each with its comparison."""


def instant(value: object) -> datetime | None:
    """Read an `xsd:dateTime` with a time zone; None when the value is anything else."""
    if not isinstance(value, Literal) or value.datatype != XSD.dateTime or not _DATE_TIME.fullmatch(value.value):
        return None
    try:
        return datetime.fromisoformat(value.value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def number(value: object) -> Decimal | None:
    """Read an `xsd:integer` or `xsd:decimal`; None when the value is anything else.

    >>> number(Literal(3)), number(Literal("3"))
    (Decimal('3'), None)
    """
    if not isinstance(value, Literal) or value.datatype not in _NUMBERS or not _DECIMAL.fullmatch(value.value):
        return None
    return Decimal(value.value)


def duration(value: object) -> timedelta | None:
    """Read an `xsd:duration` of days and time; None when the value is anything else.

    >>> duration(Literal("P1DT2H", datatype=XSD.duration))
    datetime.timedelta(days=1, seconds=7200)
    """
    if not isinstance(value, Literal) or value.datatype != XSD.duration:
        return None
    found = _DURATION.fullmatch(value.value)
    if found is None:
        return None
    parts = {name: float(text) for name, text in found.groupdict().items() if text}
    return timedelta(**parts)


def duration_literal(length: timedelta) -> Literal:
    """Write a length of time as `xsd:duration`.

    >>> duration_literal(timedelta(days=1, seconds=90)).value
    'P1DT90S'
    """
    seconds = f"{length.seconds}.{length.microseconds:06}".rstrip("0").rstrip(".")
    return Literal(f"P{length.days}DT{seconds}S", datatype=XSD.duration)
