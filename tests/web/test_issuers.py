"""The issuers of a whole node in this process: its own, and one outside the network that it was told to believe."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from tests.clients import ok, problem
from tests.in_process import browser_of

from virtuales.clock import ManualClock
from virtuales.node import Node
from virtuales.settings import read_settings
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
