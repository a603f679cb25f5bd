"""The state of the world that a policy is judged in: memberships, events, and what was done under the policy so far.

A world is about one policy and one party; whoever keeps the record of their deeds makes it. What it does not say is
unknown, save who belongs to which group and which duties are fulfilled: there, what is not recorded is not so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from virtuales.policy.request import UseRequest
from virtuales.rdf.terms import NamedNode

_NO_MEMBERSHIPS: Mapping[NamedNode, frozenset[NamedNode]] = MappingProxyType({})


@dataclass(frozen=True)
class Period:
    """When an event takes place: from its start to its end; a moment when it has no end."""

    start: datetime
    end: datetime | None = None


_NO_EVENTS: Mapping[NamedNode, Period] = MappingProxyType({})


@dataclass(frozen=True)
class Performed:
    """Something that was done.

    Args:
        deed: Who did what with which thing, when and how.
        duty: The duty it was done for, when it is told so; otherwise it counts for every duty that it suits.
    """

    deed: UseRequest
    duty: NamedNode | None = None


@dataclass(frozen=True)
class World:
    """What is known beyond the request.

    Args:
        uses: How often the policy was used before; None when nobody counts.
        first_use: When it was used first; None when it was not, or when nobody knows.
        agreed: When the policy was agreed; None when that is not known.
        memberships: What each party, asset, concept or place is directly part of.
        events: When events take place.
        performed: What was done.
        fulfilled: Duties that are known to be fulfilled.
        violated: Obligations, duties and prohibitions that are known to have been violated.
    """

    uses: int | None = None
    first_use: datetime | None = None
    agreed: datetime | None = None
    memberships: Mapping[NamedNode, frozenset[NamedNode]] = field(default_factory=lambda: _NO_MEMBERSHIPS)
    events: Mapping[NamedNode, Period] = field(default_factory=lambda: _NO_EVENTS)
    performed: tuple[Performed, ...] = ()
    fulfilled: frozenset[NamedNode] = frozenset()
    violated: frozenset[NamedNode] = frozenset()

    def around(self, members: Iterable[NamedNode]) -> frozenset[NamedNode]:
        """Return the members and all that they are part of, directly or not."""
        found = set(members)
        if self.memberships:
            ahead = list(found)
            while ahead:
                wider = self.memberships.get(ahead.pop(), frozenset()) - found
                found |= wider
                ahead.extend(wider)
        return frozenset(found)


NOTHING_KNOWN = World()
"""A world of which nothing is known."""
