"""Access tokens: signed JWTs that say which organisation may do what on one node.

They follow RFC 9068 (`at+jwt`), with the audience of RFC 8707 and the algorithm name of RFC 9864. A token is refused
unless every claim is there and right; the reason is in the error.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from virtuales.clock import Clock
from virtuales.errors import InputError, Unauthenticated
from virtuales.rdf.terms import parse_iri
from virtuales.trust.key_cache import KeyCache
from virtuales.trust.keys import PublicKey, SigningKey
from virtuales.trust.signed_jwt import (
    NewName,
    check_header,
    check_times,
    decode_claims,
    parse_unverified,
    random_name,
    sign_jwt,
    text_claim,
)

TYPE = "at+jwt"
KEY_BOUND: Final = "jkt"
CERTIFICATE_BOUND: Final = "x5t#S256"
_REMEMBERED: Final = 1_000


@dataclass(frozen=True)
class Principal:
    """Who presents a token.

    Args:
        client_id: Who acts: the client that the token was issued to, or the person whom an application acts for.
        organisation: IRI of the organisation it acts for.
        scopes: What the token may be used for.
        expires: When it ends.
        token_id: The token's own identifier (`jti`).
        proof_key: Thumbprint of the key that whoever shows the token has to prove to hold (RFC 9449).
        certificate: Thumbprint of the client certificate that the token is bound to (RFC 8705).
    """

    client_id: str
    organisation: str
    scopes: frozenset[str]
    expires: datetime
    token_id: str
    proof_key: str | None = None
    certificate: str | None = None


@dataclass(frozen=True)
class IssuedToken:
    """An access token as the token endpoint answers it (RFC 6749, section 5.1).

    Args:
        access_token: The token.
        expires_in: Seconds until it ends.
        scope: The scopes it carries, separated by spaces.
        token_type: How it is shown: `Bearer`, or `DPoP` with a proof of possession.
    """

    access_token: str
    expires_in: int
    scope: str
    token_type: str = "Bearer"  # noqa: S105 - how it is shown, not a secret

    def to_json(self) -> dict[str, object]:
        """Return the answer of the token endpoint."""
        return {
            "access_token": self.access_token,
            "token_type": self.token_type,
            "expires_in": self.expires_in,
            "scope": self.scope,
        }


@dataclass(frozen=True)
class SignedInPerson:
    """A person whom an application acts for.

    Args:
        subject: The person's IRI.
        at: When the person signed in.
    """

    subject: str
    at: datetime


class TokenIssuer:
    """Issues access tokens.

    Args:
        issuer: The issuer's identifier: the orchestrator's base URL.
        key: The key that signs.
        clock: What time it is.
        lifetime: How long a token is good.
        new_name: Makes token identifiers.
    """

    def __init__(
        self,
        issuer: str,
        key: SigningKey,
        *,
        clock: Clock,
        lifetime: timedelta = timedelta(minutes=10),
        new_name: NewName = random_name,
    ) -> None:
        self.issuer = issuer
        self.lifetime = lifetime
        self._key = key
        self._listed: Callable[[], Iterable[PublicKey]] = lambda: [key.public]
        self._clock = clock
        self._new_name = new_name

    def sign_with(self, key: SigningKey, *, listed: Callable[[], Iterable[PublicKey]]) -> None:
        """Sign with another key from now on.

        Args:
            key: The key.
            listed: Gives the keys that verify at that time, this one among them.
        """
        self._key, self._listed = key, listed

    def issue(
        self,
        *,
        client_id: str,
        organisation: str,
        audience: str,
        scopes: Iterable[str],
        confirmation: Mapping[str, str] = MappingProxyType({}),
        person: SignedInPerson | None = None,
    ) -> IssuedToken:
        """Issue a token for one node.

        Args:
            client_id: The authenticated client.
            organisation: IRI of its organisation.
            audience: Base URL of the node that the token is for.
            scopes: The scopes granted.
            confirmation: What the token is bound to, as its claim `cnf` says it (RFC 7800): `jkt` or `x5t#S256`.
            person: The person whom the client acts for; None where it acts for its organisation.
        """
        now = int(self._clock.now().timestamp())
        scope = " ".join(sorted(set(scopes)))
        claims: dict[str, object] = {
            "iss": self.issuer,
            "sub": person.subject if person else client_id,
            "client_id": client_id,
            "organisation": organisation,
            "aud": audience,
            "scope": scope,
            "iat": now,
            "exp": now + int(self.lifetime.total_seconds()),
            "jti": self._new_name(),
        }
        if person:
            claims["auth_time"] = int(person.at.timestamp())
        if confirmation:
            claims["cnf"] = dict(confirmation)
        token = sign_jwt(claims, self._key, kind=TYPE)
        shown = "DPoP" if KEY_BOUND in confirmation else "Bearer"
        return IssuedToken(token, int(self.lifetime.total_seconds()), scope, shown)

    def identify(self, person: SignedInPerson, *, client_id: str, nonce: str | None, facts: Mapping[str, str]) -> str:
        """Return an ID token (OpenID Connect Core 1.0, section 2): who signed in; it opens nothing.

        Args:
            person: The person.
            client_id: The application that it is for.
            nonce: What the application said with its request.
            facts: Further claims.
        """
        now = int(self._clock.now().timestamp())
        claims: dict[str, object] = {
            **facts,
            "iss": self.issuer,
            "sub": person.subject,
            "aud": client_id,
            "iat": now,
            "exp": now + int(self.lifetime.total_seconds()),
            "auth_time": int(person.at.timestamp()),
        }
        if nonce is not None:
            claims["nonce"] = nonce
        return sign_jwt(claims, self._key, kind="JWT")

    def jwks(self) -> dict[str, object]:
        """Return the public keys that verify this issuer's tokens (RFC 7517, section 5)."""
        return {"keys": [key.jwk() for key in self._listed()]}


