"""`virtuales infer`, and rules run by `virtuales validate`."""

import json
from pathlib import Path

import pytest
import typer
from rdflib import Graph, URIRef
from typer.testing import CliRunner, Result

from virtuales.cli.infer import infer
from virtuales.cli.validate import validate

RULES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:Line a sh:NodeShape ; sh:targetClass ex:Line ; sh:property [ sh:path ex:longer ; sh:minCount 1 ] ;
  sh:rule [ a sh:SPARQLRule ;
    sh:construct "CONSTRUCT { $this <http://example.org/longer> ?n } \
      WHERE { $this <http://example.org/long> ?l BIND (?l + 1 AS ?n) }" ] .
"""
DATA = "@prefix ex: <http://example.org/> . ex:one a ex:Line ; ex:long 1 . ex:two a ex:Line ."
LONGER = URIRef("http://example.org/longer")

runner = CliRunner()
inferring, validating = typer.Typer(), typer.Typer()
inferring.command()(infer)
validating.command()(validate)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Write data and rules; return the arguments that name them."""
    data, rules = tmp_path / "data.ttl", tmp_path / "rules.ttl"
    data.write_text(DATA)
    rules.write_text(RULES)
    return [str(data), "--shapes", str(rules)]


def run(app: typer.Typer, *arguments: str) -> Result:
    return runner.invoke(app, list(arguments))


def test_refuses_shapes_without_a_rule(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "rules.ttl").write_text("@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> a sh:NodeShape .")
    outcome = run(inferring, *files)
    assert outcome.exit_code == 2
    assert "no rule" in outcome.stderr


@pytest.mark.parametrize("output", ["out.docx", "none/out.ttl"])
def test_refuses_a_file_that_it_cannot_write(output: str, files: list[str], tmp_path: Path) -> None:
    outcome = run(inferring, *files, "-o", str(tmp_path / output))
    assert outcome.exit_code == 2
    assert Path(output).name in outcome.stderr


def test_refuses_rules_that_come_to_no_end(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "rules.ttl").write_text(
        RULES.replace("example.org/long>", "example.org/longer>|<http://example.org/long>")
    )
    outcome = run(inferring, *files, "--rounds", "5")
    assert outcome.exit_code == 2
    assert "after 5 rounds" in outcome.stderr


def test_prints_what_was_inferred(files: list[str]) -> None:
    outcome = run(inferring, *files)
    assert outcome.exit_code == 0
    assert "1 statements inferred from 1 documents" in outcome.stderr
    assert [str(one) for one in Graph().parse(data=outcome.stdout).objects(None, LONGER)] == ["2"]
    assert len(Graph().parse(data=outcome.stdout)) == 1


@pytest.mark.parametrize(("options", "count"), [([], 1), (["--whole"], 4)])
@pytest.mark.parametrize("name", ["out.ttl", "out.nt", "out.rdf"])
def test_writes_a_file_in_the_syntax_of_its_name(
    name: str, options: list[str], count: int, files: list[str], tmp_path: Path
) -> None:
    outcome = run(inferring, *files, "-o", str(tmp_path / name), *options)
    assert (outcome.exit_code, outcome.stdout) == (0, "")
    assert len(Graph().parse(tmp_path / name)) == count


def test_ends_with_one_when_a_rule_was_left_out(files: list[str], tmp_path: Path) -> None:
    more = "ex:Line sh:rule [ a sh:JSRule ] ."
    (tmp_path / "rules.ttl").write_text(RULES + more)
    outcome = run(inferring, *files)
    assert outcome.exit_code == 1
    assert "left out" in outcome.stderr
    assert "ex" in outcome.stdout


def test_validate_runs_the_rules_first_when_it_is_asked(files: list[str]) -> None:
    plain, full = (run(validating, *files, "--format", "json", *more) for more in ([], ["--infer"]))
    assert [json.loads(one.stdout)[0]["report"]["results"] for one in (plain, full)] == [2, 1]
    assert "rules inferred 1 statements first" in run(validating, *files, "--infer").stdout
    refused = run(validating, *files, "--infer", "--engine", "pyshacl")
    assert refused.exit_code == 2
    assert "--infer" in refused.stderr
