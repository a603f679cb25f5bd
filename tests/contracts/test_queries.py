"""What everything that answers users' queries does; and that a worker can be ended, by time, size or its user."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from virtuales.errors import InputError, LimitExceeded, NotAcceptable, StoreFailure, UnreadableInput
from virtuales.query.protocol import QueryRequest, still_waiting
from virtuales.query.service import Queries, QueryLimits, StoreQueries, WorkerQueries
from virtuales.query.streams import whole
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.media import RESULTS_CSV, TURTLE
from virtuales.rdf.namespaces import DCTERMS
from virtuales.rdf.terms import NamedNode
from virtuales.store.oxigraph_store import OxigraphStore
from virtuales.store.rdf_store import Answer

G1, G2, G3 = (NamedNode(f"http://example.org/g{number}") for number in (1, 2, 3))
TITLES = f"SELECT ?t WHERE {{ ?s {DCTERMS.title} ?t }} ORDER BY ?t"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }"
LIMITS = QueryLimits(seconds=30.0, workers=2)


def say(store: OxigraphStore, graph: NamedNode, title: str) -> None:
    said = Statements(graph).say(f"http://example.org/{title}", DCTERMS.title, title)
    store.apply(ChangeSet(add=said.quads), sequence=store.applied_sequence() + 1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OxigraphStore]:
    store = OxigraphStore(tmp_path / "rdf")
    say(store, G1, "one")
    say(store, G2, "two")
    yield store
    store.close()


@pytest.fixture
def workers(store: OxigraphStore, tmp_path: Path) -> Iterator[WorkerQueries]:
    queries = WorkerQueries(store, tmp_path / "copies", LIMITS)
    yield queries
    queries.close()


@pytest.fixture(params=["store", "workers"])
def queries(request: pytest.FixtureRequest, store: OxigraphStore) -> Queries:
    workers: WorkerQueries = request.getfixturevalue("workers")
    return StoreQueries(store, workers) if request.param == "store" else workers


def children() -> set[int]:
    """Return the processes that answer queries now."""
    return {one.pid for one in psutil.Process(os.getpid()).children() if "virtuales.query.worker" in command_line(one)}


def command_line(process: psutil.Process) -> list[str]:
    """Return what a process runs; nothing where it has ended, as one that another test killed may have."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:  # a zombie too
        return []


def answer(
    queries: Queries,
    text: str,
    *,
    graphs: Sequence[NamedNode],
    accept: str | None,
    named: Sequence[NamedNode] = (),
    gone: Callable[[], bool] = still_waiting,
) -> Answer:
    """Ask, and read the answer to its end."""
    request = QueryRequest(text, accept=accept, gone=gone)
    return whole(queries.stream(request.over(graphs, named), request))


def rows(queries: Queries, text: str, *graphs: NamedNode) -> list[str]:
    return answer(queries, text, graphs=graphs, accept=RESULTS_CSV).body.decode().split()[1:]


class TestEveryImplementation:
    def test_refuses_what_is_no_query(self, queries: Queries) -> None:
        with pytest.raises(UnreadableInput):
            answer(queries, "SELECT nothing", graphs=[G1], accept=None)

    def test_refuses_a_form_that_is_not_given(self, queries: Queries) -> None:
        with pytest.raises(NotAcceptable, match="No acceptable form"):
            answer(queries, TITLES, graphs=[G1], accept="image/png")

    def test_sees_the_graphs_that_it_is_given_and_no_others(self, queries: Queries) -> None:
        assert rows(queries, TITLES, G1) == ["one"]
        assert rows(queries, TITLES, G1, G2) == ["one", "two"]
        assert rows(queries, TITLES) == []

    def test_names_graphs_that_are_no_part_of_the_default_graph(self, queries: Queries) -> None:
        text = f"SELECT ?t WHERE {{ GRAPH ?g {{ ?s {DCTERMS.title} ?t }} }} ORDER BY ?t"
        body = answer(queries, text, graphs=[G1], named=[G2], accept=RESULTS_CSV).body
        assert body.decode().split() == ["t", "one", "two"]

    def test_answers_statements_and_yes_or_no(self, queries: Queries) -> None:
        turtle = answer(queries, "CONSTRUCT WHERE { ?s ?p ?o }", graphs=[G1], accept=TURTLE)
        assert (turtle.media_type, b'"one"' in turtle.body) == (TURTLE, True)
        assert answer(queries, "ASK { ?s ?p ?o }", graphs=[G1], accept=None).media_type.endswith("results+json")

    def test_sees_what_changed_after_its_last_answer(self, queries: Queries, store: OxigraphStore) -> None:
        assert rows(queries, TITLES, G1) == ["one"]
        say(store, G1, "uno")
        assert rows(queries, TITLES, G1) == ["one", "uno"]
        store.drop_graph(G1)
        assert rows(queries, TITLES, G1) == []

    def test_answers_again_after_a_refusal(self, queries: Queries) -> None:
        with pytest.raises(InputError):
            answer(queries, "nonsense", graphs=[G1], accept=None)
        assert rows(queries, TITLES, G1) == ["one"]


