"""Client assertions: how a node proves to the token endpoint that it acts for its organisation.

They follow RFC 7523 (`private_key_jwt`): signed with the organisation's key, short-lived, used once.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from virtuales.clock import Clock
from virtuales.errors import Unauthenticated
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
from virtuales.trust.used_once import UsedOnce

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TYPE = "client-authentication+jwt"
_TYPES = frozenset({_TYPE, "jwt"})
_LIFETIME = timedelta(minutes=2)
_LONGEST_LIFE = timedelta(minutes=5)


def make_client_assertion(
    key: SigningKey, *, client_id: str, audience: str, clock: Clock, new_name: NewName = random_name
) -> str:
    """Make an assertion that authenticates a client once.

    Args:
        key: The organisation's key.
        client_id: The client.
        audience: The issuer's identifier.
        clock: What time it is.
        new_name: Makes the assertion's identifier.
    """
    now = int(clock.now().timestamp())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": now,
        "exp": now + int(_LIFETIME.total_seconds()),
        "jti": new_name(),
    }
    return sign_jwt(claims, key, kind=_TYPE)


class AssertionVerifier:
    """Verifies client assertions.

    Args:
        audience: The issuer's identifier, which an assertion has to name.
        clock: What time it is.
        public_key_of: Returns the key of a client's organisation, or None for an unknown client.
        used: Remembers the identifiers of assertions.
    """

    def __init__(
        self, audience: str, *, clock: Clock, public_key_of: Callable[[str], PublicKey | None], used: UsedOnce
    ) -> None:
        self._audience = audience
        self._clock = clock
        self._public_key_of = public_key_of
        self._used = used

    def verify(self, assertion: str) -> str:
        """Return the client that the assertion authenticates.

        Raises:
            Unauthenticated: the assertion is not the client's, not for us, too old, too long-lived or used before.
        """
        unverified = parse_unverified(assertion)
        check_header(unverified.header, types=_TYPES)
        claimed = _claimed_client(unverified.claims)
        key = self._public_key_of(claimed)
        if key is None:
            raise Unauthenticated("The client is not known, or its assertion does not verify.", where="iss")
        claims = decode_claims(assertion, key.jose())
        if claims.get("aud") not in (self._audience, [self._audience]):
            raise Unauthenticated(
                "The assertion is for another issuer.", where="aud", remedy=f"Its audience is {self._audience}."
            )
        expires = check_times(claims, self._clock.now())
        issued = datetime.fromtimestamp(float(str(claims["iat"])), UTC)
        if expires - issued > _LONGEST_LIFE:
            raise Unauthenticated("The assertion lives too long.", where="exp", remedy="Five minutes are the most.")
        self._used.use(f"assertion {claimed} {text_claim(claims, 'jti')}", until=expires + timedelta(minutes=1))
        return claimed


def _claimed_client(claims: Mapping[str, object]) -> str:
    """Return who an assertion says it is from, to find the key that has to verify it."""
    if claims.get("iss") != claims.get("sub"):
        raise Unauthenticated("The assertion's issuer is not its subject.", where="sub")
    return text_claim(claims, "iss")
