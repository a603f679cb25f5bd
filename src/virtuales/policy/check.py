"""What is wrong with a policy before anybody relies on it: unknown terms, unbound or impossible constraints."""

from collections.abc import Iterator
from dataclasses import dataclass

from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.odrl import AnyConstraint, Constraint, Duty, LogicalConstraint, Permission, Policy, Rule
from virtuales.policy.profile import (
    ACTIONS,
    CONFLICT_STRATEGIES,
    DUTY_ACTIONS,
    LEFT_OPERANDS,
    LOGICAL_OPERANDS,
    SINGLE_VALUED,
    Kind,
    LeftOperand,
    instant,
    short,
)
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


def problems(policy: Policy) -> list[Problem]:
    """Return everything that is wrong with a policy; empty for a policy that can be evaluated."""
    found = list(_policy_problems(policy))
    for rule in policy.rules:
        found.extend(_rule_problems(rule))
    return found


def check_policy(policy: Policy) -> None:
    """Refuse a policy that could not be evaluated wholly.

    Raises:
        UnknownTerm: the first problem is a term that this node does not know.
        InputError: the first problem is of another kind.
    """
    found = problems(policy)
    if found:
        first, *others = found
        what = first.what + (f" ({len(others)} further problems.)" if others else "")
        error = UnknownTerm if first.unknown_term else InputError
        raise error(what, where=first.where, remedy=first.remedy)


def _policy_problems(policy: Policy) -> Iterator[Problem]:
    if not policy.permissions and not policy.prohibitions:
        yield Problem(
            "The policy has neither a permission nor a prohibition.", policy.iri.value, "Add at least one permission."
        )
    if policy.conflict not in CONFLICT_STRATEGIES:
        yield _unknown("conflict strategy", policy.conflict, policy.iri, CONFLICT_STRATEGIES)


def _rule_problems(rule: Rule) -> Iterator[Problem]:
    known = DUTY_ACTIONS if isinstance(rule, Duty) else ACTIONS
    if rule.action not in known:
        yield _unknown("action", rule.action, rule.iri, known)
    for constraint in rule.constraints:
        yield from _constraint_problems(constraint, depth=1)
    if isinstance(rule, Permission):
        for duty in rule.duties:
            yield from _rule_problems(duty)


def _constraint_problems(constraint: AnyConstraint, *, depth: int) -> Iterator[Problem]:
    if depth > _DEPTH:
        yield Problem(
            f"Logical constraints are nested more than {_DEPTH} deep.", constraint.iri.value, "Flatten the constraint."
        )
    elif isinstance(constraint, Constraint):
        yield from _atomic_problems(constraint)
    else:
        yield from _logical_problems(constraint, depth=depth)


def _logical_problems(constraint: LogicalConstraint, *, depth: int) -> Iterator[Problem]:
    if constraint.operand not in LOGICAL_OPERANDS:
        yield _unknown("logical operand", constraint.operand, constraint.iri, LOGICAL_OPERANDS)
    if not constraint.constraints:
        yield Problem("The logical constraint joins nothing.", constraint.iri.value, "Name the constraints it joins.")
    for part in constraint.constraints:
        yield from _constraint_problems(part, depth=depth + 1)


def _atomic_problems(constraint: Constraint) -> Iterator[Problem]:
    operand = LEFT_OPERANDS.get(constraint.left)
    if operand is None:
        yield _unknown("left operand", constraint.left, constraint.iri, frozenset(LEFT_OPERANDS))
        return
    if constraint.operator not in operand.operators:
        yield Problem(
            f"The operator `{short(constraint.operator)}` cannot be used with `{short(constraint.left)}`.",
            constraint.iri.value,
            "Use one of: " + _names(operand.operators) + ".",
            unknown_term=True,
        )
    yield from _right_problems(constraint, operand)


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
        bound = instant(value) is not None if operand.kind is Kind.INSTANT else isinstance(value, NamedNode)
        if not bound:
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
