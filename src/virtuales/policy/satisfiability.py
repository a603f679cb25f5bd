"""Whether constraints can be met together by anything at all: decided before anybody relies on a policy.

Constraints are brought into disjunctive normal form. In each conjunction the left operands are looked at one by one:
whether some value meets all that is said about it. What can be decided only by knowing more remains unknown.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from itertools import combinations, product

from virtuales.policy.axes import MultiValued, Ordered, SingleValued, Timed
from virtuales.policy.constraints import Truth, all_of
from virtuales.policy.knowledge import DISTINCT, Knowledge
from virtuales.policy.odrl import AnyConstraint, Constraint, Constraints, LogicalConstraint
from virtuales.policy.profile import CORE, Kind, Profile
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode

_MOST = 5_000
"""Conjunctions that are looked at; beyond that it is not known whether constraints can be met."""

_EFFORT = 2_000_000
"""Comparisons of values that are worth it; beyond that it is not known either."""


class Verdict(Enum):
    """Whether constraints can be met together."""

    COMPATIBLE = "compatible"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


_VERDICTS: Mapping[Truth, Verdict] = {True: Verdict.COMPATIBLE, False: Verdict.CONFLICT, None: Verdict.UNKNOWN}


@dataclass(frozen=True)
class Literal:
    """One comparison that has to come out in one way.

    Args:
        constraint: The comparison.
        wanted: Whether it has to be met or not.
        phase: The phase of a sequence that it is about, from 1 on; 0 outside sequences.
    """

    constraint: Constraint
    wanted: bool
    phase: int = 0


Conjunction = tuple[Literal, ...]


class TooMany(Exception):
    """The normal form has more conjunctions than are looked at."""


def together(*sets: Constraints, knowledge: Knowledge = DISTINCT, profile: Profile = CORE) -> Verdict:
    """Tell whether the constraints of all sets can be met at once.

    Args:
        sets: Constraints; all of all sets have to be met.
        knowledge: What is known about concepts and places.
        profile: The terms that may be used; what others mean is unknown.
    """
    return _verdict([(part, True) for part in _flat(sets)], knowledge, profile)


def implies(
    narrow: Constraints, wide: Constraints, *, knowledge: Knowledge = DISTINCT, profile: Profile = CORE
) -> Truth:
    """Tell whether whatever meets the narrow constraints meets the wide ones too; None when that is not known."""
    beyond = [_verdict([*((part, True) for part in narrow), (part, False)], knowledge, profile) for part in wide]
    if Verdict.COMPATIBLE in beyond:
        return False
    return None if Verdict.UNKNOWN in beyond else True


def operands(constraints: Iterable[AnyConstraint]) -> frozenset[NamedNode]:
    """Return the left operands that constraints look at, at any depth."""
    found: set[NamedNode] = set()
    for part in constraints:
        found |= operands(part.constraints) if isinstance(part, LogicalConstraint) else {part.left}
    return frozenset(found)


def _flat(sets: Iterable[Constraints]) -> Iterator[AnyConstraint]:
    for constraints in sets:
        yield from constraints


def _verdict(parts: list[tuple[AnyConstraint, bool]], knowledge: Knowledge, profile: Profile) -> Verdict:
    try:
        conjunctions = _joined([_normal(part, wanted=wanted) for part, wanted in parts])
    except TooMany:
        return Verdict.UNKNOWN
    if sum(len(conjunction) ** 2 for conjunction in conjunctions) > _EFFORT:
        return Verdict.UNKNOWN
    outcomes = {_meets(conjunction, knowledge, profile) for conjunction in conjunctions}
    if True in outcomes:
        return Verdict.COMPATIBLE
    return _VERDICTS[None if None in outcomes else False]


def _normal(part: AnyConstraint, *, wanted: bool, phase: int = 0) -> list[Conjunction]:
    """Return the conjunctions of which one has to hold so that a constraint comes out as wanted."""
    if isinstance(part, Constraint):
        return [(Literal(part, wanted, phase),)]
    if part.operand == ODRL.andSequence:
        return _sequence(part, wanted=wanted, phase=phase)
    met = [_normal(inner, wanted=True, phase=phase) for inner in part.constraints]
    unmet = [_normal(inner, wanted=False, phase=phase) for inner in part.constraints]
    if part.operand == ODRL["and"]:
        return _joined(met) if wanted else _either(unmet)
    if part.operand == ODRL["or"]:
        return _either(met) if wanted else _joined(unmet)
    if part.operand != ODRL.xone or len(part.constraints) ** 2 > _MOST:
        raise TooMany
    return _one(met, unmet) if wanted else _not_one(met, unmet)


def _sequence(part: LogicalConstraint, *, wanted: bool, phase: int) -> list[Conjunction]:
    """Return what a sequence asks of its phases; that one does not come about in order can have many reasons."""
    if not wanted or phase:
        raise TooMany
    return _joined(
        [_normal(inner, wanted=True, phase=number) for number, inner in enumerate(part.constraints, start=1)]
    )


def _one(met: list[list[Conjunction]], unmet: list[list[Conjunction]]) -> list[Conjunction]:
    return _either([_joined([*unmet[:place], one, *unmet[place + 1 :]]) for place, one in enumerate(met)])


def _not_one(met: list[list[Conjunction]], unmet: list[list[Conjunction]]) -> list[Conjunction]:
    return _either([_joined(unmet), *(_joined([one, other]) for one, other in combinations(met, 2))])


def _either(parts: list[list[Conjunction]]) -> list[Conjunction]:
    found = [conjunction for part in parts for conjunction in part]
    if len(found) > _MOST:
        raise TooMany
    return found


def _joined(parts: list[list[Conjunction]]) -> list[Conjunction]:
    size = 1
    for part in parts:
        size *= len(part)
        if size > _MOST:
            raise TooMany
    return [tuple(literal for conjunction in chosen for literal in conjunction) for chosen in product(*parts)]


def _meets(conjunction: Conjunction, knowledge: Knowledge, profile: Profile) -> Truth:
    """Tell whether something meets every literal: the operands vary on their own, save those that bound each other."""
    axes: _Axes = {}
    for literal in conjunction:
        axes.setdefault(_axis(literal, profile), []).append((literal.constraint, literal.wanted))
    outcomes = [_axis_meets(axis[0], said, knowledge, profile) for axis, said in axes.items()]
    if all(outcomes):
        outcomes += [_metered_within_elapsed(axes), _sequence_within_elapsed(axes)]
    return all_of(outcomes)


_Axis = tuple[NamedNode, NamedNode | None, int]
_Axes = dict[_Axis, list[tuple[Constraint, bool]]]


def _axis(literal: Literal, profile: Profile) -> _Axis:
    """Return what a comparison looks at: an operand in a unit, one event, or the delay before one phase."""
    constraint = literal.constraint
    operand = profile.left_operands.get(constraint.left)
    event = constraint.right[0] if operand is not None and operand.kind is Kind.EVENT and constraint.right else None
    phase = literal.phase if constraint.left == ODRL.delayPeriod else 0
    return constraint.left, event if isinstance(event, NamedNode) else constraint.unit, phase


def _axis_meets(left: NamedNode, said: list[tuple[Constraint, bool]], knowledge: Knowledge, profile: Profile) -> Truth:
    operand = profile.left_operands.get(left)
    if operand is None:
        return None
    if operand.kind is Kind.EVENT:
        return Timed(said).meets()
    if operand.kind in {Kind.INSTANT, Kind.NUMBER, Kind.DURATION}:
        return Ordered(operand.kind, said).meets()
    if left in _MULTI_VALUED:
        return MultiValued(said).meets()
    return SingleValued(said, knowledge).meets()


_MULTI_VALUED = frozenset({VES.group, VES.certification, ODRL.industry})


def _metered_within_elapsed(axes: _Axes) -> Truth:
    """Metered time is a part of the time that elapses, so no more of it than that can be asked for."""
    metered, elapsed = axes.get((ODRL.meteredTime, None, 0)), axes.get((ODRL.elapsedTime, None, 0))
    if not metered or not elapsed:
        return True
    points = [constraint for constraint, _ in (*metered, *elapsed)]
    inner, outer = (Ordered(Kind.DURATION, said, points=points).values() for said in (metered, elapsed))
    return any(less <= more for less in inner for more in outer)


def _sequence_within_elapsed(axes: _Axes) -> Truth:
    """The delays before the phases of a sequence add up, and have to fit into the time that may elapse."""
    elapsed = axes.get((ODRL.elapsedTime, None, 0))
    delays = [Ordered(Kind.DURATION, said).least() for axis, said in axes.items() if axis[2]]
    if not elapsed or not delays:
        return True
    needed = sum(delays, timedelta())
    return Ordered(Kind.DURATION, elapsed).reaches(needed)
