"""Parsing RDF files, with errors that name the place."""

from pathlib import Path

import pytest

from virtuales.errors import InputError, UnreadableInput
from virtuales.rdf import media
from virtuales.rdf.io import ParsedFile, parse_file, serialize_quads


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="cannot be read") as caught:
        parse_file(tmp_path / "absent.ttl")
    assert caught.value.where == str(tmp_path / "absent.ttl")


def test_refuses_a_name_that_tells_no_syntax(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="which RDF syntax"):
        parse_file(tmp_path / "data.bin")


def test_refuses_a_media_type_that_is_no_rdf() -> None:
    with pytest.raises(InputError, match="not an RDF media type"):
        parse_file(b"", "image/png")


def test_names_file_and_line_of_a_syntax_error(tmp_path: Path) -> None:
    file = tmp_path / "broken.ttl"
    file.write_text('<http://a> <http://b> "c" .\n<http://a> <http://b> .\n')
    with pytest.raises(UnreadableInput) as caught:
        list(parse_file(file))
    assert caught.value.where == f"{file}, line 2"


def test_passes_on_only_the_beginning_of_a_long_complaint() -> None:
    with pytest.raises(UnreadableInput) as caught:
        list(parse_file(b"root:x:0:0" * 10_000, media.RDF_XML))
    assert len(caught.value.what) < 300


def test_resolves_relative_iris_against_the_base() -> None:
    (quad,) = parse_file(b"<#a> <#b> <#c> .", media.TURTLE, base="http://example.org/x")
    assert quad.subject.value == "http://example.org/x#a"  # type: ignore[union-attr]


def test_tells_the_prefixes_of_a_document() -> None:
    parsed = ParsedFile(b"@prefix ex: <http://example.org/> . ex:a ex:b ex:c .", media.TURTLE)
    assert len(list(parsed)) == 1
    assert parsed.prefixes == {"ex": "http://example.org/"}


def test_writes_what_it_reads() -> None:
    document = b'<http://a> <http://b> "c"@en-gb .\n'
    assert serialize_quads(parse_file(document, media.N_TRIPLES), media.N_TRIPLES) == document
