"""Rules of shapes graphs: what they infer, in which order, and what is refused aloud."""

from pathlib import Path

import pytest
from tests.assurance.building import PREFIXES, found, graph, shapes
from tests.assurance.inferring import inferred, statements, theirs

from virtuales.assurance.imports import nothing
from virtuales.assurance.judging import Judgeable
from virtuales.assurance.reach import is_bounded
from virtuales.assurance.rejudging import rejudge
from virtuales.assurance.revalidation import Revalidator
from virtuales.assurance.rules import GivenRules
from virtuales.assurance.validator import validate
from virtuales.errors import InputError

DATA = """
:a a :R ; :w 3 ; :h 4 . :b a :R ; :w 2 ; :h 2 . :c a :R ; :w 5 .
:d :parent :e . :e :parent :f . :f :parent :g .
"""
TARGET = ":S a sh:NodeShape ; sh:targetClass :R "
AREA = (
    "sh:rule [ a sh:SPARQLRule ; "
    'sh:construct "CONSTRUCT { $this <http://example.org/area> ?a } WHERE { '
    '$this <http://example.org/w> ?w ; <http://example.org/h> ?h BIND (?w * ?h AS ?a) }" ] '
)
_TO = "a sh:TripleRule ; sh:subject sh:this ; sh:predicate"
SQUARE = f"sh:rule [ {_TO} rdf:type ; sh:object :Square ; sh:condition :Sound ] "
SOUND = ":Sound a sh:NodeShape ; sh:property [ sh:path :w ; sh:minCount 1 ; sh:equals :h ] ."
SIZE = AREA.replace("?w * ?h", "CONCAT(STR(?w), 'x', STR(?h))")  # theirs makes a decimal of the product of integers
CHILDREN = (
    ":P a sh:NodeShape ; sh:targetObjectsOf :parent ; "
    "sh:rule [ a sh:TripleRule ; sh:subject [ sh:path :parent ] ; sh:predicate :child ; sh:object sh:this ] ."
)
ANCESTORS = (
    ":P a sh:NodeShape ; sh:targetSubjectsOf :parent ; "
    "sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :above ; sh:object [ sh:path :parent ] ] , "
    "[ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :above ; sh:object [ sh:path ( :parent :above ) ] ] ."
)

pyshacl_warnings = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:pyshacl.*", "ignore::DeprecationWarning:rdflib.*"
)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("[ a sh:JSRule ]", "neither"),
        ("[ sh:subject sh:this ]", "neither"),
        ("[ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :p ]", "`object` is missing"),
        ("[ a sh:TripleRule ; sh:subject sh:this , :a ; sh:predicate :p ; sh:object 1 ]", "2 values"),
        ("[ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :p ; sh:object [ :f ( 1 ) ] ]", "no function"),
        ("[ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :p ; sh:object [ sh:orderBy :q ] ]", "sh:orderBy"),
        ("[ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :p ; sh:object 1 ; sh:layer 2 ]", "sh:layer"),
        ("[ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :p ; sh:object 1 ; sh:order 'x' ]", "must be a number"),
        (
            "[ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :p ; sh:object 1 ; sh:condition ( :S ) ]",
            "must be a shape",
        ),
        ("[ a sh:SPARQLRule ]", "`construct` is missing"),
        ("[ a sh:SPARQLRule ; sh:construct 'CONSTRUCT { $this a } WHERE { }' ]", "not valid SPARQL"),
        ("[ a sh:SPARQLRule ; sh:construct 'SELECT $this { $this ?p ?o }' ]", "CONSTRUCT query is expected"),
        ("[ a sh:SPARQLRule ; sh:construct 'CONSTRUCT { $this ?p 1 } { ?x ?p 2 MINUS { ?x ?p 3 } }' ]", "MINUS"),
        (
            "[ a sh:SPARQLRule ; sh:construct 'CONSTRUCT { $this ?p 1 } { SERVICE <urn:elsewhere> { ?x ?p 2 } }' ]",
            "SERVICE",
        ),
        (
            "[ a sh:SPARQLRule ; sh:construct 'CONSTRUCT { $this <urn:p> ?y } { BIND (<urn:f>($this) AS ?y) }' ]",
            "urn:f",
        ),
    ],
)
def test_a_rule_that_cannot_run_is_named_and_the_others_run(rule: str, said: str) -> None:
    found_ = inferred(DATA, f"{TARGET} ; {AREA} ; sh:rule {rule} .")
    (fault,) = found_.left_out
    assert fault.where == "sh:rule"
    assert said in fault.what
    assert len(found_.statements) == 2


def test_a_rule_whose_condition_is_in_error_is_left_out() -> None:
    outcome = inferred(DATA, f"{TARGET} ; {SQUARE} . :Sound a sh:NodeShape ; sh:nodeKind :Nothing .")
    assert outcome.statements == ()
    assert {fault.where for fault in outcome.left_out} == {"sh:nodeKind", "sh:rule"}


