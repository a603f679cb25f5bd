"""Use cases with real nodes: what they need, where models fall short, and what organisations remark on them."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.clients import ok, problem
from tests.journey.networks import Network, network
from tests.journey.test_mapping_registry import published
from tests.nodes import eventually

from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE
from virtuales.rdf.namespaces import VES

ROOT = "/api/v1/use-cases"
CASE = f"{ROOT}/common-framework-demonstrator"
IRI = "https://w3id.org/virtuales/use-case/common-framework-demonstrator"
TERM = "http://iec.ch/TC57/CIM100#CurrentLimit.normalValue"
NEAR = """#curie_map:
#  dcat: http://www.w3.org/ns/dcat#
#  md: http://iec.ch/TC57/61970-552/ModelDescription/1#
#mapping_set_id: http://grid.example/mappings/headers
#mapping_set_title: Headers of models and datasets
#license: https://creativecommons.org/publicdomain/zero/1.0/
#subject_source: https://w3id.org/virtuales/model/cgmes-3.0
#object_source: https://w3id.org/virtuales/model/dcat-3
subject_id\tpredicate_id\tobject_id\tmapping_justification
md:FullModel\tskos:closeMatch\tdcat:Dataset\tsemapv:ManualMappingCuration
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("use-cases"), "north") as made:
        made.admit("north")
        yield made


def get(running: Network, path: str, accept: str = "application/json", **question: str) -> httpx.Response:
    """Ask the orchestrator, as the public."""
    return running.http.get(running.orchestrator.url + path, params=question, headers={"Accept": accept})


def ask(running: Network, node: str, query: str) -> list[dict[str, str]]:
    """Ask a node's catalogue a query, as the public; returns the rows."""
    headers = {"Accept": "application/sparql-results+json"}
    answer = ok(running.http.post(f"{node}/sparql/catalogue", data={"query": query}, headers=headers))
    return [{name: term["value"] for name, term in row.items()} for row in answer["results"]["bindings"]]


def remark(running: Network, **body: Any) -> httpx.Response:  # noqa: ANN401  # JSON
    """Remark on the use case, as the organisation `north`."""
    return running.members["north"].ask("POST", f"{running.orchestrator.url}{CASE}/remarks", json=body)


def test_refuses_what_is_not_there_and_what_cannot_be_answered(running: Network) -> None:
    problem(get(running, f"{ROOT}/no-such"), 404)
    problem(get(running, f"{ROOT}/no-such/gaps"), 404)
    problem(get(running, f"{CASE}/gaps", model="cgmes-9"), 404)
    problem(get(running, f"{CASE}/gaps", "image/png, application/problem+json;q=0.1"), 406)


@pytest.mark.req("M1", "M3")
def test_shows_requirements_with_terms_and_how_they_were_refined(running: Network) -> None:
    names = {one["name"]: one["requirements"] for one in ok(get(running, ROOT))}
    assert names.keys() == {"common-framework-demonstrator", "crowdflex", "advanced-dispatch-optimiser"}
    assert all(15 <= number <= 40 for number in names.values())
    shown = ok(get(running, CASE))
    demand = next(one for one in shown["requirements"] if one["identifier"] == "CFD-23")
    assert (demand["unit"], demand["resolution"], demand["maximum_age"]) == ("MW", "PT30M", "P1D")
    assert "http://iec.ch/TC57/CIM100#Analog" in demand["coverage"][0]["terms"]
    (refined,) = demand["refinements"]
    assert "resolution: P1Y, now PT30M" in refined["changes"]
    assert f"{IRI}#snapshot" in refined["led_by"]


@pytest.mark.req("M3")
def test_records_are_graphs_that_queries_name(running: Network) -> None:
    graph = f"<{ok(get(running, CASE))['graph']}>"
    pattern = f"?new <http://www.w3.org/ns/prov#wasRevisionOf> ?old . ?new {VES.priority} {VES.MustHave}"
    rows = ask(running, running.orchestrator.url, f"SELECT ?new ?old {{ GRAPH {graph} {{ {pattern} }} }}")
    assert {"new": f"{IRI}#half-hourly-demand", "old": f"{IRI}#half-hourly-demand-1"} in rows


