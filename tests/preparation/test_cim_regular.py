"""Reading regular CIM/XML a column at a time writes what reading by element writes, or is not done at all."""

import io
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.preparation.cim_documents import BASE, EQ, OneVocabulary, document, line, terminal
from tests.shared_data import shared

from virtuales.errors import InputError
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.opening import read_opening
from virtuales.preparation.cim.reader import CimReader, ModelReading, ReadLimits
from virtuales.preparation.cim.regular import read_regular
from virtuales.resources import contributed

NAME = "cim:IdentifiedObject.name"
UUID = "2DD9015B-BDFB-11E5-94FA-C8F73332C8F4"


class OneWay(io.BytesIO):
    """A sink that cannot be emptied again, so that documents are read into it element by element."""

    def seekable(self) -> bool:
        return False


def told(reading: ModelReading) -> dict[str, object]:
    values = {field.name: getattr(reading, field.name) for field in fields(reading) if field.name != "identifiers"}
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in values.items()}


def outcome(reader: CimReader, data: bytes, sink: io.BytesIO) -> tuple[object, bytes]:
    try:
        reading = reader.read(io.BytesIO(data), sink, name="grid.xml")
    except InputError as error:
        return (type(error), str(error)), b""
    return told(reading), sink.getvalue()


def assert_read_alike(data: bytes, reader: CimReader | None = None) -> None:
    reader = reader or CimReader(OneVocabulary(), BASE)
    said, written = outcome(reader, data, OneWay())
    assert outcome(reader, data, io.BytesIO()) == (said, written)
    assert numbered(reader, data) in (None, sorted(written.decode().splitlines()))


def numbered(reader: CimReader, data: bytes) -> list[str] | None:
    """Read a document into columns, and write these as N-Triples, in order; None where that is not done."""
    try:
        model = reader.number(io.BytesIO(data), name="grid.xml")
    except InputError:
        return None
    if model is None:
        return None
    terms, *columns = model.statements
    assert terms.n_unique() == len(terms)
    rows = zip(*(terms.gather(column).to_list() for column in columns), strict=True)
    return sorted(f"{subject} {predicate} {value} ." for subject, predicate, value in rows)


def regularly(data: bytes, *, chunk_bytes: int = 1 << 20, limit: int = 1 << 30) -> bytes | None:
    """Read a document as a regular one; None where it is none."""
    sink = io.BytesIO(b"before")
    sink.seek(0, io.SEEK_END)
    found = read_regular(
        io.BytesIO(data),
        sink,
        vocabulary=OneVocabulary().vocabulary_for_profiles([EQ]),
        identifiers=Identifiers(BASE),
        namespaces=read_opening(io.BytesIO(data), "grid.xml").namespaces,
        limits=(limit, chunk_bytes),
    )
    written = sink.getvalue().removeprefix(b"before")
    assert found is not None or written == b""
    return written if found is not None else None


def named(text: str) -> bytes:
    return document(line("_a", f"<{NAME}>{text}</{NAME}>"))


REGULAR = [
    document(line("_a"), terminal("_t", "#_a")),
    document(line(f"_{UUID}"), terminal("_t", f"#_{UUID}")),
    document(line("_a")).replace(b"\n", b"\r\n"),
    named("Z&#xfc;rich").replace(b"&#xfc;", "ü".encode()),
    named("&lt;A&gt; &amp; &quot;B&apos; \\ \r\n c"),
    named(""),
    document(f'<cim:ACLineSegment rdf:about="#_a"><{NAME}/></cim:ACLineSegment>'),
    document(f'<cim:ACLineSegment rdf:about="urn:uuid:{UUID}"></cim:ACLineSegment>'),
    b"\xef\xbb\xbf" + document(line("_a")),
]
IRREGULAR = [
    document(line("_a"), "<!-- a remark -->", line("_b")),
    named("<![CDATA[a < b]]>"),
    named("&#65;"),
    named("   "),
    named("a\x01b"),
    named("a]]>b"),
    document(line("_a"), "text between", line("_b")),
    document('<cim:ACLineSegment rdf:ID="_a" rdf:about="#_a"/>'),
    document("<cim:ACLineSegment rdf:ID='_a'></cim:ACLineSegment>"),
    document(f'<cim:ACLineSegment rdf:ID="_a"><{NAME} xml:lang="en">a</{NAME}></cim:ACLineSegment>'),
    document('<cim:ACLineSegment rdf:ID="_a"><cim:Unknown.name>a</cim:Unknown.name></cim:ACLineSegment>'),
    document('<cim:Unknown rdf:ID="_a"></cim:Unknown>'),
    document('<cim:ACLineSegment rdf:ID="a b"></cim:ACLineSegment>'),
    document('<cim:ACLineSegment rdf:ID=""></cim:ACLineSegment>'),
    document(f'<cim:ACLineSegment rdf:ID="_a"><{NAME}>a</{NAME}></cim:Terminal>'),
    document(f'<cim:ACLineSegment rdf:ID="_a"><{NAME}><{NAME}>a</{NAME}></{NAME}></cim:ACLineSegment>'),
    document(line("_a")) + b"<!-- at the end -->",
    document(line("_a")).replace(b"UTF-8", b"ISO-8859-1"),
    document(line("_a"))[:-12],
]


