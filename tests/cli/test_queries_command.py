"""`virtuales queries`: list, show, and run on files at hand."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from virtuales.cli import app as root
from virtuales.cli.queries import app
from virtuales.demonstration.network import NetworkSpec, write_archive
from virtuales.errors import InputError, NotFound, UnreadableInput


def run(*arguments: str | Path) -> str:
    """Run a command and return its output; errors are raised as the code raises them."""
    result = CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_archive(NetworkSpec(), "distribution", tmp_path_factory.mktemp("network") / "network.zip")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("circuits",), "Name the IRI of a dataset or version, or files"),
        (("organisations", "http://n.example/id/dataset/x"), "Name no dataset"),
        (("circuits-at-substation", "--set", "substation"), "`substation` is no value of a parameter"),
        (("circuits-at-substation", "--set", "substation=a", "--set", "substation=b"), "`substation` is given twice"),
        (("circuits", "--set", "colour=red"), "no parameter `colour`"),
    ],
)
def test_refuses_what_does_not_fit(arguments: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        run("run", *arguments)
    assert complaint in str(caught.value)


def test_refuses_a_query_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no saved query `lines`"):
        run("show", "lines")
    with pytest.raises(UnreadableInput, match="cannot be read"):
        run("show", tmp_path / "lines.rq")


def test_lists_by_tag() -> None:
    names = [one["name"] for one in json.loads(run("list", "--json", "--tag", "map"))]
    assert names == ["substation-places"]
    assert "circuits-at-substation" in run("list")


def test_shows_parameters_and_text() -> None:
    said = run("show", "circuits-at-substation")
    assert "Netherbyfell" in said
    assert "SELECT ?circuit ?name" in said


def test_runs_on_files_at_hand(archive: Path) -> None:
    csv = run("run", "open-points", "--file", archive, "--format", "csv")
    assert csv.splitlines()[0] == "switch,name,substation,kv,circuits"
    assert len(csv.splitlines()) == 2
    assert "Thistleley wind farm" in run("run", "generating-units", "--file", archive)


def test_runs_a_query_of_ones_own(archive: Path, tmp_path: Path) -> None:
    query = tmp_path / "count.rq"
    query.write_text(
        "#+ summary: Count\n#+ description: Counts objects of a class.\n#+ tags: [analyst]\n#+ asks: data\n"
        "#+ parameters:\n#+   class: The class.\n#+ defaults:\n#+   class: http://iec.ch/TC57/CIM100#Substation\n"
        "SELECT (COUNT(?x) AS ?n) WHERE { ?x a ?_class_iri }",
        encoding="utf-8",
    )
    assert run("run", query, "--file", archive, "--format", "csv").split() == ["n", "20"]
    breaker = "class=http://iec.ch/TC57/CIM100#Breaker"
    assert run("run", query, "--file", archive, "--format", "csv", "--set", breaker).split() == ["n", "120"]


def test_writes_statements_as_turtle(archive: Path) -> None:
    rows = run("run", "substations", "--file", archive, "--format", "csv").splitlines()
    iri = rows[1].partition(",")[0]
    turtle = run("run", "object", "--file", archive, "--format", "ttl", "--set", f"object={iri}")
    assert f"<{iri}>" in turtle
    with pytest.raises(InputError, match="No acceptable form of the answer"):
        run("run", "object", "--file", archive, "--format", "csv", "--set", f"object={iri}")


@pytest.fixture(scope="module")
def older(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same network in the older edition."""
    file = tmp_path_factory.mktemp("older") / "network.zip"
    result = CliRunner().invoke(root, ["convert", str(archive), "--to", "cgmes-2.4.15", "--out", str(file)])
    assert result.exit_code == 0, result.output
    return file


@pytest.mark.parametrize(
    "name", ["circuits", "transformers", "generating-units", "demand-by-substation", "open-points"]
)
def test_data_in_an_older_model_gives_the_same_answers(name: str, archive: Path, older: Path) -> None:
    """The query is in terms of CGMES 3.0, and is asked through the mappings."""
    new, old = (run("run", name, "--file", file, "--format", "csv").splitlines() for file in (archive, older))
    assert len(new) > 1
    assert sorted(map(parts, old)) == sorted(map(parts, new))


def parts(line: str) -> list[str]:
    """Return the values of a row; what was put together into one has no order."""
    return sorted(re.split(r",| \| ", line))


def test_refuses_files_in_several_models(archive: Path, older: Path) -> None:
    with pytest.raises(InputError, match="in several models"):
        run("run", "circuits", "--file", archive, "--file", older)
