"""What `virtuales validate` writes for build servers, code hosts and people, on a small model of CGMES 3.0."""

import json
import re
import stat
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import typer
from typer.testing import CliRunner, Result

from virtuales.cli.validate import validate

LINE = "urn:uuid:73c512bd-7249-4f50-50da-d93849b89c43"
SHORT = "urn:uuid:0b1c9a34-2f5e-4a0e-9d8a-1e6a6f0e7c11"
MODEL = f"""<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:cim="http://iec.ch/TC57/CIM100#" xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#"
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <md:FullModel rdf:about="urn:uuid:00000000-0000-4000-8000-00000000000a">
    <md:Model.profile>http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0</md:Model.profile>
  </md:FullModel>
  <cim:ACLineSegment rdf:about="{LINE}">
    <cim:IdentifiedObject.name>North &lt;b&gt; to South</cim:IdentifiedObject.name>
    <cim:Conductor.length>12</cim:Conductor.length>
  </cim:ACLineSegment>
  <cim:ACLineSegment rdf:ID="_{SHORT.removeprefix("urn:uuid:").upper()}">
    <cim:IdentifiedObject.name>Stub</cim:IdentifiedObject.name>
  </cim:ACLineSegment>
</rdf:RDF>
"""
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix cim: <http://iec.ch/TC57/CIM100#> .
@prefix ex: <http://example.org/shapes#> .
ex:Line a sh:NodeShape ; sh:targetClass cim:ACLineSegment ; sh:property ex:Length, ex:Present, ex:Name .
ex:Length sh:path cim:Conductor.length ; sh:maxExclusive %s ; sh:name "length in km" ;
  sh:message "The length of a line is in kilometres." ; sh:description "Lines of this grid are short." .
ex:Present sh:path cim:Conductor.length ; sh:minCount %s ; sh:severity sh:Warning ; sh:message "A line has a length." .
ex:Name sh:path cim:IdentifiedObject.name ; sh:minCount 1 ; sh:name "a name" .
"""
SEVERE, LENIENT = SHAPES % ("10.0", "1"), SHAPES % ("100.0", "0")
FORMATS = ["text", "json", "turtle", "sarif", "junit", "html"]

runner = CliRunner()
app = typer.Typer()
app.command()(validate)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "north south.xml"
    file.write_text(MODEL)
    return file


def run(file: Path, form: str, *more: str, shapes: str = SEVERE) -> Result:
    rules = file.with_name("shapes.ttl")
    rules.write_text(shapes)
    return runner.invoke(app, [str(file), "--shapes", str(rules), "--format", form, *more])


def sarif(file: Path, shapes: str = SEVERE) -> dict[str, Any]:
    log = json.loads(run(file, "sarif", shapes=shapes).stdout)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("/sarif-schema-2.1.0.json")
    (one,) = log["runs"]
    assert isinstance(one, dict)
    return one


class Page(HTMLParser):
    """What a page holds: its elements with their attributes, and which of them were left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "input", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


def test_refuses_a_report_into_a_directory_that_is_not_there(model: Path) -> None:
    outcome = run(model, "sarif", "--output", str(model.parent / "none" / "report.sarif"))
    assert outcome.exit_code == 2
    assert "The report cannot be written" in outcome.stderr


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_ends_with_one_for_violations_and_zero_without(form: str, model: Path) -> None:
    assert run(model, form).exit_code == 1
    assert run(model, form, shapes=LENIENT).exit_code == 0


@pytest.mark.parametrize("form", ["text", "turtle", "html"])
def test_a_file_gets_what_the_terminal_would(form: str, model: Path) -> None:
    report = model.parent / "report"
    report.write_text("what stood there before")
    outcome = run(model, form, "--output", str(report))
    assert (outcome.exit_code, outcome.stdout) == (1, "")
    assert report.read_text() == run(model, form).stdout
    assert stat.S_IMODE(report.stat().st_mode) & 0o600 == 0o600
    assert sorted(one.name for one in model.parent.iterdir()) == ["north south.xml", "report", "shapes.ttl"]


def test_the_terminal_shows_name_file_and_line(model: Path) -> None:
    text = run(model, "text").stdout
    assert f"{model}:9: {LINE} North <b> to South" in text
    assert f"{model}:11: {SHORT} Stub" in text
    assert "Lines of this grid are short." in text


def test_json_shows_name_file_and_line(model: Path) -> None:
    (judged,) = json.loads(run(model, "json").stdout)
    worst, other = judged["report"]["groups"]
    assert worst["description"] == "Lines of this grid are short."
    (example,) = worst["examples"]
    assert (example["name"], example["place"]) == ("North <b> to South", {"file": str(model), "line": 9})
    assert other["examples"][0]["place"]["line"] == 11


