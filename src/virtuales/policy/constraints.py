"""Judging constraints against a request, in three values: met, not met, cannot be judged (Kleene's strong logic)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from virtuales.clock import iso_instant
from virtuales.policy.odrl import AnyConstraint, Constraint, LogicalConstraint
from virtuales.policy.profile import LEFT_OPERANDS, Kind, LeftOperand, instant, short
from virtuales.policy.request import UseRequest
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode, plain

Truth = bool | None
"""Met, not met, or None: cannot be judged."""


@dataclass(frozen=True)
class Finding:
    """How one constraint came out.

    Args:
        constraint: The constraint's IRI.
        met: Whether it is met; None when that cannot be judged.
        message: One sentence that says so.
        value: The request's value, as text.
        remedy: What would change it.
    """

    constraint: NamedNode
    met: Truth
    message: str
    value: str | None = None
    remedy: str | None = None


def judge_all(constraints: Iterable[AnyConstraint], request: UseRequest) -> list[Finding]:
    """Judge each constraint of a rule."""
    return [judge(constraint, request) for constraint in constraints]


def judge(constraint: AnyConstraint, request: UseRequest) -> Finding:
    """Judge one constraint; unknown operands and operators cannot be judged."""
    if isinstance(constraint, LogicalConstraint):
        return _judge_logical(constraint, request)
    operand = LEFT_OPERANDS.get(constraint.left)
    if operand is None:
        return Finding(constraint.iri, None, f"The left operand <{constraint.left.value}> is not known to this node.")
    if operand.kind is Kind.INSTANT:
        return _judge_instant(constraint, operand, request.time)
    held = _held(operand, request)
    met = None if held is None else _judge_choice(constraint, held, request.groups)
    return _finding(constraint, operand, met, None if held is None else ", ".join(sorted(map(plain, held))))


def _held(operand: LeftOperand, request: UseRequest) -> frozenset[NamedNode] | None:
    """Return what the request says about an operand; None when it says nothing."""
    if operand.term == ODRL.purpose:
        return None if request.purpose is None else frozenset({request.purpose})
    if operand.term == ODRL.recipient:
        return None if request.assignee is None else frozenset({request.assignee})
    return request.facts.get(operand.term)


_ORDERS: Mapping[NamedNode, Callable[[datetime, datetime], bool]] = MappingProxyType(
    {
        ODRL.eq: lambda left, right: left == right,
        ODRL.neq: lambda left, right: left != right,
        ODRL.lt: lambda left, right: left < right,
        ODRL.lteq: lambda left, right: left <= right,
        ODRL.gt: lambda left, right: left > right,
        ODRL.gteq: lambda left, right: left >= right,
    }
)


def _judge_instant(constraint: Constraint, operand: LeftOperand, time: datetime) -> Finding:
    compare = _ORDERS.get(constraint.operator)
    bound = instant(constraint.right[0]) if len(constraint.right) == 1 else None
    met = None if compare is None or bound is None else compare(time, bound)
    return _finding(constraint, operand, met, iso_instant(time))


def _judge_choice(constraint: Constraint, held: frozenset[NamedNode], groups: frozenset[NamedNode]) -> Truth:
    wanted = {value for value in constraint.right if isinstance(value, NamedNode)}
    if not wanted or len(wanted) != len(constraint.right):
        return None
    if constraint.operator in (ODRL.eq, ODRL.isAnyOf):
        return bool(held & wanted)
    if constraint.operator in (ODRL.neq, ODRL.isNoneOf):
        return not held & wanted
    if constraint.operator == ODRL.isPartOf:
        return bool((held | groups) & wanted)
    return None


def _judge_logical(constraint: LogicalConstraint, request: UseRequest) -> Finding:
    parts = judge_all(constraint.constraints, request)
    met = join(constraint.operand, [part.met for part in parts])
    name = short(constraint.operand)
    unmet = " ".join(part.message for part in parts if part.met is not True)
    remedy = next((part.remedy for part in parts if part.met is not True and part.remedy), None)
    if met:
        return Finding(constraint.iri, met, f"The constraints joined by `{name}` are met.")
    return Finding(
        constraint.iri, met, f"The constraints joined by `{name}` are not met. {unmet}".strip(), remedy=remedy
    )


def join(operand: NamedNode, truths: list[Truth]) -> Truth:
    """Join truths as a logical operand does; nothing to join, or an unknown operand, cannot be judged.

    >>> join(ODRL["or"], [None, True]), join(ODRL["and"], [None, True]), join(ODRL.xone, [True, True])
    (True, None, False)
    """
    if not truths:
        return None
    if operand == ODRL["and"]:
        return False if False in truths else (None if None in truths else True)
    if operand == ODRL["or"]:
        return True if True in truths else (None if None in truths else False)
    if operand == ODRL.xone:
        return _exactly_one(truths)
    return None


def _exactly_one(truths: list[Truth]) -> Truth:
    if truths.count(True) > 1:
        return False
    return None if None in truths else truths.count(True) == 1


def _finding(constraint: Constraint, operand: LeftOperand, met: Truth, value: str | None) -> Finding:
    wanted = ", ".join(plain(right) for right in constraint.right)
    rule = f"The {operand.label} must be `{short(constraint.operator)}` {wanted}"
    if met:
        return Finding(constraint.iri, met, f"{rule}, and is.", value)
    said = f"it is {value}" if value else "the request does not say what it is"
    return Finding(
        constraint.iri,
        met,
        f"{rule}; {said}.",
        value,
        f"A {operand.label} that is `{short(constraint.operator)}` {wanted} would be right.",
    )
