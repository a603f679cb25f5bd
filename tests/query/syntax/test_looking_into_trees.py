"""Trees are looked into, built again and written out triple by triple without a change of meaning."""

from pyoxigraph import QuerySolutions, Store

from virtuales.query.syntax.flattening import Flattener, block
from virtuales.query.syntax.parser import parse_query
from virtuales.query.syntax.rebuilding import FreshVariables, renamed, variables_of
from virtuales.query.syntax.scope import always_bound, in_scope
from virtuales.query.syntax.tree import GroupGraphPattern, SelectQuery, TriplesBlock
from virtuales.query.syntax.writer import write_query
from virtuales.rdf.terms import Variable


def where(text: str) -> GroupGraphPattern:
    """Return the pattern of a query."""
    found = parse_query(f"PREFIX : <urn:> SELECT * {text}").where
    assert found is not None
    return found


def names(found: object) -> list[str]:
    """Return the names of variables."""
    assert isinstance(found, dict | set)
    return sorted(each.value for each in found)


def test_filters_and_minus_give_out_nothing() -> None:
    group = where("{ ?a :p ?b FILTER (?c) MINUS { ?d :p ?a } OPTIONAL { ?e :p ?a } VALUES ?f { 1 } BIND (1 AS ?g) }")
    assert names(in_scope(group)) == ["a", "b", "e", "f", "g"]


def test_a_nested_select_gives_out_what_it_selects() -> None:
    assert names(
        in_scope(where("{ { SELECT ?a (COUNT(?b) AS ?n) { ?a :p ?b } GROUP BY ?a } GRAPH ?g { ?a ?q 1 } }"))
    ) == [
        "a",
        "g",
        "n",
        "q",
    ]


def test_what_may_fail_or_be_missing_is_not_always_bound() -> None:
    group = where(
        "{ ?a :p ?b OPTIONAL { ?a :q ?c } BIND (?b + 1 AS ?d) BIND (COALESCE(?c, 1) AS ?e) BIND (?a AS ?f) "
        "VALUES (?g ?h) { (1 UNDEF) (2 3) } { ?i :p ?j } UNION { ?i :q ?k } }"
    )
    assert names(always_bound(group)) == ["a", "b", "e", "f", "g", "i"]


def test_fresh_variables_are_new_to_the_query() -> None:
    fresh = FreshVariables(where("{ ?x_1 :p ?x_3 }"))
    assert [fresh.make("x").value for _ in range(3)] == ["x_2", "x_4", "x_5"]


def test_renaming_reaches_every_part() -> None:
    query = parse_query("SELECT (MAX(?x) AS ?y) { { SELECT ?x { ?x ?x ?x } } FILTER EXISTS { ?x a ?z } } ORDER BY ?x")
    assert names(variables_of(renamed(query, {Variable("x"): Variable("w")}))) == ["w", "y", "z"]


def test_triples_written_out_say_the_same() -> None:
    text = "PREFIX : <urn:> SELECT ?s ?x { ?s :p [ :q ?x ; :r _:a ] ; :list ( ?x [ :q _:a ] ) . _:a :q 1 }"
    query = parse_query(text)
    assert isinstance(query, SelectQuery)
    (written,) = query.where.elements
    assert isinstance(written, TriplesBlock)
    flat = block(Flattener(FreshVariables(query)).triples(written.triples))
    store = Store()
    store.update(
        "PREFIX : <urn:> INSERT DATA { :s :p [ :q 7 ; :r :a ] ; :list ( 7 [ :q :a ] ) . :a :q 1 . :t :p [ :q 7 ] }"
    )
    fresh = SelectQuery(query.select, GroupGraphPattern((flat,)))
    answers = [store.query(each) for each in (text, write_query(fresh))]
    rows = [[str(row) for row in answer] for answer in answers if isinstance(answer, QuerySolutions)]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 1
