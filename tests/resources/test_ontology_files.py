"""The contributed vocabularies: each parses, says facts only, and is what an import of the published files makes."""

from pathlib import Path

import pytest
from tests.shared_data import shared

from virtuales.models.facts import ClassFact, Restriction
from virtuales.models.importing import Publication, read_files, store_facts
from virtuales.models.manifest import MANIFEST
from virtuales.models.registry import ModelRegistry
from virtuales.policy.licences.reading import load_licences
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import CC, DCTERMS, ODRL, RDF, RDFS, SKOS
from virtuales.rdf.terms import NamedNode, Subject, Term, plain
from virtuales.resources import contributed

ONTOLOGY = contributed("ontology")
REGISTRY = ModelRegistry.load(ONTOLOGY)
FROM_PROFILES = ("cgmes-2.4.15", "cgmes-3.0", "gb-ltds-1.0.1")
PROSE = (RDFS.comment, SKOS.definition, DCTERMS.description)
FROM_VOCABULARIES = {
    "oeo-2.10.0": (("oeo-full/oeo-full.owl",), ()),
    "omega-x-1.1": (
        tuple(
            f"omega-x/{folder}Ontology/{file}-1.1.ttl"
            for folder, file in (
                ("EnergyDataSet", "EnergyDataSetOntology"),
                ("EnergyRole", "EnergyRoleOntology"),
                ("EventsTimeSeries", "EventsTimeSeriesOntology"),
                ("Flexibility", "FlexibilityOntology"),
                ("Infrastructure", "InfrastructureOntology"),
                ("Property", "PropertyKindTaxonomy"),
                ("Property", "PropertyOntology"),
                ("Quality", "QualityOntology"),
                ("Scheduling", "SchedulingOntology"),
            )
        ),
        tuple(
            f"https://w3id.org/omega-x/ontology/{module}/"
            for module in (
                "EnergyDataSet",
                "EnergyRole",
                "EventsTimeSeries",
                "Flexibility",
                "Infrastructure",
                "Property",
                "Quality",
                "Scheduling",
            )
        ),
    ),
    "saref-3.1.1": (("saref-core-v3-ontoology/OnToology/saefv3.owl/documentation/doc/ontology.ttl",), ()),
}
"""For models imported from vocabularies the published files, and the namespaces that were named as their own."""
MISPRINT = ("<https://opensource.org/license/mit/> : ", "<https://opensource.org/license/mit/> ; ")
"""The one published file that is not well-formed, and what it has to say."""
COUNTS = {
    "cgmes-2.4.15": (488, 3643, 12),
    "cgmes-3.0": (530, 3705, 11),
    "gb-ltds-1.0.1": (174, 421, 9),
    "dcat-3": (9, 37, 0),
    "dcterms": (43, 55, 0),
    "dqv": (12, 9, 0),
    "ecr-nged": (1, 60, 0),
    "ecr-spen": (1, 60, 0),
    "ecr-ssen": (1, 61, 0),
    "ecr-template": (1, 57, 0),
    "ecr-ukpn": (1, 64, 0),
    "odrl-2.2": (148, 58, 0),
    "oeo-2.10.0": (1709, 199, 0),
    "omega-x-1.1": (245, 58, 0),
    "prov-o": (30, 65, 0),
    "saref-3.1.1": (91, 40, 0),
    "saref4ener-1.1.2": (83, 57, 0),
    "saref4grid-1.0.0": (69, 71, 0),
    "skos": (4, 28, 0),
}
"""How many classes, properties and profiles each model has."""
LARGEST = 1_500_000
WRITTEN_HERE = (
    "ckan",
    "datacite-4",
    "elexon-balancing",
    "embedded-capacity-register",
    "opendatasoft",
    "schema-org-dataset",
    "sensitivity",
    "synonyms",
    "virtuales",
    "week24-demand",
)
"""Vocabularies whose definitions are ours: our own, and fields of interfaces that we describe."""


@pytest.mark.parametrize("path", sorted(ONTOLOGY.rglob("*.ttl")), ids=lambda path: path.name)
def test_parses_and_is_no_larger_than_an_editor_can_bear(path: Path) -> None:
    assert sum(1 for _ in parse_file(path)) > 0
    assert path.stat().st_size < LARGEST


@pytest.mark.parametrize("name", sorted(set(REGISTRY.names()) - set(WRITTEN_HERE)))
def test_copies_no_prose_of_the_published_files(name: str) -> None:
    prose = [quad for quad in parse_file(REGISTRY.file(name).path) if quad.predicate in PROSE]
    assert prose == []


@pytest.mark.parametrize("name", REGISTRY.names())
def test_agrees_with_its_line_in_the_manifest(name: str) -> None:
    model, file = REGISTRY.model(name), REGISTRY.file(name)
    assert (model.name, model.title, model.version) == (file.identifier, file.title, file.version)
    assert (model.source, model.licence) == (file.source, file.licence)
    assert file.conforms_to == {version for profile in model.profiles.values() for version in profile.versions}


@pytest.mark.parametrize("name", COUNTS)
def test_holds_as_many_terms_as_the_published_files(name: str) -> None:
    model = REGISTRY.model(name)
    assert (len(model.classes), len(model.properties), len(model.profiles)) == COUNTS[name]


def test_counts_every_registered_model() -> None:
    assert COUNTS.keys() == set(REGISTRY.names()) - set(WRITTEN_HERE), "add the new model to the counts above"


