"""Reading one CIM/XML document: what is refused and where, and what is written."""

import gc
import hashlib
import io
import time

import pytest
from tests.preparation.cim_documents import (
    BASE,
    CIM,
    EQ,
    SSH,
    OneVocabulary,
    document,
    header,
    line,
    read,
    terminal,
)

from virtuales.errors import InputError, TooLarge, UnknownTerm, UnreadableInput
from virtuales.preparation.cim.reader import CimReader, ReadLimits
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import N_TRIPLES

NAME = "cim:IdentifiedObject.name"
DIFFERENCE = (
    '<dm:DifferenceModel xmlns:dm="http://iec.ch/TC57/61970-552/DifferenceModel/1#" rdf:about="urn:uuid:x">'
    '<dm:forwardDifferences parseType="Statements"/></dm:DifferenceModel>'
)


def test_never_gives_a_document_type_to_the_parser_of_trees(recwarn: pytest.WarningsRecorder) -> None:
    element = "<!DOCTYPE r [<!ENTITY a '<cim:Terminal>x</cim:Terminal>'><!ENTITY b '&a;'>]>"
    for _ in range(20):
        with pytest.raises(UnreadableInput, match="document type"):
            read(document(line("_a", f"<{NAME}>&b;</{NAME}>"), start=element))
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []


def test_refuses_a_repeated_name_though_the_encoding_hides_its_line() -> None:
    data = b"\xef\xbb\xbf" + document(line("_a", f"<{NAME}>é</{NAME}>"), line("_a")).replace(b"UTF-8", b"utf-8-sig")
    with pytest.raises(UnreadableInput, match=r"Write it in UTF-8|two objects"):
        read(data)


@pytest.mark.parametrize(
    ("data", "kind", "said", "where"),
    [
        (b"substation,demand\nA,7\n", UnreadableInput, "not well-formed XML", "grid.xml, line 1"),
        (b"", UnreadableInput, "not well-formed XML", "grid.xml"),
        (document(line("_a"))[:-20], UnreadableInput, "not well-formed XML", "grid.xml, line 4"),
        (document("<cim:ACLineSegment>&nbsp;"), UnreadableInput, "not well-formed XML", "grid.xml, line 4"),
        (b"<html/>", UnreadableInput, "not `rdf:RDF`", "grid.xml, line 1, element html"),
        (b"<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>", UnreadableInput, "document type", "grid.xml, line 1"),
        (
            document(DIFFERENCE, head=""),
            UnreadableInput,
            "difference model",
            "grid.xml, line 3, element DifferenceModel",
        ),
        (document(line("_a"), head=""), UnreadableInput, "no header", "grid.xml"),
        (document(header()), UnreadableInput, "2 headers", "grid.xml, line 4, element FullModel"),
        (document(head='<md:FullModel rdf:about="#_m"/>'), UnreadableInput, "no profile", "grid.xml"),
        (document(head=header(profile="http://x.example/p")), UnknownTerm, "http://x.example/p", "grid.xml"),
        (
            document(line("_a"), '<cim:Lamp rdf:ID="_l"/>'),
            UnknownTerm,
            f"class <{CIM}Lamp> is not part of the model `small`",
            "grid.xml, line 5, element Lamp",
        ),
        (document('<Terminal rdf:ID="_t"/>'), UnknownTerm, "namespace", "grid.xml, line 4, element Terminal"),
        (
            document('<x:Terminal xmlns:x="http://iec.ch/TC57/2013/CIM-schema-cim16#" rdf:ID="_t"/>'),
            UnknownTerm,
            "in a namespace that the model `small` does not use",
            "grid.xml, line 4, element Terminal",
        ),
        (
            document(line("_a", "\n<cim:ACLineSegment.colour>red</cim:ACLineSegment.colour>")),
            UnknownTerm,
            "ACLineSegment.colour> is not part",
            "grid.xml, line 5, element ACLineSegment.colour",
        ),
        (
            document(line("_a"), line("_b"), line("_a")),
            UnreadableInput,
            "`_a` is given to two objects; the first is on line 4",
            "grid.xml, line 6, element ACLineSegment",
        ),
        (
            document(terminal("_t", "#_a#b")),
            UnreadableInput,
            "`#_a#b` has two fragments",
            "grid.xml, line 4, element Terminal.ConductingEquipment",
        ),
        (document(line("_a b")), UnreadableInput, "no IRI may have", "grid.xml, line 4, element ACLineSegment"),
        (document("<cim:ACLineSegment/>"), UnreadableInput, "no attribute", "grid.xml, line 4, element ACLineSegment"),
        (document('<cim:Terminal rdf:nodeID="x"/>'), UnreadableInput, "nodeID", "grid.xml, line 4, element Terminal"),
        (
            document('<cim:Terminal rdf:ID="_a" rdf:about="#_b"/>'),
            UnreadableInput,
            "where one `rdf:ID` or `rdf:about` belongs",
            "grid.xml, line 4, element Terminal",
        ),
        (document(line("_a", "lost")), UnreadableInput, "'lost'", "grid.xml, line 4, element ACLineSegment"),
        (document("lost" + line("_a")), UnreadableInput, "'lost'", "grid.xml, line 3, element FullModel"),
        (
            document(line("_a", f"<{NAME}>x</{NAME}>lost")),
            UnreadableInput,
            "'lost'",
            "grid.xml, line 4, element IdentifiedObject.name",
        ),
        (
            document(line("_a", f"<{NAME}>{line('_b')}</{NAME}>")),
            UnreadableInput,
            "element inside",
            "grid.xml, line 4, element IdentifiedObject.name",
        ),
        (
            document(line("_a", f'<{NAME} xml:lang="en">x</{NAME}>')),
            UnreadableInput,
            "lang` beside text",
            "grid.xml, line 4, element IdentifiedObject.name",
        ),
        (
            document(line("_a", f'<{NAME} rdf:resource="#_b"/>')),
            UnreadableInput,
            "value is text",
            "grid.xml, line 4, element IdentifiedObject.name",
        ),
        (
            document('<cim:Terminal rdf:ID="_t"><cim:Terminal.phases>A</cim:Terminal.phases></cim:Terminal>'),
            UnreadableInput,
            "no `rdf:resource`",
            "grid.xml, line 4, element Terminal.phases",
        ),
    ],
)
def test_refuses(data: bytes, kind: type[InputError], said: str, where: str) -> None:
    with pytest.raises(kind) as caught:
        read(data)
    assert said in caught.value.what
    assert caught.value.where == where
    assert caught.value.remedy or kind is UnknownTerm