@pytest.mark.req("M5")
def test_gaps_are_answered_in_the_form_that_is_asked_for(running: Network) -> None:
    said = ok(get(running, f"{CASE}/gaps", model="cgmes-3.0"))
    assert said["models"] == ["cgmes-3.0@3.0.0"]
    limits = next(one for one in said["requirements"] if one["identifier"] == "CFD-28")
    assert limits["best"] == "not covered"
    assert "https://w3id.org/virtuales/proposed#PlannedOutage" in limits["proposals"]
    rows = list(csv.DictReader(io.StringIO(get(running, f"{CASE}/gaps", "text/csv").text)))
    assert {row["status"] for row in rows} == {"covered", "partly covered", "not covered", "conflicting"}
    turtle = get(running, f"{CASE}/gaps", TURTLE)
    assert VES.Conflicting in {quad.object for quad in parse_file(turtle.content, TURTLE)}
    assert get(running, f"{CASE}/gaps", "text/markdown").text.startswith("# Gaps: ")
    page = get(running, f"{CASE}/gaps", "text/html")
    assert page.headers["vary"] == "Accept"
    assert "<script" not in page.text
    kept = {"If-None-Match": page.headers["etag"], "Accept": "text/html"}
    assert running.http.get(f"{running.orchestrator.url}{CASE}/gaps", headers=kept).status_code == 304
    proposed = get(running, f"{CASE}/proposals", TURTLE)
    assert any(quad.predicate == VES.proposedFor for quad in parse_file(proposed.content, TURTLE))


@pytest.mark.req("M4", "M5")
def test_a_published_mapping_changes_the_gaps_at_every_node(running: Network) -> None:
    def status(node: str) -> str:
        answer = ok(running.http.get(f"{node}{CASE}/gaps", params={"model": "dcat-3"}))
        header = next(one for one in answer["requirements"] if one["identifier"] == "CFD-01")
        return str(header["models"]["dcat-3@3"]["status"])

    nodes = [running.orchestrator.url, running.members["north"].home]
    assert {status(node) for node in nodes} == {"not covered"}
    published(running, NEAR, file="headers.sssom.tsv")
    for node in nodes:
        eventually(lambda where=node: status(where) == "partly covered", what=f"the gaps at {node}")  # type: ignore[misc]


@pytest.mark.req("M2")
def test_refuses_remarks_of_nobody_about_nothing_and_elsewhere(running: Network) -> None:
    url = f"{running.orchestrator.url}{CASE}/remarks"
    problem(running.http.post(url, json={"text": "So it is."}), 401)
    problem(remark(running, text="  "), 422)
    problem(remark(running, text="x" * 2001), 422)
    problem(remark(running, text="So it is.", about="CFD-99"), 404)
    problem(remark(running, text="So it is.", about="http://iec.ch/TC57/CIM100#Nothing"), 422)
    north = running.members["north"]
    problem(north.ask("POST", f"{north.home}{CASE}/remarks", json={"text": "So it is."}), 404)


@pytest.mark.req("M2")
def test_a_remark_is_recorded_and_heard_of_at_every_node(running: Network) -> None:
    need = "We need forecasts for each transformer."
    made = ok(remark(running, text=need, about="CFD-27", pain_point=True), 201)
    assert (made["pain_point"], made["by"]) == (True, running.members["north"].iri)
    ok(remark(running, text="Ampere, please.", about=TERM), 201)

    def heard(node: str) -> bool:
        remarks = ok(running.http.get(f"{node}{CASE}"))["remarks"]
        found = {(one["text"], one["about"][0]) for one in remarks}
        return {(need, f"{IRI}#demand-forecast"), ("Ampere, please.", TERM)} <= found

    for node in (running.orchestrator.url, running.members["north"].home):
        eventually(lambda where=node: heard(where), what=f"the remark at {node}")  # type: ignore[misc]
        graph = f"<{running.orchestrator.url}/graph/remarks>"
        text = (
            f"SELECT ?text {{ GRAPH {graph} {{ ?r a {VES.PainPoint} ; <http://www.w3.org/ns/oa#bodyValue> ?text }} }}"
        )
        assert {"text": need} in ask(running, node, text)


@pytest.mark.req("M2")
def test_a_remark_outlives_a_restart(running: Network) -> None:
    ok(remark(running, text="Kept for good."), 201)
    running.orchestrator.terminate()
    running.orchestrator.start()
    assert "Kept for good." in {one["text"] for one in ok(get(running, CASE))["remarks"]}
