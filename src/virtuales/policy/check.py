"""What is wrong with a policy before anybody relies on it: unknown terms, unbound or impossible constraints."""

from collections.abc import Iterator
from dataclasses import dataclass

from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.odrl import (
    AnyConstraint,
    Collection,
    Constraint,
    Constraints,
    Duty,
    LogicalConstraint,
    Permission,
    Policy,
    Prohibition,
    Rule,
    Thing,
)
from virtuales.policy.profile import (
    CONFLICT_STRATEGIES,
    CORE,
    LOGICAL_OPERANDS,
    SINGLE_VALUED,
    Kind,
    LeftOperand,
    Profile,
    short,
    suits,
)
from virtuales.policy.views.refinements import speaks_of_views, view_of
from virtuales.rdf.terms import NamedNode

_DEPTH = 8


@dataclass(frozen=True)
class Problem:
    """One thing that makes a policy unusable.

    Args:
        what: One sentence.
        where: IRI of the part that is wrong.
        remedy: What would be right.
        unknown_term: Whether the problem is a term nobody registered.
    """

    what: str
    where: str
    remedy: str
    unknown_term: bool = False


def problems(policy: Policy, profile: Profile = CORE) -> list[Problem]:
    """Return everything that is wrong with a policy; empty for a policy that can be evaluated."""
    return list(_Check(profile).policy(policy))


def check_policy(policy: Policy, profile: Profile = CORE) -> None:
    """Refuse a policy that could not be evaluated wholly.

    Raises:
        UnknownTerm: the first problem is a term that this node does not know.
        InputError: the first problem is of another kind.
    """
    found = problems(policy, profile)
    if found:
        first, *others = found
        what = first.what + (f" ({len(others)} further problems.)" if others else "")
        error = UnknownTerm if first.unknown_term else InputError
        raise error(what, where=first.where, remedy=first.remedy)


class _Check:
    """Looks for problems with the terms of one profile."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def policy(self, policy: Policy) -> Iterator[Problem]:
        where = policy.iri
        if not policy.permissions and not policy.prohibitions and not policy.inherits:
            remedy = "Add at least one permission."
            yield Problem("The policy has neither a permission nor a prohibition.", where.value, remedy)
        if policy.conflict not in CONFLICT_STRATEGIES:
            yield _unknown("conflict strategy", policy.conflict, where, CONFLICT_STRATEGIES)
        for name in policy.profiles:
            if name not in self._profile.names:
                yield Problem(
                    f"The profile <{name.value}> is not known to this node.",
                    where.value,
                    "Have it registered here with `virtuales policy register`, or leave its terms out.",
                    unknown_term=True,
                )
        for parent in policy.inherits:
            what = f"The policy inherits from <{parent.value}>, whose rules are not at hand."
            yield Problem(what, where.value, "Give the policy together with those it inherits from.")
        for rule in policy.rules:
            yield from self._rule(rule, depth=1)

    def _rule(self, rule: Rule, *, depth: int) -> Iterator[Problem]:
        if depth > _DEPTH:
            yield Problem(f"Duties are nested more than {_DEPTH} deep.", rule.iri.value, "Flatten the duties.")
            return
        if rule.action not in self._profile.actions:
            yield _unknown("action", rule.action, rule.iri, self._profile.actions)
        narrowing = () if speaks_of_views(rule.target) else _narrowing(rule.target)
        for constraint in (*rule.constraints, *rule.refinements, *narrowing, *_narrowing(rule.assignee)):
            yield from self._constraint(constraint, depth=1)
        if speaks_of_views(rule.target):
            yield from _view_problems(rule)
        for duty in duties_of(rule):
            yield from self._rule(duty, depth=depth + 1)

    def _constraint(self, constraint: AnyConstraint, *, depth: int) -> Iterator[Problem]:
        if depth > _DEPTH:
            what = f"Logical constraints are nested more than {_DEPTH} deep."
            yield Problem(what, constraint.iri.value, "Flatten the constraint.")
        elif isinstance(constraint, Constraint):
            yield from self._atomic(constraint)
        else:
            yield from self._logical(constraint, depth=depth)

    def _logical(self, constraint: LogicalConstraint, *, depth: int) -> Iterator[Problem]:
        if constraint.operand not in LOGICAL_OPERANDS:
            yield _unknown("logical operand", constraint.operand, constraint.iri, LOGICAL_OPERANDS)
        if not constraint.constraints:
            what = "The logical constraint joins nothing."
            yield Problem(what, constraint.iri.value, "Name the constraints it joins.")
        for part in constraint.constraints:
            yield from self._constraint(part, depth=depth + 1)

    def _atomic(self, constraint: Constraint) -> Iterator[Problem]:
        operand = self._profile.left_operands.get(constraint.left)
        if operand is None:
            known = frozenset(self._profile.left_operands)
            yield _unknown("left operand", constraint.left, constraint.iri, known)
            return
        if constraint.operator not in operand.operators:
            yield Problem(
                f"The operator `{short(constraint.operator)}` cannot be used with `{short(constraint.left)}`.",
                constraint.iri.value,
                "Use one of: " + _names(operand.operators) + ".",
                unknown_term=True,
            )
        if constraint.unit is not None and operand.kind is not Kind.NUMBER:
            what = f"A unit makes no sense with `{short(constraint.left)}`."
            yield Problem(what, constraint.iri.value, "Leave `unit` out.", unknown_term=True)
        yield from _right_problems(constraint, operand)


def _view_problems(rule: Rule) -> Iterator[Problem]:
    """Tell what is wrong with a rule about a part of a dataset version."""
    if not isinstance(rule, Permission):
        what = f"A {type(rule).__name__.lower()} is about a part of the data."
        yield Problem(what, rule.iri.value, "Permit a part instead, and say nothing about the rest.")
        return
    try:
        view_of(rule.target)
    except InputError as error:
        where = f"{rule.iri.value}: {error.where}" if error.where else rule.iri.value
        yield Problem(
            error.what, where, error.remedy or "Say it as the guide to views does.", isinstance(error, UnknownTerm)
        )


def duties_of(rule: Rule) -> tuple[Duty, ...]:
    """Return the duties that stand with a rule: those of a permission, remedies, consequences."""
    if isinstance(rule, Permission):
        return rule.duties
    return rule.remedies if isinstance(rule, Prohibition) else rule.consequences


def _narrowing(thing: Thing) -> Constraints:
    return thing.refinements if isinstance(thing, Collection) else ()


def _right_problems(constraint: Constraint, operand: LeftOperand) -> Iterator[Problem]:
    where = constraint.iri.value
    if not constraint.right:
        yield Problem(
            f"The constraint on the {operand.label} has no right operand.", where, f"Give {operand.kind.value}."
        )
    elif constraint.operator in SINGLE_VALUED and len(constraint.right) > 1:
        yield Problem(
            f"The operator `{short(constraint.operator)}` takes one right operand, not {len(constraint.right)}.",
            where,
            "Use `isAnyOf` for a choice.",
        )
    for value in constraint.right:
        if not suits(operand.kind, value):
            yield Problem(
                f"The right operand {value} does not suit the {operand.label}.", where, f"Give {operand.kind.value}."
            )


def _unknown(what: str, term: NamedNode, where: NamedNode, known: frozenset[NamedNode]) -> Problem:
    return Problem(
        f"The {what} <{term.value}> is not known to this node.",
        where.value,
        f"Use one of: {_names(known)}.",
        unknown_term=True,
    )


def _names(terms: frozenset[NamedNode]) -> str:
    return ", ".join(sorted(short(term) for term in terms))