def test_a_rule_in_error_does_not_keep_its_shape_from_judging() -> None:
    by = f"{TARGET} ; sh:rule [ a sh:JSRule ] ; sh:property [ sh:path :h ; sh:minCount 1 ] . "
    by += ":T a sh:NodeShape ; sh:targetClass :R ; sh:node :S ."
    report = validate(graph(DATA), shapes(by))
    assert {one.component.rpartition("#")[2] for one in report.results} == {
        "MinCountConstraintComponent",
        "NodeConstraintComponent",
    }
    assert [fault.where for fault in report.left_out] == ["sh:rule"]


def test_refuses_rules_that_come_to_no_end() -> None:
    endless = "CONSTRUCT { $this <urn:n> ?m } WHERE { { $this <http://example.org/w> ?n } UNION { $this <urn:n> ?n } "
    by = f"{TARGET} ; sh:rule :E . :E a sh:SPARQLRule ; sh:construct '{endless} BIND (?n + 1 AS ?m) }}' ."
    with pytest.raises(InputError, match="do not come to an end: after 7 rounds"):
        inferred(DATA, by, rounds=7)


@pyshacl_warnings
@pytest.mark.parametrize(
    "by",
    [
        f"{TARGET} ; {SIZE} .",
        f"{TARGET} ; {SQUARE} . {SOUND}",
        f"{TARGET} ; {SQUARE} ; {SIZE} . {SOUND}",
        CHILDREN,
        ANCESTORS,
        f"{TARGET} ; sh:rule [ a sh:TripleRule ; sh:subject [ sh:path :w ] ; sh:predicate :p ; sh:object :o ] .",
        f"{TARGET} ; sh:rule [ {_TO} :p ; sh:object [ sh:union ( [ sh:path :w ] [ sh:path :h ] 9 ) ] ] .",
        f"{TARGET} ; sh:rule [ {_TO} :p ; sh:object [ sh:intersection ( [ sh:path :w ] [ sh:path :h ] ) ] ] .",
        f"{TARGET} ; sh:rule [ {_TO} :p ; sh:object 1 ; sh:deactivated true ] .",
    ],
)
def test_another_engine_infers_the_same(by: str) -> None:
    ours = statements(DATA, by)
    their_own = {one for one in theirs(DATA, by) if not one[0].startswith('"')}  # theirs lets literals be subjects
    assert ours == their_own


def test_a_rule_applies_again_to_what_it_inferred() -> None:
    above = {(one, three) for one, _, three in statements(DATA, ANCESTORS)}
    assert above == {(f":{one}", f":{three}") for one, three in ("de", "df", "dg", "ef", "eg", "fg")}


def test_rules_run_in_their_order_and_see_what_those_before_them_inferred() -> None:
    made = "sh:subject sh:this ; sh:predicate :step ; sh:object"
    absent = "[ a sh:NodeShape ; sh:property [ sh:path :step ; sh:hasValue %d ] ]"
    by = (
        f"{TARGET} ; sh:rule [ a sh:TripleRule ; {made} 1 ; sh:order 1 ] , "
        f"[ a sh:TripleRule ; {made} 2 ; sh:order 2.5 ; sh:condition {absent % 1} ] , "
        f"[ a sh:TripleRule ; {made} 0 ; sh:order 0 ; sh:condition {absent % 1} ] ."
    )
    assert {three for one, _, three in statements(DATA, by) if one == ":a"} == {f'"{n}"^^xsd:integer' for n in (1, 2)}


def test_shapes_run_in_their_order() -> None:
    by = (
        ":First a sh:NodeShape ; sh:targetClass :R ; sh:order 1 ; "
        "sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :p ; sh:object 1 ; sh:order 9 ] ."
        ":Later a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:order 2 ; "
        "sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :q ; sh:object 2 ] ."
    )
    assert len(statements(DATA, by)) == 6
    assert len(statements(DATA, by.replace("sh:order 1 ", "sh:order 3 "))) == 3


def test_what_could_not_stand_in_rdf_is_not_inferred() -> None:
    rule = "[ a sh:TripleRule ; sh:subject [ sh:path :w ] ; sh:predicate :p ; sh:object 1 ]"
    other = "[ a sh:TripleRule ; sh:subject sh:this ; sh:predicate [ sh:path :w ] ; sh:object 1 ]"
    assert statements(DATA, f"{TARGET} ; sh:rule {rule} , {other} .") == set()


def test_a_deactivated_shape_infers_nothing() -> None:
    assert statements(DATA, f"{TARGET} ; sh:deactivated true ; {AREA} .") == set()


