"""Tokens of an outside issuer: only with the keys, for the audience and in the name that the operator said."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from virtuales.clock import ManualClock
from virtuales.errors import ConfigurationError, PeerFailure, Unauthenticated
from virtuales.settings import read_settings
from virtuales.trust.accepted_tokens import AcceptedTokens
from virtuales.trust.keys import SigningKey
from virtuales.trust.outside_issuer import OutsideIssuer, OutsideVerifier, outside_issuer
from virtuales.trust.tokens import TokenIssuer, TokenVerifier

ISSUER, NODE, VALE = "https://sign-in.example/realm", "https://node.example", "https://o.example/id/organisation/vale"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY, OTHER = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")


def listed(key: Any, **said: str) -> dict[str, Any]:  # noqa: ANN401 - any of the library's keys
    """Return a key as the issuer's key set lists it."""
    return {**key.as_dict(private=False), "kid": "k", "use": "sig", **said}


class Outside:
    """An outside issuer, and the pages that it serves."""

    def __init__(self, **told: Any) -> None:  # noqa: ANN401 - settings of the issuer
        self.clock = ManualClock(NOW)
        self.asked: list[str] = []
        self.pages: dict[str, dict[str, object]] = {
            f"{ISSUER}/.well-known/openid-configuration": {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"},
            f"{ISSUER}/keys": {"keys": [listed(KEY)]},
        }
        said = {"audience": NODE, "organisations": {"vale": VALE}, "scopes": frozenset({"data:read"})} | told
        self.verifier = OutsideVerifier(
            OutsideIssuer(ISSUER, **said), fetch=self.fetch, clock=self.clock, longest=timedelta(days=1)
        )

    def fetch(self, url: str) -> Mapping[str, object]:
        """Return a page."""
        self.asked.append(url)
        if url not in self.pages:
            raise PeerFailure("The node did not answer.", where=url)
        return self.pages[url]

    def refusal(self, token: str) -> str | None:
        """Return what of a token is refused."""
        with pytest.raises(Unauthenticated) as refusal:
            self.verifier.verify(token)
        return refusal.value.where


def token(key: Any = KEY, header: dict[str, object] | None = None, **changes: object) -> str:  # noqa: ANN401 - as above
    """Return a good token with changes; None takes a claim away."""
    now = int(NOW.timestamp())
    good = {"iss": ISSUER, "sub": "ada", "aud": NODE, "organisation": "vale", "iat": now, "exp": now + 300}
    claims: dict[str, Any] = {name: value for name, value in (good | changes).items() if value is not None}
    head: dict[str, Any] = {"alg": "ES256", "typ": "JWT", "kid": "k"} | (header or {})
    return jwt.encode(head, claims, key, algorithms=[str(head["alg"])])


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"aud": "https://other.example"}, "aud"),
        ({"aud": None}, "aud"),
        ({"organisation": "moor"}, "organisation"),
        ({"organisation": None}, "organisation"),
        ({"organisation": ["vale"]}, "organisation"),
        ({"exp": int(NOW.timestamp()) - 60}, "exp"),
        ({"iat": None}, "iat"),
        ({"sub": None}, "sub"),
        ({"nonce": "n"}, "typ"),
        ({"at_hash": "h"}, "typ"),
        ({"cnf": {"jkt": "k"}}, "cnf"),
    ],
)
def test_refuses_a_token_with_a_wrong_claim(changes: dict[str, object], where: str) -> None:
    assert Outside().refusal(token(KEY, None, **changes)) == where


def test_refuses_other_algorithms_types_and_keys() -> None:
    outside = Outside()
    secret = OctKey.import_key("a secret of thirty-two characters")
    assert outside.refusal(token(secret, {"alg": "HS256"})) == "alg"
    assert outside.refusal(token(header={"typ": "logout+jwt"})) == "typ"
    assert outside.refusal(token(header={"kid": "unknown"})) == "kid"
    assert outside.refusal(token(OTHER)) == "signature"
    outside.pages[f"{ISSUER}/keys"] = {"keys": [listed(RSAKey.generate_key(2048), alg="PS256")]}
    outside.clock.advance(timedelta(hours=2))
    assert outside.refusal(token()) == "signature", "a key of another kind under the same name"


