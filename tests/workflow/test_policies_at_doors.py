"""Policies at the doors: offers that stewards wrote, decided with what is known of who asks and of the data."""

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.books import NOON
from tests.workflow.agreements import ASKER, CONSUMER, agreed, with_consumer
from tests.workflow.registry_node import BASE, OPERATOR, orchestrator
from tests.workflow.two_sides import ANALYST, Sides, agree, settle, two_sides
from tests.workflow.two_sides import CONSUMER as CONSUMER_THERE

from virtuales.catalogue.entry import sensitivity_iri
from virtuales.catalogue.records import Description
from virtuales.clock import ManualClock
from virtuales.contract.agreement import parse_agreement, verify_agreement
from virtuales.contract.conduct import RuleState
from virtuales.contract.negotiations import Negotiation, Opening
from virtuales.contract.readable_text import readable_text
from virtuales.errors import AccessDenied, Conflict, InputError, IntegrityFailure, NotFound, UnknownTerm
from virtuales.policy.odrl import Offer
from virtuales.policy.statements import read_statements, statements_text
from virtuales.policy.templates import is_open
from virtuales.policy.written_offers import OfferChoice, WrittenOffer
from virtuales.rdf.media import TURTLE
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode
from virtuales.trust.attestation import parse_terms
from virtuales.trust.scopes import Scope
from virtuales.trust.standing_concepts import get_concept
from virtuales.web.portal.decisions import judged_offer
from virtuales.web.portal.stating import stated_fields, statements_in
from virtuales.workflow.admit import admission
from virtuales.workflow.attest import attest, withdraw
from virtuales.workflow.govern_policies import announce, record_fact, recorded_facts, register
from virtuales.workflow.keep_record import record
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.obligations import judge, obligations, show_evidence
from virtuales.workflow.offered import explained, offered
from virtuales.workflow.prepare import describe, prepare, receive_file
from virtuales.workflow.publish import publish
from virtuales.workflow.request_access import IntendedUse, request_access
from virtuales.workflow.review_access import approve, refuse_excluded
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


