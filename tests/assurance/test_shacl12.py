"""SHACL 1.2: the constraints that are judged, and that no other term of its vocabulary passes in silence.

https://www.w3.org/TR/shacl12-core/
"""

import pytest
from tests.assurance.building import graph, judged, shapes

from virtuales.assurance.details import EVERY
from virtuales.assurance.reach import is_bounded
from virtuales.assurance.report import ValidationReport
from virtuales.assurance.revalidation import Revalidator
from virtuales.assurance.validator import validate

LISTS = """
:two a :L ; :p ( :a :b ) . :none a :L ; :p ( ) . :three a :L ; :p ( 1 2 1 ) . :plain a :L ; :p :a .
:open a :L ; :p [ rdf:first 1 ] . :forked a :L ; :p [ rdf:first 1 , 2 ; rdf:rest ( ) ] .
:round a :L ; :p _:c . _:c rdf:first 1 ; rdf:rest _:c . :text a :L ; :p "x" .
"""
BROKEN = {":plain", ":open", ":forked", ":round", ":text"}
TARGET = ":S a sh:NodeShape ; sh:targetClass :L ; sh:property :P . :P sh:path :p ; "


def focus(by: str, data: str = LISTS) -> set[str]:
    """Judge; return the focus nodes of the results."""
    report = judged(data, by)
    assert report.left_out == ()
    return {one.focus_node.replace("http://example.org/", ":").strip("<>") for one in report.results}


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("sh:minListLength 0", set()),
        ("sh:minListLength 1", {":none"}),
        ("sh:minListLength 3", {":none", ":two"}),
        ("sh:maxListLength 3", set()),
        ("sh:maxListLength 2", {":three"}),
        ("sh:maxListLength 0", {":two", ":three"}),
        ("sh:uniqueMembers true", {":three"}),
        ("sh:memberShape [ sh:nodeKind sh:IRI ]", {":three"}),
        ("sh:memberShape [ sh:nodeKind sh:Literal ]", {":two"}),
        ("sh:memberShape [ sh:class :Nothing ]", {":two", ":three"}),
    ],
)
def test_lists_are_judged_and_what_is_none_fails(constraint: str, wrong: set[str]) -> None:
    assert focus(f"{TARGET} {constraint} .") == wrong | BROKEN


def test_a_list_need_not_be_unique_where_that_is_not_asked() -> None:
    assert focus(f"{TARGET} sh:uniqueMembers false .") == set()


def test_member_shape_reports_each_member_that_does_not_conform_and_says_why() -> None:
    by = f"{TARGET} sh:memberShape [ sh:maxInclusive 1 ] ."
    report = validate(graph(":three a :L ; :p ( 1 2 3 2 ) . :plain a :L ; :p :a ."), shapes(by), details=EVERY)
    values = [str(one.value).partition("^^")[0] for one in report.results]
    assert sorted(values) == ['"2"', '"2"', '"3"', "<http://example.org/a>"]
    why = {
        str(one.value)[:3]: [detail.component.rpartition("#")[2] for _, detail in one.within()]
        for one in report.results
    }
    assert why['"2"'] == ["MaxInclusiveConstraintComponent"]
    assert why["<ht"] == []


@pytest.mark.parametrize("tail", range(6))
@pytest.mark.parametrize("circle", range(1, 8))
def test_a_list_that_runs_in_a_circle_after_a_while_is_none(tail: int, circle: int) -> None:
    last = tail + circle - 1
    cells = "".join(f":c{n} rdf:first {n} ; rdf:rest :c{n + 1 if n < last else tail} ." for n in range(last + 1))
    assert focus(f"{TARGET} sh:minListLength 0 .", f":x a :L ; :p :c0 . {cells}") == {":x"}


def test_a_long_list_is_followed_to_its_end() -> None:
    numbers = " ".join(map(str, range(1000)))
    assert focus(f"{TARGET} sh:minListLength 1000 ; sh:uniqueMembers true .", f":x a :L ; :p ( {numbers} ) .") == set()
    assert focus(f"{TARGET} sh:minListLength 1001 .", f":x a :L ; :p ( {numbers} ) .") == {":x"}


def test_lists_that_several_objects_share_are_judged_for_each() -> None:
    data = ":x a :L ; :p _:l . :y a :L ; :p _:l . _:l rdf:first 1 ; rdf:rest ( 2 ) ."
    assert focus(f"{TARGET} sh:memberShape [ sh:maxInclusive 1 ] .", data) == {":x", ":y"}


