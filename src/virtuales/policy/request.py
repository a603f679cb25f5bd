"""What a policy is asked: who wants to do what, with which thing, when and what for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from virtuales.policy.odrl import Value
from virtuales.rdf.terms import NamedNode

Facts = Mapping[NamedNode, frozenset[Value]]
"""What is known to hold, by left operand; an absent operand is unknown."""

_NO_FACTS: Facts = MappingProxyType({})
Lapsed = Mapping[NamedNode, Mapping[NamedNode, str]]
"""What does not hold now though it did, or will, by left operand and value: a sentence each that says so."""

_NO_LAPSED: Lapsed = MappingProxyType({})
_NO_UNITS: Mapping[NamedNode, NamedNode] = MappingProxyType({})


@dataclass(frozen=True)
class UseRequest:
    """What somebody wants to do, and what is known about them.

    Args:
        assignee: The organisation that asks; None for somebody unknown.
        action: What it wants to do, such as `odrl:read`.
        target: The dataset version it wants to do it with; None when that is not known.
        time: When, with a time zone.
        purpose: What for; None when it did not say.
        groups: Groups the organisation belongs to, such as `ves:ApprovedParticipants`.
        facts: Further values that are known to hold, by left operand; an absent operand is unknown.
        fulfilled: IRIs of the duties that are known to be fulfilled.
        units: The units that facts are in, by left operand.
        lapsed: What held before, or will hold, and does not now; a refusal for the want of it says so.
    """

    assignee: NamedNode | None
    action: NamedNode
    target: NamedNode | None
    time: datetime
    purpose: NamedNode | None = None
    groups: frozenset[NamedNode] = frozenset()
    facts: Facts = field(default_factory=lambda: _NO_FACTS)
    fulfilled: frozenset[NamedNode] = frozenset()
    units: Mapping[NamedNode, NamedNode] = field(default_factory=lambda: _NO_UNITS)
    lapsed: Lapsed = field(default_factory=lambda: _NO_LAPSED)
