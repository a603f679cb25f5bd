"""The W3C's SPARQL 1.1 suites, asked of a running node over HTTP: a steward's draft is the graph store."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from pyoxigraph import Quad, QueryResultsFormat, RdfFormat, parse, parse_query_results
from rdflib import RDF as RDF_TYPE
from rdflib import Graph, Namespace, URIRef
from tests.clients import Member
from tests.conformance.sparql_suite import (
    DEFAULT,
    Dialogue,
    Evaluation,
    Sent,
    canonical,
    dataset,
    dialogues,
    expected_result,
    is_table,
    queries,
    solutions,
    statements,
    updates,
)
from tests.journey.networks import network
from tests.shared_data import SHARED, shared

SUITES = "suites/rdf-tests/sparql/sparql11"
QUERY_FOLDERS = [
    *("aggregates", "bind", "bindings", "cast", "construct", "csv-tsv-res", "exists", "functions", "grouping"),
    *("json-res", "negation", "project-expression", "property-path", "subquery"),
]
UPDATE_FOLDERS = [
    *("add", "basic-update", "clear", "copy", "delete", "delete-data", "delete-insert", "delete-where", "drop"),
    *("move", "update-silent"),
]
_NOT_THERE = "The engine finds no path of length zero from or to a term that is in no statement."
NOT_AS_EXPECTED = {
    "aggregates/agg-empty-group-count-graph": "The engine counts once for all graphs where it should for each.",
    "bindings/graph": "The engine gives a row of VALUES in GRAPH ?g once where it should for each graph.",
    "negation/graph-minus": "The engine takes the variable of GRAPH for one that both sides of MINUS have.",
    "aggregates/agg-groupconcat-04": "The engine's GROUP_CONCAT keeps no language tag that all texts have.",
    "aggregates/agg-groupconcat-06": "The engine's GROUP_CONCAT keeps no language tag of a single text.",
    "functions/bnode01": "The engine's BNODE makes the same node of the same text in every row.",
    "property-path/zero_or_more_set_end": _NOT_THERE,
    "property-path/zero_or_more_set_start": _NOT_THERE,
    "property-path/zero_or_one_set_end": _NOT_THERE,
    "property-path/zero_or_one_set_start": _NOT_THERE,
}
"""Queries that the engine answers differently, each with the reason."""
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")


def of_folders(read: object, names: list[str]) -> list[Evaluation]:
    """Return the cases of folders; none where the suites are not there."""
    root = SHARED / SUITES
    return [case for name in names if (root / name).exists() for case in read(root / name)]  # type: ignore[operator]


def of_manifest(name: str, kind: str) -> list[Dialogue]:
    """Return the cases of a manifest; none where the suites are not there."""
    file = SHARED / SUITES / name
    return list(dialogues(file, kind)) if file.exists() else []


def sampled(cases: list[Evaluation], every: int) -> list[Any]:
    """Let the short form have one of so many cases, and the long form all."""
    return [
        pytest.param(case, marks=[] if place % every == 0 else [pytest.mark.long]) for place, case in enumerate(cases)
    ]


QUERIES, UPDATES = of_folders(queries, QUERY_FOLDERS), of_folders(updates, UPDATE_FOLDERS)
PROTOCOL = of_manifest("protocol/manifest.ttl", "ProtocolTest")
GRAPH_STORE = [
    case
    for name in ("direct", "indirect")
    for case in of_manifest(f"graph-store-protocol/manifest-{name}.ttl", "GraphStoreProtocolTest")
]


@dataclass
class Store:
    """A draft's graphs, as a graph store.

    Args:
        steward: Who may write to it.
        slug: The draft's short name.
    """

    steward: Member
    slug: str
    _held: tuple[tuple[Path, str], ...] | None = None

    @property
    def endpoint(self) -> str:
        """The address that answers queries."""
        return f"{self.steward.home}/sparql/drafts/{self.slug}"

    @property
    def graphs(self) -> str:
        """The address of the graph store."""
        return f"{self.steward.home}/graphs/drafts/{self.slug}"

    def hold(self, data: tuple[tuple[Path, str], ...]) -> None:
        """Make the store hold some files and nothing else."""
        if self._held == data:
            return
        self.update("CLEAR ALL")
        for file, name in data:
            body = canonical(Quad(one.subject, one.predicate, one.object) for one in statements(file))
            where = {"graph": name} if name != DEFAULT else {"default": ""}
            headers = {"Content-Type": "application/n-triples"}
            put = self.steward.ask("POST", self.graphs, params=where, content=body.encode(), headers=headers)
            assert put.is_success, put.text
        self._held = data

    def update(self, text: str) -> None:
        """Carry out an update."""
        self._held = None
        headers = {"Content-Type": "application/sparql-update"}
        done = self.steward.ask("POST", f"{self.endpoint}/update", content=text.encode(), headers=headers)
        assert done.status_code == 204, done.text

    def query(self, text: str, accept: str) -> httpx.Response:
        """Ask a query."""
        headers = {"Content-Type": "application/sparql-query", "Accept": accept}
        return self.steward.ask("POST", self.endpoint, content=text.encode(), headers=headers)

    def content(self) -> str:
        """Return the whole dataset in its canonical form."""
        found = self.steward.ask("GET", self.graphs, headers={"Accept": "application/n-quads"})
        return canonical(parse(found.content, format=RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    shared(SUITES)
    with network(tmp_path_factory.mktemp("suites"), "north", settings={"QUERY_WORKERS": "1"}) as running:
        (north,) = running.admit("north")
        north.describe("suite")
        yield Store(north, "suite")


def test_collects_every_case() -> None:
    shared(SUITES)
    assert [len(cases) for cases in (QUERIES, UPDATES, PROTOCOL, GRAPH_STORE)] == [232, 94, 34, 13]
    assert set(NOT_AS_EXPECTED) <= {case.name for case in QUERIES}
    assert len(NOT_AS_EXPECTED) <= 10


@pytest.mark.parametrize("case", sampled(QUERIES, 8), ids=str)
def test_query(store: Store, case: Evaluation) -> None:
    assert case.result is not None
    store.hold(case.data)
    base = f"BASE <{case.text.as_uri()}>\n"
    statements_wanted = case.result.suffix == ".ttl" and not is_table(case.result)
    tabular = case.result.suffix == ".csv"
    accept = "text/turtle" if statements_wanted else "text/csv" if tabular else "application/sparql-results+json"
    answer = store.query(base + case.text.read_text(encoding="utf-8"), accept)
    assert answer.status_code == 200, answer.text
    found: object
    if statements_wanted:
        found = canonical(parse(answer.content, format=RdfFormat.TURTLE))
        expected = expected_result(case.result)
    elif tabular:
        found, expected = (sorted(text.split()) for text in (answer.text, case.result.read_text(encoding="utf-8")))
    else:
        found = solutions(parse_query_results(answer.content, format=QueryResultsFormat.JSON))
        expected = expected_result(case.result)
    if case.name in NOT_AS_EXPECTED:
        assert found != expected  # when the engine answers it, the case leaves the list
    else:
        assert found == expected


@pytest.mark.parametrize("case", sampled(UPDATES, 4), ids=str)
def test_update(store: Store, case: Evaluation) -> None:
    store.hold(case.data)
    store.update(f"BASE <{case.text.as_uri()}>\n" + case.text.read_text(encoding="utf-8"))
    assert store.content() == dataset(case.after)


@pytest.mark.parametrize("case", PROTOCOL, ids=str)
def test_protocol(store: Store, case: Dialogue) -> None:
    store.hold(case.data)
    for sent in case.requests:
        query = sent.headers.get("content-type", "").startswith("application/sparql-query")
        endpoint = f"{store.endpoint}/update" if "update" in case.name and not query else store.endpoint
        store._held = None if "update" in case.name else store._held  # noqa: SLF001 - what it holds may change
        answer = exchange(store, sent, endpoint + sent.path.removeprefix("/sparql/"))
        if sent.boolean is not None:
            assert answer.json()["boolean"] is sent.boolean


@pytest.mark.parametrize("case", GRAPH_STORE, ids=str)
def test_graph_store(store: Store, case: Dialogue) -> None:
    store.update("CLEAR ALL")
    location = ""
    for sent in case.requests:
        answer = exchange(store, sent, store.graphs + sent.path.removeprefix("/gsp").replace("$LOCATION$", location))
        location = answer.headers["location"] if sent.location else location
        if sent.answer is not None and sent.method == "GET":
            expected = parse(sent.answer.encode(), format=RdfFormat.TURTLE, base_iri=str(answer.url))
            assert canonical(parse(answer.content, format=RdfFormat.TURTLE)) == canonical(expected)


def exchange(store: Store, sent: Sent, url: str) -> httpx.Response:
    """Send a request, and judge the status, the type and the form of its answer."""
    answer = store.steward.ask(sent.method, url, content=sent.body, headers=sent.headers)
    assert any(fits(answer.status_code, status) for status in sent.statuses), f"{answer.status_code}: {answer.text}"
    if sent.answer_type and answer.is_success:
        assert answer.headers["content-type"].partition(";")[0] == sent.answer_type.partition(";")[0]
    if sent.form:
        kinds = {"boolean": "sparql-results", "tabular": "sparql-results", "RDF": "text/turtle"}
        assert kinds[sent.form] in answer.headers["content-type"]
    return answer


def fits(status: int, expected: str) -> bool:
    """Tell whether a status is one that a manifest expects."""
    names = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
    if expected.startswith("StatusCode"):
        return str(status)[0] == expected.removeprefix("StatusCode")[0]
    return status == names[expected]


class TestServiceDescription:
    """The three cases of the suite, which its manifest only names."""

    def test_returns_rdf(self, store: Store) -> None:
        answer = store.steward.ask("GET", store.endpoint)
        assert len(Graph().parse(data=answer.content, format="turtle")) > 10

    def test_has_endpoint_triple(self, store: Store) -> None:
        found = Graph().parse(data=store.steward.ask("GET", store.endpoint).content, format="turtle")
        assert URIRef(store.endpoint) in set(found.objects(None, SD.endpoint))
        assert URIRef(f"{store.endpoint}/update") in set(found.objects(None, SD.endpoint))

    def test_conforms_to_schema(self, store: Store) -> None:
        said = "<http://example.org/s> a <http://example.org/C>"
        store.update(f"CLEAR ALL; INSERT DATA {{ GRAPH <http://example.org/g> {{ {said} }} }}")
        found = Graph().parse(data=store.steward.ask("GET", store.endpoint).content, format="turtle")
        for service in found.subjects(RDF_TYPE.type, SD.Service):
            assert len(list(found.objects(service, SD.endpoint))) == 1
        for dataset_described in found.objects(None, SD.defaultDataset):
            assert (dataset_described, RDF_TYPE.type, SD.Dataset) in found
            assert (found.value(dataset_described, SD.defaultGraph), RDF_TYPE.type, SD.Graph) in found
        names = {str(name) for entry in found.objects(None, SD.namedGraph) for name in found.objects(entry, SD.name)}
        assert names == {"http://example.org/g"}
        for entry in found.objects(None, SD.namedGraph):
            assert (entry, RDF_TYPE.type, SD.NamedGraph) in found
            assert (found.value(entry, SD.graph), RDF_TYPE.type, SD.Graph) in found
