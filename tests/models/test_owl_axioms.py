"""Reading the axioms of ontologies: every construct as an inclusion, in Turtle and RDF/XML."""

import pytest

from virtuales.errors import InputError, UnreadableInput
from virtuales.models.axioms import Axioms, axioms_of
from virtuales.models.expressions import (
    NOTHING,
    THING,
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Not,
    OneOf,
    Only,
    Role,
    Some,
    Value,
)
from virtuales.models.facts import ClassFact, Model, PropertyFact
from virtuales.models.owl_axioms import read_axioms
from virtuales.models.value_spaces import NUMBER
from virtuales.rdf.media import RDF_XML, TURTLE

PREFIXES = """
@prefix : <http://e#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
A, B, C = "http://e#A", "http://e#B", "http://e#C"
P, Q = Role("http://e#p"), Role("http://e#q")
STRING = "http://www.w3.org/2001/XMLSchema#string"


def read(turtle: str) -> Axioms:
    """Read the axioms of a few lines of Turtle."""
    return read_axioms((PREFIXES + turtle).encode(), media_type=TURTLE, name="small")


@pytest.mark.parametrize(
    ("turtle", "inclusion"),
    [
        (":A rdfs:subClassOf :B .", (A, B)),
        (":A owl:disjointWith :B .", (AllOf((A, B)), NOTHING)),
        (":A owl:complementOf :B .", (A, Not(B))),
        (":A owl:intersectionOf (:B :C) .", (AllOf((B, C)), A)),
        (":A owl:disjointUnionOf (:B :C) .", (A, AnyOf((B, C)))),
        (":A owl:disjointUnionOf (:B :C) .", (AllOf((B, C)), NOTHING)),
        ("[] a owl:AllDisjointClasses ; owl:members (:A :B :C) .", (AllOf((B, C)), NOTHING)),
        (":A owl:equivalentClass [ owl:unionOf (:B :C) ] .", (AnyOf((B, C)), A)),
        (":A owl:oneOf (:x :y) .", (A, OneOf((Value("http://e#x"), Value("http://e#y"))))),
        (":A rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :B ] .", (A, Some(P, B))),
        (":A rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :B ] .", (A, Only(P, B))),
        (":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :x ] .", (A, Some(P, OneOf((Value("http://e#x"),))))),
        (
            ':A rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue "x"@en ] .',
            (A, Some(P, OneOf((Value("x@en", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"),)))),
        ),
        (":A rdfs:subClassOf [ owl:onProperty :p ; owl:minCardinality 2 ] .", (A, AtLeast(2, P))),
        (":A rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 2 ] .", (A, AtMost(2, P))),
        (
            ":A rdfs:subClassOf [ owl:onProperty :p ; owl:qualifiedCardinality 2 ; owl:onClass :B ] .",
            (A, AllOf((AtLeast(2, P, B), AtMost(2, P, B)))),
        ),
        (
            ":A rdfs:subClassOf [ owl:onProperty [ owl:inverseOf :p ] ; owl:someValuesFrom owl:Thing ] .",
            (A, Some(P.inverse, THING)),
        ),
        (":p a owl:ObjectProperty ; rdfs:domain :A .", (Some(P), A)),
        (":p a owl:ObjectProperty ; rdfs:range :A .", (THING, Only(P, A))),
        (":p a owl:DatatypeProperty ; rdfs:range xsd:string .", (THING, Only(P, STRING))),
        (":p a owl:FunctionalProperty .", (THING, AtMost(1, P))),
        (":p a owl:InverseFunctionalProperty .", (THING, AtMost(1, P.inverse))),
    ],
)
def test_a_construct_is_read_as_an_inclusion(turtle: str, inclusion: tuple[object, object]) -> None:
    assert inclusion in read(turtle).inclusions


def test_the_order_of_properties_is_read_with_their_inverses() -> None:
    axioms = read(
        ":p a owl:ObjectProperty ; rdfs:subPropertyOf :q ; owl:inverseOf :q ; owl:equivalentProperty :q ;"
        " owl:propertyDisjointWith :r . :q a owl:SymmetricProperty , owl:TransitiveProperty , owl:AsymmetricProperty ."
    )
    assert {(P, Q), (Q, P), (P, Q.inverse), (Q.inverse, P), (Q, Q.inverse)} <= set(axioms.subproperties)
    assert set(axioms.disjoint_properties) == {(P, Role("http://e#r")), (Q, Q.inverse)}
    assert axioms.transitive == {Q.iri}
    assert axioms.properties == {P.iri: "object", Q.iri: "object"}


def test_what_is_not_reasoned_with_is_counted() -> None:
    axioms = read(":p owl:propertyChainAxiom (:q :q) . :A owl:hasKey (:p) . :q a owl:ReflexiveProperty .")
    assert axioms.left_out == {"property chain": 1, "key": 1, "reflexive property": 1}


def test_a_list_without_end_and_an_expression_in_itself_are_refused() -> None:
    with pytest.raises(InputError, match="does not end"):
        read(
            "_:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> :B ; "
            "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:l . :A owl:unionOf _:l ."
        )
    with pytest.raises(InputError, match="contains itself"):
        read(":A rdfs:subClassOf _:x . _:x owl:complementOf _:x .")
    with pytest.raises(InputError, match="no cardinality"):
        read(':A rdfs:subClassOf [ owl:onProperty :p ; owl:minCardinality "many" ] .')
    with pytest.raises(UnreadableInput):
        read(":A rdfs:subClassOf")


def test_the_old_ways_of_rdf_xml_are_read() -> None:
    document = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xml:base="http://e"
      xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:owl="http://www.w3.org/2002/07/owl#">
      <owl:Class rdf:ID="A"><owl:unionOf rdf:parseType="Collection">
        <owl:Class rdf:about="#B"/><owl:Class rdf:about="#C"/></owl:unionOf></owl:Class>
      <owl:DatatypeProperty rdf:ID="p"><rdfs:range><owl:DataRange><owl:oneOf rdf:parseType="Resource">
        <rdf:first>yes</rdf:first><rdf:rest rdf:resource="http://www.w3.org/1999/02/22-rdf-syntax-ns#nil"/>
      </owl:oneOf></owl:DataRange></rdfs:range></owl:DatatypeProperty></rdf:RDF>"""
    axioms = read_axioms(document, media_type=RDF_XML, name="old")
    assert (A, AnyOf((B, C))) in axioms.inclusions
    assert (THING, Only(P, OneOf((Value("yes", STRING),)))) in axioms.inclusions
    assert axioms.classes == {A, B, C}


def test_a_registered_model_gives_its_facts() -> None:
    model = Model(
        "small",
        classes={A: ClassFact(A, "A", superclasses=(B,)), B: ClassFact(B, "B"), C: ClassFact(C, "C", kind="primitive")},
        properties={
            P.iri: PropertyFact(P.iri, "p", domains=(A, B), ranges=(B,), inverse=Q.iri),
            Q.iri: PropertyFact(Q.iri, "q", domains=(A,), datatype="http://www.w3.org/2001/XMLSchema#float"),
        },
    )
    axioms = axioms_of(model)
    assert axioms.classes == {A, B}
    assert axioms.properties == {P.iri: "object", Q.iri: "data"}
    assert set(axioms.inclusions) == {
        (A, B),
        (Some(P), AnyOf((A, B))),
        (THING, Only(P, B)),
        (Some(Q), A),
        (THING, Only(Q, NUMBER)),
    }
    assert set(axioms.subproperties) == {(P, Q.inverse), (Q.inverse, P)}
