"""Attempts with tokens and assertions that are stolen, forged, old, or made for something else."""

import base64
import json
from functools import partial
from typing import Any

import httpx
from tests.clients import sparql_url
from tests.journey.forgeries import ASSERTION, Forger, bearing, key_of, node_token
from tests.redteam.stage import Attempt, Stage

from virtuales.clock import SystemClock
from virtuales.trust.assertions import make_client_assertion
from virtuales.trust.keys import SigningKey
from virtuales.trust.signed_jwt import sign_jwt

_FORGED = (
    "a stranger's key",
    "a stranger's key under the real name",
    "no algorithm",
    "the public key as a secret",
    "altered claims",
    "no signature",
    "expired",
    "another issuer",
    "another audience",
    "another subject",
    "no organisation",
    "no expiry",
    "an identity token",
    "no token at all",
    "too long",
)


def _query(stage: Stage, token: str) -> httpx.Response:
    return stage.http.get(sparql_url(stage.granted), params={"query": "ASK {}"}, headers=bearing(token))


def _forged(name: str, stage: Stage) -> httpx.Response:
    return _query(stage, Forger(stage.running.orchestrator, stage.vale, stage.north.home).all()[name])


def _claiming(stage: Stage, **claims: Any) -> httpx.Response:  # noqa: ANN401 - a claim can be anything
    return _query(stage, Forger(stage.running.orchestrator, stage.vale, stage.north.home).signed(**claims))


def _headed(stage: Stage, **header: object) -> httpx.Response:
    """Show a token whose header leads to a key of the attacker's own, with which it is signed."""
    key = SigningKey.generate()
    claims = Forger(stage.running.orchestrator, stage.vale, stage.north.home).claims()
    good = sign_jwt(claims, key, kind="at+jwt")
    return _query(stage, _with_header(good, key, header))


def _with_header(token: str, key: SigningKey, header: dict[str, object]) -> str:
    text = json.dumps({"alg": "Ed25519", "typ": "at+jwt", **header}).encode()
    head = base64.urlsafe_b64encode(text).rstrip(b"=").decode()
    signed = f"{head}.{token.split('.')[1]}"
    return f"{signed}.{base64.urlsafe_b64encode(key.sign(signed.encode())).rstrip(b'=').decode()}"


def _token(stage: Stage, **form: str) -> httpx.Response:
    asked = {"grant_type": "client_credentials", "client_id": stage.dale.iri, "resource": stage.north.home, **form}
    return stage.http.post(f"{stage.centre}/oauth/token", data=asked)


def _asserted(stage: Stage, assertion: str, **form: str) -> httpx.Response:
    return _token(stage, client_assertion_type=ASSERTION, client_assertion=assertion, **form)


def _assertion(stage: Stage, *, of: str, by: SigningKey | None = None, to: str | None = None) -> str:
    key = by or key_of(stage.node("dale"))
    return make_client_assertion(key, client_id=of, audience=to or stage.centre, clock=SystemClock())


def _replayed(stage: Stage) -> httpx.Response:
    assertion = _assertion(stage, of=stage.dale.iri)
    assert _asserted(stage, assertion).is_success
    return _asserted(stage, assertion)


def _long_lived(stage: Stage) -> httpx.Response:
    now = int(SystemClock().now().timestamp())
    name = stage.dale.iri
    claims = {"iss": name, "sub": name, "aud": stage.centre, "iat": now, "exp": now + 86_400, "jti": "a-day"}
    return _asserted(stage, sign_jwt(claims, key_of(stage.node("dale")), kind="client-authentication+jwt"))


def _node_token_for_people(stage: Stage) -> httpx.Response:
    token = node_token(stage.node("dale"), stage.dale, stage.north.home)
    return stage.http.get(stage.north.api("reviews"), headers=bearing(token))


def _kid(stage: Stage, kid: str) -> httpx.Response:
    return _headed(stage, kid=kid)


_KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}

