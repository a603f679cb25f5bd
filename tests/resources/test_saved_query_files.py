"""Contributed saved queries: each reads, speaks the models' terms, and answers what is known of the sample networks."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from virtuales.demonstration.network import NetworkSpec, View, write_archive
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.collection import CollectionReader
from virtuales.query.in_memory import InMemoryGraph, projected
from virtuales.query.request import tokens
from virtuales.query.saved_query import SavedQuery
from virtuales.rdf.io import parse_file, serialize_quads
from virtuales.rdf.media import N_TRIPLES, TURTLE
from virtuales.rdf.terms import NamedNode, plain
from virtuales.resources import contributed
from virtuales.store.oxigraph_store import OxigraphStore
from virtuales.workflow.saved_queries import shipped_queries

MODELS = ModelRegistry.load(contributed("ontology"))
QUERIES = list(shipped_queries())
OF_DATA = [query for query in QUERIES if query.asks == "data"]
AUDIENCES = {"analyst", "application", "planner", "steward", "operator", "ontology-editor"}
_PREFIX = re.compile(r"PREFIX\s+([\w-]+):\s*<([^>]*)>")
_NAME = re.compile(r"([\w-]+):([A-Za-z][\w.-]*\w)")


def read_models(view: View, place: Path) -> Iterator[tuple[NamedNode, Path]]:
    """Give the models of a sample network: their IRIs, and the files of their statements."""
    archive = write_archive(NetworkSpec(), view, place / "network.zip")
    read = place / "read"
    read.mkdir()
    for model in CollectionReader(MODELS, "urn:model").read([archive], read).models:
        assert model.header is not None
        yield NamedNode(model.header.iri), model.statements


@cache
def network(view: View) -> InMemoryGraph:
    """Return a sample network merged into one graph, each model being a named graph too."""
    graph = InMemoryGraph()
    with TemporaryDirectory() as name:
        for iri, statements in read_models(view, Path(name)):
            graph.load(statements.read_bytes())
            graph.load(statements.read_bytes(), graph=iri)
    return graph


def answer(name: str, view: View = "distribution", **values: str) -> list[Mapping[str, str]]:
    """Return the rows that a query answers, each term as plain text."""
    query = shipped_queries().get(name)
    rows = network(view).solutions(query.bound(values or query.example)).rows
    return [{key: plain(term) for key, term in row.items()} for row in rows]


def test_there_are_queries_for_everyone() -> None:
    assert len(QUERIES) >= 30
    for audience in AUDIENCES:
        assert sum(audience in query.tags for query in QUERIES) >= 12, audience


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_says_who_it_is_for_and_has_an_example(query: SavedQuery) -> None:
    assert AUDIENCES & set(query.tags)
    assert not query.summary.endswith(".")
    assert query.description.endswith(".")
    assert query.bound(query.example)


@pytest.mark.parametrize("query", OF_DATA, ids=lambda query: query.name)
def test_names_terms_of_its_models_only(query: SavedQuery) -> None:
    known: set[str] = set()
    for name in query.models:
        model = MODELS.model(name)
        known |= model.classes.keys() | model.properties.keys()
        known |= {member for fact in model.classes.values() for member in fact.members}
    prefixes = {prefix: iri for prefix, iri in _PREFIX.findall(query.text) if "iec.ch/TC57/CIM" in iri}
    names = (_NAME.fullmatch(token) for token in tokens(query.text))
    named = {prefixes[match[1]] + match[2] for match in names if match and match[1] in prefixes}
    assert bool(named) == bool(prefixes)
    assert sorted(named - known) == []


@pytest.mark.parametrize("query", OF_DATA, ids=lambda query: query.name)
def test_answers_on_a_sample_network(query: SavedQuery) -> None:
    body, media_type = network("distribution").serialized(query.bound(query.example), "text/csv, text/turtle;q=0.5")
    assert media_type == ("text/turtle" if query.form == "construct" else "text/csv")
    if query.form == "select":
        assert body.decode().splitlines()[0] == ",".join(projected(query.bound(query.example)))


@pytest.mark.parametrize("query", [one for one in OF_DATA if one.form == "select"], ids=lambda query: query.name)
def test_a_statement_in_several_models_counts_once(query: SavedQuery) -> None:
    """A node asks the union of a version's models, in which its store does not see that a statement is the same."""
    text = query.bound(query.example)
    merged, _ = network("distribution").serialized(text, "text/csv")
    store, graphs = models_apart()
    apart = store.answer(text, graphs=graphs, accept="text/csv").body
    assert sorted(apart.split(b"\r\n")) == sorted(merged.split(b"\r\n"))


@cache
def models_apart() -> tuple[OxigraphStore, list[NamedNode]]:
    """Return a sample network as a node's store holds it, and its graphs: one for each model."""
    store, graphs = OxigraphStore.in_memory(), []
    with TemporaryDirectory() as name:
        for iri, statements in read_models("distribution", Path(name)):
            store.load_graph(iri, statements)
            graphs.append(iri)
    return store, graphs


def test_circuits_have_both_ends_and_their_rating() -> None:
    rows = answer("circuits")
    assert len(rows) == 37
    first = rows[0]
    assert (first["name"], first["kv"], first["km"]) == (
        "Netherbyfell to Dunnetfield 132 kV circuit 1",
        "132",
        "12.924",
    )
    assert {first["from"], first["to"]} == {"Netherbyfell", "Dunnetfield"}
    assert (first["rating_a"], first["rating_mva"]) == ("795", "181.761")


@pytest.mark.parametrize(("view", "count"), [("distribution", 7), ("transmission", 4)])
def test_circuits_at_a_supply_point_are_found_in_each_owners_model(view: View, count: int) -> None:
    rows = answer("circuits-at-substation", view, substation="Netherbyfell")
    assert len(rows) == count
    assert all(row["rating_a"] for row in rows)
    assert "Netherbyfell" not in {row.get("other_end") for row in rows}


