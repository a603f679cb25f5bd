"""Tokens bound to a key or a certificate, at a door in this process: of no use to whoever has the token alone."""

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from fastapi import FastAPI
from tests.clients import problem

from virtuales.clock import ManualClock
from virtuales.trust.dpop import ProofVerifier, make_proof
from virtuales.trust.keys import SigningKey
from virtuales.trust.tokens import TokenIssuer, TokenVerifier
from virtuales.trust.used_once import UsedOnce
from virtuales.web import problems
from virtuales.web.dependencies import KnownAsker

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BASE, PROXY = "https://node.example", "10.0.0.7"
KEY, CLIENT = SigningKey(b"\1" * 32), SigningKey(b"\2" * 32)


def certificate(name: str) -> bytes:
    """Make a certificate, in DER."""
    key = Ed25519PrivateKey.generate()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    dated = made.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    return dated.sign(key, None).public_bytes(Encoding.DER)


def client_cert(der: bytes) -> dict[str, str]:
    """Return the header with which a proxy tells of a client's certificate."""
    return {"Client-Cert": f":{base64.b64encode(der).decode()}:"}


class Door:
    """One route that needs a token, on a node that verifies them as every node does."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOW)
        self.issuer = TokenIssuer("https://o.example", KEY, clock=self.clock)
        self._app = FastAPI()
        problems.install(self._app)
        self._app.state.node = SimpleNamespace(
            settings=SimpleNamespace(base_url=BASE, orchestrator="https://o.example", certificate_proxies=(PROXY,)),
            verifier=TokenVerifier("https://o.example", BASE, fetch_jwks=self.issuer.jwks, clock=self.clock),
            proofs=ProofVerifier(UsedOnce.in_memory(self.clock), self.clock),
        )

        @self._app.get("/who")
        async def who(asker: KnownAsker) -> str:
            return asker.client_id

    def token(self, **bound: str) -> str:
        """Issue a token that is bound to something."""
        confirmation = {"x5t#S256" if name == "certificate" else name: value for name, value in bound.items()}
        return self.issuer.issue(
            client_id="c", organisation="urn:o", audience=BASE, scopes=[], confirmation=confirmation
        ).access_token

    def proof(self, token: str, *, key: SigningKey = CLIENT, url: str = f"{BASE}/who") -> dict[str, str]:
        """Return the headers that show a token with a proof."""
        made = make_proof(key, "GET", url, clock=self.clock, token=token)
        return {"Authorization": f"DPoP {token}", "DPoP": made}

    def ask(self, headers: Mapping[str, str], *, sender: str = "192.0.2.1") -> httpx.Response:
        """Ask who one is."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, client=(sender, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://inside.example") as http:
                return await http.get("/who", headers=headers)

        return asyncio.run(asked())


@pytest.fixture
def door() -> Door:
    return Door()


def test_a_token_bound_to_a_key_needs_a_fresh_proof_of_that_key(door: Door) -> None:
    token = door.token(jkt=CLIENT.public.kid)
    shown = door.proof(token)
    assert door.ask(shown).json() == "c"
    again = door.ask(shown)
    assert problem(again, 401)["where"] == "jti"
    assert again.headers["www-authenticate"] == 'DPoP error="invalid_dpop_proof", algs="Ed25519 ES256"'
    assert problem(door.ask(door.proof(token, key=KEY)), 401)["where"] == "jkt"
    assert problem(door.ask(door.proof(token, url=f"{BASE}/else")), 401)["where"] == "htu"
    assert problem(door.ask({"Authorization": f"DPoP {token}"}), 401)["where"] == "DPoP"


def test_a_token_bound_to_a_key_is_no_bearer_token_and_a_bearer_token_is_bound_to_no_key(door: Door) -> None:
    token = door.token(jkt=CLIENT.public.kid)
    refused = problem(door.ask({**door.proof(token), "Authorization": f"Bearer {token}"}), 401)
    assert "without a proof" in refused["title"]
    assert "bound to no key" in problem(door.ask(door.proof(door.token())), 401)["title"]


def test_a_token_bound_to_a_certificate_needs_it_from_a_known_proxy(door: Door) -> None:
    mine, other = certificate("mine"), certificate("other")
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(mine).digest()).rstrip(b"=").decode()
    bearer = {"Authorization": f"Bearer {door.token(certificate=thumbprint)}"}
    assert door.ask(bearer | client_cert(mine), sender=PROXY).json() == "c"
    for headers, sender in ((bearer, PROXY), (bearer | client_cert(other), PROXY), (bearer | client_cert(mine), "::1")):
        assert problem(door.ask(headers, sender=sender), 401)["where"] == "x5t#S256"
    assert problem(door.ask(bearer | {"Client-Cert": ":AAAA:"}, sender=PROXY), 401)["where"] == "Client-Cert"
