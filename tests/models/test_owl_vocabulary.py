"""Reading ordinary vocabularies."""

from pathlib import Path

import pytest

from virtuales.alignment.coherence.judging import coherence
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.terms import BROAD_MATCH, MANUAL_CURATION
from virtuales.errors import InputError
from virtuales.models.axioms import axioms_of
from virtuales.models.facts import ClassFact, Model, Restriction, by_iri
from virtuales.models.ontology_file import read_model as model_of_turtle
from virtuales.models.ontology_file import write_model
from virtuales.models.owl_vocabulary import read_vocabulary

PREFIXES = """@prefix ex: <http://example.org/ns#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
EX = "http://example.org/ns#"


def read(folder: Path, turtle: str, *namespaces: str) -> Model:
    """Write a Turtle file and read it as a vocabulary."""
    file = folder / "vocabulary.ttl"
    file.write_text(PREFIXES + turtle)
    return read_vocabulary([file], Model("example"), namespaces)


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


def test_a_namespace_that_is_named_is_the_vocabularys_own_and_no_other(tmp_path: Path) -> None:
    turtle = "ex:A a owl:Class . <http://other.org/#B> a owl:Class . <http://other.org/#C> a owl:Class ."
    assert set(read(tmp_path, turtle).classes) == {f"{EX}A", "http://other.org/#B", "http://other.org/#C"}
    assert set(read(tmp_path, turtle, "http://example.org/ns#").classes) == {f"{EX}A"}


def test_reads_what_a_class_says_of_its_objects_properties(tmp_path: Path) -> None:
    model = read(
        tmp_path,
        """ex:A a owl:Class ; rdfs:subClassOf
          [ a owl:Restriction ; owl:onProperty ex:p ; owl:someValuesFrom ex:B ] ,
          [ a owl:Restriction ; owl:onProperty ex:p ; owl:maxCardinality 2 ] ,
          [ a owl:Restriction ; owl:onProperty ex:q ; owl:qualifiedCardinality 1 ; owl:onClass ex:B ] ,
          [ a owl:Restriction ; owl:onProperty ex:q ; owl:allValuesFrom [ owl:complementOf ex:B ] ] .
        ex:B a owl:Class ; rdfs:subClassOf [ owl:intersectionOf ( ex:C
          [ a owl:Restriction ; owl:onProperty ex:p ; owl:hasValue ex:me ] ) ] . ex:C a owl:Class .
        ex:p a owl:ObjectProperty . ex:q a owl:ObjectProperty . ex:me a owl:NamedIndividual .""",
    )
    assert model.classes[f"{EX}A"].restrictions == (
        Restriction(f"{EX}p", "max", "", 2),
        Restriction(f"{EX}p", "some", f"{EX}B"),
        Restriction(f"{EX}q", "exactly", f"{EX}B", 1),
    )
    assert model.classes[f"{EX}B"].superclasses == (f"{EX}C",)
    assert model.classes[f"{EX}B"].restrictions == (Restriction(f"{EX}p", "value", f"{EX}me"),)
    assert model_of_turtle(write_model(model).encode()).classes == model.classes


def test_reads_which_classes_have_no_object_in_common(tmp_path: Path) -> None:
    model = read(
        tmp_path,
        """ex:B a owl:Class ; owl:disjointWith ex:A , <http://other.org/#X> . ex:A a owl:Class ; owl:disjointWith ex:B .
        ex:C a owl:Class ; owl:disjointUnionOf ( ex:D ex:E [ owl:complementOf ex:A ] ) . ex:D a owl:Class .
        ex:E a owl:Class . [ a owl:AllDisjointClasses ; owl:members ( ex:E ex:A ex:D ) ] .""",
    )
    said = {name: [each.removeprefix(EX) for each in model.classes[EX + name].disjoint] for name in "ABCDE"}
    assert said == {"A": ["B", "D", "E"], "B": [], "C": [], "D": ["E"], "E": []}
    assert model_of_turtle(write_model(model).encode()).classes == model.classes
    claims = [Mapping("y#Y", BROAD_MATCH, EX + name, MANUAL_CURATION) for name in "AD"]
    theirs = axioms_of(Model("y", classes=by_iri([ClassFact("y#Y", "Y")])))
    report = coherence(theirs, axioms_of(model), claims)
    (found,) = report.impossible
    assert found.reason == "Every `Y` would be a `A` and a `D`, which exclude each other."
    assert coherence(theirs, axioms_of(model), claims[:1]).coherent


def test_expressions_that_contain_themselves_and_broken_lists_end(tmp_path: Path) -> None:
    model = read(
        tmp_path,
        """ex:A a owl:Class ; rdfs:subClassOf _:x ; owl:equivalentClass _:u . _:x owl:intersectionOf ( _:x ex:B ) .
        _:u owl:unionOf _:l . _:l rdf:first ex:C ; rdf:rest _:l . ex:B a owl:Class . ex:C a owl:Class .
        ex:p a owl:ObjectProperty ; rdfs:range [ owl:unionOf _:broken ] . _:broken rdf:first ex:B .""",
    )
    assert model.classes[f"{EX}A"].superclasses == (f"{EX}B",)
    assert model.classes[f"{EX}C"].superclasses == (f"{EX}A",)
    assert model.properties[f"{EX}p"].ranges == (f"{EX}B",)


def test_a_definition_puts_classes_above_and_below(tmp_path: Path) -> None:
    model = read(
        tmp_path,
        """ex:Any a owl:Class ; owl:equivalentClass [ owl:unionOf ( ex:A ex:B ) ] . ex:B a owl:Class .
        ex:A a owl:Class ; owl:equivalentClass [ owl:intersectionOf ( ex:C
          [ a owl:Restriction ; owl:onProperty ex:p ; owl:someValuesFrom ex:B ] ) ] . ex:C a owl:Class .""",
    )
    assert model.classes[f"{EX}A"].superclasses == (f"{EX}Any", f"{EX}C")
    assert model.classes[f"{EX}B"].superclasses == (f"{EX}Any",)
    assert model.classes[f"{EX}Any"].superclasses == ()


def test_reads_names_and_definitions_of_the_obo_foundry_and_prefixes_as_they_are_preferred(tmp_path: Path) -> None:
    model = read(
        tmp_path,
        """@prefix obo: <http://purl.obolibrary.org/obo/> . @prefix vann: <http://purl.org/vocab/vann/> .
        <http://example.org/> a owl:Ontology ; vann:preferredNamespacePrefix "mine" ;
          vann:preferredNamespaceUri "http://example.org/ns#" .
        ex:E_0001 a owl:Class ; rdfs:label "line" ; obo:IAO_0000118 "circuit" ; obo:IAO_0000115 "Carries current." .""",
    )
    line = model.classes[f"{EX}E_0001"]
    assert (line.label, line.synonyms, line.definition) == ("line", ("circuit",), "Carries current.")
    assert model.short(line.iri) in {"mine:E_0001", "ex:E_0001"}


def test_takes_what_schema_org_says_of_domains_and_ranges(tmp_path: Path) -> None:
    model = read(
        tmp_path,
        """@prefix schema: <https://schema.org/> . ex:p a owl:ObjectProperty ;
        schema:domainIncludes ex:A, ex:B ; schema:rangeIncludes ex:C .""",
    )
    fact = model.properties[f"{EX}p"]
    assert (fact.domains, fact.ranges) == ((f"{EX}A", f"{EX}B"), (f"{EX}C",))


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
