"""Records of use cases are read whole, and what is missing is told with its line."""

from pathlib import Path

import pytest
from tests.alignment.use_cases.records import CASE, CGMES3, HEAD, coverage, requirement, write_record

from virtuales.alignment.use_cases.reading import read_use_case
from virtuales.alignment.use_cases.record import changes
from virtuales.errors import InputError, UnknownTerm, UnreadableInput

REMARK = """
case:coarse a ves:PainPoint ; oa:bodyValue "Too coarse." ; oa:hasTarget case:old ;
  dcterms:creator case:planner ; dcterms:created "2023-08"^^xsd:gYearMonth .
"""
HISTORY = (
    requirement("old", ' ;\n  dcat:temporalResolution "P1Y"^^xsd:duration'),
    requirement(
        "new",
        ' ;\n  dcat:temporalResolution "PT30M"^^xsd:duration ; prov:wasRevisionOf case:old ;'
        ' skos:changeNote "Once a year is not enough." ; prov:wasInfluencedBy case:coarse',
        version="2",
    ),
    REMARK,
)


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput):
        read_use_case(tmp_path / "none.ttl")


def test_refuses_a_file_without_a_use_case(tmp_path: Path) -> None:
    path = tmp_path / "empty.ttl"
    path.write_text("<http://a.example/s> <http://a.example/p> 1 .")
    with pytest.raises(InputError, match="0 use cases"):
        read_use_case(path)


def test_names_the_line_of_what_is_missing(tmp_path: Path) -> None:
    path = write_record(tmp_path, [requirement().replace("ves:priority ves:MustHave ;", "")])
    with pytest.raises(InputError, match="priority> is not said") as refused:
        read_use_case(path)
    line = 1 + path.read_text().splitlines().index(
        next(each for each in path.read_text().splitlines() if each.startswith("case:lines"))
    )
    assert refused.value.where == f"{path}, line {line}, <{CASE}#lines>"


def test_refuses_a_unit_that_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(UnknownTerm, match="FurlongPower"):
        read_use_case(write_record(tmp_path, [requirement("lines", " ; qudt:hasUnit unit:FurlongPower")]))


def test_reads_actors_steps_and_what_serves_a_requirement(tmp_path: Path) -> None:
    said = coverage("cim:ACLineSegment.r", "cim:ACLineSegment", more=' ; ves:lacks ves:term ; rdfs:comment "Not all."')
    use_case = read_use_case(write_record(tmp_path, [requirement("lines", " ; qudt:hasUnit unit:OHM", said)]))
    assert [step.label for step in use_case.steps] == ["Load", "Study"]
    assert use_case.reviewed == (CGMES3.replace("3.0", "2.4.15"), CGMES3)
    (one,) = use_case.requirements
    assert (one.identifier, one.priority, one.unit) == ("S-01", "must have", "Ω")
    assert use_case.name_of(one.needed_by[0]) == "Planner"
    (each,) = one.coverage
    assert (each.model, each.lacks, each.comment) == (CGMES3, frozenset({"term"}), "Not all.")
    assert [iri.rpartition("#")[2] for iri in each.terms] == ["ACLineSegment", "ACLineSegment.r"]


def test_keeps_the_history_of_a_requirement_and_what_led_to_it(tmp_path: Path) -> None:
    use_case = read_use_case(write_record(tmp_path, HISTORY))
    (now,) = use_case.requirements
    before, after = use_case.history(now)
    assert (before.version, after.version, after.change_note) == ("1", "2", "Once a year is not enough.")
    assert changes(before, after) == ("resolution: P1Y, now PT30M",)
    assert after.led_by == (f"{CASE}#coarse",)


def test_what_is_said_of_an_earlier_version_is_said_of_the_requirement(tmp_path: Path) -> None:
    use_case = read_use_case(write_record(tmp_path, HISTORY))
    (remark,) = use_case.about(f"{CASE}#new")
    assert (remark.text, remark.pain_point, remark.on) == ("Too coarse.", True, "2023-08")


def test_steps_in_a_circle_are_all_there(tmp_path: Path) -> None:
    path = write_record(tmp_path, ["case:load p-plan:isPrecededBy case:study ."])
    assert sorted(step.label for step in read_use_case(path).steps) == ["Load", "Study"]


def test_the_small_record_is_one_that_can_be_read(tmp_path: Path) -> None:
    assert "ves:UseCase" in HEAD
    assert read_use_case(write_record(tmp_path, [])).requirements == ()
