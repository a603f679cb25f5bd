"""Judging constraints against a request, in three values: met, not met, cannot be judged (Kleene's strong logic)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from virtuales.clock import iso_instant
from virtuales.policy.odrl import AnyConstraint, Constraint, LogicalConstraint, Value
from virtuales.policy.profile import CORE, Kind, LeftOperand, Profile, read_value, short
from virtuales.policy.request import UseRequest
from virtuales.policy.values import ORDERS, duration_literal
from virtuales.policy.world import NOTHING_KNOWN, Period, World
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import Literal, NamedNode, date_time, plain

Truth = bool | None
"""Met, not met, or None: cannot be judged."""

STATES: Mapping[Truth, str] = MappingProxyType({True: "Satisfied", False: "Unsatisfied", None: "Undecided"})


@dataclass(frozen=True)
class Finding:
    """How one constraint came out.

    Args:
        constraint: The constraint's IRI.
        met: Whether it is met; None when that cannot be judged.
        message: One sentence that says so.
        value: The request's value, as text.
        remedy: What would change it.
        parts: How the constraints came out that it joins.
    """

    constraint: NamedNode
    met: Truth
    message: str
    value: str | None = None
    remedy: str | None = None
    parts: tuple["Finding", ...] = ()

    def to_json(self) -> dict[str, object]:
        """Write the finding as JSON, without what is not known."""
        said: dict[str, object] = {
            "constraint": self.constraint.value,
            "satisfactionState": STATES[self.met],
            "message": self.message,
        }
        if self.value is not None:
            said["value"] = self.value
        if self.remedy is not None:
            said["remedy"] = self.remedy
        if self.parts:
            said["parts"] = [part.to_json() for part in self.parts]
        return said


def judge_all(
    constraints: Iterable[AnyConstraint], request: UseRequest, world: World = NOTHING_KNOWN, *, profile: Profile = CORE
) -> list[Finding]:
    """Judge each constraint of a rule."""
    return [judge(constraint, request, world, profile=profile) for constraint in constraints]


def judge(
    constraint: AnyConstraint, request: UseRequest, world: World = NOTHING_KNOWN, *, profile: Profile = CORE
) -> Finding:
    """Judge one constraint; unknown operands, operators and units cannot be judged."""
    if isinstance(constraint, LogicalConstraint):
        return _judge_logical(constraint, judge_all(constraint.constraints, request, world, profile=profile))
    operand = profile.left_operands.get(constraint.left)
    if operand is None:
        return Finding(constraint.iri, None, f"The left operand <{constraint.left.value}> is not known to this node.")
    if operand.kind is Kind.EVENT:
        return _finding(constraint, operand, _judge_event(constraint, request.time, world), iso_instant(request.time))
    held = held_values(operand, request, world)
    met = None if held is None else compare(constraint, operand, held, request=request, world=world)
    found = _finding(constraint, operand, met, None if held is None else ", ".join(sorted(map(plain, held))))
    lapsed = request.lapsed.get(operand.term)
    if met or not lapsed:
        return found
    said = [lapsed[value] for value in constraint.right if isinstance(value, NamedNode) and value in lapsed]
    return replace(found, message=" ".join((found.message, *said)))


def truth_of(
    constraint: Constraint, request: UseRequest, world: World = NOTHING_KNOWN, *, profile: Profile = CORE
) -> Truth:
    """Tell whether one comparison is met, without the words that `judge` has for it."""
    operand = profile.left_operands.get(constraint.left)
    if operand is None:
        return None
    if operand.kind is Kind.EVENT:
        return _judge_event(constraint, request.time, world)
    held = held_values(operand, request, world)
    return None if held is None else compare(constraint, operand, held, request=request, world=world)


def held_values(operand: LeftOperand, request: UseRequest, world: World) -> frozenset[Value] | None:
    """Return what is known about a left operand; None when that is nothing."""
    reader = _READERS.get(operand.term)
    known = reader(request, world) if reader else None
    return request.facts.get(operand.term) if known is None else known


def compare(
    constraint: Constraint,
    operand: LeftOperand,
    held: frozenset[Value],
    *,
    request: UseRequest,
    world: World,
) -> Truth:
    """Compare what is held with what a constraint wants."""
    if request.units.get(constraint.left) != constraint.unit:
        return None
    if operand.kind in _ORDERED:
        return _in_order(constraint, operand.kind, held)
    wanted = frozenset(constraint.right)
    if operand.kind is Kind.TEXT:
        return _chosen(constraint.operator, held, wanted) if wanted else None
    if not wanted or not all(isinstance(value, NamedNode) for value in wanted | held):
        return None
    if constraint.operator in _TREES:
        return _in_tree(constraint.operator, operand.kind, _named(held), wanted=_named(wanted), around=(request, world))
    return _chosen(constraint.operator, held, wanted)


_ORDERED = frozenset({Kind.INSTANT, Kind.NUMBER, Kind.DURATION})
_TREES = frozenset({ODRL.isPartOf, ODRL.isA, ODRL.hasPart})

_Reader = Callable[[UseRequest, World], frozenset[Value] | None]


def _one(value: Value | None) -> frozenset[Value] | None:
    return None if value is None else frozenset({value})


def _groups(request: UseRequest, world: World) -> frozenset[Value] | None:
    if request.assignee is None and not request.groups:
        return None
    named = {request.assignee} if request.assignee else set()
    return frozenset(world.around(named | request.groups) - named)


def _uses(_request: UseRequest, world: World) -> frozenset[Value] | None:
    """Count the use that is asked for as well, so that `count lteq 3` allows three."""
    return None if world.uses is None else frozenset({Literal(world.uses + 1)})


def _elapsed(request: UseRequest, world: World) -> frozenset[Value] | None:
    if world.first_use is None:
        return frozenset({duration_literal(timedelta())}) if world.uses == 0 else None
    return _since(world.first_use, request.time)


def _delay(request: UseRequest, world: World) -> frozenset[Value] | None:
    return None if world.agreed is None else _since(world.agreed, request.time)


def _since(start: datetime, now: datetime) -> frozenset[Value] | None:
    """Return the time since a moment; None while that lies ahead, which a record should not say."""
    return None if now < start else frozenset({duration_literal(now - start)})


_READERS: Mapping[NamedNode, _Reader] = MappingProxyType(
    {
        ODRL.dateTime: lambda request, _: _one(date_time(iso_instant(request.time))),
        ODRL.purpose: lambda request, _: _one(request.purpose),
        ODRL.recipient: lambda request, _: _one(request.assignee),
        VES.group: _groups,
        ODRL.count: _uses,
        ODRL.elapsedTime: _elapsed,
        ODRL.delayPeriod: _delay,
    }
)
"""Where values come from that the request's facts do not give."""


