"""The authorization code grant: people let an application act for them, without showing it their password.

OAuth 2.1 and OpenID Connect Core 1.0: codes alone, each with a PKCE challenge (RFC 7636, S256), to addresses that the
operator registered; loopback addresses at any port (RFC 8252, section 7.3).
"""

import base64
import hashlib
import hmac
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit

from virtuales.clock import Clock
from virtuales.errors import ConfigurationError, InputError
from virtuales.trust.scopes import Scope
from virtuales.trust.signed_jwt import NewName, random_name

OPENID: Final = "openid"
_LIFETIME: Final = timedelta(minutes=1)
_KEPT_MOST: Final = 10_000
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_LONGEST: Final = 500


class AuthorizationRefused(InputError):
    """What an application asked for is refused, and it is told so at its own address (RFC 6749, section 4.1.2.1).

    Args:
        code: The error's code.
        what: One sentence that says what is wrong.
        request: What was asked, as far as it is sound: where to tell it.
    """

    def __init__(self, code: str, what: str, *, request: "Asking") -> None:
        super().__init__(what, where=code)
        self.code = code
        self.request = request


@dataclass(frozen=True)
class Asking:
    """Which application asks, and where it is answered.

    Args:
        client_id: The application.
        redirect_uri: Where the answer goes.
        state: What the application wants to have back.
    """

    client_id: str
    redirect_uri: str
    state: str | None

    def answer(self, issuer: str, **said: str) -> str:
        """Return the address that tells the application the outcome, and who says so (RFC 9207)."""
        told = {**said, "iss": issuer} | ({"state": self.state} if self.state is not None else {})
        sign = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{sign}{urlencode(told)}"


@dataclass(frozen=True)
class AuthorizationRequest:
    """A sound request of an application.

    Args:
        asking: Who asks.
        scopes: What it wants to be allowed.
        challenge: The digest of its PKCE verifier.
        nonce: What the ID token has to repeat.
        resource: The node that the token is to be for; None for the issuer itself.
    """

    asking: Asking
    scopes: frozenset[str]
    challenge: str
    nonce: str | None
    resource: str | None


class Applications:
    """The applications that may ask people, with the addresses at which they are answered.

    Args:
        registered: Redirect URIs by client identifier.

    Raises:
        ConfigurationError: an address is not safe.
    """

    def __init__(self, registered: Mapping[str, Iterable[str]]) -> None:
        self._registered = {name: tuple(urls) for name, urls in registered.items()}
        for url in (url for urls in self._registered.values() for url in urls):
            parts = urlsplit(url)
            is_local = parts.scheme == "http" and parts.hostname in _LOOPBACK
            if not parts.netloc or parts.fragment or not (parts.scheme == "https" or is_local):
                raise ConfigurationError(
                    "An application is answered by https or on loopback, without fragment.",
                    where=url,
                    remedy="Write `https://app.example/callback` or `http://127.0.0.1/callback`.",
                )

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self._registered)

    def parse(self, said: Mapping[str, str]) -> AuthorizationRequest:
        """Read an authorization request.

        Raises:
            InputError: nobody can be told, since the application or its address is not known.
            AuthorizationRefused: the application is to be told what is wrong.
        """
        asking = self._asking(said)
        if said.get("response_type") != "code":
            raise AuthorizationRefused(
                "unsupported_response_type", "The response type has to be `code`.", request=asking
            )
        challenge = said.get("code_challenge", "")
        if said.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
            raise AuthorizationRefused("invalid_request", "A PKCE challenge with S256 is needed.", request=asking)
        if any(len(value) > _LONGEST for value in said.values()):
            raise AuthorizationRefused("invalid_request", "A parameter is too long.", request=asking)
        wanted = frozenset(said.get("scope", OPENID).split())
        unknown = sorted(wanted - {OPENID, *Scope})
        if unknown or not wanted:
            raise AuthorizationRefused("invalid_scope", f"Unknown scopes: {' '.join(unknown)}.", request=asking)
        return AuthorizationRequest(asking, wanted, challenge, said.get("nonce"), said.get("resource") or None)

    def _asking(self, said: Mapping[str, str]) -> Asking:
        client_id, redirect_uri = said.get("client_id", ""), said.get("redirect_uri", "")
        known = self._registered.get(client_id)
        if known is None:
            raise InputError("The application is not known here.", where="client_id", remedy="Ask the operator.")
        if not any(_is_same_place(redirect_uri, url) for url in known):
            raise InputError(
                "The application is not answered at that address.",
                where="redirect_uri",
                remedy="Use one that is registered for it.",
            )
        state = said.get("state")
        if state is not None and len(state) > _LONGEST:
            raise InputError("The state is too long.", where="state", remedy=f"It has at most {_LONGEST} characters.")
        return Asking(client_id, redirect_uri, state)


@dataclass(frozen=True)
class Grant:
    """What a person allowed an application.

    Args:
        request: What was asked.
        person: The person's key.
        subject: The person's IRI.
        organisation: IRI of the organisation that the person acts for.
        scopes: What is allowed: of what was asked, what the person may do.
        signed_in_at: When the person signed in.
    """

    request: AuthorizationRequest
    person: str
    subject: str
    organisation: str
    scopes: frozenset[str]
    signed_in_at: datetime


class Codes:
    """Codes that stand for grants: good for a minute, once, and lost when the node ends.

    Args:
        clock: What time it is.
        new_name: Makes codes.
    """

    def __init__(self, clock: Clock, new_name: NewName = random_name) -> None:
        self._clock = clock
        self._new_name = new_name
        self._grants: dict[str, tuple[datetime, Grant]] = {}
        self._lock = threading.Lock()

    def make(self, grant: Grant) -> str:
        """Return a code for a grant.

        Raises:
            InputError: too many wait to be used.
        """
        code, now = self._new_name(), self._clock.now()
        with self._lock:
            self._grants = {name: kept for name, kept in self._grants.items() if kept[0] > now}
            if len(self._grants) >= _KEPT_MOST:
                raise InputError("Too many applications ask at once.", remedy="Try again in a minute.")
            self._grants[code] = (now + _LIFETIME, grant)
        return code

    def use(self, code: str, *, client_id: str, redirect_uri: str, verifier: str) -> Grant:
        """Return the grant of a code, which is used up by any try.

        Raises:
            InputError: the code is not known any more, or another application's; its `where` says what is wrong.
        """
        with self._lock:
            until, grant = self._grants.pop(code, (None, None))
        if until is None or grant is None or until <= self._clock.now():
            raise InputError("The code is not good, or no longer.", where="code", remedy="Ask the person again.")
        asking = grant.request.asking
        if (client_id, redirect_uri) != (asking.client_id, asking.redirect_uri):
            raise InputError("The code was given to another application or address.", where="code")
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode(errors="replace")).digest()).rstrip(b"=")
        matches = hmac.compare_digest(digest, grant.request.challenge.encode())
        if not _VERIFIER.fullmatch(verifier) or not matches:
            raise InputError("The code verifier does not fit the challenge.", where="code_verifier")
        return grant


def _is_same_place(asked: str, registered: str) -> bool:
    """Tell whether an address is a registered one: to the letter, save for the port on loopback."""
    if asked == registered:
        return True
    try:
        one, other = urlsplit(asked), urlsplit(registered)
        _ = one.port
    except ValueError:
        return False
    if other.scheme != "http" or other.hostname not in _LOOPBACK or other.port is not None or "@" in one.netloc:
        return False
    return (one.scheme, one.hostname, one.path, one.query, one.fragment) == (
        other.scheme,
        other.hostname,
        other.path,
        other.query,
        "",
    )
