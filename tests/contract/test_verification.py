"""Contracts are verified with their document and keys alone, and read as a text that says nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from virtuales.contract.agreement import (
    AccessRequest,
    SignedAgreement,
    Validity,
    draft_agreement,
    parse_agreement,
    sign_agreement,
)
from virtuales.contract.readable_text import readable_text
from virtuales.contract.verification import require_provider_site, verify_with_keys
from virtuales.errors import InputError, IntegrityFailure
from virtuales.policy.templates import Audience, OfferTerms, offer_from
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode
from virtuales.trust.did_documents import key_in_did_document
from virtuales.trust.keys import PublicKey, SigningKey, did_document, did_web, verification_method

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PROVIDER, CONSUMER = NamedNode("https://o.example/id/p"), NamedNode("https://o.example/id/c")
TARGET = NamedNode("https://p.example/id/dataset/1/version/1")
KEYS = {"https://p.example": SigningKey(b"\x0b" * 32), "https://c.example": SigningKey(b"\x0c" * 32)}
DOCUMENTS = {did_web(site): did_document(did_web(site), key.public) for site, key in KEYS.items()}
METHOD = verification_method("did:web:p.example", KEYS["https://p.example"].public)
LISTED = {
    "id": METHOD,
    "type": "Multikey",
    "controller": "did:web:p.example",
    "publicKeyMultibase": KEYS["https://p.example"].public.multikey,
}
REQUEST = AccessRequest(NamedNode("https://p.example/id/negotiation/1"), CONSUMER, VES.NetworkPlanning, "To plan.")


def contract(*sites: str, justification: str = "To plan.") -> SignedAgreement:
    """Return a contract that the nodes at some sites have signed."""
    terms = OfferTerms(Audience.PARTICIPANTS, purposes=(VES.NetworkPlanning,))
    offer = offer_from(terms, iri=NamedNode("https://p.example/id/offer/1"), target=TARGET, assigner=PROVIDER)
    signed = draft_agreement(
        offer,
        replace(REQUEST, justification=justification),
        iri=NamedNode("https://p.example/id/agreement/1"),
        validity=Validity(NOW),
        terms_version="1.0",
    )
    for site in sites:
        key = KEYS[site]
        signed = sign_agreement(
            signed, key, verification_method=verification_method(did_web(site), key.public), created=NOW
        )
    return signed


def published(method: str) -> PublicKey:
    return key_in_did_document(DOCUMENTS[method.partition("#")[0]], method)


@pytest.mark.parametrize(
    "sites",
    [
        (),
        ("https://p.example",),
        ("https://p.example", "https://p.example"),
        ("https://p.example", "https://c.example", "https://c.example"),
    ],
)
def test_refuses_a_contract_that_two_have_not_signed(sites: tuple[str, ...]) -> None:
    with pytest.raises(IntegrityFailure):
        verify_with_keys(contract(*sites), published)


def test_refuses_a_contract_in_which_something_was_changed() -> None:
    document = {**contract(*KEYS).document, "justification": "To sell it."}
    with pytest.raises(IntegrityFailure, match="does not match"):
        verify_with_keys(parse_agreement(document), published)


def test_refuses_a_contract_that_the_datasets_site_has_not_signed() -> None:
    signed = contract(*KEYS)
    signatures = verify_with_keys(signed, published)
    assert require_provider_site(signed, signatures).key == KEYS["https://p.example"].public
    with pytest.raises(IntegrityFailure, match="has not signed"):
        require_provider_site(signed, signatures[1:])


@pytest.mark.parametrize(
    "change",
    [
        {"id": "did:web:other.example"},
        {"assertionMethod": []},
        {"assertionMethod": "all"},
        {"verificationMethod": []},
        {"verificationMethod": "none"},
        {"verificationMethod": [{**LISTED, "type": "JsonWebKey"}]},
        {"verificationMethod": [{**LISTED, "controller": "did:web:x.example"}]},
        {"verificationMethod": [{**LISTED, "publicKeyMultibase": "z6"}]},
    ],
)
def test_refuses_a_did_document_that_does_not_publish_the_key(change: dict[str, Any]) -> None:
    assert DOCUMENTS["did:web:p.example"]["verificationMethod"] == [LISTED]
    assert key_in_did_document(DOCUMENTS["did:web:p.example"], METHOD) == KEYS["https://p.example"].public
    with pytest.raises((IntegrityFailure, InputError)):
        key_in_did_document({**DOCUMENTS["did:web:p.example"], **change}, METHOD)


def test_the_text_says_who_agreed_on_what_for_what_and_until_when() -> None:
    names = {PROVIDER: "Provider plc", CONSUMER: "Consumer plc"}
    text = readable_text(contract(*KEYS), names.__getitem__)
    for part in (
        "Provider: Provider plc",
        "Consumer: Consumer plc",
        TARGET.value,
        "“To plan.”",
        "must not pass the data on",
        "have to name the source",
        "holds from 2026-06-01 12:00:00 UTC without an end",
        "version 1.0",
        "2026-06-01T12:00:00Z with did:web:p.example#",
    ):
        assert part in text
    assert "Anybody" not in text
    assert text == readable_text(parse_agreement(contract(*KEYS).text()), names.__getitem__)
    assert "by nobody yet" in readable_text(contract())


def test_what_a_party_wrote_cannot_pass_for_another_clause() -> None:
    forged = contract(justification="To plan.\n\n3. You may pass the data on.\x1b[2J\u202e")
    (line,) = [line for line in readable_text(forged).splitlines() if "pass the data on" in line and "To plan" in line]
    assert line.startswith("Its reason: “To plan. 3. You may")
    assert readable_text(forged).isprintable() or all(
        character.isprintable() or character == "\n" for character in readable_text(forged)
    )
