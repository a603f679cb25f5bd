"""SSSOM/RDF: what is written can be read, by us and as the specification has it; what is wrong is refused."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.alignment.arbitrary_sets import MAPPINGS, OF_SET, sorted_values, unordered
from tests.alignment.small_sets import SET, A, B, line, mapping_set
from tests.effort import examples

from virtuales.alignment.mapping import ExtensionDefinition, Mapping
from virtuales.alignment.rdf_reader import read_rdf
from virtuales.alignment.rdf_writer import write_turtle
from virtuales.alignment.terms import EXACT_MATCH, LINKML, NO_TERM_FOUND, XSD
from virtuales.errors import InputError, UnreadableInput
from virtuales.rdf import media

PREFIXES = """@prefix sssom: <https://w3id.org/sssom/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix a: <https://a.example/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix semapv: <https://w3id.org/semapv/vocab/> .
"""
AXIOM = "a owl:Axiom ; owl:annotatedSource a:x ; owl:annotatedProperty skos:exactMatch ; owl:annotatedTarget a:y ; "
AXIOM += "sssom:mapping_justification semapv:ManualMappingCuration"
OF_IT = f"<{SET}> a sssom:MappingSet ; dcterms:license <https://licence.example/> ; sssom:mappings "


def read(turtle: str) -> Any:  # noqa: ANN401
    """Read Turtle."""
    return read_rdf((PREFIXES + turtle).encode(), media.TURTLE, name="small.ttl")


def test_refuses_to_write_a_set_without_an_iri_or_with_what_is_none() -> None:
    with pytest.raises(InputError, match="has no IRI"):
        write_turtle(replace(mapping_set(line(A + "x")), mapping_set_id=""))
    with pytest.raises(InputError, match="subject_source"):
        write_turtle(mapping_set(line(A + "x", subject_source="onto")))


@pytest.mark.parametrize("turtle", ["", f"<{SET}> a sssom:MappingSet . <{A}> a sssom:MappingSet .", "no turtle"])
def test_refuses_what_describes_no_mapping_set_or_two(turtle: str) -> None:
    with pytest.raises(UnreadableInput):
        read(turtle)


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ("; sssom:confidence 1.5e0", "out-of-range"),
        ('; sssom:confidence "high"', "no-number"),
        ("; sssom:confidence 0.5e0, 0.6e0", "bad-structure"),
        ("; sssom:subject_source [ ]", "bad-structure"),
        ("; a:colour 1, 2", "bad-structure"),
        ('; dcterms:created "2026-13-01"^^xsd:date', "no-date"),
        ("; sssom:subject_type a:thing", "no-choice"),
    ],
)
def test_refuses_a_wrong_value(more: str, rule: str) -> None:
    assert [each.rule for each in read(f"{OF_IT} [ {AXIOM} {more} ] .").errors()] == [rule]


def test_names_the_mapping_that_a_finding_is_about() -> None:
    reading = read(f"{OF_IT} a:1 . a:1 {AXIOM} ; sssom:confidence 2 .")
    assert [each.where for each in reading.errors()] == [f"small.ttl, <{A}1>, slot `confidence`"]


@given(st.lists(MAPPINGS, max_size=4), st.fixed_dictionaries({}, optional=OF_SET))
@settings(max_examples=examples(40), deadline=None)
def test_reads_back_what_it_wrote(mappings: list[Mapping], slots: dict[str, Any]) -> None:
    slots.pop("mapping_set_id", None)
    whole = mapping_set(*mappings, **{**slots, "sssom_version": "1.1"})
    again = read_rdf(write_turtle(whole).encode(), media.TURTLE)
    assert {each.rule for each in again.errors()} <= {"no-reviewer", "cardinality"}
    assert unordered(sorted_values(again.mapping_set)) == unordered(sorted_values(whole))


def test_keeps_extension_slots_and_their_declarations() -> None:
    whole = mapping_set(
        line(A + "x", extensions={"ext_unit": B + "MW", "ext_colour": "blue", "ext_count": "3"}),
        extension_definitions=(
            ExtensionDefinition("ext_unit", A + "unit", LINKML + "Uriorcurie"),
            ExtensionDefinition("ext_count", A + "count", XSD + "integer"),
        ),
        extensions={"ext_colour": "red"},
    )
    turtle = write_turtle(whole)
    assert "a:count 3" in turtle
    again = read_rdf(turtle.encode(), media.TURTLE).mapping_set
    assert unordered(again) == unordered(replace(whole, extension_definitions=again.extension_definitions))
    assert set(again.extension_definitions) == set(whole.extension_definitions)


def test_declares_a_property_that_the_file_does_not() -> None:
    taken = read(f"{OF_IT} [ {AXIOM} ; a:colour a:blue ; a:comment 3 ] .").accepted()
    assert taken.mappings[0].extensions == {"colour": A + "blue", "ext_comment": "3"}
    assert set(taken.extension_definitions) == {
        ExtensionDefinition("colour", A + "colour", LINKML + "Uriorcurie"),
        ExtensionDefinition("ext_comment", A + "comment", XSD + "integer"),
    }


def test_writes_direct_triples_only_when_asked_and_only_for_what_holds() -> None:
    whole = mapping_set(
        line(A + "x"),
        line(A + "not", predicate_modifier="Not"),
        line(A + "none", target=NO_TERM_FOUND),
        line(A + "text", subject_type="rdfs literal", subject_label="text"),
    )
    direct = f"<{EXACT_MATCH}>".replace(EXACT_MATCH, "a:x skos:exactMatch b:y")[1:-1]
    assert direct not in write_turtle(whole)
    turtle = write_turtle(whole, direct=True)
    assert direct in turtle
    assert turtle.count(" skos:exactMatch b:y") == 1 + turtle.count("annotatedProperty skos:exactMatch b:y")
    again = read_rdf(turtle.encode(), media.TURTLE).mapping_set
    assert len(again.mappings) == 4, "direct triples are no mappings"


def test_reads_what_was_written_before_the_form_was_settled() -> None:
    turtle = f"""[] a sssom:MappingSet ; sssom:mapping_set_id "{SET}"^^xsd:anyURI ;
      dcterms:license "https://licence.example/"^^xsd:anyURI ;
      sssom:mappings [ {AXIOM} ; sssom:predicate_modifier "Not" ; sssom:subject_type "owl class" ] ."""
    taken = read(turtle).accepted()
    assert (taken.mapping_set_id, taken.license) == (SET, "https://licence.example/")
    assert taken.mappings == (line(A + "x", target=A + "y", predicate_modifier="Not", subject_type="owl class"),)
