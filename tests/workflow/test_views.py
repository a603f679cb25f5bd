"""Who may use a part of a dataset version sees this part at every door, and nothing else."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.books import NOON
from tests.workflow.agreements import AGREEMENT, ASKER, agreed, with_consumer
from tests.workflow.offered_parts import DATA, published
from tests.workflow.registry_node import OPERATOR, orchestrator

from virtuales.clock import ManualClock
from virtuales.errors import AccessDenied, InputError, NotFound, UnknownTerm
from virtuales.policy.templates import Audience, OfferTerms, Template, terms_from
from virtuales.policy.views.techniques import applied
from virtuales.policy.views.view import Pseudonyms, View
from virtuales.query.protocol import QueryRequest
from virtuales.query.streams import whole
from virtuales.rdf.terms import Literal, NamedNode, Quad, Triple
from virtuales.store.kept_views import KeptViews
from virtuales.workflow.consume import describe_endpoint, download, files_for, query
from virtuales.workflow.end_agreement import revoke
from virtuales.workflow.object_lookup import look_up_here
from virtuales.workflow.prepare import prepare, receive_file
from virtuales.workflow.publish import publish
from virtuales.workflow.views import sweep_views
from virtuales.workflow.workspace import Workspace

E = "https://terms.example/"
LINES: Mapping[str, object] = {"classes": ["Line"], "properties": ["name", "length", "from"]}
BUNKER = NamedNode("urn:uuid:00000000-0000-4000-8000-000000000009")


@pytest.fixture
def node(tmp_path: Path) -> Workspace:
    return with_consumer(orchestrator(tmp_path, ManualClock(NOON)))


def granted(node: Workspace, view: Mapping[str, object], terms: OfferTerms | None = None) -> NamedNode:
    """Publish a view, and grant it to the consumer."""
    return agreed(node, published(node, view, terms)).target


def rows(node: Workspace, version: NamedNode, text: str, asker: object = ASKER) -> list[dict[str, str]]:
    """Ask in the consumer's name, and return the plain texts of the answer."""
    request = QueryRequest(text, accept="application/sparql-results+json")
    answer = json.loads(whole(query(node, ASKER if asker is ASKER else OPERATOR, version, request)).body)
    return [{name: term["value"] for name, term in row.items()} for row in answer["results"]["bindings"]]


def values(node: Workspace, version: NamedNode, name: str) -> list[str]:
    return sorted(row["v"] for row in rows(node, version, f"SELECT ?v {{ ?s <{E}{name}> ?v }}"))


def test_shows_the_chosen_objects_and_properties_and_nothing_else(node: Workspace) -> None:
    version = granted(node, LINES)
    assert values(node, version, "name") == ["North", "South", "West"]
    assert values(node, version, "owner") == []
    assert values(node, version, "code") == []


def test_shows_the_provider_everything(node: Workspace) -> None:
    version = granted(node, LINES)
    assert len(rows(node, version, "SELECT * { ?s ?p ?o }", OPERATOR)) == 22


def test_leaves_out_links_to_what_is_not_shown(node: Workspace) -> None:
    assert values(node, granted(node, LINES), "from") == []


PATTERNS = (
    "GRAPH ?g { ?s ?p ?o }",
    "?x ?y ?z . GRAPH ?g { ?s ?p ?o }",
    "?s (!<urn:none>)+ ?o BIND(?s AS ?g)",
    "?a ?b ?o FILTER EXISTS { GRAPH ?h { ?s ?p ?o } }",
    "{ SELECT (GROUP_CONCAT(STR(?v)) AS ?o) { ?any ?other ?v } }",
    "{ SELECT (SAMPLE(?v) AS ?o) { ?s2 ?p2 ?v } GROUP BY ?s2 ?p2 }",
    "OPTIONAL { ?s ?p ?o } OPTIONAL { GRAPH ?g { ?s ?p ?q } }",
)


def test_no_pattern_reads_beyond_the_view(node: Workspace) -> None:
    version = granted(node, LINES)
    for pattern in PATTERNS:
        found = json.dumps(rows(node, version, f"SELECT * {{ {pattern} }}"))
        assert "North" in found
        assert not [word for word in ("swordfish", "Bunker", "Ann", BUNKER.value) if word in found], pattern


