"""`virtuales mappings check`: what it ends with, and the forms that it writes."""

import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from tests.alignment.checks.small_folder import EDITIONS, write_folder
from tests.alignment.checks.wrong_edits import WRONG_EDITS
from tests.cli.terminal import Terminal

from virtuales.alignment.checks.on_rules import RULE_CHECKS
from virtuales.alignment.checks.table import CHECKS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound folder."""
    return write_folder(tmp_path / "mappings")


@pytest.fixture
def line(folder: Path) -> int:
    """The line of the folder's file that names a term that no model has."""
    text, number = WRONG_EDITS[0].apply((folder / EDITIONS).read_text(encoding="utf-8"))
    (folder / EDITIONS).write_text(text, encoding="utf-8")
    return number


def test_ends_with_two_when_a_file_is_not_there(terminal: Terminal, folder: Path) -> None:
    said = terminal("mappings", "check", "none.rq", "--folder", folder)
    assert said.code == 2
    assert "There is no such file." in said.err


def test_refuses_the_reasoner_hermit_where_there_is_no_java(
    terminal: Terminal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    said = terminal("mappings", "check", "--reasoner", "hermit", "--folder", folder)
    assert said.code != 0
    assert "Install" in said.err
    assert "leave out `--reasoner`" in said.err


def test_ends_with_one_and_says_place_reason_and_suggestion(terminal: Terminal, folder: Path, line: int) -> None:
    said = terminal("mappings", "check", folder / EDITIONS, "--folder", folder)
    assert said.code == 1
    assert f"{EDITIONS}:{line}:5: error `cgmes-3.0` has no term" in said.out
    assert "Did you mean `cim:ACLineSegment`? unknown-term" in said.out


def test_ends_with_nought_when_nothing_is_wrong(terminal: Terminal, folder: Path) -> None:
    said = terminal("mappings", "check", "--folder", folder)
    assert (said.code, said.out) == (0, "6 files checked: 0 errors, 0 warnings.\n")


def test_a_warning_ends_with_one_only_when_asked(terminal: Terminal, folder: Path) -> None:
    edit = next(each for each in WRONG_EDITS if each.code == "label-differs")
    text, _ = edit.apply((folder / EDITIONS).read_text(encoding="utf-8"))
    (folder / EDITIONS).write_text(text, encoding="utf-8")
    assert terminal("mappings", "check", "--folder", folder).code == 0
    assert terminal("mappings", "check", "--strict", "--folder", folder).code == 1


def test_writes_json(terminal: Terminal, folder: Path, line: int) -> None:
    said = terminal("mappings", "check", "--format", "json", "--folder", folder).json()
    assert said["counts"]["error"] == len(said["findings"])
    assert ("unknown-term", line) in {(each["rule"], each["line"]) for each in said["findings"]}


def test_writes_sarif_with_every_check_as_a_rule(terminal: Terminal, folder: Path, line: int) -> None:
    output = folder / "found.sarif"
    assert terminal("mappings", "check", "--format", "sarif", "--output", output, "--folder", folder).code == 1
    (run,) = json.loads(output.read_text(encoding="utf-8"))["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert {each.code for each in CHECKS} | {each.code for each in RULE_CHECKS} <= set(rules)
    result = next(each for each in run["results"] if each["ruleId"] == "unknown-term")
    place = result["locations"][0]["physicalLocation"]
    assert rules[result["ruleIndex"]] == "unknown-term"
    assert place["region"] == {"startLine": line}
    assert place["artifactLocation"]["uri"].endswith(EDITIONS)


def test_writes_junit_with_a_suite_for_each_file(terminal: Terminal, folder: Path, line: int) -> None:
    root = fromstring(terminal("mappings", "check", "--format", "junit", "--folder", folder).out)  # noqa: S314  # ours
    assert len(root.findall("testsuite")) == 6
    failures = root.findall(".//failure")
    assert len(failures) == int(root.get("failures", "0")) > 0
    assert f"line {line}" in "".join(each.text or "" for each in failures)
