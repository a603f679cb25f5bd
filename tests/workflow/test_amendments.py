"""A new agreement replaces one that there is: proposed by either side, signed by both, and only then in its place."""

from datetime import timedelta

import pytest
from tests.books import NOON
from tests.workflow.two_sides import ANALYST, STEWARD, Fate, Sides, agree, settle, two_sides

from virtuales.contract.agreement import parse_agreement, verify_agreement
from virtuales.contract.agreements import AgreementRecord, AgreementStatus
from virtuales.contract.negotiation import State
from virtuales.contract.readable_text import readable_text
from virtuales.errors import Conflict, InputError
from virtuales.policy.changing import TermChanges
from virtuales.rdf.terms import NamedNode
from virtuales.workflow import review_access
from virtuales.workflow.amend import amend
from virtuales.workflow.bargain import accept, counter, terms_of
from virtuales.workflow.end_agreement import revoke, terminate
from virtuales.workflow.negotiate import Desk

UNTIL = TermChanges(until=NOON + timedelta(days=90))
WHY = "The study takes longer."


@pytest.fixture
def sides(tmp_path_factory: pytest.TempPathFactory) -> Sides:
    return two_sides(tmp_path_factory.mktemp("sides"))


def kinds(sides: Sides, iri: NamedNode) -> list[AgreementStatus]:
    now = sides.clock.now()
    return [Desk(each).agreements.get(iri).status(now) for each in (sides.provider, sides.consumer)]


def newest(sides: Sides, before: AgreementRecord) -> AgreementRecord:
    (record,) = [each for each in Desk(sides.provider).agreements.all() if each.iri != before.iri]
    return record


def test_the_consumer_asks_for_a_renewal_and_the_provider_approves(sides: Sides) -> None:
    before = agree(sides)
    asked = amend(sides.consumer, ANALYST, before.iri, UNTIL, reason=WHY)
    assert kinds(sides, before.iri) == [AgreementStatus.ACTIVE, AgreementStatus.ACTIVE]
    (review,) = review_access.reviews(sides.provider, STEWARD)
    (new,) = terms_of(sides.provider, review, str)[1].differs.new
    assert "until 30 August 2026" in new
    review_access.approve(sides.provider, STEWARD, review.iri, reason="Fair enough.")
    settle(sides)
    after = newest(sides, before)
    assert Desk(sides.consumer).negotiations.get(asked.iri).state is State.FINALIZED
    assert kinds(sides, before.iri) == [AgreementStatus.REPLACED, AgreementStatus.REPLACED]
    assert kinds(sides, after.iri) == [AgreementStatus.ACTIVE, AgreementStatus.ACTIVE]
    assert after.signed.request.replaces == before.iri
    assert after.signed.validity.end == NOON + timedelta(days=90)
    keys = {after.signed.agreement.assigner: sides.provider.key.public,
            after.signed.request.assignee: sides.consumer.key.public}  # fmt: skip
    verify_agreement(parse_agreement(after.signed.text()), keys)
    assert f"takes the place of the agreement {before.iri.value}" in readable_text(after.signed)
    sides.clock.advance(timedelta(days=91))
    assert kinds(sides, after.iri) == [AgreementStatus.EXPIRED, AgreementStatus.EXPIRED]
    again = amend(sides.consumer, ANALYST, after.iri, TermChanges(until=NOON + timedelta(days=200)), reason=WHY)
    assert again.state is State.REQUESTED, "what has expired can be renewed"


def test_the_provider_proposes_and_the_consumer_bargains_and_accepts(sides: Sides) -> None:
    before = agree(sides)
    sides.wire.fate = lambda: Fate.ANSWER_LOST
    there = amend(sides.provider, STEWARD, before.iri, TermChanges(uses=3), reason="Too many uses.").iri
    sides.wire.fate = lambda: Fate.ARRIVES
    settle(sides)
    (offered,) = Desk(sides.consumer).negotiations.all(State.OFFERED)
    counter(sides.consumer, ANALYST, offered.iri, TermChanges(uses=30), reason="We need more.")
    counter(sides.provider, STEWARD, there, TermChanges(uses=10), reason="Let us say ten.")
    accept(sides.consumer, ANALYST, offered.iri)
    settle(sides)
    after = newest(sides, before)
    assert kinds(sides, before.iri) == [AgreementStatus.REPLACED, AgreementStatus.REPLACED]
    assert kinds(sides, after.iri) == [AgreementStatus.ACTIVE, AgreementStatus.ACTIVE]


def test_a_revocation_that_crosses_an_amendment_ends_the_new_agreement_too(sides: Sides) -> None:
    before = agree(sides)
    amend(sides.consumer, ANALYST, before.iri, UNTIL, reason=WHY)
    (review,) = review_access.reviews(sides.provider, STEWARD)
    sides.wire.fate = lambda: Fate.LOST
    review_access.approve(sides.provider, STEWARD, review.iri, reason="Fair enough.")
    revoke(sides.provider, STEWARD, before.iri, reason="The data was passed on.")
    sides.wire.fate = lambda: Fate.ARRIVES
    settle(sides)
    for record in Desk(sides.provider).agreements.all():
        assert kinds(sides, record.iri) == [AgreementStatus.REVOKED, AgreementStatus.REVOKED]


def test_refuses_amendments_of_what_was_ended_or_is_negotiated_about(sides: Sides) -> None:
    before = agree(sides)
    for changes, reason in ((UNTIL, "short"), (TermChanges(), WHY)):
        with pytest.raises(InputError):
            amend(sides.consumer, ANALYST, before.iri, changes, reason=reason)
    amend(sides.consumer, ANALYST, before.iri, UNTIL, reason=WHY)
    for workspace, principal in ((sides.provider, STEWARD), (sides.consumer, ANALYST)):
        with pytest.raises(Conflict, match="negotiation about this data"):
            amend(workspace, principal, before.iri, UNTIL, reason=WHY)
    terminate(sides.consumer, ANALYST, before.iri, reason="The study is over.")
    with pytest.raises(Conflict, match="terminated"):
        amend(sides.provider, STEWARD, before.iri, UNTIL, reason=WHY)
