"""`virtuales models`: import, list, show."""

import json
import re
from pathlib import Path

import pytest
from tests.models.small_profiles import equipment
from typer.testing import CliRunner

from virtuales.cli.models import app
from virtuales.errors import InputError, UnknownTerm, UnreadableInput, VirtualesError

LICENCE = ("--licence", "CC-BY-4.0")


def run(*arguments: str | Path) -> str:
    """Run a command and return its output; errors are raised as the code raises them."""
    result = CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def files_under(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("this is no RDF", UnreadableInput, "not well-formed RDF"),
        ("<html><body>404</body></html>", InputError, "no class|not well-formed"),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', InputError, "no class"),
    ],
)
def test_refuses_files_that_are_no_vocabulary_and_writes_nothing(
    content: str, error: type[VirtualesError], message: str, tmp_path: Path
) -> None:
    file = tmp_path / "file.rdf"
    file.write_text(content)
    with pytest.raises(error, match=message):
        run("import", file, "--as", "x", *LICENCE, "--into", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="cannot be read"):
        run("import", tmp_path / "absent.rdf", "--as", "x", *LICENCE, "--into", tmp_path / "out")


def test_refuses_an_import_without_licence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="under which licence"):
        run("import", equipment(tmp_path), "--as", "small", "--into", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_refuses_a_name_that_leads_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot name a model"):
        run("import", equipment(tmp_path), "--as", "../small", *LICENCE, "--into", tmp_path / "out")


def test_refuses_to_show_an_unknown_model() -> None:
    with pytest.raises(UnknownTerm, match="No model is registered"):
        run("show", "cgmes-9.9")


def test_imports_facts_and_shapes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = run("import", equipment(tmp_path), "--as", "small", *LICENCE, "--into", out)
    assert "6 properties" not in said
    assert "1 profiles" in said
    assert files_under(out) == [
        "ontology/manifest.ttl",
        "ontology/small.ttl",
        "shapes/manifest.ttl",
        "shapes/small/EQ.ttl",
        "shapes/small/terms.ttl",
    ]


def test_imports_without_shapes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("import", equipment(tmp_path), "--as", "small", *LICENCE, "--no-shapes", "--into", out)
    assert files_under(out) == ["ontology/manifest.ttl", "ontology/small.ttl"]


def test_shows_a_model_and_its_terms(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("import", equipment(tmp_path), "--as", "small", "--title", "A small one", *LICENCE, "--into", out)
    assert "A small one" in run("list", "--into", out)
    assert "http://profile/EQ/1" in run("show", "small@1.0", "--into", out)
    assert "cim:Equipment < cim:Thing" in run("show", "small", "Line", "--into", out)
    shown = run("show", "small", "cim:Line.r", "--into", out)
    assert "k ohm" in shown
    assert "EQ 1..1" in shown


def test_leaves_definitions_out_unless_they_are_asked_for(tmp_path: Path) -> None:
    skos = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . <http://w.example/#bay> a skos:Concept ; skos:"
    said = ("prefLabel 'Bay'", "altLabel 'Cubicle'", "definition 'Where a circuit connects.' .")
    (tmp_path / "words.ttl").write_text(skos + " ; skos:".join(said))
    arguments = ("import", tmp_path / "words.ttl", "--as", "words", "--title", "Words", *LICENCE)
    run(*arguments, "--into", tmp_path / "without")
    run(*arguments, "--definitions", "--into", tmp_path / "with")
    assert "Where a circuit connects. (Words)" in run("show", "words", "bay", "--into", tmp_path / "with")
    shown = run("show", "words@1", "bay", "--into", tmp_path / "without")
    assert "Cubicle" in shown
    assert "connects" not in shown


def test_lists_what_the_product_ships() -> None:
    said = run("list")
    assert all(name in said for name in ("cgmes-2.4.15", "cgmes-3.0", "gb-ltds-1.0.1", "dcat-3", "odrl-2.2", "prov-o"))


def test_finds_terms_by_what_people_call_them() -> None:
    said = run("search", "grid supply points")
    assert "word:grid-supply-point" in said
    assert "cim:Substation" in said
    assert re.search(r"\d+ of \d+ terms", said)


def test_tells_what_a_term_with_a_number_for_a_name_is_called() -> None:
    assert "oeo:OEO_00000334 (power generating unit)" in run("search", "power generating unit", "--limit", "1")
    shown = run("show", "oeo-2.10.0", "oeo:OEO_00000334")
    assert "obo:BFO_0000051 (has part) some oeo:OEO_00000188 (generator)" in shown


def test_takes_the_namespaces_that_are_named_for_the_vocabularys_own(tmp_path: Path) -> None:
    classes = "".join(f"<http://w.example/{place}#{name}> a owl:Class . " for place in "ab" for name in "xy")
    (tmp_path / "words.ttl").write_text(f"@prefix owl: <http://www.w3.org/2002/07/owl#> . {classes}")
    arguments = ("import", tmp_path / "words.ttl", "--as", "words", *LICENCE, "--into", tmp_path)
    assert "4 classes" in run(*arguments)
    assert "2 classes" in run(*arguments, "--namespace", "http://w.example/b#")


def test_narrows_a_search_down_and_writes_json() -> None:
    model = ("--model", "cgmes@3.0.0", "--kind", "property", "--profile", "EQ")
    found = json.loads(run("search", "rated apparent power", "--unit", "MVA", *model, "--limit", "2", "--json"))
    assert found["total"] == 3
    assert [term["unit"] for term in found["terms"]] == ["MVA", "MVA"]
    assert {term["reference"] for term in found["terms"]} == {"cgmes-3.0@3.0.0"}


def test_refuses_a_kind_that_is_none() -> None:
    with pytest.raises(InputError, match="no kind of term"):
        run("search", "line", "--kind", "thing")


def test_tells_what_changed_between_two_models() -> None:
    said = run("diff", "cgmes-2.4.15", "cgmes@3.0.0", "--profile", "EQ")
    assert said.startswith("cgmes-2.4.15@2.4.15 → cgmes-3.0@3.0.0, profile EQ")
    assert "entsoe:LimitTypeKind → eu:LimitKind (enumeration): names alike" in said
    rows = run("diff", "cgmes-2.4.15", "cgmes-3.0", "--format", "csv").splitlines()
    assert rows[0] == "kinds,sort,before,after,profiles,aspect,profile,was,is,why"
    assert len(rows) > 1000
    assert run("diff", "cgmes-3.0", "cgmes-3.0", "--format", "markdown").count("| 0 ") == 14


def test_refuses_to_compare_what_is_not_there() -> None:
    with pytest.raises(UnknownTerm, match="no version `cgmes@9`"):
        run("diff", "cgmes-2.4.15", "cgmes@9")
    with pytest.raises(UnknownTerm, match="Neither model has a profile"):
        run("diff", "cgmes-2.4.15", "cgmes-3.0", "--profile", "eq")
    with pytest.raises(InputError, match="no format of this report"):
        run("diff", "cgmes-2.4.15", "cgmes-3.0", "--format", "html")
