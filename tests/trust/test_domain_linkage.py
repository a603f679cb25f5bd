"""A domain shows that it controls a key: refused when anything does not fit, and read as other software writes it."""

from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt

from virtuales.errors import InputError, IntegrityFailure
from virtuales.trust.domain_linkage import did_configuration, linked_origins, verify_configuration
from virtuales.trust.keys import SigningKey, verification_method

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY, OTHER = SigningKey(b"\5" * 32), SigningKey(b"\6" * 32)
DID, ORIGIN = "did:web:node.vale.example", "https://vale.example"


def served(key: SigningKey = KEY, did: str = DID, origin: str = ORIGIN) -> dict[str, object]:
    return did_configuration(key, did, [origin], now=NOW)


def verified(document: dict[str, object], now: datetime = NOW) -> datetime:
    return verify_configuration(document, origin=ORIGIN, did=DID, key=KEY.public, now=now)


def token(**changes: object) -> str:
    credential = {"type": ["DomainLinkageCredential"], "credentialSubject": {"id": DID, "origin": ORIGIN}}
    claims = {"iss": DID, "sub": DID, "nbf": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 60, "vc": credential}
    header = {"alg": "Ed25519", "kid": verification_method(DID, KEY.public)}
    return jwt.encode(header, claims | changes, KEY.jose(), algorithms=["Ed25519"])


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({}, "it has no credential"),
        ({"linked_dids": "x"}, "it has no credential"),
        ({"linked_dids": [7, None]}, "it has no credential"),
        ({"linked_dids": ["x"]}, "no signed JWT"),
        (served(did="did:web:other.example"), "another identifier"),
        (served(key=OTHER), "signature does not verify"),
        (served(origin="https://elsewhere.example"), "it is for https://elsewhere.example"),
        ({"linked_dids": [token(sub="did:web:other.example")]}, "about another identifier"),
        ({"linked_dids": [token(vc={"credentialSubject": {"id": DID, "origin": ORIGIN}})]}, "no domain linkage"),
        ({"linked_dids": [token(vc="x")]}, "no domain linkage"),
        ({"linked_dids": [token(exp=int(NOW.timestamp()) - 60)]}, "expired"),
        ({"linked_dids": [token(exp=None)]}, "no time `exp`"),
    ],
)
def test_refuses_a_document_that_does_not_link_them(document: dict[str, object], says: str) -> None:
    with pytest.raises(IntegrityFailure, match=says):
        verified(document)


def test_refuses_credentials_before_and_after_their_time() -> None:
    until = verified(served())
    assert until == NOW + timedelta(days=90)
    for moment in (NOW - timedelta(minutes=1), until + timedelta(minutes=1)):
        with pytest.raises(IntegrityFailure):
            verified(served(), moment)


def test_finds_the_credential_among_those_of_others() -> None:
    tokens = [one for each in (served(key=OTHER, did="did:web:a.example"), served()) for one in each["linked_dids"]]  # type: ignore[attr-defined]  # a list
    assert verified({"linked_dids": tokens}) > NOW


def test_links_a_nodes_own_address_and_its_domains() -> None:
    assert linked_origins("https://node.vale.example", ["Vale.example"]) == ("https://node.vale.example", ORIGIN)
    with pytest.raises(InputError, match="no web domain"):
        linked_origins("https://node.vale.example", ["https://vale.example"])
