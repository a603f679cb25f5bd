"""Proofs of possession: a client shows with each request that it holds the key to which its token is bound.

See RFC 9449. A proof is a JWT that carries its own public key and names one request; it is good for a short time and
once. A token names the key by its thumbprint (`cnf`, `jkt`), so a token that was overheard is of no use.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import unquote, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from virtuales.clock import Clock
from virtuales.errors import ProofRefused, Unauthenticated
from virtuales.trust.keys import SigningKey
from virtuales.trust.signed_jwt import NewName, parse_unverified, random_name
from virtuales.trust.used_once import UsedOnce

TYPE: Final = "dpop+jwt"
PROOF_ALGORITHMS: Final = ("Ed25519", "ES256")
_KEY_OF: Final = {"Ed25519": ("OKP", "Ed25519"), "ES256": ("EC", "P-256")}
_LONGEST_AGE: Final = timedelta(minutes=1)
_LEEWAY: Final = timedelta(seconds=30)
_LONGEST_NAME: Final = 200
_PORTS: Final = {"http": 80, "https": 443}


def make_proof(
    key: SigningKey, method: str, url: str, *, clock: Clock, token: str | None = None, new_name: NewName = random_name
) -> str:
    """Make the proof for one request.

    Args:
        key: The client's key.
        method: The request's method.
        url: The request's address; query and fragment are left out.
        clock: What time it is.
        token: The access token that the request shows; None at the token endpoint.
        new_name: Makes the proof's identifier.
    """
    public = {name: value for name, value in key.public.jwk().items() if name in {"kty", "crv", "x"}}
    header = {"alg": "Ed25519", "typ": TYPE, "jwk": public}
    claims: dict[str, object] = {
        "jti": new_name(),
        "htm": method,
        "htu": url.partition("#")[0].partition("?")[0],
        "iat": int(clock.now().timestamp()),
    }
    if token is not None:
        claims["ath"] = _digest(token)
    return jwt.encode(header, claims, key.jose(), algorithms=["Ed25519"])


class ProofVerifier:
    """Verifies proofs.

    Args:
        used: Remembers the identifiers of proofs.
        clock: What time it is.
    """

    def __init__(self, used: UsedOnce, clock: Clock) -> None:
        self._used = used
        self._clock = clock

    def verify(self, proof: str, *, method: str, url: str, token: str | None = None) -> str:
        """Return the thumbprint (RFC 7638) of the key that a proof was made with.

        Args:
            proof: What the header `DPoP` holds.
            method: The method of the request that it came with.
            url: The request's address.
            token: The access token that the request shows; None at the token endpoint.

        Raises:
            ProofRefused: the proof is none, for another request or token, too old, or was used before.
        """
        try:
            header = parse_unverified(proof).header
        except Unauthenticated as error:
            raise _refused("The proof is no signed JWT.", "DPoP", error.remedy) from error
        algorithm, key = _proof_key(header)
        try:
            claims: Mapping[str, object] = jwt.decode(proof, key, algorithms=[algorithm]).claims
        except (JoseError, ValueError) as error:
            raise _refused("The proof's signature does not verify.", "signature") from error
        _check_request(claims, method, url)
        if token is not None and claims.get("ath") != _digest(token):
            raise _refused("The proof is for another access token.", "ath", "Put the token's SHA-256 into `ath`.")
        issued = self._issued(claims)
        name, thumbprint = claims.get("jti"), key.thumbprint()
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
            raise _refused("The proof has no identifier of a fair length.", "jti", f"At most {_LONGEST_NAME} signs.")
        try:
            self._used.use(f"proof {thumbprint} {name}", until=issued + _LONGEST_AGE + _LEEWAY, what="proof")
        except Unauthenticated as error:
            raise _refused(error.what, "jti", error.remedy) from error
        return thumbprint

    def _issued(self, claims: Mapping[str, object]) -> datetime:
        value, now = claims.get("iat"), self._clock.now()
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise _refused("The proof does not say when it was made.", "iat")
        try:
            issued = datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise _refused("The proof's `iat` is no time.", "iat") from error
        if not now - _LONGEST_AGE - _LEEWAY < issued <= now + _LEEWAY:
            raise _refused("The proof was not made just now.", "iat", "Make one for each request; check your clock.")
        return issued


def _proof_key(header: Mapping[str, object]) -> tuple[str, OKPKey | ECKey]:
    """Return the algorithm and the public key of a proof."""
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in _KEY_OF:
        raise _refused(
            f"The proof's algorithm `{algorithm}` is not accepted.", "alg", f"Use {' or '.join(PROOF_ALGORITHMS)}."
        )
    if header.get("typ") != TYPE:
        raise _refused(f"The proof's type `{header.get('typ')}` is not accepted.", "typ", f"Use {TYPE}.")
    if "crit" in header:
        raise _refused("The proof has critical extensions that are not understood.", "crit")
    jwk = header.get("jwk")
    if not isinstance(jwk, Mapping) or (jwk.get("kty"), jwk.get("crv")) != _KEY_OF[algorithm]:
        raise _refused("The proof does not carry the public key of its algorithm.", "jwk")
    if "d" in jwk:
        raise _refused("The proof carries a private key.", "jwk", "Make a new key: this one is known to others now.")
    members = {name: str(jwk[name]) for name in ("kty", "crv", "x", "y") if name in jwk}
    try:
        kind: type[OKPKey | ECKey] = OKPKey if members["kty"] == "OKP" else ECKey
        key = kind.import_key({**members})
    except (JoseError, ValueError, KeyError) as error:
        raise _refused("The proof's key is none.", "jwk") from error
    return algorithm, key


def _check_request(claims: Mapping[str, object], method: str, url: str) -> None:
    if claims.get("htm") != method:
        raise _refused("The proof is for another method.", "htm", f"This request is a {method}.")
    named = claims.get("htu")
    if not isinstance(named, str) or _place(named) != _place(url):
        raise _refused("The proof is for another address.", "htu", f"This request went to {url}.")


def _place(url: str) -> tuple[str, str, int | None, str]:
    """Return what of an address has to agree: all but query and fragment, in one spelling (RFC 3986, section 6.2)."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return "", "", None, url
    return parts.scheme, parts.hostname or "", port, unquote(parts.path) or "/"


def _digest(token: str) -> str:
    digest = hashlib.sha256(token.encode(errors="surrogateescape")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _refused(what: str, where: str, remedy: str | None = None) -> ProofRefused:
    return ProofRefused(what, where=where, remedy=remedy)
