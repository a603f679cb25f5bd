"""What is known about concepts and places when policies are compared: what is part of what, and what is apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from virtuales.policy.constraints import Truth
from virtuales.policy.world import World
from virtuales.rdf.terms import NamedNode


@dataclass(frozen=True)
class Knowledge:
    """What is known about concepts and places.

    Args:
        memberships: What each is directly part of, or a kind of.
        disjoint: Pairs of which nothing is both, nor part of both.
        named_apart: Whether two IRIs are two things, so that a request which names one does not name the other; without
            it, concepts that nobody told apart may overlap.
    """

    memberships: Mapping[NamedNode, frozenset[NamedNode]] = field(default_factory=lambda: MappingProxyType({}))
    disjoint: frozenset[frozenset[NamedNode]] = frozenset()
    named_apart: bool = True

    def same(self, one: NamedNode, other: NamedNode) -> Truth:
        """Tell whether a request that is about one is about the other as if it were named."""
        if one == other:
            return True
        return False if self.named_apart or self._apart(one, other) else None

    def inside(self, one: NamedNode, whole: NamedNode) -> Truth:
        """Tell whether one is part of another, or a kind of it."""
        if whole in self._around(one):
            return True
        return False if self._apart(one, whole) else None

    def _apart(self, one: NamedNode, other: NamedNode) -> bool:
        return any(
            frozenset({up, beside}) in self.disjoint for up in self._around(one) for beside in self._around(other)
        )

    def _around(self, one: NamedNode) -> frozenset[NamedNode]:
        return World(memberships=self.memberships).around({one})


DISTINCT = Knowledge()
"""Nothing is known of any concept but its name."""
