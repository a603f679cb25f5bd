"""Agreements: signed by both parties, refused when a byte differs, gone at once when revoked."""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rdflib import Graph

from virtuales.contract.access import decide_access
from virtuales.contract.agreement import (
    AccessRequest,
    SignedAgreement,
    Validity,
    draft_agreement,
    parse_agreement,
    require_same_agreement,
    sign_agreement,
    verify_agreement,
    verify_provider_signature,
)
from virtuales.contract.agreements import (
    AgreementRecord,
    Agreements,
    AgreementStatus,
    Ending,
    end_agreement,
    record_agreement,
)
from virtuales.errors import Conflict, InputError, IntegrityFailure, NotFound, UnknownTerm, UnreadableInput
from virtuales.policy.odrl import Offer
from virtuales.policy.odrl_rdf import get_policy
from virtuales.policy.request import UseRequest
from virtuales.policy.templates import Audience, OfferTerms, offer_from
from virtuales.rdf import media
from virtuales.rdf.canonical import canonical_n_quads, json_ld_quads
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode
from virtuales.store.oxigraph_store import OxigraphStore
from virtuales.trust.keys import SigningKey, did_web, verification_method
from virtuales.trust.participants import Participant
from virtuales.trust.registration import ParticipantRole
from virtuales.trust.verification import Status

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
END = NOW + timedelta(days=90)
GRAPH = NamedNode("https://p.example/graph/agreements")
IRI = NamedNode("https://p.example/id/agreement/1")
PROVIDER, CONSUMER = NamedNode("https://o.example/id/p"), NamedNode("https://o.example/id/c")
STRANGER = NamedNode("https://o.example/id/x")
TARGET = NamedNode("https://p.example/id/dataset/1/version/1")
PROVIDER_KEY, CONSUMER_KEY, OTHER_KEY = (SigningKey(bytes([seed]) * 32) for seed in (11, 12, 13))
KEYS = {PROVIDER: PROVIDER_KEY.public, CONSUMER: CONSUMER_KEY.public}
REQUEST = AccessRequest(
    NamedNode("https://p.example/id/negotiation/1"), CONSUMER, VES.NetworkPlanning, "To plan the “Ökoring”, north."
)


def offer(terms: OfferTerms | None = None) -> Offer:
    chosen = terms or OfferTerms(Audience.PARTICIPANTS, purposes=(VES.NetworkPlanning,))
    return offer_from(chosen, iri=NamedNode("https://p.example/id/offer/1"), target=TARGET, assigner=PROVIDER)


def draft() -> SignedAgreement:
    return draft_agreement(offer(), REQUEST, iri=IRI, validity=Validity(NOW, END), terms_version="1.0")


def sign(agreement: SignedAgreement, key: SigningKey, host: str = "https://n.example") -> SignedAgreement:
    method = verification_method(did_web(host), key.public)
    return sign_agreement(agreement, key, verification_method=method, created=NOW)


def both() -> SignedAgreement:
    return sign(sign(draft(), PROVIDER_KEY), CONSUMER_KEY)


def participant(status: Status = Status.APPROVED) -> Participant:
    return Participant(
        CONSUMER, "Consumer plc", "02366977", "https://c.example", (ParticipantRole.CONSUMER,), "1.0",
        CONSUMER_KEY.public, status, NOW,
    )  # fmt: skip


def read(at: datetime = NOW) -> UseRequest:
    return UseRequest(CONSUMER, ODRL.read, TARGET, at)


