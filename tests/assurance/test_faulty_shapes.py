"""Shapes graphs that are themselves in error: the fault is named, the sound rest judges, nothing passes by default."""

import pytest
from tests.assurance.building import found, graph, judged, shapes

from virtuales.assurance.validator import validate
from virtuales.errors import InputError, UnreadableInput

DATA = ":a a :K ; :p 1 . :b a :K ."
SOUND = ":S a sh:NodeShape ; sh:targetClass :K ; sh:property [ sh:path :p ; sh:minCount 1 ] "


def test_refuses_a_file_that_is_no_turtle() -> None:
    with pytest.raises(UnreadableInput):
        shapes("this is none")


def test_refuses_to_judge_by_no_shapes_at_all() -> None:
    with pytest.raises(InputError):
        validate(graph(DATA), shapes(""))


def test_refuses_to_judge_when_every_shape_is_in_error() -> None:
    with pytest.raises(InputError, match="no shape"):
        judged(DATA, ":S a sh:NodeShape ; sh:targetClass :K ; sh:nodeKind sh:Nothing .")


@pytest.mark.parametrize(
    ("constraint", "where"),
    [
        ("sh:nodeKind sh:Nothing", "sh:nodeKind"),
        ("sh:minCount 1", "sh:minCount"),
        ('sh:datatype "integer"', "sh:datatype"),
        ("sh:in :p", "sh:in"),
        ("sh:minLength -1", "sh:minLength"),
        ('sh:maxLength "3"', "sh:maxLength"),
        ("sh:minInclusive :one", "sh:minInclusive"),
        ('sh:pattern "("', "sh:pattern"),
        ('sh:pattern "a" ; sh:flags "z"', "sh:pattern"),
        ("sh:closed 1", "sh:closed"),
        ("sh:or ( [ sh:minCount 1 ] )", "http://www.w3.org/ns/shacl#OrConstraintComponent"),
        ("sh:node :Missing", "http://www.w3.org/ns/shacl#NodeConstraintComponent"),
        ("sh:uniqueValuesFor :p", "sh:uniqueValuesFor"),
        ("sh:js [ sh:jsFunctionName 'f' ]", "sh:js"),
        ("sh:sparql [ sh:select 'SELECT ?this {' ]", "sh:sparql"),
        ("sh:sparql [ sh:select 'SELECT ?value { ?this ?p ?value }' ]", "sh:sparql"),
        ("sh:sparql [ sh:select 'SELECT $this { $this :p ?x MINUS { ?x :q $this } }' ]", "sh:sparql"),
        ("sh:sparql [ sh:select 'SELECT $this { SERVICE <http://example.org/> { $this ?p ?x } }' ]", "sh:sparql"),
        ("sh:sparql [ sh:select 'SELECT $this { FILTER (<urn:unknown>($this) = 1) }' ]", "sh:sparql"),
        ("sh:target [ a sh:JSTarget ]", "sh:target"),
    ],
)
def test_names_the_fault_and_judges_by_the_rest(constraint: str, where: str) -> None:
    report = judged(DATA, f"{SOUND} ; {constraint} .")
    assert where in {fault.where for fault in report.left_out}
    assert found(report) == [(":b", None)]


@pytest.mark.parametrize(
    "path", ["( :p )", "[ sh:inversePath :p ; sh:zeroOrMorePath :q ]", "[ sh:alternativePath ( ) ]", "'p'", "[ ]"]
)
def test_leaves_out_a_property_shape_whose_path_is_malformed(path: str) -> None:
    report = judged(DATA, f"{SOUND} ; sh:property :Wrong . :Wrong sh:path {path} ; sh:minCount 5 .")
    assert [fault.shape for fault in report.left_out] == ["<http://example.org/Wrong>"]
    assert found(report) == [(":b", None)]


def test_does_not_turn_an_answer_round_by_judging_with_half_a_shape() -> None:
    report = judged(DATA, f"{SOUND} ; sh:not :Half . :Half a sh:NodeShape ; sh:nodeKind sh:IRI ; sh:class 'no class' .")
    assert found(report) == [(":b", None)]
    assert len(report.left_out) == 2


def test_leaves_out_a_recursive_constraint() -> None:
    report = judged(
        DATA, f"{SOUND} ; sh:node :Loop . :Loop a sh:NodeShape ; sh:property [ sh:path :q ; sh:node :Loop ] ."
    )
    assert any("recursive" in fault.what for fault in report.left_out)
    assert found(report) == [(":b", None)]


def test_leaves_out_a_property_shape_that_contains_itself() -> None:
    report = judged(DATA, f"{SOUND} ; sh:property :Loop . :Loop sh:path :q ; sh:maxCount 0 ; sh:property :Loop .")
    assert any("refers back" in fault.what for fault in report.left_out)
    assert found(report) == [(":b", None)]


def test_says_that_an_entailment_regime_is_not_supported() -> None:
    report = judged(DATA, f"{SOUND} . <urn:g> sh:entailment <http://www.w3.org/ns/entailment/RDFS> .")
    assert [fault.where for fault in report.left_out] == ["sh:entailment"]


def test_counts_the_lines_of_a_query_in_error_as_they_are_written() -> None:
    declared = "<urn:p> sh:declare [ sh:prefix 'e' ; sh:namespace 'http://e.example/'^^xsd:anyURI ] ."
    query = 'sh:sparql [ sh:prefixes <urn:p> ; sh:select """SELECT $this {\n  $this e:p }}""" ]'
    report = judged(DATA, f"{SOUND} ; {query} . {declared}")
    (fault,) = report.left_out
    assert "line 2, column " in fault.what


def test_says_that_a_query_groups_by_what_it_assigns() -> None:
    query = "SELECT $this (COUNT(?x) AS ?n) { $this :p ?x } GROUP BY $this ?n"
    (fault,) = judged(DATA, f"{SOUND} ; sh:sparql [ sh:select '{query}' ] .").left_out
    assert "it groups by ?n, which it assigns with AS" in fault.what
