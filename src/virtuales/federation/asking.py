"""Asking endpoints on behalf of a query: again after a passing failure, and page by page where answers are cut."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from virtuales.federation.account import Account
from virtuales.federation.breaker import Breaker
from virtuales.federation.endpoint import (
    Endpoint,
    EndpointDead,
    EndpointFailure,
    EndpointMalformed,
    EndpointRefused,
    EndpointTimedOut,
    EndpointTooMuch,
    EndpointTruncated,
)
from virtuales.federation.options import Options
from virtuales.federation.paging import may_be_cut, paged, rows_in
from virtuales.federation.sending import Reply, send
from virtuales.rdf.media import N_TRIPLES, RESULTS_TSV


@dataclass(frozen=True)
class Asking:
    """Asks endpoints on behalf of one query.

    Args:
        endpoints: The endpoints; elsewhere they are called by their place here.
        client: The HTTP client.
        options: What an answer may take.
        account: Where requests are noted.
        deadline: When the query has to be done, by the monotonic clock.
        breaker: Knows which endpoints are left alone for now.
    """

    endpoints: Sequence[Endpoint]
    client: httpx.Client
    options: Options
    account: Account
    deadline: float
    breaker: Breaker

    def triples(self, number: int, construct: str) -> bytes:
        """Ask an endpoint for triples, as N-Triples.

        Raises:
            EndpointFailure: there is no answer that can be used.
        """
        return b"".join(self._pages(number, construct, N_TRIPLES))

    def rows(self, number: int, select: str) -> list[list[str]]:
        """Ask an endpoint for solutions: for each its terms as SPARQL writes them, empty where there is none.

        Raises:
            EndpointFailure: there is no answer that can be used.
        """
        found: list[list[str]] = []
        for page in self._pages(number, select, RESULTS_TSV):
            lines = page.decode("utf-8", "replace").split("\n")
            if not lines[0].startswith("?"):
                url = self.endpoints[number].url
                raise EndpointMalformed("The endpoint's answer is no table of solutions.", where=url)
            found += [line.rstrip("\r").split("\t") for line in lines[1:] if line]
        return found

    @property
    def remaining(self) -> float:
        """How many seconds are left."""
        return self.deadline - time.monotonic()

    def _pages(self, number: int, query: str, media_type: str) -> list[bytes]:
        """Ask a query; where the answer may have been cut, ask anew, a page after another until there is none."""
        reply = self._patient(number, query, media_type)
        endpoint = self.endpoints[number]
        size = endpoint.cuts_at or reply.max_rows
        if size is None or not may_be_cut(query, reply.body, media_type, size):
            return [reply.body]
        pages: list[bytes] = []
        for page in paged(query, reply.body, media_type, size):
            body = self._patient(number, page, media_type).body
            if rows_in(body, media_type) == 0:
                return pages
            if pages and body == pages[-1]:
                raise EndpointMalformed("The endpoint gives the same page for ever.", where=endpoint.url)
            pages.append(body)
            if sum(map(len, pages)) > self.options.answer_bytes:
                limit = f"{self.options.answer_bytes:,}"
                raise EndpointTooMuch(f"The answer is larger than {limit} bytes.", where=endpoint.url)
        raise EndpointTruncated("The endpoint cuts answers of a kind that has no pages.", where=endpoint.url)

    def _patient(self, number: int, query: str, media_type: str) -> Reply:
        """Ask a query, again and again if it fails in passing."""
        endpoint = self.endpoints[number]
        wait = self.breaker.wait(endpoint.url)
        if wait > 0:
            raise EndpointDead(
                f"The endpoint failed again and again; it is left alone for {wait:.0f} more seconds.",
                where=endpoint.url,
            )
        for attempt in range(self.options.retries + 1):
            try:
                return self._ask(number, query, media_type)
            except EndpointFailure as failure:
                pause = _pause(failure, attempt, self.options.pause)
                last = attempt == self.options.retries or pause is None or pause >= self.remaining
                if last:
                    if failure.is_weather:
                        self.breaker.failed(endpoint.url)
                    raise
                time.sleep(pause or 0.0)
        raise AssertionError("the last attempt returns or raises")

    def _ask(self, number: int, query: str, media_type: str) -> Reply:
        endpoint = self.endpoints[number]
        start = time.monotonic()
        until = min(start + self.options.endpoint_seconds, self.deadline)
        if until <= start:
            raise EndpointTimedOut("There was no time left to ask the endpoint.", where=endpoint.url)
        self.account.sent(number)
        reply = send(
            self.client,
            endpoint,
            query=query,
            media_type=media_type,
            deadline=until,
            most_bytes=self.options.answer_bytes,
        )
        self.breaker.answered(endpoint.url)
        self.account.received(number, size=len(reply.body), seconds=time.monotonic() - start)
        return reply


def _pause(failure: EndpointFailure, attempt: int, first: float) -> float | None:
    """Return how long to wait before a request is sent again; None where that is no use."""
    if isinstance(failure, EndpointTimedOut) or not failure.is_weather:
        return None
    told = failure.wait if isinstance(failure, EndpointRefused) else None
    return told if told is not None else first * 2.0**attempt