def test_the_open_point_between_the_supply_points_is_found() -> None:
    (row,) = answer("open-points")
    assert (row["substation"], row["kv"]) == ("Otterby", "132")
    assert "Netherbyfell to Otterby 132 kV interconnection" in row["name"]
    assert "Netherbyfell to Otterby 132 kV interconnection" in row["circuits"]
    assert answer("open-points", "transmission") == []


def test_what_two_networks_exchange_is_the_same_seen_from_both_sides() -> None:
    below = {row["place"]: float(row["mw"]) for row in answer("boundary-exchanges")}
    above = {row["place"]: float(row["mw"]) for row in answer("boundary-exchanges", "transmission")}
    assert below == {"Netherbyfell": -142.0, "Otterby": -117.1}
    assert {place: -power for place, power in below.items()} == {place: above[place] for place in below}


def test_demand_and_generation_are_those_of_the_plan() -> None:
    demand = answer("demand-by-substation")
    assert len(demand) == 12
    assert demand == sorted(demand, key=lambda row: -float(row["mw"]))
    units = answer("generating-units")
    assert [(row["name"], row["kind"], row["max_mw"]) for row in units] == [
        ("Thistleley wind farm", "WindGeneratingUnit", "42"),
        ("Gorsewade wind farm", "WindGeneratingUnit", "24"),
    ]


def test_lengths_of_circuits_add_up() -> None:
    rows = {row["kv"]: row for row in answer("circuit-length-by-voltage")}
    circuits = answer("circuits")
    for kv, row in rows.items():
        at_kv = [one for one in circuits if one["kv"] == kv]
        assert int(row["circuits"]) == len(at_kv)
        assert float(row["km"]) == pytest.approx(sum(float(one["km"]) for one in at_kv))
    assert sum(int(row["circuits"]) for row in rows.values()) == len(circuits)


def test_capacity_of_a_substation_is_that_of_its_transformers() -> None:
    transformers = answer("transformers")
    for row in answer("transformer-capacity"):
        here = [one for one in transformers if one["substation"] == row["name"]]
        assert int(row["transformers"]) == len(here)
        assert float(row["total_mva"]) == pytest.approx(sum(float(one["mva"]) for one in here))


TRAIL = """@prefix ves: <https://w3id.org/virtuales/ns#> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix x: <urn:x:> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
x:vale ves:legalName "Vale Networks plc" .
x:1 a ves:Access ; prov:used x:v1 ; prov:startedAtTime "2026-06-01T10:00:00Z"^^xsd:dateTime ; ves:accessPath "sparql" ;
  ves:accessDecision "allowed" ; prov:wasAssociatedWith x:vale ; ves:agreement x:agreement .
x:2 a ves:Access ; prov:used x:v1 ; prov:startedAtTime "2026-06-03T10:00:00Z"^^xsd:dateTime ; ves:accessPath "sparql" ;
  ves:accessDecision "allowed" ; prov:wasAssociatedWith x:vale ; ves:agreement x:agreement .
x:3 a ves:Access ; prov:used x:v2 ; prov:startedAtTime "2026-06-02T10:00:00Z"^^xsd:dateTime ;
  ves:accessPath "download" ; ves:accessDecision "allowed" .
x:4 a ves:Access ; prov:used x:v1 ; prov:startedAtTime "2026-06-04T10:00:00Z"^^xsd:dateTime ; ves:accessPath "object" ;
  ves:accessDecision "refused" ; ves:accessReason "No agreement." ; prov:wasAssociatedWith x:vale .
"""


def of_trail(name: str, **values: str) -> list[dict[str, str]]:
    graph = InMemoryGraph()
    graph.load(serialize_quads((quad.triple for quad in parse_file(TRAIL.encode(), TURTLE)), N_TRIPLES))
    rows = graph.solutions(shipped_queries().get(name).bound(values)).rows
    return [{key: plain(term) for key, term in row.items()} for row in rows]


def test_accesses_are_counted_by_agreement() -> None:
    under, openly = of_trail("accesses-by-agreement")
    assert (under["name"], under["agreement"], under["times"]) == ("Vale Networks plc", "urn:x:agreement", "2")
    assert (under["first"][:10], under["last"][:10]) == ("2026-06-01", "2026-06-03")
    assert (openly["version"], openly["way"], "agreement" in openly) == ("urn:x:v2", "download", False)
    assert [row["version"] for row in of_trail("accesses-by-agreement", of_version="urn:x:v2")] == ["urn:x:v2"]


def test_refused_accesses_say_why() -> None:
    (refused,) = of_trail("refused-accesses")
    assert (refused["name"], refused["way"], refused["reasons"]) == ("Vale Networks plc", "object", "No agreement.")
    assert of_trail("refused-accesses", since="2026-06-05") == []


def test_substations_have_their_levels_and_their_place() -> None:
    rows = answer("substations", "transmission")
    assert {row["name"]: set(row["levels_kv"].split()) for row in rows} == {
        "Netherbyfell": {"400", "132"},
        "Otterby": {"400", "275", "132"},
        "Redmarcross": {"400", "275", "22"},
    }
    places = {row["name"]: (row["x"], row["y"]) for row in answer("substation-places", "transmission")}
    assert places["Netherbyfell"] == ("-2.60000", "54.35000")


def test_models_are_listed_with_what_they_depend_on() -> None:
    rows = answer("models")
    assert len(rows) == 5
    assert {row["authority"] for row in rows} == {"https://vale-networks.example/modelling"}
    assert sorted(row["depends_on"] for row in rows) == ["0", "1", "1", "1", "2"]
