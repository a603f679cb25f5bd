"""Filters that are written another way let the same solutions pass."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples

from virtuales.assurance.query_filters import absence_as_difference, with_common_demands
from virtuales.query.in_memory import InMemoryGraph

COMMON = [
    "?x = ?y && ?x = <n:1> || ?x = ?y && ?y = <n:2>",
    "(?x = ?y && bound(?x)) || (bound(?z) && (?x = ?y) && ?z = 1)",
    "(?x = ?y || ?x = ?z) && bound(?z) || (?x = ?y || ?x = ?z) && !bound(?z)",
    "(?z > ?y && ?x = <n:1>) || (?z > ?y && ?z > 1) || (?x = <n:2> && (?z > ?y))",
    "((?x != ?y && ?z = 1) || (?x != ?y && ?z != 1))",
    "COALESCE(?z, ?x) = ?y || COALESCE(?z, ?x) = ?y && bound(?z)",
]
NOTHING_COMMON = [
    "?x = ?y && ?x = <n:1> || ?y = ?x && ?y = <n:2>",
    "?x = <n:1> && ?y = <n:1> || ?x = <n:1> && ?z = 1",
    "?x = ?y && bound(?z)",
    "RAND() < ?y + ?z && ?x = 1 || RAND() < ?y + ?z && ?x = 2",
    "?x = ?y && bound(?z) || EXISTS { ?x <p:a> ?y } && ?x = ?y",
]
ABSENT = [
    "SELECT * { ?x <p:a> ?y FILTER NOT EXISTS { ?y <p:b> ?z . ?z <p:c> ?w } }",
    "SELECT * { ?x <p:a> ?y FILTER NOT EXISTS { ?y <p:b>/<p:c> ?x } . ?y <p:c> ?v }",
    "SELECT * { ?x <p:a> ?y . FILTER NOT EXISTS { ?y ^<p:b>/<p:c> ?z }. FILTER NOT EXISTS { ?x <p:b> ?w ; <p:c> ?w } }",
    "SELECT * { ?x <p:a> ?y OPTIONAL { ?x <p:c> ?v } FILTER NOT EXISTS { ?x <p:b>/<p:b> ?y } FILTER (bound(?v)) }",
    "SELECT ?x (COUNT(?y) AS ?n) { ?x <p:a> ?y FILTER NOT EXISTS { ?x <p:b> ?z ; <p:c> ?y } } GROUP BY ?x",
]
STAYS = [
    "SELECT * { ?x <p:a> ?y FILTER NOT EXISTS { ?y <p:b> ?z } }",
    "SELECT * { ?x <p:a> ?y FILTER NOT EXISTS { ?v <p:b>/<p:c> ?w } }",
    "SELECT * { ?x <p:a> ?y OPTIONAL { ?y <p:b> ?z } FILTER NOT EXISTS { ?z <p:b>/<p:c> ?y } }",
    "SELECT * { ?x <p:a> ?y FILTER NOT EXISTS { ?y <p:b>/<p:c> ?z FILTER (?z != ?x) } }",
    "SELECT * { ?x <p:a> ?y FILTER EXISTS { ?y <p:b>/<p:c> ?x } }",
    "SELECT * { ?x <p:a> ?y FILTER (NOT EXISTS { ?y <p:b>/<p:c> ?x } || ?x = ?y) }",
    "SELECT * { ?x <p:a> ?y FILTER NOT EXISTS { ?y <p:b>+ ?x } }",
    "SELECT * { ?x <p:a> ?y FILTER NOT EXISTS { ?y <p:b>+/<p:c> ?x } }",
]
statements = st.tuples(
    st.sampled_from(["<n:1>", "<n:2>", "<n:3>"]),
    st.sampled_from(["<p:a>", "<p:b>", "<p:c>"]),
    st.sampled_from(["<n:1>", "<n:2>", "<n:3>", "1", '"a"']),
).map(lambda one: " ".join(one).replace(" 1", ' "1"^^<http://www.w3.org/2001/XMLSchema#integer>') + " .")
graphs = st.lists(statements, max_size=9)


def solutions(data: list[str], query: str) -> Counter[tuple[tuple[str, str], ...]]:
    store = InMemoryGraph()
    store.load("\n".join(data).encode())
    return Counter(tuple(sorted(one.items())) for one in store.rows(query))


def filtered(condition: str) -> str:
    return f"SELECT * {{ ?s <p:a> ?x . ?t <p:b> ?y OPTIONAL {{ ?t <p:c> ?z }} FILTER ({condition}) }}"


@pytest.mark.parametrize("condition", COMMON)
@settings(max_examples=examples(60), deadline=None, derandomize=True)
@given(data=graphs)
def test_a_common_demand_as_a_filter_of_its_own_changes_nothing(condition: str, data: list[str]) -> None:
    query = filtered(condition)
    other = with_common_demands(query, set())
    assert other.count("FILTER") > query.count("FILTER")
    assert solutions(data, other) == solutions(data, query)


@pytest.mark.parametrize("condition", NOTHING_COMMON)
def test_takes_no_demand_that_not_all_alternatives_repeat(condition: str) -> None:
    assert with_common_demands(filtered(condition), set()) == filtered(condition)


@pytest.mark.parametrize("query", ABSENT)
@settings(max_examples=examples(80), deadline=None, derandomize=True)
@given(data=graphs)
def test_an_absence_written_as_a_difference_changes_nothing(query: str, data: list[str]) -> None:
    other = absence_as_difference(query, set())
    assert "MINUS" in other
    assert "NOT EXISTS" not in other
    assert solutions(data, other) == solutions(data, query)


@pytest.mark.parametrize("query", STAYS)
def test_keeps_an_absence_that_a_difference_would_not_equal(query: str) -> None:
    assert absence_as_difference(query, set()) == query
