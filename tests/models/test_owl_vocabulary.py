"""Reading ordinary vocabularies."""

from pathlib import Path

import pytest

from virtuales.errors import InputError
from virtuales.models.facts import Model
from virtuales.models.owl_vocabulary import read_model

PREFIXES = """@prefix ex: <http://example.org/ns#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
EX = "http://example.org/ns#"


def read(folder: Path, turtle: str) -> Model:
    """Write a Turtle file and read it as a vocabulary."""
    file = folder / "vocabulary.ttl"
    file.write_text(PREFIXES + turtle)
    return read_model([file], "example")


def test_refuses_a_file_that_describes_no_term(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="describe no class"):
        read(tmp_path, "<http://example.org/> a owl:Ontology .")


def test_leaves_out_terms_of_other_vocabularies(tmp_path: Path) -> None:
    mine = "".join(f"ex:C{n} a owl:Class . " for n in range(20))
    assert "http://other.org/Person" not in read(tmp_path, mine + "<http://other.org/Person> a owl:Class .").classes


def test_reads_hierarchy_label_and_deprecation(tmp_path: Path) -> None:
    model = read(
        tmp_path,
        """ex:A a owl:Class ; rdfs:label "Erstes"@de, "first"@en ; rdfs:subClassOf ex:B, ex:A, [ a owl:Restriction ] .
        ex:B a rdfs:Class ; owl:deprecated true .""",
    )
    first, second = model.classes[f"{EX}A"], model.classes[f"{EX}B"]
    assert (first.label, first.superclasses, first.kind) == ("first", (f"{EX}B",), "class")
    assert (second.label, second.deprecated) == ("B", True)


def test_tells_attributes_from_associations(tmp_path: Path) -> None:
    model = read(
        tmp_path,
        """ex:when a rdf:Property ; rdfs:range xsd:date . ex:who a owl:ObjectProperty ; owl:inverseOf ex:whose .
        ex:what a owl:DatatypeProperty ; rdfs:subPropertyOf ex:any . ex:any a rdf:Property .
        ex:whose a owl:ObjectProperty ; rdfs:domain [ a owl:Class ; owl:unionOf ( ex:A ex:B ) ] ; rdfs:range ex:A .""",
    )
    facts = model.properties
    assert facts[f"{EX}when"].datatype == "http://www.w3.org/2001/XMLSchema#date"
    assert facts[f"{EX}who"].ranges == ("http://www.w3.org/2002/07/owl#Thing",)
    assert facts[f"{EX}who"].inverse == f"{EX}whose"
    assert facts[f"{EX}what"].datatype == "http://www.w3.org/2000/01/rdf-schema#Literal"
    assert facts[f"{EX}what"].superproperties == (f"{EX}any",)
    assert facts[f"{EX}whose"].domains == (f"{EX}A", f"{EX}B")
    assert (facts[f"{EX}any"].datatype, facts[f"{EX}any"].ranges) == (None, ())


def test_reads_concepts_with_their_scheme_and_class(tmp_path: Path) -> None:
    model = read(
        tmp_path,
        """ex:Action a owl:Class . ex:scheme a skos:ConceptScheme .
        ex:use a skos:Concept, ex:Action ; skos:prefLabel "Use" ; skos:inScheme ex:scheme .
        ex:read a skos:Concept, ex:Action ; skos:broader ex:use ; skos:inScheme ex:scheme .""",
    )
    read_action = model.classes[f"{EX}read"]
    assert (read_action.kind, read_action.superclasses, read_action.types) == (
        "concept",
        (f"{EX}use",),
        (f"{EX}Action",),
    )
    assert model.classes[f"{EX}scheme"].members == (f"{EX}read", f"{EX}use")
    assert model.classes[f"{EX}use"].label == "Use"