@pytest.mark.parametrize("name", WRITTEN_HERE)
def test_defines_each_term_of_our_own_vocabularies(name: str) -> None:
    model = REGISTRY.model(name)
    assert model.classes
    assert [fact.iri for fact in model.classes.values() if fact.kind != "scheme" and not fact.definition] == []
    assert [fact.iri for fact in model.properties.values() if not fact.definition] == []


@pytest.mark.parametrize("name", FROM_PROFILES)
def test_an_import_of_the_published_files_gives_these_bytes(name: str, tmp_path: Path) -> None:
    published = sorted(shared(f"data/cim/profiles/{name}/RDFS").glob("*.rdf"))
    file = REGISTRY.file(name)
    (tmp_path / MANIFEST).write_bytes((ONTOLOGY / MANIFEST).read_bytes())
    model = read_files(published, name, Publication(file.title, file.version, file.source, file.licence))
    made = store_facts(model, tmp_path)
    assert made.read_bytes() == file.path.read_bytes(), "import the published files again and commit the result"
    assert (tmp_path / MANIFEST).read_bytes() == (ONTOLOGY / MANIFEST).read_bytes()


@pytest.mark.parametrize("name", FROM_VOCABULARIES)
def test_an_import_of_the_published_vocabulary_gives_these_bytes(name: str, tmp_path: Path) -> None:
    files, namespaces = FROM_VOCABULARIES[name]
    published = []
    for file in files:
        published.append(tmp_path / Path(file).name)
        published[-1].write_text(shared(f"data/vocab/{file}").read_text(encoding="utf-8").replace(*MISPRINT))
    listed = REGISTRY.file(name)
    publication = Publication(listed.title, listed.version, listed.source, listed.licence)
    (tmp_path / MANIFEST).write_bytes((ONTOLOGY / MANIFEST).read_bytes())
    made = store_facts(read_files(published, name, publication, namespaces=namespaces), tmp_path)
    assert made.read_bytes() == listed.path.read_bytes(), "import the published files again and commit the result"


def test_an_ontology_says_what_it_asks_of_its_objects() -> None:
    meter = REGISTRY.model("saref-3.1.1").term("saref:Meter")
    saref = "https://saref.etsi.org/core/"
    assert isinstance(meter, ClassFact)
    assert Restriction(f"{saref}hasFunction", "some", f"{saref}MeteringFunction") in meter.restrictions
    unit = REGISTRY.model("oeo-2.10.0").term("oeo:OEO_00000334")
    assert (unit.label, unit.synonyms) == ("power generating unit", ("block",))


@pytest.mark.parametrize("name", FROM_PROFILES)
def test_names_no_term_that_it_does_not_describe(name: str) -> None:
    model = REGISTRY.model(name)
    known = model.classes.keys() | {member for fact in model.classes.values() for member in fact.members}
    for fact in model.classes.values():
        assert set(fact.superclasses) <= known, fact.iri
    for each in model.properties.values():
        assert {*each.domains, *each.ranges} <= known, each.iri
        assert each.inverse is None or each.inverse in model.properties, each.iri


def test_names_each_licence_once_with_what_it_permits() -> None:
    statements = list(parse_file(ONTOLOGY / "licences.ttl"))
    named = {plain(quad.object): quad.subject for quad in statements if quad.predicate == DCTERMS.identifier}
    assert {"OGL-UK-3.0", "CC-BY-4.0", "CC0-1.0", "ODbL-1.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0"} <= named.keys()
    ruled = {quad.subject for quad in statements if plain(quad.predicate).endswith(("#permits", "#prohibits"))}
    assert set(named.values()) == ruled


def test_a_licence_says_the_same_as_a_policy_of_odrl_and_names_its_text() -> None:
    statements = list(parse_file(ONTOLOGY / "licences.ttl"))
    of_parts: dict[Term | Subject, list[Term]] = {}
    for quad in statements:
        of_parts.setdefault(quad.subject, []).append(quad.object)
    for licence in load_licences(ONTOLOGY / "licences.ttl"):
        own = {quad.predicate: quad.object for quad in statements if quad.subject == licence.iri}
        for predicate, terms in ((ODRL.permission, licence.permits), (ODRL.prohibition, licence.prohibits)):
            actions = {
                action
                for action in of_parts.get(own.get(predicate, RDF.nil), [])
                if isinstance(action, NamedNode) and action in CC
            }
            assert actions == terms, f"{licence.identifier}: {predicate}"
        assert (CC.legalcode in own) != licence.identifier.startswith("LicenseRef-VES-"), licence.identifier


def test_lists_the_five_sensitivity_classes() -> None:
    statements = list(parse_file(ONTOLOGY / "sensitivity.ttl"))
    concepts = {plain(q.subject) for q in statements if q.predicate == RDF.type and q.object == SKOS.Concept}
    assert sorted(iri.rpartition("#")[2] for iri in concepts) == ["C", "O", "SA", "SB", "SP"]


def test_every_word_of_the_networks_leads_to_terms_that_are_there() -> None:
    known = {iri for name in FROM_PROFILES for iri in (*REGISTRY.model(name).classes, *REGISTRY.model(name).properties)}
    words = [fact for fact in REGISTRY.model("synonyms").classes.values() if fact.kind == "concept"]
    assert 40 <= len(words) <= 80
    for word in words:
        assert word.matches, f"{word.iri} leads nowhere"
        assert set(word.matches) <= known, f"{word.iri} leads to {sorted(set(word.matches) - known)}"
        assert word.synonyms, f"{word.iri} has no other name"


def test_no_two_words_of_the_networks_have_the_same_name() -> None:
    facts = [fact for fact in REGISTRY.model("synonyms").classes.values() if fact.kind == "concept"]
    names = [name.lower() for fact in facts for name in (fact.label, *fact.synonyms)]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
