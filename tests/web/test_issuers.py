"""The issuers of a whole node in this process: its own, and one outside the network that it was told to believe."""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey
from tests.clients import ok, problem
from tests.in_process import browser_of

from virtuales.clock import ManualClock
from virtuales.errors import ConfigurationError
from virtuales.node import Node
from virtuales.settings import read_settings
from virtuales.trust.authorization import Applications
from virtuales.web.app import create_app

BASE, SECRET = "http://127.0.0.1:8498", "the operator's secret in this test"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY = ECKey.generate_key("P-256")


@contextmanager
def outside_issuer() -> Iterator[str]:
    """Serve the description and the keys of an outside issuer; gives its identifier."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]  # an HTTP server's
            keys = {"keys": [{**KEY.as_dict(private=False), "kid": "k"}]}
            told = {"issuer": issuer, "jwks_uri": f"{issuer}/keys"} if "well-known" in self.path else keys
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the overridden name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with outside_issuer() as issuer:
        settings = read_settings(
            data_dir=tmp_path_factory.mktemp("issuers"),
            base_url=BASE,
            role="orchestrator",
            operator_secret=SECRET,
            outside_issuer=issuer,
            outside_organisations={"centre": f"{BASE}/id/organisation/orchestrator"},
            outside_scopes=("participants:decide",),
            applications={"planner": ["http://127.0.0.1/done"]},
        )
        made = Node(settings, clock=ManualClock(NOW))
        yield made
        made.close()


@pytest.fixture(scope="module")
def client(node: Node) -> httpx.Client:
    return browser_of(create_app(node), BASE)


def outside_token(node: Node, **changes: object) -> dict[str, str]:
    """Return the header with a token of the outside issuer."""
    now = int(NOW.timestamp())
    issuer = node.settings.outside_issuer
    claims: dict[str, Any] = {"iss": issuer, "sub": "ada", "aud": BASE, "organisation": "centre"}
    claims |= {"iat": now, "exp": now + 300} | changes
    return {"Authorization": f"Bearer {jwt.encode({'alg': 'ES256', 'kid': 'k'}, claims, KEY, algorithms=['ES256'])}"}


def test_a_token_of_the_outside_issuer_opens_what_the_operator_said(node: Node, client: httpx.Client) -> None:
    desk = f"{BASE}/api/v1/organisations/desk"
    (own,) = ok(client.get(desk, headers=outside_token(node)))
    assert own["organisation"] == f"{BASE}/id/organisation/orchestrator"
    refused = problem(client.get(desk, headers=outside_token(node, organisation="vale")), 401)
    assert refused["where"] == "organisation"
    assert problem(client.post(f"{BASE}/api/v1/token-keys", json={}, headers=outside_token(node)), 403)["reasons"]


def test_the_issuers_description_names_what_it_can(client: httpx.Client) -> None:
    told = ok(client.get(f"{BASE}/.well-known/oauth-authorization-server"))
    assert told["issuer"] == BASE
    assert told["dpop_signing_alg_values_supported"] == ["Ed25519", "ES256"]
    assert told["tls_client_certificate_bound_access_tokens"] is False
    assert set(told["token_endpoint_auth_methods_supported"]) >= {"private_key_jwt", "client_secret_basic"}
    assert ok(client.get(told["jwks_uri"]))["keys"]


VERIFIER = "a-verifier-of-at-least-forty-three-characters-made-up"
ASKED = {
    "response_type": "code",
    "client_id": "planner",
    "redirect_uri": "http://127.0.0.1:51234/done",
    "scope": "openid catalogue:read data:publish",
    "state": "s t",
    "nonce": "n",
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode(),
    "code_challenge_method": "S256",
}


@pytest.fixture(scope="module")
def ada(node: Node) -> httpx.Client:
    """The browser of an analyst who has an account at the orchestrator's portal."""
    browser, operator = (browser_of(create_app(node), BASE) for _ in range(2))
    operator.post("/sign-in", data={"client_id": "operator", "client_secret": SECRET})
    form = {"email": "ada@centre.example", "name": "Ada Reed", "roles": ["analyst"]}
    assert operator.post("/people", data=form).status_code == 303
    (letter,) = node.people.outbox.folder.glob("*.eml")
    (token,) = re.findall(r"\?token=([\w-]+)", str(message_from_bytes(letter.read_bytes()).get_payload()))
    answer = browser.post("/invitation", data={"token": token, "password": "orbit canal thirteen lamp"})
    assert answer.status_code == 303
    return browser


def answered(response: httpx.Response) -> dict[str, str]:
    """Return what an application is told at its own address."""
    assert response.status_code == 303, response.text[:500]
    place, _, query = response.headers["location"].partition("?")
    assert place == ASKED["redirect_uri"]
    told = dict(parse_qsl(query))
    assert (told.pop("iss"), told.pop("state")) == (BASE, "s t")
    return told


def allowed(ada: httpx.Client, **said: str) -> str:
    """Have the person allow what is asked, and return the code."""
    answer = ada.post("/oauth/authorize", params=ASKED | said, data={"decision": "allow"})
    return answered(answer)["code"]


