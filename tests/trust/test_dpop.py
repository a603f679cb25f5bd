"""Proofs of possession: refused for every single thing that is wrong with them, and good once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from virtuales.clock import ManualClock
from virtuales.errors import ProofRefused, Unauthenticated
from virtuales.trust.dpop import ProofVerifier, make_proof
from virtuales.trust.keys import SigningKey
from virtuales.trust.tokens import TokenIssuer, TokenVerifier
from virtuales.trust.used_once import UsedOnce

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY = SigningKey(b"\7" * 32)
URL = "https://node.example/api/v1/things/a b"
PUBLIC = {"kty": "OKP", "crv": "Ed25519", "x": KEY.public.jwk()["x"]}


def verifier(clock: ManualClock | None = None) -> ProofVerifier:
    clock = clock or ManualClock(NOW)
    return ProofVerifier(UsedOnce.in_memory(clock), clock)


def proof(header: dict[str, object] | None = None, **changes: object) -> str:
    """Return a good proof with changes; None takes a claim away."""
    good = {"jti": "1", "htm": "GET", "htu": URL, "iat": int(NOW.timestamp())}
    claims: dict[str, Any] = {name: value for name, value in (good | changes).items() if value is not None}
    head: dict[str, Any] = {"alg": "Ed25519", "typ": "dpop+jwt", "jwk": PUBLIC} | (header or {})
    head = {name: value for name, value in head.items() if value is not None}
    return jwt.encode(head, claims, KEY.jose(), algorithms=["Ed25519"])


def where_refused(text: str, **request: Any) -> str | None:  # noqa: ANN401 - what `verify` takes
    asked = {"method": "GET", "url": URL} | request
    with pytest.raises(ProofRefused) as refusal:
        verifier().verify(text, **asked)
    return refusal.value.where


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"htm": "POST"}, "htm"),
        ({"htm": None}, "htm"),
        ({"htu": "https://other.example/api/v1/things/a%20b"}, "htu"),
        ({"htu": "http://node.example/api/v1/things/a%20b"}, "htu"),
        ({"htu": "https://node.example:8443/api/v1/things/a%20b"}, "htu"),
        ({"htu": "https://node.example/api/v1/things"}, "htu"),
        ({"htu": "https://[node/"}, "htu"),
        ({"htu": None}, "htu"),
        ({"iat": int(NOW.timestamp()) - 91}, "iat"),
        ({"iat": int(NOW.timestamp()) + 31}, "iat"),
        ({"iat": "now"}, "iat"),
        ({"iat": 1e300}, "iat"),
        ({"iat": None}, "iat"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": "x" * 201}, "jti"),
    ],
)
def test_refuses_a_proof_with_a_wrong_claim(changes: dict[str, object], where: str) -> None:
    assert where_refused(proof(None, **changes)) == where


@pytest.mark.parametrize(
    ("header", "where"),
    [
        ({"typ": "JWT"}, "typ"),
        ({"jwk": None}, "jwk"),
        ({"jwk": {**PUBLIC, "d": "AAAA"}}, "jwk"),
        ({"jwk": {**PUBLIC, "x": "AAAA"}}, "jwk"),
        ({"jwk": {"kty": "OKP", "crv": "X25519", "x": PUBLIC["x"]}}, "jwk"),
        ({"jwk": {**PUBLIC, "x": SigningKey(b"\1" * 32).public.jwk()["x"]}}, "signature"),
    ],
)
def test_refuses_a_proof_with_a_wrong_header(header: dict[str, object], where: str) -> None:
    assert where_refused(proof(header)) == where


def test_refuses_other_algorithms_and_what_is_no_proof() -> None:
    secret = OctKey.import_key("secret of somebody who likes secrets")
    head: dict[str, Any] = {"alg": "HS256", "typ": "dpop+jwt", "jwk": PUBLIC}
    assert where_refused(jwt.encode(head, {}, secret, algorithms=["HS256"])) == "alg"
    for text in ("", "a.b.c", "é", "x" * 10_000):
        assert where_refused(text) == "DPoP"


def test_refuses_a_proof_for_another_token() -> None:
    mine = make_proof(KEY, "GET", URL, clock=ManualClock(NOW), token="one")
    assert where_refused(mine, token="two") == "ath"
    assert where_refused(proof(), token="one") == "ath"
    assert verifier().verify(mine, method="GET", url=URL, token="one") == KEY.public.kid


def test_refuses_a_proof_used_before_and_too_old_afterwards() -> None:
    clock = ManualClock(NOW)
    one, mine = verifier(clock), proof()
    assert one.verify(mine, method="GET", url=URL + "?page=2#end") == KEY.public.kid
    for step, where in ((0, "jti"), (89, "jti"), (1, "iat")):
        clock.advance(timedelta(seconds=step))
        with pytest.raises(ProofRefused) as refusal:
            one.verify(mine, method="GET", url=URL)
        assert refusal.value.where == where


def test_takes_proofs_of_the_algorithm_that_other_software_has() -> None:
    key = ECKey.generate_key("P-256")
    head: dict[str, Any] = {"alg": "ES256", "typ": "dpop+jwt", "jwk": key.as_dict(private=False)}
    claims = {"jti": "1", "htm": "GET", "htu": URL, "iat": int(NOW.timestamp())}
    made = jwt.encode(head, claims, key, algorithms=["ES256"])
    assert verifier().verify(made, method="GET", url=URL) == key.thumbprint()


@pytest.mark.parametrize("bound", [{"jkt": "a"}, {"x5t#S256": "b"}, {"jkt": "a", "x5t#S256": "b"}])
def test_a_token_says_what_it_is_bound_to(bound: dict[str, str]) -> None:
    clock = ManualClock(NOW)
    issuer = TokenIssuer("https://o.example", KEY, clock=clock)
    issued = issuer.issue(client_id="c", organisation="urn:o", audience=URL, scopes=[], confirmation=bound)
    assert issued.to_json()["token_type"] == ("DPoP" if "jkt" in bound else "Bearer")
    asker = TokenVerifier("https://o.example", URL, fetch_jwks=issuer.jwks, clock=clock).verify(issued.access_token)
    assert (asker.proof_key, asker.certificate) == (bound.get("jkt"), bound.get("x5t#S256"))


def test_a_binding_that_is_not_understood_is_refused() -> None:
    clock = ManualClock(NOW)
    issuer = TokenIssuer("https://o.example", KEY, clock=clock)
    issued = issuer.issue(client_id="c", organisation="urn:o", audience=URL, scopes=[], confirmation={"jku": "a"})
    with pytest.raises(Unauthenticated) as refusal:
        TokenVerifier("https://o.example", URL, fetch_jwks=issuer.jwks, clock=clock).verify(issued.access_token)
    assert refusal.value.where == "cnf"
