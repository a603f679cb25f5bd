"""The contributed lifting mappings: sound, listed as they are, in terms that are known, and each with an example.

The example of `mappings/NAME.rml.ttl` is the folder `lifting/NAME` beside this file: its sources, by the names that the
mapping has for them, and `expected.ttl`, what they become behind the base `https://example.org/`.
"""

from functools import cache
from pathlib import Path

import pytest

from virtuales.models.manifest import ListedFile, read_manifest
from virtuales.preparation.rml.bulk import carry_out_in_bulk
from virtuales.preparation.rml.engine import Run, carry_out
from virtuales.preparation.rml.finding import find_sources
from virtuales.preparation.rml.mapping import TermMap, TriplesMap
from virtuales.preparation.rml.reading import read_mapping
from virtuales.rdf.canonical import canonical_n_quads
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import N_QUADS, TURTLE
from virtuales.rdf.namespaces import DCTERMS, RDF, RDFS, VES
from virtuales.rdf.terms import NamedNode, plain
from virtuales.resources import contributed

FOLDER = contributed("mappings")
EXAMPLES = Path(__file__).with_name("lifting")
BASE = "https://example.org/"
MAPPINGS = {entry.identifier: entry for entry in read_manifest(FOLDER, VES.LiftingMapping)}
MODELS = {entry.iri.value: entry for entry in read_manifest(contributed("ontology"), VES.Model)}
NAMES = sorted(MAPPINGS)


@cache
def terms_of(model: str) -> frozenset[str]:
    """Return the terms that a model's facts speak of, the values of enumerations among them."""
    quads = list(parse_file(MODELS[model].path))
    terms = [term for quad in quads for term in (quad.subject, quad.object)]
    return frozenset(term.value for term in terms if isinstance(term, NamedNode))


def maps(entry: ListedFile) -> dict[str, TriplesMap]:
    """Read a mapping as its editor sees it: errors name the file and the line."""
    return dict(read_mapping(entry.path, name=f"mappings/{entry.path.name}"))


def run(name: str) -> Run:
    """Return what the example of a mapping is carried out with."""
    return Run(find_sources(maps(MAPPINGS[name]), EXAMPLES / name, {}), BASE)


def test_lists_every_lifting_mapping() -> None:
    there = sorted(path.name.removesuffix(".rml.ttl") for path in FOLDER.rglob("*.rml.ttl"))
    assert there == NAMES, "give each an entry of the class ves:LiftingMapping in manifest.ttl"
    assert there, "there is something to check"


def test_gives_each_mapping_an_example_and_keeps_none_of_what_is_gone() -> None:
    assert sorted(path.name for path in EXAMPLES.iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_names_and_explains_each_triples_map(name: str) -> None:
    entry = MAPPINGS[name]
    labels = {plain(quad.subject) for quad in parse_file(entry.path) if quad.predicate == RDFS.label}
    for triples_map in maps(entry).values():
        assert triples_map.name.startswith(f"{entry.iri.value}#"), f"{triples_map.place}: put it behind the entry's IRI"
        assert triples_map.name in labels, f"{triples_map.place}: say in rdfs:label what it makes"


@pytest.mark.parametrize("name", NAMES)
def test_uses_terms_that_its_models_have(name: str) -> None:
    entry = MAPPINGS[name]
    models = [
        plain(q.object)
        for q in parse_file(FOLDER / "manifest.ttl")
        if q.subject == entry.iri and q.predicate == DCTERMS.conformsTo
    ]
    assert models, "name the models whose terms it uses, by dcterms:conformsTo"
    assert set(models) <= MODELS.keys(), "each is registered in ontology/manifest.ttl"
    known = frozenset.union(*map(terms_of, models)) | {RDF.type.value}
    for triples_map in maps(entry).values():
        for term, place in constants(triples_map):
            assert term in known, f"{place}: <{term}> is no term of {models}"


def constants(triples_map: TriplesMap) -> list[tuple[str, str]]:
    """Return the classes, predicates and objects that a triples map names, with their places."""
    used = [made_by for each in triples_map.predicate_objects for made_by in (*each.predicates, *each.objects)]
    constant = [
        (made_by.constant.value, made_by.place)
        for made_by in used
        if isinstance(made_by, TermMap) and isinstance(made_by.constant, NamedNode)
    ]
    return [(node.value, triples_map.place) for node in triples_map.classes] + constant


@pytest.mark.parametrize("name", NAMES)
def test_makes_of_its_example_what_is_expected(name: str) -> None:
    mapping = maps(MAPPINGS[name])
    expected = canonical_n_quads(parse_file(EXAMPLES / name / "expected.ttl", TURTLE, base=BASE))
    in_bulk = [line for chunk in carry_out_in_bulk(mapping, run(name)) for line in chunk.quads()]
    slowly = [f"{s.subject} {s.predicate} {s.object} {s.graph} ." for s in carry_out(mapping, run(name))]
    for lines in (in_bulk, slowly):
        assert canonical_n_quads(parse_file("\n".join(lines).encode(), N_QUADS)) == expected


@pytest.mark.parametrize("name", NAMES)
def test_gives_each_source_of_the_example_a_purpose(name: str) -> None:
    there = {path.name for path in (EXAMPLES / name).iterdir()} - {"expected.ttl"}
    assert there == {triples_map.source.file for triples_map in maps(MAPPINGS[name]).values()}