def test_takes_a_token_for_the_organisation_and_the_scopes_that_the_operator_named() -> None:
    outside = Outside()
    asker = outside.verifier.verify(token(aud=["other", NODE], scope="participants:decide"))
    assert (asker.organisation, asker.scopes) == (VALE, frozenset({"data:read"}))
    assert asker.client_id == f"{ISSUER}#ada"
    outside.verifier.verify(token())
    assert outside.asked == [*outside.pages], "description and keys are asked for once"


def test_goes_on_with_the_keys_it_has_for_a_time_that_is_bounded() -> None:
    outside = Outside()
    outside.verifier.verify(token())
    outside.pages.clear()
    outside.clock.advance(timedelta(hours=20))
    now = int(outside.clock.now().timestamp())
    assert outside.verifier.verify(token(iat=now, exp=now + 300)).organisation == VALE
    outside.clock.advance(timedelta(hours=5))
    with pytest.raises(PeerFailure, match="last heard"):
        outside.verifier.verify(token(iat=now, exp=now + 300))


@pytest.mark.parametrize(
    ("described", "match"),
    [
        ({"issuer": "https://evil.example", "jwks_uri": f"{ISSUER}/keys"}, "another issuer's"),
        ({"issuer": ISSUER, "jwks_uri": "http://169.254.169.254/latest/meta-data"}, "another host"),
        ({"issuer": ISSUER, "jwks_uri": "http://sign-in.example/realm/keys"}, "another host"),
        ({"issuer": ISSUER, "jwks_uri": "https://sign-in.example:8443/keys"}, "another host"),
        ({"issuer": ISSUER}, "another host"),
    ],
)
def test_keys_elsewhere_are_not_fetched_unless_the_operator_named_the_place(
    described: dict[str, object], match: str
) -> None:
    outside = Outside()
    outside.pages[f"{ISSUER}/.well-known/openid-configuration"] = described
    with pytest.raises(PeerFailure, match=match):
        outside.verifier.verify(token())
    assert len(outside.asked) == 1
    named = Outside(jwks_url="https://keys.example/set")
    named.pages["https://keys.example/set"] = {"keys": [7, {"kty": "oct"}, listed(OTHER, use="enc"), listed(KEY)]}
    assert named.verifier.verify(token()).organisation == VALE


@pytest.mark.parametrize(
    "said",
    [
        {"outside_issuer": "http://sign-in.example", "outside_organisations": {"vale": VALE}},
        {"outside_issuer": ISSUER},
        {"outside_issuer": ISSUER, "outside_organisations": {"vale": VALE}, "outside_scopes": ("everything",)},
        {"outside_issuer": ISSUER, "outside_organisations": {"vale": VALE}, "outside_scopes": ()},
    ],
)
def test_refuses_settings_that_are_not_safe_or_open_nothing(said: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        outside_issuer(read_settings(orchestrator_url="https://o.example", base_url=NODE, **said))


def test_without_an_outside_issuer_there_is_none() -> None:
    assert outside_issuer(read_settings(orchestrator_url="https://o.example", base_url=NODE)) is None


def test_each_token_is_judged_by_the_rules_of_its_own_issuer() -> None:
    outside, key = Outside(), SigningKey(b"\1" * 32)
    issuer = TokenIssuer("https://o.example", key, clock=outside.clock)
    own = TokenVerifier("https://o.example", NODE, fetch_jwks=issuer.jwks, clock=outside.clock)
    accepted = AcceptedTokens(own, outside.verifier)
    mine = issuer.issue(client_id="c", organisation="urn:o", audience=NODE, scopes=["data:publish"]).access_token
    assert accepted.verify(mine).scopes == accepted.verify(mine).scopes == {"data:publish"}
    assert accepted.verify(token()).scopes == {"data:read"}
    with pytest.raises(Unauthenticated, match="algorithm"):
        accepted.verify(token(iss="https://o.example"))
    with pytest.raises(Unauthenticated, match="algorithm"):
        AcceptedTokens(own).verify(token())
