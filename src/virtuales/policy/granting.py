"""Making the agreement that grants an offer as it stands, and an offer of what is offered or agreed already."""

from dataclasses import replace

from virtuales.policy.odrl import (
    Agreement,
    AnyConstraint,
    Collection,
    Constraints,
    Duty,
    LogicalConstraint,
    Offer,
    Permission,
    Prohibition,
    Thing,
    part_iri,
)
from virtuales.rdf.terms import NamedNode


def agreement_from(offer: Offer, *, iri: NamedNode, assignee: NamedNode) -> Agreement:
    """Make the agreement that grants an offer as it stands; every part gets an IRI under the agreement's."""
    moved = _Move(offer.iri, iri)
    return Agreement(
        iri=iri,
        target=offer.target,
        assigner=offer.assigner,
        permissions=tuple(moved.permission(rule) for rule in offer.permissions),
        prohibitions=tuple(moved.prohibition(rule) for rule in offer.prohibitions),
        obligations=moved.duties(offer.obligations),
        assignee=assignee,
        conflict=offer.conflict,
        inherits=offer.inherits,
        profiles=offer.profiles,
        vocabulary=offer.vocabulary,
    )


def renamed_offer(given: Offer, *, iri: NamedNode, assignee: NamedNode) -> Offer:
    """Make an offer to one organisation of the terms of another offer, or of an agreement."""
    return _offer(given, iri, assignee)


def reissued_offer(given: Offer, *, iri: NamedNode) -> Offer:
    """Make an offer of the terms of another one, to whomever that is; every part gets an IRI under the new one's."""
    return _offer(given, iri, given.assignee)


def _offer(given: Offer, iri: NamedNode, assignee: NamedNode | None) -> Offer:
    moved = _Move(given.iri, iri)
    return Offer(
        iri=iri,
        target=given.target,
        assigner=given.assigner,
        permissions=tuple(moved.permission(rule) for rule in given.permissions),
        prohibitions=tuple(moved.prohibition(rule) for rule in given.prohibitions),
        obligations=moved.duties(given.obligations),
        assignee=assignee,
        conflict=given.conflict,
        inherits=given.inherits,
        profiles=given.profiles,
        vocabulary=given.vocabulary,
    )


class _Move:
    """Gives the parts of a policy IRIs under another policy's."""

    def __init__(self, old: NamedNode, new: NamedNode) -> None:
        self._old, self._new = old, new

    def permission(self, rule: Permission) -> Permission:
        return replace(
            rule,
            iri=self._under(rule.iri),
            constraints=self._constraints(rule.constraints),
            duties=self.duties(rule.duties),
            refinements=self._constraints(rule.refinements),
            target=self._thing(rule.target),
            assignee=self._thing(rule.assignee),
        )

    def prohibition(self, rule: Prohibition) -> Prohibition:
        return replace(
            rule,
            iri=self._under(rule.iri),
            constraints=self._constraints(rule.constraints),
            remedies=self.duties(rule.remedies),
            refinements=self._constraints(rule.refinements),
            target=self._thing(rule.target),
            assignee=self._thing(rule.assignee),
        )

    def duties(self, duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
        return tuple(
            replace(
                duty,
                iri=self._under(duty.iri),
                constraints=self._constraints(duty.constraints),
                consequences=self.duties(duty.consequences),
                refinements=self._constraints(duty.refinements),
                target=self._thing(duty.target),
                assignee=self._thing(duty.assignee),
            )
            for duty in duties
        )

    def _constraints(self, parts: Constraints) -> Constraints:
        return tuple(self._constraint(part) for part in parts)

    def _constraint(self, part: AnyConstraint) -> AnyConstraint:
        if isinstance(part, LogicalConstraint):
            return replace(part, iri=self._under(part.iri), constraints=self._constraints(part.constraints))
        return replace(part, iri=self._under(part.iri))

    def _thing(self, thing: Thing) -> Thing:
        """Move the refinements of a collection; the collection itself is no part of the policy."""
        if isinstance(thing, Collection):
            return replace(thing, refinements=self._constraints(thing.refinements))
        return thing

    def _under(self, part: NamedNode) -> NamedNode:
        """Return the part's IRI with the new policy's in the place of the old one's."""
        rest = part.value.removeprefix(self._old.value)
        tail = rest if rest != part.value else "#of-" + part.value.rpartition("/")[2].replace("#", "-")
        return part_iri(self._new, tail.lstrip("#-"))
