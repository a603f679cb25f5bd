"""`virtuales cim`: inspect, check, diff, apply and write, as an engineer or a CI runs them."""

import json
import zipfile
from pathlib import Path

import pytest
from tests.shared_data import shared
from typer.testing import CliRunner, Result

from virtuales.cli.cim import app
from virtuales.errors import InputError, UnreadableInput

MICRO = "data/cim/cgmes-2.4.15/MicroGrid-BaseCase/CGMES_v2.4.15_MicroGridTestConfiguration_"
CHANGES = "data/cim/differences/Type1_T1/T1_BE_Difference_v2/20171002T0930Z_BE_EQ_DIFF_"


def run(*arguments: str | Path, code: int = 0) -> Result:
    """Run a command and expect an exit code; our errors are raised as the code raises them."""
    result = CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def base() -> Path:
    return shared(MICRO + "BC_BE_v2/MicroGridTestConfiguration_BC_BE_EQ_V2.xml")


def change(number: int) -> Path:
    return shared(f"{CHANGES}{number}.xml")


def test_refuses_files_that_are_not_there(tmp_path: Path) -> None:
    for command in (["inspect"], ["check"], ["write", "-o", tmp_path / "o.xml"]):
        with pytest.raises(UnreadableInput, match="no such file"):
            run(*command, tmp_path / "gone.xml")


def test_refuses_to_apply_nothing_and_to_put_two_documents_into_one_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Nothing to apply"):
        run("apply", base(), "-o", tmp_path / "o.xml")
    with pytest.raises(InputError, match="2 documents"):
        run("write", base(), change(1), "-o", tmp_path / "o.xml")
    with pytest.raises(InputError, match="no such directory"):
        run("write", base(), "-o", tmp_path / "gone" / "o.xml")
    assert list(tmp_path.iterdir()) == []


def test_writes_nothing_when_there_are_conflicts_unless_told_to(tmp_path: Path) -> None:
    target = tmp_path / "o.xml"
    result = run("apply", base(), change(1), change(2), change(3), "-o", target, code=1)
    assert "24 times present" in result.output
    assert "and 14 more" in result.output
    assert not target.exists()
    result = run(
        "apply", base(), change(1), change(2), change(3), "-o", target, "--despite-conflicts", "--json", code=1
    )
    data = json.loads(result.stdout)
    assert len(data["models"][0]["conflicts"]) == 28
    assert data["written"] == str(target)
    assert target.exists()


def test_the_difference_written_leads_to_the_model_it_was_made_for(tmp_path: Path) -> None:
    target, again = tmp_path / "target.xml", tmp_path / "again.xml"
    run(
        "apply",
        base(),
        *map(change, (1, 3, 4, 5)),
        "-o",
        target,
        "--model",
        "urn:uuid:00000000-0000-4000-8000-000000000001",
    )
    result = run("diff", base(), target, "-o", tmp_path / "change.xml")
    assert "56 statements end, 441 begin" in result.output
    run(
        "apply",
        base(),
        tmp_path / "change.xml",
        "-o",
        again,
        "--model",
        "urn:uuid:00000000-0000-4000-8000-000000000001",
    )
    assert sorted(again.read_text().splitlines()) == sorted(target.read_text().splitlines())
    run("diff", base(), base(), "-o", tmp_path / "empty.xml")
    assert "rdf:Description" not in (tmp_path / "empty.xml").read_text()


def test_a_package_is_changed_as_a_whole(tmp_path: Path) -> None:
    files = sorted(shared(MICRO + "BC_BE_v2").glob("*.xml"))
    run("apply", *files, change(1), "-o", tmp_path / "package.zip")
    with zipfile.ZipFile(tmp_path / "package.zip") as archive:
        assert len(archive.namelist()) == 7
    report = json.loads(run("inspect", tmp_path / "package.zip", "--json").stdout)
    equipment = next(
        one for one in report["models"] if one["profiles"] == ["EQ", "OP", "SC"] or "OP" in one["profiles"]
    )
    assert equipment["header"]["supersedes"] == ["urn:uuid:d400c631-75a0-4c30-8aed-832b0d282e73"]
    assert {finding["kind"] for finding in report["findings"]} >= {"absent", "outdated"}


def test_check_ends_with_one_when_something_must_be_mended() -> None:
    whole = sorted(shared("data/cim/cgmes-3.0/MiniGrid").glob("*.xml"))
    assert run("check", *whole).output == ""
    faulty = sorted(shared("data/cim/cgmes-3.0/MicroGrid").glob("*.xml"))
    assert "unnamed" in run("check", *faulty, code=1).output
    findings = json.loads(run("check", *faulty, "--json", code=1).stdout)
    assert all(finding["places"] for finding in findings if finding["error"])


def test_inspect_tells_what_a_file_holds_and_what_it_left_out() -> None:
    feeder = shared("data/cim/pnnl/IEEE13.xml")
    assert "no profile was given" in run("inspect", feeder, code=2).output
    told = run("inspect", feeder, "--lenient").output
    assert "EQ (cgmes-3.0, profile assumed)" in told
    assert "115 terms that cgmes-3.0 does not know" in told
    boundary = next(shared("data/cim/relicapgrid").rglob("Boundary_Border-Galia-Britheim_CGMES_2-4.xml"))
    assert "line 26, element ConnectivityNode.TopologicalNode" in run("inspect", boundary, "--lenient").output
    report = json.loads(run("inspect", boundary, "--lenient", "--json").stdout)
    assert [one["line"] for one in report["models"][0]["skipped"]] == [26, 46, 59]
    assert "forwardDifferences" not in run("inspect", change(1)).output
    assert "2 end, 399 begin" in run("inspect", change(1)).output


def test_writes_models_given_as_rdf(tmp_path: Path) -> None:
    run("write", base(), "-o", tmp_path / "one.xml")
    run("write", tmp_path / "one.xml", "-o", tmp_path / "two.xml")
    assert (tmp_path / "one.xml").read_bytes() == (tmp_path / "two.xml").read_bytes()
    cim = "http://iec.ch/TC57/CIM100#"
    (tmp_path / "grid.ttl").write_text(f'<urn:model#_s> a <{cim}Substation> ; <{cim}IdentifiedObject.name> "S" .')
    profile = "http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0"
    run("write", tmp_path / "grid.ttl", "--cim-profile", profile, "-o", tmp_path / "grid.xml")
    assert '<cim:Substation rdf:ID="_s">' in (tmp_path / "grid.xml").read_text()