def test_refuses_text_before_the_header() -> None:
    with pytest.raises(UnreadableInput, match="lost"):
        read(document(line("_a"), head="lost" + header()))


def test_refuses_a_document_over_the_limit() -> None:
    reader = CimReader(OneVocabulary(), BASE, limits=ReadLimits(source_bytes=1000))
    with pytest.raises(TooLarge, match="larger than 1,000 bytes"):
        reader.read(io.BytesIO(document(*(line(f"_{n}") for n in range(100)))), io.BytesIO(), name="grid.xml")


def test_refuses_an_expansion_bomb_at_once() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 20))
    bomb = document(line("_a", f"<{NAME}>&e19;</{NAME}>"), start=f'<!DOCTYPE rdf:RDF [<!ENTITY e0 "boom">{entities}]>')
    begin = time.process_time()
    with pytest.raises(UnreadableInput, match="document type"):
        read(bomb)
    assert time.process_time() - begin < 1


def test_refuses_an_external_entity_without_fetching_it(tmp_path: object) -> None:
    bait = f"{tmp_path}/secret.txt"
    for system in (f"file://{bait}", "http://127.0.0.1:9/secret"):
        attack = document(line("_a", f"<{NAME}>&x;</{NAME}>"), start=f'<!DOCTYPE r [<!ENTITY x SYSTEM "{system}">]>')
        with pytest.raises(UnreadableInput, match="document type"):
            read(attack)


@pytest.mark.parametrize(
    "data",
    [
        document("<cim:ACLineSegment>" * 300),
        document(line("_a", f"<{NAME}>{'x' * 11_000_000}</{NAME}>")),
        document(line("_" + "a" * 12_000_000)),
        document(f"<!--{'x' * 12_000_000}-->"),
    ],
    ids=["nesting", "text", "identifier", "comment"],
)
def test_refuses_what_is_too_large_to_be_parsed_safely(data: bytes) -> None:
    with pytest.raises(TooLarge, match="parsed safely"):
        read(data)


@pytest.mark.parametrize("attack", ['<x y="{}"/>', "<x>{}</x>"])
def test_refuses_a_quadratic_expansion_at_once(attack: str) -> None:
    declared = f'<!DOCTYPE x [<!ENTITY e "{"x" * 100_000}">]>'
    begin = time.process_time()
    with pytest.raises(UnreadableInput, match="document type"):
        read((declared + attack.format("&e;" * 100_000)).encode())
    assert time.process_time() - begin < 1


def test_says_the_line_however_long_the_file_is() -> None:
    objects = [f"<cim:Terminal\n\nrdf:ID='_{n}'>\n\n</cim:Terminal>\n" for n in range(20_000)]
    with pytest.raises(UnreadableInput) as caught:
        read(document(*objects, terminal("_t", "#_a#b")))
    assert caught.value.where == "grid.xml, line 100004, element Terminal.ConductingEquipment"


