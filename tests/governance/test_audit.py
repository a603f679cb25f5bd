"""The audit trail and notifications, read back as they were recorded."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.books import NOON, ledger

from virtuales.clock import ManualClock
from virtuales.errors import NotFound
from virtuales.governance.audit import Access, AuditTrail, record_access
from virtuales.governance.notifications import Notifications, mark_read, notify
from virtuales.journal.event import EventDraft
from virtuales.rdf.addresses import Addresses
from virtuales.rdf.terms import NamedNode

NODE = "http://node.example"
VERSION = Addresses(NODE).version("north", 1)
ORGANISATION = "http://o.example/id/organisation/vale"
REFUSED = Access(
    VERSION, ORGANISATION, "client-1", "sparql", allowed=False, reasons=("No agreement.",), detail="ASK {}"
)


def test_shows_the_latest_accesses_first(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    book = ledger(tmp_path, NODE, clock)
    record_access(book, REFUSED)
    clock.advance(timedelta(seconds=1))
    agreement = f"{NODE}/id/agreement/1"
    record_access(
        book,
        Access(VERSION, ORGANISATION, "client-1", "download", allowed=True, reasons=("Granted.",), agreement=agreement),
    )
    book.catch_up()
    trail = AuditTrail(book.store, [Addresses(NODE).graph("audit")])
    first, second = trail.latest()
    assert (first.door, first.decision, first.agreement) == ("download", "allowed", agreement)
    assert (second.door, second.decision, second.reasons) == ("sparql", "refused", ("No agreement.",))
    assert trail.latest(version=f"{NODE}/id/dataset/other/version/1") == []
    assert len(trail.latest(limit=1)) == 1


def test_keeps_the_digest_of_a_query_and_not_its_text(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    record_access(book, REFUSED)
    (event,) = book.journal.events()
    assert "ASK" not in str(event.to_cloudevent())
    assert event.draft.kind == "AccessRefused"


def test_shows_nothing_of_a_node_that_is_not_asked_for(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    record_access(book, REFUSED)
    book.catch_up()
    assert AuditTrail(book.store, []).latest() == []


def test_a_notification_is_for_its_organisation_until_it_is_read(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    graph, vale = Addresses(NODE).graph("notifications"), NamedNode(ORGANISATION)
    book.record(EventDraft("Told", NODE, change=notify(book, graph, organisation=vale, about=VERSION, text="Asked.")))
    reader = Notifications(book.store, graph)
    (told,) = reader.of(vale)
    assert (told.text, told.about, told.is_read) == ("Asked.", VERSION.value, False)
    book.record(EventDraft("Read", NODE, change=mark_read(told, graph)))
    assert reader.get(vale, told.iri.value.rpartition("/")[2]).is_read
    stranger = NamedNode("http://o.example/id/organisation/other")
    assert reader.of(stranger) == []
    with pytest.raises(NotFound):
        reader.get(stranger, told.iri.value.rpartition("/")[2])
