"""What is only noted in the ledger: durable at once, several in one write, and in the store when somebody wants it."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.books import ledger
from tests.effort import examples

from virtuales.errors import StoreFailure
from virtuales.journal.event import EventDraft
from virtuales.journal.ledger import Ledger
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCTERMS
from virtuales.rdf.terms import NamedNode
from virtuales.store.oxigraph_store import OxigraphStore

NODE = "http://node.example"
GRAPH = NamedNode(f"{NODE}/graph")


def named(number: int) -> ChangeSet:
    return ChangeSet(add=Statements(GRAPH).say(f"{NODE}/id/thing/{number}", DCTERMS.title, f"Thing {number}").quads)


def draft(number: int) -> EventDraft:
    return EventDraft("ThingNamed", f"{NODE}/id/thing/{number}", facts={"number": number}, change=named(number))


def removal(number: int) -> EventDraft:
    return EventDraft("NameRemoved", f"{NODE}/id/thing/{number}", change=ChangeSet(remove=named(number).add))


def test_a_note_that_the_journal_did_not_take_fails_and_leaves_nothing(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    book.note(draft(1))
    (tmp_path / "journal.sqlite").rename(tmp_path / "elsewhere")
    book.journal.close()
    (tmp_path / "journal.sqlite").mkdir()
    with pytest.raises(StoreFailure):
        book.note(draft(2))
    assert book.journal.head.sequence == 1
    assert book.catch_up() == 1


def test_a_note_is_in_the_store_when_somebody_catches_up(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    book.note(draft(1))
    assert book.journal.verify().sequence == 1
    assert book.store.graph_size(GRAPH) == 0
    assert book.catch_up() == 1
    assert book.store.graph_size(GRAPH) == 1


def test_what_was_noted_is_in_the_store_before_the_next_change(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    book.note(draft(1))
    book.record(removal(1))
    assert book.store.graph_size(GRAPH) == 0
    assert book.store.applied_sequence() == 2


def test_notes_of_many_at_once_are_written_together_and_none_is_lost(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    noted: list[int] = []
    threads = [threading.Thread(target=lambda n=n: noted.append(book.note(draft(n)).sequence)) for n in range(20)]
    with book.turn():
        for thread in threads:
            thread.start()
        while len(book._notes) < len(threads):  # noqa: SLF001 - they wait for the turn, and nothing else tells so
            threads[0].join(0.001)
    for thread in threads:
        thread.join()
    assert sorted(noted) == list(range(1, 21))
    assert book.journal.verify().sequence == 20
    assert book.catch_up() == 20
    assert book.store.graph_size(GRAPH) == 20


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), max_size=30))
@settings(max_examples=examples(20), deadline=None)
def test_events_projected_together_give_the_store_that_they_give_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, int]]
) -> None:
    book = ledger(tmp_path_factory.mktemp("book"), NODE)
    single = OxigraphStore.in_memory()
    for adds, number in steps:
        event = book.note(draft(number) if adds else removal(number))
        single.apply(event.draft.change, sequence=event.sequence)
    book.catch_up()
    assert content(book) == sorted(single.export_graph(GRAPH))
    book.rebuild()
    assert content(book) == sorted(single.export_graph(GRAPH))


def content(book: Ledger) -> list[bytes]:
    return sorted(book.store.export_graph(GRAPH))


def test_the_journal_gives_from_memory_what_the_file_holds(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    for number in range(1, 8):
        book.note(draft(number))
    large = Statements(GRAPH).say(f"{NODE}/id/large", DCTERMS.description, "long " * 20_000)
    book.record(EventDraft("Described", NODE, change=ChangeSet(add=large.quads)))
    for number in range(1, 4):
        book.note(draft(number))
    beside = ledger(tmp_path, NODE).journal
    for after in range(13):
        for until in (None, 5, 9, 40):
            assert list(book.journal.events(after=after, until=until)) == list(
                beside.events(after=after, until=until)
            ), f"after {after} until {until}"


WRITER = """
import sys
from pathlib import Path
from tests.books import ledger
from tests.journal.test_notes import NODE, draft
book = ledger(Path(sys.argv[1]), NODE)
for number in range(100000):
    print(book.note(draft(number)).sequence, flush=True)
"""


def test_no_note_that_was_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(40)][-1]
    os.kill(process.pid, signal.SIGKILL)
    process.stdout.close()
    process.wait()
    book = ledger(tmp_path, NODE)
    assert book.journal.verify().sequence >= acknowledged == 40
    assert book.catch_up() == book.journal.head.sequence == book.store.graph_size(GRAPH)


def test_a_note_gives_no_cause_to_act_and_a_record_does(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    book.note(draft(1))
    assert book.recorded == 0
    book.record(draft(2))
    assert book.recorded == 2
    book.note(draft(3))
    assert ledger(tmp_path, NODE).recorded == 3, "after a start everything is looked at once"
    assert book.recorded == 2
