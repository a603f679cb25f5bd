"""Whether an offer keeps the limits under which its data was given: what is passed on is offered no more widely.

A limit is kept where the offer has the same one or a narrower one. What cannot be compared is not kept.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from virtuales.clock import iso_instant
from virtuales.policy.decision import Reason
from virtuales.policy.odrl import (
    AnyConstraint,
    Constraint,
    LogicalConstraint,
    Permission,
    Policy,
    Prohibition,
    part_iri,
)
from virtuales.policy.profile import short
from virtuales.policy.values import instant
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import date_time, plain

_TO_PUBLISH = (ODRL.derive, ODRL.distribute)
_ONE_OF = frozenset({ODRL.eq, ODRL.isAnyOf})
_BEFORE, _AFTER = frozenset({ODRL.lt, ODRL.lteq}), frozenset({ODRL.gt, ODRL.gteq})


def lost_limits(given: Policy, offered: Policy, *, until: datetime | None) -> Iterator[Reason]:
    """Give the limits of a policy that an offer of what was made under it does not keep.

    Args:
        given: The policy under which data was given, such as an agreement.
        offered: The offer of what was made of it.
        until: When the policy ends; None for no end.
    """
    ends = [] if until is None else [_end(given, until)]
    for action in _TO_PUBLISH:
        ways = [rule for rule in given.permissions if rule.action in (ODRL.use, action)]
        for permission in offered.permissions:
            lost = [_lost(way, ends, permission) for way in ways]
            if lost and all(lost):
                yield from (_limit_lost(given, limit) for limit in min(lost, key=len))
    kept = {rule.action for rule in offered.prohibitions if rule == Prohibition(rule.iri, rule.action)}
    for rule in given.prohibitions:
        if rule.action not in kept:
            text = f"The agreement <{given.iri.value}> prohibits to {short(rule.action)}, and the offer does not."
            yield Reason("prohibition-lost", text, rule=rule.iri.value, remedy="Offer the data with that prohibition.")


def _lost(given: Permission, ends: Sequence[Constraint], offered: Permission) -> list[AnyConstraint]:
    pairs = (((*given.constraints, *ends), offered.constraints), (given.refinements, offered.refinements))
    return [limit for limits, ours in pairs for limit in limits if not any(_keeps(one, limit) for one in ours)]


def _keeps(offered: AnyConstraint, limit: AnyConstraint) -> bool:
    """Tell whether whatever meets an offered constraint meets a limit."""
    if isinstance(offered, LogicalConstraint) or isinstance(limit, LogicalConstraint) or offered.left != limit.left:
        return False
    if offered.unit != limit.unit:
        return False
    ours, theirs = frozenset(offered.right), frozenset(limit.right)
    if offered.operator == limit.operator and ours == theirs:
        return True
    if limit.operator in _ONE_OF and offered.operator in _ONE_OF:
        return ours <= theirs
    if limit.operator == offered.operator == ODRL.isNoneOf:
        return ours >= theirs
    return _keeps_instant(offered, limit) or _keeps_group(offered, limit)


def _keeps_instant(offered: Constraint, limit: Constraint) -> bool:
    ours, theirs = (instant(next(iter(each.right), None)) for each in (offered, limit))
    if ours is None or theirs is None:
        return False
    if limit.operator in _BEFORE and offered.operator in _BEFORE:
        return ours < theirs or (ours == theirs and limit.operator == ODRL.lteq)
    if limit.operator in _AFTER and offered.operator in _AFTER:
        return ours > theirs or (ours == theirs and limit.operator == ODRL.gteq)
    return False


def _keeps_group(offered: Constraint, limit: Constraint) -> bool:
    """Tell whether named recipients keep a limit to approved participants: a node gives limited data to no others."""
    return limit.left == ODRL.recipient and limit.operator == ODRL.isPartOf and offered.operator in _ONE_OF


def _end(given: Policy, until: datetime) -> Constraint:
    return Constraint(part_iri(given.iri, "end"), ODRL.dateTime, ODRL.lteq, (date_time(iso_instant(until)),))


def _limit_lost(given: Policy, limit: AnyConstraint) -> Reason:
    if isinstance(limit, LogicalConstraint):
        said = "several limits joined"
    else:
        said = f"{short(limit.left)} {short(limit.operator)} {', '.join(plain(value) for value in limit.right)}"
    return Reason(
        "limit-lost",
        f"The agreement <{given.iri.value}> limits the use ({said}), and the offer does not.",
        constraint=limit.iri.value,
        remedy="Offer the data with the same limits, or narrower ones.",
    )
