"""What has to be done under an agreement: due dates, evidence and its judgement, what closes while it is overdue."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.books import NOON
from tests.workflow.two_sides import ANALYST, CONSUMER, PROVIDER, STEWARD, Fate, Sides, agree, settle, two_sides

from virtuales.contract.agreements import AgreementRecord
from virtuales.contract.evidence_documents import (
    parse_evidence,
    readable_evidence,
    require_of_agreement,
    sign_evidence,
    verify_evidence,
)
from virtuales.contract.obligations import Evidence, EvidenceState, Obligation, ObligationState
from virtuales.contract.verification import verify_with_keys
from virtuales.errors import AccessDenied, Conflict, InputError, IntegrityFailure, NotFound
from virtuales.policy.demands import Demand, parse_demand
from virtuales.policy.sentences import duty_sentence, policy_sentences
from virtuales.policy.templates import Audience, OfferTerms, offer_from
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode
from virtuales.trust.keys import PublicKey, SigningKey
from virtuales.workflow.admit import admission
from virtuales.workflow.end_agreement import terminate
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.obligations import judge, obligations, show_evidence, take_evidence
from virtuales.workflow.watch_dates import DateWatch, note_dates

DEMANDS = tuple(map(parse_demand, ("report=30d,closing", "delete", "report=2026-12-31")))
DATES = {"AgreementEndsSoon", "AgreementExpired", "ObligationDue", "ObligationOverdue"}
TERMS = OfferTerms(Audience.PARTICIPANTS, demands=DEMANDS, until=NOON + timedelta(days=365))


@pytest.fixture
def sides(tmp_path_factory: pytest.TempPathFactory) -> Sides:
    return two_sides(tmp_path_factory.mktemp("sides"), TERMS)


def key_of(agreed: AgreementRecord) -> str:
    return agreed.iri.value.rpartition("/")[2]


def standing(sides: Sides, agreed: AgreementRecord) -> dict[str, tuple[str, str]]:
    """Return how each obligation stands with the provider and with the consumer, by its duty's name."""

    def of(workspace: object) -> list[Obligation]:
        node = sides.provider if workspace == "provider" else sides.consumer
        return obligations(node, Desk(node).agreements.get(agreed.iri))

    there, here = ({one.duty.iri.value.rpartition("#")[2]: one.state for one in of(side)}
                   for side in ("provider", "consumer"))  # fmt: skip
    assert there.keys() == here.keys()
    return {name: (there[name].value, here[name].value) for name in there}


def is_open(sides: Sides) -> bool:
    participant = sides.provider.participants.get(CONSUMER)
    return admission(sides.provider, participant, sides.version).decision.allowed


def test_demands_become_duties_with_due_dates_and_are_said_in_words(sides: Sides) -> None:
    agreed = agree(sides)
    found = {duty_sentence(one.duty): (one.due, one.closes) for one in obligations(sides.consumer, agreed)}
    assert found == {
        "You have to inform the publisher within 30 days of the agreement, or the data is closed until you have.": (
            NOON + timedelta(days=30), True,
        ),
        "You have to inform the publisher by 31 December 2026, 23:59 UTC.": (
            NOON.replace(month=12, day=31, hour=23, minute=59, second=59), False,
        ),
        "You have to delete the data when the agreement ends.": (NOON + timedelta(days=365), False),
        "You have to name the source.": (None, False),
    }  # fmt: skip
    assert set(found) <= {
        each.replace("In return you", "You") for each in policy_sentences(agreed.signed.agreement, str)
    }


