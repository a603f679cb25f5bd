"""`virtuales validate --change`: what a difference model or a new edition breaks, mends and leaves, in every format."""

import json
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import typer
from tests.cim_lines import LONG, NEW, SECOND, SHAPES, STUB, THIRD, difference, line, model, said
from typer.testing import CliRunner, Result

from virtuales.cli.validate import validate

runner = CliRunner()
app = typer.Typer()
app.command()(validate)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Two lines, one of them too long, and the shapes beside them."""
    (tmp_path / "shapes.ttl").write_text(SHAPES)
    return model(tmp_path / "base.xml", line(LONG, "12"), line(STUB, "3"))


@pytest.fixture
def change(tmp_path: Path) -> Path:
    """Makes the stub too long, and adds a third line that is; the first stays as it is."""
    return difference(tmp_path / "change.xml", ends=said(STUB, "3"), begins=said(STUB, "30") + "\n" + line(NEW, "40"))


@pytest.fixture
def mending(tmp_path: Path) -> Path:
    return difference(tmp_path / "mending.xml", ends=said(LONG, "12"), begins=said(LONG, "2"))


def run(base: Path, *changes: Path, form: str = "json", more: tuple[str, ...] = ()) -> Result:
    named = [word for change in changes for word in ("--change", str(change))]
    shapes = str(base.with_name("shapes.ttl"))
    return runner.invoke(app, [str(base), *named, "--shapes", shapes, "--format", form, *more])


def told(base: Path, *changes: Path, more: tuple[str, ...] = ()) -> dict[str, Any]:
    (one,) = json.loads(run(base, *changes, more=more).stdout)
    assert isinstance(one["change"], dict)
    return one["change"]


def lines_of(part: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Return value, file and line of the examples."""
    examples = [one for group in part["groups"] for one in group["examples"]]
    return sorted((one["value"], Path(one["place"]["file"]).name, one["place"]["line"]) for one in examples)


def test_refuses_a_change_that_is_not_there(base: Path) -> None:
    outcome = run(base, base.with_name("none.xml"))
    assert outcome.exit_code == 2
    assert "none.xml" in outcome.stderr


def test_refuses_a_change_of_none_of_several_models(base: Path, tmp_path: Path) -> None:
    other = model(tmp_path / "other.xml", iri=THIRD)
    stray = difference(tmp_path / "stray.xml", ends="", begins="", of="urn:uuid:00000000-0000-4000-8000-0000000000ff")
    outcome = runner.invoke(app, [str(base), str(other), "--change", str(stray)])
    assert outcome.exit_code == 2
    assert "none of the models given" in outcome.stderr


def test_refuses_an_edition_and_a_difference_of_one_model(base: Path, change: Path, tmp_path: Path) -> None:
    edition = model(tmp_path / "edition.xml", line(LONG, "1"), iri=THIRD)
    outcome = run(base, change, edition)
    assert outcome.exit_code == 2
    assert "at once" in outcome.stderr


