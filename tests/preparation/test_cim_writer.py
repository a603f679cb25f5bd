"""Writing CIM/XML: what is refused, and that what is written reads back as the same statements."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from tests.preparation.cim_documents import (
    BASE,
    CIM,
    EQ,
    VOCABULARY,
    OneVocabulary,
    document,
    header,
    line,
    named,
    read,
    terminal,
)
from tests.shared_data import shared

from virtuales.errors import InputError, UnknownTerm, UnreadableInput
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.collection import CollectionReader, replacing, write_zip
from virtuales.preparation.cim.difference import ModelFile
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.profiles import introduces
from virtuales.preparation.cim.rdf_source import model_from_rdf
from virtuales.preparation.cim.reader import CimReader
from virtuales.preparation.cim.writer import write_model
from virtuales.resources import contributed

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
A = f"<{BASE}#_a>"
LINE = f"{A} {TYPE} <{CIM}ACLineSegment> .\n"


def kept(place: Path, statements: str) -> ModelFile:
    """Keep statements as a model without header."""
    path = place / "model.nt"
    path.write_text(statements)
    return ModelFile("model.nt", None, path, (EQ,), VOCABULARY, Identifiers(BASE))


def written(model: ModelFile) -> str:
    sink = io.BytesIO()
    write_model(model, sink)
    return sink.getvalue().decode()


@pytest.mark.parametrize(
    ("statements", "kind", "said"),
    [
        (f"{A} {TYPE} <{CIM}Lamp> .\n", UnknownTerm, "Lamp> is not part of the model `small`"),
        (LINE + f'{A} <{CIM}colour> "red" .\n', UnknownTerm, "colour> is not part"),
        (f'{A} <{CIM}IdentifiedObject.name> "x" .\n', InputError, "has no class"),
        (LINE + f'{A} <{CIM}ACLineSegment.r> "x" .\n', InputError, "not of the datatype"),
        (LINE + f'{A} <{CIM}IdentifiedObject.name> "x"@en .\n', InputError, "not of the datatype"),
        (
            LINE + f"{A} <{CIM}IdentifiedObject.name> <http://x.example/> .\n",
            InputError,
            "no literal where one belongs",
        ),
        (LINE + f'{A} <{CIM}Terminal.phases> "x" .\n', InputError, "not of the datatype an IRI"),
        (LINE + f'{A} <{CIM}IdentifiedObject.name> "\\u0007" .\n', InputError, "XML cannot hold"),
    ],
)
def test_refuses_what_would_not_read_back_the_same(
    tmp_path: Path, statements: str, kind: type[InputError], said: str
) -> None:
    with pytest.raises(kind, match=re.escape(said)):
        written(kept(tmp_path, statements))


@pytest.mark.parametrize(
    ("turtle", "said"),
    [
        ("<urn:a> <urn:b> [] .", "blank node"),
        (f"<urn:a> a <{CIM}ACLineSegment> .", "no profile was given"),
        (
            " ".join(f"<urn:{name}> a <http://iec.ch/TC57/61970-552/ModelDescription/1#FullModel> ." for name in "ab"),
            "2 headers",
        ),
    ],
)
def test_refuses_rdf_that_is_no_model(tmp_path: Path, turtle: str, said: str) -> None:
    (tmp_path / "model.ttl").write_text(turtle)
    with pytest.raises(UnreadableInput, match=said):
        model_from_rdf(tmp_path / "model.ttl", tmp_path / "m.nt", vocabularies=OneVocabulary(), base=BASE)


def test_leaves_the_file_that_was_there_when_writing_fails(tmp_path: Path) -> None:
    target = tmp_path / "grid.xml"
    target.write_text("before")
    with pytest.raises(UnknownTerm), replacing(target) as file:
        write_model(kept(tmp_path, f"{A} {TYPE} <{CIM}Lamp> .\n"), file)
    assert target.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["grid.xml", "model.nt"]


def test_writes_special_characters_so_that_they_read_back(tmp_path: Path) -> None:
    names = ("<&>\"'", "a\\tb", "two\\nlines", "back\\\\slash", "\\r", "  ", "", "]]>", "é 線")
    statements = LINE + "".join(
        f'{A} <{CIM}IdentifiedObject.name> "{name.replace(chr(34), chr(92) + chr(34))}" .\n' for name in names
    )
    _, lines = read(written(kept(tmp_path, statements)).encode(), profiles=[EQ])
    assert [text.replace("\t", "\\t") for text in lines] == statements.splitlines()


def test_puts_the_header_first_and_an_object_in_one_element(tmp_path: Path) -> None:
    data = document(line("_a", named("A")), head=header() + terminal("_t", "#_a"))
    reading, lines = read(data)
    scattered = [
        *lines[-3:],
        *lines[:-3],
        f'{A} <{CIM}ACLineSegment.r> "1"^^<http://www.w3.org/2001/XMLSchema#float> .',
    ]
    path = tmp_path / "model.nt"
    path.write_text("\n".join(scattered) + "\n")
    model = ModelFile("m", reading.header, path, reading.profiles, VOCABULARY, reading.identifiers)
    text = written(model)
    assert text.index("md:FullModel") < text.index("cim:")
    assert text.count('rdf:ID="_a"') == 1
    again, back = read(text.encode())
    assert again.header == reading.header
    assert sorted(back) == sorted(scattered)
    assert written(model) == text


def test_writes_structured_values_inside_their_owners(tmp_path: Path) -> None:
    address = (
        "<cim:Location.mainAddress><cim:StreetAddress><cim:StreetAddress.town><cim:Town><cim:Town.name>Ayr</cim:Town.name>"
        "</cim:Town></cim:StreetAddress.town></cim:StreetAddress></cim:Location.mainAddress>"
    )
    _, lines = read(document(f'<cim:Location rdf:ID="_p">{address}</cim:Location>', line("_q")))
    text = written(kept(tmp_path, "\n".join(lines[4:]) + "\n"))
    assert "".join(text.split()).count("".join(address.split())) == 1
    _, back = read(text.encode(), profiles=[EQ])
    assert back == lines[4:]
    apart = [one for one in lines[4:] if "Town" in one], [one for one in lines[4:] if "Town" not in one]
    text = written(kept(tmp_path, "\n".join([*apart[0], *apart[1]]) + "\n"))
    _, back = read(text.encode(), profiles=[EQ])
    assert sorted(back) == sorted(lines[4:])


def test_names_objects_by_id_only_where_their_profile_introduces_them() -> None:
    vocabulary = ModelRegistry.load(contributed("ontology")).vocabulary("cgmes-3.0")
    cim = "http://iec.ch/TC57/CIM100#"
    expected = {
        ("EQ", "Terminal"): True,
        ("SSH", "Terminal"): False,
        ("SSH", "Equipment"): False,
        ("TP", "Terminal"): False,
        ("TP", "TopologicalNode"): True,
        ("SV", "SvVoltage"): True,
        ("SV", "CsConverter"): False,
        ("SV", "TopologicalIsland"): True,
        ("DL", "Diagram"): True,
        ("GL", "Location"): True,
    }
    found = {pair: introduces(vocabulary, frozenset({pair[0]}), cim + pair[1]) for pair in expected}
    assert found == expected


def test_writes_a_package_as_the_same_zip_each_time(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        write_zip(
            {"b.xml": lambda sink: _fill(sink, b"<b/>"), "a.xml": lambda sink: _fill(sink, b"<a/>")}, tmp_path / name
        )
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist() == ["b.xml", "a.xml"]


def _fill(sink: io.BufferedIOBase | object, data: bytes) -> None:
    sink.write(data)  # type: ignore[union-attr]


@pytest.mark.parametrize(("folder", "number"), [("cgmes-2.4.15", 40), ("cgmes-3.0", 43), ("relicapgrid", 52)])
def test_every_official_model_reads_back_as_the_same_statements(tmp_path: Path, folder: str, number: int) -> None:
    reader = CollectionReader(ModelRegistry.load(contributed("ontology")), BASE)
    read_again = CimReader(reader.vocabularies, BASE)
    files = [path for path in sorted(shared(f"data/cim/{folder}").rglob("*.xml")) if "CGMES_2-4" not in path.name]
    assert len(files) == number
    for position, file in enumerate(files):
        place = tmp_path / str(position)
        place.mkdir()
        model = reader.read(file, place).models[0]
        text = io.BytesIO()
        write_model(model, text)
        sink = io.BytesIO()
        read_again.read(text, sink, name=file.name)
        assert sorted(sink.getvalue().splitlines()) == sorted(model.statements.read_bytes().splitlines()), file.name
        assert naming(text.getvalue()) == naming(file.read_bytes()), file.name


def naming(data: bytes) -> list[tuple[bytes, ...]]:
    """List the classes of a document's objects, each with the attribute that names it."""
    return sorted(re.findall(rb"<\w+:(\w+)\s+rdf:(ID|about)=", data))
