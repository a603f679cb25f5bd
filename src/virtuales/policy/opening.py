"""An offer as it reads before anybody has agreed to it: without what only comes about under an agreement.

Nobody can have used the data, waited or fulfilled a duty under an agreement that is not there yet. So limits on
counts, delays and elapsed time, and the duties of permissions, exclude nobody from asking; they bind once there is an
agreement.
"""

from dataclasses import replace
from datetime import datetime

from virtuales.policy.check import duties_of
from virtuales.policy.odrl import Constraint, Constraints, Offer, Permission, Rule
from virtuales.policy.profile import encompasses
from virtuales.policy.satisfiability import operands
from virtuales.policy.values import instant
from virtuales.policy.views.deciding import without_parts
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode

ACCRUING = frozenset({ODRL.count, ODRL.delayPeriod, ODRL.elapsedTime})
"""What is looked at under an agreement only: how often, how long after, for how long."""


def before_agreement(offer: Offer) -> Offer:
    """Return the offer without duties of permissions, and without what looks at something that accrues.

    A joined constraint that looks at such a thing anywhere is left out whole; so is a prohibition. Permissions about
    parts are read as what the offer is about: who may have a part may ask.
    """
    offer = without_parts(offer)
    return replace(
        offer,
        permissions=tuple(
            replace(rule, constraints=_now(rule.constraints), refinements=_now(rule.refinements), duties=())
            for rule in offer.permissions
        ),
        prohibitions=tuple(rule for rule in offer.prohibitions if not accrues((*rule.constraints, *rule.refinements))),
    )


def asked_action(offer: Offer) -> NamedNode:
    """Return the action that whoever asks for access wants: to read the data, or what the offer permits instead."""
    actions = [rule.action for rule in offer.permissions]
    if not actions or any(encompasses(action, ODRL["read"]) for action in actions):
        return ODRL["read"]
    return actions[0]


def last_use(offer: Offer) -> datetime | None:
    """Return the last moment at which any permission of an offer lets the data be used; None where one has no end."""
    ends = [_end(rule) for rule in offer.permissions]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _end(rule: Permission) -> datetime | None:
    found = [
        moment
        for limit in rule.constraints
        if isinstance(limit, Constraint) and limit.left == ODRL.dateTime and limit.operator in {ODRL.lt, ODRL.lteq}
        for moment in [instant(limit.right[0])]
        if moment is not None
    ]
    return min(found, default=None)


def accrues(constraints: Constraints) -> bool:
    """Tell whether constraints look at something that accrues under an agreement."""
    return not ACCRUING.isdisjoint(operands(constraints))


def needs_counting(offer: Offer) -> bool:
    """Tell whether a decision under an agreement depends on how often, or when first, it was used before."""
    ahead: list[Rule] = list(offer.rules)
    while ahead:
        rule = ahead.pop()
        ahead.extend(duties_of(rule))
        if accrues((*rule.constraints, *rule.refinements)):
            return True
    return False


def _now(constraints: Constraints) -> Constraints:
    return tuple(part for part in constraints if not accrues((part,)))
