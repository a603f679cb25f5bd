"""`virtuales mappings impact`: what a file changes of translations, saved queries, gap reports and given data."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from virtuales.alignment.impact.record import DatasetChange, Impact, QueryChange, TermChange, TranslationChange
from virtuales.alignment.impact.writing import WRITERS, ImpactFormat
from virtuales.cli.mappings import app
from virtuales.resources import contributed

EDITIONS = "cgmes-2.4.15--cgmes-3.0.sssom.tsv"
CIM16, ENTSOE = "http://iec.ch/TC57/2013/CIM-schema-cim16#", "http://entsoe.eu/CIM/SchemaExtension/3/1#"
EU = "http://iec.ch/TC57/CIM100-European#"
MODEL = f"""<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cim="{CIM16}"
  xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#" xmlns:entsoe="http://entsoe.eu/CIM/SchemaExtension/3/1#">
<md:FullModel rdf:about="urn:uuid:00000000-0000-4000-8000-000000000001">
  <md:Model.profile>http://entsoe.eu/CIM/EquipmentCore/3/1</md:Model.profile></md:FullModel>
<cim:OperationalLimitType rdf:ID="_00000000-0000-4000-8000-00000000000a">
  <cim:IdentifiedObject.name>PATL</cim:IdentifiedObject.name>
  <entsoe:OperationalLimitType.limitType rdf:resource="http://entsoe.eu/CIM/SchemaExtension/3/1#LimitTypeKind.patl"/>
</cim:OperationalLimitType>
</rdf:RDF>
"""
RATING = """PREFIX cim: <http://iec.ch/TC57/CIM100#> PREFIX eu: <http://iec.ch/TC57/CIM100-European#>
SELECT ?type WHERE { ?type a cim:OperationalLimitType ; eu:OperationalLimitType.kind eu:LimitKind.patl }
"""


def run(*arguments: object) -> Result:
    """Run the command."""
    result = CliRunner().invoke(app, ["impact", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The set of the editions without the rows about kinds of limits and about line segments."""
    lines = (contributed("mappings") / EDITIONS).read_text(encoding="utf-8").splitlines(keepends=True)
    file = tmp_path_factory.mktemp("drafts") / EDITIONS
    kept = (line for line in lines if "LimitTypeKind" not in line and "cim16:ACLineSegment\t" not in line)
    file.write_text("".join(kept), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def report(edited: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What it changes, with a query and data of our own; the command ended with 1, as `--strict` asks."""
    place = tmp_path_factory.mktemp("given")
    (place / "permanent.rq").write_text(RATING)
    (place / "model.xml").write_text(MODEL)
    result = run(edited, "--queries", place, "--data", place / "model.xml", "--format", "json", "--strict")
    assert result.exit_code == 1
    said: dict[str, Any] = json.loads(result.output)
    return said


def test_refuses_what_is_not_there_and_what_is_no_query(edited: Path, tmp_path: Path) -> None:
    absent = run(tmp_path / "no.sssom.tsv")
    assert (absent.exit_code, "no such file" in absent.output) == (2, True)
    (tmp_path / "wrong.rq").write_text("SELECT")
    wrong = run(edited, "--queries", tmp_path)
    assert (wrong.exit_code, "not valid SPARQL" in wrong.output) == (2, True)


def test_terms_that_rows_no_longer_carry_are_told_both_ways(report: dict[str, Any]) -> None:
    assert (report["changes"], report["in_place_of"]) == (True, "cgmes-2.4.15--cgmes-3.0 1.0.0")
    there, back = report["translations"]
    assert (there["source"], there["target"], back["source"]) == ("cgmes-2.4.15", "cgmes-3.0", "cgmes-3.0")
    patl = {"term": f"{ENTSOE}LimitTypeKind.patl", "before": f"{EU}LimitKind.patl", "after": ""}
    assert patl in there["lost"]
    assert {"term": patl["before"], "before": patl["term"], "after": ""} in back["lost"]
    assert there["gained"] == there["changed"] == []


def test_queries_that_can_no_longer_be_answered_are_named_with_what_they_lack(report: dict[str, Any]) -> None:
    found = {one["query"]: one for one in report["queries"] if one["source"] == "cgmes-2.4.15"}
    assert found["permanent"]["outcome"] == "is no longer answerable"
    assert found["permanent"]["lacking"] == found["permanent"]["terms"] == [f"{EU}LimitKind.patl"]
    assert found["circuits"]["outcome"] == "is no longer answerable", "the queries that ship are looked at too"
    assert "substations" not in found, "a query that uses no term concerned is left out"


def test_statements_of_given_data_are_counted(report: dict[str, Any]) -> None:
    there, back = report["translations"]
    assert there["statements_changed"] == 1
    (statement,) = there["statements"]
    assert statement["term"] == f"{ENTSOE}OperationalLimitType.limitType"
    assert (statement["before"], statement["after"]) == ([[f"{EU}OperationalLimitType.kind", 1]], [["", 1]])
    assert back["statements"] is None, "the data is of the other model"
    assert report["datasets"] is None, "a file is compared without a catalogue"


def test_requirements_that_are_met_otherwise_are_told(report: dict[str, Any]) -> None:
    found = {(one["requirement"], one["model"]): (one["before"], one["after"]) for one in report["gaps"]}
    assert found["CFD-05", "cgmes-2.4.15"] == ("covered", "partly covered"), found


def test_a_file_that_says_the_same_changes_nothing(tmp_path: Path) -> None:
    same = tmp_path / EDITIONS
    same.write_bytes((contributed("mappings") / EDITIONS).read_bytes())
    assert run(same).output.splitlines()[2:4] == ["Translations", "  No translation changes."]


def test_a_registered_rule_is_compared_with_the_folder_without_it() -> None:
    rule = contributed("mappings") / "cgmes-2.4.15--cgmes-3.0" / "limit-values.rq"
    said = json.loads(run(rule, "--format", "json").output)
    (there,) = said["translations"]
    assert (there["rules_gained"], said["in_place_of"], said["gaps"]) == (["limit-values"], "", [])


IMPACT = Impact(
    "small",
    translations=(TranslationChange("a", "b", lost=(TermChange("http://a/#x|y", "http://b/#x", ""),)),),
    queries=(QueryChange("ask", "a", "b", "is no longer answerable", ("http://b/#x",), ("http://b/#x",)),),
    datasets=(
        DatasetChange("http://d/1", "<Vale>", "http://o/1", "a", "b", (("http://a/#x", 1200),), "http://d/sparql"),
    ),
)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("text", ("What small changes", "x|y  |  x  |  not carried", "1 is no longer answerable.", "1,200 statements")),
        ("markdown", ("# What `small` changes", "| x\\|y | x | not carried |", "## Gap reports")),
        ("html", ("<h1>What small changes</h1>", "<td>x|y</td><td>x</td>", "<td>&lt;Vale&gt;</td>", 'lang="en"')),
        ("json", ('"changes": true', '"statements_changed": 1200', '"outcome": "is no longer answerable"')),
    ],
)
def test_an_impact_is_written_for_people_and_programs(form: ImpactFormat, words: tuple[str, ...]) -> None:
    written = WRITERS[form](IMPACT)
    assert [each for each in words if each not in written] == []


def test_each_part_says_so_where_nothing_changes() -> None:
    written = WRITERS["text"](Impact("small"))
    assert [line for line in written.splitlines() if line.startswith("  ")] == [
        "  No translation changes.",
        "  None uses a term whose translation changes.",
        "  No catalogue was asked.",
        "  No requirement of a use case is met otherwise.",
    ]
