"""The shapes graphs that the note on SHACL's advanced features shows: all found, each run or named with its reason.

https://www.w3.org/TR/shacl-af/. The note has no test suite; its examples are what it gives to be judged by.
"""

import html
import re
from functools import cache

import pytest
from tests.assurance.building import PREFIXES
from tests.assurance.inferring import short
from tests.shared_data import shared

from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.inference import infer
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.validator import validate
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE

NOTE = "suites/shacl/shacl-af/index.html"
HEAD = f"""{PREFIXES}
@prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""
DECLARED = "ex: sh:declare [ sh:prefix 'ex' ; sh:namespace 'http://example.org/'^^xsd:anyURI ] ."
PEOPLE = """
ex:Bob a ex:Person ; ex:bornIn ex:USA ; ex:parent ex:Ann . ex:Eve a ex:Person ; ex:bornIn ex:France .
ex:Ann ex:sibling ex:Joe . ex:Joe ex:gender ex:male . ex:Kim ex:parent ex:Joe .
"""
NOT_RUN = {
    0: "it shows how boxes look",
    1: "its prefix declaration gives an IRI where SHACL asks for a literal, which is refused aloud",
    3: "it uses a target type of another name than the one that the note defines, which is refused aloud",
    4: "annotations of results are not written, which is said aloud",
    6: "it calls a function that the note does not define, which is refused aloud",
    7: "it calls a function that the note does not define, which is refused aloud",
    10: "it calls functions that the note does not define, which is refused aloud",
}


@cache
def boxes(kind: str) -> tuple[str, ...]:
    """Return the examples of a kind, as Turtle; where the note leaves something out nothing stands."""
    text = shared(NOTE).read_text(encoding="utf-8")
    found = re.findall(rf'<pre\s+class="example-{kind}"[^>]*>(.*?)</pre>', text, flags=re.DOTALL)
    plain = (html.unescape(re.sub("<[^>]+>", "", one)) for one in found)
    return tuple(re.sub(r";\s*\.\.\.", ".", one) for one in plain)


def compiled(*places: int, more: str = DECLARED) -> ShapesGraph:
    return compile_shapes([(HEAD + "\n".join(boxes("shapes")[place] for place in places) + more).encode()])


def data(turtle: str) -> ColumnarGraph:
    return ColumnarGraph.from_quads(parse_file((HEAD + turtle).encode(), TURTLE))


def inferred(turtle: str, shapes: ShapesGraph) -> set[str]:
    assert shapes.faults == ()
    return {" ".join(map(short, one)) for one in infer(data(turtle), shapes).statements}


def expected(place: int) -> set[str]:
    statements = parse_file((HEAD + boxes("inferences")[place]).encode(), TURTLE)
    return {" ".join(short(str(term)) for term in (one.subject, one.predicate, one.object)) for one in statements}


def test_finds_every_shapes_graph_of_the_note() -> None:
    assert [len(boxes(kind)) for kind in ("shapes", "data", "inferences")] == [16, 3, 2]
    assert set(NOT_RUN) < set(range(16))


def test_a_target_type_gives_the_people_born_in_a_country() -> None:
    use = "ex:S a sh:NodeShape ; sh:nodeKind sh:Literal ; "
    use += "sh:target [ a ex:PeopleBornInCountryTarget ; ex:country ex:USA ] ."
    shapes = compiled(2, more=DECLARED + use)
    assert shapes.faults == ()
    assert [short(one.focus_node) for one in validate(data(PEOPLE), shapes).results] == [":Bob"]


def test_a_function_can_be_called() -> None:
    query = "PREFIX ex: <http://example.org/> SELECT $this ?value WHERE { BIND (ex:multiply(7, 8) AS ?value) }"
    use = f"ex:S a sh:NodeShape ; sh:targetNode ex:Bob ; sh:sparql [ sh:select '{query}' ] ."
    shapes = compiled(5, more=use)
    assert shapes.faults == ()
    assert [short(str(one.value)) for one in validate(data(PEOPLE), shapes).results] == ['"56"^^xsd:integer']


@pytest.mark.parametrize(("place", "values"), [(8, {'"Bob"', '"Fritz"'}), (9, {'"Bob"', '"Robert"'})])
def test_expressions_give_what_the_queries_beside_them_give(place: int, values: set[str]) -> None:
    made = "a sh:TripleRule ; sh:subject sh:this ; sh:predicate ex:made ; sh:object"
    expressions = (one.rstrip(" .") for one in re.split(r"\.\s*\n\n", boxes("shapes")[place].strip()))
    rules = " , ".join(f"[ {made} {expression} ]" for expression in expressions)
    shapes = compiled(more=f"ex:S a sh:NodeShape ; sh:targetNode ex:x ; sh:rule {rules} .")
    turtle = "ex:x ex:firstName 'Bob' ; ex:givenName 'Robert' . ex:children rdfs:label 'Fritz' ."
    assert {one.partition(":made ")[2] for one in inferred(turtle, shapes)} == values


@pytest.mark.parametrize(("shapes", "box", "result"), [((11,), 1, 0), ((12,), 2, 1), ((12, 5, 13), 2, 1)])
def test_rules_infer_what_the_note_says(shapes: tuple[int, ...], box: int, result: int) -> None:
    assert inferred(boxes("data")[box], compiled(*shapes)) == expected(result)


def test_rules_of_a_later_order_see_what_earlier_ones_inferred() -> None:
    assert inferred(PEOPLE, compiled(14)) == {":Bob :uncle :Joe", ":Bob :cousin :Kim"}


def test_a_shapes_graph_can_ask_for_its_rules() -> None:
    assert compiled(15, more="").entails


@pytest.mark.parametrize(
    ("places", "where"),
    [((1,), "sh:target"), ((2, 3), "sh:target"), ((4,), "sh:resultAnnotation"), ((10,), "sh:expression")],
)
def test_what_is_not_run_is_said_aloud(places: tuple[int, ...], where: str) -> None:
    assert places[-1] in NOT_RUN
    assert where in {fault.where for fault in compiled(*places).faults}


@pytest.mark.parametrize("place", [6, 7])
def test_an_expression_with_an_undefined_function_is_refused_aloud(place: int) -> None:
    expression = boxes("shapes")[place].strip().rstrip(" .")
    shapes = compiled(more=f"ex:S a sh:NodeShape ; sh:targetNode ex:x ; sh:expression {expression} .")
    assert ["no function" in fault.what for fault in shapes.faults] == [True]