@pytest.mark.parametrize("data", REGULAR)
def test_reads_what_is_regular_as_element_by_element(data: bytes) -> None:
    assert regularly(data)
    assert numbered(CimReader(OneVocabulary(), BASE), data)
    assert_read_alike(data)


@pytest.mark.parametrize("data", IRREGULAR)
def test_leaves_alone_what_is_not_known_to_be_regular(data: bytes) -> None:
    assert regularly(data) is None
    assert numbered(CimReader(OneVocabulary(), BASE), data) is None
    assert_read_alike(data)


def test_leaves_repeated_names_second_headers_and_large_files_to_the_reader_that_says_where() -> None:
    header = b'<md:FullModel rdf:about="urn:uuid:1">' + document().partition(b"<md:FullModel")[2].partition(b">")[2]
    twice = document(line("_a"))
    for data in (document(line("_a"), line("_a")), twice.replace(b"</rdf:RDF>", header)):
        assert_read_alike(data)
        assert numbered(CimReader(OneVocabulary(), BASE), data) is None
        with pytest.raises(InputError, match="line"):
            CimReader(OneVocabulary(), BASE).read(io.BytesIO(data), io.BytesIO(), name="grid.xml")
    assert regularly(twice, limit=len(twice) - 1) is None
    assert_read_alike(twice, CimReader(OneVocabulary(), BASE, limits=ReadLimits(len(twice) - 1)))


@pytest.mark.parametrize("chunk_bytes", [40, 333, 700])
def test_cuts_a_document_anywhere(chunk_bytes: int) -> None:
    data = document(*(line(f"_{number}", f"<{NAME}>é {number}</{NAME}>") for number in range(20))).replace(
        b">", b">\r\n"
    )
    data = data.replace(b".name>\r\n", b".name>")
    assert regularly(data, chunk_bytes=chunk_bytes) == regularly(data)


PIECES = st.sampled_from(
    [
        *("<", ">", "/", '"', "&", "&amp;", " ", "\n", "\r", "=", "'", "a", "ü", "_", "#", "rdf:ID", "rdf:about"),
        *("rdf:resource", NAME, "cim:ACLineSegment", "cim:Terminal", "</", "/>", "<!--", "-->", "]]>", "rdf:RDF"),
        *("cim:Terminal.ConductingEquipment", UUID, "urn:uuid:", f"<{NAME}>x</{NAME}>", '<cim:Terminal rdf:ID="_t">'),
        *("</cim:Terminal>", '<cim:Terminal.ConductingEquipment rdf:resource="#_a"/>', "<?x?>", "\t", "]", "{", "\\"),
    ]
)


@given(st.integers(0, 10_000), st.integers(0, 40), st.lists(PIECES, max_size=4))
def test_reads_damaged_documents_as_element_by_element(place: int, length: int, pieces: list[str]) -> None:
    whole = document(line("_a", f"<{NAME}>A &amp; B</{NAME}>"), terminal("_t", "#_a"), line("_b")).decode()
    at = place % len(whole)
    assert_read_alike((whole[:at] + "".join(pieces) + whole[at + length :]).encode())


@pytest.mark.parametrize("pattern", ["cgmes-3.0/MicroGrid/*.xml", "cgmes-2.4.15/MiniGrid/NodeBreaker/*Complete*/*.xml"])
def test_reads_official_models_as_element_by_element(pattern: str) -> None:
    reader = CimReader(ModelRegistry.load(contributed("ontology")), BASE)
    for path in sorted(shared("data/cim").glob(pattern)):
        assert_read_alike(path.read_bytes(), reader)
