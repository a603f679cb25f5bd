"""What was read is read again as soon as one of its graphs has changed, and never where nobody can tell."""

from collections.abc import Iterable

import pytest

from virtuales.errors import NotFound
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCTERMS
from virtuales.rdf.terms import NamedNode
from virtuales.store.kept_readings import KeptReadings
from virtuales.store.oxigraph_store import OxigraphStore

READ, OTHER = NamedNode("http://example.org/read"), NamedNode("http://example.org/other")
S = NamedNode("http://example.org/s")


class Reader:
    """Counts the statements of a graph, and how often it was asked to."""

    def __init__(self, store: OxigraphStore, readings: KeptReadings) -> None:
        self.store = store
        self.readings = readings
        self.times = 0

    def count(self) -> int:
        return self.readings.of("count", self._count, store=self.store, graphs=[READ])

    def _count(self) -> int:
        self.times += 1
        return self.store.graph_size(READ)


@pytest.fixture
def reader() -> Reader:
    return Reader(OxigraphStore.in_memory(), KeptReadings())


def say(store: OxigraphStore, graph: NamedNode, title: str) -> None:
    change = ChangeSet(add=Statements(graph).say(S, DCTERMS.title, title).quads)
    store.apply(change, sequence=store.applied_sequence() + 1)


def test_is_read_again_after_a_change_of_its_graph_only(reader: Reader) -> None:
    assert [reader.count(), reader.count(), reader.times] == [0, 0, 1]
    say(reader.store, READ, "one")
    assert [reader.count(), reader.count(), reader.times] == [1, 1, 2]
    say(reader.store, OTHER, "two")
    assert [reader.count(), reader.times] == [1, 2]
    reader.store.drop_graph(READ)
    assert [reader.count(), reader.times] == [0, 3]


def test_a_change_while_it_is_read_counts_as_a_later_one(reader: Reader) -> None:
    def read() -> int:
        found = reader.store.graph_size(READ)
        say(reader.store, READ, "meanwhile")
        return found

    assert reader.readings.of("count", read, store=reader.store, graphs=[READ]) == 0
    assert reader.count() == 1


def test_what_is_raised_is_not_kept(reader: Reader) -> None:
    def fail() -> int:
        raise NotFound("It is not there.")

    with pytest.raises(NotFound):
        reader.readings.of("count", fail, store=reader.store, graphs=[READ])
    assert reader.count() == 0


def test_nothing_is_kept_of_a_store_that_others_change(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_graphs: Iterable[NamedNode]) -> None:
        return None

    monkeypatch.setattr(reader.store, "changed", unknown)
    assert [reader.count(), reader.count(), reader.times] == [0, 0, 2]


def test_only_so_many_are_kept(reader: Reader) -> None:
    readings = KeptReadings(most=2)
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return number

    for number in (1, 2, 3, 3, 1):
        assert readings.of(number, lambda one=number: make(one), store=reader.store, graphs=[READ]) == number  # type: ignore[misc]  # a lambda's default has no type
    assert made == [1, 2, 3, 1]