def test_sarif_lists_every_rule_that_judged(model: Path) -> None:
    driver = sarif(model)["tool"]["driver"]
    assert driver["name"] == "virtuales"
    assert {rule["id"].rpartition("#")[2]: rule["defaultConfiguration"]["level"] for rule in driver["rules"]} == {
        "Length": "error",
        "Present": "warning",
        "Name": "error",
    }
    (length,) = [rule for rule in driver["rules"] if rule["id"].endswith("#Length")]
    assert length["shortDescription"]["text"] == "length in km"
    assert length["fullDescription"]["text"] == "Lines of this grid are short."


def test_sarif_places_each_result(model: Path) -> None:
    one = sarif(model)
    violation, warning = one["results"]
    assert (violation["level"], warning["level"]) == ("error", "warning")
    for result in one["results"]:
        assert one["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert re.fullmatch("[0-9a-f]{64}", result["partialFingerprints"]["resultHash/v1"])
    (location,) = violation["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": 9}
    artifact = location["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == one["artifacts"][artifact["index"]]["location"]["uri"] == model.as_uri()
    focus, path = location["logicalLocations"]
    assert (focus["name"], focus["fullyQualifiedName"]) == ("North <b> to South", LINE)
    assert (path["name"], path["kind"]) == ("Conductor.length", "property")


def test_sarif_fingerprints_stay_when_lines_move(model: Path) -> None:
    before = [one["partialFingerprints"] for one in sarif(model)["results"]]
    model.write_text(MODEL.replace("<cim:ACLineSegment", "\n\n<cim:ACLineSegment"))
    moved = sarif(model)["results"]
    assert [one["partialFingerprints"] for one in moved] == before
    assert moved[0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 11


def test_sarif_of_a_conforming_model_has_rules_and_no_results(model: Path) -> None:
    one = sarif(model, LENIENT)
    assert one["results"] == []
    assert len(one["tool"]["driver"]["rules"]) == 3


def test_a_members_place_is_named_behind_its_zip(model: Path) -> None:
    packed = model.with_name("models.zip")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("eq.xml", MODEL)
    physical = sarif(packed)["results"][0]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"].endswith("/models.zip/eq.xml")
    assert physical["region"]["startLine"] == 9


def test_an_rdf_file_is_placed_without_line(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(
        "@prefix cim: <http://iec.ch/TC57/CIM100#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        '<urn:a> a cim:ACLineSegment ; rdfs:label "A" ; cim:IdentifiedObject.name "a" ; cim:Conductor.length 50 .'
    )
    (result,) = sarif(data)["results"]
    (location,) = result["locations"]
    assert "region" not in location["physicalLocation"]
    assert location["logicalLocations"][0]["name"] == "a"


def test_junit_has_a_suite_for_the_file_and_a_case_for_each_rule(model: Path) -> None:
    root = ET.fromstring(run(model, "junit").stdout.encode())  # noqa: S314  # our own output
    (suite,) = root.findall("testsuite")
    assert (root.tag, suite.get("name")) == ("testsuites", str(model))
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["3", "1", "0", "0"]
    (failed,) = [case for case in suite if case.find("failure") is not None]
    failure = failed.find("failure")
    assert failure is not None
    assert (failed.get("name"), failure.get("type")) == ("length in km", "MaxExclusive")
    assert failure.get("message") == "1 times: The length of a line is in kilometres."
    assert f"{model}:9: {LINE} (North <b> to South)" in (failure.text or "")
    (remarked,) = [case for case in suite if case.find("system-out") is not None]
    assert remarked.find("failure") is None


def test_junit_of_a_conforming_model_passes_every_case(model: Path) -> None:
    root = ET.fromstring(run(model, "junit", shapes=LENIENT).stdout.encode())  # noqa: S314  # our own output
    assert (root.get("tests"), root.get("failures")) == ("3", "0")
    assert [len(case) for case in root.iter("testcase")] == [0, 0, 0]


def test_junit_skips_a_shape_that_is_in_error(model: Path) -> None:
    broken = LENIENT + 'ex:Wrong a sh:NodeShape ; sh:targetClass cim:Terminal ; sh:minLength "many" .'
    root = ET.fromstring(run(model, "junit", shapes=broken).stdout.encode())  # noqa: S314  # our own output
    (skipped,) = root.iter("skipped")
    assert "in error" in skipped.get("message", "")
    assert root.get("skipped") == "1"


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pyshacl.*", "ignore::DeprecationWarning:rdflib.*")
def test_junit_names_the_shapes_where_the_second_engine_judged(model: Path) -> None:
    outcome = run(model, "junit", "--engine", "pyshacl", shapes=LENIENT)
    assert "http://example.org/shapes#Line" in outcome.stdout


@pytest.mark.parametrize("shapes", [SEVERE, LENIENT])
def test_the_page_refers_to_nothing_outside_itself(shapes: str, model: Path) -> None:
    text = run(model, "html", shapes=shapes).stdout
    page = Page(text)
    assert not page.open
    for tag, attributes in page.elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base"}
        for name in ("src", "href", "action", "srcset", "data", "poster"):
            assert (attributes.get(name) or "#").startswith("#")
    assert "url(" not in text
    assert "@import" not in text


def test_the_page_has_landmarks_labels_and_one_main_heading(model: Path) -> None:
    page = Page(run(model, "html").stdout)
    assert [page.count(tag) for tag in ("header", "main", "footer", "h1", "title")] == [1, 1, 1, 1, 1]
    assert dict(page.elements)["html"] == {"lang": "en"}
    assert (page.count("details"), page.count("summary")) == (2, 2)
    identified = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    named = [attributes["for"] for tag, attributes in page.elements if tag == "label" and "for" in attributes]
    assert named
    assert set(named) <= identified


def test_the_page_shows_name_line_and_rule_and_escapes_them(model: Path) -> None:
    text = run(model, "html").stdout
    assert "North &lt;b&gt; to South" in text
    assert "<b>" not in text
    assert '<td class="number">9</td>' in text
    assert "The length of a line is in kilometres." in text
    assert "Lines of this grid are short." in text
    assert "Does not conform." in text
    assert "Conforms.</strong>" in run(model, "html", shapes=LENIENT).stdout


NESTED = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix cim: <http://iec.ch/TC57/CIM100#> .
@prefix ex: <http://example.org/shapes#> .
ex:Line a sh:NodeShape ; sh:targetClass cim:ACLineSegment ; sh:node ex:Sound ; sh:name "a sound line" .
ex:Sound a sh:NodeShape ; sh:property ex:Length .
ex:Length sh:path cim:Conductor.length ; sh:maxExclusive 10.0 ; sh:message "Lines of this grid are <short>." .
"""


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (
            "text",
            f"because {LINE} http://iec.ch/TC57/CIM100#Conductor.length: Lines of this grid are <short>. Found: 12",
        ),
        ("json", '"message": "Lines of this grid are <short>."'),
        ("turtle", "sh:detail"),
        ("sarif", '"text": "Lines of this grid are <short>. Found: 12"'),
        ("junit", "Lines of this grid are &lt;short&gt;. Found: 12"),
        ("html", "Lines of this grid are &lt;short&gt;. Found: 12"),
    ],
)
def test_every_format_says_why_when_it_is_asked_and_only_then(form: str, told: str, model: Path) -> None:
    assert told in run(model, form, "--details", shapes=NESTED).stdout
    assert told not in run(model, form, shapes=NESTED).stdout


def test_sarif_places_details_beside_the_result(model: Path) -> None:
    log = json.loads(run(model, "sarif", "--details", shapes=NESTED).stdout)
    (result,) = log["runs"][0]["results"]
    (related,) = result["relatedLocations"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 7
    assert related["physicalLocation"]["region"]["startLine"] == 9


def test_json_nests_details_with_their_lines(model: Path) -> None:
    (judged,) = json.loads(run(model, "json", "--details", shapes=NESTED).stdout)
    (detail,) = judged["report"]["groups"][0]["examples"][0]["details"]
    assert (detail["shape"], detail["component"], detail["place"]["line"]) == (
        "http://example.org/shapes#Length",
        "MaxExclusiveConstraintComponent",
        9,
    )


def test_the_page_is_sound_with_details(model: Path) -> None:
    page = Page(run(model, "html", "--details", shapes=NESTED).stdout)
    assert page.open == []
    assert page.count("li") == 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pyshacl.*", "ignore::DeprecationWarning:rdflib.*")
def test_the_other_engine_counts_no_detail_as_a_result_and_gives_none(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(
        f"@prefix cim: <http://iec.ch/TC57/CIM100#> . <{LINE}> a cim:ACLineSegment ; cim:Conductor.length 12 ."
    )
    (judged,) = json.loads(run(data, "json", "--engine", "pyshacl", shapes=NESTED).stdout)
    assert judged["report"]["results"] == 1
    refused = run(data, "json", "--engine", "pyshacl", "--details", shapes=NESTED)
    assert refused.exit_code == 2
    assert "--details" in refused.stderr


def test_a_debugging_result_is_shown_in_data_that_conforms(model: Path) -> None:
    shapes = NESTED.replace("sh:node ex:Sound", "sh:severity sh:Debug ; sh:node ex:Sound")
    outcome = run(model, "text", shapes=shapes)
    assert outcome.exit_code == 0
    assert "conforms 1 Debug" in outcome.stdout
    log = json.loads(run(model, "sarif", shapes=shapes).stdout)
    assert [one["level"] for one in log["runs"][0]["results"]] == ["note"]
    assert "<failure" not in run(model, "junit", shapes=shapes).stdout
