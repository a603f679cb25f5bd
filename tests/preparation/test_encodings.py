"""Encodings of tables: told by a mark or by the sender, refused with what to do otherwise, never guessed."""

import codecs
import json
from pathlib import Path

import pytest

from virtuales.errors import InputError, UnknownTerm, UnreadableInput
from virtuales.preparation.encodings import checked_encoding, encoding_name
from virtuales.preparation.lifting import Lifting, LiftSource, lift
from virtuales.preparation.sources import CSV, JSON, detect

TABLE = "Site,Note\nA,Größe 5 €\n"
METADATA = {
    "@context": "http://www.w3.org/ns/csvw",
    "url": "sites.csv",
    "tableSchema": {
        "aboutUrl": "https://vale.example/site/{Site}",
        "columns": [{"titles": "Site"}, {"titles": "Note", "propertyUrl": "https://vale.example/note"}],
    },
}


def lifted(place: Path, content: bytes, *, encoding: str | None, dialect: str | None = None) -> Lifting:
    metadata = METADATA | ({"dialect": {"encoding": dialect}} if dialect else {})
    (place / "sites.csv").write_bytes(content)
    (place / "metadata.json").write_text(json.dumps(metadata))
    sources = [
        LiftSource(place / "sites.csv", "sites.csv", CSV, encoding),
        LiftSource(place / "metadata.json", "metadata.json", JSON),
    ]
    return lift(sources, place, base="https://vale.example/data/", skolem="urn:skolem:", limit=1 << 20)


@pytest.mark.parametrize("text", ["utf-7", "rot13", "base64", "windows-1252x", "", "idna", "utf-32", "a\0b"])
def test_refuses_encodings_that_nobody_saves_tables_in(text: str) -> None:
    with pytest.raises(UnknownTerm) as caught:
        encoding_name(text, where="encoding")
    assert "windows-1252" in (caught.value.remedy or "")


def test_refuses_what_is_not_utf_8_and_says_what_to_do() -> None:
    with pytest.raises(UnreadableInput, match="no utf-8 text") as caught:
        detect(TABLE.encode("windows-1252"), name="sites.csv")
    assert "--encoding windows-1252" in (caught.value.remedy or "")
    assert "never guessed" in (caught.value.remedy or "")
    assert detect(TABLE.encode("windows-1252"), name="sites.csv", encoding="windows-1252") == CSV


def test_refuses_an_encoding_of_what_declares_its_own() -> None:
    with pytest.raises(InputError, match="no table"):
        detect(b'{"a": 1}', name="a.json", encoding="windows-1252")


def test_refuses_a_statement_that_the_mark_contradicts(tmp_path: Path) -> None:
    for mark, content in ((codecs.BOM_UTF8, TABLE.encode()), (codecs.BOM_UTF16_LE, TABLE.encode("utf-16-le"))):
        with pytest.raises(UnreadableInput, match="byte order mark"):
            detect(mark + content, name="sites.csv", encoding="windows-1252")
    with pytest.raises(UnreadableInput, match="UTF-32"):
        detect(TABLE.encode("utf-32"), name="sites.csv")
    with pytest.raises(UnreadableInput, match="byte order mark"):
        lifted(tmp_path, TABLE.encode("windows-1252"), encoding="windows-1252", dialect="iso-8859-1")


def test_finds_bytes_at_fault_beyond_the_first_ones_and_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    path.write_bytes(b"Site,Note\n" + b"A,plain\n" * 2000 + "A,Größe\n".encode("windows-1252"))
    with pytest.raises(UnreadableInput) as caught:
        checked_encoding(path, None, name="sites.csv")
    line = int((caught.value.where or "").rpartition(" ")[2])
    assert 1000 < line <= 2002
    path.write_bytes(b"Site,Note\nA,\x81\n")
    with pytest.raises(UnreadableInput, match="no windows-1252 text"):
        checked_encoding(path, "windows-1252", name="sites.csv")


@pytest.mark.parametrize(
    ("codec", "stated", "recorded"),
    [
        ("utf-8", None, None),
        ("utf-8-sig", None, None),
        ("utf-8-sig", "utf-8", None),
        ("utf-16", None, "utf-16"),
        ("utf-16", "utf-16", "utf-16"),
        ("utf-16-le", "utf-16le", "utf-16le"),
        ("cp1252", "windows-1252", "windows-1252"),
        ("cp1252", "CP1252", "windows-1252"),
    ],
)
def test_reads_the_same_text_in_each_encoding(
    tmp_path: Path, codec: str, stated: str | None, recorded: str | None
) -> None:
    content = TABLE.encode(codec)
    (tmp_path / "sites.csv").write_bytes(content)
    assert checked_encoding(tmp_path / "sites.csv", stated, name="sites.csv") == recorded
    (model,) = lifted(tmp_path, content, encoding=stated).models
    assert '"Größe 5 €"' in model.statements.read_text(encoding="utf-8")


def test_takes_the_encoding_of_the_metadata_and_of_the_sender_where_both_state_the_same(tmp_path: Path) -> None:
    for stated in (None, "windows-1252"):
        (model,) = lifted(tmp_path, TABLE.encode("windows-1252"), encoding=stated, dialect="CP1252").models
        assert '"Größe 5 €"' in model.statements.read_text(encoding="utf-8")
