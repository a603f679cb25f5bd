"""The policy terms that this node understands, as tables: a term that is not here is refused, never guessed.

A left operand says what it looks at, which operators make sense on it and what its right operands must be. A profile
(ODRL 2.2, section 4) adds left operands and actions to those of the core.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from virtuales.policy.actions import ACTIONS, INCLUDED_IN
from virtuales.policy.values import Comparable, duration, instant, number
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import Literal, NamedNode


class Kind(Enum):
    """What the values of a left operand are."""

    INSTANT = "an xsd:dateTime with a time zone"
    CONCEPT = "the IRI of a concept"
    PARTY = "the IRI of an organisation or of a group"
    NUMBER = "an xsd:integer or xsd:decimal"
    DURATION = "an xsd:duration of days, hours, minutes and seconds, such as P30D"
    EVENT = "the IRI of an event"
    TEXT = "a text"


_READERS = {Kind.INSTANT: instant, Kind.NUMBER: number, Kind.DURATION: duration}
_NAMED = frozenset({Kind.CONCEPT, Kind.PARTY, Kind.EVENT})


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


def read_value(kind: Kind, value: object) -> Comparable | None:
    """Read a value that can be ordered; None when it is not of that kind."""
    reader = _READERS.get(kind)
    return None if reader is None else reader(value)


def suits(kind: Kind, value: object) -> bool:
    """Tell whether a value is one of its kind.

    >>> suits(Kind.NUMBER, Literal(3)), suits(Kind.CONCEPT, Literal(3))
    (True, False)
    """
    if kind in _NAMED:
        return isinstance(value, NamedNode)
    if kind is Kind.TEXT:
        return isinstance(value, Literal)
    return read_value(kind, value) is not None


_ORDER = frozenset({ODRL.eq, ODRL.neq, ODRL.lt, ODRL.lteq, ODRL.gt, ODRL.gteq})
_CHOICE = frozenset({ODRL.eq, ODRL.neq, ODRL.isAnyOf, ODRL.isNoneOf})
_MEMBERSHIP = _CHOICE | {ODRL.isPartOf}
_TREE = _CHOICE | {ODRL.isA, ODRL.isPartOf}
_AROUND = frozenset({ODRL.eq, ODRL.lt, ODRL.lteq, ODRL.gt, ODRL.gteq})

OPERATORS_OF: Mapping[Kind, frozenset[NamedNode]] = MappingProxyType(
    {
        Kind.INSTANT: _ORDER,
        Kind.NUMBER: _ORDER,
        Kind.DURATION: _ORDER,
        Kind.CONCEPT: _TREE,
        Kind.PARTY: _MEMBERSHIP,
        Kind.EVENT: _AROUND,
        Kind.TEXT: _CHOICE,
    }
)
"""The operators that a left operand of a registered profile takes, by what its values are."""

LEFT_OPERANDS: Mapping[NamedNode, LeftOperand] = MappingProxyType(
    {
        operand.term: operand
        for operand in (
            LeftOperand(ODRL.dateTime, Kind.INSTANT, _ORDER, "time of use"),
            LeftOperand(ODRL.purpose, Kind.CONCEPT, _TREE, "purpose"),
            LeftOperand(ODRL.recipient, Kind.PARTY, _MEMBERSHIP, "recipient"),
            LeftOperand(VES.group, Kind.PARTY, _CHOICE | {ODRL.isAllOf}, "group"),
            LeftOperand(ODRL.industry, Kind.CONCEPT, _TREE, "industry"),
            LeftOperand(VES.certification, Kind.CONCEPT, _CHOICE | {ODRL.isAllOf}, "certification"),
            LeftOperand(VES.sensitivityClass, Kind.CONCEPT, _CHOICE, "sensitivity class"),
            LeftOperand(ODRL.spatial, Kind.CONCEPT, _TREE | {ODRL.hasPart}, "area"),
            LeftOperand(ODRL.language, Kind.CONCEPT, _TREE, "language"),
            LeftOperand(ODRL.event, Kind.EVENT, _AROUND, "event"),
            LeftOperand(ODRL.count, Kind.NUMBER, _ORDER, "number of uses (this one included)"),
            LeftOperand(ODRL.delayPeriod, Kind.DURATION, _ORDER, "delay since the agreement"),
            LeftOperand(ODRL.elapsedTime, Kind.DURATION, _ORDER, "time since the first use"),
            LeftOperand(ODRL.meteredTime, Kind.DURATION, _ORDER, "metered time of use"),
            LeftOperand(ODRL.payAmount, Kind.NUMBER, _ORDER, "amount paid"),
            LeftOperand(ODRL.percentage, Kind.NUMBER, _ORDER, "percentage"),
            LeftOperand(ODRL.resolution, Kind.NUMBER, _ORDER, "resolution"),
        )
    }
)

SINGLE_VALUED = frozenset({ODRL.eq, ODRL.neq, ODRL.lt, ODRL.lteq, ODRL.gt, ODRL.gteq, ODRL.isPartOf, ODRL.isA})
"""Operators that take exactly one right operand."""

LOGICAL_OPERANDS = frozenset({ODRL["and"], ODRL["or"], ODRL.xone})

CONFLICT_STRATEGIES = frozenset({ODRL.prohibit, ODRL.perm, ODRL.invalid})


@dataclass(frozen=True, eq=False)
class Profile:
    """The terms a policy may use; two are the same only when they are one object.

    Args:
        names: The IRIs under which policies may name it.
        left_operands: The left operands, by their IRI.
        included_in: Which action encompasses which.
        actions: Every action, those at the top too.
        broader: What concepts and places are a kind or a part of, where profiles say so.
    """

    names: frozenset[NamedNode] = frozenset({VES.PolicyProfile})
    left_operands: Mapping[NamedNode, LeftOperand] = field(default_factory=lambda: LEFT_OPERANDS)
    included_in: Mapping[NamedNode, NamedNode] = field(default_factory=lambda: INCLUDED_IN)
    actions: frozenset[NamedNode] = ACTIONS
    broader: Mapping[NamedNode, frozenset[NamedNode]] = field(default_factory=lambda: MappingProxyType({}))

    def encompasses(self, wide: NamedNode, narrow: NamedNode) -> bool:
        """Tell whether a rule about `wide` speaks of `narrow` too."""
        step: NamedNode | None = narrow
        while step is not None:
            if step == wide:
                return True
            step = self.included_in.get(step)
        return False


CORE = Profile()
"""The terms that every node understands: those of ODRL 2.2 that the sector needs, and `ves:` ones for what it lacks."""


def encompasses(wide: NamedNode, narrow: NamedNode) -> bool:
    """Tell whether a rule about `wide` speaks of `narrow` too.

    >>> encompasses(ODRL.use, ODRL.read), encompasses(ODRL.read, ODRL.use)
    (True, False)
    """
    return CORE.encompasses(wide, narrow)


def short(term: NamedNode) -> str:
    """Return the last part of a term's IRI, for sentences."""
    return term.value.rpartition("#")[2].rpartition("/")[2]
