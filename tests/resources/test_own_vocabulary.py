"""Our own vocabulary defines every term the code speaks, and no other."""

from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import OWL, RDF, RDFS, VES
from virtuales.rdf.terms import NamedNode, Term, plain
from virtuales.resources import contributed

FILE = contributed("ontology") / "virtuales" / "virtuales.ttl"


def nodes() -> dict[str, dict[NamedNode, list[Term]]]:
    """Return the statements of the file, by subject."""
    found: dict[str, dict[NamedNode, list[Term]]] = {}
    for quad in parse_file(FILE):
        found.setdefault(plain(quad.subject), {}).setdefault(quad.predicate, []).append(quad.object)
    return found


def test_defines_just_the_terms_that_the_code_speaks() -> None:
    spoken = {term.value for term in VES}
    defined = {iri for iri in nodes() if iri.startswith(VES.iri)}
    assert sorted(spoken - defined) == [], f"define these in {FILE}"
    assert sorted(defined - spoken) == [], "list these in virtuales/rdf/namespaces.py, or remove them from the file"


def test_names_and_explains_each_term() -> None:
    kinds = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.NamedIndividual}
    for iri, node in nodes().items():
        if iri.startswith(VES.iri):
            assert len(node.get(RDFS.label, [])) == 1, f"{iri} needs one rdfs:label"
            assert len(node.get(RDFS.comment, [])) == 1, f"{iri} needs one rdfs:comment"
            assert len(kinds & set(node.get(RDF.type, []))) == 1, f"{iri} is a class, a property or an individual"


def test_speaks_of_its_own_classes_only_as_defined() -> None:
    known = nodes()
    for iri, node in known.items():
        for predicate in (RDFS.domain, RDFS.range, RDFS.subClassOf):
            for value in map(plain, node.get(predicate, [])):
                assert not value.startswith(VES.iri) or OWL.Class in known[value][RDF.type], f"{iri}: {value}"
