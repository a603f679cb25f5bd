"""The journal: append-only, chained, durable; the ledger keeps the store equal to it."""

import io
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from virtuales.clock import ManualClock
from virtuales.errors import Conflict, InputError, IntegrityFailure, NotFound, StoreFailure
from virtuales.journal.event import Event, EventDraft, GraphLoad, parse_event
from virtuales.journal.ledger import Ledger
from virtuales.journal.log import Journal
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCTERMS
from virtuales.rdf.terms import NamedNode
from virtuales.store.object_store import LocalObjectStore
from virtuales.store.oxigraph_store import OxigraphStore
from virtuales.store.rdf_store import RdfStore

NODE = "http://node.example"
GRAPH = NamedNode(f"{NODE}/graph")
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def draft(number: int) -> EventDraft:
    subject = f"{NODE}/id/thing/{number}"
    change = ChangeSet(add=Statements(GRAPH).say(subject, DCTERMS.title, f"Thing {number}").quads)
    return EventDraft("ThingNamed", subject, facts={"number": number}, change=change)


def ledger(place: Path, store: RdfStore | None = None) -> Ledger:
    place.mkdir(exist_ok=True)
    return Ledger(
        NODE,
        journal=Journal(place / "journal.sqlite"),
        store=store or OxigraphStore.in_memory(),
        objects=LocalObjectStore(place / "objects"),
        clock=ManualClock(NOON),
    )


def tamper(place: Path, statement: str) -> None:
    connection = sqlite3.connect(place / "journal.sqlite")
    with connection:
        connection.execute("DROP TRIGGER refuse_UPDATE")
        connection.execute("DROP TRIGGER refuse_DELETE")
        connection.execute(statement)
    connection.close()


def test_refuses_to_open_a_journal_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreFailure, match="no journal"):
        Journal(tmp_path / "journal.sqlite", read_only=True)


def test_refuses_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreFailure):
        Journal(tmp_path / "journal.sqlite")


