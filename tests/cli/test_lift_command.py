"""`virtuales lift`: files lifted by a mapping, as an editor or a CI runs it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from virtuales.cli import app
from virtuales.rdf.io import parse_file

MAPPING = """@prefix rml: <http://w3id.org/rml/> .
@prefix ex: <http://e.example/> .
ex:m rml:logicalSource [ rml:source [ rml:path "tables/a.csv" ] ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "{id}" ; rml:class ex:Site ] ;
  rml:predicateObjectMap [ rml:predicate ex:mw ; rml:objectMap [ rml:reference "mw" %s ] ] .
"""


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    """A mapping with its table below its folder."""
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv").write_text("id,mw\nA,1.5\nB,2\n")
    place = tmp_path / "a.rml.ttl"
    place.write_text(MAPPING % "")
    return place


def run(*arguments: str | Path, code: int = 0) -> Result:
    """Run the command and expect an exit code."""
    result = CliRunner().invoke(app, ["lift", *map(str, arguments)], env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return result


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gone.ttl", "-o", "o.nt"], "no such file"),
        (["a.rml.ttl", "-o", "o.xyz"], "does not tell which RDF syntax"),
        (["a.rml.ttl", "-o", "a.rml.ttl"], "is one that is read"),
        (["a.rml.ttl", "-o", "o.nt", "--source", "tables/a.csv"], "is no pair"),
        (["a.rml.ttl", "-o", "o.nt", "--source", "tables/a.csv=gone.csv"], "no such file"),
        (["a.rml.ttl", "-o", "o.nt", "--source", "b.csv=tables/a.csv"], "no source `b.csv`"),
        (["a.rml.ttl", "-o", "o.nt", "--folder", "tables"], "no file `tables/a.csv`"),
        (["a.rml.ttl", "-o", "o.nt"], "`A` is no absolute IRI"),
        (["a.rml.ttl", "-o", "gone/o.nt", "--base", "http://b.example/"], "no such directory"),
    ],
)
def test_refuses_what_it_cannot_use(
    mapping: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(mapping.parent)
    before = sorted(mapping.parent.rglob("*"))
    assert said in run(*arguments, code=2).stderr
    assert sorted(mapping.parent.rglob("*")) == before
    assert mapping.read_text() == MAPPING % ""


def test_lifts_a_table_below_the_mapping_and_counts(mapping: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.nt"
    assert f"4 statements in {out}" in run(mapping, "-o", out, "--base", "http://b.example/").stdout
    assert sorted(out.read_text().splitlines()) == [
        '<http://b.example/A> <http://e.example/mw> "1.5" .',
        "<http://b.example/A> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.example/Site> .",
        '<http://b.example/B> <http://e.example/mw> "2" .',
        "<http://b.example/B> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.example/Site> .",
    ]


def test_lifts_a_file_from_elsewhere_into_turtle_with_the_mapping_s_prefixes(mapping: Path, tmp_path: Path) -> None:
    other, out = tmp_path / "other.csv", tmp_path / "o.ttl"
    other.write_text("id,mw\nC,3\n")
    named = f"tables/a.csv={other}"
    told = json.loads(run(mapping, "-o", out, "--base", "http://e.example/", "--source", named, "--json").stdout)
    assert told["written"] == [{"file": str(out), "statements": 2}]
    assert "ex:C " in out.read_text()
    assert len(list(parse_file(out))) == 2


def test_writes_what_has_a_target_beside_the_output(mapping: Path, tmp_path: Path) -> None:
    mapping.write_text(MAPPING % '; rml:logicalTarget [ rml:target [ rml:path "mw.nq" ] ]')
    out = tmp_path / "o.nt"
    said = run(mapping, "-o", out, "--base", "http://b.example/").stdout
    assert f"2 statements in {out}" in said
    assert f"2 statements in {tmp_path / 'mw.nq'}" in said


def test_writes_an_unsafe_iri_only_when_asked(mapping: Path, tmp_path: Path) -> None:
    mapping.write_text((MAPPING % "").replace('template "{id}"', 'template "{mw} {id}" ; rml:termType rml:UnsafeIRI'))
    out, base = tmp_path / "o.nt", ("--base", "http://b.example/")
    assert "no absolute IRI" in run(mapping, "-o", out, *base, code=2).stderr
    run(mapping, "-o", out, *base, "--unsafe-iris")
    assert "<http://b.example/1.5 A> " in out.read_text()
