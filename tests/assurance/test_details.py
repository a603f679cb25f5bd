"""Details: the results that say why a value does not conform to another shape."""

import json

import pyshacl
import pytest
from rdflib import Graph, Namespace
from rdflib.term import Node
from tests.assurance.building import PREFIXES, graph, shapes

from virtuales.assurance.details import EVERY
from virtuales.assurance.report import ValidationReport, ValidationResult
from virtuales.assurance.validator import validate

SH = Namespace("http://www.w3.org/ns/shacl#")
DATA = """
:a a :Order ; :to :p , :q . :b a :Order ; :to :p .
:p :street "High Street" . :q :street 1 , 2 ; :town :t . :t :code "x" .
"""
ADDRESS = """
:Address a sh:NodeShape ; sh:property :Street , :Town .
:Street sh:path :street ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:name "street" .
:Town sh:path :town ; sh:minCount 1 ; sh:node :Place ; sh:message "An address has a town." .
:Place a sh:NodeShape ; sh:property :Code . :Code sh:path :code ; sh:minLength 3 .
"""
NESTED = f"{ADDRESS} :Order a sh:NodeShape ; sh:targetClass :Order ; sh:property :To . :To sh:path :to ; "


def report(by: str, data: str = DATA, details: int = EVERY) -> ValidationReport:
    """Judge with details."""
    return validate(graph(data), shapes(by), details=details)


def short(term: str | None) -> str:
    """Write a term without the namespace of the examples."""
    return str(term).replace("http://example.org/", ":").strip("<>")


def told(result: ValidationResult) -> list[tuple[int, str, str]]:
    """Write what is within a result: depth, focus node, component."""
    component = [(depth, one.focus_node, one.component) for depth, one in result.within()]
    return [
        (depth, short(node), name.rpartition("#")[2].removesuffix("ConstraintComponent"))
        for depth, node, name in component
    ]


def test_there_are_no_details_unless_they_are_asked_for() -> None:
    flat = validate(graph(DATA), shapes(f"{NESTED} sh:node :Address ."))
    assert len(flat) == 3
    assert all(not group.details for group in flat.groups)
    assert "sh:detail" not in flat.to_turtle()
    assert "details" not in json.dumps(flat.to_json())


def test_asking_for_details_changes_no_result() -> None:
    by = f"{NESTED} sh:node :Address ."
    flat, full = (report(by, details=number) for number in (0, EVERY))
    assert [(one.focus_node, one.value, one.message) for one in flat.results] == [
        (one.focus_node, one.value, one.message) for one in full.results
    ]


def test_details_lie_within_details() -> None:
    by_value = {
        (short(one.focus_node), short(one.value)): told(one) for one in report(f"{NESTED} sh:node :Address .").results
    }
    assert by_value == {
        (":a", ":p"): [(1, ":p", "MinCount")],
        (":b", ":p"): [(1, ":p", "MinCount")],
        (":a", ":q"): [
            (1, ":q", "Datatype"),
            (1, ":q", "Datatype"),
            (1, ":q", "MaxCount"),
            (1, ":q", "Node"),
            (2, ":t", "MinLength"),
        ],
    }


def test_a_detail_has_the_message_and_severity_of_its_own_shape() -> None:
    (result,) = [one for one in report(f"{NESTED} sh:node :Address .").results if one.focus_node.endswith("/b>")]
    (detail,) = result.details
    assert (detail.message, short(detail.source_shape)) == ("An address has a town.", ":Town")


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("sh:and ( :Address :Place )", {(1, "MinCount")}),
        ("sh:or ( :Address [ sh:class :K ] )", {(1, "MinCount"), (1, "Class")}),
        ("sh:xone ( :Address [ sh:class :K ] )", {(1, "MinCount"), (1, "Class")}),
        ("sh:not [ sh:nodeKind sh:IRI ]", set()),
        ("sh:qualifiedValueShape :Address ; sh:qualifiedMinCount 1", {(1, "MinCount")}),
        ("sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMaxCount 0", set()),
        ("sh:class :K", set()),
    ],
)
def test_constraints_that_ask_other_shapes_say_what_those_found(
    constraint: str, expected: set[tuple[int, str]]
) -> None:
    found = [one for one in report(f"{NESTED} {constraint} .").results if one.focus_node.endswith("/b>")]
    assert {(depth, name) for one in found for depth, _, name in told(one)} == expected
    assert len(found) == 1


def test_a_value_that_conforms_to_too_many_shapes_has_no_details() -> None:
    found = report(f"{NESTED} sh:xone ( [ sh:nodeKind sh:IRI ] [ sh:minLength 1 ] ) .").results
    assert len(found) == 3
    assert not any(one.details for one in found)


def test_property_shapes_within_a_property_shape_count_as_details_of_its_focus_node() -> None:
    by = ":S a sh:NodeShape ; sh:targetNode :a ; sh:node :N . :N sh:property :To . :To sh:path :to ; sh:property :St . "
    (result,) = report(f"{by} :St sh:path :street ; sh:maxCount 1 .").results
    assert told(result) == [(1, ":q", "MaxCount")]


def test_details_are_found_for_as_many_results_as_are_asked_for() -> None:
    (group,) = report(f"{NESTED} sh:node :Address .", details=2).groups
    assert (len(group), len(group.details)) == (3, 2)
    assert not group[2].details


def test_a_deactivated_shape_has_nothing_to_say() -> None:
    found = report(
        f"{NESTED} sh:and ( :Address :Off ) . :Off a sh:NodeShape ; sh:class :K ; sh:deactivated true ."
    ).results
    assert {name for one in found for _, _, name in told(one)} == {
        "MinCount",
        "Datatype",
        "MaxCount",
        "Node",
        "MinLength",
    }


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pyshacl.*", "ignore::DeprecationWarning:rdflib.*")
def test_turtle_has_the_details_that_another_engine_gives() -> None:
    by = f"{NESTED} sh:node :Address ."
    _, theirs, _ = pyshacl.validate(Graph().parse(data=PREFIXES + DATA), shacl_graph=Graph().parse(data=PREFIXES + by))
    ours = Graph().parse(data=report(by).to_turtle())
    assert isinstance(theirs, Graph)
    assert nested(ours) == nested(theirs)
    assert len(set(ours.objects(None, SH.detail))) == 7


def nested(written: Graph) -> list[str]:
    """Write the results of a report with what is within them, in an order of their own."""

    def one(result: Node) -> str:
        said = [written.value(result, SH[name]) for name in ("focusNode", "value", "sourceConstraintComponent")]
        return f"{said} {sorted(map(one, written.objects(result, SH.detail)))}"

    return sorted(map(one, written.objects(None, SH.result)))