def test_refuses_an_event_that_does_not_follow_the_head(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    event = book.record(draft(1))
    with pytest.raises(Conflict):
        book.journal.append(event)


@pytest.mark.parametrize("deed", ["UPDATE event SET kind = 'other'", "DELETE FROM event"])
def test_refuses_to_change_a_written_row(tmp_path: Path, deed: str) -> None:
    book = ledger(tmp_path)
    book.record(draft(1))
    connection = sqlite3.connect(tmp_path / "journal.sqlite")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(deed)
    connection.close()


def test_refuses_an_event_that_loads_an_absent_object(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    with pytest.raises(NotFound):
        book.record(EventDraft("Loaded", NODE, loads=(GraphLoad(GRAPH, "0" * 64),)))
    assert book.journal.head.sequence == 0


def test_refuses_a_store_that_is_ahead_of_the_journal(tmp_path: Path) -> None:
    store = OxigraphStore.in_memory()
    ledger(tmp_path / "one", store).record(draft(1))
    with pytest.raises(IntegrityFailure, match="journal ends at event 0"):
        ledger(tmp_path / "two", store).catch_up()


def test_refuses_text_that_is_no_event() -> None:
    with pytest.raises(InputError):
        parse_event(b'{"specversion": "1.0"}')


def test_an_event_reads_back_as_it_was_written(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    written = book.record(draft(1))
    (read,) = book.journal.events()
    assert read == written
    cloudevent = read.to_cloudevent()
    assert cloudevent["specversion"] == "1.0"
    assert cloudevent["type"] == "energy.virtuales.ThingNamed"
    assert cloudevent["time"] == "2026-06-01T12:00:00Z"


def test_verify_follows_the_whole_chain(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    for number in range(1, 1203):
        book.journal.append(_next(book, number))
    assert book.journal.verify() == book.journal.head
    assert book.journal.head.sequence == 1202


def _next(book: Ledger, number: int) -> Event:
    head = book.journal.head
    return Event(head.sequence + 1, f"event-{number}", NODE, "2026-06-01T12:00:00Z", draft(number), head.hash)


@pytest.mark.parametrize(
    ("deed", "broken_at"),
    [
        ("UPDATE event SET body = replace(body, 'Thing 3', 'Thing X') WHERE sequence = 3", 3),
        ("UPDATE event SET body = (SELECT body FROM event WHERE sequence = 2) WHERE sequence = 4", 4),
        ("DELETE FROM event WHERE sequence = 2", 2),
        ("UPDATE event SET hash = 'f' WHERE sequence = 5", 5),
        ("UPDATE event SET body = 'no json' WHERE sequence = 1", 1),
    ],
)
def test_verify_finds_the_first_broken_link(tmp_path: Path, deed: str, broken_at: int) -> None:
    book = ledger(tmp_path)
    for number in range(1, 6):
        book.record(draft(number))
    book.journal.close()
    tamper(tmp_path, deed)
    with pytest.raises(IntegrityFailure, match=f"broken at event {broken_at}"):
        Journal(tmp_path / "journal.sqlite", read_only=True).verify()


def test_rebuild_gives_the_same_store(tmp_path: Path) -> None:
    book = ledger(tmp_path, OxigraphStore(tmp_path / "rdf"))
    stored = book.objects.put(io.BytesIO(b"<http://e.x/s> <http://e.x/p> <http://e.x/o> .\n"))
    for number in range(1, 4):
        book.record(draft(number))
    loaded = NamedNode(f"{NODE}/loaded")
    book.record(EventDraft("Loaded", NODE, loads=(GraphLoad(loaded, stored.digest),)))
    before = sorted([*book.store.export_graph(GRAPH), *book.store.export_graph(loaded)])
    seen: list[tuple[int, int]] = []
    assert book.rebuild(lambda done, total: seen.append((done, total))) == 4
    assert sorted([*book.store.export_graph(GRAPH), *book.store.export_graph(loaded)]) == before
    assert seen[-1] == (4, 4)


def test_rebuild_refuses_a_broken_journal_and_leaves_the_store(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    book.record(draft(1))
    book.record(draft(2))
    tamper(tmp_path, "UPDATE event SET body = replace(body, 'Thing 2', 'Thing X') WHERE sequence = 2")
    with pytest.raises(IntegrityFailure):
        book.rebuild()
    assert book.store.graph_size(GRAPH) == 2


def test_a_preloaded_graph_is_not_loaded_again(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    stored = book.objects.put(io.BytesIO(b"<http://e.x/s> <http://e.x/p> <http://e.x/o> .\n"))
    load = GraphLoad(NamedNode(f"{NODE}/loaded"), stored.digest)
    book.preload([load])
    assert book.store.graph_size(load.graph) == 1
    book.record(EventDraft("Loaded", NODE, loads=(load,)))
    assert book.store.graph_size(load.graph) == 1
    assert book.rebuild() == 1
    assert book.store.graph_size(load.graph) == 1


def test_an_event_appended_but_not_projected_is_replayed(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    book.record(draft(1))
    book.journal.append(_next(book, 2))
    assert book.store.graph_size(GRAPH) == 1
    book.record(draft(3))
    assert book.store.graph_size(GRAPH) == 3


def test_writers_in_many_threads_lose_nothing(tmp_path: Path) -> None:
    book = ledger(tmp_path, OxigraphStore(tmp_path / "rdf"))

    def write(first: int) -> None:
        for number in range(first, first + 25):
            book.record(draft(number))

    threads = [threading.Thread(target=write, args=(n * 100,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert book.journal.verify().sequence == 200
    assert book.store.graph_size(GRAPH) == 200


def test_waiting_returns_when_an_event_comes(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    assert book.journal.wait(0, seconds=0.01) == 0
    timer = threading.Timer(0.05, book.record, args=(draft(1),))
    timer.start()
    assert book.journal.wait(0, seconds=10) == 1
    timer.join()


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_journal import draft, ledger
from virtuales.store.oxigraph_store import OxigraphStore
place = Path({place!r})
book = ledger(place, OxigraphStore(place / "rdf"))
book.catch_up()
start = book.journal.head.sequence
print("ready", flush=True)
for number in range(start + 1, start + 100000):
    book.record(draft(number))
    print(number, flush=True)
"""


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path: Path) -> None:
    chance = random.Random(2026)
    place = tmp_path / "node"
    code = WRITER.format(tests=str(Path(__file__).parent), place=str(place))
    acknowledged = 0
    for _ in range(10):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for _ in range(chance.randint(1, 60)):
            acknowledged = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
        rest = process.stdout.read().splitlines()
        acknowledged = int(rest[-1]) if rest and rest[-1].isdigit() else acknowledged
        process.stdout.close()
        process.wait()
    book = ledger(place, OxigraphStore(place / "rdf"))
    book.catch_up()
    head = book.journal.verify()
    assert head.sequence >= acknowledged > 10
    assert book.store.applied_sequence() == head.sequence
    assert book.store.graph_size(GRAPH) == head.sequence