def test_writes_typed_statements_as_n_triples() -> None:
    text = '  a "quoted" \\ back\nslash &amp; \u00fc &#13; '
    reading, lines = read(
        document(
            line("_a", f"<{NAME}>{text}</{NAME}><cim:ACLineSegment.r>1.50e0</cim:ACLineSegment.r>"),
            '<!-- nothing --><cim:Terminal rdf:about="#_t">'
            f'<cim:Terminal.phases rdf:resource="{CIM}PhaseCode.A"/><cim:ACDCTerminal.connected/></cim:Terminal>',
        )
    )
    a, t = f"<{BASE}#_a>", f"<{BASE}#_t>"
    rdf_type = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert lines[4:] == [
        f"{a} {rdf_type} <{CIM}ACLineSegment> .",
        f'{a} <{CIM}IdentifiedObject.name> "  a \\"quoted\\" \\\\ back\\nslash & \u00fc \\r " .',
        f'{a} <{CIM}ACLineSegment.r> "1.50e0"^^<{xsd}float> .',
        f"{t} {rdf_type} <{CIM}Terminal> .",
        f"{t} <{CIM}Terminal.phases> <{CIM}PhaseCode.A> .",
        f'{t} <{CIM}ACDCTerminal.connected> ""^^<{xsd}boolean> .',
    ]
    assert reading.triples == len(lines) == 10
    assert reading.objects[CIM + "Terminal"] == 1
    assert (len(reading.introduced), len(reading.described), len(reading.referenced)) == (1, 1, 0)


def test_the_header_is_read_and_written() -> None:
    more = (
        '<md:Model.DependentOn rdf:resource="urn:uuid:00000000-0000-4000-8000-0000000000BB"/>'
        '<md:Model.Supersedes rdf:resource="#_old"/><md:Model.description>Two lines</md:Model.description>'
        "<md:Model.modelingAuthoritySet>http://grid.example/mas</md:Model.modelingAuthoritySet>"
    )
    reading, lines = read(document(line("_a"), head=header(more=more)))
    assert reading.header is not None
    assert reading.header.iri == "urn:uuid:00000000-0000-4000-8000-00000000000a"
    assert reading.header.profiles == reading.profiles == (EQ,)
    assert reading.header.created == "2026-06-01T00:00:00Z"
    assert reading.header.version == "1"
    assert reading.header.description == "Two lines"
    assert reading.header.modelling_authority_set == "http://grid.example/mas"
    assert reading.header.dependent_on == ("urn:uuid:00000000-0000-4000-8000-0000000000bb",)
    assert reading.header.supersedes == (BASE + "#_old",)
    assert not len(reading.referenced)
    assert any(text.endswith('Model.version> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .') for text in lines)


def test_the_header_may_stand_last() -> None:
    reading, _ = read(document(*(line(f"_{n}") for n in range(3000)), header(), head=""))
    assert reading.header is not None
    assert reading.objects[CIM + "ACLineSegment"] == 3000


def test_reads_a_file_without_header_as_the_profile_given() -> None:
    reading, lines = read(document(line("_a"), head=""), profiles=[SSH])
    assert reading.header is None
    assert reading.profiles == (SSH,)
    assert reading.short_profiles == ("SSH",)
    assert len(lines) == 1


def test_the_n_triples_are_well_formed_and_hashed() -> None:
    data = document(line("_a", f"<{NAME}>\t\u2028 \U0001f50c</{NAME}>"), terminal("_t", "#_a"))
    sink = io.BytesIO()
    reading = CimReader(OneVocabulary(), BASE).read(io.BytesIO(data), sink, name="grid.xml")
    written = sink.getvalue()
    assert len(list(parse_file(written, N_TRIPLES))) == reading.triples == 8
    assert reading.digest == hashlib.sha256(written).hexdigest()
    assert reading.source_digest == hashlib.sha256(data).hexdigest()
    assert (reading.size, reading.source_bytes) == (len(written), len(data))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_reads_other_encodings(encoding: str) -> None:
    text = document(line("_a", f"<{NAME}>Z\u00fcrich</{NAME}>")).decode()
    declared = text.replace("UTF-8", encoding.removesuffix("-sig"))
    _, lines = read(declared.encode(encoding))
    assert any("Z\u00fcrich" in written for written in lines)


@pytest.mark.parametrize("cut", range(-3, 4))
def test_white_space_that_is_a_value_is_kept_wherever_the_file_is_cut(cut: int) -> None:
    inside = f"<{NAME}>   </{NAME}>"
    start = document(line("_a", inside)).index(b"   </")
    padding = " " * (65_536 - start - 4 + cut)
    _, lines = read(document(line("_a", padding + inside)))
    assert any(written.endswith('"   " .') for written in lines)