def test_overdue_report_closes_the_data_until_the_provider_accepts_one(sides: Sides) -> None:
    agreed = agree(sides)
    assert is_open(sides)
    sides.clock.advance(timedelta(days=30))
    assert standing(sides, agreed)["permission-1-demand-1"] == ("overdue", "overdue")
    assert not is_open(sides)
    (first, *_) = obligations(sides.consumer, agreed)
    shown = show_evidence(sides.consumer, ANALYST, key_of(agreed), rule=first.duty.iri, text="See our page on it.")
    key = shown.iri.value.rpartition("/")[2]
    assert standing(sides, agreed)["permission-1-demand-1"] == ("to be judged", "to be judged")
    assert not is_open(sides)
    judge(sides.provider, STEWARD, key_of(agreed), key, accepted=False, reason="It does not say how often.")
    assert standing(sides, agreed)["permission-1-demand-1"] == ("overdue", "overdue")
    sides.wire.fate = lambda: Fate.LOST
    show_evidence(sides.consumer, ANALYST, key_of(agreed), rule=first.duty.iri, text="It was used five times.")
    sides.wire.fate = lambda: Fate.TWICE
    settle(sides)
    (again,) = [one for one in obligations(sides.provider, agreed)[0].evidence if one.state is EvidenceState.GIVEN]
    key = again.iri.value.rpartition("/")[2]
    judge(sides.provider, STEWARD, key_of(agreed), key, accepted=True, reason="Thank you.")
    assert standing(sides, agreed)["permission-1-demand-1"] == ("fulfilled", "fulfilled")
    assert is_open(sides)
    told = [one.text for one in Desk(sides.consumer).notifications.of(CONSUMER)]
    assert any("declined" in text for text in told)
    assert any("accepted" in text for text in told)


def test_dates_are_told_once_also_when_the_node_slept(sides: Sides) -> None:
    agreed = agree(sides)
    watch = DateWatch(sides.consumer)

    def told() -> list[str]:
        watch.watch_dates()
        events = [event.draft.kind for event in sides.consumer.ledger.journal.events()]
        return [kind for kind in events if kind in DATES]

    assert told() == []
    sides.clock.advance(timedelta(days=24))
    assert told() == ["ObligationDue"]
    assert told() == ["ObligationDue"]
    sides.clock.advance(timedelta(days=6))
    assert told() == ["ObligationDue", "ObligationOverdue"]
    sides.restart("https://vale.example")
    watch = DateWatch(sides.consumer)
    sides.clock.advance(timedelta(days=700))
    assert sorted(told()[2:]) == ["AgreementExpired", "ObligationOverdue", "ObligationOverdue"]
    assert note_dates(sides.consumer) is None
    texts = [one.text for one in Desk(sides.consumer).notifications.of(CONSUMER)]
    assert any("The data is closed until it is done." in text for text in texts)
    assert "An agreement has ended." in texts
    assert not is_open(sides)
    assert agreed.signed.validity.end == NOON + timedelta(days=365)


def test_data_is_to_be_deleted_when_the_agreement_is_ended(sides: Sides) -> None:
    agreed = agree(sides)
    terminate(sides.consumer, ANALYST, agreed.iri, reason="The study is over.")
    assert standing(sides, agreed)["demand-1"] == ("overdue", "overdue")
    (deletion,) = [one for one in obligations(sides.consumer, Desk(sides.consumer).agreements.get(agreed.iri))
                   if one.duty.action == ODRL.delete]  # fmt: skip
    shown = show_evidence(sides.consumer, ANALYST, key_of(agreed), rule=deletion.duty.iri, text="All copies are gone.")
    key = shown.iri.value.rpartition("/")[2]
    judge(sides.provider, STEWARD, key_of(agreed), key, accepted=True, reason="Thank you.")
    assert standing(sides, agreed)["demand-1"] == ("fulfilled", "fulfilled")


def test_evidence_is_signed_and_verified_offline_with_the_contract(sides: Sides) -> None:
    agreed = agree(sides)
    rule = obligations(sides.consumer, agreed)[0].duty.iri
    show_evidence(sides.consumer, ANALYST, key_of(agreed), rule=rule, text="See our page on it.")
    there, here = (obligations(side, agreed)[0].evidence[0] for side in (sides.provider, sides.consumer))
    assert there == here
    assert here.document is not None
    shown = parse_evidence(here.document)
    keys = {one.public_key.multikey: one.public_key for one in sides.provider.participants.all()}

    def key(method: str) -> PublicKey:
        return keys[method.rpartition("#")[2]]

    both = verify_with_keys(agreed.signed, key)
    by = verify_evidence(shown, key)
    require_of_agreement(shown, agreed.signed, by=by, signatures=both)
    assert "See our page on it." in readable_evidence(shown)
    for name, value in (("text", "Other."), ("proof", []), ("timestamp", "2026-06-01T12:00:01Z")):
        with pytest.raises(IntegrityFailure):
            verify_evidence(parse_evidence({**shown.document, name: value}), key)
    elsewhere = replace(shown, agreement=NamedNode("urn:other"))
    for wrong, signature in (
        (elsewhere, by),
        (replace(shown, party=PROVIDER), by),
        (replace(shown, evidence=replace(here, rule=NamedNode("urn:rule"))), by),
        (shown, replace(by, key=SigningKey(b"\6" * 32).public)),
    ):
        with pytest.raises(IntegrityFailure):
            require_of_agreement(wrong, agreed.signed, by=signature, signatures=both)


