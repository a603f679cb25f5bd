"""What versions say of one object: attributes with units, relations both ways, its other names, who says what."""

from pathlib import Path

import pytest

from virtuales.catalogue.object_reading import MAX_RELATIONS, Holding, ObjectReader, graphs_about
from virtuales.catalogue.object_statements import object_statements
from virtuales.catalogue.object_view import ObjectView, merged
from virtuales.models.profiled_terms import ProfiledTerms
from virtuales.models.registry import ModelRegistry
from virtuales.rdf.namespaces import DCTERMS, OWL, RDF
from virtuales.rdf.terms import Literal, NamedNode, Triple
from virtuales.resources import contributed
from virtuales.store.oxigraph_store import OxigraphStore

EQ = "http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0"
CIM = "http://iec.ch/TC57/CIM100#"
LINE = NamedNode("urn:uuid:11111111-1111-4111-8111-111111111111")
BASE = NamedNode("urn:uuid:22222222-2222-4222-8222-222222222222")
END = NamedNode("urn:uuid:33333333-3333-4333-8333-333333333333")
ELSEWHERE = NamedNode("https://register.example/lines/7")
NORTH, VALE = NamedNode("http://n.example/graph/model/a"), NamedNode("http://n.example/graph/model/b")
RDF_TYPE = str(RDF.type)
NORTH_SAYS = f"""{LINE} {RDF_TYPE} <{CIM}ACLineSegment> .
{LINE} <{CIM}IdentifiedObject.name> "Vale 1" .
{LINE} <{CIM}Conductor.length> "12.50"^^<http://www.w3.org/2001/XMLSchema#float> .
{LINE} <{CIM}ConductingEquipment.BaseVoltage> {BASE} .
{LINE} <{CIM}Equipment.aggregate> "false"^^<http://www.w3.org/2001/XMLSchema#boolean> .
{LINE} {OWL.sameAs} {ELSEWHERE} .
{LINE} {DCTERMS.identifier} "L-7" .
{BASE} {RDF_TYPE} <{CIM}BaseVoltage> .
{BASE} <{CIM}IdentifiedObject.name> "132 kV" .
{END} {RDF_TYPE} <{CIM}Terminal> .
{END} <{CIM}Terminal.ConductingEquipment> {LINE} .
{END} <{CIM}Terminal.phases> <{CIM}PhaseCode.ABC> .
<urn:uuid:n> {RDF_TYPE} <{CIM}Name> .
<urn:uuid:n> <{CIM}Name.IdentifiedObject> {LINE} .
<urn:uuid:n> <{CIM}Name.name> "VALE1-ELEX" .
<urn:uuid:n> <{CIM}Name.NameType> <urn:uuid:t> .
<urn:uuid:t> <{CIM}NameType.name> "Elexon" .
"""
VALE_SAYS = f"""{LINE} {RDF_TYPE} <{CIM}ACLineSegment> .
{LINE} <{CIM}IdentifiedObject.name> "Vale 1" .
{LINE} <{CIM}Conductor.length> "12.5"^^<http://www.w3.org/2001/XMLSchema#float> .
"""


@pytest.fixture(scope="module")
def terms() -> ProfiledTerms:
    return ProfiledTerms(ModelRegistry.load(contributed("ontology")), [EQ])


@pytest.fixture
def store(tmp_path: Path) -> OxigraphStore:
    made = OxigraphStore.in_memory()
    for graph, text in ((NORTH, NORTH_SAYS), (VALE, VALE_SAYS)):
        file = tmp_path / "model.nt"
        file.write_text(text)
        made.load_graph(graph, file)
    return made


def holding(name: str, *graphs: NamedNode) -> Holding:
    dataset = f"http://n.example/id/dataset/{name}"
    version = NamedNode(f"{dataset}/version/1")
    return Holding(version, dataset, "1", name, "http://o.example", is_current=True, graphs=graphs)


def read(store: OxigraphStore, terms: ProfiledTerms, node: NamedNode, *shown: Holding) -> ObjectView:
    return ObjectReader(store, terms, shown=shown).read(node)


def test_says_nothing_of_what_stands_in_other_graphs(store: OxigraphStore, terms: ProfiledTerms) -> None:
    assert read(store, terms, END, holding("vale", VALE)) == ObjectView(iri=END.value, key=END.value[9:])
    assert graphs_about(store, END, [VALE]) == set()
    assert graphs_about(store, LINE, []) == set()


def test_finds_the_graphs_that_speak_of_an_object_on_either_side(store: OxigraphStore) -> None:
    assert graphs_about(store, LINE, [NORTH, VALE]) == {NORTH, VALE}
    assert graphs_about(store, NamedNode(f"{CIM}PhaseCode.ABC"), [NORTH, VALE]) == {NORTH}


