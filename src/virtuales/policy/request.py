"""What a policy is asked: who wants to do what, with which thing, when and what for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from virtuales.rdf.terms import NamedNode

_NO_FACTS: Mapping[NamedNode, frozenset[NamedNode]] = MappingProxyType({})


@dataclass(frozen=True)
class UseRequest:
    """What somebody wants to do, and what is known about them.

    Args:
        assignee: The organisation that asks; None for somebody unknown.
        action: What it wants to do, such as `odrl:read`.
        target: The dataset version it wants to do it with.
        time: When, with a time zone.
        purpose: What for; None when it did not say.
        groups: Groups the organisation belongs to, such as `ves:ApprovedParticipants`.
        facts: Further concepts that are known to hold, by left operand; an absent operand is unknown.
        fulfilled: IRIs of the duties that are known to be fulfilled.
    """

    assignee: NamedNode | None
    action: NamedNode
    target: NamedNode
    time: datetime
    purpose: NamedNode | None = None
    groups: frozenset[NamedNode] = frozenset()
    facts: Mapping[NamedNode, frozenset[NamedNode]] = field(default_factory=lambda: _NO_FACTS)
    fulfilled: frozenset[NamedNode] = frozenset()
