"""What was given under limits is offered no more widely: each limit is kept, or named."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.policy.policies import CONSUMER, NOW, STRANGER, agreement, limit, may, must_not, offer

from virtuales.clock import iso_instant
from virtuales.policy.odrl import AnyConstraint, LogicalConstraint, Permission, Prohibition
from virtuales.policy.passing_on import lost_limits
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import Literal, NamedNode, date_time

LATER, LATEST = (date_time(iso_instant(NOW + timedelta(days=days))) for days in (30, 60))
RESEARCH, PLANNING = VES.Research, VES.NetworkPlanning
MEMBERS = VES.ApprovedParticipants


def lost(given: list[Permission | Prohibition], offered: list[Permission | Prohibition]) -> set[str]:
    """Return the codes of what an offer loses of an agreement."""
    return {reason.code for reason in lost_limits(agreement(*given), offer(*offered), until=None)}


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        (limit(ODRL.purpose, ODRL.isAnyOf, RESEARCH), None),
        (limit(ODRL.purpose, ODRL.isAnyOf, RESEARCH), limit(ODRL.purpose, ODRL.isAnyOf, RESEARCH, PLANNING)),
        (limit(ODRL.purpose, ODRL.eq, RESEARCH), limit(ODRL.purpose, ODRL.isNoneOf, PLANNING)),
        (limit(ODRL.purpose, ODRL.isNoneOf, RESEARCH, PLANNING), limit(ODRL.purpose, ODRL.isNoneOf, PLANNING)),
        (limit(ODRL.dateTime, ODRL.lteq, LATER), limit(ODRL.dateTime, ODRL.lteq, LATEST)),
        (limit(ODRL.dateTime, ODRL.lt, LATER), limit(ODRL.dateTime, ODRL.lteq, LATER)),
        (limit(ODRL.dateTime, ODRL.lteq, LATER), limit(ODRL.dateTime, ODRL.gteq, LATER)),
        (limit(ODRL.dateTime, ODRL.gteq, LATEST), limit(ODRL.dateTime, ODRL.gteq, LATER)),
        (limit(ODRL.recipient, ODRL.isAnyOf, CONSUMER), limit(ODRL.recipient, ODRL.isAnyOf, CONSUMER, STRANGER)),
        (limit(ODRL.recipient, ODRL.isAnyOf, CONSUMER), limit(ODRL.recipient, ODRL.isPartOf, MEMBERS)),
        (limit(ODRL.spatial, ODRL.eq, NamedNode("urn:a")), limit(ODRL.spatial, ODRL.eq, NamedNode("urn:b"))),
        (limit(ODRL.dateTime, ODRL.lteq, LATER), limit(ODRL.dateTime, ODRL.lteq, Literal("soon"))),
    ],
)
def test_names_a_limit_that_the_offer_widens(given: AnyConstraint, offered: AnyConstraint | None) -> None:
    wider = may(ODRL.use, offered) if offered else may(ODRL.use)
    assert lost([may(ODRL.use, given)], [wider]) == {"limit-lost"}


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        (limit(ODRL.purpose, ODRL.isAnyOf, RESEARCH, PLANNING), limit(ODRL.purpose, ODRL.eq, RESEARCH)),
        (limit(ODRL.purpose, ODRL.isNoneOf, RESEARCH), limit(ODRL.purpose, ODRL.isNoneOf, RESEARCH, PLANNING)),
        (limit(ODRL.dateTime, ODRL.lteq, LATEST), limit(ODRL.dateTime, ODRL.lt, LATER)),
        (limit(ODRL.dateTime, ODRL.gteq, LATER), limit(ODRL.dateTime, ODRL.gt, LATEST)),
        (limit(ODRL.recipient, ODRL.isPartOf, MEMBERS), limit(ODRL.recipient, ODRL.isAnyOf, STRANGER)),
        (limit(ODRL.spatial, ODRL.eq, NamedNode("urn:a")), limit(ODRL.spatial, ODRL.eq, NamedNode("urn:a"))),
    ],
)
def test_takes_the_same_limit_or_a_narrower_one(given: AnyConstraint, offered: AnyConstraint) -> None:
    assert lost([may(ODRL.use, given)], [may(ODRL.use, offered)]) == set()


def test_a_refinement_is_kept_by_a_refinement_alone() -> None:
    here = limit(ODRL.spatial, ODRL.eq, NamedNode("urn:a"))
    refined = replace(may(ODRL.use), refinements=(here,))
    assert lost([refined], [may(ODRL.use, here)]) == {"limit-lost"}
    assert lost([refined], [refined]) == set()


def test_joined_limits_are_never_taken_for_kept() -> None:
    parts = (limit(ODRL.purpose, ODRL.eq, RESEARCH), limit(ODRL.purpose, ODRL.eq, PLANNING))
    joined = LogicalConstraint(NamedNode("urn:joined"), ODRL["or"], parts)
    assert lost([may(ODRL.use, joined)], [may(ODRL.use, joined)]) == {"limit-lost"}


def test_a_permission_to_read_without_limits_does_not_lift_those_of_deriving() -> None:
    given = [may(ODRL.read, name="r"), may(ODRL.derive, limit(ODRL.purpose, ODRL.eq, RESEARCH)), may(ODRL.distribute)]
    assert lost(list(given), [may(ODRL.use)]) == {"limit-lost"}


def test_every_permission_of_the_offer_has_to_keep_the_limits() -> None:
    research = limit(ODRL.purpose, ODRL.eq, RESEARCH)
    assert lost([may(ODRL.use, research)], [may(ODRL.use, research), may(ODRL.use, name="q")]) == {"limit-lost"}


def test_the_end_of_an_agreement_and_its_prohibitions_bind_the_offer() -> None:
    given, end = agreement(may(ODRL.use), must_not(ODRL.modify)), NOW + timedelta(days=30)
    open_ended = offer(may(ODRL.use))
    assert {one.code for one in lost_limits(given, open_ended, until=end)} == {"limit-lost", "prohibition-lost"}
    ended = offer(may(ODRL.use, limit(ODRL.dateTime, ODRL.lteq, LATER)), must_not(ODRL.modify))
    assert list(lost_limits(given, ended, until=end)) == []
    sometimes = replace(ended, prohibitions=(must_not(ODRL.modify, limit(ODRL.purpose, ODRL.eq, RESEARCH)),))
    assert {one.code for one in lost_limits(given, sometimes, until=end)} == {"prohibition-lost"}