def _named(values: frozenset[Value]) -> frozenset[NamedNode]:
    return frozenset(value for value in values if isinstance(value, NamedNode))


def _in_order(constraint: Constraint, kind: Kind, held: frozenset[Value]) -> Truth:
    order = ORDERS.get(constraint.operator)
    if order is None or len(held) != 1 or len(constraint.right) != 1:
        return None
    left, right = read_value(kind, next(iter(held))), read_value(kind, constraint.right[0])
    return None if left is None or right is None else bool(order(left, right))


def _chosen(operator: NamedNode, held: frozenset[Value], wanted: frozenset[Value]) -> Truth:
    if operator in (ODRL.eq, ODRL.isAnyOf):
        return bool(held & wanted)
    if operator in (ODRL.neq, ODRL.isNoneOf):
        return not held & wanted
    if operator == ODRL.isAllOf:
        return wanted <= held
    return None


def _in_tree(
    operator: NamedNode,
    kind: Kind,
    held: frozenset[NamedNode],
    *,
    wanted: frozenset[NamedNode],
    around: tuple[UseRequest, World],
) -> Truth:
    """Judge whether one thing is part of another; of places and concepts, what is not told remains unknown."""
    request, world = around
    low, high = (wanted, held) if operator == ODRL.hasPart else (held, wanted)
    wide = world.around(low | request.groups if kind is Kind.PARTY else low)
    if wide & high:
        return True
    told = kind is Kind.PARTY or all(member in world.memberships for member in low)
    return False if told else None


def _judge_event(constraint: Constraint, now: datetime, world: World) -> Truth:
    event = constraint.right[0] if len(constraint.right) == 1 else None
    period = world.events.get(event) if isinstance(event, NamedNode) else None
    judge_time = _EVENTS.get(constraint.operator)
    return None if period is None or judge_time is None else judge_time(now, period)


def _end(period: Period) -> datetime:
    return period.start if period.end is None else period.end


_EVENTS: Mapping[NamedNode, Callable[[datetime, Period], bool]] = MappingProxyType(
    {
        ODRL.eq: lambda now, period: period.start <= now <= _end(period),
        ODRL.lt: lambda now, period: now < period.start,
        ODRL.lteq: lambda now, period: now <= _end(period),
        ODRL.gt: lambda now, period: now > _end(period),
        ODRL.gteq: lambda now, period: now >= period.start,
    }
)


def _judge_logical(constraint: LogicalConstraint, parts: list[Finding]) -> Finding:
    met = join(constraint.operand, [part.met for part in parts])
    name = short(constraint.operand)
    if met:
        return Finding(constraint.iri, met, f"The constraints joined by `{name}` are met.", parts=tuple(parts))
    unmet = " ".join(part.message for part in parts if part.met is not True)
    message = f"The constraints joined by `{name}` are not met. {unmet}".strip()
    remedy = next((part.remedy for part in parts if part.met is not True and part.remedy), None)
    return Finding(constraint.iri, met, message, remedy=remedy, parts=tuple(parts))


def join(operand: NamedNode, truths: list[Truth]) -> Truth:
    """Join truths as a logical operand does; nothing to join, or an unknown operand, cannot be judged.

    >>> join(ODRL["or"], [None, True]), join(ODRL["and"], [None, True]), join(ODRL.xone, [True, True])
    (True, None, False)
    """
    if not truths:
        return None
    if operand == ODRL["and"]:
        return all_of(truths)
    if operand == ODRL["or"]:
        return True if True in truths else (None if None in truths else False)
    if operand == ODRL.xone:
        return _exactly_one(truths)
    return None


def all_of(truths: Iterable[Truth]) -> Truth:
    """Join truths that all have to hold; no truths hold."""
    seen = set(truths)
    return False if False in seen else (None if None in seen else True)


def _exactly_one(truths: list[Truth]) -> Truth:
    if truths.count(True) > 1:
        return False
    return None if None in truths else truths.count(True) == 1


def _finding(constraint: Constraint, operand: LeftOperand, met: Truth, value: str | None) -> Finding:
    wanted = ", ".join(plain(right) for right in constraint.right)
    if constraint.unit is not None:
        wanted += f" <{constraint.unit.value}>"
    rule = f"The {operand.label} must be `{short(constraint.operator)}` {wanted}"
    if met:
        return Finding(constraint.iri, met, f"{rule}, and is.", value)
    said = "the request does not say what it is" if value is None else f"it is {value}" if value else "none is known"
    return Finding(
        constraint.iri,
        met,
        f"{rule}; {said}.",
        value,
        f"A {operand.label} that is `{short(constraint.operator)}` {wanted} would be right.",
    )
