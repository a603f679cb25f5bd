"""A feed shares what stands in shared graphs; a follower takes only what is the announcing node's own, once."""

from pathlib import Path

import pytest
from tests.books import ledger

from virtuales.errors import InputError
from virtuales.exchange.feed import Audience, feed, shared_graphs
from virtuales.exchange.follower import cursor, receive
from virtuales.journal.event import EventDraft, JsonValue
from virtuales.rdf.addresses import Addresses
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCTERMS
from virtuales.rdf.terms import NamedNode

PEER, HERE = "http://peer.example", "http://here.example"
ADDRESSES = Addresses(PEER)


def announcement(graph: NamedNode, subject: str, *, sequence: int = 1) -> dict[str, JsonValue]:
    change = ChangeSet(add=Statements(graph).say(subject, DCTERMS.title, "A title").quads)
    return {
        "id": "one",
        "type": "energy.virtuales.DatasetPublished",
        "subject": subject,
        "sequence": str(sequence),
        "data": {"change": dict(change.to_json())},
    }


PUBLIC = ADDRESSES.graph("catalogue/public")
OWN = f"{PEER}/id/dataset/one"


@pytest.mark.parametrize(
    ("graph", "subject"),
    [
        (NamedNode(f"{HERE}/graph/agreements"), OWN),
        (ADDRESSES.graph("agreements"), OWN),
        (Addresses("http://peer.example.evil").graph("catalogue/public"), OWN),
        (PUBLIC, f"{HERE}/id/dataset/one"),
        (PUBLIC, "http://peer.example.evil/id/dataset/one"),
    ],
    ids=["graph of ours", "private graph", "graph of a lookalike", "thing of ours", "thing of a lookalike"],
)
def test_refuses_an_announcement_about_what_is_not_the_peers_own(
    tmp_path: Path, graph: NamedNode, subject: str
) -> None:
    book = ledger(tmp_path, HERE)
    with pytest.raises(InputError, match="not the node's own"):
        receive(book, PEER, announcement(graph, subject))
    assert book.journal.head.sequence == 0


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"data": {"change": {"add": "no quads"}}, "sequence": "1", "type": "x"},
        {"data": {"change": {}}, "sequence": "one", "type": "x"},
        {"data": [], "sequence": "1", "type": "x"},
    ],
)
def test_refuses_what_is_no_announcement(tmp_path: Path, event: dict[str, object]) -> None:
    with pytest.raises(InputError, match="no announcement"):
        receive(ledger(tmp_path, HERE), PEER, event)


def test_takes_an_announcement_once(tmp_path: Path) -> None:
    book = ledger(tmp_path, HERE)
    assert receive(book, PEER, announcement(PUBLIC, OWN, sequence=7))
    assert not receive(book, PEER, announcement(PUBLIC, OWN, sequence=7))
    assert not receive(book, PEER, announcement(PUBLIC, OWN, sequence=3))
    assert (cursor(book, PEER), book.journal.head.sequence, book.store.graph_size(PUBLIC)) == (7, 1, 1)
    assert receive(book, PEER, announcement(PUBLIC, f"{PEER}/id/dataset/two", sequence=8))
    assert (cursor(book, PEER), book.store.graph_size(PUBLIC)) == (8, 2)


def test_shares_with_each_audience_what_it_may_hear(tmp_path: Path) -> None:
    book = ledger(tmp_path, PEER)
    for name in ("catalogue/public", "catalogue/participants", "audit", "agreements"):
        graph = ADDRESSES.graph(name)
        change = ChangeSet(add=Statements(graph).say(OWN, DCTERMS.title, name).quads)
        book.record(EventDraft("Said", OWN, facts={"secret": name}, change=change))

    def heard(audience: Audience) -> list[int]:
        graphs = shared_graphs(ADDRESSES, audience)
        return [number for number, event in feed(book.journal, graphs=graphs, after=0) if event]

    assert heard(Audience.PUBLIC) == [1]
    assert heard(Audience.PARTICIPANT) == [1, 2]
    assert heard(Audience.ORCHESTRATOR) == [1, 2, 3]


def test_an_event_of_mixed_graphs_is_shared_in_part_and_without_facts(tmp_path: Path) -> None:
    book = ledger(tmp_path, PEER)
    public = Statements(PUBLIC).say(OWN, DCTERMS.title, "open").quads
    private = Statements(ADDRESSES.graph("drafts")).say(OWN, DCTERMS.title, "hidden").quads
    book.record(EventDraft("Said", OWN, facts={"secret": "hidden"}, change=ChangeSet(add=public + private)))
    graphs = shared_graphs(ADDRESSES, Audience.ORCHESTRATOR)
    (shared,) = [event for _, event in feed(book.journal, graphs=graphs, after=0)]
    assert shared is not None
    assert "hidden" not in str(shared)
    assert "open" in str(shared["data"])
    assert receive(ledger(tmp_path / "here", HERE), PEER, shared)
