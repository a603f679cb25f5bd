"""Tokens of an issuer outside the network, such as a company's own sign-in, as the operator says that they are taken.

The issuer is found by OpenID Connect Discovery 1.0. Its access tokens speak for organisations that the operator names,
with scopes that the operator names, whatever else they claim.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OctKey, OKPKey, RSAKey

from virtuales.clock import Clock
from virtuales.errors import ConfigurationError, PeerFailure, Unauthenticated
from virtuales.settings import Settings
from virtuales.trust.key_cache import KeyCache
from virtuales.trust.scopes import Scope
from virtuales.trust.signed_jwt import check_times, parse_unverified, text_claim
from virtuales.trust.tokens import Principal

Fetch = Callable[[str], Mapping[str, object]]
"""Fetches a JSON object, within limits of time and size; may raise PeerFailure."""
AsymmetricKey: TypeAlias = RSAKey | ECKey | OKPKey

_KIND_OF: Final = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "Ed25519": "OKP"}
"""The algorithms that are taken, with the kind of key that each needs."""
_TYPES: Final = frozenset({"at+jwt", "application/at+jwt", "jwt", ""})
_IDENTITY_CLAIMS: Final = ("nonce", "at_hash", "c_hash")
"""Claims of ID tokens, which say who signed in and open nothing."""
_FEWEST_RSA_BITS: Final = 2048
_FRESH: Final = timedelta(hours=1)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class OutsideIssuer:
    """An issuer whose tokens are taken.

    Args:
        issuer: Its identifier, from which its description is found.
        audience: What its tokens have to be for.
        organisations: IRIs of registered organisations, by the values of the claim.
        scopes: What its tokens may be used for.
        claim: The claim that says for which organisation a token speaks.
        jwks_url: Where its keys are, where that is not on its own host.

    Raises:
        ConfigurationError: it cannot work.
    """

    issuer: str
    audience: str
    organisations: Mapping[str, str]
    scopes: frozenset[str]
    claim: str = "organisation"
    jwks_url: str | None = None
    _known: frozenset[str] = field(default=frozenset(scope.value for scope in Scope), repr=False)

    def __post_init__(self) -> None:
        """Refuse what is not safe or does not name anything."""
        for url in filter(None, (self.issuer, self.jwks_url)):
            parts = urlsplit(url)
            if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
                raise ConfigurationError("An outside issuer is reached by https.", where=url)
        unknown = sorted(self.scopes - self._known)
        if unknown or not self.scopes or not self.organisations:
            raise ConfigurationError(
                "The outside issuer's tokens would open nothing, or what is not known.",
                where=", ".join(unknown) or "outside_organisations",
                remedy="Name organisations, and scopes among: " + ", ".join(sorted(self._known)) + ".",
            )


def outside_issuer(settings: Settings) -> OutsideIssuer | None:
    """Return the outside issuer that settings name, or None.

    Raises:
        ConfigurationError: it cannot work.
    """
    if settings.outside_issuer is None:
        return None
    return OutsideIssuer(
        issuer=settings.outside_issuer,
        audience=settings.outside_audience or settings.base_url,
        organisations=settings.outside_organisations,
        scopes=frozenset(settings.outside_scopes),
        claim=settings.outside_claim,
        jwks_url=settings.outside_jwks_url,
    )


class OutsideVerifier:
    """Verifies the tokens of an outside issuer.

    Args:
        issuer: The issuer.
        fetch: Fetches its description and its keys.
        clock: What time it is.
        longest: How long its keys are used that could not be fetched again.
    """

    def __init__(self, issuer: OutsideIssuer, *, fetch: Fetch, clock: Clock, longest: timedelta) -> None:
        self.issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._keys = KeyCache(issuer.issuer, self._key_set, clock=clock, fresh=_FRESH, longest=longest)

    def verify(self, token: str) -> Principal:
        """Return who presents a token, and the organisation that the operator lets it speak for.

        Raises:
            Unauthenticated: the token is not the issuer's, not for this node, not valid now, or an ID token.
            PeerFailure: the issuer's keys are needed and cannot be fetched.
        """
        header = parse_unverified(token).header
        algorithm, kind = str(header.get("alg")), str(header.get("typ", "")).lower()
        if algorithm not in _KIND_OF:
            raise Unauthenticated(
                f"The token's algorithm `{algorithm}` is not accepted.",
                where="alg",
                remedy="Accepted are: " + ", ".join(_KIND_OF) + ".",
            )
        if kind not in _TYPES or "crit" in header:
            raise Unauthenticated(f"A token of the type `{kind}` is not accepted here.", where="typ")
        jwk = self._keys.get(str(header.get("kid", "")))
        try:
            key = _signing_key(jwk, algorithm)
            claims = jwt.decode(token, key, algorithms=[algorithm]).claims
        except (JoseError, ValueError) as error:
            raise Unauthenticated("The token's signature does not verify.", where="signature") from error
        return self._principal(claims)

    def _principal(self, claims: Mapping[str, object]) -> Principal:
        told = self.issuer
        if claims.get("iss") != told.issuer:
            raise Unauthenticated("The token comes from another issuer.", where="iss")
        audience = claims.get("aud")
        if told.audience not in (audience if isinstance(audience, list) else [audience]):
            raise Unauthenticated("The token is for somebody else.", where="aud", remedy=f"Ask for {told.audience}.")
        if any(name in claims for name in _IDENTITY_CLAIMS):
            raise Unauthenticated("An ID token opens nothing.", where="typ", remedy="Send an access token.")
        if "cnf" in claims:
            raise Unauthenticated("Bound tokens of outside issuers are not taken.", where="cnf")
        expires = check_times(claims, self._clock.now())
        spoken_for = claims.get(told.claim)
        organisation = told.organisations.get(spoken_for) if isinstance(spoken_for, str) else None
        if organisation is None:
            raise Unauthenticated(
                "The token speaks for no organisation that this node's operator named.",
                where=told.claim,
                remedy="Ask the operator to name yours.",
            )
        subject = f"{told.issuer}#{text_claim(claims, 'sub')}"
        token_id = claims.get("jti")
        name = token_id if isinstance(token_id, str) else f"{subject} {expires.isoformat()}"
        return Principal(subject, organisation, told.scopes, expires, name)

    def _key_set(self) -> Mapping[str, Mapping[str, object]]:
        url = self.issuer.jwks_url or self._found_jwks_url()
        keys = self._fetch(url).get("keys")
        usable = (jwk for jwk in (keys if isinstance(keys, list) else []) if isinstance(jwk, dict) and "kid" in jwk)
        return {str(jwk["kid"]): jwk for jwk in usable if jwk.get("use", "sig") == "sig"}

    def _found_jwks_url(self) -> str:
        """Return where the issuer says that its keys are; another host than its own has to be named by the operator."""
        place = f"{self.issuer.issuer.rstrip('/')}/.well-known/openid-configuration"
        described = self._fetch(place)
        if described.get("issuer") != self.issuer.issuer:
            raise PeerFailure("The description is another issuer's.", where=place)
        url = str(described.get("jwks_uri", ""))
        if urlsplit(url)[:2] != urlsplit(self.issuer.issuer)[:2]:
            raise PeerFailure(
                f"The issuer's keys are on another host: {url[:200]}.",
                where=place,
                remedy="If that is right, name the address as `outside_jwks_url`.",
            )
        return url


def _signing_key(jwk: Mapping[str, object], algorithm: str) -> AsymmetricKey:
    """Return the key of a JWK, if it is one of the algorithm.

    Raises:
        ValueError: it is not.
    """
    if jwk.get("kty") != _KIND_OF[algorithm] or jwk.get("alg", algorithm) != algorithm:
        raise ValueError("a key for something else")
    key = JWKRegistry.import_key({name: str(value) for name, value in jwk.items() if name in _MEMBERS})
    if isinstance(key, OctKey) or key.is_private:
        raise ValueError("no public key")
    if isinstance(key, RSAKey) and key.public_key.key_size < _FEWEST_RSA_BITS:
        raise ValueError("too short a key")
    return key


_MEMBERS: Final = frozenset({"kty", "crv", "x", "y", "n", "e"})