ATTEMPTS = [
    *(Attempt(f"query with a forged token: {name}", partial(_forged, name), 401, "token") for name in _FORGED),
    Attempt("query with a token whose kid is a path", lambda on: _kid(on, "../../../../dev/null"), 401, "kid"),
    Attempt("query with a token whose kid is SQL", lambda on: _kid(on, "x' UNION SELECT 'key"), 401, "kid"),
    Attempt("query with a token whose kid is empty", lambda on: _kid(on, ""), 401, "kid"),
    Attempt("query with a token that brings its own jwk", lambda on: _headed(on, jwk=_KEY), 401, "kid"),
    Attempt(
        "query with a token whose jku names the attacker's keys",
        lambda on: _headed(on, jku=f"{on.dale.home}/.well-known/jwks.json", kid="x"),
        401,
        "kid",
    ),
    Attempt("query with a token whose x5u names a certificate", lambda on: _headed(on, x5u="http://e.example"), 401),
    Attempt("query with a token with critical extensions", lambda on: _headed(on, crit=["b64"], b64=False), 401),
    Attempt("query with a token not valid yet", lambda on: _claiming(on, nbf=99_999_999_999), 401, "nbf"),
    Attempt("query with a token issued in the future", lambda on: _claiming(on, iat=99_999_999_999), 401, "iat"),
    Attempt("query with a token whose expiry is text", lambda on: _claiming(on, exp="never"), 401, "exp"),
    Attempt("query with a token whose expiry is out of range", lambda on: _claiming(on, exp=1e300), 401, "exp"),
    Attempt("query with a token for several nodes", lambda on: _claiming(on, aud=[on.north.home, "http://x"]), 401),
    Attempt("query with a token whose scope is a list", lambda on: _claiming(on, scope=["data:read"]), 401, "scope"),
    Attempt("query with a token without scope", lambda on: _claiming(on, scope=""), 403, "data:read"),
    Attempt("query with a token of an unheard-of organisation", lambda on: _claiming(on, organisation="urn:x"), 403),
    Attempt(
        "query with a token whose organisation is an injection", lambda on: _claiming(on, organisation="x> }"), 401
    ),
    Attempt(
        "query with a token that was made for another node",
        lambda on: _query(on, on.vale.token(on.vale.home)),
        401,
        "another node",
    ),
    Attempt("query with a client's secret as the token", lambda on: _query(on, on.vale.client_secret), 401),
    Attempt("decide with a node's token as if it were staff", _node_token_for_people, 403, "access:review"),
    Attempt(
        "get a token with another's client assertion",
        lambda on: _asserted(on, _assertion(on, of=on.north.iri), client_id=on.north.iri),
        401,
        "invalid_client",
    ),
    Attempt(
        "get a token with a stranger's assertion",
        lambda on: _asserted(on, _assertion(on, of=on.dale.iri, by=SigningKey.generate())),
        401,
        "invalid_client",
    ),
    Attempt(
        "get a token with an assertion for another issuer",
        lambda on: _asserted(on, _assertion(on, of=on.dale.iri, to="http://e.example")),
        401,
        "aud",
    ),
    Attempt("get a token with an assertion used before", _replayed, 401, "invalid_client"),
    Attempt("get a token with an assertion that lives a day", _long_lived, 401, "exp"),
    Attempt(
        "get a token with an access token as assertion",
        lambda on: _asserted(on, on.dale.token(on.north.home)),
        401,
        "invalid_client",
    ),
    Attempt(
        "get a token for the operator with a guessed secret",
        lambda on: _token(on, client_id="operator", client_secret="operator"),
        401,
        "invalid_client",
    ),
    Attempt(
        "get a token with another's secret",
        lambda on: _token(on, client_id=on.north.client_id, client_secret=on.dale.client_secret),
        401,
        "invalid_client",
    ),
    Attempt(
        "get a token with the operator's scope",
        lambda on: _token(
            on, client_id=on.dale.client_id, client_secret=on.dale.client_secret, scope="participants:decide"
        ),
        400,
        "invalid_scope",
    ),
    Attempt(
        "get a token with a scope of nodes",
        lambda on: _token(on, client_id=on.dale.client_id, client_secret=on.dale.client_secret, scope="node:exchange"),
        400,
        "invalid_scope",
    ),
    Attempt(
        "get a token for a resource with credentials in it",
        lambda on: _token(
            on, client_id=on.dale.client_id, client_secret=on.dale.client_secret, resource="https://a:b@north.example"
        ),
        400,
        "invalid_request",
    ),
]
