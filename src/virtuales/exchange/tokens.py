"""Access tokens for talking to other nodes: asked for with a signed assertion, and kept until shortly before they end.

The orchestrator issues them (RFC 6749 client credentials, RFC 7523 client assertion, RFC 8707 resource), one for each
organisation and node addressed; a node that holds a token goes on talking while the orchestrator is away.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from virtuales.clock import Clock
from virtuales.errors import PeerFailure

_MARGIN = timedelta(seconds=60)
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Assertion = Callable[[str], str]
"""Makes a client assertion for an organisation's IRI."""


@dataclass(frozen=True)
class _Held:
    token: str
    until: datetime


class NodeTokens:
    """The tokens of the organisations that a node hosts.

    Args:
        endpoint: The orchestrator's token endpoint.
        assertion: Signs for an organisation.
        client: The HTTP client.
        clock: Tells when a token has ended.
    """

    def __init__(self, endpoint: str, *, assertion: Assertion, client: httpx.Client, clock: Clock) -> None:
        self._endpoint = endpoint
        self._assertion = assertion
        self._client = client
        self._clock = clock
        self._held: dict[tuple[str, str], _Held] = {}
        self._lock = threading.Lock()

    def token(self, organisation: str, resource: str) -> str:
        """Return a token with which `organisation` may address the node at `resource`.

        Raises:
            PeerFailure: the orchestrator is away or refused, and no token is held.
        """
        with self._lock:
            held = self._held.get((organisation, resource))
            if held is None or held.until <= self._clock.now():
                held = self._ask(organisation, resource)
                self._held[organisation, resource] = held
            return held.token

    def _ask(self, organisation: str, resource: str) -> _Held:
        form = {
            "grant_type": "client_credentials",
            "client_id": organisation,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._assertion(organisation),
            "resource": resource,
        }
        try:
            response = self._client.post(self._endpoint, data=form)
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise PeerFailure(f"The orchestrator gave no token: {error}.", where=self._endpoint) from error
        if not response.is_success:
            why = answer.get("error_description") or answer.get("error") or response.status_code
            raise PeerFailure(f"The orchestrator refused a token for {organisation}: {why}.", where=self._endpoint)
        ends = self._clock.now() + timedelta(seconds=int(answer["expires_in"])) - _MARGIN
        return _Held(str(answer["access_token"]), ends)
