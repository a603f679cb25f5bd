"""`virtuales mappings`: list, show, convert, chain."""

from pathlib import Path

import pytest
from tests.alignment.small_sets import A, B, C, line, mapping_set, table
from tests.cli.terminal import Terminal

from virtuales.alignment.json_form import read_json
from virtuales.alignment.rdf_reader import read_rdf
from virtuales.alignment.terms import BROAD_MATCH
from virtuales.alignment.tsv_reader import read_tsv
from virtuales.alignment.tsv_writer import write_tsv


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with two good files, one that denies what follows from them, and a faulty one."""
    made = {
        "ab": mapping_set(line(A + "x", target=B + "y", confidence=0.8, subject_label="ex")),
        "bc": mapping_set(line(B + "y", BROAD_MATCH, C + "z", confidence=0.5)),
        "no": mapping_set(
            line(C + "z", "http://www.w3.org/2004/02/skos/core#narrowMatch", A + "x", predicate_modifier="Not")
        ),
    }
    for name, each in made.items():
        (tmp_path / f"{name}.sssom.tsv").write_text(write_tsv(each), encoding="utf-8")
    (tmp_path / "faulty.sssom.tsv").write_bytes(table(("7",), names=("confidence",)))
    return tmp_path


def test_refuses_a_set_that_is_nowhere(terminal: Terminal) -> None:
    said = terminal("mappings", "show", "sideways")
    assert said.code == 2
    assert "There is no mapping set `sideways`" in said.err
    assert "sensitivity-triage" in said.err


def test_refuses_to_convert_what_is_wrong_and_says_where(terminal: Terminal, files: Path) -> None:
    said = terminal("mappings", "convert", files / "faulty.sssom.tsv", "--to", "rdf")
    assert (said.code, said.out) == (2, "")
    assert "line 8, column 5, slot `confidence`" in said.err


def test_refuses_a_prefix_without_an_iri(terminal: Terminal, files: Path) -> None:
    assert terminal("mappings", "show", files / "ab.sssom.tsv", "--prefix", "x").code == 2


def test_refuses_a_term_that_no_mapping_names(terminal: Terminal, files: Path) -> None:
    assert terminal("mappings", "show", files / "ab.sssom.tsv", "a:nothing").code == 2


def test_lists_what_is_registered(terminal: Terminal) -> None:
    listed = terminal.ok("mappings", "list")
    assert "sensitivity-triage" in listed
    assert "from https://w3id.org/virtuales/sensitivity to https://w3id.org/virtuales/ns" in listed
    assert "mappings: 5 positive, 2 negative, 0 without counterpart" in listed


def test_shows_a_set_a_term_and_what_is_wrong(terminal: Terminal, files: Path) -> None:
    shown = terminal.ok("mappings", "show", "sensitivity-triage")
    assert "skos:broadMatch 3, not skos:exactMatch 2, skos:exactMatch 2" in shown
    term = terminal.ok("mappings", "show", "sensitivity-triage", "sens:SA")
    assert "sens:SA not skos:exactMatch ves:TriageOpen line 22" in term
    assert "Shared, standard terms → Open" in term
    faulty = terminal("mappings", "show", files / "faulty.sssom.tsv")
    assert faulty.code == 1
    assert "`7` is out of range. Write a number from 0 to 1. out-of-range" in faulty.err


def test_converts_to_each_form_and_back(terminal: Terminal, files: Path) -> None:
    source = files / "ab.sssom.tsv"
    original = read_tsv(source).accepted()
    turtle = terminal.ok("mappings", "convert", source, "--to", "rdf")
    assert read_rdf(turtle.encode(), "text/turtle").accepted().mappings == original.mappings
    terminal.ok("mappings", "convert", source, "--output", files / "ab.json")
    assert read_json(files / "ab.json").accepted().mappings == original.mappings
    again = terminal.ok("mappings", "convert", files / "ab.json", "--to", "tsv")
    assert again == source.read_text(encoding="utf-8")


def test_converts_by_the_options(terminal: Terminal, files: Path) -> None:
    source = files / "in-full.sssom.tsv"
    source.write_bytes(table(("0.12345", "https://unknown.example/o"), names=("confidence", "object_source")))
    assert terminal("mappings", "convert", source).code == 2
    assert "\t0.12345" in terminal.ok("mappings", "convert", source, "--lenient")
    assert "\t0.123" in terminal.ok(
        "mappings", "convert", source, "--canonical", "--prefix", "u=https://unknown.example/"
    )
    direct = terminal.ok("mappings", "convert", source, "--to", "rdf", "--direct")
    assert "a:x skos:exactMatch b:y" in direct


def test_chains_sets_and_says_what_led_to_each_conclusion(terminal: Terminal, files: Path) -> None:
    sources = (files / "ab.sssom.tsv", files / "bc.sssom.tsv")
    written = terminal.ok("mappings", "chain", *sources, "--from", A, "--to", C, "--as", "https://example.org/ac")
    conclusions = read_tsv(written.encode()).accepted()
    assert conclusions.mapping_set_id == "https://example.org/ac"
    assert [(each.core, each.confidence) for each in conclusions.mappings] == [
        ((A + "x", BROAD_MATCH, C + "z", False), 0.4)
    ]
    assert conclusions.mappings[0].extensions["ext_derived_from"].count(" ; ") == 1
    assert len(read_tsv(terminal.ok("mappings", "chain", *sources).encode()).accepted().mappings) == 4
    sure = terminal.ok("mappings", "chain", *sources, "--confidence", "0.9")
    assert read_tsv(sure.encode()).accepted().mappings == ()


def test_leaves_out_and_lists_what_is_denied(terminal: Terminal, files: Path) -> None:
    sources = [files / f"{name}.sssom.tsv" for name in ("ab", "bc", "no")]
    said = terminal("mappings", "chain", *sources, "--from", A, "--to", C)
    assert said.code == 1
    assert "denied https://a.example/x" in said.err
    assert read_tsv(said.out.encode()).accepted().mappings == ()
