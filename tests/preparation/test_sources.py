"""What a file holds is told by its first bytes."""

from pathlib import Path

import pytest
from tests.preparation.cim_documents import document

from virtuales.errors import UnreadableInput
from virtuales.preparation.sources import CIM_XML, CSV, JSON, XML, ZIP, detect
from virtuales.rdf.media import JSON_LD, N_QUADS, TURTLE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02\x03",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7",
        b"<html><body>no</body></html>",
        b"<!DOCTYPE html><html></html>",
        b"{not: json}",
        b"one line, only\n",
        b"just some words\nand more words\n",
    ],
)
def test_refuses_what_is_none_of_the_accepted_kinds(data: bytes) -> None:
    with pytest.raises(UnreadableInput) as caught:
        detect(data, name="upload.bin")
    assert caught.value.where == "upload.bin"
    assert "CIM/XML" in (caught.value.remedy or "")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (document(), CIM_XML),
        (document().decode().encode("utf-8-sig"), CIM_XML),
        (document().decode().encode("utf-16"), CIM_XML),
        (b"PK\x03\x04rest", ZIP),
        (b"# a comment\n@prefix a: <http://a.example/> .\n", TURTLE),
        (b"PREFIX a: <http://a.example/>\n", TURTLE),
        (b"<http://a.example/s> <http://a.example/p> 1 .\n", TURTLE),
        (b'{"a": 1}', JSON),
        (b'{"@context": "http://www.w3.org/ns/csvw", "url": "a.csv"}', JSON),
        (b'{"@id": "http://a.example/s", "http://a.example/p": 1}', JSON_LD),
        (b"<plants><plant/></plants>", XML),
        (b"Substation,Demand (MVA)\r\nA,7.5\r\n", CSV),
        (b"Substation;Demand\nA;7,5\n", CSV),
        (b"prefix,base\nA,7\n", CSV),
        ("é,b\n".encode() * 3000, CSV),
    ],
)
def test_tells_what_a_file_holds(data: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "upload.bin"
    path.write_bytes(data)
    assert detect(path) == detect(data) == kind


def test_tells_syntaxes_that_begin_alike_by_their_names() -> None:
    line = b"<http://a.example/s> <http://a.example/p> 1 <http://a.example/g> .\n"
    assert detect(line, name="a.nq") == N_QUADS
    assert detect(line, name="a.csv") == TURTLE
