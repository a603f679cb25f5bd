"""Access tokens: refused for every single thing that is wrong with them."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from virtuales.clock import ManualClock
from virtuales.errors import PeerFailure, Unauthenticated
from virtuales.trust.keys import SigningKey
from virtuales.trust.signed_jwt import sign_jwt
from virtuales.trust.tokens import TYPE, TokenIssuer, TokenVerifier

ISSUER, NODE = "https://orchestrator.example", "https://node.example"
ORGANISATION = "https://orchestrator.example/id/participant/a"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY = SigningKey(b"\1" * 32)


def claims(**changes: object) -> dict[str, object]:
    """Return good claims with changes; None takes a claim away."""
    now = int(NOW.timestamp())
    good: dict[str, object] = {
        "iss": ISSUER,
        "sub": "client-1",
        "client_id": "client-1",
        "organisation": ORGANISATION,
        "aud": NODE,
        "scope": "data:read",
        "iat": now,
        "exp": now + 600,
        "jti": "1",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def verifier(clock: ManualClock | None = None, fetch: Callable[[], dict[str, object]] | None = None) -> TokenVerifier:
    keys = fetch or (lambda: {"keys": [KEY.public.jwk()]})
    return TokenVerifier(ISSUER, NODE, fetch_jwks=keys, clock=clock or ManualClock(NOW))


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "https://other.example"}, "aud"),
        ({"aud": [NODE, "https://other.example"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"exp": int(NOW.timestamp()) - 60}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"exp": 1e300}, "exp"),
        ({"iat": int(NOW.timestamp()) + 600}, "iat"),
        ({"iat": None}, "iat"),
        ({"nbf": int(NOW.timestamp()) + 600}, "nbf"),
        ({"sub": "client-2"}, "sub"),
        ({"client_id": None}, "client_id"),
        ({"organisation": None}, "organisation"),
        ({"organisation": 7}, "organisation"),
        ({"organisation": "no> IRI"}, "organisation"),
        ({"scope": ["data:read"]}, "scope"),
        ({"jti": None}, "jti"),
    ],
)
def test_refuses_token_with_a_wrong_claim(changes: dict[str, object], where: str) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        verifier().verify(sign_jwt(claims(**changes), KEY, kind=TYPE))
    assert refusal.value.where == where


@pytest.mark.parametrize("kind", ["JWT", "client-authentication+jwt", ""])
def test_refuses_token_of_another_type(kind: str) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        verifier().verify(sign_jwt(claims(), KEY, kind=kind))
    assert refusal.value.where == "typ"


@pytest.mark.parametrize("algorithm", ["none", "None", "EdDSA", "RS256", "HS256"])
def test_refuses_other_algorithms_by_their_header(algorithm: str) -> None:
    header = segment({"alg": algorithm, "typ": TYPE, "kid": KEY.public.kid})
    with pytest.raises(Unauthenticated) as refusal:
        verifier().verify(f"{header}.{segment(claims())}.")
    assert refusal.value.where == "alg"


def test_refuses_hmac_token_keyed_with_the_public_key() -> None:
    secret = OctKey.import_key(KEY.public.raw)
    token = jwt.encode({"alg": "HS256", "typ": TYPE, "kid": KEY.public.kid}, claims(), secret, algorithms=["HS256"])
    with pytest.raises(Unauthenticated, match="HS256"):
        verifier().verify(token)


def test_refuses_token_of_another_key_under_the_right_kid() -> None:
    other = SigningKey(b"\2" * 32)
    header: dict[str, Any] = {"alg": "Ed25519", "typ": TYPE, "kid": KEY.public.kid}
    with pytest.raises(Unauthenticated, match="signature"):
        verifier().verify(jwt.encode(header, claims(), other.jose(), algorithms=["Ed25519"]))


def test_refuses_key_that_the_token_brings_along() -> None:
    other = SigningKey(b"\2" * 32)
    header: dict[str, Any] = {"alg": "Ed25519", "typ": TYPE, "kid": other.public.kid, "jwk": other.public.jwk()}
    with pytest.raises(Unauthenticated, match="does not list"):
        verifier().verify(jwt.encode(header, claims(), other.jose(), algorithms=["Ed25519"]))


def test_refuses_critical_extensions() -> None:
    header = segment({"alg": "Ed25519", "typ": TYPE, "kid": KEY.public.kid, "crit": ["x"], "x": 1})
    with pytest.raises(Unauthenticated, match="critical"):
        verifier().verify(f"{header}.{segment(claims())}.AAAA")


def test_refuses_changed_payload() -> None:
    header, _, signature = sign_jwt(claims(), KEY, kind=TYPE).split(".")
    with pytest.raises(Unauthenticated, match="signature"):
        verifier().verify(f"{header}.{segment(claims(scope='data:publish'))}.{signature}")


@pytest.mark.parametrize(
    "text", ["", "a", "a.b", "a.b.c", "a.b.c.d", "é.é.é", "x" * 10_000, f"{segment(1)}.{segment(1)}.a"]
)
def test_refuses_text_that_is_no_token(text: str) -> None:
    with pytest.raises(Unauthenticated):
        verifier().verify(text)


def test_refuses_token_when_the_issuer_lists_no_usable_key() -> None:
    empty = verifier(fetch=lambda: {"keys": [{"kty": "RSA", "kid": KEY.public.kid}, 7, {"kty": "OKP"}]})
    with pytest.raises(Unauthenticated, match="does not list"):
        empty.verify(sign_jwt(claims(), KEY, kind=TYPE))


def test_unknown_keys_do_not_become_a_stream_of_fetches() -> None:
    fetched: list[int] = []

    def fetch() -> dict[str, object]:
        fetched.append(1)
        return {"keys": [KEY.public.jwk()]}

    clock = ManualClock(NOW)
    one = verifier(clock, fetch)
    forged = sign_jwt(claims(), SigningKey(b"\3" * 32), kind=TYPE)
    for _ in range(20):
        with pytest.raises(Unauthenticated):
            one.verify(forged)
    assert len(fetched) == 1
    clock.advance(timedelta(seconds=31))
    with pytest.raises(Unauthenticated):
        one.verify(forged)
    assert len(fetched) == 2


def test_known_keys_go_on_while_the_issuer_is_away() -> None:
    answers: list[dict[str, object]] = [{"keys": [KEY.public.jwk()]}]

    def fetch() -> dict[str, object]:
        if not answers:
            raise PeerFailure("The orchestrator does not answer.")
        return answers.pop()

    clock = ManualClock(NOW)
    one = verifier(clock, fetch)
    assert one.verify(sign_jwt(claims(), KEY, kind=TYPE)).client_id == "client-1"
    clock.advance(timedelta(minutes=5))
    with pytest.raises(PeerFailure):
        one.verify(sign_jwt(claims(), SigningKey(b"\3" * 32), kind=TYPE))
    assert one.verify(sign_jwt(claims(), KEY, kind=TYPE)).client_id == "client-1"


def test_keys_that_could_not_be_fetched_for_too_long_verify_nothing() -> None:
    answers: list[dict[str, object]] = [{"keys": [KEY.public.jwk()]}]

    def fetch() -> dict[str, object]:
        if not answers:
            raise PeerFailure("The orchestrator does not answer.")
        return answers.pop()

    clock = ManualClock(NOW)
    one = TokenVerifier(ISSUER, NODE, fetch_jwks=fetch, clock=clock, longest=timedelta(minutes=8))
    token = sign_jwt(claims(), KEY, kind=TYPE)
    one.verify(token)
    clock.advance(timedelta(minutes=8))
    assert one.verify(token).client_id == "client-1"
    clock.advance(timedelta(seconds=1))
    assert one.find_verified(token) is None
    with pytest.raises(PeerFailure, match="last heard at 2026-06-01T12:00:00Z"):
        one.verify(token)
    answers.append({"keys": [KEY.public.jwk()]})
    clock.advance(timedelta(seconds=31))
    assert one.verify(token).client_id == "client-1"


def test_a_key_that_is_no_longer_listed_verifies_nothing_after_five_minutes() -> None:
    clock, listed = ManualClock(NOW), [KEY.public.jwk()]
    one = verifier(clock, lambda: {"keys": listed})
    token = sign_jwt(claims(), KEY, kind=TYPE)
    one.verify(token)
    listed[:] = [SigningKey(b"\4" * 32).public.jwk()]
    clock.advance(timedelta(minutes=5))
    with pytest.raises(Unauthenticated, match="does not list"):
        one.verify(token)


def test_rotated_key_is_found() -> None:
    new = SigningKey(b"\4" * 32)
    listed: list[object] = [KEY.public.jwk()]
    clock = ManualClock(NOW)
    one = verifier(clock, lambda: {"keys": listed})
    one.verify(sign_jwt(claims(), KEY, kind=TYPE))
    listed.append(new.public.jwk())
    clock.advance(timedelta(seconds=31))
    assert one.verify(sign_jwt(claims(), new, kind=TYPE)).organisation == ORGANISATION


def test_issued_token_is_accepted_by_its_node_until_it_ends() -> None:
    clock = ManualClock(NOW)
    issuer = TokenIssuer(ISSUER, KEY, clock=clock, new_name=lambda: "n")
    issued = issuer.issue(client_id="c", organisation=ORGANISATION, audience=NODE, scopes=["data:read", "audit:read"])
    one = verifier(clock, issuer.jwks)
    principal = one.verify(issued.access_token)
    assert principal.scopes == {"data:read", "audit:read"}
    assert principal.token_id == "n"
    assert principal.expires == NOW + timedelta(seconds=issued.expires_in)
    clock.advance(timedelta(seconds=issued.expires_in + 31))
    with pytest.raises(Unauthenticated, match="expired"):
        one.verify(issued.access_token)


def test_key_set_holds_no_private_part() -> None:
    keys = TokenIssuer(ISSUER, KEY, clock=ManualClock(NOW)).jwks()
    assert '"d"' not in json.dumps(keys)


def test_a_token_that_was_verified_once_still_ends() -> None:
    clock = ManualClock(NOW)
    checks, token = verifier(clock), sign_jwt(claims(), KEY, kind=TYPE)
    assert checks.find_verified(token) is None
    assert checks.verify(token) == checks.find_verified(token) == checks.verify(token)
    clock.advance(timedelta(minutes=11))
    with pytest.raises(Unauthenticated, match="expired"):
        checks.find_verified(token)
    with pytest.raises(Unauthenticated, match="expired"):
        checks.verify(token)


def test_a_token_is_forgotten_with_its_key() -> None:
    clock, keys = ManualClock(NOW), [KEY]
    checks = verifier(clock, lambda: {"keys": [key.public.jwk() for key in keys]})
    token = sign_jwt(claims(), KEY, kind=TYPE)
    checks.verify(token)
    other = SigningKey(b"\2" * 32)
    keys[:] = [other]
    clock.advance(timedelta(seconds=40))
    checks.verify(sign_jwt(claims(), other, kind=TYPE))
    assert checks.find_verified(token) is None
    with pytest.raises(Unauthenticated, match="does not list"):
        checks.verify(token)


def test_a_token_with_a_changed_signature_is_another_token() -> None:
    checks, token = verifier(), sign_jwt(claims(), KEY, kind=TYPE)
    checks.verify(token)
    head, _, signature = token.rpartition(".")
    forged = f"{head}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    assert checks.find_verified(forged) is None
    with pytest.raises(Unauthenticated, match="signature"):
        checks.verify(forged)


def test_another_key_under_the_same_name_takes_the_place_of_the_one_before() -> None:
    clock, listed = ManualClock(NOW), [KEY.public.jwk()]
    one = verifier(clock, lambda: {"keys": listed})
    token = sign_jwt(claims(), KEY, kind=TYPE)
    one.verify(token)
    listed[:] = [{**SigningKey(b"\4" * 32).public.jwk(), "kid": KEY.public.kid}]
    clock.advance(timedelta(minutes=5))
    with pytest.raises(Unauthenticated, match="signature"):
        one.verify(token)