def test_gives_attributes_with_units_and_as_written(store: OxigraphStore, terms: ProfiledTerms) -> None:
    view = read(store, terms, LINE, holding("north", NORTH))
    assert (view.name, [one.name for one in view.classes]) == ("Vale 1", ["cim:ACLineSegment"])
    (length,) = [one for one in view.attributes if one.of.name == "cim:Conductor.length"]
    assert (length.of.unit, length.datatype) == ("km", "http://www.w3.org/2001/XMLSchema#float")
    (phases,) = [one for one in read(store, terms, END, holding("north", NORTH)).attributes if one.value]
    assert phases.value is not None
    assert (phases.text, phases.value.name) == (f"{CIM}PhaseCode.ABC", "cim:PhaseCode.ABC")


def test_gives_relations_both_ways_with_names_and_classes(store: OxigraphStore, terms: ProfiledTerms) -> None:
    view = read(store, terms, LINE, holding("north", NORTH))
    (voltage,) = view.relations
    assert (voltage.by.name, voltage.object.name) == ("cim:ConductingEquipment.BaseVoltage", "132 kV")
    assert {(one.by.name, one.object.key) for one in view.referred_by} == {
        ("cim:Terminal.ConductingEquipment", END.value[9:]),
        (f"{CIM}Name.IdentifiedObject", "urn:uuid:n"[9:]),
    }


def test_gives_what_it_is_called_elsewhere(store: OxigraphStore, terms: ProfiledTerms) -> None:
    view = read(store, terms, LINE, holding("north", NORTH))
    found = {(one.by, one.text, one.register_name) for one in view.identities}
    assert found == {
        (OWL.sameAs.value, ELSEWHERE.value, ""),
        (DCTERMS.identifier.value, "L-7", ""),
        (f"{CIM}Name.IdentifiedObject", "VALE1-ELEX", "Elexon"),
    }
    (back,) = read(store, terms, ELSEWHERE, holding("north", NORTH)).identities
    assert (back.text, back.is_iri) == (LINE.value, True)


def test_says_which_versions_say_what(store: OxigraphStore, terms: ProfiledTerms) -> None:
    north, vale = holding("north", NORTH), holding("vale", VALE)
    view = read(store, terms, LINE, north, vale)
    name, length = (
        {one.text: one.versions for one in view.attributes if one.of.name == which}
        for which in ("cim:IdentifiedObject.name", "cim:Conductor.length")
    )
    assert name == {"Vale 1": (north.version.value, vale.version.value)}
    assert sum(len(versions) for versions in length.values()) == 2


def test_joined_views_say_the_same_as_one_reading(store: OxigraphStore, terms: ProfiledTerms) -> None:
    parts = [holding("north", NORTH), holding("vale", VALE)]
    whole = read(store, terms, LINE, *parts)
    joined = merged(LINE.value, [read(store, terms, LINE, part) for part in parts])
    for field in ("name", "classes", "relations", "referred_by", "referred_by_total"):
        assert getattr(joined, field) == getattr(whole, field), field
    for field in ("attributes", "identities"):
        assert sorted(map(str, getattr(joined, field))) == sorted(map(str, getattr(whole, field))), field


def test_lists_some_of_many_relations_and_counts_all(tmp_path: Path, terms: ProfiledTerms) -> None:
    file, many = tmp_path / "many.nt", MAX_RELATIONS + 7
    lines = [f"<urn:uuid:{number}> <{CIM}ConductingEquipment.BaseVoltage> {BASE} ." for number in range(many)]
    file.write_text("\n".join(lines))
    store = OxigraphStore.in_memory()
    store.load_graph(NORTH, file)
    view = read(store, terms, BASE, holding("north", NORTH))
    assert (len(view.referred_by), view.referred_by_total) == (MAX_RELATIONS, many)


def test_statements_are_those_of_the_data_and_name_who_was_asked(store: OxigraphStore, terms: ProfiledTerms) -> None:
    part = holding("north", NORTH)
    view = read(store, terms, LINE, part).model_copy(update={"versions": (part.speaker(is_shown=True),)})
    thing, document = NamedNode("http://n.example/id/object/1"), NamedNode("http://n.example/doc/object/1")
    found = object_statements(view, thing=thing, document=document)
    stated = store.construct(f"CONSTRUCT {{ {LINE} ?p ?o }} WHERE {{ {LINE} ?p ?o }}", graphs=[NORTH])
    assert set(stated) <= set(found)
    assert Triple(thing, OWL.sameAs, LINE) in found
    assert Triple(LINE, DCTERMS.identifier, Literal("VALE1-ELEX")) in found
    assert Triple(LINE, DCTERMS.isReferencedBy, part.version) in found
