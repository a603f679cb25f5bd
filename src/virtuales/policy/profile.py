"""The policy terms that this node understands, as tables: a term that is not here is refused, never guessed.

A left operand says what it looks at, which operators make sense on it and what its right operands must be.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from types import MappingProxyType

from virtuales.rdf.namespaces import ODRL, VES, XSD
from virtuales.rdf.terms import Literal, NamedNode

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")
"""`xsd:dateTime` with its zone; without seconds too, as the Dataspace Protocol's own examples write it."""


class Kind(Enum):
    """What the values of a left operand are."""

    INSTANT = "an xsd:dateTime with a time zone"
    CONCEPT = "the IRI of a concept"
    PARTY = "the IRI of an organisation or of a group"


@dataclass(frozen=True)
class LeftOperand:
    """A left operand that can be evaluated.

    Args:
        term: Its IRI.
        kind: What its values are.
        operators: The operators that make sense on it.
        label: How a sentence names it.
    """

    term: NamedNode
    kind: Kind
    operators: frozenset[NamedNode]
    label: str


_ORDER = frozenset({ODRL.eq, ODRL.neq, ODRL.lt, ODRL.lteq, ODRL.gt, ODRL.gteq})
_CHOICE = frozenset({ODRL.eq, ODRL.neq, ODRL.isAnyOf, ODRL.isNoneOf})
_MEMBERSHIP = _CHOICE | {ODRL.isPartOf}

LEFT_OPERANDS: Mapping[NamedNode, LeftOperand] = MappingProxyType(
    {
        operand.term: operand
        for operand in (
            LeftOperand(ODRL.dateTime, Kind.INSTANT, _ORDER, "time of use"),
            LeftOperand(ODRL.purpose, Kind.CONCEPT, _CHOICE, "purpose"),
            LeftOperand(ODRL.recipient, Kind.PARTY, _MEMBERSHIP, "recipient"),
            LeftOperand(ODRL.industry, Kind.CONCEPT, _CHOICE, "industry"),
            LeftOperand(VES.certification, Kind.CONCEPT, _CHOICE, "certification"),
        )
    }
)

SINGLE_VALUED = frozenset({ODRL.eq, ODRL.neq, ODRL.lt, ODRL.lteq, ODRL.gt, ODRL.gteq, ODRL.isPartOf})
"""Operators that take exactly one right operand."""

LOGICAL_OPERANDS = frozenset({ODRL["and"], ODRL["or"], ODRL.xone})

INCLUDED_IN: Mapping[NamedNode, NamedNode] = MappingProxyType(
    {
        ODRL.read: ODRL.use,
        ODRL.aggregate: ODRL.use,
        ODRL.anonymize: ODRL.use,
        ODRL.derive: ODRL.use,
        ODRL.distribute: ODRL.use,
        ODRL.modify: ODRL.use,
    }
)
"""Which action encompasses which (`odrl:includedIn`, https://www.w3.org/TR/odrl-vocab/#term-includedIn)."""

ACTIONS = frozenset({ODRL.use, *INCLUDED_IN})
DUTY_ACTIONS = frozenset({ODRL.attribute, ODRL.delete, ODRL.inform})
CONFLICT_STRATEGIES = frozenset({ODRL.prohibit, ODRL.perm, ODRL.invalid})


def encompasses(wide: NamedNode, narrow: NamedNode) -> bool:
    """Tell whether a rule about `wide` speaks of `narrow` too.

    >>> encompasses(ODRL.use, ODRL.read), encompasses(ODRL.read, ODRL.use)
    (True, False)
    """
    step: NamedNode | None = narrow
    while step is not None:
        if step == wide:
            return True
        step = INCLUDED_IN.get(step)
    return False


def instant(value: object) -> datetime | None:
    """Read an `xsd:dateTime` with a time zone; None when the value is anything else."""
    if not isinstance(value, Literal) or value.datatype != XSD.dateTime or not _DATE_TIME.fullmatch(value.value):
        return None
    try:
        moment = datetime.fromisoformat(value.value)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.astimezone(UTC)


def short(term: NamedNode) -> str:
    """Return the last part of a term's IRI, for sentences."""
    return term.value.rpartition("#")[2].rpartition("/")[2]
