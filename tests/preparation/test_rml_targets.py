"""What is written: each statement once, the mapping's targets beside the caller's file, nothing over what is read."""

import gzip
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from virtuales.errors import InputError, TooLarge, VirtualesError
from virtuales.preparation.distinct import DistinctLines
from virtuales.preparation.rml.bulk import carry_out_in_bulk
from virtuales.preparation.rml.engine import Run
from virtuales.preparation.rml.reading import read_mapping
from virtuales.preparation.rml.targets import Output, Written, write_chunks
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
MAPPING = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://e.example/> .
@prefix formats: <http://www.w3.org/ns/formats/> .
ex:m rml:logicalSource [ rml:source [ rml:path "a.csv" ] ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "http://e.example/{id}" ; rml:class ex:C %s ] ;
  rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ rml:reference "x" ] ] .
"""


def written(place: Path, more: str = "", media_type: str = N_QUADS, rows: str = "1,a\n2,b\n1,a\n") -> list[Written]:
    """Carry out the mapping and write what it makes."""
    (place / "a.csv").write_text("id,x\n" + rows)
    mapping = read_mapping((MAPPING % more).encode(), name="m.ttl")
    chunks = carry_out_in_bulk(mapping, Run({"a.csv": place / "a.csv"}, "http://b.example/"))
    inputs = frozenset([(place / "a.csv").resolve()])
    return write_chunks(chunks, Output(place / "out", media_type, place, inputs, {"ex": "http://e.example/"}))


def target(path: str, more: str = "") -> str:
    """Write a logical target for the subject map."""
    return f'; rml:logicalTarget [ rml:target [ rml:path "{path}" ] {more} ]'


@pytest.mark.parametrize("path", ["a.csv", "./out", "link/x.nq"])
def test_writes_over_nothing_that_is_read_and_outside_of_no_folder(tmp_path: Path, path: str) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "outer").mkdir()
    (tmp_path / "inner" / "link").symlink_to(tmp_path / "outer")
    with pytest.raises(InputError) as caught:
        written(tmp_path / "inner", target(path))
    assert caught.value.where == "m.ttl, line 4"
    assert not list((tmp_path / "outer").iterdir())
    assert (tmp_path / "inner" / "a.csv").read_text().startswith("id,x\n")


@pytest.mark.parametrize("media_type", [N_TRIPLES, TURTLE, RDF_XML])
def test_refuses_named_graphs_where_the_syntax_has_none(tmp_path: Path, media_type: str) -> None:
    for graph in ("; rml:graph ex:g", '; rml:graphMap [ rml:template "http://e.example/{x}" ]'):
        with pytest.raises(InputError, match="no named graphs"):
            written(tmp_path, graph, media_type)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("media_type", [N_QUADS, TRIG, JSON_LD])
def test_keeps_named_graphs_where_the_syntax_has_them(tmp_path: Path, media_type: str) -> None:
    assert written(tmp_path, "; rml:graph ex:g", media_type)[0].statements == 4
    quads = list(parse_file((tmp_path / "out").read_bytes(), media_type))
    assert {str(quad.graph_name) for quad in quads} == {"<http://e.example/g>"}


@pytest.mark.parametrize("media_type", [N_QUADS, N_TRIPLES, TURTLE, TRIG, JSON_LD, RDF_XML])
def test_writes_each_statement_once_in_every_syntax(tmp_path: Path, media_type: str) -> None:
    assert written(tmp_path, "", media_type) == [Written(tmp_path / "out", 4)]
    assert len(list(parse_file((tmp_path / "out").read_bytes(), media_type, base="http://b.example/"))) == 4


def test_writes_statements_with_a_target_there_and_nowhere_else(tmp_path: Path) -> None:
    packed = target("deep/x.nt.gz", "; rml:serialization formats:N-Triples ; rml:compression rml:gzip")
    assert written(tmp_path, packed) == [
        Written(tmp_path / "out", 0),
        Written(tmp_path / "deep" / "x.nt.gz", 4),
    ]
    assert (tmp_path / "out").read_bytes() == b""
    assert len(gzip.decompress((tmp_path / "deep" / "x.nt.gz").read_bytes()).splitlines()) == 4


def test_a_mistake_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("before")
    with pytest.raises(VirtualesError):
        written(tmp_path, rows="1,a\n2\n")
    assert (tmp_path / "out").read_text() == "before"


LINES = st.lists(st.sampled_from([f"<a:{n}> {TYPE} <a:{c}> ." for n in range(3) for c in "CD"] + ["<a:a> <a:b> 'é' ."]))


@settings(deadline=None)
@given(st.lists(LINES, max_size=5))
def test_keeps_the_first_of_lines_that_occur_several_times(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[list[str]]
) -> None:
    lines = DistinctLines(tmp_path_factory.mktemp("lines") / "a.nt")
    for block in filter(None, blocks):
        lines.add(pl.Series(block, dtype=pl.String))
    lines.close()
    expected = list(dict.fromkeys(line for block in blocks for line in block))
    assert lines.path.read_text(encoding="utf-8").splitlines() == expected
    assert lines.count == len(expected)
    for name in "CD":
        assert lines.classes[f"a:{name}"] == sum(line.endswith(f"<a:{name}> .") for line in expected)


def test_compares_lines_as_text_where_their_hashes_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pl.Series, "hash", lambda self: pl.Series([7] * len(self), dtype=pl.UInt64))
    lines = DistinctLines(tmp_path / "a.nt")
    for block in (["a", "b"], ["b", "c"]):
        lines.add(pl.Series(block))
    lines.close()
    assert (tmp_path / "a.nt").read_text() == "a\nb\nc\n"


def test_refuses_more_than_the_limit(tmp_path: Path) -> None:
    lines = DistinctLines(tmp_path / "a.nt", limit=10, name="a.csv")
    lines.add(pl.Series(["12345"]))
    with pytest.raises(TooLarge) as caught:
        lines.add(pl.Series(["1234"]))
    assert caught.value.where == "a.csv"