@pytest.mark.parametrize(
    "rule",
    [
        "[ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :q ; sh:object [ sh:path :p ] ]",
        "[ a sh:SPARQLRule ; sh:construct 'PREFIX : <http://example.org/> CONSTRUCT { $this :q ?v } { $this :p ?v }' ]",
    ],
)
def test_literals_keep_their_form_where_a_rule_copies_them(rule: str) -> None:
    assert statements(":x :p 01.50 .", f":S a sh:NodeShape ; sh:targetNode :x ; sh:rule {rule} .") == {
        (":x", ":q", '"01.50"^^xsd:decimal')
    }


def test_a_query_that_cuts_is_asked_for_each_focus_node_alone() -> None:
    query = "CONSTRUCT { $this <urn:most> ?x } { $this ?p ?x FILTER (isNumeric(?x)) } ORDER BY DESC(?x) LIMIT 1"
    by = f"{TARGET} ; sh:rule [ a sh:SPARQLRule ; sh:construct '{query}' ] ."
    assert {(one, three[1]) for one, _, three in statements(DATA, by)} == {(":a", "4"), (":b", "2"), (":c", "5")}


def test_a_template_makes_several_statements_and_blank_nodes_of_each_solution() -> None:
    query = (
        "PREFIX : <http://example.org/> CONSTRUCT { # as in Turtle, $this\n"
        "$this :made [ a :Size ; :of ?p , ?none ; :at ( 1 true ) ] ; ?p :it } WHERE { $this ?p ?n FILTER (?n > 3) }"
    )
    by = f'{TARGET} ; sh:rule [ a sh:SPARQLRule ; sh:construct """{query}""" ; sh:condition [ sh:not :Done ] ] . '
    found_ = statements(DATA, f"{by} :Done a sh:NodeShape ; sh:property [ sh:path :made ; sh:minCount 1 ] .")
    assert {one for one in found_ if not one[0].startswith("_:") and one[1] != ":made"} == {
        (":a", ":h", ":it"),
        (":c", ":w", ":it"),
    }
    made = [three for _, two, three in found_ if two == ":made"]
    assert len(set(made)) == len(made) == 2
    assert {(two, three) for one, two, three in found_ if one in made} > {("rdf:type", ":Size"), (":of", ":h")}
    assert len(found_) == 2 * 9


def test_a_pattern_can_be_the_template() -> None:
    short_form = "CONSTRUCT WHERE { $this <http://example.org/w> ?w }"
    assert statements(DATA, f"{TARGET} ; sh:rule [ a sh:SPARQLRule ; sh:construct '{short_form}' ] .") == set()


def test_data_is_judged_with_what_rules_inferred_when_that_is_asked() -> None:
    by = f"{TARGET} ; {AREA} ; sh:property [ sh:path :area ; sh:minCount 1 ] ."
    plain, full = (validate(graph(DATA), shapes(by), infer=infer) for infer in (False, True))
    assert found(plain) == [(":a", None), (":b", None), (":c", None)]
    assert found(full) == [(":c", None)]
    assert (plain.inferred, full.inferred) == (0, 2)
    assert full.to_json()["inferredStatements"] == 2


def test_shapes_can_ask_for_their_rules_to_run() -> None:
    by = f"{TARGET} ; {AREA} ; sh:property [ sh:path :area ; sh:minCount 1 ] . <urn:s> sh:entailment sh:Rules ."
    report = validate(graph(DATA), shapes(by))
    assert (found(report), report.left_out) == ([(":c", None)], ())
    with pytest.raises(InputError, match="rules to run"):
        Revalidator(graph(DATA), shapes(by))


def test_a_change_is_judged_with_what_rules_infer_on_either_side(tmp_path: Path) -> None:
    by = f"{TARGET} ; {AREA} ; sh:property [ sh:path :area ; sh:minCount 1 ] . <urn:s> sh:entailment sh:Rules ."
    files = [tmp_path / name for name in ("rules.ttl", "before.ttl", "after.ttl")]
    for file, turtle in zip(files, (by, DATA, f"{DATA} :c :h 1 . :x a :R ."), strict=True):
        file.write_text(PREFIXES + turtle)
    judged = [Judgeable(file.stem, file) for file in files[1:]]
    compared = rejudge(judged[0], judged[1], rules=GivenRules(files[:1], nothing)).comparison
    assert [found(one) for one in (compared.mended, compared.new)] == [[(":c", None)], [(":x", None)]]


def test_rules_do_not_change_what_is_known_of_a_shapes_reach() -> None:
    by = f"{TARGET} ; {AREA} ; {SQUARE} ; sh:property [ sh:path :w ; sh:minCount 1 ] . {SOUND}"
    compiled = shapes(by)
    (shape,) = compiled.targeted
    assert is_bounded(shape, compiled.shapes)
    assert Revalidator(graph(DATA), compiled).report.conforms


def test_the_data_stays_as_it_is() -> None:
    data = graph(DATA)
    before = len(data)
    outcome = validate(data, shapes(f"{TARGET} ; {AREA} ; sh:nodeKind sh:IRI ."), infer=True)
    assert (len(data), outcome.conforms) == (before, True)
