"""Queries that would never end, or need all memory there is: they are ended, and nothing of them stays."""

import os
import time
from collections.abc import Iterator

import psutil
import pytest
from pyoxigraph import Store
from tests.federation.stores import StoreTransport, url
from tests.federation.test_federate import GENERATORS, OWNERS, PREFIX, store
from tests.nodes import eventually

from virtuales.errors import InputError, LimitExceeded, NotAcceptable, StoreFailure
from virtuales.federation.federate import Federation
from virtuales.federation.graph_processes import GraphLimits, GraphProcesses, shared_processes
from virtuales.federation.options import Options

SECONDS = 2.5
PRODUCT = "?a :feeds ?b . ?c :feeds ?d . ?e :feeds ?f . ?g :feeds ?h . ?i :feeds ?j"
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} }}"
RUNAWAYS = [
    ENDLESS,
    f"SELECT * {{ {PRODUCT} OPTIONAL {{ ?b :owner ?h . ?d :owner ?j }} }}",
    "SELECT (COUNT(*) AS ?n) { ?a (:feeds|^:feeds)+ ?b . ?c (:feeds|^:feeds)+ ?d . ?e (:feeds|^:feeds)+ ?f }",
    *(
        pytest.param(query, marks=pytest.mark.long)
        for query in (
            f"SELECT * {{ {PRODUCT} FILTER(?b = ?j && ?a = ?c && ?a = ?b) }} ORDER BY ?d ?f",
            f"ASK {{ {PRODUCT} FILTER(STRLEN(STR(?a)) + STRLEN(STR(?c)) + STRLEN(STR(?j)) < 3) }}",
        )
    ),
]


def line(length: int) -> Store:
    """Return a store with a line of so many nodes."""
    return store(" ".join(f":n{number} :feeds :n{number + 1} ." for number in range(length)))


def is_well() -> bool:
    """Tell whether a query is answered."""
    with Federation([url(0)], transport=StoreTransport([store(GENERATORS)])) as federation:
        return federation.answer(f"{PREFIX} ASK {{ :a :feeds :b }}", "text/csv").body.strip() == b"true"


def at_work() -> bool:
    """Tell whether a process that holds graphs is there and does not wait for the next."""
    held = [one.pid for one in psutil.Process().children() if _holds_graphs(one)]
    return not set(held) <= set(shared_processes().idle)


def _holds_graphs(process: psutil.Process) -> bool:
    try:
        return "virtuales.federation.graph_process" in process.cmdline()
    except psutil.Error:
        return False


def none_is_left() -> None:
    """Wait until no process is at work any more."""
    eventually(lambda: not at_work(), seconds=60, what="the process of the query ends")


@pytest.mark.parametrize("query", RUNAWAYS)
def test_a_runaway_is_ended_and_the_next_query_answered(query: str) -> None:
    assert is_well(), "and a process is ready"
    options = Options(seconds=SECONDS, parallel=1)
    transport = StoreTransport([line(300), store(OWNERS)])
    with Federation([url(0), url(1)], options, transport=transport) as federation:
        started = time.monotonic()
        with pytest.raises(LimitExceeded, match=r"more than 2\.5 seconds"):
            federation.answer(PREFIX + query)
        assert time.monotonic() - started >= SECONDS
    none_is_left()
    assert is_well()


def test_a_query_ends_with_whoever_waits_for_it() -> None:
    assert is_well(), "and a process is ready"
    left = time.monotonic() + 1.0
    with (
        Federation([url(0)], Options(seconds=600), transport=StoreTransport([line(300)])) as federation,
        pytest.raises(LimitExceeded, match="Nobody waits"),
    ):
        federation.answer(PREFIX + ENDLESS, gone=lambda: time.monotonic() > left)
    none_is_left()


