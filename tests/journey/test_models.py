"""The models that a node knows, over HTTP alone."""

from collections.abc import Iterator

import httpx
import pytest
from tests.clients import ok
from tests.journey.networks import Network, network


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("models")) as made:
        yield made


def ask(running: Network, query: str) -> list[dict[str, str]]:
    """Ask the catalogue's door a query, as the public; returns the rows."""
    url = f"{running.orchestrator.url}/sparql/catalogue"
    answer = ok(httpx.post(url, data={"query": query}, headers={"Accept": "application/sparql-results+json"}))
    return [{name: term["value"] for name, term in row.items()} for row in answer["results"]["bindings"]]


def test_each_version_of_a_model_is_a_named_graph(running: Network) -> None:
    graphs = f"{running.orchestrator.url}/graph/ontology"
    classes = "?s a <http://www.w3.org/2002/07/owl#Class>"
    rows = ask(running, f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ {classes} }} }} GROUP BY ?g")
    sizes = {row["g"]: int(row["n"]) for row in rows}
    assert sizes[f"{graphs}/cgmes-2.4.15/2.4.15"] > 400
    assert sizes[f"{graphs}/cgmes-3.0/3.0.0"] > 400
    assert f"{graphs}/virtuales/1" in sizes


def test_a_question_about_a_model_names_its_graph(running: Network) -> None:
    pattern = "?unit WHERE { %s } LIMIT 5"
    line = "<http://iec.ch/TC57/CIM100#ACLineSegment.r> <https://w3id.org/virtuales/ns#unit> ?unit"
    graph = f"<{running.orchestrator.url}/graph/ontology/cgmes-3.0/3.0.0>"
    assert ask(running, "SELECT " + pattern % f"GRAPH {graph} {{ {line} }}") == [{"unit": "ohm"}]
    assert ask(running, "SELECT " + pattern % line) == []
