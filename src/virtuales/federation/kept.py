"""Answers of endpoints that are kept under their entity tags, to be asked for again and not sent again (RFC 9110).

Tags are heeded where a request is safe. A query of any length is that by the method QUERY, see
https://datatracker.ietf.org/doc/draft-ietf-httpbis-safe-method-w-body/; an endpoint that takes it says so by
`Accept-Query`, and is asked by it from then on. Others are asked by POST, and nothing of theirs is kept.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

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


@dataclass
class KeptAnswers:
    """Keeps answers, those that were used last; each for the endpoint and the headers with which it was asked.

    Args:
        most_bytes: How large they may be together.
    """

    most_bytes: int
    _kept: OrderedDict[tuple[object, ...], KeptAnswer] = field(default_factory=OrderedDict)
    _queryable: set[str] = field(default_factory=set)
    _bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def takes_query(self, endpoint: Endpoint) -> bool:
        """Tell whether an endpoint said that it takes the method QUERY."""
        return endpoint.url in self._queryable

    def note_query(self, endpoint: Endpoint) -> None:
        """Note that an endpoint says so."""
        self._queryable.add(endpoint.url)

    def find(self, endpoint: Endpoint, query: str, media_type: str) -> KeptAnswer | None:
        """Return the answer to a query that was kept."""
        key = _key(endpoint, query, media_type)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, endpoint: Endpoint, query: str, media_type: str, answer: KeptAnswer) -> None:
        """Keep the answer to a query, and forget those that were used longest ago."""
        if len(answer.body) * _LARGEST_SHARE > self.most_bytes:
            return
        key = _key(endpoint, query, media_type)
        with self._lock:
            self._bytes += _size(key, answer) - self._forgotten(key)
            self._kept[key] = answer
            while self._bytes > self.most_bytes:
                self._bytes -= _size(*self._kept.popitem(last=False))

    def _forgotten(self, key: tuple[object, ...]) -> int:
        """Forget an answer; return how much room that gives."""
        old = self._kept.pop(key, None)
        return 0 if old is None else _size(key, old)


def _key(endpoint: Endpoint, query: str, media_type: str) -> tuple[object, ...]:
    return endpoint.url, *sorted(endpoint.headers.items()), media_type, query


def _size(key: tuple[object, ...], answer: KeptAnswer) -> int:
    return sum(len(str(each)) for each in key) + len(answer.body)