def test_graphs_of_the_whole_cannot_be_named(node: Workspace) -> None:
    version = granted(node, LINES)
    whole_graphs = {row["g"] for row in rows(node, version, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", OPERATOR)}
    for graph in whole_graphs:
        assert rows(node, version, f"SELECT * {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}") == []
        assert rows(node, version, f"SELECT * FROM <{graph}> {{ ?s ?p ?o }}") == []
        assert rows(node, version, f"SELECT * FROM NAMED <{graph}> {{ GRAPH ?g {{ ?s ?p ?o }} }}") == []


def test_services_are_not_called(node: Workspace) -> None:
    with pytest.raises(InputError, match="does not call other servers"):
        rows(node, granted(node, LINES), "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")


def test_endpoint_describes_the_view_alone(node: Workspace) -> None:
    described = " ".join(map(str, describe_endpoint(node, ASKER, granted(node, LINES), QueryRequest(""))))
    assert f"{E}Line" in described
    assert f"{E}Secret" not in described
    assert f"{E}owner" not in described


def test_catalogue_counts_what_is_shown(node: Workspace) -> None:
    version = granted(node, LINES)
    entry = " ".join(str(quad) for quad in node.own_catalogue.statements(version))
    assert f"{E}Line" in entry
    assert f"{E}Secret" not in entry
    assert node.own_catalogue.version(version).triples == 9


def test_downloads_are_of_the_view(node: Workspace) -> None:
    version = granted(node, LINES)
    assert [file.name for file in files_for(node, ASKER, version)] == ["view.nt"]
    body = b"".join(download(node, ASKER, version, "view.nt").body)
    assert body.count(b"\n") == 9
    assert b"swordfish" not in body
    with pytest.raises(NotFound, match="no such file"):
        download(node, ASKER, version, "grid.ttl")
    assert b"swordfish" in b"".join(download(node, OPERATOR, version, "grid.ttl").body)


def test_look_up_shows_objects_of_the_view_alone(node: Workspace) -> None:
    granted(node, LINES)
    line = look_up_here(node, ASKER, NamedNode("urn:uuid:00000000-0000-4000-8000-000000000001"))
    assert sorted(one.of.iri for one in line.attributes) == [f"{E}length", f"{E}name"]
    assert look_up_here(node, ASKER, BUNKER).versions == ()
    assert look_up_here(node, OPERATOR, BUNKER).versions != ()


def test_an_unknown_class_and_an_unknown_property_are_both_named(node: Workspace) -> None:
    with pytest.raises(UnknownTerm) as refusal:
        published(node, {"classes": ["Lyne"], "properties": ["nome", "owner"]})
    assert "no class `Lyne`" in refusal.value.what
    assert "no property `nome`" in refusal.value.what
    assert "`Line`" in str(refusal.value.remedy)


UNFIT: tuple[tuple[Mapping[str, object], str], ...] = (
    ({"classes": ["Line"], "where": [{"property": "name", "value": "East"}]}, "empty"),
    ({}, "chooses nothing"),
    ({"construct": "SELECT * { ?s ?p ?o }"}, "makes no statements"),
    ({"construct": "CONSTRUCT { ?s ?p ?o } FROM <urn:g> WHERE { ?s ?p ?o }"}, "names graphs"),
    ({"construct": "CONSTRUCT WHERE { ?s ?p ?o }", "classes": ["Line"]}, "either made by a query"),
    ({"construct": "CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }"}, "blank nodes"),
    ({"round": [{"properties": ["length"], "step": 0}]}, "not positive"),
    ({"generalise": [{"properties": ["built"], "to": "century"}]}, "no precision"),
    ({"aggregate": {"by": ["region"], "at_least": 1}}, "is an object"),
    ({"aggregate": {"by": ["region"], "at_least": 2}}, "1 of 2 aggregates rest on fewer than 2"),
    ({"area": [1, 2, 0, 3]}, "no box on the globe"),
)


def test_refuses_views_that_cannot_be_made(node: Workspace) -> None:
    published(node, LINES)
    receive_file(node, OPERATOR, "grid", name="grid.ttl", source=io.BytesIO(DATA.encode()))
    prepare(node, OPERATOR, "grid")
    for view, what in UNFIT:
        with pytest.raises(InputError, match=what):
            publish(node, OPERATOR, "grid", OfferTerms(Audience.PARTICIPANTS), view=view)


def test_conditions_and_periods_choose_objects(node: Workspace) -> None:
    where = [{"property": "region", "value": ["Vale", "Fen"]}, {"property": "length", "operator": "gt", "value": 50}]
    period = {"property": "built", "from": "2000-01-01", "until": "2002-01-01"}
    assert values(node, granted(node, {"where": where, "period": period}), "name") == ["South"]


def test_objects_are_chosen_by_their_mrids(node: Workspace) -> None:
    version = granted(node, {"objects": ["00000000-0000-4000-8000-000000000003"]})
    assert values(node, version, "name") == ["West"]


def test_a_query_makes_a_view(node: Workspace) -> None:
    text = f"PREFIX e: <{E}> CONSTRUCT {{ ?s e:called ?n }} WHERE {{ ?s a e:Line ; e:name ?n }}"
    version = granted(node, {"construct": text})
    assert values(node, version, "called") == ["North", "South", "West"]
    assert len(rows(node, version, "SELECT * { ?s ?p ?o }")) == 3


def test_rounds_generalises_and_suppresses(node: Workspace) -> None:
    version = granted(node, {
        "classes": ["Line"], "suppress": ["owner"], "round": [{"properties": ["length"], "step": 50}],
        "generalise": [{"properties": ["built"], "to": "year"}, {"properties": ["name"], "to": "1"}],
    })  # fmt: skip
    assert values(node, version, "length") == ["0", "1250", "50"]
    assert values(node, version, "built") == ["1999", "2001"]
    assert values(node, version, "name") == ["N", "S", "W"]
    assert values(node, version, "owner") == []


def test_pseudonyms_hold_within_an_agreement_and_not_across(node: Workspace) -> None:
    view = {"classes": ["Line"], "pseudonyms": {"properties": ["owner"], "objects": True}}
    offer = agreed(node, published(node, view))
    first = rows(node, offer.target, f"SELECT ?s ?v {{ ?s <{E}owner> ?v }} ORDER BY ?s")
    assert len({row["v"] for row in first}) == 2
    assert not {row["v"] for row in first} & {"Ann", "Bob"}
    assert not any("00000000-0000-4000-8000" in row["s"] for row in first)
    revoke(node, OPERATOR, AGREEMENT, reason="To agree anew.")
    agreed(node, offer, "-2")
    second = rows(node, offer.target, f"SELECT ?s ?v {{ ?s <{E}owner> ?v }} ORDER BY ?s")
    assert not {row["s"] for row in first} & {row["s"] for row in second}
    assert not {row["v"] for row in first} & {row["v"] for row in second}


def test_pseudonyms_hide_identifiers_in_values_that_are_no_uuids() -> None:
    line, name = NamedNode("https://n.example/cim#_line-7"), NamedNode(f"{E}mRID")
    said = [Triple(line, name, Literal("line-7")), Triple(line, name, Literal("a line"))]
    view = View(pseudonyms=Pseudonyms(objects=True))
    hidden = applied(said, view, key=b"key")
    assert "line-7" not in str(hidden)
    assert "a line" in str(hidden)


def test_template_of_aggregates_hands_out_groups(node: Workspace) -> None:
    grouped = {"by": ["region"], "at_least": 2, "sums": ["length"], "small_groups": "leave out"}
    version = granted(node, {"aggregate": grouped}, terms_from(Template.AGGREGATE))
    assert values(node, version, "name") == []
    assert values(node, version, "length") == ["1304.5"]
    assert {
        row["n"] for row in rows(node, version, "SELECT ?n { ?s <https://w3id.org/virtuales/ns#objectCount> ?n }")
    } == {"2"}


def test_views_are_kept_until_their_agreement_ends(node: Workspace) -> None:
    offer = agreed(node, published(node, LINES))
    assert values(node, offer.target, "name") == ["North", "South", "West"]
    assert kept(node) == 1
    assert sweep_views(node) == 0
    revoke(node, OPERATOR, AGREEMENT, reason="For the tests.")
    with pytest.raises(AccessDenied):
        values(node, offer.target, "name")
    assert sweep_views(node) == 1
    assert kept(node) == 0


def test_what_was_left_half_made_is_never_served(node: Workspace) -> None:
    version = granted(node, LINES)
    shown = values(node, version, "name")
    (graph,) = [one for one in node.store.graphs() if one.value.startswith(node.addresses.view_graphs)]
    for record in [one for one in node.store.graphs() if one.value.startswith(node.addresses.view_records)]:
        node.store.drop_graph(record)
    node.store.drop_graph(graph)
    node.store.load_quads([Quad(BUNKER, NamedNode(f"{E}name"), Literal("a half"), graph)])
    restarted = replace(node, views=KeptViews())
    assert values(restarted, version, "name") == shown


def test_start_sweeps_graphs_without_a_record(node: Workspace) -> None:
    graph = node.addresses.view_graph("0" * 64)
    node.store.load_quads([Quad(BUNKER, NamedNode(f"{E}name"), Literal("a half"), graph)])
    assert sweep_views(node) == 1
    assert kept(node) == 0


def kept(node: Workspace) -> int:
    """Return how many views the store keeps."""
    return len([one for one in node.store.graphs() if one.value.startswith(node.addresses.view_graphs)])


SITES = ("sites.csv", b"Site,Postcode,MW,Owner\nVale,AB1 2CD,7.50,Ann\nMoor,AB1 9ZZ,12,Bob\nFen,XY9 1AA,3,Cy\n")


def table_of(node: Workspace, view: Mapping[str, object]) -> str:
    """Publish the sites, grant a view of them, and return the table that the consumer gets."""
    version = agreed(node, published(node, view, file=SITES)).target
    assert [file.name for file in files_for(node, ASKER, version)] == ["view.nt", "view.csv"]
    with pytest.raises(NotFound):
        download(node, ASKER, version, "sites.csv")
    return b"".join(download(node, ASKER, version, "view.csv").body).decode()


def test_rows_and_columns_of_a_table_that_is_a_file_alone(node: Workspace) -> None:
    bigger = [{"property": "MW", "operator": "gteq", "value": 7}]
    shown = table_of(node, {"properties": ["Site", "MW"], "where": bigger})
    assert shown == "MW,Site\n7.5,Vale\n12,Moor\n"


def test_techniques_change_a_table(node: Workspace) -> None:
    shown = table_of(node, {
        "suppress": ["Owner", "Site"], "round": [{"properties": ["MW"], "step": 5}],
        "generalise": [{"properties": ["Postcode"], "to": "3"}],
    })  # fmt: skip
    assert shown == "MW,Postcode\n10,AB1\n10,AB1\n5,XY9\n"


def test_groups_of_rows(node: Workspace) -> None:
    shown = table_of(node, {
        "generalise": [{"properties": ["Postcode"], "to": "3"}],
        "aggregate": {"by": ["Postcode"], "at_least": 2, "sums": ["MW"], "small_groups": "leave out"},
    })  # fmt: skip
    assert shown.count("AB1") == 2
    assert "19.5" in shown
    assert "XY9" not in shown


def test_refuses_views_that_a_table_does_not_have(node: Workspace) -> None:
    published(node, {"properties": ["Site"]}, file=SITES)
    receive_file(node, OPERATOR, "grid", name=SITES[0], source=io.BytesIO(SITES[1]))
    prepare(node, OPERATOR, "grid")
    wrong: Mapping[str, Mapping[str, object]] = {
        "no property `Sight`": {"properties": ["Sight"]},
        "no statements": {"construct": "CONSTRUCT WHERE { ?s ?p ?o }"},
    }
    for what, view in wrong.items():
        with pytest.raises(InputError, match=what):
            publish(node, OPERATOR, "grid", OfferTerms(Audience.PARTICIPANTS), view=view)
