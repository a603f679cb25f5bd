"""The contributed mappings: without a fault, canonical, listed as they are, and by people who are known."""

from dataclasses import replace

import pytest

from virtuales.alignment.curators import CURATORS, read_curators
from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.tsv_writer import write_tsv
from virtuales.models.manifest import read_manifest
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import OWL, RDFS, SKOS, VES
from virtuales.rdf.terms import plain
from virtuales.resources import contributed

FOLDER = contributed("mappings")
REGISTRY = MappingRegistry.load(FOLDER)
ONTOLOGIES = {
    entry.iri.value: entry
    for kind in (VES.Model, OWL.Ontology)
    for entry in read_manifest(contributed("ontology"), kind)
}


def test_lists_every_set() -> None:
    listed = sorted(REGISTRY.file(name).path.name for name in REGISTRY.names())
    assert listed == sorted(path.name for path in FOLDER.rglob("*.sssom.tsv"))
    assert listed, "there is something to check"


@pytest.mark.parametrize("name", REGISTRY.names())
def test_has_no_fault(name: str) -> None:
    findings = [f"{each.where}: {each.what} {each.remedy}" for each in REGISTRY.reading(name).findings]
    assert findings == []


@pytest.mark.parametrize("name", REGISTRY.names())
def test_is_written_as_the_canonical_writer_writes_it(name: str) -> None:
    written = write_tsv(REGISTRY.mapping_set(name))
    assert REGISTRY.file(name).path.read_text(encoding="utf-8") == written, "`virtuales mappings convert` rewrites it"


@pytest.mark.parametrize("name", REGISTRY.names())
def test_agrees_with_its_entry_in_the_manifest(name: str) -> None:
    file, mapping_set = REGISTRY.file(name), REGISTRY.mapping_set(name)
    assert (file.iri.value, file.licence) == (mapping_set.mapping_set_id, mapping_set.license)
    assert (file.title, file.version) == (mapping_set.mapping_set_title, mapping_set.mapping_set_version)
    models = {(mapping.subject_source, mapping.object_source) for mapping in mapping_set.mappings}
    assert models == {REGISTRY.models(name)}
    assert set(REGISTRY.models(name)) <= ONTOLOGIES.keys(), "each side is registered in ontology/manifest.ttl"


@pytest.mark.parametrize("name", REGISTRY.names())
def test_names_authors_who_are_curators(name: str) -> None:
    for mapping in REGISTRY.mapping_set(name).mappings:
        assert mapping.author_id, f"line {mapping.line} names no author"
        unknown = {*mapping.author_id, *mapping.reviewer_id} - REGISTRY.curators.keys()
        assert not unknown, f"line {mapping.line}: add {unknown} to {CURATORS}"


@pytest.mark.parametrize("name", REGISTRY.names())
def test_says_nothing_twice(name: str) -> None:
    claims = [mapping.core for mapping in REGISTRY.mapping_set(name).mappings]
    assert len(set(claims)) == len(claims)


def test_speaks_of_every_sensitivity_class_and_every_outcome_of_the_triage() -> None:
    sides = {"subject": ("sensitivity", SKOS.prefLabel, ""), "object": ("ns", RDFS.label, f"{VES.iri}Triage")}
    mappings = REGISTRY.between("https://w3id.org/virtuales/sensitivity", "https://w3id.org/virtuales/ns")
    for side, (name, label, beginning) in sides.items():
        labels = {
            plain(quad.subject): plain(quad.object)
            for quad in parse_file(ONTOLOGIES[f"https://w3id.org/virtuales/{name}"].path)
            if quad.predicate == label and plain(quad.subject).startswith(beginning) and quad.subject != VES.Triage
        }
        assert {getattr(each, f"{side}_id"): getattr(each, f"{side}_label") for each in mappings} == labels


def test_names_curators_in_order_of_their_identifiers() -> None:
    curators = read_curators(FOLDER / CURATORS)
    assert curators
    assert [each.orcid for each in curators] == sorted(each.orcid for each in curators)


def test_rewriting_would_show_a_change() -> None:
    mapping_set = REGISTRY.mapping_set("sensitivity-triage")
    assert write_tsv(replace(mapping_set, mapping_set_title="Other")) != write_tsv(mapping_set)
