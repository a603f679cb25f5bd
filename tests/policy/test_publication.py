"""Policies checked before publication: what could never apply is refused, what contradicts another is shown."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.effort import examples
from tests.policy.policies import (
    CONSUMER,
    NOW,
    STRANGER,
    TARGET,
    UNKNOWN,
    limit,
    may,
    must_not,
    offer,
    part,
)
from tests.policy.whole_policies import FIFE, SCOTLAND, WALES, Maker

from virtuales.clock import iso_instant
from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.constraints import judge_all
from virtuales.policy.knowledge import Knowledge
from virtuales.policy.odrl import AnyConstraint, Duty, LogicalConstraint, Offer
from virtuales.policy.publication import check_publishable, overlaps, publication_problems
from virtuales.policy.satisfiability import Verdict, implies, together
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode, date_time, typed


def until(days: int) -> AnyConstraint:
    return limit(ODRL.dateTime, ODRL.lteq, date_time(iso_instant(NOW + timedelta(days=days))))


def since(days: int) -> AnyConstraint:
    return limit(ODRL.dateTime, ODRL.gteq, date_time(iso_instant(NOW + timedelta(days=days))))


def joined(operand: NamedNode, *parts: AnyConstraint) -> LogicalConstraint:
    return LogicalConstraint(part("l"), operand, parts)


RESEARCH = limit(ODRL.purpose, ODRL.eq, VES.Research)
PLANNING = limit(ODRL.purpose, ODRL.eq, VES.NetworkPlanning)


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        (offer(may(ODRL.read, since(2), until(1))), "can never apply"),
        (offer(may(ODRL.read, RESEARCH, PLANNING)), "can never apply"),
        (offer(may(ODRL.read, joined(ODRL.xone, RESEARCH, RESEARCH))), "can never apply"),
        (offer(may(ODRL.read, limit(ODRL.count, ODRL.lt, typed("1", "integer")))), "can never apply"),
        (offer(may(ODRL.read, limit(ODRL.elapsedTime, ODRL.lt, typed("PT0S", "duration")))), "can never apply"),
        (offer(may(ODRL.read), must_not(ODRL.derive, RESEARCH, PLANNING)), "prohibition `derive` can never apply"),
        (offer(may(ODRL.read, duties=(Duty(part("d"), ODRL.inform, (RESEARCH, PLANNING)),))), "duty `inform`"),
        (offer(may(ODRL.read, until(-1))), "has ended"),
        (offer(may(ODRL.read), must_not(ODRL.use)), "can never be used"),
        (offer(may(ODRL.read, RESEARCH, until(1)), must_not(ODRL.use, RESEARCH)), "can never be used"),
    ],
)
def test_refuses_policy_with_a_rule_that_is_of_no_use(policy: Offer, says: str) -> None:
    with pytest.raises(InputError, match=says) as refusal:
        check_publishable(policy, NOW)
    assert refusal.value.where
    assert refusal.value.remedy


def test_refuses_unknown_terms_first() -> None:
    with pytest.raises(UnknownTerm):
        check_publishable(offer(may(ODRL.read, RESEARCH, PLANNING, limit(UNKNOWN, ODRL.eq, UNKNOWN))), NOW)


@pytest.mark.parametrize(
    "policy",
    [
        offer(may(ODRL.read, since(1), until(1))),
        offer(may(ODRL.read, joined(ODRL["or"], RESEARCH, PLANNING), until(1))),
        offer(may(ODRL.use), must_not(ODRL.distribute)),
        offer(may(ODRL.read), must_not(ODRL.use, RESEARCH)),
        offer(may(ODRL.read), must_not(ODRL.use), conflict=ODRL.perm),
        offer(may(ODRL.read, limit(ODRL.spatial, ODRL.isPartOf, SCOTLAND), limit(ODRL.spatial, ODRL.isPartOf, FIFE))),
    ],
)
def test_policy_that_somebody_could_use_or_that_nobody_can_judge_is_publishable(policy: Offer) -> None:
    assert publication_problems(policy, NOW) == []


def test_what_one_offer_permits_and_another_prohibits_is_shown() -> None:
    free = offer(may(ODRL.use))
    strict = replace(offer(may(ODRL.read, RESEARCH), must_not(ODRL.read, PLANNING)), iri=part("strict"))
    (found,) = overlaps([free, strict])
    assert (found.permission, found.prohibition, found.sure) == (part("p"), part("n"), True)
    assert "`read` can be permitted" in found.message
    assert overlaps([free, replace(strict, target=UNKNOWN)]) == []
    assert overlaps([replace(free, permissions=(may(ODRL.use, RESEARCH),)), strict]) == []


def test_overlap_within_a_policy_says_which_side_wins() -> None:
    rules = (may(ODRL.read), must_not(ODRL.use, RESEARCH))
    (found,) = overlaps([offer(*rules)])
    assert "the prohibition wins" in found.message
    assert "void" in overlaps([offer(*rules, conflict=ODRL.invalid)])[0].message
    assert "the permission wins" in overlaps([offer(*rules, conflict=ODRL.perm)])[0].message


def test_part_of_a_permitted_action_may_be_prohibited_without_a_word() -> None:
    usual = offer(may(ODRL.use), must_not(ODRL.distribute))
    assert overlaps([usual, replace(usual, iri=part("next"))]) == []


def test_places_are_compared_by_what_is_known_of_them() -> None:
    inside = (limit(ODRL.spatial, ODRL.isPartOf, SCOTLAND),)
    fife, wales = (limit(ODRL.spatial, ODRL.eq, FIFE),), (limit(ODRL.spatial, ODRL.eq, WALES),)
    known = Knowledge({FIFE: frozenset({SCOTLAND})}, frozenset({frozenset({SCOTLAND, WALES})}))
    assert together(inside, fife) is Verdict.UNKNOWN
    assert together(inside, fife, knowledge=known) is Verdict.COMPATIBLE
    assert together(inside, wales, knowledge=known) is Verdict.CONFLICT
    assert implies(fife, inside, knowledge=known) is True


def test_delays_of_a_sequence_add_up_and_have_to_fit_into_the_time_that_may_elapse() -> None:
    wait = limit(ODRL.delayPeriod, ODRL.gteq, typed("P5D", "duration"))
    sequence = (joined(ODRL.andSequence, wait, wait),)
    within = {
        days: together(sequence, (limit(ODRL.elapsedTime, ODRL.lteq, typed(f"P{days}D", "duration")),))
        for days in (9, 10, 12)
    }
    assert within == {9: Verdict.CONFLICT, 10: Verdict.COMPATIBLE, 12: Verdict.COMPATIBLE}
    unknown = limit(ODRL.delayPeriod, ODRL.isA, typed("P5D", "duration"))
    short_time = limit(ODRL.elapsedTime, ODRL.lteq, typed("P1D", "duration"))
    assert together((joined(ODRL.andSequence, unknown),), (short_time,)) is Verdict.UNKNOWN


def test_more_metered_time_than_may_elapse_is_never_met() -> None:
    metered = (limit(ODRL.meteredTime, ODRL.gteq, typed("P3D", "duration")),)
    for days, verdict in ((2, Verdict.CONFLICT), (3, Verdict.COMPATIBLE)):
        elapsed = (limit(ODRL.elapsedTime, ODRL.lteq, typed(f"P{days}D", "duration")),)
        assert together(metered, elapsed) is verdict


def test_constraints_too_many_to_compare_are_unknown() -> None:
    many = tuple(joined(ODRL["or"], RESEARCH, PLANNING, until(number)) for number in range(12))
    assert together(many) is Verdict.UNKNOWN
    assert together((joined(ODRL.xone, *(until(number) for number in range(100))),)) is Verdict.UNKNOWN


def test_narrower_limits_imply_wider_ones() -> None:
    assert implies((until(1), RESEARCH), (until(2),)) is True
    assert implies((until(2),), (until(1),)) is False
    assert (
        implies((limit(ODRL.recipient, ODRL.isAnyOf, CONSUMER),), (limit(ODRL.recipient, ODRL.neq, STRANGER),)) is True
    )


def test_constraints_that_random_requests_meet_are_never_called_contradictory() -> None:
    met = 0
    for seed in range(examples(4000)):
        maker = Maker(seed)
        constraints = tuple(maker.constraint() for _ in range(3))
        request = replace(maker.request(), target=TARGET)
        world = maker.world(offer())
        if all(finding.met for finding in judge_all(constraints, request, world)):
            met += 1
            assert together(constraints) is not Verdict.CONFLICT, f"seed {seed}"
    assert met > 10
