"""Lenient reading: strict stays the default, everything left out is listed, and what is not sound still fails."""

import io
import time

import pytest
from tests.preparation.cim_documents import BASE, CIM, EQ, OneVocabulary, document, header, line, named, read, terminal
from tests.shared_data import shared

from virtuales.errors import InputError, UnknownTerm, UnreadableInput
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.reader import CimReader, ModelReading
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import RDF_XML
from virtuales.resources import contributed

LAMP = '<cim:Lamp rdf:ID="_l"><cim:Lamp.colour>red</cim:Lamp.colour><cim:Lamp.at rdf:resource="#_a"/></cim:Lamp>\n'
ADDRESS = (
    "<cim:StreetAddress><cim:StreetAddress.postalCode>AB1</cim:StreetAddress.postalCode>"
    "<cim:StreetAddress.town><cim:Town><cim:Town.name>Ayr</cim:Town.name></cim:Town></cim:StreetAddress.town>"
    "</cim:StreetAddress>"
)


def place(identifier: str, inside: str, attribute: str = "") -> str:
    address = f"<cim:Location.mainAddress{attribute}>{inside}</cim:Location.mainAddress>"
    return f'<cim:Location rdf:ID="{identifier}">{address}</cim:Location>\n'


def leniently(data: bytes, profiles: list[str] | None = None) -> tuple[ModelReading, list[str]]:
    sink = io.BytesIO()
    reading = CimReader(OneVocabulary(), BASE).read(
        io.BytesIO(data), sink, name="grid.xml", profiles=profiles, lenient=True
    )
    return reading, sink.getvalue().decode().splitlines()


FAULTS = [
    ('<x:Lamp xmlns:x="http://x.example/#" rdf:ID="_l"/>\n', 4, "Lamp", "namespace that the model"),
    (line("_a", '\n<x:colour xmlns:x="http://x.example/#">red</x:colour>'), 5, "colour", "namespace that the model"),
    (line("_z") + line("_z", named("other")), 5, "ACLineSegment", "given to a second object"),
    (terminal("_t", "#_a#b"), 4, "Terminal.ConductingEquipment", "two fragments"),
    (line("_a b"), 4, "ACLineSegment", "no IRI may have"),
    ("<cim:ACLineSegment/>\n", 4, "ACLineSegment", "no attribute"),
    ('<cim:Terminal rdf:nodeID="x"/>\n', 4, "Terminal", "nodeID"),
    (line("_a", "lost"), 4, "ACLineSegment", "'lost'"),
    (
        line("_a", f"<cim:IdentifiedObject.name>{line('_b')}</cim:IdentifiedObject.name>"),
        4,
        "IdentifiedObject.name",
        "inside",
    ),
    (
        '<cim:Terminal rdf:ID="_t"><cim:Terminal.phases>A</cim:Terminal.phases></cim:Terminal>\n',
        4,
        "Terminal.phases",
        "no `rdf:resource`",
    ),
    (header("urn:uuid:00000000-0000-4000-8000-0000000000ee"), 4, "FullModel", "second header"),
    (place("_p", "<cim:StreetAddress/><cim:StreetAddress/>"), 4, "Location.mainAddress", "structured"),
]


@pytest.mark.parametrize(("fault", "number", "element", "reason"), FAULTS)
def test_lists_what_it_leaves_out_and_reads_the_rest(fault: str, number: int, element: str, reason: str) -> None:
    data = document(fault, line("_last", named("last")))
    with pytest.raises(InputError):
        read(data)
    reading, lines = leniently(data)
    assert [(one.line, one.element) for one in reading.skipped] == [(number, element)]
    assert reason in reading.skipped[0].reason
    assert reading.skipped_number == 1
    assert f'<{BASE}#_last> <{CIM}IdentifiedObject.name> "last" .' in lines
    assert len(lines) == reading.triples == len(set(lines))


@pytest.mark.parametrize(
    ("data", "kind", "where"),
    [
        (document(line("_a"))[:-20], UnreadableInput, "grid.xml, line 4"),
        (b"<html/>", UnreadableInput, "grid.xml, line 1, element html"),
        (document(head=header(profile="http://x.example/p")), UnknownTerm, "grid.xml"),
        (document(line("_a"), head=""), UnreadableInput, "grid.xml"),
    ],
)
def test_what_cannot_be_mended_fails_leniently_too(data: bytes, kind: type[InputError], where: str) -> None:
    with pytest.raises(kind) as caught:
        leniently(data)
    assert caught.value.where == where


def test_lists_what_it_leaves_out_of_a_document_whose_encoding_hides_its_lines() -> None:
    data = b"\xef\xbb\xbf" + document(line("_a", named("é") * 2), "\n" * 70_000, "<cim:Terminal/>")
    reading, _ = leniently(data.replace(b"UTF-8", b"utf-8-sig"))
    assert [(one.line, one.element) for one in reading.skipped] == [(None, "Terminal")]


