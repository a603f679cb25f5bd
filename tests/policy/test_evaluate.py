"""Evaluation of policies: what is unknown, unmet or prohibited denies, and the reasons say so."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples
from tests.policy.policies import (
    CONSTRAINTS,
    CONSUMER,
    NOW,
    OFFERS,
    PERMISSIONS,
    REQUESTS,
    STRANGER,
    UNKNOWN,
    agreement,
    limit,
    may,
    must_not,
    offer,
    part,
    use,
)

from virtuales.errors import AccessDenied
from virtuales.policy.constraints import join, judge
from virtuales.policy.decision import Decision
from virtuales.policy.evaluate import evaluate
from virtuales.policy.odrl import AnyConstraint, Constraint, Duty, LogicalConstraint, Offer, Permission
from virtuales.policy.profile import encompasses
from virtuales.policy.request import UseRequest
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import Literal, NamedNode, date_time

PLANNING = limit(ODRL.purpose, ODRL.isAnyOf, VES.NetworkPlanning)


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


def test_finding_of_a_met_constraint_says_so() -> None:
    finding = judge(PLANNING, use())
    assert finding.met
    assert "and is" in finding.message


@pytest.mark.parametrize(
    "policy",
    [
        offer(),
        offer(may(UNKNOWN)),
        offer(may(ODRL.read), must_not(UNKNOWN)),
        offer(may(ODRL.read), may(ODRL.derive, limit(UNKNOWN, ODRL.eq, UNKNOWN))),
        offer(may(ODRL.read, limit(ODRL.purpose, UNKNOWN, VES.Research))),
        offer(may(ODRL.read, limit(ODRL.purpose, ODRL.lt, VES.Research))),
        offer(may(ODRL.read, limit(ODRL.purpose, ODRL.isNoneOf))),
        offer(may(ODRL.read, limit(ODRL.purpose, ODRL.isNoneOf, Literal("Research")))),
        offer(may(ODRL.read, limit(ODRL.purpose, ODRL.neq, VES.Research, VES.SystemOperation))),
        offer(may(ODRL.read, limit(ODRL.dateTime, ODRL.neq, Literal("2026-01-01T00:00:00Z")))),
        offer(may(ODRL.read, limit(ODRL.dateTime, ODRL.neq, date_time("2026-01-01T00:00:00")))),
        offer(may(ODRL.read, limit(ODRL.dateTime, ODRL.neq, date_time("tomorrow")))),
        offer(may(ODRL.read, limit(ODRL.count, ODRL.lteq, Literal("3")))),
        offer(may(ODRL.read, LogicalConstraint(part("l"), ODRL.andSequence, (PLANNING,)))),
        offer(may(ODRL.read, LogicalConstraint(part("l"), ODRL["and"], ()))),
        offer(may(ODRL.read, duties=(Duty(part("d"), UNKNOWN),))),
        offer(may(ODRL.read), conflict=UNKNOWN),
    ],
)
def test_denies_under_policy_with_a_part_it_does_not_understand(policy: Offer) -> None:
    decision = evaluate(policy, use())
    assert not decision.allowed
    assert codes(decision) == {"policy-unusable"}
    assert all(reason.remedy for reason in decision.reasons)


def test_denies_other_target_and_other_assignee_and_time_without_zone() -> None:
    elsewhere = replace(use(), target=UNKNOWN)
    assert codes(evaluate(offer(may(ODRL.read)), elsewhere)) == {"other-target"}
    assert codes(evaluate(agreement(may(ODRL.read)), use(assignee=STRANGER))) == {"other-assignee"}
    assert codes(evaluate(agreement(may(ODRL.read)), use(assignee=None))) == {"other-assignee"}
    naive = use(time=datetime(2026, 6, 1))  # noqa: DTZ001 - a time without a zone is the point of the test
    assert codes(evaluate(offer(may(ODRL.read)), naive)) == {"time-without-zone"}


def test_denies_what_no_rule_permits() -> None:
    assert codes(evaluate(offer(may(ODRL.read)), use(ODRL.distribute))) == {"no-permission"}
    assert codes(evaluate(offer(may(ODRL.read)), use(ODRL.use))) == {"no-permission"}
    assert codes(evaluate(offer(may(ODRL.use)), use(UNKNOWN))) == {"no-permission"}


def test_denies_unmet_constraint_and_says_which_value_and_what_would_be_right() -> None:
    (reason,) = evaluate(offer(may(ODRL.read, PLANNING)), use(purpose=VES.Research)).reasons
    assert reason.code == "constraint-not-met"
    assert (reason.rule, reason.constraint) == (part("p").value, part("c").value)
    assert reason.value == VES.Research.value
    assert reason.remedy
    assert VES.NetworkPlanning.value in reason.remedy


def test_denies_constraint_about_something_the_request_does_not_say() -> None:
    for operator in (ODRL.eq, ODRL.neq, ODRL.isNoneOf):
        policy = offer(may(ODRL.read, limit(ODRL.purpose, operator, VES.Research)))
        assert codes(evaluate(policy, use(purpose=None))) == {"constraint-undecided"}


def test_denies_while_a_duty_is_unfulfilled() -> None:
    policy = offer(may(ODRL.read, duties=(Duty(part("d"), ODRL.inform),)))
    assert codes(evaluate(policy, use())) == {"duty-unfulfilled"}
    assert evaluate(policy, replace(use(), fulfilled=frozenset({part("d")}))).allowed


def test_prohibition_wins_unless_the_policy_prefers_permissions() -> None:
    rules = (may(ODRL.use), must_not(ODRL.read))
    assert codes(evaluate(offer(*rules), use())) == {"prohibited"}
    assert codes(evaluate(offer(*rules, conflict=ODRL.invalid), use())) == {"prohibited"}
    assert evaluate(offer(*rules, conflict=ODRL.perm), use()).allowed
    assert not evaluate(offer(must_not(ODRL.read), conflict=ODRL.perm), use()).allowed


def test_prohibition_applies_when_its_constraint_cannot_be_judged() -> None:
    policy = offer(may(ODRL.use), must_not(ODRL.read, limit(ODRL.purpose, ODRL.eq, VES.Research)))
    assert codes(evaluate(policy, use(purpose=None))) == {"prohibited"}
    assert not evaluate(policy, use(purpose=VES.Research)).allowed
    assert evaluate(policy, use(purpose=VES.NetworkPlanning)).allowed


def test_prohibition_of_passing_on_does_not_stop_reading() -> None:
    policy = offer(may(ODRL.use), must_not(ODRL.distribute))
    assert evaluate(policy, use(ODRL.read)).allowed
    assert not evaluate(policy, use(ODRL.distribute)).allowed


@pytest.mark.parametrize(
    ("operator", "days", "allowed"),
    [
        (ODRL.lt, 0, False),
        (ODRL.lteq, 0, True),
        (ODRL.gt, 0, False),
        (ODRL.gteq, 0, True),
        (ODRL.eq, 0, True),
        (ODRL.neq, 0, False),
        (ODRL.lt, 1, False),
        (ODRL.gt, 1, True),
    ],
)
def test_times_are_compared_as_instants(operator: NamedNode, days: int, *, allowed: bool) -> None:
    policy = offer(may(ODRL.read, limit(ODRL.dateTime, operator, date_time("2026-06-01T14:00:00+02:00"))))
    assert evaluate(policy, use(time=NOW + timedelta(days=days))).allowed is allowed


def test_membership_looks_at_the_organisation_and_its_groups() -> None:
    policy = offer(may(ODRL.read, limit(ODRL.recipient, ODRL.isPartOf, VES.ApprovedParticipants)))
    assert evaluate(policy, use()).allowed
    assert not evaluate(policy, use(groups=frozenset())).allowed
    named = offer(may(ODRL.read, limit(ODRL.recipient, ODRL.isAnyOf, CONSUMER, UNKNOWN)))
    assert evaluate(named, use()).allowed
    assert not evaluate(named, use(assignee=STRANGER)).allowed


def test_a_group_is_not_mistaken_for_the_recipient() -> None:
    policy = offer(may(ODRL.read, limit(ODRL.recipient, ODRL.eq, VES.ApprovedParticipants)))
    assert not evaluate(policy, use()).allowed


def test_decision_without_reason_is_a_bug() -> None:
    with pytest.raises(ValueError, match="reason"):
        Decision(allowed=True, reasons=())


def test_required_decision_raises_with_its_reasons() -> None:
    evaluate(offer(may(ODRL.read)), use()).require("No access.")
    with pytest.raises(AccessDenied) as refusal:
        evaluate(offer(may(ODRL.read)), use(ODRL.derive)).require("No access.", where="dataset 1")
    assert refusal.value.reasons
    assert refusal.value.where == "dataset 1"


@given(OFFERS, REQUESTS)
@settings(max_examples=examples(150), deadline=None)
def test_decisions_agree_with_a_plain_model(policy: Offer, request: UseRequest) -> None:
    assert evaluate(policy, request).allowed is model_allows(policy, request)


@given(OFFERS, REQUESTS, CONSTRAINTS, st.sampled_from(["action", "left", "operator", "operand", "prohibition"]))
@settings(max_examples=examples(150), deadline=None)
def test_random_policies_never_allow_with_an_unknown_term(
    policy: Offer, request: UseRequest, constraint: AnyConstraint, place: str
) -> None:
    assert not evaluate(spoiled(policy, constraint, place), request).allowed


@given(OFFERS, REQUESTS)
@settings(max_examples=examples(150), deadline=None)
def test_prohibition_that_applies_always_denies(policy: Offer, request: UseRequest) -> None:
    stopped = replace(policy, prohibitions=(*policy.prohibitions, must_not(request.action)))
    assert not evaluate(stopped, request).allowed


@given(OFFERS, REQUESTS, st.data())
@settings(max_examples=examples(150), deadline=None)
def test_removing_a_permission_never_turns_deny_into_allow(
    policy: Offer, request: UseRequest, data: st.DataObject
) -> None:
    gone = data.draw(st.integers(0, len(policy.permissions) - 1))
    fewer = replace(policy, permissions=policy.permissions[:gone] + policy.permissions[gone + 1 :])
    assert evaluate(policy, request).allowed or not evaluate(fewer, request).allowed


@given(OFFERS, REQUESTS)
@settings(max_examples=examples(150), deadline=None)
def test_saying_less_never_turns_deny_into_allow(policy: Offer, request: UseRequest) -> None:
    silent = replace(request, purpose=None, assignee=None)
    assert evaluate(policy, request).allowed or not evaluate(policy, silent).allowed


@given(PERMISSIONS, REQUESTS)
@settings(max_examples=examples(150), deadline=None)
def test_further_constraint_never_turns_deny_into_allow(permission: Permission, request: UseRequest) -> None:
    tighter = replace(permission, constraints=(*permission.constraints, PLANNING))
    assert evaluate(offer(permission), request).allowed or not evaluate(offer(tighter), request).allowed


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=4))
def test_joining_agrees_with_every_way_the_unknowns_could_turn_out(truths: list[bool | None]) -> None:
    worlds: list[list[bool]] = [[]]
    for truth in truths:
        worlds = [[*world, value] for world in worlds for value in ([truth] if truth is not None else [True, False])]
    for operand, rule in ((ODRL["and"], all), (ODRL["or"], any), (ODRL.xone, lambda world: sum(world) == 1)):
        outcomes = {bool(rule(world)) for world in worlds}
        joined = join(operand, list(truths))
        assert joined is None or outcomes == {joined}


def spoiled(policy: Offer, constraint: AnyConstraint, place: str) -> Offer:
    """Return the policy with one unknown term in it."""
    if place == "prohibition":
        return replace(policy, prohibitions=(*policy.prohibitions, must_not(UNKNOWN)))
    bad: AnyConstraint = LogicalConstraint(part("bad"), UNKNOWN, (constraint,))
    if place == "left":
        bad = limit(UNKNOWN, ODRL.eq, UNKNOWN)
    elif place == "operator":
        bad = limit(ODRL.purpose, UNKNOWN, VES.Research)
    extra = (
        may(UNKNOWN)
        if place == "action"
        else may(ODRL.use, LogicalConstraint(part("o"), ODRL["or"], (constraint, bad)))
    )
    return replace(policy, permissions=(*policy.permissions, extra))


def model_allows(policy: Offer, request: UseRequest) -> bool:
    """Decide in the plainest way: some permission surely holds, and every prohibition surely does not."""
    barred = any(
        encompasses(rule.action, request.action) and not any(truth(part, request) is False for part in rule.constraints)
        for rule in policy.prohibitions
    )
    granted = any(
        encompasses(rule.action, request.action)
        and not rule.duties
        and all(truth(part, request) is True for part in rule.constraints)
        for rule in policy.permissions
    )
    return granted and not barred


def truth(constraint: AnyConstraint, request: UseRequest) -> bool | None:
    """Judge a constraint in the plainest way, independent of the evaluator's tables."""
    if isinstance(constraint, LogicalConstraint):
        parts = [truth(inner, request) for inner in constraint.constraints]
        if constraint.operand == ODRL["and"]:
            return min(parts, key=lambda value: {False: 0, None: 1, True: 2}[value])
        if constraint.operand == ODRL["or"]:
            return max(parts, key=lambda value: {False: 0, None: 1, True: 2}[value])
        sure = sum(value is True for value in parts)
        return False if sure > 1 else None if None in parts else sure == 1
    return _atomic(constraint, request)


def _atomic(constraint: Constraint, request: UseRequest) -> bool | None:
    if constraint.left == ODRL.dateTime:
        bound = datetime.fromisoformat(constraint.right[0].value)
        return {
            "lt": request.time < bound,
            "lteq": request.time <= bound,
            "gt": request.time > bound,
            "gteq": request.time >= bound,
            "eq": request.time == bound,
            "neq": request.time != bound,
        }[constraint.operator.value.removeprefix(ODRL.iri)]
    facts = request.facts.get(constraint.left)
    held = {ODRL.purpose: request.purpose, ODRL.recipient: request.assignee}.get(
        constraint.left, next(iter(facts)) if facts else None
    )
    if held is None:
        return None
    inside = held in constraint.right
    if constraint.operator == ODRL.isPartOf:
        return inside or any(group in constraint.right for group in request.groups)
    return inside if constraint.operator in (ODRL.eq, ODRL.isAnyOf) else not inside
