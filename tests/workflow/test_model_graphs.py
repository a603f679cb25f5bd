"""Model graphs: one for each registered version, as the registry has it, at the catalogue's door."""

import json
from pathlib import Path

import pytest
from tests.books import NOON
from tests.workflow.registry_node import orchestrator

from virtuales.clock import ManualClock
from virtuales.models.facts import ClassFact, Model, by_iri
from virtuales.query.protocol import QueryRequest
from virtuales.query.streams import whole
from virtuales.rdf.media import RESULTS_JSON
from virtuales.workflow.discover import query_catalogue
from virtuales.workflow.model_graphs import keep_model_graphs, model_graphs
from virtuales.workflow.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return orchestrator(tmp_path, ManualClock(NOON))


def vocabulary(version: str, label: str) -> Model:
    return Model("words", version=version, classes=by_iri([ClassFact("http://words.example/#Line", label)]))


def labels(workspace: Workspace, pattern: str) -> list[str]:
    """Return the labels of the line that the public finds at the catalogue's door, by graph."""
    query = f'SELECT ?g ?l WHERE {{ {pattern} FILTER(STR(?s) = "http://words.example/#Line") }} ORDER BY ?g'
    answer = whole(query_catalogue(workspace, None, QueryRequest(query, accept=RESULTS_JSON)))
    return [row["l"]["value"] for row in json.loads(answer.body)["results"]["bindings"]]


LABEL = "?s <http://www.w3.org/2000/01/rdf-schema#label> ?l ."


def test_versions_stand_side_by_side_and_outside_the_default_graph(workspace: Workspace) -> None:
    workspace.models.add(vocabulary("1", "Line"))
    workspace.models.add(vocabulary("2", "Circuit"))
    assert keep_model_graphs(workspace) == 2
    assert labels(workspace, f"GRAPH ?g {{ {LABEL} }}") == ["Line", "Circuit"]
    assert labels(workspace, LABEL) == []
    assert [graph.value for graph in model_graphs(workspace)] == [
        "https://registry.example/graph/ontology/words/1",
        "https://registry.example/graph/ontology/words/2",
    ]


def test_only_what_changed_is_loaded_again(workspace: Workspace) -> None:
    workspace.models.add(vocabulary("1", "Line"))
    workspace.models.add(vocabulary("2", "Circuit"))
    keep_model_graphs(workspace)
    assert keep_model_graphs(workspace) == 0
    workspace.models.add(vocabulary("2", "Wire"), replacing=True)
    assert keep_model_graphs(workspace) == 1
    assert labels(workspace, f"GRAPH ?g {{ {LABEL} }}") == ["Line", "Wire"]
    workspace.models.remove("words@1")
    assert keep_model_graphs(workspace) == 1
    assert labels(workspace, f"GRAPH ?g {{ {LABEL} }}") == ["Wire"]
