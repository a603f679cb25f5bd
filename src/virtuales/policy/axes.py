"""What several comparisons say about one left operand: which of the values that could matter meet them all.

Between two neighbouring values that comparisons name, all values are alike; so looking at those that are named, one
between each two and one beyond each end decides exactly.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from types import MappingProxyType
from typing import Any

from virtuales.policy.constraints import Truth, all_of
from virtuales.policy.knowledge import Knowledge
from virtuales.policy.odrl import Constraint
from virtuales.policy.profile import Kind, read_value
from virtuales.policy.values import ORDERS
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode

Said = Sequence[tuple[Constraint, bool]]
"""Comparisons, each with whether it has to be met or not."""

_BEYOND: dict[Kind, Any] = {Kind.INSTANT: timedelta(days=1), Kind.NUMBER: Decimal(1), Kind.DURATION: timedelta(days=1)}
_FROM_NOUGHT = frozenset({ODRL.payAmount, ODRL.percentage, ODRL.resolution})
_SETS_MOST = 10
_PLACES = ("before", "during", "after")
_AROUND: Mapping[NamedNode, frozenset[str]] = MappingProxyType(
    {
        ODRL.lt: frozenset({"before"}),
        ODRL.lteq: frozenset({"before", "during"}),
        ODRL.eq: frozenset({"during"}),
        ODRL.gteq: frozenset({"during", "after"}),
        ODRL.gt: frozenset({"after"}),
    }
)


class Ordered:
    """An operand whose values are ordered: an instant, a number or a duration.

    Args:
        kind: What its values are.
        said: What is said about it; never empty.
        points: Comparisons whose values are looked at as well.
    """

    def __init__(self, kind: Kind, said: Said, *, points: Iterable[Constraint] = ()) -> None:
        self._kind, self._said, self._left = kind, said, said[0][0].left
        self._named = [*(constraint for constraint, _ in said), *points]

    def meets(self) -> Truth:
        """Tell whether some value meets all; None when a comparison cannot be read."""
        if any(not self._readable(constraint) for constraint, _ in self._said):
            return None
        return any(True for _ in self.values())

    def values(self) -> list[Any]:
        """Return the values that meet all, among those that stand for every other."""
        return [value for value in self._candidates() if all(self._meets(value, *one) for one in self._said)]

    def least(self) -> Any:  # noqa: ANN401 - of the operand's kind
        """Return the least value that meets all, or nearly does where it is left out itself."""
        return min(self._lower(value) for value in self.values())

    def reaches(self, value: Any) -> bool:  # noqa: ANN401 - of the operand's kind
        """Tell whether something that is no less than a value meets all."""
        return any(
            one >= value for one in (*self.values(), value) if all(self._meets(one, *each) for each in self._said)
        )

    def _lower(self, value: Any) -> Any:  # noqa: ANN401
        """Return the named value just below, from which on all are alike down to it."""
        named = [self._read(constraint) for constraint in self._named if self._readable(constraint)]
        return max((one for one in [timedelta(0), *named] if one <= value), default=value)

    def _readable(self, constraint: Constraint) -> bool:
        return constraint.operator in ORDERS and len(constraint.right) == 1 and self._read(constraint) is not None

    def _read(self, constraint: Constraint) -> Any:  # noqa: ANN401 - of the operand's kind
        return read_value(self._kind, constraint.right[0])

    def _meets(self, value: Any, constraint: Constraint, wanted: bool) -> bool:  # noqa: ANN401
        return bool(ORDERS[constraint.operator](value, self._read(constraint))) is wanted

    def _candidates(self) -> Iterator[Any]:
        named = sorted({self._read(constraint) for constraint in self._named if self._readable(constraint)})
        if self._left == ODRL.count:
            steps = {Decimal(int(point)) + step for point in named for step in (-1, 0, 1)}
            yield from sorted(step for step in steps | {Decimal(1)} if step >= 1)
            return
        ends = [*self._beyond(named[0], -1), *named, *self._beyond(named[-1], 1)]
        between = [low + (high - low) / 2 for low, high in pairwise(ends)]
        yield from (value for value in sorted({*ends, *between}) if self._exists(value))

    def _beyond(self, value: Any, direction: int) -> list[Any]:  # noqa: ANN401
        try:
            return [value + direction * _BEYOND[self._kind]]
        except OverflowError:
            return []

    def _exists(self, value: Any) -> bool:  # noqa: ANN401
        if self._kind is Kind.DURATION:
            return bool(value >= timedelta(0))
        return self._left not in _FROM_NOUGHT or bool(value >= 0)


class Timed:
    """Whether the time of use can lie so to one event as all comparisons want it.

    Args:
        said: What is said about the event.
    """

    def __init__(self, said: Said) -> None:
        self._said = said

    def meets(self) -> Truth:
        """Tell whether some time does; None when a comparison is not known."""
        if any(constraint.operator not in _AROUND for constraint, _ in self._said):
            return None
        return any(
            all((place in _AROUND[constraint.operator]) is wanted for constraint, wanted in self._said)
            for place in _PLACES
        )


class MultiValued:
    """An operand that can have several values at once, such as the certificates of an organisation.

    Args:
        said: What is said about it.
    """

    def __init__(self, said: Said) -> None:
        self._said = said

    def meets(self) -> Truth:
        """Tell whether some set of values meets all; None when there are too many or a comparison is not known."""
        named = list({value for constraint, _ in self._said for value in constraint.right})
        known = {ODRL.eq, ODRL.neq, ODRL.isAnyOf, ODRL.isNoneOf, ODRL.isAllOf}
        if len(named) > _SETS_MOST or any(constraint.operator not in known for constraint, _ in self._said):
            return None
        sets = (set(some) for size in range(len(named) + 1) for some in combinations(named, size))
        return any(all(self._holds(held, *one) for one in self._said) for held in sets)

    @staticmethod
    def _holds(held: set[Any], constraint: Constraint, wanted: bool) -> bool:
        right = set(constraint.right)
        if constraint.operator == ODRL.isAllOf:
            met = right <= held
        elif constraint.operator in {ODRL.eq, ODRL.isAnyOf}:
            met = bool(right & held)
        else:
            met = not right & held
        return met is wanted


class SingleValued:
    """An operand that has one value, such as a purpose or a place.

    Args:
        said: What is said about it.
        knowledge: What is known about its values.
    """

    def __init__(self, said: Said, knowledge: Knowledge) -> None:
        self._said, self._knowledge = said, knowledge

    def meets(self) -> Truth:
        """Tell whether some value meets all; None when more would have to be known."""
        outcomes = {all_of(self._meets(value, *one) for one in self._said) for value in self._candidates()}
        return True if True in outcomes else (None if None in outcomes else False)

    def _candidates(self) -> list[Any]:
        """Return the values that one comparison leaves, or all that are named and one that nobody names."""
        for constraint, wanted in self._said:
            if constraint.operator in (_CHOSEN if wanted else _REFUSED):
                return list(constraint.right)
        return [*{value for constraint, _ in self._said for value in constraint.right}, None]

    def _meets(self, value: Any, constraint: Constraint, wanted: bool) -> Truth:  # noqa: ANN401
        met = self._met(value, constraint)
        return met if met is None or wanted else not met

    def _met(self, value: Any, constraint: Constraint) -> Truth:  # noqa: ANN401 - a term, or one that nobody names
        right = constraint.right
        if constraint.operator in _CHOSEN:
            return _any_of(self._same(value, one) for one in right)
        if constraint.operator in _REFUSED:
            same = _any_of(self._same(value, one) for one in right)
            return None if same is None else not same
        if constraint.operator in {ODRL.isPartOf, ODRL.isA}:
            return _any_of(self._inside(value, one) for one in right)
        if constraint.operator == ODRL.hasPart:
            return _any_of(self._inside(one, value) for one in right)
        return None

    def _same(self, value: Any, other: Any) -> Truth:  # noqa: ANN401
        if not isinstance(value, NamedNode) or not isinstance(other, NamedNode):
            return bool(value == other)
        return self._knowledge.same(value, other)

    def _inside(self, value: Any, whole: Any) -> Truth:  # noqa: ANN401
        if not isinstance(value, NamedNode) or not isinstance(whole, NamedNode):
            return None
        return self._knowledge.inside(value, whole)


_CHOSEN = frozenset({ODRL.eq, ODRL.isAnyOf})
_REFUSED = frozenset({ODRL.neq, ODRL.isNoneOf})


def _any_of(truths: Iterable[Truth]) -> Truth:
    seen = set(truths)
    return True if True in seen else (None if None in seen else False)
