"""Asking endpoints on behalf of a query: again after a passing failure, and page by page where answers are cut."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Final

import httpx

from virtuales.errors import LimitExceeded
from virtuales.federation.account import Account
from virtuales.federation.breaker import Breaker
from virtuales.federation.connections import Due
from virtuales.federation.endpoint import (
    Endpoint,
    EndpointDead,
    EndpointFailure,
    EndpointMalformed,
    EndpointRefused,
    EndpointSilent,
    EndpointTimedOut,
    EndpointTooMuch,
    EndpointTruncated,
)
from virtuales.federation.kept import KeptAnswer, KeptAnswers
from virtuales.federation.options import Options
from virtuales.federation.paging import may_be_cut, paged, rows_in, solutions_in, suspicion
from virtuales.federation.sending import Question, Reply, send
from virtuales.rdf.media import N_TRIPLES, RESULTS_TSV

_SIMPLEST: Final = "SELECT (1 AS ?one) WHERE { }"


@dataclass(frozen=True)
class Asking:
    """Asks endpoints on behalf of one query.

    Args:
        endpoints: The endpoints; elsewhere they are called by their place here.
        transport: Carries requests.
        options: What an answer may take.
        account: Where requests are noted.
        deadline: When the query has to be done, by the monotonic clock.
        breaker: Knows which endpoints are left alone for now.
        cuts: After how many rows endpoints were found to cut their answers without a word.
        kept: Keeps answers that need not be sent again.
        gone: Tells whether nobody waits for the answer any longer.
        ended: Set when the query is answered, or will not be.
        whole: How many rows answers of endpoints had, at least, that were found whole.
    """

    endpoints: Sequence[Endpoint]
    transport: httpx.BaseTransport
    options: Options
    account: Account
    deadline: float
    breaker: Breaker
    cuts: dict[int, int]
    kept: KeptAnswers
    gone: Callable[[], bool]
    ended: Event = field(default_factory=Event)
    whole: dict[int, int] = field(default_factory=dict)

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

    def count(self, number: int, select: str) -> int | None:
        """Return how many solutions an endpoint gives in one answer; None where it says itself that it cuts answers.

        Raises:
            EndpointFailure: there is no answer that can be used.
        """
        reply = self._patient(number, select, RESULTS_TSV)
        return None if reply.max_rows is not None else rows_in(reply.body, RESULTS_TSV)

    def check_wanted(self) -> None:
        """Refuse to go on where nobody waits for the answer any longer.

        Raises:
            LimitExceeded: nobody does.
        """
        if self.gone():
            raise LimitExceeded("Nobody waits for the answer any longer.", where="query")

    @property
    def remaining(self) -> float:
        """How many seconds are left."""
        return self.deadline - time.monotonic()

    def _pages(self, number: int, query: str, media_type: str) -> list[bytes]:
        """Ask a query; where the answer may have been cut, ask anew, a page after another until there is none."""
        reply = self._patient(number, query, media_type)
        endpoint = self.endpoints[number]
        size = endpoint.cuts_at or reply.max_rows or self.cuts.get(number)
        if size is None:
            size = self._found_cut(number, query, reply.body, media_type)
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

    def _found_cut(self, number: int, query: str, body: bytes, media_type: str) -> int | None:
        """Return after how many rows an endpoint cut an answer without a word; None where it is whole.

        What cannot be found out is asked for page by page, as if it had been cut.
        """
        if rows_in(body, media_type) < self.whole.get(number, 0):
            return None
        found = suspicion(query, body, media_type)
        if found is None:
            return None
        try:
            more = self._patient(number, found.probe, found.media_type).body
        except (EndpointDead, EndpointSilent):
            raise
        except EndpointFailure:
            return found.size
        if rows_in(more, found.media_type) == 0:
            self.whole[number] = max(self.whole.get(number, 0), solutions_in(query, body, media_type))
            return None
        self.cuts[number] = found.size
        return found.size

    def _patient(self, number: int, query: str, media_type: str) -> Reply:
        """Ask a query, again and again if it fails in passing."""
        self._check_open(number)
        for attempt in range(self.options.retries + 1):
            try:
                until = min(time.monotonic() + self.options.endpoint_seconds, self.deadline)
                return self._ask(number, query, media_type, until)
            except EndpointFailure as failure:
                pause = _pause(failure, attempt, self.options.pause)
                last = attempt == self.options.retries or pause is None or pause >= self.remaining
                if last:
                    self._note(number, failure)
                    raise
                time.sleep(pause or 0.0)
        raise AssertionError("the last attempt returns or raises")

    def _check_open(self, number: int) -> None:
        """Refuse to ask an endpoint that is left alone; one that was for long enough has to answer a question first."""
        endpoint = self.endpoints[number]
        silent = self.breaker.is_on_trial(endpoint.url) and self._is_silent(number)
        if silent:
            self.breaker.open(endpoint.url)
        wait = self.breaker.wait(endpoint.url)
        if silent or wait > 0:
            raise EndpointDead(
                f"The endpoint failed again and again; it is left alone for {wait:.0f} more seconds.",
                where=endpoint.url,
            )

    def _note(self, number: int, failure: EndpointFailure) -> None:
        """Note a failure of an endpoint; one that is dead, or has no answer to any question, is left alone at once.

        Raises:
            EndpointSilent: it has none.
        """
        endpoint = self.endpoints[number]
        if self.ended.is_set():
            return
        if isinstance(failure, EndpointTimedOut) and self._is_silent(number):
            self.breaker.open(endpoint.url)
            raise EndpointSilent(f"{failure.what} It answers nothing else either.", where=endpoint.url) from failure
        if isinstance(failure, EndpointDead):
            self.breaker.open(endpoint.url)
        elif failure.is_weather and not _is_crowded(failure):
            self.breaker.failed(endpoint.url)

    def _is_silent(self, number: int) -> bool:
        """Tell whether an endpoint has no answer to the simplest question."""
        if self.breaker.wait(self.endpoints[number].url) > 0:
            return True
        try:
            self._ask(number, _SIMPLEST, RESULTS_TSV, time.monotonic() + self.options.probe_seconds)
        except EndpointFailure as failure:
            return isinstance(failure, EndpointTimedOut | EndpointDead | EndpointTruncated)
        return False

    def _ask(self, number: int, query: str, media_type: str, until: float) -> Reply:
        endpoint = self.endpoints[number]
        start = time.monotonic()
        if until <= start:
            raise EndpointTimedOut("There was no time left to ask the endpoint.", where=endpoint.url)
        self.account.sent(number)
        asked_again = self.kept.takes_query(endpoint)
        had = self.kept.find(endpoint, query, media_type) if asked_again else None
        question = Question(query, media_type, "QUERY" if asked_again else "POST", had.tag if had else None)
        limit = self.options.answer_bytes
        reply = send(self.transport, endpoint, question, due=Due(until, self.ended), most_bytes=limit)
        self.breaker.answered(endpoint.url)
        self.account.received(number, size=len(reply.body), seconds=time.monotonic() - start, spared=reply.unchanged)
        if reply.takes_query:
            self.kept.note_query(endpoint)
        if reply.unchanged and had is not None:
            return replace(reply, body=had.body)
        if reply.tag is not None and reply.takes_query:
            self.kept.keep(endpoint, query, media_type, KeptAnswer(reply.tag, reply.body))
        return reply


def _is_crowded(failure: EndpointFailure) -> bool:
    """Tell whether an endpoint only had too much to do for who asked (https://www.rfc-editor.org/rfc/rfc6585#section-4)."""
    return isinstance(failure, EndpointRefused) and failure.code == httpx.codes.TOO_MANY_REQUESTS


def _pause(failure: EndpointFailure, attempt: int, first: float) -> float | None:
    """Return how long to wait before a request is sent again; None where that is no use."""
    if isinstance(failure, EndpointTimedOut) or not failure.is_weather:
        return None
    told = failure.wait if isinstance(failure, EndpointRefused) else None
    return told if told is not None else first * 2.0**attempt
