"""Entity tags of answers: an answer that its asker has, and that is still right, is not made again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from virtuales.query.protocol import QueryRequest
from virtuales.query.service import QueryLimits, WorkerQueries
from virtuales.query.streams import AnswerStream, UnchangedAnswer, whole
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode, Quad
from virtuales.store.oxigraph_store import OxigraphStore

HERE, ELSEWHERE = NamedNode("http://e.example/here"), NamedNode("http://e.example/elsewhere")
ALL = "SELECT * { ?s ?p ?o }"


def quad(name: str, graph: NamedNode = HERE) -> Quad:
    """Return a statement about something."""
    node = NamedNode(f"http://e.example/{name}")
    return Quad(node, node, node, graph)


def add(store: OxigraphStore, added: Quad) -> None:
    """Add a statement to a store."""
    store.apply(ChangeSet(add=(added,)), sequence=store.applied_sequence() + 1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OxigraphStore]:
    """A store with one statement."""
    store = OxigraphStore(tmp_path / "rdf")
    add(store, quad("a"))
    yield store
    store.close()


@pytest.fixture
def queries(store: OxigraphStore, tmp_path: Path) -> Iterator[WorkerQueries]:
    """What answers queries on it."""
    queries = WorkerQueries(store, tmp_path / "copies", QueryLimits())
    yield queries
    queries.close()


def ask(queries: WorkerQueries, text: str = ALL, *has: str, accept: str = "text/csv") -> AnswerStream:
    """Ask about one graph, having kept answers with some tags."""
    asking = QueryRequest(text, accept=accept, has=frozenset(has))
    return queries.stream(asking.over([HERE]), asking)


def tag(queries: WorkerQueries, text: str = ALL, accept: str = "text/csv") -> str:
    """Ask, and return the tag of the answer."""
    answer = ask(queries, text, accept=accept)
    assert whole(answer).body
    assert answer.tag is not None
    return answer.tag


def test_an_answer_that_is_still_right_is_not_made_again(queries: WorkerQueries, store: OxigraphStore) -> None:
    first = tag(queries)
    again = ask(queries, ALL, '"another"', first)
    assert isinstance(again, UnchangedAnswer)
    assert again.tag == first
    add(store, quad("b", ELSEWHERE))
    assert isinstance(ask(queries, ALL, first), UnchangedAnswer), "it reads nothing of that graph"
    add(store, quad("b"))
    changed = ask(queries, ALL, first)
    assert whole(changed).body.count(b"\n") == 3
    assert changed.tag not in {None, first}


def test_every_query_and_every_form_has_a_tag_of_its_own(queries: WorkerQueries) -> None:
    others = tag(queries, "SELECT ?s { ?s ?p ?o }"), tag(queries, accept="application/sparql-results+json")
    assert len({tag(queries), *others}) == 3


@pytest.mark.parametrize("function", ["NOW()", "RAND()", "uuid()", "STRUUID ()", "BNODE()"])
def test_what_is_another_each_time_has_no_tag(queries: WorkerQueries, function: str) -> None:
    answer = ask(queries, f"SELECT ({function} AS ?x) {{ }}")
    assert whole(answer).body
    assert answer.tag is None
