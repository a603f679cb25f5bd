"""Reports: the verdict, the counts, and what is written for machines."""

from rdflib import RDF, Graph, Namespace
from tests.assurance.building import PREFIXES, judged

from virtuales.assurance.report import join_reports

SH = Namespace("http://www.w3.org/ns/shacl#")
DATA = ":a a :K . :b a :K . :c a :K ; :p 1 , 2 ."
SHAPES = """
:S a sh:NodeShape ; sh:targetClass :K ; sh:property :Least, :Most .
:Least sh:path :p ; sh:minCount 1 ; sh:severity sh:Warning ; sh:name "some p" ; sh:message "A K has a p." .
:Most sh:path :p ; sh:maxCount 1 .
"""


def test_a_warning_alone_does_not_conform_but_is_acceptable() -> None:
    report = judged(":a a :K .", SHAPES)
    assert not report.conforms
    assert report.acceptable


def test_a_violation_is_not_acceptable() -> None:
    assert not judged(DATA, SHAPES).acceptable


def test_a_severity_of_ones_own_is_not_acceptable() -> None:
    assert not judged(":a a :K .", SHAPES.replace("sh:Warning", ":Terrible")).acceptable


def test_conforming_data_has_an_empty_report() -> None:
    report = judged(":a a :K ; :p 1 .", SHAPES)
    assert report.conforms
    assert report.focus_nodes == 1
    assert report.to_json()["groups"] == []


def test_summary_shows_the_worst_rule_first_with_counts_and_examples() -> None:
    summary = judged(DATA, SHAPES).to_json(examples=1)
    assert summary["counts"] == {"Violation": 1, "Warning": 2, "Info": 0}
    assert summary["groups"] == [
        {
            "rule": "http://example.org/Most",
            "shape": "http://example.org/Most",
            "component": "MaxCountConstraintComponent",
            "severity": "Violation",
            "message": "More than 1 values.",
            "path": "http://example.org/p",
            "count": 1,
            "examples": [
                {
                    "focusNode": "http://example.org/c",
                    "path": "http://example.org/p",
                    "value": None,
                    "message": "More than 1 values.",
                }
            ],
        },
        {
            "rule": "some p",
            "shape": "http://example.org/Least",
            "component": "MinCountConstraintComponent",
            "severity": "Warning",
            "message": "A K has a p.",
            "path": "http://example.org/p",
            "count": 2,
            "examples": [
                {
                    "focusNode": "http://example.org/a",
                    "path": "http://example.org/p",
                    "value": None,
                    "message": "A K has a p.",
                }
            ],
        },
    ]


def test_summary_is_limited() -> None:
    summary = judged(DATA, SHAPES).to_json(groups=1)
    assert summary["rules"] == 2
    assert isinstance(summary["groups"], list)
    assert len(summary["groups"]) == 1


def test_turtle_is_a_validation_report_that_others_read() -> None:
    written = Graph().parse(data=judged(DATA, SHAPES).to_turtle())
    assert len(set(written.subjects(RDF.type, SH.ValidationResult))) == 3
    assert {str(one) for one in written.objects(None, SH.resultMessage)} == {"A K has a p.", "More than 1 values."}


def test_joined_reports_keep_every_result() -> None:
    report = judged(DATA, SHAPES)
    assert len(join_reports([report, report]).results) == 6
    assert PREFIXES
