"""Signed JWTs as tokens and assertions use them: one algorithm, explicit types, every refusal with its reason.

See RFC 7519, RFC 8725 (best practices) and RFC 9864 (`Ed25519` as algorithm name).
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from virtuales.errors import Unauthenticated
from virtuales.trust.keys import SigningKey

ALGORITHM = "Ed25519"
_LONGEST = 8192
_LEEWAY = timedelta(seconds=30)

NewName = Callable[[], str]
"""Makes a name that nobody can guess and that never comes twice."""


def random_name() -> str:
    """Return 128 random bits as text."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True)
class Unverified:
    """What a token says before anything in it may be believed."""

    header: Mapping[str, object]
    claims: Mapping[str, object]


def sign_jwt(claims: Mapping[str, object], key: SigningKey, *, kind: str) -> str:
    """Sign claims as a compact JWT whose `typ` is `kind`."""
    header = {"alg": ALGORITHM, "typ": kind, "kid": key.public.kid}
    return jwt.encode(header, dict(claims), key.jose(), algorithms=[ALGORITHM])


def parse_unverified(token: str) -> Unverified:
    """Take a compact JWT apart, without believing it.

    Raises:
        Unauthenticated: the text is no compact JWT.
    """
    if len(token) > _LONGEST:
        raise Unauthenticated("The token is too long.", remedy=f"Tokens have at most {_LONGEST} characters.")
    try:
        signature = jws.extract_compact(token.encode())
        claims = json.loads(signature.payload)
        header = dict(signature.headers())
    except (JoseError, ValueError) as error:
        raise Unauthenticated("The token is no signed JWT.", remedy="Ask the token endpoint for one.") from error
    if not isinstance(claims, dict):
        raise Unauthenticated("The token's claims are no JSON object.")
    return Unverified(header, claims)


def check_header(header: Mapping[str, object], *, types: frozenset[str]) -> None:
    """Refuse any algorithm but ours, any type but those named, and critical extensions.

    Raises:
        Unauthenticated: the header is not acceptable.
    """
    if header.get("alg") != ALGORITHM:
        raise Unauthenticated(
            f"The token's algorithm `{header.get('alg')}` is not accepted.", where="alg", remedy=f"Use {ALGORITHM}."
        )
    if str(header.get("typ", "")).lower() not in types:
        raise Unauthenticated(
            f"The token's type `{header.get('typ')}` is not accepted here.",
            where="typ",
            remedy="Use one of: " + ", ".join(sorted(types)) + ".",
        )
    if "crit" in header:
        raise Unauthenticated("The token has critical extensions that are not understood.", where="crit")


def decode_claims(token: str, key: OKPKey) -> dict[str, object]:
    """Verify the signature and return the claims.

    Raises:
        Unauthenticated: the signature does not verify, or the claims are no JSON object.
    """
    try:
        return dict(jwt.decode(token, key, algorithms=[ALGORITHM]).claims)
    except (JoseError, ValueError) as error:
        raise Unauthenticated("The token's signature does not verify.", where="signature") from error


def check_times(claims: Mapping[str, object], now: datetime) -> datetime:
    """Refuse what is expired, not yet valid or without times; return the end.

    Raises:
        Unauthenticated: the claims do not hold now.
    """
    issued, expires = _instant(claims, "iat"), _instant(claims, "exp")
    if now >= expires + _LEEWAY:
        raise Unauthenticated("The token has expired.", where="exp", remedy="Ask for a new one.")
    starts = max(issued, _instant(claims, "nbf")) if "nbf" in claims else issued
    if now + _LEEWAY < starts:
        raise Unauthenticated("The token is not valid yet.", where="nbf" if "nbf" in claims else "iat")
    return expires


def text_claim(claims: Mapping[str, object], name: str) -> str:
    """Return a claim that has to be text and not empty.

    Raises:
        Unauthenticated: it is not.
    """
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise Unauthenticated(f"The token has no `{name}`.", where=name)
    return value


def _instant(claims: Mapping[str, object], name: str) -> datetime:
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Unauthenticated(f"The token has no time `{name}`.", where=name)
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unauthenticated(f"The token's `{name}` is no time.", where=name) from error