@pytest.mark.parametrize(
    ("constraint", "data", "wrong"),
    [
        ("sh:someValue [ sh:class :K ]", ":a a :L ; :p :k , :n . :b a :L ; :p :n . :c a :L . :k a :K .", {":b", ":c"}),
        (
            "sh:singleLine true",
            ':a a :L ; :p "x\\ny" . :b a :L ; :p "x\\u000By", "z" . :c a :L ; :p "x y" .',
            {":a", ":b"},
        ),
        ("sh:singleLine false", ':a a :L ; :p "x\\ny" .', set()),
        ("sh:subsetOf :q", ":a a :L ; :p 1 , 2 ; :q 1 . :b a :L ; :p 1 ; :q 1 , 2 . :c a :L ; :q 1 .", {":a"}),
        ("sh:rootClass :K", ":a a :L ; :p :K . :b a :L ; :p :M . :c a :L ; :p :N . :M rdfs:subClassOf :K .", {":c"}),
    ],
)
def test_constraints_of_shacl_1_2_are_judged(constraint: str, data: str, wrong: set[str]) -> None:
    assert focus(f"{TARGET} {constraint} .", data) == wrong


def test_what_no_value_conforms_to_says_why() -> None:
    report = validate(graph(":b a :L ; :p :n ."), shapes(f"{TARGET} sh:someValue [ sh:class :K ] ."), details=EVERY)
    assert [detail.component.rpartition("#")[2] for one in report.results for _, detail in one.within()] == [
        "ClassConstraintComponent"
    ]


@pytest.mark.parametrize(
    ("constraint", "bounded"),
    [
        ("sh:someValue [ sh:class :K ]", True),
        ("sh:subsetOf :q", True),
        ("sh:singleLine true", True),
        ("sh:rootClass :K", True),
        ("sh:memberShape [ sh:nodeKind sh:IRI ]", False),
        ("sh:minListLength 1", False),
        ("sh:uniqueMembers true", False),
    ],
)
def test_judging_again_after_a_change_gives_what_judging_the_whole_gives(constraint: str, bounded: bool) -> None:
    compiled = shapes(f"{TARGET} {constraint} .")
    assert is_bounded(compiled.shapes["<http://example.org/S>"], compiled.shapes) is bounded
    before = ":a a :L ; :p :x ; :q :x . :b a :L ; :p ( 1 ) , :y . :y a :K ."
    changed = (":b :p :K .", ":a :q :x .", ":M rdfs:subClassOf :K . :a :p :M .", ':a :p "x\\ny" .')
    for more in changed:
        keeper = Revalidator(graph(before), compiled)
        keeper.apply(None, graph(more))
        whole = validate(graph(f"{before} {more}"), compiled)
        assert told(keeper.report) == told(whole)


def told(report: ValidationReport) -> list[tuple[str, str]]:
    """Return focus nodes and values, in order; the labels of blank nodes tell nothing."""
    return sorted((one.focus_node, "" if str(one.value).startswith("_:") else str(one.value)) for one in report.results)


@pytest.mark.parametrize(
    ("severity", "conforms", "acceptable"),
    [
        ("sh:Trace", True, True),
        ("sh:Debug", True, True),
        ("sh:Info", False, True),
        ("sh:Warning", False, True),
        ("sh:Violation", False, False),
        (":Own", False, False),
    ],
)
def test_severities_refuse_data_or_do_not(severity: str, conforms: bool, acceptable: bool) -> None:
    report = judged(":a a :L ; :p 1 .", f"{TARGET} sh:maxCount 0 ; sh:severity {severity} .")
    assert (report.conforms, report.acceptable, len(report)) == (conforms, acceptable, 1)
    assert sum(report.counts_by_severity().values()) == 1


JUDGED = frozenset(
    (
        *("and", "class", "closed", "datatype", "disjoint", "equals", "hasValue", "in", "languageIn", "lessThan"),
        *("lessThanOrEquals", "maxCount", "maxExclusive", "maxInclusive", "maxLength", "minCount", "minExclusive"),
        *("minInclusive", "minLength", "node", "nodeKind", "not", "or", "pattern", "property", "qualifiedMaxCount"),
        *("qualifiedMinCount", "uniqueLang", "xone", "sparql", "expression", "memberShape", "minListLength"),
        *("maxListLength", "uniqueMembers", "rootClass", "singleLine", "someValue", "subsetOf"),
    )
)
"""Properties of a shape that judge."""
BESIDE = frozenset(("flags", "ignoredProperties", "qualifiedValueShape", "qualifiedValueShapesDisjoint"))
"""Properties of a shape that judge together with another."""
OTHERWISE = frozenset(
    (
        *("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target", "path", "severity", "message"),
        *("deactivated", "rule", "order", "name", "description", "group", "defaultValue", "declare", "prefixes"),
        *("shapesGraph", "suggestedShapesGraph", "entailment", "agentInstruction", "codeIdentifier", "intent", "unit"),
    )
)
"""Properties that may stand on a shape and mean something else: targets, paths, rules, or words for people."""
ELSEWHERE = frozenset(
    (
        *("inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"),
        *("parameter", "labelTemplate", "optional", "validator", "nodeValidator", "propertyValidator", "keyParameter"),
        *("ask", "select", "construct", "prefix", "namespace", "condition", "subject", "predicate", "object"),
        *("returnType", "filterShape", "nodes", "intersection", "union", "minus", "annotationProperty"),
        *("annotationValue", "annotationVarName", "conforms", "conformsToShapesGraph", "result", "detail", "focusNode"),
        *("resultMessage", "resultPath", "resultSeverity", "sourceConstraint", "sourceShape", "value"),
        *("sourceConstraintComponent", "shapesGraphWellFormed", "usedShapesGraph", "usedDataGraph", "sourceRule"),
        *("usedConfiguration", "conformanceDisallows", "incomplete", "incompleteURIStart", "formalized", "tempTriple"),
        *("describe", "update", "sparqlExpr", "layer", "runOnce", "expectedPredicate", "this"),
    )
)
"""Properties of other things than shapes: paths, components, queries, rules, reports, data."""
REFUSED = frozenset(
    (
        *("targetWhere", "shape", "reifierShape", "reificationRequired", "uniqueValuesFor", "nodeByExpression"),
        *("resultAnnotation", "bodyExpression", "includesRuleSet", "hasRule", "ruleProcessor", "values", "js"),
    )
)
"""Properties that are named as left out wherever they stand."""
VOCABULARY = 139
"""How many properties the vocabulary of SHACL 1.2 has, with `sh:js` and `sh:values`, which have their own notes."""