def asks(node: Workspace, offer: Offer, stated: str | None = None) -> str:
    """Ask for access in the consumer's name; return why that is refused, nothing where it is not."""
    opening = Opening(
        NamedNode("urn:p"), NamedNode("urn:c"), offer.iri, offer.target, offer.assigner, CONSUMER,
        purpose=VES.Research, justification="To make a map.", callback="https://consumer.example/dsp",
        stated=stated,
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


PROFILE = b"""
@prefix odrl: <http://www.w3.org/ns/odrl/2/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://terms.example/> a <http://www.w3.org/2002/07/owl#Ontology> .
<https://terms.example/voltage> a odrl:LeftOperand ; rdfs:label "voltage" ; rdfs:range xsd:decimal .
<https://terms.example/simulate> a odrl:Action ; odrl:includedIn odrl:use .
<https://terms.example/moor> a skos:Concept ; skos:broader <https://terms.example/vale> .
"""
HOUSE_RULES = b"""
@prefix odrl: <http://www.w3.org/ns/odrl/2/> .
<https://terms.example/house> a odrl:Set ; odrl:permission <https://terms.example/house#use> ;
  odrl:prohibition <https://terms.example/house#pass> .
<https://terms.example/house#use> odrl:action odrl:read ; odrl:constraint <https://terms.example/house#who> .
<https://terms.example/house#who> odrl:leftOperand odrl:recipient ; odrl:operator odrl:isPartOf ;
  odrl:rightOperand <https://w3id.org/virtuales/ns#ApprovedParticipants> .
<https://terms.example/house#pass> odrl:action odrl:distribute .
"""
VOLTAGE = "https://terms.example/voltage"


def offering(**parts: object) -> WrittenOffer:
    return WrittenOffer({"@type": "Set", **parts})


def below(most: int) -> WrittenOffer:
    """Write an offer of use below a voltage, with the profile that has the term."""
    limit = {"leftOperand": VOLTAGE, "operator": "lteq", "rightOperand": most}
    return offering(profile="https://terms.example/", permission=[{"action": "use", "constraint": [limit]}])


def test_profile_is_refused_until_it_is_registered_and_stays_as_it_is(node: Workspace) -> None:
    with pytest.raises(UnknownTerm, match="is not known to this node") as refusal:
        published(node, below(132))
    assert "virtuales policy register" in str(refusal.value.remedy)
    register(node, OPERATOR, PROFILE, TURTLE)
    offer = published(node, below(132))
    assert offer.profiles == (NamedNode("https://terms.example/"),)
    assert "the request does not say what it is" in asks(node, offer)
    with pytest.raises(Conflict, match="registered already"):
        register(node, OPERATOR, PROFILE, TURTLE)
    with pytest.raises(AccessDenied):
        register(node, replace(OPERATOR, scopes=frozenset({Scope.DATA_READ.value})), PROFILE, TURTLE)


def test_what_is_stated_stands_in_the_agreement_and_counts_at_each_use(tmp_path: Path) -> None:
    sides = two_sides(tmp_path)
    register(sides.provider, OPERATOR, PROFILE, TURTLE)
    sides.version = published(sides.provider, below(132)).target
    with pytest.raises(UnknownTerm, match="is not known to this node"):
        request(sides, 33)
    register_there(sides.consumer)
    with pytest.raises(AccessDenied, match="A voltage that is `lteq` 132 would be right"):
        request(sides, 400)
    asked = request(sides, 33)
    assert asked.opening.provider_pid is not None
    approve(sides.provider, OPERATOR, asked.opening.provider_pid, reason="Very well.")
    settle(sides)
    for side in (sides.provider, sides.consumer):
        (signed_one,) = Desk(side).agreements.active(CONSUMER_THERE, sides.version, sides.clock.now())
        assert "It states: The voltage is 33." in readable_text(signed_one.signed)
    participant = sides.provider.find_participant(CONSUMER_THERE.value)
    assert admission(sides.provider, participant, sides.version).decision.allowed
    changed_by_hand = json.loads(signed_one.signed.text())
    changed_by_hand["stated"][0]["rightOperand"]["@value"] = "400"
    keys = {one.iri: one.public_key for one in sides.provider.participants.all()}
    vocabulary = sides.provider.vocabulary
    verify_agreement(parse_agreement(signed_one.signed.text(), vocabulary), keys)
    with pytest.raises(IntegrityFailure):
        verify_agreement(parse_agreement(changed_by_hand, vocabulary), keys)


def register_there(node: Workspace) -> None:
    """Register the profile in the name of the organisation at home on the consumer's node."""
    register(node, replace(OPERATOR, organisation=CONSUMER_THERE.value), PROFILE, TURTLE)


def request(sides: Sides, voltage: int) -> Negotiation:
    stated = [{"leftOperand": VOLTAGE, "operator": "eq", "rightOperand": voltage}]
    intended = IntendedUse(VES.Research, "To make a map of the sites.", stated)
    return request_access(sides.consumer, ANALYST, sides.version, intended, accepted=True)


def test_nobody_states_what_the_node_knows_itself(node: Workspace) -> None:
    for left, value in (("ves:certification", CERTIFIED[2]), ("recipient", CONSUMER.value), ("urn:height", "urn:3")):
        said = [{"leftOperand": left, "operator": "eq", "rightOperand": {"@id": value}}]
        with pytest.raises(UnknownTerm):
            read_statements(said, owner=CONSUMER, vocabulary=node.vocabulary)
    (area,) = read_statements(
        [{"leftOperand": "spatial", "operator": "eq", "rightOperand": {"@id": "urn:moor"}}],
        owner=CONSUMER, vocabulary=node.vocabulary,
    )  # fmt: skip
    assert area.left == ODRL.spatial


def test_event_opens_the_data_while_it_takes_place_wherever_it_is_moved(node: Workspace, clock: ManualClock) -> None:
    storm = NamedNode("https://terms.example/storm")
    offer = agreed(node, published(node, limited(PARTICIPANTS, ("event", "eq", storm.value))))
    assert uses(node, offer)
    for start in (timedelta(days=-1), timedelta(days=2)):
        announce(node, OPERATOR, storm, title="Storm", start=NOON + start, end=NOON + start + timedelta(days=2))
        clock.advance(NOON + max(start, timedelta()) - clock.now())
        assert uses(node, offer) == asks(node, offer) == ""
    clock.advance(timedelta(days=3))
    assert "event must be `eq`" in uses(node, offer)
    with pytest.raises(InputError, match="ends before it starts"):
        announce(node, OPERATOR, storm, title="Storm", start=NOON, end=NOON - timedelta(days=1))


def test_offer_has_the_rules_that_it_inherits_from_what_the_node_holds(node: Workspace) -> None:
    heir = offering(inheritFrom="https://terms.example/house")
    with pytest.raises(NotFound, match="not held here"):
        published(node, heir)
    register(node, OPERATOR, HOUSE_RULES, TURTLE)
    offer = agreed(node, published(node, heir))
    assert (offer.inherits, [rule.action for rule in offer.prohibitions]) == ((), [ODRL.distribute])
    assert uses(node, offer) == asks(node, offer) == ""
    second = published(node, offering(inheritFrom=offer.iri.value))
    assert second.target != offer.target
    assert second.permissions[0].iri.value.startswith(second.iri.value)
    assert asks(node, second) == ""


def test_rules_speak_of_groups_of_parties_and_of_the_dataset_with_all_its_versions(node: Workspace) -> None:
    group = get_concept("electricity-network-operator").iri.value
    dataset = f"{BASE}/id/dataset/sites"

    def permission(of: str, to: str) -> WrittenOffer:
        target, assignee = {"@type": "AssetCollection", "source": of}, {"@type": "PartyCollection", "source": to}
        return offering(permission=[{"action": "use", "target": target, "assignee": assignee}])

    offer = agreed(node, published(node, permission(dataset, group)))
    elsewhere = agreed(node, published(node, permission(f"{dataset}-2", group)), name="-2")
    assert not is_open(offer)
    assert "granted to others" in uses(node, offer)
    certify(node, "distribution-network-operator")
    assert uses(node, offer) == asks(node, offer) == ""
    assert "about something else" in uses(node, elsewhere)


def test_consequence_of_a_violation_is_an_obligation_that_closes_the_data(tmp_path: Path) -> None:
    sides = two_sides(tmp_path)
    duty = {"action": "attribute", "consequence": [{"action": "inform"}]}
    written = offering(permission=[{"action": "use"}], prohibition=[{"action": "distribute"}], obligation=[duty])
    sides.version = published(sides.provider, written).target
    agreed_there = agree(sides)
    naming = agreed_there.signed.agreement.obligations[0]
    key = agreed_there.iri.value.rpartition("/")[2]

    def due() -> list[tuple[NamedNode, str, bool]]:
        found = [obligations(side, agreed_there) for side in (sides.provider, sides.consumer)]
        there, here = ([(one.duty.action, one.state.value, one.closes) for one in side] for side in found)
        assert there == here
        return there

    def is_closed() -> bool:
        who = sides.provider.find_participant(CONSUMER_THERE.value)
        return not admission(sides.provider, who, sides.version).decision.allowed

    assert due() == [(ODRL.attribute, "open", False)]
    record(sides.provider, OPERATOR, agreed_there.iri, rule=naming.iri, state=RuleState.VIOLATED, reason="Not named.")
    assert set(due()) == {(ODRL.attribute, "violated", False), (ODRL.inform, "open", True)}
    assert is_closed()
    for rule in (naming.iri, naming.consequences[0].iri):
        shown = show_evidence(sides.consumer, ANALYST, key, rule=rule, text="It is done now.")
        judge(sides.provider, OPERATOR, key, shown.iri.value.rpartition("/")[2], accepted=True, reason="Thank you.")
    assert {state for _, state, _ in due()} == {"fulfilled"}
    assert not is_closed()


def test_page_says_how_each_condition_of_an_offer_stands_to_its_reader(node: Workspace) -> None:
    version = published(node, limited(PARTICIPANTS, CERTIFIED, ("spatial", "eq", "urn:moor"))).target.value
    (rule,) = judged_offer(node, ASKER, version)
    assert rule.title == "The offer permits to use the data"
    assert [one.state for one in rule.conditions] == ["Met", "Not met", "Not known"]
    certify(node)
    (rule,) = judged_offer(node, ASKER, version)
    assert [one.state for one in rule.conditions] == ["Met", "Met", "Not known"]
    assert judged_offer(node, ASKER, f"{version}0") == ()


def test_form_has_a_field_for_what_the_offer_has_its_asker_state(node: Workspace) -> None:
    register(node, OPERATOR, PROFILE, TURTLE)
    limit = {"leftOperand": VOLTAGE, "operator": "lteq", "rightOperand": 132}
    area = {"leftOperand": "spatial", "operator": "isPartOf", "rightOperand": {"@id": "https://terms.example/vale"}}
    offer = published(node, offering(permission=[{"action": "use", "constraint": [{"or": [limit, area]}]}]))
    assert [field.label for field in stated_fields(offer, [], [])] == ["area", "voltage"]
    fields = stated_fields(offer, [VOLTAGE, "http://www.w3.org/ns/odrl/2/spatial"], ["", "https://terms.example/moor"])
    said = statements_in(offer, fields)
    (one,) = read_statements(said, owner=CONSUMER, vocabulary=node.vocabulary)
    assert one.right == (NamedNode("https://terms.example/moor"),)
    assert asks(node, offer)
    assert asks(node, offer, statements_text((one,))) == ""


def test_fact_on_record_goes_before_what_is_stated_until_it_ends(node: Workspace, clock: ManualClock) -> None:
    paid = {"leftOperand": "payAmount", "operator": "gteq", "rightOperand": 100}
    area = {"leftOperand": "spatial", "operator": "eq", "rightOperand": {"@id": "urn:moor"}}
    offer = agreed(node, published(node, offering(permission=[{"action": "use", "constraint": [paid, area]}])))
    said = [{"leftOperand": "spatial", "operator": "eq", "rightOperand": {"@id": "urn:moor"}}]
    stated = statements_text(read_statements(said, owner=CONSUMER, vocabulary=node.vocabulary))
    assert "amount paid" in asks(node, offer, stated)
    end = NOON + timedelta(days=30)
    for amount in (50, 100):
        payment = {"leftOperand": "payAmount", "operator": "eq", "rightOperand": amount}
        record_fact(node, OPERATOR, CONSUMER, payment, until=end)
    assert asks(node, offer, stated) == ""
    assert "the request does not say what it is" in uses(node, offer)
    record_fact(node, OPERATOR, offer.target, said[0])
    assert uses(node, offer) == ""
    elsewhere = {**said[0], "rightOperand": {"@id": "urn:vale"}}
    record_fact(node, OPERATOR, offer.target, elsewhere)
    assert "it is urn:vale" in asks(node, offer, stated)
    assert len(recorded_facts(node, OPERATOR)) == 2
    clock.advance(timedelta(days=30))
    assert "amount paid" in uses(node, offer)
    for about, fact, error in (
        (NamedNode("https://elsewhere.example/x"), said[0], NotFound),
        (CONSUMER, {**said[0], "leftOperand": "purpose"}, UnknownTerm),
    ):
        with pytest.raises(error):
            record_fact(node, OPERATOR, about, fact)
    with pytest.raises(InputError, match="ends before"):
        record_fact(node, OPERATOR, CONSUMER, said[0], until=NOON)
