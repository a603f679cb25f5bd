"""Taking two reports apart into what is new, what stays and what is mended."""

from tests.assurance.building import graph, shapes

from virtuales.assurance.comparison import compare_reports
from virtuales.assurance.report import ValidationReport
from virtuales.assurance.validator import validate

RULES = """
:S a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:nodeKind sh:IRI ; sh:hasValue :c ] .
"""


def both(before: str, after: str, by: str = RULES) -> tuple[ValidationReport, ValidationReport]:
    """Judge two graphs by the same shapes."""
    compiled = shapes(by)
    return validate(graph(before), compiled), validate(graph(after), compiled)


def told(report: ValidationReport) -> set[str]:
    """Return the focus nodes and values of the results as text."""
    return {
        f"{one.focus_node} {one.value}".replace("<http://example.org/", ":").replace(">", "") for one in report.results
    }


def test_a_result_is_told_by_shape_constraint_node_and_value() -> None:
    compared = compare_reports(
        *both(':a :p "1" . :b :p "2", :c . :d :p "3" .', ':a :p "1", :c . :b :p "9" . :d :p "3" .')
    )
    assert told(compared.new) == {':b "9"', ":b None"}
    assert told(compared.unchanged) == {':a "1"', ':d "3"', ":d None"}
    assert told(compared.mended) == {':b "2"', ":a None"}


def test_parts_make_up_the_reports() -> None:
    before, after = both(":a :p 1 . :b :p 2 .", ":b :p 2 . :c :p 3, 4 .")
    compared = compare_reports(before, after)
    assert len(compared.new) + len(compared.unchanged) == len(after)
    assert len(compared.mended) + len(compared.unchanged) == len(before)
    assert compared.new.judged == compared.unchanged.judged == after.judged


def test_a_result_that_stands_there_twice_counts_twice() -> None:
    inner = "sh:property [ sh:path :q ; sh:minCount 1 ]"
    nested = f":S a sh:NodeShape ; sh:targetClass :K ; sh:property [ sh:path :p ; {inner} ] ."
    before, after = both(":a a :K ; :p :v .", ":a a :K ; :p :v . :b a :K ; :p :v .", nested)
    compared = compare_reports(before, after)
    assert (len(after), len(compared.new), len(compared.unchanged)) == (2, 1, 1)
    assert compared.mended.conforms


def test_the_message_does_not_tell_results_apart() -> None:
    by = """
    : sh:declare [ sh:prefix "" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
    :S a sh:NodeShape ; sh:targetNode :a ; sh:sparql [ sh:prefixes : ; sh:message "{?number} values" ;
      sh:select "SELECT $this (COUNT(?x) AS ?number) WHERE { $this :p ?x } GROUP BY $this" ] .
    """
    before, after = both(":a :p 1, 2 .", ":a :p 1, 2, 3 .", by)
    compared = compare_reports(before, after)
    assert [one.message for one in compared.unchanged.results] == ["3 values"]
    assert compared.new.conforms
    assert compared.mended.conforms
