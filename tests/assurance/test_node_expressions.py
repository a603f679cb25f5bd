"""Node expressions, as the objects of triple rules and as constraints."""

import pytest
from tests.assurance.building import found, judged, shapes
from tests.assurance.inferring import inferred, statements, theirs

from virtuales.assurance.reach import is_bounded

DATA = """
:a :p 3 , 10 , 2.5 ; :q 3 ; :child :b , :c . :b :p 7 ; :name "B" . :c :p "x" , 1 ; :name "C" . :b a :K .
"""
FUNCTIONS = """
:plus a sh:SPARQLFunction ; sh:returnType xsd:integer ;
  sh:parameter [ sh:path :op1 ] , [ sh:path :op2 ; sh:optional true ] ;
  sh:select "SELECT ?result WHERE { BIND ($op1 + COALESCE($op2, 100) AS ?result) }" .
:big a sh:SPARQLFunction ; sh:parameter [ sh:path :n ] ; sh:ask "ASK { FILTER ($n > 5) }" .
:here a sh:SPARQLFunction ; sh:parameter [ sh:path :of ] ;
  sh:select "SELECT (COUNT(?x) AS ?n) WHERE { $of <http://example.org/child> ?x }" .
:always a sh:SPARQLFunction ; sh:select "SELECT (<urn:always> AS ?it) WHERE { }" .
"""
INTEGER = '"{}"^^xsd:integer'


def given(expression: str, *, at: str = ":a", more: str = FUNCTIONS) -> set[str]:
    """Evaluate an expression at a node."""
    rule = f"[ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :made ; sh:object {expression} ]"
    return {
        three for _, _, three in statements(DATA, f":S a sh:NodeShape ; sh:targetNode {at} ; sh:rule {rule} . {more}")
    }


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("[ ]", "no node expression"),
        ("[ :p :q ]", "no node expression"),
        ("[ sh:limit 3 ; sh:nodes :a ]", "sh:limit"),
        ("[ sh:groupConcat [ sh:path :p ] ]", "sh:groupConcat"),
        ("[ sh:path :p ; sh:count [ sh:path :p ] ]", "not both"),
        ("[ sh:filterShape :K ]", "`nodes` is missing"),
        ("[ sh:union ( :a ) ]", "at least two"),
        ("[ sh:union :a ]", "well-formed list"),
        ("[ sh:path '' ]", "property path"),
        ("[ :plus ( ) ]", "2 arguments; 0"),
        ("[ :plus ( 1 2 3 ) ]", "2 arguments; 3"),
        ("[ :unknown ( 1 ) ]", "no function"),
        ("[ :plus ( 1 ) ; :big ( 1 ) ]", "no node expression"),
        ("_:loop . _:loop sh:path :p ; sh:nodes _:loop", "contains itself"),
    ],
)
def test_an_expression_that_is_not_supported_is_named(expression: str, said: str) -> None:
    rule = f"_:r a sh:TripleRule ; sh:subject sh:this ; sh:predicate :made ; sh:object {expression} ."
    outcome = inferred(DATA, f":S a sh:NodeShape ; sh:targetNode :a ; sh:rule _:r . {FUNCTIONS} {rule}")
    assert outcome.statements == ()
    assert [said in fault.what for fault in outcome.left_out] == [True]
    report = judged(
        DATA, f":S a sh:NodeShape ; sh:targetNode :a ; sh:nodeKind sh:IRI ; sh:expression {expression} . {FUNCTIONS}"
    )
    assert any(said in fault.what and fault.where == "sh:expression" for fault in report.left_out)


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("sh:this", {":a"}),
        (":x", {":x"}),
        ("'x'@en", {'"x"@en'}),
        ("[ sh:path :child ]", {":b", ":c"}),
        ("[ sh:path :name ; sh:nodes [ sh:path :child ] ]", {'"B"', '"C"'}),
        ("[ sh:filterShape [ sh:class :K ] ; sh:nodes [ sh:path :child ] ]", {":b"}),
        ("[ sh:union ( [ sh:path :child ] :x sh:this ) ]", {":a", ":b", ":c", ":x"}),
        ("[ sh:intersection ( [ sh:path :p ] [ sh:path :q ] ) ]", {INTEGER.format(3)}),
        ("[ sh:minus [ sh:path :q ] ; sh:nodes [ sh:path :p ] ]", {INTEGER.format(10), '"2.5"^^xsd:decimal'}),
        ("[ sh:distinct [ sh:path :child ] ]", {":b", ":c"}),
        ("[ sh:count [ sh:path :child ] ]", {INTEGER.format(2)}),
        ("[ sh:count [ sh:path :nothing ] ]", {INTEGER.format(0)}),
        ("[ sh:min [ sh:path :p ] ]", {'"2.5"^^xsd:decimal'}),
        ("[ sh:max [ sh:path :p ] ]", {INTEGER.format(10)}),
        ("[ sh:max [ sh:path :nothing ] ]", set()),
        ("[ sh:min [ sh:path :child ] ]", set()),
        ("[ sh:min [ sh:path :p ; sh:nodes :c ] ]", set()),
        ("[ sh:sum [ sh:path :p ] ]", {'"15.5"^^xsd:decimal'}),
        ("[ sh:sum [ sh:path :q ] ]", {INTEGER.format(3)}),
        ("[ sh:sum [ sh:union ( 1 '0.5'^^xsd:double ) ] ]", {'"1.5"^^xsd:double'}),
        ("[ sh:sum [ sh:path :p ; sh:nodes :c ] ]", set()),
        ("[ sh:exists [ sh:path :child ] ]", {'"true"^^xsd:boolean'}),
        ("[ sh:if [ sh:exists [ sh:path :q ] ] ; sh:then :yes ; sh:else :no ]", {":yes"}),
        ("[ sh:if [ sh:exists [ sh:path :name ] ] ; sh:then :yes ; sh:else :no ]", {":no"}),
        ("[ sh:if [ sh:path :q ] ; sh:then :yes ]", set()),
        ("[ :plus ( [ sh:path :q ] 1 ) ]", {INTEGER.format(4)}),
        ("[ :plus ( [ sh:path :q ] ) ]", {INTEGER.format(103)}),
        ("[ :plus ( 1 [ sh:path :nothing ] ) ]", {INTEGER.format(101)}),
        ("[ :plus ( [ sh:path :nothing ] 1 ) ]", set()),
        ("[ :plus ( 'x' 1 ) ]", set()),
        ("[ :plus ( [ sh:path :q ] [ :plus ( 1 2 ) ] ) ]", {INTEGER.format(6)}),
        ("[ :big ( [ sh:path :p ] ) ]", {'"true"^^xsd:boolean', '"false"^^xsd:boolean'}),
        ("[ :here ( sh:this ) ]", {INTEGER.format(2)}),
        ("[ :here ( [ sh:path :child ] ) ]", {INTEGER.format(0)}),
        ("[ :always ( ) ]", {"urn:always"}),
        ("[ sh:count [ :plus ( [ sh:path :p ] 1 ) ] ]", {INTEGER.format(3)}),
        ("[ sh:filterShape [ sh:minInclusive 5 ] ; sh:nodes [ :plus ( [ sh:path :p ] 1 ) ] ]", {INTEGER.format(11)}),
        ("[ sh:path :name ; sh:nodes [ sh:minus :c ; sh:nodes [ sh:path :child ] ] ]", {'"B"'}),
    ],
)
def test_an_expression_gives_its_nodes(expression: str, values: set[str]) -> None:
    assert given(expression) == values


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pyshacl.*", "ignore::DeprecationWarning:rdflib.*")
@pytest.mark.parametrize(
    "expression",
    [
        "[ :plus ( [ sh:path :p ] [ sh:path :q ] ) ]",
        "[ :plus ( [ sh:path :q ] [ sh:union ( 1 [ sh:path :p ] ) ] ) ]",
        "[ :big ( [ sh:path :q ] ) ]",
    ],
)
def test_another_engine_gives_the_same(expression: str) -> None:
    rule = f"[ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :made ; sh:object {expression} ]"
    by = f":S a sh:NodeShape ; sh:targetNode :a ; sh:rule {rule} . {FUNCTIONS}"
    assert given(expression) == {three for _, _, three in theirs(DATA, by, iterate=False)}


