"""The meaning of a policy written in the plainest way, as the oracle of the evaluator: no table or code of its own.

What is unknown is every way in which it could turn out: a constraint has a set of outcomes, and joined constraints have
every outcome of every combination of theirs.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from virtuales.policy.odrl import (
    AnyConstraint,
    Collection,
    Constraint,
    Duty,
    LogicalConstraint,
    Permission,
    Policy,
    Prohibition,
    Thing,
)
from virtuales.policy.request import UseRequest
from virtuales.policy.world import World
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode

Outcomes = frozenset[bool]
Judge = Callable[[Constraint, list[Any]], Outcomes]
JOINTS: dict[str, Callable[[Iterable[bool]], bool]] = {
    "and": all,
    "or": any,
    "xone": lambda truths: sum(truths) == 1,
}
YES, NO = frozenset({True}), frozenset({False})
EITHER = YES | NO
WIDER = {"read": "use", "play": "use", "display": "play", "sell": "transfer"}
WIDER |= {"inform": "use", "attribute": "use", "compensate": "use"}


def name(term: NamedNode) -> str:
    return term.value.removeprefix(ODRL.iri).removeprefix(VES.iri)


class PlainModel:
    """Decides one request under one policy in one world."""

    def __init__(self, request: UseRequest, world: World, *, eventual: bool) -> None:
        self.request, self.world, self.eventual = request, world, eventual

    def allows(self, policy: Policy) -> bool:
        """Decide: addressed, nothing left to be made good, some permission surely holds, and prohibitions allow."""
        if not self.is_member(self.request.target, policy.target) or not self.is_asker(policy.assignee):
            return False
        if not self.eventual and self.something_is_due(policy):
            return False
        granted = any(self.applies(rule, policy) == YES for rule in policy.permissions)
        barred = any(True in self.applies(rule, policy) for rule in policy.prohibitions)
        return granted and (not barred or name(policy.conflict) == "perm")

    def something_is_due(self, policy: Policy) -> bool:
        infringed = (
            rule
            for rule in policy.prohibitions
            if rule.iri in self.world.violated
            and not (rule.remedies and all(self.is_settled(duty) for duty in rule.remedies))
        )
        return any(self.is_violated(duty) for duty in policy.obligations) or any(infringed)

    def applies(self, rule: Permission | Prohibition, policy: Policy) -> Outcomes:
        said = [
            self.outcome(self.is_narrower(self.request.action, rule.action)),
            self.thing(self.request.target, policy.target if rule.target is None else rule.target, frozenset()),
            self.thing(self.request.assignee, rule.assignee, self.request.groups),
            *(self.constraint(part) for part in (*rule.constraints, *rule.refinements)),
        ]
        if isinstance(rule, Permission):
            said += [self.outcome(not self.holds_back(duty)) for duty in rule.duties]
        return every(said)

    def holds_back(self, duty: Duty) -> bool:
        if every(self.constraint(part) for part in duty.constraints) == NO:
            return False
        return self.is_violated(duty) if self.eventual else not self.is_fulfilled(duty)

    def is_violated(self, duty: Duty) -> bool:
        made_good = self.is_done(duty) and duty.consequences and all(map(self.is_settled, duty.consequences))
        return duty.iri in self.world.violated and not made_good

    def is_fulfilled(self, duty: Duty) -> bool:
        return self.is_done(duty) and not self.is_violated(duty)

    def is_settled(self, duty: Duty) -> bool:
        return self.is_fulfilled(duty) or every(self.constraint(part) for part in duty.constraints) == NO

    def is_done(self, duty: Duty) -> bool:
        return duty.iri in self.world.fulfilled or any(
            done.duty in {None, duty.iri}
            and done.deed.time <= self.request.time
            and self.is_narrower(done.deed.action, duty.action)
            and self.of(done.deed).thing(done.deed.assignee, duty.assignee, done.deed.groups) == YES
            and every(self.of(done.deed).constraint(part) for part in duty.refinements) == YES
            for done in self.world.performed
        )

    def of(self, deed: UseRequest) -> "PlainModel":
        return PlainModel(deed, self.world, eventual=self.eventual)

    def is_narrower(self, action: NamedNode, wide: NamedNode) -> bool:
        step: str | None = name(action)
        while step not in {None, name(wide)}:
            step = WIDER.get(str(step))
        return step is not None

    def is_member(self, one: NamedNode | None, whole: NamedNode | None) -> bool:
        return whole is None or (one is not None and self.is_inside(one, whole))

    def is_asker(self, whole: NamedNode | None) -> bool:
        asker = self.request.assignee
        groups = self.request.groups if asker else frozenset()
        return self.is_member(asker, whole) or any(self.is_member(group, whole) for group in groups)

    def is_inside(self, one: NamedNode, whole: NamedNode) -> bool:
        return one == whole or any(self.is_inside(up, whole) for up in self.world.memberships.get(one, ()))

    def thing(self, one: NamedNode | None, thing: Thing, groups: frozenset[NamedNode]) -> Outcomes:
        if thing is None:
            return YES
        if one is None:
            return EITHER
        wholes = [thing] if isinstance(thing, NamedNode) else [thing.iri, *([thing.source] if thing.source else [])]
        if not any(self.is_inside(member, whole) for member in {one, *groups} for whole in wholes):
            return NO
        return every(self.constraint(part) for part in thing.refinements) if isinstance(thing, Collection) else YES

    def constraint(self, constraint: AnyConstraint) -> Outcomes:
        if isinstance(constraint, LogicalConstraint):
            joined = JOINTS[name(constraint.operand)]
            parts = [self.constraint(part) for part in constraint.constraints]
            return frozenset(bool(joined(truths)) for truths in product(*parts))
        judge: Judge = getattr(self, f"of_{name(constraint.left)}")
        return judge(constraint, [*map(read, constraint.right)])

    def of_dateTime(self, constraint: Constraint, right: list[Any]) -> Outcomes:  # noqa: N802 - the operand's name
        return ordered(constraint, self.request.time, right[0])

    def of_count(self, constraint: Constraint, right: list[Any]) -> Outcomes:
        uses = self.world.uses
        return EITHER if uses is None else ordered(constraint, uses + 1, right[0])

    def of_elapsedTime(self, constraint: Constraint, right: list[Any]) -> Outcomes:  # noqa: N802
        if self.world.first_use is None and self.world.uses == 0:
            return ordered(constraint, timedelta(), right[0])
        return self.since(self.world.first_use, constraint, right[0])

    def of_delayPeriod(self, constraint: Constraint, right: list[Any]) -> Outcomes:  # noqa: N802
        return self.since(self.world.agreed, constraint, right[0])

    def since(self, start: datetime | None, constraint: Constraint, right: timedelta) -> Outcomes:
        if start is None or start > self.request.time:
            return EITHER
        return ordered(constraint, self.request.time - start, right)

    def of_event(self, constraint: Constraint, right: list[Any]) -> Outcomes:
        period = self.world.events.get(right[0])
        if period is None:
            return EITHER
        now, end = self.request.time, period.end or period.start
        before, after = now < period.start, now > end
        return self.outcome(
            {
                "lt": before,
                "gt": after,
                "eq": not before and not after,
                "lteq": not after,
                "gteq": not before,
            }[name(constraint.operator)]
        )

    def of_purpose(self, constraint: Constraint, right: list[Any]) -> Outcomes:
        return EITHER if self.request.purpose is None else chosen(constraint, {self.request.purpose}, right)

    def of_recipient(self, constraint: Constraint, right: list[Any]) -> Outcomes:
        if self.request.assignee is None:
            return EITHER
        if name(constraint.operator) == "isPartOf":
            return self.outcome(
                any(self.is_inside(one, right[0]) for one in (self.request.assignee, *self.request.groups))
            )
        return chosen(constraint, {self.request.assignee}, right)

    def of_group(self, constraint: Constraint, right: list[Any]) -> Outcomes:
        asker, groups = self.request.assignee, self.request.groups
        if asker is None and not groups:
            return EITHER
        held = {
            whole
            for whole in right
            if whole != asker and any(self.is_inside(one, whole) for one in ({asker} if asker else set()) | groups)
        }
        return chosen(constraint, held, right)

    def of_spatial(self, constraint: Constraint, right: list[Any]) -> Outcomes:
        held = self.request.facts.get(ODRL.spatial)
        if held is None:
            return EITHER
        (place,) = held
        assert isinstance(place, NamedNode)
        inner, outer = (right[0], place) if name(constraint.operator) == "hasPart" else (place, right[0])
        if name(constraint.operator) not in {"isPartOf", "hasPart"}:
            return chosen(constraint, {place}, right)
        if self.is_inside(inner, outer):
            return YES
        return NO if inner in self.world.memberships else EITHER

    @staticmethod
    def outcome(truth: bool) -> Outcomes:
        return frozenset({truth})


def every(parts: Iterable[Outcomes]) -> Outcomes:
    """Return every outcome of things that all have to hold."""
    return frozenset(all(truths) for truths in product(*parts))


def chosen(constraint: Constraint, held: set[Any], right: list[Any]) -> Outcomes:
    some, none, all_ = bool(held & set(right)), not held & set(right), set(right) <= held
    says = {"eq": some, "isAnyOf": some, "neq": none, "isNoneOf": none, "isAllOf": all_}
    return frozenset({says[name(constraint.operator)]})


def ordered(constraint: Constraint, left: Any, right: Any) -> Outcomes:  # noqa: ANN401 - of one kind
    less, more = left < right, left > right
    says = {"lt": less, "gt": more, "lteq": not more, "gteq": not less, "eq": left == right, "neq": left != right}
    return frozenset({says[name(constraint.operator)]})


DURATIONS = {"PT0S": timedelta(0), "P1D": timedelta(1), "P2D": timedelta(2), "P1DT12H": timedelta(1.5)}


def read(value: Any) -> Any:  # noqa: ANN401 - a term
    """Read a right operand as the strategies write it."""
    if isinstance(value, NamedNode):
        return value
    match value.datatype.value.rpartition("#")[2]:
        case "dateTime":
            return datetime.fromisoformat(value.value)
        case "integer":
            return int(value.value)
        case _:
            return DURATIONS[value.value]