def test_refuses_a_cim_change_of_data_that_is_no_cim(tmp_path: Path, change: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text("<urn:a> <urn:b> 1 .")
    outcome = runner.invoke(app, [str(data), "--change", str(change)])
    assert outcome.exit_code == 2
    assert "cannot be told what the file changes" in outcome.stderr


@pytest.mark.parametrize("more", [("--engine", "pyshacl"), ("--details",), ("--profile",)])
def test_refuses_what_judging_again_cannot_give(more: tuple[str, ...], base: Path, change: Path) -> None:
    outcome = run(base, change, more=more)
    assert outcome.exit_code == 2
    assert more[0] in outcome.stderr or "--change" in outcome.stderr


def test_refuses_to_fail_on_new_results_without_a_change(base: Path) -> None:
    outcome = run(base, more=("--fail-on", "new"))
    assert outcome.exit_code == 2
    assert "--fail-on" in outcome.stderr


def test_tells_what_a_difference_breaks_and_leaves_with_the_lines_of_both_files(base: Path, change: Path) -> None:
    outcome = told(base, change)
    assert (outcome["ended"], outcome["began"], outcome["conflicts"]) == (1, 4, [])
    assert lines_of(outcome["new"]) == [("30", "change.xml", 13), ("40", "change.xml", 17)]
    assert lines_of(outcome["unchanged"]) == [("12", "base.xml", 8)]
    assert outcome["mended"]["results"] == 0


def test_tells_what_a_difference_mends_with_the_line_it_had(base: Path, mending: Path) -> None:
    outcome = told(base, mending)
    assert lines_of(outcome["mended"]) == [("12", "base.xml", 8)]
    assert (outcome["new"]["results"], outcome["unchanged"]["results"]) == (0, 0)


def test_applies_several_differences_in_order(base: Path, change: Path, tmp_path: Path) -> None:
    back = difference(
        tmp_path / "back.xml", ends=said(STUB, "30") + line(NEW, "40"), begins=said(STUB, "3"), iri=THIRD, of=SECOND
    )
    outcome = told(base, change, back)
    assert (outcome["ended"], outcome["began"], outcome["conflicts"]) == (0, 0, [])
    assert outcome["new"]["results"] == outcome["mended"]["results"] == 0
    assert told(base, back, change)["conflicts"]


def test_compares_a_new_edition(base: Path, tmp_path: Path) -> None:
    edition = model(tmp_path / "edition.xml", line(STUB, "3"), line(NEW, "40"), iri=SECOND)
    outcome = told(base, edition)
    assert (outcome["ended"], outcome["began"]) == (3, 3)
    assert lines_of(outcome["new"]) == [("40", "edition.xml", 12)]
    assert lines_of(outcome["mended"]) == [("12", "base.xml", 8)]


def test_compares_a_new_edition_of_other_rdf(base: Path) -> None:
    before, after = base.with_name("before.ttl"), base.with_name("after.ttl")
    prefix = "@prefix cim: <http://iec.ch/TC57/CIM100#> .\n"
    before.write_text(f"{prefix}<urn:a> a cim:ACLineSegment ; cim:Conductor.length 11.0 .")
    after.write_text(f"{prefix}<urn:a> a cim:ACLineSegment ; cim:Conductor.length 12.0 .")
    outcome = told(before, after)
    counts = [outcome[state]["results"] for state in ("new", "unchanged", "mended")]
    assert (outcome["ended"], outcome["began"], counts) == (1, 1, [1, 0, 1])


def test_takes_models_and_differences_from_zips(base: Path, change: Path, tmp_path: Path) -> None:
    for name, file in (("base.zip", base), ("change.zip", change)):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.write(file, file.name)
    outcome = told(tmp_path / "base.zip", tmp_path / "change.zip")
    assert lines_of(outcome["new"]) == [("30", "change.xml", 13), ("40", "change.xml", 17)]


def test_a_model_that_nothing_changes_stays_as_it_was(base: Path, change: Path, tmp_path: Path) -> None:
    other = model(tmp_path / "other.xml", line(NEW, "50"), iri=THIRD)
    shapes = str(base.with_name("shapes.ttl"))
    arguments = [str(base), str(other), "--change", str(change), "--shapes", shapes, "--format", "json"]
    first, second = json.loads(runner.invoke(app, arguments).stdout)
    assert first["change"]["new"]["results"] == 2
    states = {state: second["change"][state]["results"] for state in ("new", "unchanged", "mended")}
    assert states == {"new": 0, "unchanged": 1, "mended": 0}


def test_ends_with_one_while_violations_are_left_or_only_for_new_ones(base: Path, mending: Path, change: Path) -> None:
    harmless = difference(base.with_name("harmless.xml"), ends=said(STUB, "3"), begins=said(STUB, "4"))
    only_new = ("--fail-on", "new")
    assert run(base, mending).exit_code == 0
    assert run(base, harmless).exit_code == 1
    assert run(base, harmless, more=only_new).exit_code == 0
    assert run(base, change, more=only_new).exit_code == 1


def test_lists_conflicts_and_ends_with_one_for_them(base: Path) -> None:
    odd = difference(base.with_name("odd.xml"), ends=said(LONG, "11") + said(LONG, "12"), begins=said(LONG, "2"))
    listed = told(base, odd)["conflicts"]
    assert [(one["kind"], one["difference"]) for one in listed] == [("absent", "odd.xml")]
    assert '"11"' in listed[0]["statement"]
    assert run(base, odd).exit_code == 1
    assert run(base, odd, more=("--despite-conflicts",)).exit_code == 0


@pytest.mark.parametrize("form", ["text", "json", "turtle", "sarif", "junit", "html"])
def test_every_format_lists_conflicts_and_ends_alike(form: str, base: Path) -> None:
    odd = difference(base.with_name("odd.xml"), ends=said(LONG, "11") + said(LONG, "12"), begins=said(LONG, "2"))
    outcome = run(base, odd, form=form)
    assert outcome.exit_code == 1
    assert "absent" in outcome.stdout
    assert "odd.xml" in outcome.stdout


def test_text_shows_the_new_results_first_under_headings(base: Path, change: Path) -> None:
    shown = run(base, change, form="text").stdout
    assert "1 statements ended, 4 began; results: 2 new, 1 unchanged, 0 mended" in shown
    assert "base.xml: mended" not in shown
    assert shown.index("base.xml: new") < shown.index("change.xml:13:") < shown.index("base.xml: unchanged")


def test_turtle_reports_on_the_changed_data(base: Path, change: Path, mending: Path) -> None:
    assert run(base, change, form="turtle").stdout.count("sh:ValidationResult") == 3
    mended = run(base, mending, form="turtle").stdout
    assert "sh:conforms true" in mended
    assert "# base.xml: 1 statements ended, 1 began; results: 0 new, 0 unchanged, 1 mended" in mended


def test_sarif_states_what_each_result_is_to_the_baseline(base: Path, tmp_path: Path) -> None:
    edition = model(tmp_path / "edition.xml", line(STUB, "30"), line(NEW, "40"), iri=SECOND)
    both = model(tmp_path / "both.xml", line(NEW, "40"), line(LONG, "12"), iri=SECOND)
    (log,) = json.loads(run(base, edition, form="sarif").stdout)["runs"]
    states = sorted((one["properties"]["value"], one["baselineState"]) for one in log["results"])
    assert states == [("12", "absent"), ("30", "new"), ("40", "new")]
    (log,) = json.loads(run(base, both, form="sarif").stdout)["runs"]
    places = {
        one["baselineState"]: log["artifacts"][one["locations"][0]["physicalLocation"]["artifactLocation"]["index"]]
        for one in log["results"]
    }
    assert {state: Path(place["location"]["uri"]).name for state, place in places.items()} == {
        "new": "both.xml",
        "unchanged": "both.xml",
    }


def test_sarif_without_a_change_states_nothing_of_a_baseline(base: Path) -> None:
    (log,) = json.loads(run(base, form="sarif").stdout)["runs"]
    assert log["results"]
    assert not any("baselineState" in one for one in log["results"])


def cases(base: Path, *changes: Path, more: tuple[str, ...] = ()) -> dict[str | None, ET.Element]:
    suite = ET.fromstring(run(base, *changes, form="junit", more=more).stdout).find("testsuite")  # noqa: S314  (written by us)
    assert suite is not None
    return {case.get("name"): case for case in suite.iter("testcase")}


def test_junit_fails_a_rule_for_what_refuses_and_tells_the_rest(base: Path, mending: Path, change: Path) -> None:
    fails = cases(base, change)["short lines"].find("failure")
    assert fails is not None
    assert "2 times Violation, new" in (fails.text or "")
    assert "1 times Violation, unchanged" in (fails.text or "")
    passes = cases(base, mending)["short lines"]
    assert passes.find("failure") is None
    assert "mended" in passes.findtext("system-out", "")


def test_junit_passes_a_rule_that_only_fails_as_before_when_told_so(base: Path) -> None:
    harmless = difference(base.with_name("harmless.xml"), ends=said(STUB, "3"), begins=said(STUB, "4"))
    assert cases(base, harmless)["short lines"].find("failure") is not None
    assert cases(base, harmless, more=("--fail-on", "new"))["short lines"].find("failure") is None


def test_the_page_can_be_filtered_by_what_the_change_did(base: Path, change: Path) -> None:
    page = run(base, change, form="html").stdout
    assert page.count('name="state"') == 3
    assert page.count('data-state="new"') == 1
    assert page.count('data-state="unchanged"') == 1
    assert 'name="state"' not in run(base, form="html").stdout
