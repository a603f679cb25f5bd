"""Endpoints that fail in passing, over and over, in silence or for ever: what happens, and that nothing stays."""

import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from pyoxigraph import Store
from tests.federation.stores import StoreTransport, answered, url
from tests.federation.test_federate import GENERATORS, N_TRIPLES, PREFIX, Faulty, ask, raising, store

from virtuales.federation.breaker import Breaker
from virtuales.federation.endpoint import (
    Endpoint,
    EndpointDead,
    EndpointFailure,
    EndpointMalformed,
    EndpointRefused,
    EndpointTimedOut,
    EndpointTruncated,
)
from virtuales.federation.federate import Federation
from virtuales.federation.options import Options

QUERY = "SELECT * { ?from :feeds ?to }"
PATIENT = Options(pause=0.0)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize(
    "fault", [lambda: httpx.Response(503), raising(httpx.ConnectError("no")), raising(httpx.RemoteProtocolError("cut"))]
)
def test_a_failure_that_passes_is_not_noticed(fault: object, times: int) -> None:
    assert len(ask(Faulty(fault, times), QUERY, PATIENT)) == 3  # type: ignore[arg-type]  # each is a fault


def test_a_failure_that_lasts_is_told_after_as_many_tries_as_are_set() -> None:
    transport = Faulty(raising(httpx.ConnectError("no")), times=3)
    with pytest.raises(EndpointDead):
        ask(transport, QUERY, PATIENT)
    assert len(ask(transport, QUERY, PATIENT)) == 3


@pytest.mark.parametrize("fault", [lambda: httpx.Response(400, text="no"), lambda: httpx.Response(403)])
def test_a_refusal_is_taken_at_its_word(fault: object) -> None:
    with pytest.raises(EndpointRefused):
        ask(Faulty(fault, times=1), QUERY, PATIENT)  # type: ignore[arg-type]  # each is a fault


def test_waits_as_long_as_a_busy_endpoint_says_but_not_beyond_the_deadline() -> None:
    started = time.monotonic()
    with pytest.raises(EndpointRefused):
        ask(Faulty(lambda: httpx.Response(503, headers={"Retry-After": "60"})), QUERY, Options(seconds=30))
    assert time.monotonic() - started < 25


def test_an_endpoint_that_fails_again_and_again_is_left_alone_for_a_while() -> None:
    transport = Faulty(raising(httpx.ConnectError("no")))
    options = Options(retries=0, breaker_failures=2, breaker_seconds=60, partial=True)
    with Federation([url(0), url(1)], options, transport=transport) as federation:
        told = [federation.answer(PREFIX + QUERY).account.sources[1] for _ in range(3)]
    assert [each.status for each in told] == ["dead"] * 3
    assert "left alone for 60 more seconds" in str(told[2].problem)
    assert told[2].requests == 0


def test_the_circuit_closes_when_an_endpoint_answers_again() -> None:
    now = 0.0
    breaker = Breaker(2, 30.0, lambda: now)
    breaker.failed("a")
    assert breaker.wait("a") == 0
    breaker.failed("a")
    assert breaker.wait("a") == 30
    assert breaker.wait("b") == 0
    now = 31.0
    assert breaker.wait("a") == 0
    breaker.answered("a")
    breaker.failed("a")
    assert breaker.wait("a") == 0


