"""Answers of endpoints that are kept under their entity tags, to be asked for again and not sent again (RFC 9110).

Tags are heeded where a request is safe. A query of any length is that by the method QUERY, see
https://datatracker.ietf.org/doc/draft-ietf-httpbis-safe-method-w-body/; an endpoint that takes it says so by
`Accept-Query`, and is asked by it from then on. Others are asked by POST, and nothing of theirs is kept.
"""

from dataclasses import dataclass
from typing import Final

from virtuales.federation.bounded import Bounded
from virtuales.federation.endpoint import Endpoint

_LARGEST_SHARE: Final = 4
"""An answer that takes more than one in so many of the bytes is not kept."""


@dataclass(frozen=True)
class KeptAnswer:
    """An answer that was kept.

    Args:
        tag: Its entity tag, in quotes.
        body: The answer.
    """

    tag: str
    body: bytes


class KeptAnswers:
    """Keeps answers, those that were used last; each for the endpoint and the headers with which it was asked.

    Args:
        most_bytes: How large they may be together.
    """

    def __init__(self, most_bytes: int) -> None:
        self._kept = Bounded[tuple[object, ...], KeptAnswer](most_bytes)
        self._queryable: set[str] = set()

    def takes_query(self, endpoint: Endpoint) -> bool:
        """Tell whether an endpoint said that it takes the method QUERY."""
        return endpoint.url in self._queryable

    def note_query(self, endpoint: Endpoint) -> None:
        """Note that an endpoint says so."""
        self._queryable.add(endpoint.url)

    def find(self, endpoint: Endpoint, query: str, media_type: str) -> KeptAnswer | None:
        """Return the answer to a query that was kept."""
        return self._kept.find(_key(endpoint, query, media_type))

    def keep(self, endpoint: Endpoint, query: str, media_type: str, answer: KeptAnswer) -> None:
        """Keep the answer to a query, and forget those that were used longest ago."""
        if len(answer.body) * _LARGEST_SHARE > self._kept.most:
            return
        key = _key(endpoint, query, media_type)
        self._kept.keep(key, answer, size=sum(len(str(each)) for each in key) + len(answer.body))


def _key(endpoint: Endpoint, query: str, media_type: str) -> tuple[object, ...]:
    return endpoint.url, *sorted(endpoint.headers.items()), media_type, query
