"""Many clients at once, asking for little and for much: each gets its answer, and nothing is left behind."""

from pathlib import Path

import psutil
from tests.clients import sparql_url
from tests.journey.networks import Network, granted_version
from tests.nodes import eventually

from service.asking import Kind
from service.serving import Door
from service.soak import Load

CLIENTS = 8
QUERIES = 80
DIGITS = " ".join(map(str, range(10)))
LITTLE = Kind("little", "SELECT ?s WHERE { ?s ?p ?o } ORDER BY ?s LIMIT 1", 1)
MUCH = Kind(
    "much",
    f"SELECT * WHERE {{ VALUES ?a {{ {DIGITS} }} VALUES ?b {{ {DIGITS} }} VALUES ?c {{ {DIGITS} }} "
    f"VALUES ?d {{ {DIGITS} }} }}",
    10_000,
)


def workers(pid: int) -> int:
    """Return how many processes of a node answer queries; what holds the triples of federated ones is none of them."""
    return sum("virtuales.query.worker" in each.cmdline() for each in psutil.Process(pid).children())


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def test_many_clients_get_what_they_ask_for_and_leave_nothing_behind(doors: Network) -> None:
    north, vale = doors.members["north"], doors.members["vale"]
    version = granted_version(north, vale, "many-at-once")
    pid = doors.nodes["north"].pid
    door = Door("agreed", sparql_url(version), pid, vale.token(north.home))
    before = open_files(pid)
    found = Load([door], (LITTLE, MUCH), CLIENTS).run(seconds=300, queries=QUERIES)
    assert found.errors == []
    assert len(found.took["little"]) >= QUERIES * 0.8
    assert len(found.took["much"]) >= QUERIES * 0.08
    assert 1 <= workers(pid) <= 2
    eventually(lambda: open_files(pid) <= before + 8, what="the connections of clients are closed")
