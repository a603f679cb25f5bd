"""What serves queries in a run: a node that publishes some data, and Oxigraph's own server with the same."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psutil
from pyoxigraph import NamedNode
from tests.clients import Member, sparql_url
from tests.journey.networks import network

from federation.grid import grid
from oxigraph_server import await_start, free_port, make_store, start

OPEN: Final = {"triage": "open", "sensitivity": "O", "handling_reason": "Nothing in it needs protection."}
FILE: Final = "network.nt"
GRAPH: Final = "urn:bench:graph"
_FOLLOW: Final = 2
_AFTER: Final = 1.5 * _FOLLOW
"""Within which a node has put the accesses that it noted into its RDF store."""
_TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Door:
    """An endpoint, and the processes behind it.

    Args:
        name: Its name in results.
        url: Its address.
        pid: The process that serves it; its children count too.
        token: What it is asked with; empty where it asks for none.
        after: Seconds in which the processes do what answers left to be done.
    """

    name: str
    url: str
    pid: int
    token: str = field(default="", repr=False)
    after: float = 0.0

    @property
    def headers(self) -> dict[str, str]:
        """What every query is sent with."""
        sent = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
        return {**sent, "Authorization": f"Bearer {self.token}"} if self.token else sent

    def cpu(self) -> float:
        """Return the CPU seconds of its processes so far, those that ended and were waited for among them."""
        ticks = 0
        for process in self._processes():
            try:
                stat = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii")
            except OSError:  # it has just ended, and its time is among that of its parent's children
                continue
            ticks += sum(map(int, stat.rpartition(")")[2].split()[11:15]))
        return ticks / _TICKS

    def memory(self) -> tuple[int, int]:
        """Return the bytes that its first process holds, and those that its children hold together."""
        first, *others = self._processes()
        return _held(first), sum(map(_held, others))

    def _processes(self) -> list[psutil.Process]:
        first = psutil.Process(self.pid)
        return [first, *first.children(recursive=True)]


def _held(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().uss)
    except psutil.NoSuchProcess:
        return 0


@contextmanager
def node(directory: Path, content: bytes, *, settings: dict[str, str] | None = None) -> Iterator[tuple[Door, Door]]:
    """Run a node that publishes some statements, once openly and once under an agreement; give both doors.

    Args:
        directory: Where nodes keep their files.
        content: The statements, as N-Triples.
        settings: Further settings of the node.
    """
    usual = {"FOLLOW_SECONDS": str(_FOLLOW), **(settings or {})}
    with network(directory, "north", "vale", settings=usual) as running:
        north, vale = running.admit("north", "vale")
        pid = running.nodes["north"].pid
        opened, agreed = published(north, content), granted(north, vale, content)
        yield (
            Door("open", sparql_url(opened), pid, after=_AFTER),
            Door("agreed", sparql_url(agreed), pid, vale.token(north.home), after=_AFTER),
        )


def published(north: Member, content: bytes) -> str:
    """Publish statements openly; return the version's IRI."""
    north.describe("open", **OPEN)
    north.send("open", FILE, content)
    north.prepare("open")
    return north.publish("open", audience="open", purposes=[])


def granted(north: Member, vale: Member, content: bytes) -> str:
    """Publish statements, and grant them to another organisation; return the version's IRI."""
    version = north.provide("agreed", [(FILE, content)])
    vale.request(version)
    north.approve(version)
    return version


@contextmanager
def oxigraph(directory: Path, content: bytes) -> Iterator[Door]:
    """Run Oxigraph's server on the same statements, in a graph that is the default graph of every query."""
    make_store(directory, [(NamedNode(GRAPH), content)])
    process, port = start(directory)
    try:
        url = f"http://127.0.0.1:{port}/query?default-graph-uri={quote(GRAPH, safe='')}"
        await_start(process, port)
        yield Door("oxigraph", url, process.pid)
    finally:
        process.kill()
        process.wait()


@contextmanager
def floor() -> Iterator[Door]:
    """Run an application that does nothing but send three rows."""
    port = free_port()
    serving = ["-m", "uvicorn", "service.floor:app", "--port", str(port), "--log-level", "warning"]
    folder = Path(__file__).parents[1]
    process = subprocess.Popen([sys.executable, *serving, "--app-dir", str(folder)])
    try:
        await_start(process, port)
        yield Door("floor", f"http://127.0.0.1:{port}/", process.pid)
    finally:
        process.kill()
        process.wait()


def statements(substations: int) -> bytes:
    """Return the network model of one owner; about 122 statements for each substation."""
    return grid(2, substations).sites[0].content
