"""What is left to endpoints: conditions that the standard settles, and how many solutions are enough."""

import pytest
from tests.federation.stores import StoreTransport
from tests.federation.test_federate import ask, store

from virtuales.federation.narrowing import enough_solutions, is_settled
from virtuales.query.syntax.parser import parse_query
from virtuales.query.syntax.tree import Filter

RATED = " ".join(f":n{number} :rating {number} ." for number in range(20))


@pytest.mark.parametrize(
    ("condition", "settled"),
    [
        ("?r > 5", True),
        ("5 <= ?r", True),
        ("?r = 'x'", True),
        ("?r != <urn:x> && isIRI(?r)", True),
        ("?r IN (<urn:x>, <urn:y>)", True),
        ("CONTAINS(STR(?r), 'x')", True),
        ("?r != 'x'", False),
        ("?r > '2026-01-01'^^<http://www.w3.org/2001/XMLSchema#date>", False),
        ("!(?r > 5)", False),
        ("?r > ?s", False),
        ("REGEX(?r, 'x')", False),
        ("EXISTS { ?r ?p ?o }", False),
    ],
)
def test_a_condition_is_sent_only_if_the_standard_settles_it(condition: str, settled: bool) -> None:
    query = parse_query(f"ASK {{ ?r ?p ?s FILTER({condition}) }}")
    assert query.where is not None
    (found,) = (each for each in query.where.elements if isinstance(each, Filter))
    assert is_settled(found.constraint) is settled


@pytest.mark.parametrize(
    ("query", "enough"),
    [
        ("SELECT * { ?s ?p ?o } LIMIT 5", 5),
        ("SELECT ?s { ?s ?p ?o } LIMIT 5 OFFSET 2", 7),
        ("ASK { ?s ?p ?o }", 1),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5", 5),
        ("SELECT DISTINCT ?s { ?s ?p ?o } LIMIT 5", None),
        ("SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 5", None),
        ("SELECT * { ?s ?p ?o FILTER(?o > 5) } LIMIT 5", None),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o } LIMIT 5", None),
        ("SELECT * { ?s ?p ?o } LIMIT 5 VALUES ?s { <urn:x> }", None),
        ("SELECT * { ?s ?p ?o }", None),
    ],
)
def test_any_solutions_are_enough_only_where_nothing_chooses_among_them(query: str, enough: int | None) -> None:
    assert enough_solutions(parse_query(query)) == enough


def test_an_endpoint_sends_only_what_meets_the_condition() -> None:
    transport = StoreTransport([store(RATED), store("")])
    assert len(ask(transport, "SELECT * { ?s :rating ?r FILTER(?r > 15) }")) == 4
    assert "FILTER(?r > 15)" in transport.queries[-1][1]


def test_an_endpoint_sends_only_as_much_as_is_enough() -> None:
    transport = StoreTransport([store(RATED), store("")])
    assert len(ask(transport, "SELECT * { ?s :rating ?r } LIMIT 3")) == 3
    assert transport.queries[-1][1].endswith(" LIMIT 3")
