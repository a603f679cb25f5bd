"""Client assertions: one use, one audience, one client, a short life."""

from datetime import UTC, datetime, timedelta

import pytest

from virtuales.clock import ManualClock
from virtuales.errors import Unauthenticated
from virtuales.trust.assertions import AssertionVerifier, make_client_assertion
from virtuales.trust.keys import SigningKey
from virtuales.trust.signed_jwt import sign_jwt
from virtuales.trust.used_once import UsedOnce

ISSUER = "https://orchestrator.example"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY = SigningKey(b"\5" * 32)


def verifier(clock: ManualClock) -> AssertionVerifier:
    return AssertionVerifier(
        ISSUER, clock=clock, public_key_of={"client-1": KEY.public}.get, used=UsedOnce.in_memory(clock)
    )


def assertion(**changes: object) -> str:
    now = int(NOW.timestamp())
    good = {"iss": "client-1", "sub": "client-1", "aud": ISSUER, "iat": now, "exp": now + 60, "jti": "1"}
    kind = str(changes.pop("kind", "client-authentication+jwt"))
    return sign_jwt({k: v for k, v in (good | changes).items() if v is not None}, KEY, kind=kind)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"kind": "at+jwt"}, "typ"),
        ({"iss": "client-2", "sub": "client-2"}, "iss"),
        ({"sub": "client-2"}, "sub"),
        ({"iss": None, "sub": None}, "iss"),
        ({"aud": "https://elsewhere.example"}, "aud"),
        ({"aud": [ISSUER, "https://elsewhere.example"]}, "aud"),
        ({"exp": int(NOW.timestamp()) - 60}, "exp"),
        ({"exp": int(NOW.timestamp()) + 3600}, "exp"),
        ({"iat": int(NOW.timestamp()) + 600, "exp": int(NOW.timestamp()) + 660}, "iat"),
        ({"jti": None}, "jti"),
    ],
)
def test_refuses_assertion_with_a_wrong_claim(changes: dict[str, object], where: str) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        verifier(ManualClock(NOW)).verify(assertion(**changes))
    assert refusal.value.where == where


def test_refuses_assertion_signed_by_another_organisation() -> None:
    forged = make_client_assertion(
        SigningKey(b"\6" * 32), client_id="client-1", audience=ISSUER, clock=ManualClock(NOW)
    )
    with pytest.raises(Unauthenticated, match="signature"):
        verifier(ManualClock(NOW)).verify(forged)


def test_refuses_assertion_used_before() -> None:
    clock = ManualClock(NOW)
    one = verifier(clock)
    once = make_client_assertion(KEY, client_id="client-1", audience=ISSUER, clock=clock)
    assert one.verify(once) == "client-1"
    with pytest.raises(Unauthenticated, match="used before"):
        one.verify(once)
    clock.advance(timedelta(seconds=149))
    with pytest.raises(Unauthenticated, match="used before"):
        one.verify(once)
    clock.advance(timedelta(seconds=31))
    with pytest.raises(Unauthenticated, match="expired"):
        one.verify(once)


def test_failed_assertion_does_not_use_up_its_identifier() -> None:
    one = verifier(ManualClock(NOW))
    with pytest.raises(Unauthenticated):
        one.verify(assertion(aud="https://elsewhere.example"))
    assert one.verify(assertion()) == "client-1"