class TokenVerifier:
    """Verifies the tokens that one node is shown.

    The digests of the tokens whose signatures were found right last are remembered with their claims, which are judged
    anew each time: a signature stays right while its key is listed, times do not.

    Args:
        issuer: The issuer that is trusted.
        audience: This node's base URL.
        fetch_jwks: Fetches the issuer's key set; may raise PeerFailure.
        clock: What time it is.
        longest: How long keys are used that could not be fetched again.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        *,
        fetch_jwks: Callable[[], Mapping[str, object]],
        clock: Clock,
        longest: timedelta = timedelta(days=7),
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._keys = KeyCache(
            issuer,
            lambda: _key_set(fetch_jwks()),
            clock=clock,
            same=lambda one, other: one.thumbprint() == other.thumbprint(),
            longest=longest,
        )
        self._signed: OrderedDict[bytes, tuple[str, OKPKey, Mapping[str, object]]] = OrderedDict()

    @property
    def keys(self) -> KeyCache[OKPKey]:
        """The issuer's keys as they are held."""
        return self._keys

    def verify(self, token: str) -> Principal:
        """Return who presents the token.

        Raises:
            Unauthenticated: the token is not one of the issuer's, not for this node, or not valid now.
            PeerFailure: the issuer's keys are needed and cannot be fetched.
        """
        known = self.find_verified(token)
        if known is not None:
            return known
        header = parse_unverified(token).header
        check_header(header, types=frozenset({TYPE, "application/at+jwt"}))
        kid = str(header.get("kid", ""))
        key = self._keys.get(kid)
        claims = decode_claims(token, key)
        self._signed[_digest(token)] = (kid, key, claims)
        if len(self._signed) > _REMEMBERED:
            self._signed.popitem(last=False)
        return self._principal(claims)

    def find_verified(self, token: str) -> Principal | None:
        """Return who presents a token whose signature was verified before by a key that is still listed, else None.

        Raises:
            Unauthenticated: the token is not valid now.
        """
        kid, key, claims = self._signed.get(_digest(token), ("", None, {}))
        if key is None or not self._keys.holds(kid, key):
            return None
        principal = self._principal(claims)
        return None if self._keys.is_due else principal

    def _principal(self, claims: Mapping[str, object]) -> Principal:
        if claims.get("iss") != self._issuer:
            raise Unauthenticated("The token comes from another issuer.", where="iss", remedy=f"Ask {self._issuer}.")
        if claims.get("aud") not in (self._audience, [self._audience]):
            raise Unauthenticated(
                "The token is for another node.",
                where="aud",
                remedy=f"Ask for one with resource={self._audience}.",
            )
        expires = check_times(claims, self._clock.now())
        client_id, organisation = text_claim(claims, "client_id"), text_claim(claims, "organisation")
        try:
            parse_iri(organisation, where="organisation")
        except InputError as error:
            raise Unauthenticated("The token's organisation is no IRI.", where="organisation") from error
        subject = text_claim(claims, "sub")
        if subject != client_id and "auth_time" not in claims:  # else a person, whom the client acts for
            raise Unauthenticated("The token's subject is not its client.", where="sub")
        scope = claims.get("scope", "")
        if not isinstance(scope, str):
            raise Unauthenticated("The token's scope is no text.", where="scope")
        bound = _confirmation(claims)
        return Principal(
            subject,
            organisation,
            frozenset(scope.split()),
            expires,
            token_id=text_claim(claims, "jti"),
            proof_key=bound.get(KEY_BOUND),
            certificate=bound.get(CERTIFICATE_BOUND),
        )


def _confirmation(claims: Mapping[str, object]) -> dict[str, str]:
    """Return what a token is bound to; a binding that is not understood is refused, never ignored."""
    bound = claims.get("cnf", {})
    known = {KEY_BOUND, CERTIFICATE_BOUND}
    if not isinstance(bound, Mapping) or not all(name in known and isinstance(bound[name], str) for name in bound):
        raise Unauthenticated("The token is bound to something that is not understood here.", where="cnf")
    if "cnf" in claims and not bound:
        raise Unauthenticated("The token's binding is empty.", where="cnf")
    return {**bound}


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogateescape")).digest()


def _key_set(jwks: Mapping[str, object]) -> dict[str, OKPKey]:
    """Read the Ed25519 keys of a key set; keys of other kinds are of no use here and left aside."""
    keys = jwks.get("keys")
    found: dict[str, OKPKey] = {}
    for jwk in keys if isinstance(keys, list) else []:
        if isinstance(jwk, dict) and jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519" and "kid" in jwk:
            try:
                found[str(jwk["kid"])] = OKPKey.import_key({**jwk})
            except (JoseError, ValueError):
                continue
    return found