def exchanged(client: httpx.Client, code: str, **said: str) -> httpx.Response:
    """Show a code at the token endpoint."""
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    form |= {name: ASKED[name] for name in ("client_id", "redirect_uri")} | said
    return client.post("/oauth/token", data=form)


def test_a_person_lets_an_application_act_with_the_rights_that_both_agree_on(
    client: httpx.Client, ada: httpx.Client
) -> None:
    page = ada.get("/oauth/authorize", params=ASKED)
    assert page.status_code == 200
    assert "Let planner act for you?" in page.text
    assert "<code>catalogue:read</code>" in page.text
    assert "data:publish" not in page.text.partition("<ul")[2].partition("</ul>")[0], "an analyst may not publish"
    assert "form-action 'self' http://127.0.0.1:51234;" in page.headers["content-security-policy"]
    answer = ok(exchanged(client, allowed(ada)))
    assert (answer["token_type"], answer["scope"]) == ("Bearer", "catalogue:read openid")
    (jwk,) = ok(client.get("/.well-known/jwks.json"))["keys"]
    told = jwt.decode(answer["id_token"], OKPKey.import_key(jwk), algorithms=["Ed25519"]).claims
    assert (told["iss"], told["aud"], told["nonce"], told["name"]) == (BASE, "planner", "n", "Ada Reed")
    bearing = {"Authorization": f"Bearer {answer['access_token']}"}
    person = ok(client.get("/oauth/userinfo", headers=bearing))
    assert person == {"sub": told["sub"], "name": "Ada Reed", "organisation": told["organisation"]}
    identity = {"Authorization": f"Bearer {answer['id_token']}"}
    assert problem(client.get("/oauth/userinfo", headers=identity), 401)["where"] == "typ"


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"code_verifier": VERIFIER + "x"}, "code_verifier"),
        ({"code_verifier": ""}, "code_verifier"),
        ({"client_id": "other"}, "code"),
        ({"redirect_uri": "http://127.0.0.1:9/done"}, "code"),
        ({"code": "made-up"}, "code"),
    ],
)
def test_refuses_a_code_in_other_hands_and_the_second_time(
    client: httpx.Client, ada: httpx.Client, said: dict[str, str], where: str
) -> None:
    code = allowed(ada)
    refused = exchanged(client, said.get("code", code), **{name: said[name] for name in said if name != "code"})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert f"({where})" in refused.json()["error_description"]
    again = exchanged(client, code)
    assert again.status_code == (200 if "code" in said else 400), "any try uses a code up"


def test_refuses_a_code_after_a_minute(node: Node, client: httpx.Client, ada: httpx.Client) -> None:
    code = allowed(ada)
    clock = node.clock
    assert isinstance(clock, ManualClock)
    clock.advance(timedelta(seconds=60))
    assert exchanged(client, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"resource": "nowhere"}, "invalid_target"),
    ],
)
def test_tells_the_application_what_is_wrong(ada: httpx.Client, said: dict[str, str], error: str) -> None:
    assert answered(ada.get("/oauth/authorize", params=ASKED | said))["error"] == error


@pytest.mark.parametrize(
    "said",
    [
        {"client_id": "stranger"},
        {"redirect_uri": "https://evil.example/done"},
        {"redirect_uri": "http://127.0.0.1:51234/done?x=1"},
        {"redirect_uri": "http://127.0.0.1.evil.example/done"},
        {"redirect_uri": "http://evil@127.0.0.1/done"},
        {"redirect_uri": ""},
    ],
)
def test_sends_nobody_to_an_address_that_is_not_registered(ada: httpx.Client, said: dict[str, str]) -> None:
    answer = ada.get("/oauth/authorize", params=ASKED | said)
    assert answer.status_code == 422
    assert "location" not in answer.headers


def test_a_person_may_refuse_and_a_stranger_signs_in_first(client: httpx.Client, ada: httpx.Client) -> None:
    assert answered(ada.post("/oauth/authorize", params=ASKED, data={"decision": "refuse"}))["error"] == "access_denied"
    stranger = client.get("/oauth/authorize", params=ASKED)
    assert stranger.headers["location"].startswith("/sign-in?next=%2Foauth%2Fauthorize%3F")
    evil = {"Origin": "https://evil.example"}
    assert ada.post("/oauth/authorize", params=ASKED, data={"decision": "allow"}, headers=evil).status_code == 403
    twice = ada.get("/oauth/authorize", params=[*ASKED.items(), ("redirect_uri", "https://evil.example/")])
    assert twice.status_code == 422


def test_a_client_with_a_secret_cannot_let_an_application_act(node: Node) -> None:
    machine = browser_of(create_app(node), BASE)
    machine.post("/sign-in", data={"client_id": "operator", "client_secret": SECRET})
    assert machine.get("/oauth/authorize", params=ASKED).status_code == 403


def test_the_provider_describes_itself(client: httpx.Client) -> None:
    told = ok(client.get("/.well-known/openid-configuration"))
    assert told["authorization_endpoint"] == f"{BASE}/oauth/authorize"
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["response_types_supported"] == ["code"]


@pytest.mark.parametrize("url", ["http://app.example/done", "https://app.example/done#x", "app:/done"])
def test_refuses_to_register_an_application_that_is_answered_in_the_open(url: str) -> None:
    with pytest.raises(ConfigurationError):
        Applications({"planner": [url]})
