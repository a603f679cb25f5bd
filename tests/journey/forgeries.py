"""Tokens and messages that nobody may be taken in by, made as an attacker or a careless insider could make them."""

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from tests.clients import Member, ok
from tests.nodes import NodeProcess

from virtuales.clock import SystemClock
from virtuales.trust.assertions import ASSERTION_TYPE, make_client_assertion
from virtuales.trust.keys import SigningKey
from virtuales.trust.signed_jwt import sign_jwt
from virtuales.trust.tokens import TokenIssuer

TYPE = "at+jwt"
ASSERTION = ASSERTION_TYPE


def bearing(token: str) -> dict[str, str]:
    """Return the header that shows a token."""
    return {"Authorization": f"Bearer {token}"}


def key_of(node: NodeProcess) -> SigningKey:
    """Read a node's own key, as only its owner can."""
    return SigningKey.load_or_create(node.data / "keys" / "node.pem")


def node_token(node: NodeProcess, member: Member, resource: str) -> str:
    """Get the token with which a member's node addresses another."""
    assertion = make_client_assertion(
        key_of(node), client_id=member.iri, audience=member.orchestrator, clock=SystemClock()
    )
    form = {
        "grant_type": "client_credentials",
        "client_id": member.iri,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        "resource": resource,
    }
    return str(ok(member.http.post(f"{member.orchestrator}/oauth/token", data=form))["access_token"])


@dataclass(frozen=True)
class Forger:
    """Makes tokens for a node in a member's name.

    Args:
        orchestrator: Whose key signs real tokens.
        member: In whose name.
        node: The address that the tokens are for.
    """

    orchestrator: NodeProcess
    member: Member
    node: str

    def claims(self, **others: object) -> dict[str, object]:
        """Return the claims of a token that would be good, save for what is said otherwise."""
        payload = self.member.token(self.node).split(".")[1]
        good: dict[str, object] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return {name: value for name, value in {**good, **others}.items() if value is not None}

    def issued(self, *, seconds: int = 600, issuer: str | None = None, audience: str | None = None) -> str:
        """Return a token that the orchestrator's own key signed."""
        maker = TokenIssuer(
            issuer or self.orchestrator.url,
            key_of(self.orchestrator),
            clock=SystemClock(),
            lifetime=timedelta(seconds=seconds),
        )
        told = self.claims()
        issued = maker.issue(
            client_id=str(told["client_id"]),
            organisation=str(told["organisation"]),
            audience=audience or self.node,
            scopes=str(told["scope"]).split(),
        )
        return issued.access_token

    def signed(self, *, kind: str = TYPE, **others: object) -> str:
        """Return a token with other claims, signed with the orchestrator's own key."""
        return sign_jwt(self.claims(**others), key_of(self.orchestrator), kind=kind)

    def all(self) -> dict[str, str]:
        """Return a forgery of every kind, by what is wrong with it."""
        real = key_of(self.orchestrator)
        stranger = SigningKey.generate()
        head, payload, signature = self.issued().split(".")
        return {
            "a stranger's key": sign_jwt(self.claims(), stranger, kind=TYPE),
            "a stranger's key under the real name": _compact(
                {"alg": "Ed25519", "typ": TYPE, "kid": real.public.kid}, self.claims(), stranger.sign
            ),
            "no algorithm": _compact(
                {"alg": "none", "typ": TYPE, "kid": real.public.kid}, self.claims(), lambda _: b""
            ),
            "the public key as a secret": _compact(
                {"alg": "HS256", "typ": TYPE, "kid": real.public.kid},
                self.claims(),
                lambda text: hmac.new(real.public.raw, text, sha256).digest(),
            ),
            "altered claims": ".".join((head, _text(self.claims(scope="participants:decide")), signature)),
            "no signature": f"{head}.{payload}.",
            "expired": self.issued(seconds=-3600),
            "another issuer": self.issued(issuer="http://elsewhere.example"),
            "another audience": self.issued(audience="http://elsewhere.example"),
            "another subject": self.signed(sub="somebody"),
            "no organisation": self.signed(organisation=None),
            "no expiry": self.signed(exp=None),
            "an identity token": self.signed(kind="JWT"),
            "no token at all": "nonsense",
            "too long": "a" * 10_000,
        }


def _compact(head: dict[str, str], claims: dict[str, object], sign: Any) -> str:  # noqa: ANN401 - bytes to bytes
    text = f"{_text(head)}.{_text(claims)}"
    return f"{text}.{_base64url(sign(text.encode()))}"


def _text(value: object) -> str:
    return _base64url(json.dumps(value).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
