"""Queries that are written another way have the same solutions."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples

from virtuales.assurance.query_rewriting import reordered
from virtuales.query.in_memory import InMemoryGraph

QUERIES = [
    "SELECT * { ?this <p:a> ?x OPTIONAL { ?x <p:b> ?y } ?y <p:c> ?z }",
    "SELECT * { ?this <p:a> ?x OPTIONAL { ?x <p:b> ?y } . OPTIONAL { ?this <p:c> ?w } ?y <p:c> ?z . ?this <p:b> ?v }",
    "SELECT * { OPTIONAL { ?this <p:a> ?x } ?x <p:b> ?y }",
    "SELECT * { ?this <p:a> ?x OPTIONAL { ?x <p:b> ?y } OPTIONAL { ?y <p:c> ?z } FILTER (!bound(?z)) }",
    "SELECT * { ?this <p:a> ?x OPTIONAL { ?x <p:b> ?y . ?y <p:a> ?w } ?w <p:b> ?z FILTER (?z != ?x) }",
    "SELECT * { ?this <p:a> ?x . FILTER (bound(?y)) OPTIONAL { ?x <p:b> ?y } ?other <p:c> ?y }",
    "SELECT * { ?x <p:c> ?v OPTIONAL { ?this <p:b> ?y } ?this <p:a> ?y }",
    "SELECT ?this (COUNT(?y) AS ?n) { ?this <p:a> ?x OPTIONAL { ?x <p:b> ?y } ?y <p:c> ?z } GROUP BY ?this",
    "SELECT * { ?this <p:a> ?x # { why }\n OPTIONAL { ?x <p:b> ?y . # nor\n } ?y <p:c> 'a.b', ?z ; <p:a> [ ] }",
    "SELECT * { ?this <p:a> ?x . ?x <p:c> 1. OPTIONAL { ?x <p:b> 1. } OPTIONAL { ?x <p:b> ?y } ?y <p:c> 'a' # end\n }",
]
UNCHANGED = [
    "SELECT * { ?this <p:a> ?x OPTIONAL { ?x <p:b> ?y FILTER (?y != ?this) } ?y <p:c> ?z }",
    "SELECT * { ?this <p:a> _:x . _:x <p:b> ?w OPTIONAL { ?w <p:b> ?y } ?y <p:c> ?z }",
    "SELECT * { ?this <p:a> ?x BIND (?x AS ?q) OPTIONAL { ?x <p:b> ?y } ?y <p:c> ?z }",
    "SELECT * { ?this <p:a> ?x . ?x <p:b> ?y }",
]
statements = st.tuples(
    st.sampled_from(["<n:1>", "<n:2>", "<n:3>"]),
    st.sampled_from(["<p:a>", "<p:b>", "<p:c>"]),
    st.sampled_from(["<n:1>", "<n:2>", "<n:3>", '"a.b"']),
).map(lambda one: " ".join(one) + " .")


def solutions(store: InMemoryGraph, query: str) -> Counter[tuple[tuple[str, str], ...]]:
    return Counter(tuple(sorted(one.items())) for one in store.rows(query))


@pytest.mark.parametrize("query", QUERIES)
@settings(max_examples=examples(60), deadline=None, derandomize=True)
@given(data=st.lists(statements, max_size=9))
def test_a_reordered_query_has_the_same_solutions(query: str, data: list[str]) -> None:
    store = InMemoryGraph()
    store.load("\n".join(data).encode())
    other = reordered(query, {"this"}, lambda asked: bool(solutions(store, asked)))
    assert solutions(store, other) == solutions(store, query)


@pytest.mark.parametrize("query", UNCHANGED)
def test_leaves_alone_what_it_does_not_understand(query: str) -> None:
    assert reordered(query, {"this"}, lambda _: False) == query


def test_does_not_ask_about_a_value_that_comes_from_outside() -> None:
    query = "SELECT * { ?this <p:a> ?x OPTIONAL { ?x $lang ?y } ?y <p:c> ?z }"
    assert "OPTIONAL" in reordered(query, {"this", "lang"}, lambda _: False)
