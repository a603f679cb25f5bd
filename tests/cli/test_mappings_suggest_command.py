"""`virtuales mappings suggest`: what it refuses, what it writes, and that it never suggests what is decided."""

from pathlib import Path

import pytest
from tests.cli.terminal import Terminal

from virtuales.alignment.tsv_reader import read_tsv

LEFT = """@prefix : <https://a.example/#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://a.example/> a owl:Ontology .
:Customer a owl:Class . :Meter a owl:Class .
:serialNumber a owl:DatatypeProperty ; rdfs:domain :Meter ; rdfs:range xsd:string .
"""
RIGHT = LEFT.replace("a.example", "b.example").replace("Customer", "Consumer").replace("serialN", "serial_n")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two ontologies about one subject."""
    left, right = tmp_path / "left.ttl", tmp_path / "right.ttl"
    left.write_text(LEFT, encoding="utf-8")
    right.write_text(RIGHT, encoding="utf-8")
    return left, right


def test_refuses_what_is_neither_a_model_nor_a_file(terminal: Terminal, files: tuple[Path, Path]) -> None:
    said = terminal("mappings", "suggest", files[0], "cgmes-9")
    assert said.code == 2
    assert "There is no model `cgmes-9`" in said.err


def test_refuses_data_for_one_side_only(terminal: Terminal, files: tuple[Path, Path]) -> None:
    said = terminal("mappings", "suggest", *files, "--left-data", files[0])
    assert said.code == 2
    assert "for one of the two models only" in said.err


def test_refuses_to_write_over_a_file(terminal: Terminal, files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "kept.sssom.tsv").write_text("decisions", encoding="utf-8")
    said = terminal("mappings", "suggest", *files, "--output", tmp_path / "kept.sssom.tsv")
    assert said.code == 2
    assert (tmp_path / "kept.sssom.tsv").read_text(encoding="utf-8") == "decisions"


def test_writes_a_sound_set_and_says_how_many(terminal: Terminal, files: tuple[Path, Path], tmp_path: Path) -> None:
    said = terminal("mappings", "suggest", *files, "--no-learn", "--output", tmp_path / "made.sssom.tsv")
    assert (said.code, said.err) == (0, "3 suggestions, 2 of them sure.\n")
    made = read_tsv(tmp_path / "made.sssom.tsv").accepted(strict=True)
    assert [row.subject_label for row in made.mappings] == ["Customer", "Meter", "serialNumber"]
    assert {row.subject_source for row in made.mappings} == {"https://a.example/"}


def test_explains_each_suggestion(terminal: Terminal, files: tuple[Path, Path]) -> None:
    said = terminal("mappings", "suggest", *files, "--no-learn", "--explain")
    assert "left:Customer = right:Consumer" in said.out
    assert "mean the same by general English" in said.out


def test_never_suggests_again_what_a_given_set_denies(
    terminal: Terminal, files: tuple[Path, Path], tmp_path: Path
) -> None:
    terminal("mappings", "suggest", *files, "--no-learn", "--output", tmp_path / "made.sssom.tsv")
    lines = (tmp_path / "made.sssom.tsv").read_text(encoding="utf-8").splitlines()
    names = next(number for number, line in enumerate(lines) if line.startswith("subject_id"))
    denied = [
        "\t".join((*line.split("\t")[:3], "predicate_modifier" if number == names else "Not", *line.split("\t")[3:]))
        for number, line in enumerate(lines)
        if number >= names
    ]
    (tmp_path / "denied.sssom.tsv").write_text("\n".join((*lines[:names], *denied)) + "\n", encoding="utf-8")
    said = terminal("mappings", "suggest", *files, "--no-learn", "--decided", tmp_path / "denied.sssom.tsv")
    assert said.err == "0 suggestions, 0 of them sure.\n"


def test_registered_models_are_named_as_in_sets(terminal: Terminal) -> None:
    said = terminal("mappings", "suggest", "sensitivity", "odrl-2.2", "--no-learn", "--least", "0.2")
    assert said.code == 0
    assert said.out.startswith("#sssom_version")


def test_sets_between_other_models_teach_only_when_they_are_named(terminal: Terminal, files: tuple[Path, Path]) -> None:
    plain, learning, taught = (
        terminal("mappings", "suggest", *files, *options).out
        for options in (["--no-learn"], [], ["--learn-from", "sensitivity-triage"])
    )
    assert plain == learning
    assert taught != plain
