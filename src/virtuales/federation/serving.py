"""Federated queries of many askers: so many at a time, each over endpoints of its own, and what was learnt is kept.

Federations are kept while nobody uses them, so that who asks the same endpoints again, with the same headers, need not
learn anew what they hold. No two queries use one at once, and nobody gets one with the credentials of somebody else.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Self

from virtuales.egress import Egress
from virtuales.errors import LimitExceeded
from virtuales.federation.connections import Connections
from virtuales.federation.endpoint import Endpoint
from virtuales.federation.federate import FederatedAnswer, Federation, breaker_of, summaries_of
from virtuales.federation.options import DEFAULTS, Options
from virtuales.query.protocol import QueryRequest
from virtuales.query.service import QueryLimits
from virtuales.query.turns import Turns

_ASKED_AT_A_TIME: Final = 5
"""How many requests of a query are under way: no more than a node lets one asker work on and wait for."""
_PROBE_SECONDS: Final = 5.0
"""How long a node that was away may take for the simplest question: it checks a token and records the access first."""
_Key = tuple[object, ...]


class FederatedQueries:
    """Answers federated queries of users.

    Args:
        options: What each may take.
        limits: How many are answered at a time, and may wait.
        egress: What may be connected to.
        kept: How many federations are kept.
    """

    def __init__(
        self,
        options: Options = DEFAULTS,
        limits: QueryLimits | None = None,
        *,
        egress: Egress | None = None,
        kept: int = 16,
    ) -> None:
        limits = limits or QueryLimits()
        self._options = options
        self._egress = egress or Egress.anywhere()
        self._turns = Turns(limits.workers, waiting_each=limits.waiting, waiting_all=limits.waiting_all)
        self._most = kept
        self._idle: OrderedDict[_Key, Federation] = OrderedDict()
        self._breaker = breaker_of(options)
        self._summaries = summaries_of(options)
        self._lock = threading.Lock()

    @classmethod
    def within(cls, limits: QueryLimits, services: Iterable[str] = (), egress: Egress | None = None) -> Self:
        """Answer queries within the limits that hold for queries of one endpoint, as far as sources are there.

        Args:
            limits: The limits.
            services: Addresses of endpoints that queries may name with SERVICE.
            egress: What may be connected to.
        """
        options = Options(
            seconds=limits.seconds,
            endpoint_seconds=limits.seconds / 2,
            answer_bytes=limits.answer_bytes,
            memory_bytes=limits.memory_bytes,
            result_bytes=limits.answer_bytes,
            parallel=_ASKED_AT_A_TIME,
            probe_seconds=_PROBE_SECONDS,
            partial=True,
            services=tuple(map(Endpoint, services)),
        )
        return cls(options, limits, egress=egress)

    def answer(
        self, asked: QueryRequest, endpoints: Sequence[Endpoint], *, every_term: bool = False
    ) -> FederatedAnswer:
        """Answer a query over some endpoints.

        Args:
            asked: The query, and how it was asked.
            endpoints: Where to ask it.
            every_term: Whether to refuse it if some endpoint's mappings do not carry every term of it.

        Raises:
            VirtualesError: as `Federation.answer` says.
            LimitExceeded: also where nobody waits for it.
            Busy: too many queries wait already.
        """

        def check() -> None:
            if asked.gone():
                raise LimitExceeded("Nobody waits for the answer any longer.", where="query")

        self._turns.take(asked.asker, check)
        try:
            with self._federation(endpoints) as federation:
                return federation.answer(asked.text, asked.accept, every_term=every_term, gone=asked.gone)
        finally:
            self._turns.give_back(asked.asker)

    def _new(self, endpoints: Sequence[Endpoint]) -> Federation:
        """Make a federation; which endpoints are dead, and what others hold, is known to all of them together."""
        transport = Connections(self._egress)
        return Federation(
            endpoints, self._options, transport=transport, breaker=self._breaker, summaries=self._summaries
        )

    def close(self) -> None:
        """Close what is kept."""
        with self._lock:
            idle, self._idle = [*self._idle.values()], OrderedDict()
        for each in idle:
            each.close()

    @contextmanager
    def _federation(self, endpoints: Sequence[Endpoint]) -> Iterator[Federation]:
        """Give a federation for one query: a kept one, or a new one, which is kept then."""
        key = tuple(map(_key, endpoints))
        with self._lock:
            federation = self._idle.pop(key, None) or self._new(endpoints)
        try:
            yield federation
        finally:
            with self._lock:
                excess = [self._idle.pop(key)] if key in self._idle else []
                self._idle[key] = federation
                while len(self._idle) > self._most:
                    excess.append(self._idle.popitem(last=False)[1])
            for each in excess:
                each.close()


def _key(endpoint: Endpoint) -> _Key:
    """Return what tells an endpoint from others; its views live as long as its federation, told by identity."""
    seen = endpoint.seen
    links = seen.links.digest if seen is not None and seen.links is not None else ""
    views = () if seen is None else (seen.own, links, *map(id, seen.views))
    return endpoint.url, endpoint.edition, views, *sorted(endpoint.headers.items())
