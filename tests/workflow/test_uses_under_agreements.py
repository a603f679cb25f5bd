"""What was done under an agreement counts: uses from the audit trail, duties from the provider's record."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.books import NOON
from tests.workflow.agreements import AGREEMENT, ASKER, agreed, with_consumer
from tests.workflow.registry_node import OPERATOR, orchestrator

from virtuales.catalogue.entry import sensitivity_iri
from virtuales.catalogue.records import Description
from virtuales.clock import ManualClock
from virtuales.contract.conduct import RuleState
from virtuales.errors import AccessDenied, Conflict, InputError, NotFound
from virtuales.journal.event import EventDraft
from virtuales.policy.odrl import Constraint, Duty, Offer, part_iri
from virtuales.policy.opening import asked_action, before_agreement, needs_counting
from virtuales.policy.templates import Audience, OfferTerms, Template, terms_from
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode, typed
from virtuales.workflow.consume import download
from virtuales.workflow.end_agreement import revoke
from virtuales.workflow.keep_record import record
from virtuales.workflow.offered import explained, offered
from virtuales.workflow.prepare import describe, prepare, receive_file
from virtuales.workflow.publish import publish
from virtuales.workflow.workspace import Workspace


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def node(tmp_path: Path, clock: ManualClock) -> Workspace:
    return with_consumer(orchestrator(tmp_path, clock))


def published(node: Workspace, terms: OfferTerms) -> Offer:
    """Publish a table under an offer."""
    described = Description(
        publisher=OPERATOR.organisation, slug="sites", title="Sites", description="A table.", licence="CC-BY-4.0",
        triage="shared", sensitivity="SA", handling_reason="For the tests of it.",
    )  # fmt: skip
    describe(node, OPERATOR, described)
    receive_file(node, OPERATOR, "sites", name="sites.csv", source=io.BytesIO(b"Name,Town\nVale,Moor\n"))
    prepare(node, OPERATOR, "sites")
    return publish(node, OPERATOR, "sites", terms).offer


def used(node: Workspace, offer: Offer) -> bool:
    """Download the table in the consumer's name; return whether that was allowed."""
    try:
        delivery = download(node, ASKER, offer.target, "sites.csv")
    except AccessDenied:
        return False
    return b"".join(delivery.body) == b"Name,Town\nVale,Moor\n"


@contextmanager
def refused(node: Workspace, offer: Offer, why: str) -> Iterator[None]:
    with pytest.raises(AccessDenied) as refusal:
        download(node, ASKER, offer.target, "sites.csv")
    assert why in " ".join(refusal.value.reasons)
    yield


def test_data_is_closed_once_it_was_used_as_often_as_agreed(node: Workspace) -> None:
    offer = agreed(node, published(node, OfferTerms(Audience.PARTICIPANTS, uses=2)))
    assert [used(node, offer), used(node, offer)] == [True, True]
    with refused(node, offer, "The number of uses (this one included) must be `lteq` 2; it is 3."):
        assert not used(node, offer)


def test_uses_at_once_are_counted_one_by_one(node: Workspace) -> None:
    offer = agreed(node, published(node, OfferTerms(Audience.PARTICIPANTS, uses=3)))
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: used(node, offer), range(8)))
    assert outcomes.count(True) == 3


def test_time_since_the_agreement_and_since_the_first_use_counts(node: Workspace, clock: ManualClock) -> None:
    offer = published(node, OfferTerms(Audience.PARTICIPANTS))
    (permission,) = offer.permissions
    limits = (
        Constraint(part_iri(offer.iri, "wait"), ODRL.delayPeriod, ODRL.gteq, (typed("P1D", "duration"),)),
        Constraint(part_iri(offer.iri, "end"), ODRL.elapsedTime, ODRL.lteq, (typed("P2D", "duration"),)),
    )
    agreed(node, replace(offer, permissions=(replace(permission, constraints=limits),)))
    assert not used(node, offer)
    clock.advance(timedelta(days=1))
    assert used(node, offer)
    clock.advance(timedelta(days=2))
    assert used(node, offer)
    clock.advance(timedelta(seconds=1))
    assert not used(node, offer)


def test_duty_opens_the_data_once_the_provider_has_it_on_record(node: Workspace) -> None:
    offer = published(node, OfferTerms(Audience.PARTICIPANTS))
    duty = Duty(NamedNode(f"{offer.iri.value}-duty"), ODRL.inform)
    agreed(node, replace(offer, permissions=(replace(offer.permissions[0], duties=(duty,)),)))
    rule = NamedNode(f"{AGREEMENT.value}#duty")
    with refused(node, offer, "needs the duty `inform` to be fulfilled first"):
        record(node, OPERATOR, AGREEMENT, rule=rule, state=RuleState.FULFILLED, reason="They wrote to us.")
    assert used(node, offer)
    record(node, OPERATOR, AGREEMENT, rule=rule, state=RuleState.WITHDRAWN, reason="It was somebody else.")
    assert not used(node, offer)


