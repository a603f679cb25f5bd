"""Which of many policies let one request happen: the list of what a participant may have, without the reasons.

Offers are alike: ten thousand of them are made of few different constraints, joined in few different ways. So each
different constraint is judged once for a request, those that choose among names by looking the names up, and each
different policy is decided once. `evaluate` gives the reasons for any of them, and the same verdict.
"""

from collections.abc import Iterable
from dataclasses import replace

from virtuales.policy.check import problems
from virtuales.policy.constraints import Truth, held_values, join, truth_of
from virtuales.policy.evaluate import evaluate
from virtuales.policy.odrl import AnyConstraint, Constraint, Constraints, Permission, Policy, Prohibition, Value
from virtuales.policy.profile import CORE, Kind, Profile
from virtuales.policy.request import UseRequest
from virtuales.policy.world import NOTHING_KNOWN, World
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode

_Joined = tuple[NamedNode, tuple["_Part", ...]]
_Part = int | _Joined
"""A constraint, by its number, or a logical operand with what it joins."""

_Rule = tuple[NamedNode, tuple[_Part, ...]]
_Shape = tuple[tuple[_Rule, ...], tuple[_Rule, ...], NamedNode]
"""The permissions, the prohibitions and the conflict strategy of a policy, apart from its names."""


class Shortlist:
    """Many policies, ready to be asked together.

    Args:
        policies: The policies; those that cannot be evaluated let nothing happen.
        profile: The terms that may be used.
    """

    def __init__(self, policies: Iterable[Policy], profile: Profile = CORE) -> None:
        self._profile = profile
        self._numbers: dict[tuple[object, ...], int] = {}
        self._constraints: list[Constraint] = []
        self._choices = _Choices(profile)
        self._shapes: dict[_Shape, list[Policy]] = {}
        self._others: list[Policy] = []
        for policy in policies:
            if not _is_plain(policy):
                self._others.append(policy)
            elif not problems(policy, profile):
                self._shapes.setdefault(self._shape(policy), []).append(policy)

    def allowed(self, request: UseRequest, world: World = NOTHING_KNOWN) -> list[Policy]:
        """Return the policies that let a request happen, each with its own target in the request's place.

        Args:
            request: Who wants to do what; its target does not matter.
            world: What is known beyond the request, of every policy alike.
        """
        if request.time.tzinfo is None:
            return []
        known = self._choices.judged(request, world)
        judged = _Judged(self._constraints, request, world, profile=self._profile, known=known)
        found = [policy for shape, policies in self._shapes.items() if judged.allows(shape) for policy in policies]
        found += [
            policy
            for policy in self._others
            if evaluate(policy, replace(request, target=policy.target), world, profile=self._profile).allowed
        ]
        return found

    def _shape(self, policy: Policy) -> _Shape:
        permissions = tuple((rule.action, self._parts(rule.constraints)) for rule in policy.permissions)
        prohibitions = tuple((rule.action, self._parts(rule.constraints)) for rule in policy.prohibitions)
        return permissions, prohibitions, policy.conflict

    def _parts(self, constraints: Constraints) -> tuple[_Part, ...]:
        return tuple(self._part(constraint) for constraint in constraints)

    def _part(self, constraint: AnyConstraint) -> _Part:
        if not isinstance(constraint, Constraint):
            return constraint.operand, self._parts(constraint.constraints)
        says = (constraint.left, constraint.operator, frozenset(constraint.right), constraint.unit)
        number = self._numbers.setdefault(says, len(self._constraints))
        if number == len(self._constraints):
            self._constraints.append(constraint)
            self._choices.note(number, constraint)
        return number


class _Choices:
    """The constraints that choose one of some names, found by the names that a request has."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._numbers: dict[NamedNode, list[int]] = {}
        self._chosen: dict[tuple[NamedNode, Value], list[int]] = {}

    def note(self, number: int, constraint: Constraint) -> None:
        """Keep a constraint if it is one of those."""
        operand = self._profile.left_operands[constraint.left]
        named = operand.kind in {Kind.CONCEPT, Kind.PARTY} and constraint.unit is None
        if named and constraint.operator in {ODRL.eq, ODRL.isAnyOf}:
            self._numbers.setdefault(constraint.left, []).append(number)
            for value in constraint.right:
                self._chosen.setdefault((constraint.left, value), []).append(number)

    def judged(self, request: UseRequest, world: World) -> dict[int, Truth]:
        """Return how all of them come out, by their numbers."""
        found: dict[int, Truth] = {}
        for left, numbers in self._numbers.items():
            held = held_values(self._profile.left_operands[left], request, world)
            unknown = held is None or left in request.units or not all(isinstance(one, NamedNode) for one in held)
            found |= dict.fromkeys(numbers, None if unknown else False)
            for value in held if held is not None and not unknown else ():
                found |= dict.fromkeys(self._chosen.get((left, value), ()), True)
        return found


class _Judged:
    """The constraints as one request meets them, each judged when it is first asked for."""

    def __init__(
        self,
        constraints: list[Constraint],
        request: UseRequest,
        world: World,
        *,
        profile: Profile,
        known: dict[int, Truth],
    ) -> None:
        self._constraints, self._request, self._world, self._profile = constraints, request, world, profile
        self._truths = known
        self._about: dict[NamedNode, bool] = {}

    def allows(self, shape: _Shape) -> bool:
        permissions, prohibitions, conflict = shape
        for action, parts in permissions:
            if self._all(parts) is True and self._is_about(action):
                break
        else:
            return False
        if conflict == ODRL.perm:
            return True
        return not any(self._is_about(action) and self._all(parts) is not False for action, parts in prohibitions)

    def _is_about(self, action: NamedNode) -> bool:
        found = self._about.get(action)
        if found is None:
            found = self._about[action] = self._profile.encompasses(action, self._request.action)
        return found

    def _all(self, parts: tuple[_Part, ...]) -> Truth:
        truths, undecided = self._truths, False
        for part in parts:
            truth = truths[part] if part in truths and isinstance(part, int) else self._truth(part)
            if truth is False:
                return False
            undecided = undecided or truth is None
        return None if undecided else True

    def _truth(self, part: _Part) -> Truth:
        if not isinstance(part, int):
            operand, parts = part
            return join(operand, [self._truth(one) for one in parts])
        if part not in self._truths:
            constraint = self._constraints[part]
            self._truths[part] = truth_of(constraint, self._request, self._world, profile=self._profile)
        return self._truths[part]


def _is_plain(policy: Policy) -> bool:
    """Tell whether the policy's rules have constraints alone: no party, target, refinement or duty to look at."""
    rules: tuple[Permission | Prohibition, ...] = (*policy.permissions, *policy.prohibitions)
    return policy.assignee is None and all(
        rule.target is None and rule.assignee is None and not rule.refinements and not _duties(rule) for rule in rules
    )


def _duties(rule: Permission | Prohibition) -> bool:
    return bool(rule.duties if isinstance(rule, Permission) else rule.remedies)
