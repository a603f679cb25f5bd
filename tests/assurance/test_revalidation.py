"""Judging again what a change concerns gives what judging the whole again gives."""

from collections import Counter

import pytest
from tests.assurance.building import found, graph, shapes

from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.revalidation import Revalidator
from virtuales.assurance.validator import validate
from virtuales.errors import InputError


def some(lines: list[str]) -> ColumnarGraph:
    return graph("\n".join(lines))


def test_refuses_shapes_that_cannot_judge() -> None:
    with pytest.raises(InputError):
        Revalidator(graph(":a :p 1 ."), shapes(""))


@pytest.mark.parametrize(
    ("shape", "line"),
    [
        ("sh:targetClass :K ; sh:nodeKind sh:Literal", ":a a :K ."),
        ("sh:targetClass :M ; sh:nodeKind sh:Literal", ":K rdfs:subClassOf :M ."),
        ("sh:targetSubjectsOf :q ; sh:nodeKind sh:Literal", ":a :q :d ."),
        ("sh:targetObjectsOf :q ; sh:nodeKind sh:Literal", ":a :q :d ."),
        ("sh:targetNode :a ; sh:closed true ; sh:ignoredProperties ( :p )", ":a :q :d ."),
        ("sh:targetNode :a ; sh:class :K", ":a a :K ."),
        ("sh:targetNode :b ; sh:class :M", ":K rdfs:subClassOf :M ."),
        ("sh:targetNode :a ; sh:property [ sh:path :p ; sh:class :L ]", ":b a :L ."),
        ("sh:targetNode :a ; sh:property [ sh:path :p ; sh:class :K ]", ":a :p :d ."),
        ("sh:targetNode :a ; sh:property [ sh:path :p ; sh:not [ sh:class :K ] ]", ":a :p :c ."),
        (("sh:targetNode :a ; sh:property [ sh:path :p ; sh:node [ sh:closed true ; "
         "sh:ignoredProperties ( :p rdf:type ) ] ]"), ":b :q :d ."),
        ("sh:targetNode :a ; sh:property [ sh:path :p ; sh:disjoint :q ]", ":a :q :b ."),
        ("sh:targetNode :b ; sh:property [ sh:path [ sh:inversePath :p ] ; sh:maxCount 1 ]", ":d :p :b ."),
        ("sh:targetNode :a ; sh:property [ sh:path ( :p :q ) ; sh:maxCount 0 ]", ":b :q :d ."),
        ("sh:targetNode :d ; sh:property [ sh:path [ sh:inversePath ( :p :q ) ] ; sh:maxCount 0 ]", ":b :q :d ."),
        ("sh:targetNode :a ; sh:property [ sh:path [ sh:oneOrMorePath :p ] ; sh:maxCount 2 ]", ":c :p :d ."),
        ("sh:targetNode :d ; sh:property [ sh:path [ sh:inversePath [ sh:zeroOrMorePath :p ] ] ; sh:maxCount 1 ]",
         ":c :p :d ."),
        ("sh:targetNode :a ; sh:property [ sh:path :p ; sh:property [ sh:path :q ; sh:maxCount 0 ] ]", ":b :q :d ."),
        ("sh:targetNode :a ; sh:not [ sh:path :q ; sh:minCount 1 ]", ":a :q :d ."),
        (("sh:targetNode :a ; sh:property [ sh:path :p ; sh:qualifiedMaxCount 0 ; sh:qualifiedValueShape "
         "[ sh:path :q ; sh:minCount 1 ] ]"), ":b :q :d ."),
    ],
)  # fmt: skip
def test_follows_what_a_shape_reads(shape: str, line: str) -> None:
    """Each shape judges the data otherwise with the line than without."""
    data, by = [":a :p :b .", ":c a :K .", ":b :p :c .", ":b a :K ."], shapes(f":S a sh:NodeShape ; {shape} .")
    assert found(validate(graph("\n".join(data)), by)) != found(validate(graph("\n".join([*data, line])), by))
    kept = Revalidator(graph("\n".join(data)), by)
    with_line = kept.apply(added=some([line])).results
    assert Counter(with_line) == Counter(validate(graph("\n".join([*data, line])), by).results)
    without_line = kept.apply(removed=some([line])).results
    assert Counter(without_line) == Counter(validate(graph("\n".join(data)), by).results)


def test_keeps_the_number_of_results_for_a_value_of_several_focus_nodes() -> None:
    by = shapes(
        ":S a sh:NodeShape ; sh:targetClass :K ; sh:property [ sh:path :p ; "
        "sh:property [ sh:path :q ; sh:minCount 1 ] ] ."
    )
    kept = Revalidator(graph(":a a :K ; :p :v . :b a :K ; :p :v ."), by)
    assert found(kept.report) == [(":v", None)] * 2
    assert found(kept.apply(removed=some([":b :p :v ."]))) == [(":v", None)]


def test_takes_no_notice_of_what_changes_nothing() -> None:
    by = shapes(":S a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:maxCount 1 ] .")
    kept = Revalidator(graph(":a :p 1, 2 ."), by)
    assert kept.apply(some([":b :p 1 ."]), some([":a :p 2 ."])) == kept.report
    assert found(kept.apply(some([":a :p 2 ."]), some([":a :p 2 ."]))) == [(":a", None)]


def test_finds_a_fault_that_comes_and_forgets_it_when_it_goes() -> None:
    by = shapes(":S a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:maxCount 1 ] .")
    kept = Revalidator(graph(":a :p 1 ."), by)
    assert kept.report.conforms
    assert found(kept.apply(added=some([":a :p 2 ."]))) == [(":a", None)]
    assert kept.apply(removed=some([":a :p 2 ."])).conforms
