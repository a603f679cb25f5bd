"""A runaway query harms nobody: it ends in its time, or with whoever asked, while others are answered."""

import threading
import time
from collections.abc import Iterator

import httpx
import psutil
import pytest
from tests.nodes import NodeProcess, eventually

SECONDS = 4.0
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SMALL = "SELECT (COUNT(*) AS ?n) WHERE { ?schema <http://www.w3.org/ns/dcat#isVersionOf> ?line }"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    place = tmp_path_factory.mktemp("limits")
    node = NodeProcess(place, role="orchestrator", settings={"QUERY_SECONDS": str(SECONDS)})
    node.start()
    yield node
    node.end()


def ask(node: NodeProcess, query: str, *, timeout: float = 60.0) -> httpx.Response:
    """Ask the catalogue, as anybody may."""
    headers = {"Accept": "text/csv"}
    return httpx.get(f"{node.url}/sparql/catalogue", params={"query": query}, headers=headers, timeout=timeout)


def busy(node: NodeProcess) -> list[psutil.Process]:
    """Return the processes that work on a query of the node."""
    return [one for one in psutil.Process(node.pid).children() if _works(one)]


def _works(process: psutil.Process) -> bool:
    try:
        return "virtuales.query.worker" in process.cmdline() and process.cpu_percent(interval=0.5) > 10
    except psutil.NoSuchProcess:
        return False


def test_a_runaway_query_is_refused_when_its_time_is_over(node: NodeProcess) -> None:
    begin = time.monotonic()
    refused = ask(node, RUNAWAY)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"].startswith("The query took more than 4 seconds")
    assert time.monotonic() - begin < SECONDS + 15
    assert busy(node) == []


def test_others_are_answered_while_a_query_runs_away(node: NodeProcess) -> None:
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(ask(node, RUNAWAY).status_code))
    thread.start()
    assert ask(node, SMALL).text.split()[0] == "n"
    assert httpx.get(f"{node.url}/health", timeout=30).json()["status"] == "up"
    thread.join(60)
    assert statuses == [422]


def test_a_query_ends_with_whoever_asked(tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("patient")
    node = NodeProcess(place, role="orchestrator", settings={"QUERY_SECONDS": "600"})
    node.start()
    try:
        with pytest.raises(httpx.TimeoutException):
            ask(node, RUNAWAY, timeout=5.0)
        eventually(lambda: not busy(node), seconds=20, what="the query ends")
    finally:
        node.end()


def test_a_killed_node_leaves_no_query_running(tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("killed")
    node = NodeProcess(place, role="orchestrator", settings={"QUERY_SECONDS": "600"})
    node.start()
    thread = threading.Thread(target=ask_in_vain, args=(node,))
    thread.start()
    workers = eventually(lambda: busy(node), what="the query runs")
    node.end()
    _, left = psutil.wait_procs(workers, timeout=20)
    thread.join(20)
    assert left == []


def ask_in_vain(node: NodeProcess) -> None:
    with pytest.raises(httpx.HTTPError):
        ask(node, RUNAWAY)
