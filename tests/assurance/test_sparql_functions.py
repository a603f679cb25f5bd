"""Functions and target types that a shapes graph defines in SPARQL."""

import pytest
from tests.assurance.building import found, graph, judged, shapes

from virtuales.assurance.validator import validate

DATA = ":a a :K ; :w 3 ; :h 4 ; :next :b . :b a :K ; :w 10 ; :h 1 ; :next [ :w 5 ] . :c a :L ; :w 6 ."
AREA = """
:times a sh:SPARQLFunction ; sh:parameter [ sh:path :second ; sh:order 2 ] , [ sh:path :first ; sh:order 1 ] ;
  sh:select "SELECT ($first * $second AS ?result) WHERE { }" .
:twice a sh:SPARQLFunction ; sh:parameter [ sh:path :n ] ;
  sh:select "SELECT ?r WHERE { BIND (<http://example.org/times>($n, 2) AS ?r) }" .
:width a sh:SPARQLFunction ; sh:parameter [ sh:path :of ] ;
  sh:select "SELECT ?w WHERE { $of <http://example.org/w> ?w }" .
:wide a sh:SPARQLFunction ; sh:parameter [ sh:path :of ] ;
  sh:ask "ASK { $of <http://example.org/w> ?w FILTER (?w > 4) }" .
"""
SHAPE = """
:S a sh:NodeShape ; sh:targetClass :K ; sh:nodeKind sh:IRI ;
  sh:sparql [ sh:select 'PREFIX : <http://example.org/> SELECT $this ?value { %s }' ] .
"""
CALL = "BIND (:%s AS ?value) FILTER (BOUND(?value))"


def values(body: str, more: str = AREA) -> dict[str, str]:
    """Judge by a query; return what it found, without datatypes, by focus node."""
    report = judged(DATA, SHAPE % body + more)
    assert report.left_out == ()
    return {focus: str(value).partition("^^")[0].strip('"') for focus, value in found(report)}


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (":f a sh:JSFunction", "not written in SPARQL"),
        (":f a sh:SPARQLFunction", "needs one query"),
        (":f a sh:SPARQLFunction ; sh:ask 'ASK { }' ; sh:select 'SELECT ?x { }'", "needs one query"),
        (":f a sh:SPARQLFunction ; sh:ask 'SELECT ?x { }'", "no ASK query"),
        (":f a sh:SPARQLFunction ; sh:select 'SELECT ?x {'", "not valid SPARQL"),
        (":f a sh:SPARQLFunction ; sh:select 'SELECT ?x { VALUES ?x { 1 } }'", "VALUES"),
        (":f a sh:SPARQLFunction ; sh:parameter [ ] ; sh:select 'SELECT ?x { }'", "no path"),
        (":f a sh:SPARQLFunction ; sh:select 'SELECT (<http://example.org/f>() AS ?x) { }'", "calls itself"),
        (":f a sh:SPARQLFunction ; sh:select 'SELECT (<urn:none>() AS ?x) { }'", "urn:none"),
    ],
)
def test_a_function_in_error_is_named_with_what_calls_it(function: str, said: str) -> None:
    report = judged(DATA, SHAPE % (CALL % "f()") + f"{function} .")
    assert report.conforms
    assert [fault.where for fault in report.left_out][1:] == ["sh:sparql"]
    assert said in report.left_out[0].what


def test_functions_that_call_each_other_in_a_circle_are_left_out_and_what_calls_them() -> None:
    circle = (
        ":f a sh:SPARQLFunction ; sh:select 'SELECT (<http://example.org/g>() AS ?x) { }' ."
        ":g a sh:SPARQLFunction ; sh:select 'SELECT (<http://example.org/f>() AS ?x) { }' ."
        ":h a sh:SPARQLFunction ; sh:select 'SELECT (<http://example.org/g>() AS ?x) { }' ."
    )
    assert [fault.shape[-2:-1] for fault in shapes(SHAPE % "" + circle).faults] == ["f", "g", "h"]


def test_a_query_that_calls_an_unknown_function_is_left_out() -> None:
    report = judged(DATA, SHAPE % (CALL % "nowhere()"))
    assert report.conforms
    assert ["nowhere" in fault.what for fault in report.left_out] == [True]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("times(3, 4)", {":a": "12", ":b": "12"}),
        ("twice(4)", {":a": "8", ":b": "8"}),
        ("width($this)", {":a": "3", ":b": "10"}),
        ("wide($this)", {":a": "false", ":b": "true"}),
        ("times(:width($this), 2)", {":a": "6", ":b": "20"}),
        ('times("x", 2)', {}),
        ("times(2)", {}),
    ],
)
def test_queries_call_functions(call: str, expected: dict[str, str]) -> None:
    assert values(CALL % call) == expected


def test_functions_see_values_whatever_the_literals_look_like() -> None:
    report = judged(":a a :K ; :w 03.50 .", SHAPE % (CALL % "width($this)") + AREA)
    assert [str(one.value).partition("^^")[0] for one in report.results] == ['"3.5"']


def test_a_function_takes_a_blank_node() -> None:
    assert values("$this <http://example.org/next> ?n " + CALL % "width(?n)") == {":a": "10", ":b": "5"}


def test_parameters_without_order_are_taken_by_their_names() -> None:
    minus = ":minus a sh:SPARQLFunction ; sh:parameter [ sh:path :b ] , [ sh:path :a ] ; "
    minus += "sh:select 'SELECT ($a - $b AS ?r) { }' ."
    assert values(CALL % "minus(7, 2)", minus) == {":a": "5", ":b": "5"}


TYPE = '''
:AtLeast a sh:SPARQLTargetType ; rdfs:subClassOf sh:Target ;
  sh:parameter [ sh:path :least ] , [ sh:path :kind ; sh:optional true ] ;
  sh:select """PREFIX : <http://example.org/> SELECT ?this WHERE {
    ?this :w ?w FILTER (?w >= $least) FILTER EXISTS { ?this a ?any FILTER (!BOUND(?kind) || ?any = ?kind) } }""" .
:S a sh:NodeShape ; sh:target [ a :AtLeast ; %s ] ; sh:nodeKind sh:Literal .
:T a sh:NodeShape ; sh:targetNode :a ; sh:nodeKind sh:IRI .
'''


@pytest.mark.parametrize(
    ("parameters", "focus"),
    [
        (":least 5", [":b", ":c"]),
        (":least 1", [":a", ":b", ":c"]),
        (":least 1 ; :kind :L", [":c"]),
    ],
)
def test_a_target_type_gives_the_nodes_for_its_parameters(parameters: str, focus: list[str]) -> None:
    report = validate(graph(DATA), shapes(TYPE % parameters))
    assert report.left_out == ()
    assert [one for one, _ in found(report)] == focus


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (":kind :L", "is missing"),
        (":least 1 , 2", "2 values"),
        (":least [ ]", "blank node"),
        ("a :Other", "is missing"),
    ],
)
def test_a_target_without_its_parameters_is_named_and_has_no_nodes(parameters: str, said: str) -> None:
    report = validate(graph(DATA), shapes(TYPE % parameters))
    assert report.conforms
    assert [(fault.where, said in fault.what) for fault in report.left_out] == [("sh:target", True)]


def test_a_target_of_an_unknown_type_is_named() -> None:
    report = validate(graph(DATA), shapes(TYPE.replace("a :AtLeast ;", "a :Unknown ;") % ":least 1"))
    assert ["SPARQLTargetType" in fault.what for fault in report.left_out] == [True]