def test_keeps_unknown_terms_of_a_known_namespace_untyped_and_counts_them() -> None:
    reading, lines = leniently(document(line("_a"), LAMP, LAMP.replace("_l", "_m")))
    assert reading.skipped == ()
    assert [(one.iri.removeprefix(CIM), one.kind, one.number, one.line) for one in reading.untyped] == [
        ("Lamp", "class", 2, 5),
        ("Lamp.at", "property", 2, 5),
        ("Lamp.colour", "property", 2, 5),
    ]
    assert f'<{BASE}#_l> <{CIM}Lamp.colour> "red" .' in lines
    assert f"<{BASE}#_l> <{CIM}Lamp.at> <{BASE}#_a> ." in lines


def test_says_lines_beyond_those_that_the_parser_keeps() -> None:
    reading, _ = leniently(
        document("\n" * 70_000, line("_a", "\n<cim:IdentifiedObject.name xml:lang='x'>a</cim:IdentifiedObject.name>"))
    )
    assert [one.line for one in reading.skipped] == [70_005]


def test_reads_a_sound_document_as_strict_reading_does() -> None:
    data = document(line("_a", named("A")), terminal("_t", "#_a"), place("_p", ADDRESS))
    strict, lines = read(data)
    reading, same = leniently(data)
    assert same == lines
    assert (reading.triples, reading.objects, reading.digest) == (strict.triples, strict.objects, strict.digest)
    assert (reading.skipped, reading.untyped) == ((), ())


@pytest.mark.parametrize(
    "written",
    [
        place("_p", ADDRESS),
        place(
            "_p",
            ADDRESS.removeprefix("<cim:StreetAddress>").removesuffix("</cim:StreetAddress>"),
            ' rdf:parseType="Resource"',
        ),
    ],
)
def test_structured_values_get_names_made_from_their_owners(written: str) -> None:
    _, lines = read(document(written))
    address = f"<{BASE}#_p/Location.mainAddress>"
    town = f"<{BASE}#_p/Location.mainAddress/StreetAddress.town>"
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    assert lines[-7:] == [
        f"<{BASE}#_p> {kind} <{CIM}Location> .",
        f"<{BASE}#_p> <{CIM}Location.mainAddress> {address} .",
        f"{address} {kind} <{CIM}StreetAddress> .",
        f'{address} <{CIM}StreetAddress.postalCode> "AB1" .',
        f"{address} <{CIM}StreetAddress.town> {town} .",
        f"{town} {kind} <{CIM}Town> .",
        f'{town} <{CIM}Town.name> "Ayr" .',
    ]
    uuid = "_73c512bd-7249-4f50-50da-d93849b89c43"
    _, lines = read(document(written.replace("_p", uuid)))
    assert f"urn:uuid:{uuid[1:]}#Location.mainAddress/StreetAddress.town" in lines[-1]


@pytest.mark.parametrize(
    ("inside", "attribute", "said"),
    [
        ("", "", "no element inside"),
        ("<cim:StreetAddress/><cim:StreetAddress/>", "", "2 elements inside"),
        ('<cim:StreetAddress rdf:ID="_x"/>', "", "structured"),
        ("lost<cim:StreetAddress/>", "", "'lost'"),
        ("<cim:Lamp/>", "", "Lamp> is not part"),
        ("<cim:StreetAddress><cim:Lamp.colour>x</cim:Lamp.colour></cim:StreetAddress>", "", "colour> is not part"),
    ],
)
def test_refuses_a_structured_value(inside: str, attribute: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read(document(place("_p", inside, attribute)))
    assert said in caught.value.what
    assert caught.value.where == "grid.xml, line 4, element Location.mainAddress"


@pytest.mark.parametrize(("name", "untyped"), [("IEEE13.xml", 115), ("IEEE13_Assets.xml", 131), ("IEEE123.xml", 106)])
def test_feeders_of_the_whole_information_model_are_read_by_a_profile(name: str, untyped: int) -> None:
    path = shared(f"data/cim/pnnl/{name}")
    reader = CimReader(ModelRegistry.load(contributed("ontology")), BASE)
    profile = ["http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0"]
    with pytest.raises(UnknownTerm), path.open("rb") as source:
        reader.read(source, io.BytesIO(), name=name, profiles=profile)
    sink = io.BytesIO()
    with path.open("rb") as source:
        reading = reader.read(source, sink, name=name, profiles=profile, lenient=True)
    assert reading.skipped_number == 0
    assert len(reading.untyped) == untyped
    assert reading.triples == sum(1 for _ in parse_file(path, RDF_XML, base=BASE))


def test_many_faults_take_no_longer_than_many_objects() -> None:
    data = document(
        *(
            line(f"_{number}", '<cim:IdentifiedObject.name a="b">x</cim:IdentifiedObject.name>')
            for number in range(20_000)
        )
    )
    started = time.process_time()
    reading, _ = leniently(data)
    assert time.process_time() - started < 5 * len(data) / 100_000
    assert reading.skipped_number == 20_000
    assert len(reading.skipped) == 10_000
    assert EQ in reading.profiles
