"""`virtuales convert` and `virtuales mappings coverage`, as a modeller runs them."""

import json
import zipfile
from pathlib import Path

import pytest
import typer
from tests.shared_data import shared
from typer.testing import CliRunner, Result

from virtuales.cli.convert import convert
from virtuales.cli.mappings import app as mappings
from virtuales.errors import InputError, UnknownTerm

BOUNDARY = "data/cim/cgmes-2.4.15/MicroGrid-BaseCase/CGMES_v2.4.15_MicroGridTestConfiguration_BD_v2"


def run(app: typer.Typer, *arguments: str | Path, code: int = 0) -> Result:
    """Run a command and expect an exit code; our errors are raised as the code raises them."""
    result = CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def command() -> typer.Typer:
    app = typer.Typer()
    app.command()(convert)
    return app


def boundary() -> list[Path]:
    return sorted(shared(BOUNDARY).glob("*.xml"))


def test_refuses_another_edition_than_the_one_named_and_an_unknown_target(tmp_path: Path) -> None:
    out = tmp_path / "out.zip"
    with pytest.raises(InputError, match=r"is of `cgmes-2\.4\.15`, not of `cgmes-3\.0`"):
        run(command(), *boundary(), "--from", "cgmes-3.0", "--to", "cgmes-2.4.15", "-o", out)
    with pytest.raises(UnknownTerm, match="No model is registered as `cim18`"):
        run(command(), *boundary(), "--to", "cim18", "-o", out)
    assert not out.exists()


def test_writes_a_package_and_says_what_became_of_it(tmp_path: Path) -> None:
    out, report = tmp_path / "out.zip", tmp_path / "account.json"
    result = run(command(), *boundary(), "--to", "cgmes-3.0", "-o", out)
    assert "statements carried by rule" in result.output
    run(command(), *boundary(), "--to", "cgmes-3.0", "-o", out, "--report", report, "--format", "json")
    account = json.loads(report.read_text(encoding="utf-8"))
    assert account["statements"] == sum(one["count"] for one in account["entries"])
    with zipfile.ZipFile(out) as archive:
        assert len(archive.namelist()) == 2
        text = archive.read(archive.namelist()[0]).decode()
    assert "http://iec.ch/TC57/ns/CIM/EquipmentBoundary-EU/3.0" in text
    assert "eu:BoundaryPoint" in text


def test_lists_the_account_as_a_table_for_spreadsheets(tmp_path: Path) -> None:
    result = run(command(), *boundary(), "--to", "cgmes-3.0", "-o", tmp_path / "o.zip", "--format", "csv")
    assert result.output.startswith("model,term,outcome,detail,count,examples\n")


def test_counts_what_the_mappings_cover() -> None:
    result = run(mappings, "coverage", "cgmes-2.4.15", "cgmes-3.0", "--format", "json")
    rows = json.loads(result.output)
    assert [row["undeclared"] for row in rows] == [[]] * 10
    markdown = run(mappings, "coverage", "cgmes-2.4.15", "cgmes-3.0", "--profile", "SC", "--format", "markdown").output
    assert "| SC | property | 93 | 4 | 0 | 0 | 0 |" in markdown


def test_coverage_ends_with_one_where_something_is_not_declared() -> None:
    run(mappings, "coverage", "cgmes-2.4.15", "cgmes-3.0", "--profile", "DY", code=1)