class Node:
    """A store that holds one agreement."""

    def __init__(self) -> None:
        self.store = OxigraphStore.in_memory()
        self.agreements = Agreements(self.store, GRAPH)
        self.store.apply(record_agreement(both(), GRAPH), sequence=1)

    @property
    def record(self) -> AgreementRecord:
        return self.agreements.get(IRI)

    def revoke(self, reason: str = "passed on", by: NamedNode = PROVIDER) -> None:
        change = end_agreement(self.record, Ending(AgreementStatus.REVOKED, NOW, reason, by), GRAPH)
        self.store.apply(change, sequence=self.store.applied_sequence() + 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(justification="To sell it."),
        lambda d: d.update(requestedPurpose=VES.MarketAnalysis.value),
        lambda d: d.update(validUntil="2036-06-01T12:00:00Z"),
        lambda d: d.pop("validUntil"),
        lambda d: d.update(validFrom="2025-06-01T12:00:00Z"),
        lambda d: d.update(timestamp="2025-06-01T12:00:00Z"),
        lambda d: d.update(termsVersion="2.0"),
        lambda d: d.update(target="https://p.example/id/dataset/2/version/1"),
        lambda d: d.update(negotiation="https://p.example/id/negotiation/2"),
        lambda d: d.pop("prohibition"),
        lambda d: d.pop("obligation"),
        lambda d: d.update(conflict="perm"),
        lambda d: d["permission"][0].update(action="read"),
        lambda d: d["permission"][0]["constraint"].pop(),
        lambda d: d.update(assignee=STRANGER.value),
        lambda d: d.update(assigner=STRANGER.value),
        lambda d: d["proof"].pop(),
        lambda d: d["proof"].reverse() or d["proof"].pop(),
    ],
)
def test_refuses_agreement_in_which_anything_changed(change: Any) -> None:  # noqa: ANN401 - a lambda on the document
    document: dict[str, Any] = deepcopy(json.loads(both().text()))
    change(document)
    with pytest.raises(IntegrityFailure):
        verify_agreement(parse_agreement(document), KEYS)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda d: d.update(note="added"), UnknownTerm),
        (lambda d: d["@context"].update(permission="urn:nothing"), InputError),
        (lambda d: d.update({"@context": "https://p.example/context"}), InputError),
        (lambda d: d.pop("@context"), InputError),
        (lambda d: d.update({"@type": "Offer"}), InputError),
        (lambda d: d.pop("assignee"), InputError),
        (lambda d: d.pop("justification"), InputError),
        (lambda d: d.pop("timestamp"), InputError),
        (lambda d: d.update(validFrom="yesterday"), InputError),
        (lambda d: d.update(validUntil="2026-01-01T00:00:00Z"), InputError),
        (lambda d: d["permission"][0].update(action="sublicense"), UnknownTerm),
    ],
)
def test_refuses_document_that_is_no_agreement(change: Any, error: type[InputError]) -> None:  # noqa: ANN401 - as above
    document: dict[str, Any] = deepcopy(json.loads(both().text()))
    change(document)
    with pytest.raises(error):
        parse_agreement(document)


@pytest.mark.parametrize(
    "text", ["", "[]", "7", '{"@id": 1', '{"a": 1, "a": 2}', "[" * 100_000, "x" * 2_000_000, b"\xff"]
)
def test_refuses_text_that_is_no_json_object(text: str | bytes) -> None:
    with pytest.raises(UnreadableInput):
        parse_agreement(text)


def test_refuses_agreement_that_one_party_has_not_signed() -> None:
    with pytest.raises(IntegrityFailure, match="not signed"):
        verify_agreement(draft(), KEYS)
    with pytest.raises(IntegrityFailure, match="consumer has not signed"):
        verify_agreement(sign(draft(), PROVIDER_KEY), KEYS)
    with pytest.raises(IntegrityFailure, match="provider has not signed"):
        verify_agreement(sign(sign(draft(), CONSUMER_KEY), CONSUMER_KEY), KEYS)
    with pytest.raises(IntegrityFailure):
        verify_provider_signature(sign(draft(), CONSUMER_KEY), PROVIDER_KEY.public)


def test_refuses_signature_of_a_stranger_even_beside_those_of_the_parties() -> None:
    with pytest.raises(IntegrityFailure, match="neither party"):
        verify_agreement(sign(both(), OTHER_KEY), KEYS)


def test_refuses_strangers_key_published_under_the_providers_name() -> None:
    forged = sign(sign(draft(), OTHER_KEY, "https://p.example"), CONSUMER_KEY)
    with pytest.raises(IntegrityFailure):
        verify_agreement(forged, KEYS)


def test_refuses_countersigned_document_that_says_something_else() -> None:
    sent = sign(draft(), PROVIDER_KEY)
    other = draft_agreement(offer(), REQUEST, iri=IRI, validity=Validity(NOW), terms_version="1.0")
    with pytest.raises(Conflict, match="not the one that was sent"):
        require_same_agreement(sign(other, CONSUMER_KEY), sent)
    require_same_agreement(parse_agreement(sign(sent, CONSUMER_KEY).text()), sent)


def test_refuses_validity_that_contains_nothing_or_has_no_zone() -> None:
    for start, end in ((NOW, NOW), (NOW, NOW - timedelta(days=1)), (NOW.replace(tzinfo=None), None)):
        with pytest.raises(InputError):
            Validity(start, end)


