"""`virtuales validate`, run as an organisation's CI runs it."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from virtuales.cli.validate import validate

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:NamedShape a sh:NodeShape ; sh:targetClass ex:Line ; sh:property ex:Name .
ex:Name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:severity sh:%s ;
  sh:name "a name" ; sh:message "A line has a name." .
"""
DATA = """
@prefix ex: <http://example.org/> .
ex:one a ex:Line ; ex:name "One" .
ex:two a ex:Line .
"""

runner = CliRunner()
app = typer.Typer()
app.command()(validate)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "data.ttl"
    file.write_text(DATA)
    return file


def shapes(folder: Path, severity: str) -> str:
    file = folder / "shapes.ttl"
    file.write_text(SHAPES % severity)
    return str(file)


def test_refuses_a_file_that_is_no_rdf(tmp_path: Path) -> None:
    file = tmp_path / "broken.ttl"
    file.write_text("this is no Turtle")
    outcome = runner.invoke(app, [str(file), "--shapes", shapes(tmp_path, "Violation")])
    assert outcome.exit_code == 2
    assert "broken.ttl" in outcome.stderr


@pytest.mark.parametrize("name", ["none.ttl", "none.nt", "none.xml"])
def test_refuses_a_file_that_is_not_there(name: str, tmp_path: Path) -> None:
    outcome = runner.invoke(app, [str(tmp_path / name)])
    assert outcome.exit_code == 2
    assert name in outcome.stderr


def test_refuses_data_without_profile_when_no_shapes_are_named(data: Path) -> None:
    outcome = runner.invoke(app, [str(data)])
    assert outcome.exit_code == 2
    assert "--shapes" in outcome.stderr


def test_keeps_compiled_shapes_for_the_next_run_unless_told_not_to(data: Path, tmp_path: Path) -> None:
    command = [str(data), "--shapes", shapes(tmp_path, "Violation")]
    where = {"VIRTUALES_CACHE_DIR": str(tmp_path / "cache")}
    without = runner.invoke(app, [*command, "--no-cache"], env=where)
    assert not (tmp_path / "cache").exists()
    first = runner.invoke(app, command, env=where)
    (entry,) = (tmp_path / "cache" / "shapes").iterdir()
    again = runner.invoke(app, command, env=where)
    assert [entry] == list((tmp_path / "cache" / "shapes").iterdir())
    assert without.stdout == first.stdout == again.stdout
    assert (without.exit_code, first.exit_code, again.exit_code) == (1, 1, 1)


def test_refuses_to_say_what_rules_cost_another_engine(data: Path, tmp_path: Path) -> None:
    options = ["--shapes", shapes(tmp_path, "Violation"), "--profile", "--engine", "pyshacl"]
    outcome = runner.invoke(app, [str(data), *options])
    assert outcome.exit_code == 2
    assert "--profile" in outcome.stderr


def test_says_what_each_rule_cost_beside_the_report(data: Path, tmp_path: Path) -> None:
    arguments = [str(data), "--shapes", shapes(tmp_path, "Violation")]
    plain, outcome = runner.invoke(app, arguments), runner.invoke(app, [*arguments, "--profile"])
    assert (outcome.exit_code, outcome.stdout) == (1, plain.stdout)
    assert plain.stderr == ""
    lines = [line.split() for line in outcome.stderr.splitlines() if line]
    assert {tuple(line[1:]) for line in lines[1:-1]} == {
        ("targets", "http://example.org/NamedShape"),
        ("path", "http://example.org/NamedShape"),
        ("path", "http://example.org/Name"),
        ("MinCount", "http://example.org/Name"),
    }
    assert lines[-1][1] == "together"
    costs = [float(line[0]) for line in lines[1:-1]]
    assert costs == sorted(costs, reverse=True)


def test_puts_what_each_rule_cost_into_json(data: Path, tmp_path: Path) -> None:
    arguments = [str(data), "--shapes", shapes(tmp_path, "Violation"), "--format", "json", "--profile"]
    outcome = runner.invoke(app, arguments)
    (judged,) = json.loads(outcome.stdout)
    assert outcome.stderr == ""
    assert {"rule": "http://example.org/Name", "part": "MinCount"}.items() <= max(
        judged["costs"], key=lambda cost: cost["part"] == "MinCount"
    ).items()
    assert all(cost["milliseconds"] >= 0 for cost in judged["costs"])


def test_ends_with_one_when_there_are_violations(data: Path, tmp_path: Path) -> None:
    outcome = runner.invoke(app, [str(data), "--shapes", shapes(tmp_path, "Violation")])
    assert outcome.exit_code == 1
    assert "A line has a name." in outcome.stdout
    assert "http://example.org/two" in outcome.stdout


def test_ends_with_zero_when_there_are_only_warnings(data: Path, tmp_path: Path) -> None:
    outcome = runner.invoke(app, [str(data), "--shapes", shapes(tmp_path, "Warning")])
    assert outcome.exit_code == 0
    assert "1 Warning" in outcome.stdout


def test_writes_json_that_counts_and_gives_examples(data: Path, tmp_path: Path) -> None:
    outcome = runner.invoke(app, [str(data), "--shapes", shapes(tmp_path, "Violation"), "--format", "json"])
    (judged,) = json.loads(outcome.stdout)
    assert judged["report"]["counts"]["Violation"] == 1
    assert judged["report"]["groups"][0]["examples"][0]["focusNode"] == "http://example.org/two"


def test_writes_turtle_that_is_a_validation_report(data: Path, tmp_path: Path) -> None:
    outcome = runner.invoke(app, [str(data), "--shapes", shapes(tmp_path, "Violation"), "--format", "turtle"])
    assert "sh:ValidationReport" in outcome.stdout


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pyshacl.*", "ignore::DeprecationWarning:rdflib.*")
def test_the_second_engine_finds_the_same(data: Path, tmp_path: Path) -> None:
    arguments = [str(data), "--shapes", shapes(tmp_path, "Violation"), "--format", "json"]
    ours, theirs = (
        json.loads(runner.invoke(app, [*arguments, "--engine", engine]).stdout)[0]["report"]
        for engine in ("virtuales", "pyshacl")
    )
    assert ours["counts"] == theirs["counts"]
    assert ours["groups"][0]["examples"] == theirs["groups"][0]["examples"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pyshacl.*", "ignore::DeprecationWarning:rdflib.*")
@pytest.mark.parametrize("engine", ["virtuales", "pyshacl"])
def test_shapes_may_import_a_file_beside_them_and_what_is_missing_is_named(
    engine: str, data: Path, tmp_path: Path
) -> None:
    rules = shapes(tmp_path, "Violation")
    main = tmp_path / "main.ttl"
    main.write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
        "<urn:main> a owl:Ontology ; owl:imports <shapes.ttl>, <urn:none> ."
    )
    outcome = runner.invoke(app, [str(data), "--shapes", str(main), "--format", "json", "--engine", engine])
    assert outcome.exit_code == 1
    (judged,) = json.loads(outcome.stdout)
    assert [one["where"] for one in judged["report"]["leftOut"]] == ["owl:imports"]
    assert "<urn:none>" in judged["report"]["leftOut"][0]["what"]
    assert rules in judged["report"]["shapes"]