def test_every_property_of_the_vocabulary_is_sorted() -> None:
    sorted_ = [*JUDGED, *BESIDE, *OTHERWISE, *ELSEWHERE, *REFUSED]
    assert len(sorted_) == len(set(sorted_)) == VOCABULARY


@pytest.mark.parametrize("name", sorted(REFUSED | (ELSEWHERE - {"select"})))
def test_what_does_not_judge_and_stands_on_a_shape_is_named(name: str) -> None:
    report = judged(":a a :L .", f":S a sh:NodeShape ; sh:targetClass :L ; sh:nodeKind sh:IRI ; sh:{name} :x .")
    assert f"sh:{name}" in {fault.where for fault in report.left_out}
    assert report.conforms


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_node_that_is_a_shape_by_such_a_property_alone_is_named(name: str) -> None:
    beside = ":T a sh:NodeShape ; sh:targetClass :L ; sh:nodeKind sh:IRI ."
    report = judged(":a a :L .", f"{beside} :S sh:{name} :x ; sh:targetNode :a .")
    assert f"sh:{name}" in {fault.where for fault in report.left_out}


@pytest.mark.parametrize("name", sorted(JUDGED - {"property", "sparql", "expression"}))
def test_what_judges_has_an_entry_of_its_own(name: str) -> None:
    values = {"closed": "true", "uniqueLang": "true", "uniqueMembers": "true", "singleLine": "true", "pattern": "'x'"}
    counts = ("Count", "Length")
    lists = ("and", "or", "xone", "in", "languageIn")
    value = values.get(name) or ("1" if name.endswith(counts) else "( )" if name in lists else ":x")
    value = "sh:IRI" if name == "nodeKind" else "1" if name.endswith("clusive") else value
    more = "; sh:qualifiedValueShape :Q" if name.startswith("qualified") else ""
    compiled = shapes(
        f":S a sh:NodeShape ; sh:targetClass :L ; sh:property :P . :P sh:path :p ; sh:{name} {value} {more} . {OTHERS}"
    )
    assert compiled.faults == ()
    assert len(compiled.shapes["<http://example.org/P>"].constraints) == 1


OTHERS = ":x a sh:NodeShape . :Q a sh:NodeShape ."


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ("sh:closed sh:ByTypes", "sh:closed"),
        ("sh:nodeKind sh:TripleTerm", "sh:nodeKind"),
        ("sh:class ( :A :B )", "sh:class"),
        ("sh:subsetOf [ sh:inversePath :q ]", "sh:subsetOf"),
        ("sh:equals ( :p :q )", "sh:equals"),
        ("sh:deactivated [ sh:path :q ]", ""),
        ("sh:targetNode [ sh:path :q ]", ""),
    ],
)
def test_a_value_that_only_shacl_1_2_allows_is_named(written: str, where: str) -> None:
    beside = ":T a sh:NodeShape ; sh:targetClass :L ; sh:nodeKind sh:IRI ."
    report = judged(":a a :L .", f"{beside} :S a sh:NodeShape ; sh:targetClass :L ; {written} .")
    assert [(fault.shape, fault.where) for fault in report.left_out] == [("<http://example.org/S>", where)]


def test_what_is_said_of_a_single_statement_of_a_shape_is_named() -> None:
    report = judged(":a a :L .", f"{TARGET} sh:minCount 1 {{| sh:severity sh:Warning |}} .")
    assert [fault.where for fault in report.left_out] == ["rdf:reifies"]
    assert len(report) == 1


def test_a_shape_class_is_a_shape_and_its_own_target() -> None:
    assert focus(":L a sh:ShapeClass ; sh:property [ sh:path :p ; sh:minCount 1 ] .", ":a a :L . :b a :L ; :p 1 .") == {
        ":a"
    }