def test_refuses_evidence_that_its_party_has_not_signed(sides: Sides) -> None:
    agreed = agree(sides)
    node = replace(ANALYST, organisation=CONSUMER.value)
    said = Evidence(NamedNode("urn:e"), obligations(sides.consumer, agreed)[0].duty.iri, "Done.", NOON)
    for key, party, error in (
        (SigningKey(b"\6" * 32), CONSUMER, IntegrityFailure),
        (sides.consumer.key, PROVIDER, InputError),
    ):
        signed = sign_evidence(said, agreed.iri, party, key, verification_method=f"did:web:x#{key.public.multikey}")
        with pytest.raises(error):
            take_evidence(sides.provider, node, {"agreement": agreed.iri.value, "evidence": signed.document})
    assert obligations(sides.provider, agreed)[0].evidence == ()


def test_refuses_evidence_and_judgements_that_cannot_be(sides: Sides) -> None:
    agreed = agree(sides)
    key, rule = key_of(agreed), obligations(sides.consumer, agreed)[0].duty.iri
    with pytest.raises(NotFound, match="no such duty"):
        show_evidence(sides.consumer, ANALYST, key, rule=NamedNode(f"{agreed.iri.value}#permission-1"), text="Done.")
    with pytest.raises(InputError, match="does not say"):
        show_evidence(sides.consumer, ANALYST, key, rule=rule, text=" ")
    with pytest.raises(Conflict, match="nothing to itself"):
        show_evidence(sides.provider, STEWARD, key, rule=rule, text="Done.")
    shown = show_evidence(sides.consumer, ANALYST, key, rule=rule, text="Done.").iri.value.rpartition("/")[2]
    with pytest.raises(AccessDenied):
        judge(sides.consumer, ANALYST, key, shown, accepted=True, reason="We did.")
    with pytest.raises(InputError, match="no reason"):
        judge(sides.provider, STEWARD, key, shown, accepted=True, reason=" ")
    judge(sides.provider, STEWARD, key, shown, accepted=True, reason="Thank you.")
    with pytest.raises(Conflict, match="already"):
        judge(sides.provider, STEWARD, key, shown, accepted=False, reason="We changed our mind.")
    with pytest.raises(Conflict, match="fulfilled already"):
        show_evidence(sides.consumer, ANALYST, key, rule=rule, text="Done again.")
    assert obligations(sides.provider, agreed)[0].state is not ObligationState.OPEN


def test_steward_can_let_the_data_be_passed_on() -> None:
    names = {"iri": NamedNode("urn:o"), "target": NamedNode("urn:t"), "assigner": PROVIDER}
    said = [
        [rule.action for rule in offer_from(OfferTerms(Audience.PARTICIPANTS, passing_on=choice), **names).prohibitions]
        for choice in (False, True)
    ]
    assert said == [[ODRL.distribute], []]


def test_refuses_demands_that_are_none() -> None:
    for text in ("report=soon", "sing", "delete,now", "report,closing", "report=30", "report=0001-01-01T00:00+14:00"):
        with pytest.raises(InputError):
            parse_demand(text)
    with pytest.raises(InputError, match="anybody"):
        offer_from(
            OfferTerms(Audience.OPEN, demands=(Demand(ODRL.delete),)),
            iri=NamedNode("urn:o"), target=NamedNode("urn:t"), assigner=PROVIDER,
        )  # fmt: skip
