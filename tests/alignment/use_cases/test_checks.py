"""Mistakes of editors are found, each with its line."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.alignment.gaps.analysing import registered
from tests.alignment.use_cases.records import CASE, coverage, requirement, write_record

from virtuales.alignment.checks.run import Checked
from virtuales.errors import UnreadableInput
from virtuales.resources import contributed
from virtuales.workflow.check_use_cases import check_use_cases

SOUND = requirement("lines", coverage("cim:ACLineSegment"))
OTHER = requirement("other", coverage("cim:Line"), number="S-02")
REMARK = """
case:remark a oa:Annotation ; oa:bodyValue "So it is." ; oa:hasTarget case:lines ;
  dcterms:creator "Somebody" ; dcterms:created "2026-11-01"^^xsd:date .
"""
PROPOSAL = """
proposed:Outage a owl:Class ; rdfs:label "Outage" ; rdfs:comment "A time out of service." ;
  rdfs:subClassOf cim:IdentifiedObject ;
  ves:proposedFor case:lines .
"""


def checked(folder: Path, parts: Sequence[str]) -> Checked:
    """Check a record."""
    return check_use_cases([write_record(folder, parts)], shapes=contributed("shapes"), models=registered())


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="no such file"):
        check_use_cases([tmp_path / "none.ttl"], shapes=contributed("shapes"), models=registered())


def test_finds_nothing_in_a_sound_record(tmp_path: Path) -> None:
    assert checked(tmp_path, [SOUND, OTHER, REMARK, PROPOSAL]).findings == ()


def test_tells_the_line_of_what_is_no_turtle(tmp_path: Path) -> None:
    (found,) = checked(tmp_path, [SOUND, "case:x a ."]).findings
    lines = (tmp_path / "small.ttl").read_text().splitlines()
    assert (found.rule, found.line) == ("unreadable", 1 + lines.index("case:x a ."))


REVISION = " ; prov:wasRevisionOf case:lines"
REASON = ' ; skos:changeNote "It was wrong."'


@pytest.mark.parametrize(
    ("code", "place", "parts"),
    [
        ("unknown-term", "cim:Lin", [requirement("lines", coverage("cim:Lin"))]),
        ("unknown-model", "cgmes-9", [requirement("lines", coverage("cim:Line", model="model:cgmes-9"))]),
        (
            "deprecated-term",
            "energyIdentCodeEic",
            [
                "@prefix eu: <http://iec.ch/TC57/CIM100-European#> .",
                requirement("lines", coverage("eu:IdentifiedObject.energyIdentCodeEic")),
            ],
        ),
        (
            "unit-differs",
            "cim:ACLineSegment.r",
            [requirement("lines", " ; qudt:hasUnit unit:MegaW", coverage("cim:ACLineSegment.r"))],
        ),
        ("unknown-actor", "case:nobody", [SOUND.replace("neededBy case:planner", "neededBy case:nobody")]),
        ("unknown-step", "case:nowhere", [SOUND.replace("case:study", "case:nowhere")]),
        ("unknown-purpose", "ves:Nothing", [SOUND.replace("ves:NetworkPlanning", "ves:Nothing")]),
        ("idle-actor", "case:idler", [SOUND, 'case:idler a org:Role ; skos:prefLabel "I" ; skos:definition "D" .']),
        ("same-identifier", '"S-01"', [SOUND, OTHER.replace("S-02", "S-01")]),
        ("version-order", "owl:versionInfo", [SOUND, requirement("other", REVISION, REASON, coverage("cim:Line"))]),
        ("unknown-revision", "prov:wasRevisionOf", [SOUND, OTHER.replace(" .\n", REVISION + REASON + " .\n")]),
        ("no-reason", REVISION.strip(" ;"), [SOUND, requirement("other", REVISION, coverage("cim:Line"), version="2")]),
        (
            "unknown-remark",
            "case:unsaid",
            [SOUND.replace(" .\n", " ;\n  prov:wasInfluencedBy case:unsaid .\n")],
        ),
        ("unknown-target", "case:gone", [SOUND, REMARK.replace("case:lines", "case:gone")]),
        ("unknown-model", "model:cgmes-9", [SOUND, "case:review prov:used model:cgmes-9 ."]),
        ("unknown-term", "cim:Identified", [SOUND, PROPOSAL.replace("cim:IdentifiedObject", "cim:Identified")]),
        ("unknown-requirement", "case:gone", [SOUND, PROPOSAL.replace("case:lines", "case:gone")]),
        (
            "term-exists",
            "cim:Line rdfs:label",
            [SOUND, 'cim:Line rdfs:label "Line" ; rdfs:comment "A line." ; ves:proposedFor case:lines .'],
        ),
        ("no-proposal", "case:lines a", [requirement("lines")]),
    ],
)
def test_finds_a_mistake_and_names_its_line(tmp_path: Path, code: str, place: str, parts: list[str]) -> None:
    found = [each for each in checked(tmp_path, parts).findings if each.rule == code]
    assert found, f"{code} was not found"
    line = found[0].line
    assert line is not None
    assert place in (tmp_path / "small.ttl").read_text().splitlines()[line - 1]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("ves:priority ves:MustHave", "ves:priority ves:Soon", "one priority"),
        ('dcterms:identifier "S-01"', 'dcterms:identifier "first"', "short name"),
        ('"2026-11-01"^^xsd:date', '"soon"', "when this version was written"),
        ("ves:neededAt case:study ;", "", "one step at least"),
        ("ves:term cim:ACLineSegment", 'ves:term "cim:ACLineSegment"', "as an IRI"),
    ],
)
def test_finds_what_the_shapes_forbid(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in SOUND
    found = [each for each in checked(tmp_path, [SOUND.replace(before, after)]).findings if each.rule == "shape"]
    assert any(said in each.what and each.line for each in found)
    assert all(each.severity == "error" for each in found)


def test_a_blank_node_is_found_in_the_requirement_that_it_is_said_of(tmp_path: Path) -> None:
    wrong = SOUND.replace("ves:inModel model:cgmes-3.0 ;", "")
    (found,) = (each for each in checked(tmp_path, [wrong]).findings if "one model" in each.what)
    lines = (tmp_path / "small.ttl").read_text().splitlines()
    assert found.line is not None
    assert lines[found.line - 1].startswith("case:lines")
    assert CASE not in found.what
