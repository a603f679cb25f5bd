"""The part of the ODRL 2.2 information model that is spoken here, as frozen dataclasses.

Names are those of https://www.w3.org/TR/odrl-model/. Every part of a policy has an IRI, given by whoever wrote it or
made from the policy's IRI and the part's place in it, so that a decision can name it and no blank node is needed.
"""

from dataclasses import dataclass, replace

from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import Literal, NamedNode

Value = NamedNode | Literal
"""What a constraint can compare with."""


@dataclass(frozen=True)
class Constraint:
    """One comparison (section 2.5.1).

    Args:
        iri: The constraint's own IRI.
        left: The left operand, such as `odrl:purpose`.
        operator: The operator, such as `odrl:isAnyOf`.
        right: The values to compare with; the order-based operators take exactly one.
    """

    iri: NamedNode
    left: NamedNode
    operator: NamedNode
    right: tuple[Value, ...]


@dataclass(frozen=True)
class LogicalConstraint:
    """Several constraints joined by `odrl:and`, `odrl:or` or `odrl:xone` (section 2.5.2)."""

    iri: NamedNode
    operand: NamedNode
    constraints: tuple["Constraint | LogicalConstraint", ...]


AnyConstraint = Constraint | LogicalConstraint


@dataclass(frozen=True)
class Duty:
    """Something that has to be done (section 2.6.3)."""

    iri: NamedNode
    action: NamedNode
    constraints: tuple[AnyConstraint, ...] = ()


@dataclass(frozen=True)
class Permission:
    """Something that may be done when every constraint is met and every duty fulfilled (section 2.6.5)."""

    iri: NamedNode
    action: NamedNode
    constraints: tuple[AnyConstraint, ...] = ()
    duties: tuple[Duty, ...] = ()


@dataclass(frozen=True)
class Prohibition:
    """Something that must not be done while every constraint is met (section 2.6.6)."""

    iri: NamedNode
    action: NamedNode
    constraints: tuple[AnyConstraint, ...] = ()


Rule = Permission | Prohibition | Duty


@dataclass(frozen=True)
class Offer:
    """What an assigner offers about a target (section 2.1.3).

    Args:
        iri: The policy's IRI.
        target: The dataset version the policy is about.
        assigner: The organisation that offers.
        permissions: What may be done.
        prohibitions: What must not be done.
        obligations: What the assignee has to do once it has agreed.
        assignee: The only organisation that the offer addresses; None addresses everybody.
        conflict: Which side wins when a permission and a prohibition both apply (section 3.1): `odrl:prohibit`,
            `odrl:perm` or `odrl:invalid`.
    """

    iri: NamedNode
    target: NamedNode
    assigner: NamedNode
    permissions: tuple[Permission, ...] = ()
    prohibitions: tuple[Prohibition, ...] = ()
    obligations: tuple[Duty, ...] = ()
    assignee: NamedNode | None = None
    conflict: NamedNode = ODRL.prohibit

    @property
    def kind(self) -> NamedNode:
        """The policy's class."""
        return ODRL.Offer

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of the policy; the duties of a permission stand with their permission."""
        return (*self.permissions, *self.prohibitions, *self.obligations)


@dataclass(frozen=True)
class Agreement(Offer):
    """What an assigner has granted to one assignee (section 2.1.4); `assignee` is never None."""

    def __post_init__(self) -> None:
        """Refuse an agreement with nobody, which is a bug of the caller: readers name it before."""
        if self.assignee is None:
            raise ValueError("an agreement names its assignee")

    @property
    def kind(self) -> NamedNode:
        """The policy's class."""
        return ODRL.Agreement


Policy = Offer | Agreement


def agreement_from(offer: Offer, *, iri: NamedNode, assignee: NamedNode) -> Agreement:
    """Make the agreement that grants an offer as it stands; every part gets an IRI under the agreement's."""
    return Agreement(
        iri=iri,
        target=offer.target,
        assigner=offer.assigner,
        permissions=tuple(_moved(rule, offer.iri, iri) for rule in offer.permissions),
        prohibitions=tuple(
            replace(rule, iri=_under(rule.iri, offer.iri, iri), constraints=_parts(rule.constraints, offer.iri, iri))
            for rule in offer.prohibitions
        ),
        obligations=tuple(_moved_duty(duty, offer.iri, iri) for duty in offer.obligations),
        assignee=assignee,
        conflict=offer.conflict,
    )


def part_iri(policy: NamedNode, path: str) -> NamedNode:
    """Name a part of a policy that brought no IRI of its own.

    >>> part_iri(NamedNode("http://example.org/p"), "permission-1").value
    'http://example.org/p#permission-1'
    """
    joint = "-" if "#" in policy.value else "#"
    return NamedNode(f"{policy.value}{joint}{path}")


def _under(part: NamedNode, old: NamedNode, new: NamedNode) -> NamedNode:
    """Return the part's IRI with the new policy's in the place of the old one's."""
    rest = part.value.removeprefix(old.value)
    tail = rest if rest != part.value else "#of-" + part.value.rpartition("/")[2].replace("#", "-")
    return part_iri(new, tail.lstrip("#-"))


def _moved(rule: Permission, old: NamedNode, new: NamedNode) -> Permission:
    return replace(
        rule,
        iri=_under(rule.iri, old, new),
        constraints=_parts(rule.constraints, old, new),
        duties=tuple(_moved_duty(duty, old, new) for duty in rule.duties),
    )


def _moved_duty(duty: Duty, old: NamedNode, new: NamedNode) -> Duty:
    return replace(duty, iri=_under(duty.iri, old, new), constraints=_parts(duty.constraints, old, new))


def _parts(parts: tuple[AnyConstraint, ...], old: NamedNode, new: NamedNode) -> tuple[AnyConstraint, ...]:
    return tuple(_moved_constraint(part, old, new) for part in parts)


def _moved_constraint(part: AnyConstraint, old: NamedNode, new: NamedNode) -> AnyConstraint:
    if isinstance(part, LogicalConstraint):
        return replace(part, iri=_under(part.iri, old, new), constraints=_parts(part.constraints, old, new))
    return replace(part, iri=_under(part.iri, old, new))