def test_an_expression_constraint_finds_each_value_that_it_is_not_true_for() -> None:
    by = ":S a sh:NodeShape ; sh:targetNode :a , :b ; sh:property :P . "
    by += ":P sh:path :p ; sh:expression [ :big ( sh:this ) ; sh:message 'Too small.' ] . "
    report = judged(DATA, by + FUNCTIONS)
    integer = "^^<http://www.w3.org/2001/XMLSchema#"
    assert found(report) == [(":a", f'"2.5"{integer}decimal'), (":a", f'"3"{integer}integer')]
    assert {one.message for one in report.results} == {"Too small."}
    assert all(
        one.source_constraint and one.component.endswith("#ExpressionConstraintComponent") for one in report.results
    )


def test_an_expression_must_give_true_and_nothing_else() -> None:
    by = ":S a sh:NodeShape ; sh:targetNode :a , :b ; "
    by += "sh:expression [ sh:exists [ sh:path :child ] ] , [ sh:union ( true :x ) ] ."
    assert found(judged(DATA, by)) == [(":a", ":a"), (":b", ":b"), (":b", ":b")]


def test_a_shape_within_an_expression_that_is_in_error_takes_the_constraint_with_it() -> None:
    by = (
        ":S a sh:NodeShape ; sh:targetNode :a ; sh:nodeKind sh:IRI ; sh:expression [ sh:exists "
        "[ sh:filterShape [ sh:nodeKind :None ] ; sh:nodes sh:this ] ] ."
    )
    report = judged(DATA, by)
    assert report.conforms
    assert any(fault.where.endswith("#ExpressionConstraintComponent") for fault in report.left_out)


def test_the_reach_of_a_shape_with_an_expression_is_not_known() -> None:
    compiled = shapes(":S a sh:NodeShape ; sh:targetNode :a ; sh:expression true .")
    assert not is_bounded(compiled.targeted[0], compiled.shapes)
