"""Data Integrity proofs: refused when anything was changed; the published vectors byte for byte."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.shared_data import shared

from virtuales.contract.integrity import PROOF_CONTEXT, add_proof, signed_bytes, verify_proofs
from virtuales.errors import InputError, IntegrityFailure, UnknownTerm
from virtuales.rdf.canonical import canonical_n_quads, json_ld_quads
from virtuales.trust import multibase
from virtuales.trust.keys import PublicKey, SigningKey

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY, OTHER = SigningKey(b"\x09" * 32), SigningKey(b"\x0a" * 32)
METHODS = {"did:web:a#1": KEY.public, "did:web:b#1": OTHER.public}
DOCUMENT: dict[str, Any] = {
    "@context": {**PROOF_CONTEXT, "name": "urn:name", "part": {"@id": "urn:part", "@type": "@id"}},
    "@id": "urn:document",
    "name": "Substation",
    "part": [{"@id": "urn:part:1", "name": "Bay"}],
}


def key_of(method: str) -> PublicKey:
    if method not in METHODS:
        raise IntegrityFailure("No such key.", where=method)
    return METHODS[method]


def signed() -> dict[str, Any]:
    once = add_proof(DOCUMENT, KEY, verification_method="did:web:a#1", created=NOW)
    return deepcopy(add_proof(once, OTHER, verification_method="did:web:b#1", created=NOW))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(name="Substations"),
        lambda d: d["part"][0].update(name="Bax"),
        lambda d: d["part"].append({"@id": "urn:part:2"}),
        lambda d: d.pop("part"),
        lambda d: d.update({"@id": "urn:other"}),
        lambda d: d["@context"].update(name="urn:title"),
        lambda d: d["proof"][0].update(created="2026-06-01T12:00:01Z"),
        lambda d: d["proof"][0].update(verificationMethod="did:web:b#1"),
        lambda d: d["proof"][0].update(verificationMethod="did:web:c#1"),
        lambda d: d["proof"][0].update(proofPurpose="authentication"),
        lambda d: d["proof"][0].update(cryptosuite="eddsa-jcs-2022"),
        lambda d: d["proof"][0].update(type="Ed25519Signature2020"),
        lambda d: d["proof"][0].update(domain="example.org"),
        lambda d: d["proof"][0].update(proofValue=d["proof"][1]["proofValue"]),
        lambda d: d["proof"][0].update(proofValue="z"),
        lambda d: d["proof"][0].update(proofValue="u1234"),
        lambda d: d["proof"][0].pop("proofValue"),
        lambda d: d["proof"][0].pop("verificationMethod"),
        lambda d: d["proof"][0].update({"@context": {}}),
        lambda d: d.update(proof=[]),
        lambda d: d.update(proof="z"),
        lambda d: d.update(proof=[*d["proof"], 7]),
        lambda d: d.update(proof=d["proof"] * 5),
        lambda d: d.pop("proof"),
    ],
)
def test_refuses_document_in_which_anything_changed(change: Any) -> None:  # noqa: ANN401 - a lambda on the document
    document = signed()
    change(document)
    with pytest.raises(IntegrityFailure):
        verify_proofs(document, key_of)


def test_refuses_key_that_the_context_does_not_define_since_it_would_not_be_signed() -> None:
    with pytest.raises(UnknownTerm, match="note"):
        verify_proofs(signed() | {"note": "added afterwards"}, key_of)
    with pytest.raises(UnknownTerm, match="note"):
        add_proof({**DOCUMENT, "note": "x"}, KEY, verification_method="did:web:a#1", created=NOW)


def test_refuses_context_that_would_have_to_be_fetched() -> None:
    with pytest.raises(InputError, match="never fetched"):
        add_proof({**DOCUMENT, "@context": "https://a.example/c"}, KEY, verification_method="urn:k", created=NOW)


def test_every_changed_character_of_a_value_is_found() -> None:
    document = signed()
    for place in range(len(document["name"])):
        changed = document["name"][:place] + "#" + document["name"][place + 1 :]
        with pytest.raises(IntegrityFailure, match="does not match"):
            verify_proofs(document | {"name": changed}, key_of)


def test_proof_set_verifies_whatever_the_order_of_keys() -> None:
    document = json.loads(json.dumps(signed(), sort_keys=True))
    document["proof"].reverse()
    assert [proof.key for proof in verify_proofs(document, key_of)] == [OTHER.public, KEY.public]


def contexts(document: dict[str, Any]) -> dict[str, object]:
    """Give the vector's contexts as the few definitions that its own names need, written for this test."""
    credentials, schema = "https://www.w3.org/2018/credentials#", "https://schema.org/"
    instant = "http://www.w3.org/2001/XMLSchema#dateTime"
    names: dict[str, object] = {
        **PROOF_CONTEXT,
        "id": "@id",
        "VerifiableCredential": credentials + "VerifiableCredential",
        "credentialSubject": {"@id": credentials + "credentialSubject", "@type": "@id"},
        "issuer": {"@id": credentials + "issuer", "@type": "@id"},
        "validFrom": {"@id": credentials + "validFrom", "@type": instant},
        "validUntil": {"@id": credentials + "validUntil", "@type": instant},
        "credentialSchema": {"@id": credentials + "credentialSchema", "@type": "@id"},
        "JsonSchema": credentials + "JsonSchema",
        "name": schema + "name",
        "description": schema + "description",
    }
    examples = {name: f"https://www.w3.org/ns/credentials/examples#{name}" for name in ("AlumniCredential", "alumniOf")}
    own = "https://w3id.org/citizenship#"
    citizen: dict[str, object] = {
        **{
            name: own + name for name in ("birthCountry", "employmentAuthorizationDocument", "lprCategory", "lprNumber")
        },
        **{name: own + name for name in ("EmployablePerson", "EmploymentAuthorizationDocument")},
        **{
            name: schema + name
            for name in ("Person", "givenName", "additionalName", "familyName", "gender", "identifier")
        },
        "EmploymentAuthorizationDocumentCredential": own + "EmploymentAuthorizationDocumentCredential",
        "image": {"@id": schema + "image", "@type": "@id"},
        "birthDate": {"@id": schema + "birthDate", "@type": instant},
        "residentSince": {"@id": own + "residentSince", "@type": instant},
    }
    return dict(
        zip(document["@context"], (names, citizen if "citizenship" in str(document) else examples), strict=True)
    )


