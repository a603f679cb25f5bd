"""What a policy allows, forbids and demands, as sentences for people."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from virtuales.policy.check import duties_of
from virtuales.policy.odrl import AnyConstraint, Collection, Constraint, Constraints, Duty, Permission, Policy, Thing
from virtuales.policy.profile import LEFT_OPERANDS, Kind, short
from virtuales.policy.purposes import PURPOSES
from virtuales.policy.values import duration, instant
from virtuales.policy.views.refinements import speaks_of_views, view_of
from virtuales.policy.views.words import view_words
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode, Term, plain

NameOf = Callable[[NamedNode], str]
"""Gives the name of an organisation."""

_ACTIONS: Mapping[NamedNode, str] = MappingProxyType(
    {
        ODRL.use: "use the data",
        ODRL.read: "read the data",
        ODRL.aggregate: "aggregate the data",
        ODRL.anonymize: "anonymise the data",
        ODRL.derive: "derive new data from it",
        ODRL.distribute: "pass the data on",
        ODRL.modify: "modify the data",
    }
)
_DUTIES: Mapping[NamedNode, str] = MappingProxyType(
    {
        ODRL.attribute: "name the source",
        ODRL.delete: "delete the data when the agreement ends",
        ODRL.inform: "inform the publisher",
    }
)
_CHOOSE: Mapping[NamedNode, str] = MappingProxyType(
    {
        ODRL.eq: "is",
        ODRL.neq: "is not",
        ODRL.isAnyOf: "is one of",
        ODRL.isNoneOf: "is none of",
        ODRL.isAllOf: "includes all of",
        ODRL.isPartOf: "belongs to",
        ODRL.isA: "is a kind of",
        ODRL.hasPart: "includes",
    }
)
_TIMES: Mapping[NamedNode, str] = MappingProxyType(
    {ODRL.lt: "is before", ODRL.lteq: "is not after", ODRL.gt: "is after", ODRL.gteq: "is not before"}
)
_SIZES: Mapping[NamedNode, str] = MappingProxyType(
    {ODRL.lt: "is less than", ODRL.lteq: "is at most", ODRL.gt: "is more than", ODRL.gteq: "is at least"}
)
_JOINTS: Mapping[NamedNode, str] = MappingProxyType(
    {ODRL["and"]: "and", ODRL["or"]: "or", ODRL.xone: "or else", ODRL.andSequence: "and then"}
)
_READ_WELL: Mapping[NamedNode, frozenset[NamedNode]] = MappingProxyType(
    {
        ODRL.recipient: frozenset({ODRL.isAnyOf, ODRL.eq, ODRL.isPartOf}),
        ODRL.purpose: frozenset({ODRL.isAnyOf, ODRL.eq}),
        ODRL.dateTime: frozenset({ODRL.lteq}),
    }
)


def policy_sentences(policy: Policy, name_of: NameOf) -> list[str]:
    """Say what a policy allows, forbids and demands, a sentence each.

    Args:
        policy: The offer, the agreement or another policy.
        name_of: Names organisations.
    """
    return list(_sentences(policy, name_of))


def _sentences(policy: Policy, name_of: NameOf) -> Iterator[str]:
    for permission in policy.permissions:
        yield _permission(permission, name_of)
        for duty in permission.duties:
            yield from _duty(duty, "In return you have to", name_of)
    for prohibition in policy.prohibitions:
        limits = _limits((*prohibition.constraints, *prohibition.refinements), name_of)
        who = "You" if prohibition.assignee is None else _thing(prohibition.assignee, name_of)
        about = _about(prohibition.target, name_of)
        yield f"{who} must not {_action(prohibition.action)}{about}{' when ' + limits if limits else ''}."
        for duty in prohibition.remedies:
            yield from _duty(duty, "Whoever does so all the same has to", name_of)
    for duty in policy.obligations:
        yield from _duty(duty, "You have to", name_of)


def duty_sentence(duty: Duty) -> str:
    """Say what a duty demands, in one sentence."""
    return next(_duty(duty, "You have to", lambda iri: iri.value))


def _duty(duty: Duty, opening: str, name_of: NameOf) -> Iterator[str]:
    latest, refinements = _deadline(duty.refinements, frozenset({ODRL.lt, ODRL.lteq}), name_of)
    closes, constraints = _deadline(duty.constraints, frozenset({ODRL.gt, ODRL.gteq}), name_of)
    limits, manner = _limits(constraints, name_of), _limits(refinements, name_of)
    action = _DUTIES.get(duty.action, short(duty.action))
    action = action.removesuffix(" when the agreement ends") if latest or closes else action
    due = latest + (f"{closes}, or the data is closed until you have" if closes else "")
    yield f"{opening} {action}{due}{' so that ' + manner if manner else ''}{' when ' + limits if limits else ''}."
    for consequence in duties_of(duty):
        yield from _duty(consequence, "Whoever fails to has to", name_of)


def _deadline(limits: Constraints, operators: frozenset[NamedNode], name_of: NameOf) -> tuple[str, Constraints]:
    """Say by when something has to be done, where one limit says just that, and return the other limits."""
    for limit in limits:
        if isinstance(limit, Constraint) and limit.operator in operators and len(limit.right) == 1:
            (value,), rest = limit.right, tuple(one for one in limits if one is not limit)
            if limit.left == ODRL.dateTime:
                return f" by {_value(value, name_of)}", rest
            span = duration(value) if limit.left == ODRL.delayPeriod else None
            if span is not None:
                length = f"{span.days} days" if span == timedelta(days=span.days) else plain(value)
                return f" within {length} of the agreement", rest
    return "", limits


def _permission(permission: Permission, name_of: NameOf) -> str:
    who = "Anybody" if permission.assignee is None else _thing(permission.assignee, name_of)
    what = _action(permission.action) + _about(permission.target, name_of)
    rest: list[AnyConstraint] = list(permission.refinements)
    for constraint in permission.constraints:
        left, values = _plain_limit(constraint, name_of)
        if left == ODRL.recipient and permission.assignee is None:
            who = values
        elif left == ODRL.purpose:
            what += f" for {values}"
        elif left == ODRL.dateTime:
            what += f" until {values}"
        else:
            rest.append(constraint)
    limits = _limits(tuple(rest), name_of)
    return f"{who} may {what}{' as long as ' + limits if limits else ''}."


def _about(target: Thing, name_of: NameOf) -> str:
    return "" if target is None else f" ({_thing(target, name_of)})"


def _thing(thing: NamedNode | Collection, name_of: NameOf) -> str:
    if isinstance(thing, NamedNode):
        return _value(thing, name_of)
    if speaks_of_views(thing):
        return view_words(view_of(thing))
    limits = _limits(thing.refinements, name_of)
    return f"members of {_value(thing.source or thing.iri, name_of)}{' for whom ' + limits if limits else ''}"


def _plain_limit(constraint: AnyConstraint, name_of: NameOf) -> tuple[NamedNode | None, str]:
    """Return what a limit looks at and the values it allows, if it is one of those that read well inside a sentence."""
    if not isinstance(constraint, Constraint) or constraint.operator not in _READ_WELL.get(constraint.left, ()):
        return None, ""
    return constraint.left, _joined([_value(value, name_of) for value in constraint.right], "or")


def _limits(constraints: Constraints, name_of: NameOf) -> str:
    return _joined([_limit(constraint, name_of) for constraint in constraints], "and")


def _limit(constraint: AnyConstraint, name_of: NameOf) -> str:
    if not isinstance(constraint, Constraint):
        joint = _JOINTS.get(constraint.operand, short(constraint.operand))
        return _joined([_limit(part, name_of) for part in constraint.constraints], joint)
    operand = LEFT_OPERANDS.get(constraint.left)
    label = operand.label if operand else short(constraint.left)
    sizes = _SIZES if operand and operand.kind in {Kind.NUMBER, Kind.DURATION} else _TIMES
    says = {**_CHOOSE, **sizes}
    values = _joined([_value(value, name_of) for value in constraint.right], "or")
    unit = f" {short(constraint.unit)}" if constraint.unit else ""
    return f"the {label} {says.get(constraint.operator, short(constraint.operator))} {values}{unit}"


def _value(value: Term, name_of: NameOf) -> str:
    if value == VES.ApprovedParticipants:
        return "Approved participants who ask for it"
    if isinstance(value, NamedNode):
        return PURPOSES[value].lower() if value in PURPOSES else name_of(value)
    moment = instant(value)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC" if moment else plain(value)


def _action(action: NamedNode) -> str:
    return _ACTIONS.get(action, short(action))


def _joined(parts: list[str], joint: str) -> str:
    if len(parts) <= 1:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {joint} {parts[-1]}"
