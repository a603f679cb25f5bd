"""Judging again what a change concerns gives what judging the whole again gives."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.assurance.building import PREFIXES, found, graph, shapes
from tests.assurance.test_other_engines import (
    node_constraints,
    property_constraints,
    property_shapes,
    shapes_graphs,
    statements,
    turtle,
    value_constraints,
)
from tests.assurance.test_prebinding import shape as shape_with_query

from virtuales.assurance.revalidation import Revalidator
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.validator import validate
from virtuales.errors import InputError
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE
from virtuales.rdf.terms import Quad

datasets = st.lists(statements, min_size=4, max_size=16)
changes = st.lists(st.tuples(st.integers(0, 6), st.lists(statements, max_size=4)), min_size=1, max_size=3)
deep_shapes = st.tuples(
    shapes_graphs,
    property_shapes,
    property_constraints,
    node_constraints,
    value_constraints,
)
QUERY = "SELECT $this ?value WHERE { $this :p+ ?value . FILTER NOT EXISTS { ?value :q $this } }"


def quads(lines: list[str]) -> list[Quad]:
    return list(parse_file((PREFIXES + "\n".join(lines)).encode(), TURTLE))


def agrees_with_the_whole(data: list[str], by: ShapesGraph, changed: list[tuple[int, list[str]]]) -> None:
    """Take every fifth statement out, from a given one on, and put others in; the report is that of a full run."""
    kept = Revalidator(graph("\n".join(data)), by)
    now = set(data)
    for place, added in changed:
        removed = sorted(now)[place::5]
        now = (now - set(removed)) | set(added)
        report, whole = kept.apply(quads(removed), quads(added)), validate(graph("\n".join(now)), by)
        assert Counter(report.results) == Counter(whole.results)
        assert (report.judged, report.focus_nodes) == (whole.judged, whole.focus_nodes)
        assert list(dict.fromkeys(one.source_shape for one in report.groups)) == list(
            dict.fromkeys(one.source_shape for one in whole.groups)
        )
        assert report.conforms == whole.conforms


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
    with_line = kept.apply(added=quads([line])).results
    assert Counter(with_line) == Counter(validate(graph("\n".join([*data, line])), by).results)
    without_line = kept.apply(removed=quads([line])).results
    assert Counter(without_line) == Counter(validate(graph("\n".join(data)), by).results)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=datasets, parts=shapes_graphs, changed=changes)
def test_judges_plain_shapes_as_a_full_run_does(
    data: list[str],
    parts: tuple[str, list[str], list[tuple[str, str]]],
    changed: list[tuple[int, list[str]]],
) -> None:
    agrees_with_the_whole(data, shapes(turtle(*parts)), changed)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=datasets, parts=deep_shapes, changed=changes)
def test_judges_shapes_within_shapes_as_a_full_run_does(
    data: list[str],
    parts: tuple[tuple[str, list[str], list[tuple[str, str]]], tuple[str, str], str, str, str],
    changed: list[tuple[int, list[str]]],
) -> None:
    outer, (path, constraint), inner, node, value = parts
    deep = f"""
    :S sh:property [ sh:path {path} ; {constraint} ; sh:node :N ;
        sh:property [ sh:path ( :q [ sh:inversePath :p ] ) ; {inner} ] ] .
    :N sh:not [ sh:path [ sh:oneOrMorePath :r ] ; {value} ] .
    :Other a sh:NodeShape ; sh:targetClass :L ; sh:targetObjectsOf :p ; {node} .
    """
    agrees_with_the_whole(data, shapes(turtle(*outer) + deep), changed)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(data=datasets, changed=changes)
def test_judges_shapes_with_queries_as_a_full_run_does(data: list[str], changed: list[tuple[int, list[str]]]) -> None:
    other = ":Plain a sh:NodeShape ; sh:targetSubjectsOf :q ; sh:property [ sh:path :p ; sh:maxCount 1 ] ."
    agrees_with_the_whole(data, shapes(shape_with_query(QUERY, "sh:targetSubjectsOf :p, :q") + other), changed)


def test_keeps_the_number_of_results_for_a_value_of_several_focus_nodes() -> None:
    by = shapes(
        ":S a sh:NodeShape ; sh:targetClass :K ; sh:property [ sh:path :p ; "
        "sh:property [ sh:path :q ; sh:minCount 1 ] ] ."
    )
    kept = Revalidator(graph(":a a :K ; :p :v . :b a :K ; :p :v ."), by)
    assert found(kept.report) == [(":v", None)] * 2
    assert found(kept.apply(removed=quads([":b :p :v ."]))) == [(":v", None)]


def test_takes_no_notice_of_what_changes_nothing() -> None:
    by = shapes(":S a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:maxCount 1 ] .")
    kept = Revalidator(graph(":a :p 1, 2 ."), by)
    assert kept.apply(quads([":b :p 1 ."]), quads([":a :p 2 ."])) == kept.report
    assert found(kept.apply(quads([":a :p 2 ."]), quads([":a :p 2 ."]))) == [(":a", None)]


def test_finds_a_fault_that_comes_and_forgets_it_when_it_goes() -> None:
    by = shapes(":S a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:maxCount 1 ] .")
    kept = Revalidator(graph(":a :p 1 ."), by)
    assert kept.report.conforms
    assert found(kept.apply(added=quads([":a :p 2 ."]))) == [(":a", None)]
    assert kept.apply(removed=quads([":a :p 2 ."])).conforms