def test_a_query_that_needs_too_much_memory_is_refused() -> None:
    options = Options(seconds=60, parallel=1, memory_bytes=1 << 27)
    query = f"SELECT DISTINCT * {{ {PRODUCT} }}"
    with (
        Federation([url(0)], options, transport=StoreTransport([line(300)])) as federation,
        pytest.raises(LimitExceeded, match="more memory than it may have"),
    ):
        federation.answer(PREFIX + query)
    none_is_left()


def test_an_answer_that_is_too_large_is_refused() -> None:
    options = Options(result_bytes=10_000, parallel=1)
    with (
        Federation([url(0)], options, transport=StoreTransport([line(300)])) as federation,
        pytest.raises(LimitExceeded, match="more than 10,000 bytes"),
    ):
        federation.answer(f"{PREFIX} SELECT * {{ ?a :feeds ?b }}")
    none_is_left()


def limits(seconds: float = 60.0) -> GraphLimits:
    """Return limits that a small graph keeps."""
    return GraphLimits(time.monotonic() + seconds, seconds, 1 << 32, 1 << 26)


@pytest.fixture
def processes() -> Iterator[GraphProcesses]:
    """Processes of one test."""
    processes = GraphProcesses()
    yield processes
    processes.close()


def test_a_process_is_kept_for_the_next_graph_and_holds_nothing_until_then(processes: GraphProcesses) -> None:
    with processes.graph(limits()) as graph:
        for subject in b"abc":
            graph.load(b"<urn:%c> <urn:b> <urn:c> .\n" % subject)
        assert [*graph.loaded()] == [None] * 3
        assert len(graph) == 3
    kept = processes.idle
    assert len(kept) == 1
    with processes.graph(limits()) as graph:
        assert not graph.holds("ASK { ?s ?p ?o }")
    assert processes.idle == kept


def test_a_process_that_refuses_is_kept(processes: GraphProcesses) -> None:
    with processes.graph(limits()) as graph:
        for text in (b"no triples", b"<urn:a> <urn:b> <urn:c> .\n", b"none either"):
            graph.load(text)
        first, second, third = graph.loaded()
        assert isinstance(first, SyntaxError)
        assert second is None
        assert isinstance(third, SyntaxError)
        with pytest.raises(InputError):
            graph.serialized("SELECT { }", "*/*")
        with pytest.raises(NotAcceptable):
            graph.serialized("SELECT * { ?s ?p ?o }", "image/png")
        assert graph.table("SELECT ?s { ?s ?p ?o }") == b"?s\n<urn:a>\n"
    assert len(processes.idle) == 1


def test_nothing_is_asked_before_it_is_known_what_was_taken_in(processes: GraphProcesses) -> None:
    with processes.graph(limits()) as graph:
        graph.load(b"<urn:a> <urn:b> <urn:c> .\n")
        with pytest.raises(TypeError):
            graph.holds("ASK { ?s ?p ?o }")
    assert processes.idle == ()
    with processes.graph(limits()) as graph:
        assert not graph.holds("ASK { ?s ?p ?o }")


def test_a_process_that_was_killed_is_told_and_another_takes_its_place(processes: GraphProcesses) -> None:
    processes.prepare()
    (pid,) = processes.idle
    with processes.graph(limits()) as graph:
        os.kill(pid, 15)
        eventually(lambda: psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
        with pytest.raises(StoreFailure, match="ended with -15"):
            graph.holds("ASK {}")
    with processes.graph(limits()) as graph:
        assert graph.holds("ASK {}")


def test_much_is_handed_over_and_given_back_whole(processes: GraphProcesses) -> None:
    lines = b"".join(b'<urn:s%d> <urn:p> "%s" .\n' % (number, b"x" * 200) for number in range(20_000))
    with processes.graph(limits()) as graph:
        graph.load(lines)
        assert [*graph.loaded()] == [None]
        body, media_type = graph.serialized("CONSTRUCT WHERE { ?s <urn:p> ?o }", "application/n-triples")
    assert media_type == "application/n-triples"
    assert sorted(body.splitlines()) == sorted(lines.splitlines())