def test_violated_obligation_closes_the_data_until_that_is_taken_back(node: Workspace) -> None:
    offer = agreed(node, published(node, OfferTerms(Audience.PARTICIPANTS)))
    rule = NamedNode(f"{AGREEMENT.value}#obligation-1")
    assert used(node, offer)
    record(node, OPERATOR, AGREEMENT, rule=rule, state=RuleState.VIOLATED, reason="The source was not named.")
    with refused(node, offer, "was violated"):
        record(node, OPERATOR, AGREEMENT, rule=rule, state=RuleState.WITHDRAWN, reason="It was, on the last page.")
    assert used(node, offer)


def test_refuses_records_that_make_no_sense(node: Workspace) -> None:
    agreed(node, published(node, OfferTerms(Audience.PARTICIPANTS)))
    duty, bar = (NamedNode(f"{AGREEMENT.value}#{name}") for name in ("obligation-1", "prohibition-1"))
    unknown = NamedNode(f"{AGREEMENT.value}#permission-1")
    for rule, state, error in (
        (unknown, RuleState.FULFILLED, NotFound),
        (bar, RuleState.FULFILLED, Conflict),
        (duty, RuleState.WITHDRAWN, Conflict),
    ):
        with pytest.raises(error):
            record(node, OPERATOR, AGREEMENT, rule=rule, state=state, reason="For the tests.")
    with pytest.raises(InputError, match="no reason"):
        record(node, OPERATOR, AGREEMENT, rule=duty, state=RuleState.FULFILLED, reason=" ")
    with pytest.raises(AccessDenied):
        record(node, ASKER, AGREEMENT, rule=duty, state=RuleState.FULFILLED, reason="We did.")
    record(node, OPERATOR, AGREEMENT, rule=duty, state=RuleState.FULFILLED, reason="They did.")
    with pytest.raises(Conflict, match="already"):
        record(node, OPERATOR, AGREEMENT, rule=duty, state=RuleState.FULFILLED, reason="They did.")


def test_what_accrues_under_an_agreement_keeps_nobody_from_asking(node: Workspace) -> None:
    counted = published(node, terms_from(Template.RESEARCH, uses=1))
    assert needs_counting(counted)
    before = before_agreement(counted)
    assert not needs_counting(before)
    assert [one.left for one in before.permissions[0].constraints if isinstance(one, Constraint)] == [
        ODRL.recipient,
        ODRL.purpose,
    ]
    assert asked_action(counted) == ODRL["read"]
    aggregates = published(node, terms_from(Template.AGGREGATE))
    assert asked_action(aggregates) == ODRL.aggregate


def test_list_of_offers_has_what_lets_an_organisation_have_the_data(node: Workspace) -> None:
    (version,) = {published(node, terms_from(Template.RESEARCH, uses=3)).target.value}
    found, unreadable = offered(node, ASKER, VES.Research)
    assert [(one.version, one.action, one.is_open) for one in found] == [(version, ODRL["read"].value, False)]
    assert unreadable == ()
    for asker, purpose in ((ASKER, VES.MarketAnalysis), (ASKER, None), (None, VES.Research)):
        assert offered(node, asker, purpose) == ([], ())
    published(node, terms_from(Template.AGGREGATE))
    (aggregates,) = offered(node, ASKER, None)[0]
    assert aggregates.action == ODRL.aggregate.value


def test_offer_that_is_not_understood_offers_nothing_and_is_named(node: Workspace) -> None:
    offer = published(node, OfferTerms(Audience.PARTICIPANTS))
    (graph,) = [graph for graph in node.own_graphs if graph.value.endswith("participants")]
    strange = Statements(graph).say(offer.permissions[0].iri, ODRL.count, "3")
    node.ledger.record(EventDraft("Spoiled", offer.iri.value, change=ChangeSet(add=strange.quads)))
    assert offered(node, ASKER, None) == ([], (offer.iri.value,))


def test_report_on_an_offer_says_what_would_change_the_decision(node: Workspace) -> None:
    version = published(node, terms_from(Template.RESEARCH, uses=3)).target
    assert explained(node, ASKER, version, VES.Research).decision.allowed
    refusal = explained(node, ASKER, version, VES.MarketAnalysis).to_json()
    assert refusal["allowed"] is False
    assert VES.Research.value in str(refusal["reasons"])
    assert "Unsatisfied" in str(refusal["rules"])


def test_sensitivity_class_of_the_data_is_known_where_it_is_used(node: Workspace) -> None:
    offer = published(node, OfferTerms(Audience.PARTICIPANTS))
    (permission,) = offer.permissions
    for letters, allowed in (("SA", True), ("SP", False)):
        limit = Constraint(part_iri(offer.iri, letters), VES.sensitivityClass, ODRL.eq, (sensitivity_iri(letters),))
        agreed(node, replace(offer, permissions=(replace(permission, constraints=(limit,)),)), name=letters)
        assert used(node, offer) is allowed
        revoke(node, OPERATOR, NamedNode(f"{AGREEMENT.value}{letters}"), reason="The next one is tried.")
