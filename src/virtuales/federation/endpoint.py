"""SPARQL endpoints that a federated query may ask, and what can go wrong with one.

PeerFailure
└── EndpointFailure           an endpoint gave no answer that can be used
├── EndpointRefused       it answered with an error of HTTP
├── EndpointDead          it could not be reached, or broke off before it answered
├── EndpointTimedOut      it took longer than it may
│   └── EndpointSilent    and does not answer the simplest question either
├── EndpointMalformed     it sent something else than what was asked for
├── EndpointTruncated     its answer ended before it was whole
└── EndpointTooMuch       its answer is larger than it may be
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

from virtuales.errors import PeerFailure
from virtuales.federation.seen import Seen

Status = Literal["answered", "not asked", "refused", "dead", "timed out", "malformed", "cut", "too much"]
"""What became of an endpoint in a query."""


_PASSING: Final = frozenset({429, 502, 503, 504})
"""Status codes that say nothing of the request (https://www.rfc-editor.org/rfc/rfc9110#section-15.6)."""


@dataclass(frozen=True)
class Endpoint:
    """A service of the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/).

    Args:
        url: Where queries are sent.
        headers: Headers to send with each request, such as `Authorization`.
        cuts_at: The number of rows after which it is known to cut its answers without a word; None where it does not.
        seen: How its data are seen in the terms of queries; None where they are in those terms.
        edition: What tells this state of its data, as whoever asks may see them, from all others: what was learnt of it
            stays right while that is the same. None where its data may change at any time.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cuts_at: int | None = None
    seen: Seen | None = None
    edition: str | None = None


class EndpointFailure(PeerFailure):
    """An endpoint that gave no answer that can be used."""

    status: ClassVar[Status] = "dead"

    @property
    def is_weather(self) -> bool:
        """Whether the failure may pass, and says nothing of the query."""
        return self.status in {"dead", "cut", "timed out"}


class EndpointRefused(EndpointFailure):
    """An endpoint that answered with an error of HTTP.

    Args:
        what: One sentence that says what it answered.
        where: Its URL.
        code: The status code.
        wait: How many seconds it said to wait; None where it did not.
    """

    status: ClassVar[Status] = "refused"

    def __init__(self, what: str, *, where: str, code: int, wait: float | None = None) -> None:
        super().__init__(what, where=where)
        self.code = code
        self.wait = wait

    @property
    def is_weather(self) -> bool:
        """Whether the failure may pass: the endpoint says that it is busy or out of order."""
        return self.code in _PASSING


class EndpointDead(EndpointFailure):
    """An endpoint that could not be reached, or broke off before it answered."""

    status: ClassVar[Status] = "dead"


class EndpointTimedOut(EndpointFailure):
    """An endpoint that took longer than it may."""

    status: ClassVar[Status] = "timed out"


class EndpointSilent(EndpointTimedOut):
    """An endpoint that took longer than it may and does not answer the simplest question either."""


class EndpointMalformed(EndpointFailure):
    """An endpoint that sent something else than what was asked for."""

    status: ClassVar[Status] = "malformed"


class EndpointTruncated(EndpointFailure):
    """An endpoint whose answer ended before it was whole."""

    status: ClassVar[Status] = "cut"


class EndpointTooMuch(EndpointFailure):
    """An endpoint whose answer is larger than it may be."""

    status: ClassVar[Status] = "too much"