def test_refuses_second_revocation_revocation_by_strangers_and_without_reason() -> None:
    node = Node()
    with pytest.raises(Conflict, match="no party"):
        node.revoke(by=STRANGER)
    with pytest.raises(InputError, match="no reason"):
        node.revoke(reason=" ")
    node.revoke()
    with pytest.raises(Conflict, match="revoked already"):
        node.revoke()
    with pytest.raises(NotFound):
        node.agreements.get(NamedNode("urn:none"))


@pytest.mark.parametrize("status", [Status.PENDING, Status.REFUSED, Status.SUSPENDED])
def test_refuses_access_of_participants_that_are_not_approved_despite_their_agreement(status: Status) -> None:
    access = decide_access(read(), participant=participant(status), agreements=[Node().record], offer=offer())
    assert not access.decision.allowed
    assert access.decision.reasons[0].code == "not-approved"


def test_refuses_access_without_agreement_before_it_after_it_and_when_revoked() -> None:
    node = Node()
    codes = {
        "no-agreement": decide_access(read(), participant=participant(), agreements=[], offer=offer()),
        "not-a-participant": decide_access(read(), participant=None, agreements=[node.record], offer=offer()),
    }
    for code, at in (("agreement-pending", NOW - timedelta(seconds=1)), ("agreement-expired", END)):
        codes[code] = decide_access(read(at), participant=participant(), agreements=[node.record], offer=offer())
    node.revoke()
    codes["agreement-revoked"] = decide_access(
        read(), participant=participant(), agreements=[node.record], offer=offer()
    )
    for code, access in codes.items():
        assert not access.decision.allowed
        assert access.agreement is None
        assert {reason.code for reason in access.decision.reasons} == {code}


def test_refuses_access_for_other_actions_purposes_and_targets_than_agreed() -> None:
    record = Node().record
    for request in (
        UseRequest(CONSUMER, ODRL.distribute, TARGET, NOW),
        UseRequest(CONSUMER, ODRL.read, TARGET, NOW, VES.MarketAnalysis),
        UseRequest(CONSUMER, ODRL.read, NamedNode("urn:other"), NOW),
    ):
        assert not decide_access(request, participant=participant(), agreements=[record], offer=None).decision.allowed


def test_signed_agreement_opens_access_and_is_named() -> None:
    access = decide_access(read(), participant=participant(), agreements=[Node().record], offer=offer())
    assert access.decision.allowed
    assert access.agreement == IRI


def test_open_data_needs_no_agreement() -> None:
    public = offer(OfferTerms(Audience.OPEN))
    assert decide_access(read(), participant=None, agreements=[], offer=public).decision.allowed
    assert decide_access(read(), participant=participant(), agreements=[], offer=public).decision.allowed
    assert not decide_access(
        read(), participant=participant(Status.SUSPENDED), agreements=[], offer=offer()
    ).decision.allowed


def test_agreement_is_verified_from_its_text_alone() -> None:
    kept = parse_agreement(both().text())
    assert {signature.key for signature in verify_agreement(kept, KEYS)} == set(KEYS.values())
    assert kept.agreement == draft().agreement
    assert kept.request == REQUEST
    assert kept.validity == Validity(NOW, END)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own reader uses it
def test_other_software_reads_the_same_statements_from_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rdflib.NORMALIZE_LITERALS", False)  # a setting of rdflib's: keep lexical forms as they are
    document = {name: value for name, value in both().document.items() if name != "proof"}
    theirs = Graph().parse(data=json.dumps(document), format="json-ld").serialize(format="nt")
    ours = canonical_n_quads(json_ld_quads(document, {}))
    assert canonical_n_quads(parse_file(theirs.encode(), media.N_TRIPLES)) == ours


def test_recorded_agreement_is_found_and_its_policy_is_in_the_graph() -> None:
    node = Node()
    assert node.agreements.active(CONSUMER, TARGET, NOW) == [node.record]
    assert node.agreements.active(STRANGER, TARGET, NOW) == []
    assert node.agreements.active(CONSUMER, TARGET, END) == []
    assert node.agreements.of_party(PROVIDER) == node.agreements.about(TARGET) == node.agreements.all() == [node.record]
    assert get_policy(node.store, GRAPH, IRI) == draft().agreement
    verify_agreement(node.record.signed, KEYS)
    node.revoke("passed on")
    assert node.agreements.active(CONSUMER, TARGET, NOW) == []
    assert node.record.status(NOW) is AgreementStatus.REVOKED
    assert node.record.ending == Ending(AgreementStatus.REVOKED, NOW, "passed on", PROVIDER)
