"""The ODRL 2.2 information model as frozen dataclasses.

Names are those of https://www.w3.org/TR/odrl-model/. Every part of a policy has an IRI, given by whoever wrote it or
made from the policy's IRI and the part's place in it, so that a decision can name it and no blank node is needed.
"""

from dataclasses import dataclass, field

from virtuales.policy.profile import CORE, Profile
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
        unit: The unit that the right operand is in; None for a bare number or no number.
    """

    iri: NamedNode
    left: NamedNode
    operator: NamedNode
    right: tuple[Value, ...]
    unit: NamedNode | None = None


@dataclass(frozen=True)
class LogicalConstraint:
    """Several constraints joined by `odrl:and`, `odrl:or` or `odrl:xone` (section 2.5.2)."""

    iri: NamedNode
    operand: NamedNode
    constraints: tuple["Constraint | LogicalConstraint", ...]


AnyConstraint = Constraint | LogicalConstraint
Constraints = tuple[AnyConstraint, ...]


@dataclass(frozen=True)
class Collection:
    """A collection of assets or of parties, which refinements can narrow (sections 2.2.2 and 2.3.2).

    Args:
        iri: The collection's IRI; what is `odrl:partOf` it belongs to it.
        source: The collection it is drawn from, when it is told so.
        refinements: What members have to satisfy as well.
    """

    iri: NamedNode
    source: NamedNode | None = None
    refinements: Constraints = ()


Thing = NamedNode | Collection | None
"""An asset or party, a collection of them, or None: whichever the policy is about."""


@dataclass(frozen=True)
class Duty:
    """Something that has to be done (section 2.6.3).

    Args:
        iri: The duty's own IRI.
        action: What has to be done.
        constraints: When the duty binds.
        consequences: What has to be done too, once the duty was violated.
        refinements: How the action has to be done.
        target: What it has to be done with; None leaves it open.
        assignee: Who has to do it; None leaves it open.
    """

    iri: NamedNode
    action: NamedNode
    constraints: Constraints = ()
    consequences: tuple["Duty", ...] = ()
    refinements: Constraints = ()
    target: Thing = None
    assignee: Thing = None


@dataclass(frozen=True)
class Permission:
    """Something that may be done when every constraint is met and every duty fulfilled (section 2.6.5).

    Args:
        iri: The permission's own IRI.
        action: What may be done.
        constraints: When it may be done.
        duties: What has to be done for it.
        refinements: How it may be done.
        target: With what; None means the policy's target.
        assignee: Who may; None means the policy's assignee.
    """

    iri: NamedNode
    action: NamedNode
    constraints: Constraints = ()
    duties: tuple[Duty, ...] = ()
    refinements: Constraints = ()
    target: Thing = None
    assignee: Thing = None


@dataclass(frozen=True)
class Prohibition:
    """Something that must not be done while every constraint is met (section 2.6.6).

    Args:
        iri: The prohibition's own IRI.
        action: What must not be done.
        constraints: When it must not be done.
        remedies: What has to be done once it was done all the same.
        refinements: How it must not be done.
        target: With what; None means the policy's target.
        assignee: Who must not; None means the policy's assignee.
    """

    iri: NamedNode
    action: NamedNode
    constraints: Constraints = ()
    remedies: tuple[Duty, ...] = ()
    refinements: Constraints = ()
    target: Thing = None
    assignee: Thing = None


Rule = Permission | Prohibition | Duty


@dataclass(frozen=True)
class Policy:
    """What all kinds of policies have in common (section 2.1).

    Args:
        iri: The policy's IRI.
        target: What the policy is about; None leaves it to the rules.
        assigner: Who grants; None when the policy does not say.
        permissions: What may be done.
        prohibitions: What must not be done.
        obligations: What the assignee has to do once it has agreed.
        assignee: The only party, or group of parties, that the policy addresses; None addresses everybody.
        conflict: Which side wins when a permission and a prohibition both apply (section 3.1): `odrl:prohibit`,
            `odrl:perm` or `odrl:invalid`.
        inherits: The policies whose rules hold here too (section 2.8).
        profiles: The profiles whose terms the policy uses (section 4).
        vocabulary: The terms that it was read with, and is decided with; no part of what it says.
    """

    iri: NamedNode
    target: NamedNode | None = None
    assigner: NamedNode | None = None
    permissions: tuple[Permission, ...] = ()
    prohibitions: tuple[Prohibition, ...] = ()
    obligations: tuple[Duty, ...] = ()
    assignee: NamedNode | None = None
    conflict: NamedNode = ODRL.prohibit
    inherits: tuple[NamedNode, ...] = ()
    profiles: tuple[NamedNode, ...] = ()
    vocabulary: Profile = field(default=CORE, compare=False, repr=False)

    @property
    def kind(self) -> NamedNode:
        """The policy's class."""
        return ODRL.Set

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of the policy; duties stand with the rule they belong to."""
        return (*self.permissions, *self.prohibitions, *self.obligations)


@dataclass(frozen=True)
class Request(Policy):
    """What somebody asks to be allowed (https://www.w3.org/TR/odrl-vocab/#term-Request)."""

    @property
    def kind(self) -> NamedNode:
        """The policy's class."""
        return ODRL.Request


@dataclass(frozen=True)
class Offer(Policy):
    """What an assigner offers about a target (section 2.1.3); `target` and `assigner` are never None."""

    target: NamedNode
    assigner: NamedNode

    def __post_init__(self) -> None:
        """Refuse an offer of nothing or by nobody, which is a bug of the caller: readers name it before."""
        if None in (self.target, self.assigner):
            raise ValueError("an offer names its target and its assigner")

    @property
    def kind(self) -> NamedNode:
        """The policy's class."""
        return ODRL.Offer


@dataclass(frozen=True)
class Agreement(Offer):
    """What an assigner has granted to one assignee (section 2.1.4); `assignee` is never None."""

    def __post_init__(self) -> None:
        """Refuse an agreement with nobody, which is a bug of the caller: readers name it before."""
        super().__post_init__()
        if self.assignee is None:
            raise ValueError("an agreement names its assignee")

    @property
    def kind(self) -> NamedNode:
        """The policy's class."""
        return ODRL.Agreement


def part_iri(policy: NamedNode, path: str) -> NamedNode:
    """Name a part of a policy that brought no IRI of its own.

    >>> part_iri(NamedNode("http://example.org/p"), "permission-1").value
    'http://example.org/p#permission-1'
    """
    joint = "-" if "#" in policy.value else "#"
    return NamedNode(f"{policy.value}{joint}{path}")
