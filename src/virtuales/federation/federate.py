"""Answering one query over many SPARQL endpoints, as if their data lay in one store."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

import httpx

from virtuales.errors import InputError
from virtuales.federation.account import Account, Source
from virtuales.federation.asking import Asking
from virtuales.federation.breaker import Breaker
from virtuales.federation.carrying import note_terms, refuse_lost_terms
from virtuales.federation.collecting import Collector
from virtuales.federation.connections import Connections
from virtuales.federation.context import Place
from virtuales.federation.description import fetch_descriptions
from virtuales.federation.endpoint import Endpoint
from virtuales.federation.estimates import estimated
from virtuales.federation.fetching import Fetcher
from virtuales.federation.graph_processes import GraphLimits, shared_processes
from virtuales.federation.jobs import Jobs
from virtuales.federation.kept import KeptAnswers
from virtuales.federation.kept_summaries import KeptSummaries
from virtuales.federation.lifting import Lifting
from virtuales.federation.local import LocalGraph
from virtuales.federation.options import DEFAULTS, Options
from virtuales.federation.preparing import prepared
from virtuales.federation.services import Services, SilentFailure
from virtuales.query.protocol import still_waiting
from virtuales.query.request import MAX_QUERY_CHARACTERS
from virtuales.query.syntax.parser import parse_query
from virtuales.query.syntax.rebuilding import FreshVariables
from virtuales.query.syntax.tree import DescribeQuery, Query
from virtuales.rdf.terms import NamedNode

if TYPE_CHECKING:
    from virtuales.federation.summary import Summary


@dataclass(frozen=True)
class FederatedAnswer:
    """The answer to a federated query.

    Args:
        body: The answer.
        media_type: Its media type.
        account: What it rests on, and what it took.
    """

    body: bytes
    media_type: str
    account: Account


def summaries_of(options: Options) -> KeptSummaries:
    """Return what keeps summaries, as options say."""
    return KeptSummaries(options.summary_characters)


def breaker_of(options: Options) -> Breaker:
    """Return what keeps account of failures, as options say."""
    return Breaker(options.breaker_failures, options.breaker_seconds, time.monotonic)


class Federation:
    """Endpoints that are asked together; to be closed after use.

    The default graph of a query is the merge of the endpoints' default graphs, and a named graph the merge of those of
    that name (https://www.w3.org/TR/rdf11-mt/#shared-blank-nodes-unions-and-merges).

    Args:
        endpoints: The endpoints, or their URLs.
        options: What a query may take.
        transport: Sends the requests; by default over the network.
        breaker: Knows which endpoints are left alone; by default one of its own.
        summaries: Knows what endpoints hold that have an edition; by default one of its own.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint | str],
        options: Options = DEFAULTS,
        *,
        transport: httpx.BaseTransport | None = None,
        breaker: Breaker | None = None,
        summaries: KeptSummaries | None = None,
    ) -> None:
        self._endpoints = tuple(Endpoint(each) if isinstance(each, str) else each for each in endpoints)
        self._options = options
        self._transport = transport or Connections()
        self._executor: Executor | None = None
        if options.parallel > 1:
            self._executor = ThreadPoolExecutor(options.parallel, thread_name_prefix="federation")
        self._processes = shared_processes()
        self._processes.prepare()
        self._breaker = breaker or breaker_of(options)
        self._kept_summaries = summaries or summaries_of(options)
        self._summaries: dict[int, Summary | None] = {}
        self._estimates: dict[int, Summary] = {}
        self._labelled: set[int] = set()
        known = (*self._endpoints, *options.services)
        self._liftings = {number: Lifting(each.seen) for number, each in enumerate(known) if each.seen is not None}
        self._cuts: dict[int, int] = {}
        self._whole: dict[int, int] = {}
        self._kept = KeptAnswers(options.kept_bytes)
        self._learnt = time.monotonic()

    def __enter__(self) -> Self:
        """Return the federation itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """End its threads and close its connections."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
        self._transport.close()

    def answer(
        self,
        query_text: str,
        accept: str | None = None,
        *,
        every_term: bool = False,
        gone: Callable[[], bool] = still_waiting,
    ) -> FederatedAnswer:
        """Answer a query.

        Args:
            query_text: The query, in SPARQL 1.1.
            accept: The media types that the answer may have, as in an `Accept` header.
            every_term: Whether to refuse the query if some endpoint's mappings do not carry every term of it; the
                options may say so for all queries.
            gone: Tells whether nobody waits for the answer any longer.

        Raises:
            InputError: the query is not valid, names a service that may not be asked, or has a term that an endpoint's
                mappings do not carry, where every one is wished for.
            NotAcceptable: the answer has no form that is accepted.
            LimitExceeded: it takes more than it may, or nobody waits for the answer.
            EndpointFailure: an endpoint failed, and the answer has to rest on all.
        """
        if len(query_text) > MAX_QUERY_CHARACTERS:
            raise InputError(
                f"The query is longer than {MAX_QUERY_CHARACTERS} characters.", where="query", remedy="Shorten it."
            )
        query = parse_query(query_text)
        started = time.monotonic()
        if started - self._learnt > self._options.summary_seconds:
            self._summaries, self._estimates, self._cuts, self._whole, self._learnt = {}, {}, {}, {}, started
        known = (*self._endpoints, *self._options.services)
        account = Account([Source(each.url, models=each.seen.models if each.seen else ()) for each in known])
        deadline = started + self._options.for_endpoints
        options = replace(self._options, every_term=every_term or self._options.every_term)
        asking = Asking(
            known,
            self._transport,
            options,
            account,
            deadline,
            self._breaker,
            self._cuts,
            self._kept,
            gone,
            whole=self._whole,
        )
        try:
            body, media_type = self._answered(query, accept, asking, replace(self._limits(started), gone=gone))
        finally:
            asking.ended.set()
        account.seconds = time.monotonic() - started
        return FederatedAnswer(body, media_type, account)

    def _answered(self, query: Query, accept: str | None, asking: Asking, limits: GraphLimits) -> tuple[bytes, str]:
        with self._processes.graph(limits) as graph:
            local = LocalGraph(query.prologue, graph, self._options.values)
            jobs = Jobs(asking, self._executor)
            fetcher = Fetcher(asking, local, jobs, self._summaries, self._labelled, self._liftings, self._estimates)
            whole = self._collected(query, fetcher)
            return local.serialized(replace(whole, dataset=()), accept)

    def _limits(self, started: float) -> GraphLimits:
        options = self._options
        return GraphLimits(started + options.seconds, options.seconds, options.memory_bytes, options.result_bytes)

    def _collected(self, query: Query, fetcher: Fetcher) -> Query:
        """Fetch what a query can use, and return it with graphs in place of services."""
        place = Place.of(query.dataset, range(len(self._endpoints)))
        self._learn(fetcher, place.asked)
        urls = [each.url for each in fetcher.asking.endpoints]
        places = {url: Place((number,), local=NamedNode(url)) for number, url in enumerate(urls)}
        services = Services(places.keys())
        while True:
            whole = services.as_graphs(query)
            fresh = FreshVariables(whole)
            flat = services.as_graphs(prepared(query, fresh))
            if fetcher.liftings:
                self._note_terms(flat, fetcher, place, places)
            try:
                Collector(fetcher, fresh, services, place, places).collect(flat)
            except SilentFailure as failure:
                services.failed.add(failure.service)
                continue
            if isinstance(flat, DescribeQuery):
                fetch_descriptions(flat, fetcher, place)
            return whole

    def _learn(self, fetcher: Fetcher, sources: Sequence[int]) -> None:
        """Learn what endpoints hold: what is known of their edition, or else what they count or say of themselves."""
        unknown = [each for each in sources if each not in self._summaries]
        for number in unknown:
            kept = self._kept_summaries.find(self._endpoints[number])
            if kept is not None:
                self._summaries[number] = kept
        fetcher.learn(sources)
        for number in unknown:
            summary = self._summaries.get(number)
            if summary is not None and number not in self._cuts and not fetcher.is_down(number):
                self._kept_summaries.keep(self._endpoints[number], summary)
        silent = [each for each in unknown if each in self._summaries and self._summaries[each] is None]
        self._estimates |= estimated(fetcher.asking, fetcher.jobs, silent)

    def _note_terms(self, query: Query, fetcher: Fetcher, root: Place, places: dict[str, Place]) -> None:
        account = fetcher.asking.account
        note_terms(query, fetcher.liftings, account, root=root, services=places)
        if fetcher.asking.options.every_term:
            refuse_lost_terms(account)