class TestWorkers:
    def test_refuses_a_store_in_memory(self, tmp_path: Path) -> None:
        queries = WorkerQueries(OxigraphStore.in_memory(), tmp_path / "copies", LIMITS)
        with pytest.raises(StoreFailure, match="in memory"):
            rows(queries, TITLES, G1)
        queries.close()

    @pytest.mark.parametrize(
        ("text", "what", "where"),
        [
            ("SELECT *\nWHERE { ?s ?p }", "has `}` where a term is expected", "line 2, column 15"),
            ("SELECT * WHERE { ?s cim:name ?o }", "prefix `cim:` is not declared", "line 1, column 21"),
            ("SELECT (COUNT(?s) AS ?n) ?p WHERE { ?s ?p ?o }", "variable that is unbound", "query"),
        ],
    )
    def test_says_what_is_wrong_with_a_query_and_where(
        self, store: OxigraphStore, tmp_path: Path, text: str, what: str, where: str
    ) -> None:
        queries = WorkerQueries(store, tmp_path / "copies", LIMITS)
        with pytest.raises(UnreadableInput, match=what) as refused:
            rows(queries, text, G1)
        assert refused.value.where == where
        queries.close()

    def test_a_runaway_query_ends_within_its_time(self, store: OxigraphStore, tmp_path: Path) -> None:
        grow(store, 300, tmp_path)
        queries = WorkerQueries(store, tmp_path / "copies", QueryLimits(seconds=3.0))
        begin = time.monotonic()
        with pytest.raises(LimitExceeded, match="took more than 3 seconds"):
            rows(queries, RUNAWAY, G3)
        assert time.monotonic() - begin < 10
        assert children() == set()
        assert rows(queries, TITLES, G1) == ["one"]
        queries.close()

    def test_refuses_an_answer_that_is_too_large_and_goes_on(self, store: OxigraphStore, tmp_path: Path) -> None:
        grow(store, 300, tmp_path)
        queries = WorkerQueries(store, tmp_path / "copies", QueryLimits(answer_bytes=1000))
        with pytest.raises(LimitExceeded, match="more than 1,000 bytes"):
            rows(queries, "SELECT * WHERE { ?s ?p ?o }", G3)
        assert rows(queries, TITLES, G1) == ["one"]
        queries.close()

    def test_a_query_that_takes_too_much_memory_ends_alone(self, store: OxigraphStore, tmp_path: Path) -> None:
        grow(store, 2_000, tmp_path)
        queries = WorkerQueries(store, tmp_path / "copies", QueryLimits(seconds=600, memory_bytes=400 << 20))
        with pytest.raises(LimitExceeded, match="more memory than it may have"):
            rows(queries, "SELECT DISTINCT ?a ?d ?g WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", G3)
        assert rows(queries, TITLES, G1) == ["one"]
        queries.close()

    def test_ends_a_query_that_nobody_waits_for(self, store: OxigraphStore, tmp_path: Path) -> None:
        grow(store, 300, tmp_path)
        queries = WorkerQueries(store, tmp_path / "copies", LIMITS)
        gone = threading.Event()
        threading.Timer(2.0, gone.set).start()
        with pytest.raises(LimitExceeded, match="Nobody waits"):
            answer(queries, RUNAWAY, graphs=[G3], accept=None, gone=gone.is_set)
        assert children() == set()
        queries.close()

    def test_others_are_answered_while_one_runs_away(self, store: OxigraphStore, tmp_path: Path) -> None:
        grow(store, 300, tmp_path)
        queries = WorkerQueries(store, tmp_path / "copies", LIMITS)
        gone = threading.Event()
        failed: list[Exception] = []

        def run_away() -> None:
            try:
                answer(queries, RUNAWAY, graphs=[G3], accept=None, gone=gone.is_set)
            except LimitExceeded as error:
                failed.append(error)

        thread = threading.Thread(target=run_away)
        thread.start()
        assert [rows(queries, TITLES, G1) for _ in range(5)] == [["one"]] * 5
        gone.set()
        thread.join(20)
        assert len(failed) == 1
        queries.close()

    def test_a_change_that_a_query_cannot_see_starts_nothing_anew(
        self, workers: WorkerQueries, store: OxigraphStore
    ) -> None:
        assert rows(workers, TITLES, G1) == ["one"]
        before = children()
        say(store, G2, "deux")
        assert rows(workers, TITLES, G1) == ["one"]
        assert children() == before
        assert rows(workers, TITLES, G2) == ["deux", "two"]
        assert not children() & before

    def test_copies_that_nobody_uses_are_removed(
        self, workers: WorkerQueries, store: OxigraphStore, tmp_path: Path
    ) -> None:
        for number in range(3):
            say(store, G1, f"title{number}")
            rows(workers, TITLES, G1)
        assert len(list((tmp_path / "copies").iterdir())) == 1
        workers.close()
        assert not (tmp_path / "copies").exists()
        assert children() == set()

    def test_a_worker_ends_with_the_node_that_started_it(self, workers: WorkerQueries) -> None:
        rows(workers, TITLES, G1)
        (pid,) = children()
        worker = psutil.Process(pid)
        workers.close()
        assert not worker.is_running()


def grow(store: OxigraphStore, count: int, tmp_path: Path) -> None:
    """Load a graph of so many statements."""
    file = tmp_path / "many.nt"
    things = (f"<http://example.org/{number}>" for number in range(count))
    file.write_text("".join(f"{one} <http://example.org/p> {one} .\n" for one in things))
    store.load_graph(G3, file)
