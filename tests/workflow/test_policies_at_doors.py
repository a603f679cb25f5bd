"""Policies at the doors: offers that stewards wrote, decided with what is known of who asks and of the data."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.books import NOON
from tests.workflow.agreements import ASKER, CONSUMER, agreed, with_consumer
from tests.workflow.registry_node import BASE, OPERATOR, orchestrator

from virtuales.catalogue.entry import sensitivity_iri
from virtuales.catalogue.records import Description
from virtuales.clock import ManualClock
from virtuales.contract.negotiations import Opening
from virtuales.errors import AccessDenied, InputError, UnknownTerm
from virtuales.policy.odrl import Offer
from virtuales.policy.written_offers import OfferChoice, WrittenOffer
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode
from virtuales.trust.attestation import parse_terms
from virtuales.trust.standing_concepts import get_concept
from virtuales.workflow.admit import admission
from virtuales.workflow.attest import attest, withdraw
from virtuales.workflow.offered import explained, offered
from virtuales.workflow.prepare import describe, prepare, receive_file
from virtuales.workflow.publish import publish
from virtuales.workflow.review_access import refuse_excluded
from virtuales.workflow.workspace import Workspace

LAST_DAY = date(2026, 6, 30)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def node(tmp_path: Path, clock: ManualClock) -> Workspace:
    return with_consumer(orchestrator(tmp_path, clock))


def published(node: Workspace, terms: OfferChoice) -> Offer:
    """Publish a table under an offer."""
    described = Description(
        publisher=OPERATOR.organisation, slug="sites", title="Sites", description="A table.", licence="CC-BY-4.0",
        triage="shared", sensitivity="SA", handling_reason="For the tests of it.",
    )  # fmt: skip
    describe(node, OPERATOR, described)
    receive_file(node, OPERATOR, "sites", name="sites.csv", source=io.BytesIO(b"Name,Town\nVale,Moor\n"))
    prepare(node, OPERATOR, "sites")
    return publish(node, OPERATOR, "sites", terms).offer


def limited(*limits: tuple[str, str, str]) -> WrittenOffer:
    """Write an offer whose one permission has limits: left operand, operator, IRI."""
    constraints = [
        {"leftOperand": left, "operator": operator, "rightOperand": {"@id": right}} for left, operator, right in limits
    ]
    return WrittenOffer({"@type": "Set", "permission": [{"action": "use", "constraint": constraints}]})


def changed(said: dict[str, str]) -> WrittenOffer:
    return WrittenOffer({**limited(PARTICIPANTS).document, **said})


PARTICIPANTS = ("recipient", "isPartOf", "ves:ApprovedParticipants")
CERTIFIED = ("ves:certification", "isAnyOf", get_concept("iso-27001").iri.value)


def certify(node: Workspace, concept: str = "iso-27001", last: date = LAST_DAY) -> None:
    terms = parse_terms(concept, issuer="A body", evidence="Seen.", valid_from=NOON.date(), valid_until=last)
    attest(node, OPERATOR, CONSUMER, terms=terms)


def asks(node: Workspace, offer: Offer) -> str:
    """Ask for access in the consumer's name; return why that is refused, nothing where it is not."""
    opening = Opening(
        NamedNode("urn:p"), NamedNode("urn:c"), offer.iri, offer.target, offer.assigner, CONSUMER,
        purpose=VES.Research, justification="To make a map.", callback="https://consumer.example/dsp",
    )  # fmt: skip
    try:
        refuse_excluded(node, offer, opening)
    except AccessDenied as refusal:
        return " ".join(refusal.reasons)
    return ""


def uses(node: Workspace, offer: Offer) -> str:
    """Decide about a use in the consumer's name now; return why it is refused, nothing where it is not."""
    decision = admission(node, node.find_participant(CONSUMER.value), offer.target).decision
    return "" if decision.allowed else " ".join(reason.message for reason in decision.reasons)


def test_written_offer_becomes_the_offer_of_the_version(node: Workspace) -> None:
    document = {**limited(PARTICIPANTS, CERTIFIED).document, "@id": "https://elsewhere.example/mine"}
    offer = published(node, WrittenOffer(document))
    assert (offer.iri.value, offer.assigner) == (f"{offer.target.value}#offer", NamedNode(OPERATOR.organisation))
    (rule,) = offer.permissions
    assert all(part.iri.value.startswith(offer.iri.value) for part in (rule, *rule.constraints))


def test_refuses_written_offers_with_the_reason(node: Workspace) -> None:
    refused: list[tuple[WrittenOffer, type[InputError], str]] = [
        (changed({"@type": "Agreement"}), UnknownTerm, "Agreement"),
        (changed({"target": "https://elsewhere.example/d"}), InputError, "target"),
        (changed({"assigner": BASE}), InputError, "assigner"),
        (limited(("urn:height", "eq", "urn:a")), UnknownTerm, "left operand <urn:height> is not known"),
        (limited(("purpose", "eq", "urn:a"), ("purpose", "eq", "urn:b")), InputError, "never apply"),
    ]
    for written, error, says in refused:
        with pytest.raises(error, match=says):
            published(node, written)


def test_certification_opens_the_data_while_it_is_in_force(node: Workspace, clock: ManualClock) -> None:
    offer = agreed(node, published(node, limited(PARTICIPANTS, CERTIFIED)))
    assert "none is known" in asks(node, offer)
    assert "none is known" in uses(node, offer)
    certify(node)
    assert asks(node, offer) == uses(node, offer) == ""
    clock.advance(timedelta(days=60))
    for refusal in (asks(node, offer), uses(node, offer)):
        assert "expired: its last day was 2026-06-30" in refusal


def test_withdrawn_certification_closes_the_data_with_that_reason(node: Workspace) -> None:
    offer = agreed(node, published(node, limited(PARTICIPANTS, CERTIFIED)))
    certify(node)
    (name,) = [one.name for one in node.participants.get(CONSUMER).attestations]
    withdraw(node, OPERATOR, CONSUMER, name=name, reason="It lapsed.")
    assert "was withdrawn at" in uses(node, offer)


def test_groups_and_industries_are_known_with_what_is_broader(node: Workspace) -> None:
    wider = get_concept("electricity-network-operator").iri
    group = agreed(node, published(node, limited(PARTICIPANTS, ("ves:group", "eq", wider.value))))
    members = agreed(node, published(node, limited(("recipient", "isPartOf", wider.value))), name="2")
    assert uses(node, group)
    assert uses(node, members)
    certify(node, "distribution-network-operator")
    assert uses(node, group) == uses(node, members) == asks(node, members) == ""


def test_list_of_offers_knows_who_asks_and_the_class_of_the_data(node: Workspace) -> None:
    sensitive = ("ves:sensitivityClass", "eq", sensitivity_iri("SA").value)
    version = published(node, limited(PARTICIPANTS, CERTIFIED, sensitive)).target
    assert offered(node, ASKER, None) == ([], ())
    assert not explained(node, ASKER, version, None).decision.allowed
    certify(node)
    assert [one.version for one in offered(node, ASKER, None)[0]] == [version.value]
    assert explained(node, ASKER, version, None).decision.allowed
