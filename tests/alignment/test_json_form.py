"""SSSOM/JSON: what is written can be read, and says as JSON-LD what the RDF says."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.alignment.arbitrary_sets import MAPPINGS, OF_SET, unordered
from tests.alignment.small_sets import SET, A, B, line, mapping_set
from tests.effort import examples

from virtuales.alignment.json_form import read_json, write_json
from virtuales.alignment.mapping import ExtensionDefinition, Mapping
from virtuales.alignment.rdf_writer import triples
from virtuales.alignment.terms import LINKML, XSD
from virtuales.errors import InputError, UnreadableInput
from virtuales.rdf import media
from virtuales.rdf.canonical import canonical_n_quads
from virtuales.rdf.io import parse_file
from virtuales.rdf.terms import Quad

MINIMAL = {
    "@context": {"a": A, "b": {"@id": B, "@prefix": True}, "confidence": {"@type": "xsd:double"}},
    "mapping_set_id": SET,
    "license": "https://licence.example/",
}
ROW = {
    "subject_id": "a:x",
    "predicate_id": "skos:exactMatch",
    "object_id": "b:y",
    "mapping_justification": "semapv:ManualMappingCuration",
}


def read(*rows: object, **slots: object) -> Any:  # noqa: ANN401
    """Read JSON with these mappings."""
    return read_json(json.dumps({**MINIMAL, **slots, "mappings": list(rows)}).encode(), name="small.json")


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"', "[" * 100_000])
def test_refuses_what_is_no_json_object(text: str) -> None:
    with pytest.raises(UnreadableInput):
        read_json(text.encode())


@pytest.mark.parametrize(
    ("slot", "value", "rule"),
    [
        ("confidence", 2, "out-of-range"),
        ("confidence", [0.5], "bad-structure"),
        ("subject_source", "z:onto", "unknown-prefix"),
        ("author_id", [{"id": 1}], "bad-structure"),
        ("subject_type", "owl thing", "no-choice"),
        ("subject_id", "", "missing-slot"),
    ],
)
def test_refuses_a_wrong_value_and_names_the_mapping(slot: str, value: object, rule: str) -> None:
    reading = read(ROW, {**ROW, slot: value})
    assert [each.rule for each in reading.errors()] == [rule]
    assert rule == "missing-slot" or reading.errors()[0].where == f"small.json, mapping 2, slot `{slot}`"


def test_refuses_mappings_that_are_no_objects() -> None:
    assert [each.rule for each in read("x").errors()] == ["bad-structure"]
    content = json.dumps({**MINIMAL, "mappings": {}}).encode()
    assert [each.rule for each in read_json(content).errors()] == ["bad-structure"]


def test_refuses_to_write_an_identifier_that_no_prefix_fits() -> None:
    with pytest.raises(InputError):
        write_json(mapping_set(line("https://unknown.example/x")))


def test_takes_the_prefixes_of_the_context_and_of_the_map() -> None:
    taken = read({**ROW, "creator_id": "c:me"}, curie_map={"c": "https://c.example/"}).accepted(strict=True)
    assert taken.mappings == (line(A + "x", creator_id=("https://c.example/me",)),)
    assert taken.curie_map == {"a": A, "b": B, "c": "https://c.example/"}


@given(st.lists(MAPPINGS, max_size=4), st.fixed_dictionaries({}, optional=OF_SET))
@settings(max_examples=examples(40), deadline=None)
def test_reads_back_what_it_wrote_and_says_what_the_rdf_says(mappings: list[Mapping], slots: dict[str, Any]) -> None:
    slots.pop("mapping_set_id", None)
    whole = mapping_set(*mappings, **{**slots, "sssom_version": "1.1"})
    text = write_json(whole)
    again = read_json(text.encode())
    assert {each.rule for each in again.errors()} <= {"no-reviewer", "cardinality"}
    assert unordered(again.mapping_set) == unordered(whole)
    as_json_ld = canonical_n_quads(parse_file(text.encode(), media.JSON_LD))
    as_rdf = canonical_n_quads(Quad(each.subject, each.predicate, each.object) for each in triples(whole))
    assert as_json_ld == as_rdf


def test_keeps_extension_slots_and_says_them_in_json_ld_too() -> None:
    whole = mapping_set(
        line(A + "x", extensions={"ext_unit": B + "MW", "ext_colour": "blue", "ext_count": "3"}, record_id=A + "1"),
        extension_definitions=(
            ExtensionDefinition("ext_unit", A + "unit", LINKML + "Uriorcurie"),
            ExtensionDefinition("ext_count", A + "count", XSD + "integer"),
        ),
        sssom_version="1.1",
    )
    text = write_json(whole)
    again = read_json(text.encode())
    assert [each.rule for each in again.findings] == ["undefined-slot"]
    assert again.mapping_set == replace(whole, curie_map=again.mapping_set.curie_map)
    as_json_ld = canonical_n_quads(parse_file(text.encode(), media.JSON_LD))
    assert as_json_ld == canonical_n_quads(Quad(t.subject, t.predicate, t.object) for t in triples(whole))
