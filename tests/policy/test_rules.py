"""Rules with all that ODRL gives them: collections, refinements, duties and their consequences, remedies, the world."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.policy.policies import CONSUMER, NOW, PROVIDER, STRANGER, TARGET, limit, may, must_not, offer, part, use
from tests.policy.whole_policies import ALLIANCE, CLUB, FIFE, FOLDER, OUTAGE, SCOTLAND

from virtuales.errors import InputError, NotFound
from virtuales.policy.check import problems
from virtuales.policy.duties import DutyMode, DutyState
from virtuales.policy.evaluate import evaluate, report
from virtuales.policy.inheritance import with_inherited
from virtuales.policy.odrl import Collection, Duty, Permission, Policy, Prohibition
from virtuales.policy.request import UseRequest
from virtuales.policy.world import Performed, Period, World
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode, typed

EURO = NamedNode("https://units.example/euro")
THREE_TIMES = limit(ODRL.count, ODRL.lteq, typed("3", "integer"))


def allowed(policy: Policy, request: UseRequest | None = None, world: World | None = None) -> bool:
    return evaluate(policy, request or use(), world or World()).allowed


def codes(policy: Policy, world: World, mode: DutyMode = DutyMode.BEFORE) -> set[str]:
    return {reason.code for reason in evaluate(policy, use(), world, mode=mode).reasons}


def test_count_includes_the_use_that_is_asked_for_and_is_unknown_when_nobody_counts() -> None:
    policy = offer(may(ODRL.read, THREE_TIMES))
    assert [allowed(policy, world=World(uses=uses)) for uses in (0, 2, 3)] == [True, True, False]
    assert codes(policy, World()) == {"constraint-undecided"}


def test_time_runs_from_the_agreement_and_from_the_first_use() -> None:
    waiting = offer(may(ODRL.read, limit(ODRL.delayPeriod, ODRL.gteq, typed("P1D", "duration"))))
    assert allowed(waiting, world=World(agreed=NOW - timedelta(days=1)))
    assert not allowed(waiting, world=World(agreed=NOW - timedelta(hours=23)))
    month = offer(may(ODRL.read, limit(ODRL.elapsedTime, ODRL.lteq, typed("P30D", "duration"))))
    assert allowed(month, world=World(uses=0))
    assert allowed(month, world=World(uses=1, first_use=NOW - timedelta(days=30)))
    assert not allowed(month, world=World(uses=1, first_use=NOW - timedelta(days=31)))
    assert codes(month, World(first_use=NOW + timedelta(days=1))) == {"constraint-undecided"}


def test_event_bounds_the_use_and_one_that_nobody_knows_cannot_be_judged() -> None:
    after = offer(may(ODRL.read, limit(ODRL.event, ODRL.gt, OUTAGE)))
    during = offer(may(ODRL.read, limit(ODRL.event, ODRL.eq, OUTAGE)))
    now = World(events={OUTAGE: Period(NOW - timedelta(days=1), NOW + timedelta(days=1))})
    over = World(events={OUTAGE: Period(NOW - timedelta(days=2), NOW - timedelta(days=1))})
    assert (allowed(after, world=now), allowed(after, world=over)) == (False, True)
    assert (allowed(during, world=now), allowed(during, world=over)) == (True, False)
    assert codes(after, World()) == {"constraint-undecided"}


def test_place_is_inside_another_only_when_that_is_known() -> None:
    inside = offer(may(ODRL.read, limit(ODRL.spatial, ODRL.isPartOf, SCOTLAND)))
    outside = offer(may(ODRL.read), must_not(ODRL.read, limit(ODRL.spatial, ODRL.isPartOf, SCOTLAND)))
    request = replace(use(), facts={ODRL.spatial: frozenset({FIFE})})
    knowing = World(memberships={FIFE: frozenset({SCOTLAND})})
    elsewhere = World(memberships={FIFE: frozenset()})
    assert [allowed(inside, request, world) for world in (knowing, elsewhere, World())] == [True, False, False]
    assert [allowed(outside, request, world) for world in (knowing, elsewhere, World())] == [False, True, False]


def test_groups_can_be_asked_for_one_by_one() -> None:
    either = offer(may(ODRL.read, limit(VES.group, ODRL.isAnyOf, CLUB, ALLIANCE)))
    both = offer(may(ODRL.read, limit(VES.group, ODRL.isAllOf, CLUB, ALLIANCE)))
    request = use(groups=frozenset({CLUB}))
    wider = World(memberships={CLUB: frozenset({ALLIANCE})})
    assert allowed(either, request)
    assert (allowed(both, request), allowed(both, request, wider)) == (False, True)


def test_rule_for_a_collection_speaks_of_its_members_as_far_as_they_are_refined() -> None:
    certified = limit(VES.certification, ODRL.eq, VES.Approved)
    rule = Permission(
        part("p"),
        ODRL.read,
        target=Collection(FOLDER),
        assignee=Collection(part("x"), source=CLUB, refinements=(certified,)),
    )
    policy = replace(Policy(part("set"), assigner=PROVIDER), permissions=(rule,))
    world = World(memberships={TARGET: frozenset({FOLDER}), CONSUMER: frozenset({CLUB})})
    holder = replace(use(), facts={VES.certification: frozenset({VES.Approved})})
    assert allowed(policy, holder, world)
    assert not allowed(policy, use(), world)
    assert not allowed(policy, replace(holder, assignee=STRANGER, groups=frozenset()), world)
    assert not allowed(policy, replace(holder, target=None), world)
    decision = evaluate(policy, replace(holder, assignee=STRANGER, groups=frozenset()), World())
    assert {reason.code for reason in decision.reasons} == {"rule-for-other-target", "rule-for-other-assignee"}
    assert all(reason.remedy for reason in decision.reasons)


def test_prohibition_for_somebody_bars_whoever_does_not_say_who_they_are() -> None:
    rule = Prohibition(part("n"), ODRL.read, assignee=STRANGER)
    policy = replace(offer(may(ODRL.read)), prohibitions=(rule,))
    assert allowed(policy)
    assert not allowed(policy, use(assignee=STRANGER))
    assert not allowed(policy, use(assignee=None))


def test_refined_action_is_permitted_only_as_it_is_refined_and_in_its_unit() -> None:
    cheap = replace(limit(ODRL.payAmount, ODRL.lteq, typed("5", "integer")), unit=EURO)
    policy = offer(replace(may(ODRL.read), refinements=(cheap,)))
    paying = replace(use(), facts={ODRL.payAmount: frozenset({typed("4.99", "decimal")})})
    assert allowed(policy, replace(paying, units={ODRL.payAmount: EURO}))
    assert not allowed(policy, paying)
    assert not allowed(policy, use())


def test_duty_is_fulfilled_by_a_deed_that_suits_it_and_was_done_before() -> None:
    paid = limit(ODRL.payAmount, ODRL.gteq, typed("5", "integer"))
    duty = Duty(part("d"), ODRL.compensate, refinements=(paid,), assignee=CONSUMER)
    policy = offer(may(ODRL.read, duties=(duty,)))
    deed = replace(use(ODRL.compensate), facts={ODRL.payAmount: frozenset({typed("5.00", "decimal")})})
    assert allowed(policy, world=World(performed=(Performed(deed),)))
    for other in (
        replace(deed, time=NOW + timedelta(seconds=1)),
        replace(deed, action=ODRL.inform),
        replace(deed, assignee=STRANGER, groups=frozenset()),
        replace(deed, facts={}),
    ):
        assert codes(policy, World(performed=(Performed(other),))) == {"duty-unfulfilled"}
    assert codes(policy, World(performed=(Performed(deed, part("other")),))) == {"duty-unfulfilled"}


def test_both_readings_of_an_unfulfilled_duty_have_a_name() -> None:
    policy = offer(may(ODRL.read, duties=(Duty(part("d"), ODRL.inform),)))
    assert codes(policy, World()) == {"duty-unfulfilled"}
    assert codes(policy, World(), DutyMode.EVENTUALLY) == {"permitted"}
    assert codes(policy, World(violated=frozenset({part("d")})), DutyMode.EVENTUALLY) == {"duty-violated"}


def test_duty_that_does_not_bind_now_holds_nothing_back_and_one_that_may_bind_does() -> None:
    duty = Duty(part("d"), ODRL.inform, (limit(ODRL.purpose, ODRL.eq, VES.Research),))
    policy = offer(may(ODRL.read, duties=(duty,)))
    assert allowed(policy, use(purpose=VES.NetworkPlanning))
    assert not allowed(policy, use(purpose=VES.Research))
    assert not allowed(policy, use(purpose=None))


def test_violated_obligation_denies_until_it_and_its_consequence_are_done() -> None:
    obligation = Duty(part("o"), ODRL.delete, consequences=(Duty(part("o-1"), ODRL.compensate),))
    policy = replace(offer(may(ODRL.read)), obligations=(obligation,))
    violated = frozenset({part("o")})
    assert allowed(policy)
    assert codes(policy, World(violated=violated)) == {"violated"}
    assert codes(policy, World(violated=violated, fulfilled=frozenset({part("o")}))) == {"violated"}
    good = World(violated=violated, fulfilled=frozenset({part("o"), part("o-1")}))
    assert allowed(policy, world=good)
    assert report(policy, use(), good).duty(obligation).state is DutyState.FULFILLED


def test_infringed_prohibition_denies_until_its_remedy_is_done() -> None:
    rule = replace(must_not(ODRL.distribute), remedies=(Duty(part("r"), ODRL.delete),))
    policy = offer(may(ODRL.read), rule)
    violated = frozenset({rule.iri})
    assert codes(policy, World(violated=violated)) == {"violated"}
    assert allowed(policy, world=World(violated=violated, fulfilled=frozenset({part("r")})))


def test_inherited_rules_hold_and_contradictory_strategies_void_conflicts() -> None:
    parent = replace(offer(must_not(ODRL.distribute, name="parent")), iri=part("parent"), conflict=ODRL.perm)
    child = replace(offer(may(ODRL.use)), inherits=(parent.iri,))
    assert codes(child, World()) == {"policy-unusable"}
    whole = with_inherited(child, {parent.iri: parent}.__getitem__)
    assert allowed(whole)
    assert not allowed(whole, use(ODRL.distribute))
    assert whole.conflict == ODRL.invalid
    assert problems(whole) == []


def test_policy_that_inherits_from_itself_or_from_nowhere_is_refused() -> None:
    child = replace(offer(may(ODRL.use)), inherits=(part("parent"),))
    parent = replace(child, iri=part("parent"), inherits=(child.iri,))
    with pytest.raises(InputError, match="inherits from itself"):
        with_inherited(child, {parent.iri: parent, child.iri: child}.__getitem__)

    def nowhere(name: NamedNode) -> Policy:
        raise NotFound("There is no such policy.", where=name.value)

    with pytest.raises(NotFound):
        with_inherited(child, nowhere)


def test_unknown_profile_makes_a_policy_unusable() -> None:
    assert codes(replace(offer(may(ODRL.use)), profiles=(part("profile"),)), World()) == {"policy-unusable"}
    assert allowed(replace(offer(may(ODRL.use)), profiles=(VES.PolicyProfile,)))