def vector(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("source", "place"), [("unsigned.json", "."), ("employmentAuth.json", "employ")])
def test_published_vector_is_reproduced_byte_for_byte(source: str, place: str) -> None:
    root = shared("suites/vc-data-integrity/eddsa-TestVectors")
    folder = root / "eddsa-rdfc-2022" / place
    unsigned = json.loads(vector(root, source))
    pair = json.loads(vector(root, "keyPair.json"))
    options = json.loads(vector(folder, "proofConfigDataInt.json"))
    known = contexts(unsigned)
    assert canonical_n_quads(json_ld_quads(unsigned, known)) == vector(folder, "canonDocDataInt.txt")
    assert canonical_n_quads(json_ld_quads(options, known)) == vector(folder, "proofCanonDataInt.txt")
    assert signed_bytes(unsigned, options, contexts=known).hex() == vector(folder, "combinedHashDataInt.txt").strip()
    key = SigningKey(multibase.decode(pair["privateKeyMultibase"])[2:])
    assert key.public.multikey == pair["publicKeyMultibase"]
    created = datetime.fromisoformat(options["created"])
    method = options["verificationMethod"]
    ours = add_proof(unsigned, key, verification_method=method, created=created, contexts=known)
    published = json.loads(vector(folder, "signedDataInt.json"))
    assert ours == published
    (proof,) = verify_proofs(published, lambda _: key.public, contexts=known)
    assert proof.created == options["created"]


def test_published_proof_set_verifies_and_a_chain_is_refused() -> None:
    folder = shared("suites/vc-data-integrity/eddsa-TestVectors/proof-set-chain")
    document = json.loads(vector(folder, "signedProofSet2.json"))
    known = contexts(document)

    def named(method: str) -> PublicKey:
        return PublicKey.from_multikey(method.rpartition("#")[2])

    assert len(verify_proofs(document, named, contexts=known)) == 2
    with pytest.raises(IntegrityFailure, match="not understood"):
        verify_proofs(json.loads(vector(folder, "signedProofChain2.json")), named, contexts=known)
