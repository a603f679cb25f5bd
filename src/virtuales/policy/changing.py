"""Other terms for the same data: an offer with some of its limits changed, and everything else as it stood.

Counter-offers, amendments and renewals are made of what is agreed or offered already, so that what nobody spoke of
stays as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, datetime
from enum import StrEnum
from types import MappingProxyType

from virtuales.clock import iso_instant
from virtuales.errors import InputError
from virtuales.policy.granting import renamed_offer
from virtuales.policy.odrl import AnyConstraint, Constraint, Constraints, Duty, Offer, Permission, Value, part_iri
from virtuales.policy.publication import check_publishable
from virtuales.policy.satisfiability import operands
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode, date_time, typed


class Limit(StrEnum):
    """A limit that can be changed, or lifted."""

    UNTIL = "until"
    USES = "uses"
    PURPOSES = "purposes"


_LEFT: Mapping[Limit, NamedNode] = MappingProxyType(
    {Limit.UNTIL: ODRL.dateTime, Limit.USES: ODRL.count, Limit.PURPOSES: ODRL.purpose}
)
_OPERATORS: Mapping[Limit, frozenset[NamedNode]] = MappingProxyType(
    {
        Limit.UNTIL: frozenset({ODRL.lt, ODRL.lteq}),
        Limit.USES: frozenset({ODRL.lt, ODRL.lteq}),
        Limit.PURPOSES: frozenset({ODRL.eq, ODRL.isAnyOf}),
    }
)


@dataclass(frozen=True)
class TermChanges:
    """What one side wants otherwise; what is None stays as it is.

    Args:
        until: The last instant of use, with a time zone.
        uses: How often the data may be used under the agreement.
        purposes: The purposes allowed, in the place of those before.
        attribution: Whether the source has to be named.
        lifted: The limits that fall away.
    """

    until: datetime | None = None
    uses: int | None = None
    purposes: tuple[NamedNode, ...] | None = None
    attribution: bool | None = None
    lifted: frozenset[Limit] = frozenset()

    def __post_init__(self) -> None:
        """Refuse changes that cannot be, or that contradict each other."""
        if self.until is not None and self.until.tzinfo is None:
            raise InputError("The end has no time zone.", where="until", remedy="Write the end in UTC, ending in Z.")
        if self.until is not None and not MINYEAR < self.until.year < MAXYEAR:
            raise InputError("The end lies too far off.", where="until", remedy="Give a year that people reckon with.")
        if self.uses is not None and self.uses < 1:
            raise InputError("The data may be used less than once.", where="uses", remedy="Allow at least one use.")
        if self.purposes is not None and not self.purposes:
            raise InputError("No purpose is named.", where="purposes", remedy="Name one, or lift `purposes`.")
        for limit in sorted(self.lifted):
            if getattr(self, limit.value) is not None:
                raise InputError(
                    f"`{limit}` is both changed and lifted.", where="lift", remedy="Do the one or the other."
                )

    @property
    def set_limits(self) -> Mapping[Limit, tuple[NamedNode, tuple[Value, ...]]]:
        """The operator and the values of each limit that is changed."""
        found: dict[Limit, tuple[NamedNode, tuple[Value, ...]]] = {}
        if self.until is not None:
            found[Limit.UNTIL] = (ODRL.lteq, (date_time(iso_instant(self.until)),))
        if self.uses is not None:
            found[Limit.USES] = (ODRL.lteq, (typed(str(self.uses), "integer"),))
        if self.purposes is not None:
            found[Limit.PURPOSES] = (ODRL.isAnyOf, self.purposes)
        return found


def changed_offer(given: Offer, changes: TermChanges, *, iri: NamedNode, assignee: NamedNode, now: datetime) -> Offer:
    """Make the offer that has a policy's terms with some of them changed, to one organisation alone.

    Args:
        given: The offer or agreement that the changes are to.
        changes: What is to be otherwise.
        iri: IRI of the new offer.
        assignee: Whom it addresses.
        now: The present.

    Raises:
        InputError: nothing would change, a limit to be changed is part of a joined one, or no use could ever meet the
            new terms.
    """
    moved = renamed_offer(given, iri=iri, assignee=assignee)
    offer = replace(
        moved,
        permissions=tuple(_changed(rule, changes) for rule in moved.permissions),
        obligations=_obligations(moved, changes.attribution),
    )
    if offer == moved:
        raise InputError("Nothing would change.", where="terms", remedy="Change a term, or accept what is offered.")
    check_publishable(offer, now, offer.vocabulary)
    return offer


def _changed(rule: Permission, changes: TermChanges) -> Permission:
    constraints = rule.constraints
    for limit in Limit:
        new = changes.set_limits.get(limit)
        if new is None and limit not in changes.lifted:
            continue
        constraints = tuple(_without(constraints, limit))
        if new is not None:
            operator, values = new
            name = part_iri(rule.iri, f"changed-{limit}")
            constraints += (Constraint(name, _LEFT[limit], operator, values),)
    return rule if _same(constraints, rule.constraints) else replace(rule, constraints=constraints)


def _without(constraints: Constraints, limit: Limit) -> Iterator[AnyConstraint]:
    """Give the constraints without a limit; one that is joined with others cannot be taken apart."""
    for constraint in constraints:
        if not isinstance(constraint, Constraint):
            if _LEFT[limit] in operands((constraint,)):
                raise InputError(
                    f"`{limit}` is joined with other limits, and cannot be changed alone.",
                    where=constraint.iri.value,
                    remedy="Agree upon an offer of its own.",
                )
            yield constraint
        elif constraint.left != _LEFT[limit] or constraint.operator not in _OPERATORS[limit]:
            yield constraint


def _same(ours: Constraints, theirs: Constraints) -> bool:
    """Tell whether the limits are the same, whatever they are called and in whichever order they stand."""

    def bare(constraints: Constraints) -> set[object]:
        return {
            (one.left, one.operator, frozenset(one.right), one.unit) if isinstance(one, Constraint) else one
            for one in constraints
        }

    return bare(ours) == bare(theirs)


def _obligations(offer: Offer, attribution: bool | None) -> tuple[Duty, ...]:
    named = [duty for duty in offer.obligations if duty.action == ODRL.attribute]
    if attribution is None or attribution is bool(named):
        return offer.obligations
    if attribution:
        return (*offer.obligations, Duty(part_iri(offer.iri, "changed-attribution"), ODRL.attribute))
    return tuple(duty for duty in offer.obligations if duty not in named)