class Cutting(httpx.BaseTransport):
    """An endpoint that gives no more than so many lines, and may say so; it may also ignore which it is asked for.

    It may count solutions in place of lines, and refuse to count for others.
    """

    def __init__(
        self, most: int, *, tells: bool = False, deaf: bool = False, nodes: int = 25, counts: str = "lines"
    ) -> None:
        self.queries: list[str] = []
        self._counts = counts
        self._store = store(
            " ".join(f":n{number:02} :feeds :m{number % 7} ; :rating {number} ." for number in range(nodes))
        )
        self._most = most
        self._tells = tells
        self._deaf = deaf

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as far as it goes."""
        text = request.read().decode()
        self.queries.append(text)
        if self._counts == "nothing" and "COUNT" in text:
            return httpx.Response(400, text="no aggregates")
        if self._counts == "solutions" and text.startswith("CONSTRUCT") and " LIMIT " not in text:
            text += f" LIMIT {self._most}"
        if self._deaf:
            text = text.partition(" ORDER BY")[0]
        whole = answered(self._store, text)
        head = 0 if whole.headers["Content-Type"] == "application/n-triples" else 1
        most = None if self._counts == "solutions" else self._most + head
        lines = whole.content.splitlines(keepends=True)[:most]
        headers = {"Content-Type": whole.headers["Content-Type"]}
        if self._tells:
            headers["X-SPARQL-MaxRows"] = str(self._most)
        return httpx.Response(200, content=b"".join(lines), headers=headers)


def ask_cutting(transport: Cutting, query: str, cuts_at: int | None = None) -> int:
    """Return how many rows an answer has."""
    with Federation([Endpoint("http://cuts.example/", cuts_at=cuts_at)], PATIENT, transport=transport) as federation:
        return len(federation.answer(PREFIX + query, "text/csv").body.splitlines()) - 1


@pytest.mark.parametrize("most", [3, 5, 10, 25, 26])
@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT * { ?s :feeds ?o }", 25),
        ("SELECT * { ?s :feeds ?o ; :rating ?r }", 25),
        ("SELECT * { ?s :feeds ?o } LIMIT 12", 12),
        ("SELECT * { ?s ?p ?o }", 50),
    ],
)
def test_answers_that_are_cut_are_fetched_page_by_page(query: str, rows: int, most: int) -> None:
    assert ask_cutting(Cutting(most, tells=True), query) == rows
    assert ask_cutting(Cutting(most), query, cuts_at=most) == rows
    assert ask_cutting(Cutting(most), query) == rows, "without a word"


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("SELECT ?s { ?s :feeds ?o }", 11_000),
        ("SELECT ?s { ?s :feeds ?o }", 11_003),
        ("SELECT ?s { ?s :feeds ?o } LIMIT 11500", 11_003),
        ("SELECT ?s { ?s :feeds ?o ; :rating ?r }", 11_003),
        pytest.param("SELECT ?s { ?s :feeds ?o ; :rating ?r }", 11_000, marks=pytest.mark.long),
    ],
)
def test_large_answers_that_are_cut_without_a_word_are_followed(query: str, most: int) -> None:
    expected = 11_500 if "LIMIT" in query else 12_000
    assert ask_cutting(Cutting(most, nodes=12_000), query) == expected


@pytest.mark.parametrize("counts", ["solutions", pytest.param("nothing", marks=pytest.mark.long)])
def test_answers_to_joins_are_followed_whatever_is_counted(counts: str) -> None:
    transport = Cutting(11_003, nodes=12_000, counts=counts)
    assert ask_cutting(transport, "SELECT ?s { ?s :feeds ?o ; :rating ?r }") == 12_000


@pytest.mark.parametrize("query", ["SELECT ?s { ?s :feeds ?o }", "SELECT ?s { ?s :feeds ?o ; :rating ?r }"])
def test_a_large_answer_that_is_whole_costs_one_more_request(query: str) -> None:
    transport = Cutting(1_000_000, nodes=12_000)
    with Federation([Endpoint("http://whole.example/")], PATIENT, transport=transport) as federation:
        federation.answer(PREFIX + query, "text/csv")
        asked = len(transport.queries)
        answer = federation.answer(f"{PREFIX} SELECT ?s {{ ?s :feeds :m01 }}", "text/csv")
    assert len(answer.body.splitlines()) == 1
    probes = [text for text in transport.queries if " OFFSET " in text or "?more" in text]
    assert len(probes) == 1
    assert len(transport.queries) - asked <= 1


def test_an_endpoint_that_gives_the_same_page_for_ever_is_not_believed() -> None:
    with pytest.raises(EndpointMalformed, match="same page for ever"):
        ask_cutting(Cutting(5, deaf=True), "SELECT * { ?s :feeds ?o }", cuts_at=5)


def test_a_description_that_may_be_cut_is_not_believed() -> None:
    with pytest.raises(EndpointTruncated, match="has no pages"):
        ask_cutting(Cutting(1), "DESCRIBE :n01", cuts_at=1)


class Drip(httpx.SyncByteStream):
    """A body that comes byte by byte and never ends."""

    def __iter__(self) -> Iterator[bytes]:
        """Give one byte after another."""
        while True:
            time.sleep(0.02)
            yield b"#"


def slow() -> httpx.Response:
    """Answer so slowly that it never ends."""
    return httpx.Response(200, stream=Drip(), headers=N_TRIPLES)


@pytest.mark.parametrize("parallel", [1, 8])
def test_ends_by_its_deadline_though_an_endpoint_never_ends(parallel: int) -> None:
    started = time.monotonic()
    with pytest.raises(EndpointTimedOut):
        ask(Faulty(slow), QUERY, Options(seconds=0.5, parallel=parallel))
    assert time.monotonic() - started < 20


def test_leaves_a_slow_endpoint_for_the_others() -> None:
    options = Options(endpoint_seconds=1.0, partial=True)
    with Federation([url(0), url(1)], options, transport=Faulty(slow)) as federation:
        answer = federation.answer(PREFIX + QUERY, "text/csv")
    assert len(answer.body.splitlines()) == 3
    assert [each.status for each in answer.account.sources] == ["answered", "timed out"]


class Weather(httpx.BaseTransport):
    """Six endpoints: one is well, the others are each bad in a way of their own."""

    def __init__(self) -> None:
        self.well = StoreTransport([store(GENERATORS)])

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or not."""
        request.read()
        kind = str(request.url)[len("http://endpoint")]
        if kind == "1":
            raise httpx.ConnectError("no route")
        if kind == "2":
            return slow()
        if kind == "3":
            return httpx.Response(200, text="<html>", headers={"Content-Type": "text/html"})
        if kind == "4":
            return httpx.Response(503)
        if kind == "5":
            return httpx.Response(200, content=b"<urn:a> <urn:b> " * 1000, headers=N_TRIPLES)
        return self.well.handle_request(request)


def test_all_weathers_together_leave_the_answer_of_who_is_well() -> None:
    before = threading.active_count()
    options = Options(seconds=20, endpoint_seconds=1.0, pause=0.01, partial=True)
    started = time.monotonic()
    with Federation([url(number) for number in range(6)], options, transport=Weather()) as federation:
        answer = federation.answer(PREFIX + QUERY, "text/csv")
    assert time.monotonic() - started < 15
    assert len(answer.body.splitlines()) == 3
    statuses = [each.status for each in answer.account.sources]
    assert statuses == ["answered", "dead", "timed out", "malformed", "refused", "malformed"]
    assert threading.active_count() == before


def test_no_thread_stays_behind_a_query_that_failed() -> None:
    before = threading.active_count()
    with (
        pytest.raises(EndpointFailure),
        Federation(
            [url(number) for number in range(6)], Options(seconds=1, pause=0.01), transport=Weather()
        ) as federation,
    ):
        federation.answer(PREFIX + QUERY)
    assert threading.active_count() == before


def test_a_store_that_holds_nothing_is_no_failure() -> None:
    assert ask(StoreTransport([Store(), Store()]), QUERY) == []
