"""`virtuales use-cases` and `virtuales gaps`: what they write, and what they end with."""

import csv
import io
import shutil
from pathlib import Path

import pytest
from tests.alignment.use_cases.records import coverage, requirement, write_record
from tests.cli.terminal import Terminal

from virtuales.resources import contributed

DEMONSTRATOR = "common-framework-demonstrator"
MAPPINGS = "cgmes-2.4.15--cgmes-3.0.sssom.tsv"


def statuses(text: str, model: str) -> dict[str, str]:
    """Return the statuses of a report in CSV, by requirement."""
    return {row["requirement"]: row["status"] for row in csv.DictReader(io.StringIO(text)) if row["model"] == model}


def test_ends_with_two_when_there_is_no_such_use_case(terminal: Terminal) -> None:
    for command in (("use-cases", "show", "none"), ("gaps", "none"), ("use-cases", "check", "none.ttl")):
        assert terminal(*command).code == 2
    assert DEMONSTRATOR in terminal("gaps", "none").err


def test_ends_with_two_when_a_record_names_an_unknown_term(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("gaps", write_record(tmp_path, [requirement("lines", coverage("cim:Lin"))]))
    assert said.code == 2
    assert "`cim:Lin` is no term of cgmes-3.0" in said.err


def test_a_check_ends_with_one_for_an_error_and_with_strict_for_a_warning(terminal: Terminal, tmp_path: Path) -> None:
    warned = write_record(tmp_path, [requirement("lines")])
    assert terminal("use-cases", "check", warned).code == 0
    assert terminal("use-cases", "check", warned, "--strict").code == 1
    wrong = write_record(tmp_path, [requirement("lines", coverage("cim:Lin"))])
    said = terminal("use-cases", "check", wrong)
    assert said.code == 1
    assert "unknown-term" in said.out


@pytest.mark.parametrize(("form", "begins"), [("json", "{"), ("sarif", "{"), ("junit", "<?xml")])
def test_a_check_writes_for_programs_too(terminal: Terminal, tmp_path: Path, form: str, begins: str) -> None:
    wrong = write_record(tmp_path, [requirement("lines", coverage("cim:Lin"))])
    said = terminal("use-cases", "check", wrong, "--format", form, "--output", tmp_path / "found")
    assert (said.code, said.out) == (1, "")
    text = (tmp_path / "found").read_text(encoding="utf-8")
    assert text.startswith(begins)
    assert "unknown-term" in text


@pytest.mark.req("M3")
def test_shows_a_use_case_and_how_a_requirement_was_refined(terminal: Terminal) -> None:
    assert DEMONSTRATOR in terminal.ok("use-cases", "list")
    shown = terminal.ok("use-cases", "show", DEMONSTRATOR)
    assert "pain point" in shown
    assert "Refinement of requirements" in shown
    one = terminal.ok("use-cases", "show", DEMONSTRATOR, "CFD-23")
    assert "resolution: P1Y, now PT30M" in one
    assert "http://iec.ch/TC57/CIM100#Analog" in one
    assert terminal("use-cases", "show", DEMONSTRATOR, "CFD-99").code == 2


@pytest.mark.req("M1", "M5")
def test_reports_gaps_as_a_process_for_people_and_programs(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal.process("gaps", DEMONSTRATOR, "--model", "cgmes-3.0", "--model", "gb-ltds-1.0.1")
    assert said.code == 0, said.all
    assert "CFD-28 Planned outages: not covered" in said.out
    assert "proposed: https://w3id.org/virtuales/proposed#PlannedOutage" in said.out
    page = tmp_path / "gaps.html"
    said = terminal("gaps", DEMONSTRATOR, "--format", "html", "--output", page, "--strict")
    assert (said.code, said.out) == (1, "")
    assert '<td class="conflicting">conflicting</td>' in page.read_text(encoding="utf-8")


@pytest.mark.req("M5")
def test_writes_the_proposed_terms_alone(terminal: Terminal) -> None:
    turtle = terminal.ok("gaps", DEMONSTRATOR, "--format", "proposals", "--model", "cgmes-3.0")
    assert "proposed:PlannedOutage a owl:Class ;" in turtle
    assert "ves:coverageStatus" not in turtle


@pytest.mark.req("M5")
def test_a_change_of_one_row_of_a_mapping_set_changes_the_report(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "mappings"
    shutil.copytree(contributed("mappings"), folder)
    command = ("gaps", DEMONSTRATOR, "--format", "csv", "--folder", folder)
    before = statuses(terminal.ok(*command), "cgmes-2.4.15@2.4.15")
    rows = (folder / MAPPINGS).read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(at for at, row in enumerate(rows) if row.startswith("cim16:Switch.normalOpen\t"))
    rows[place] = rows[place].replace("skos:exactMatch", "skos:closeMatch")
    (folder / MAPPINGS).write_text("".join(rows), encoding="utf-8")
    after = statuses(terminal.ok(*command), "cgmes-2.4.15@2.4.15")
    assert before["CFD-11"] == "covered"
    assert {name: status for name, status in after.items() if before[name] != status} == {"CFD-11": "partly covered"}
