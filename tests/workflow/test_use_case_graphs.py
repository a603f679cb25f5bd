"""The store's graphs of use cases are those of the registered files, whatever stood there before."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.alignment.use_cases.records import requirement, write_record
from tests.books import NOON
from tests.workflow.registry_node import orchestrator

from virtuales.alignment.use_cases.registry import UseCaseRegistry
from virtuales.clock import ManualClock
from virtuales.models.manifest import ListedFile
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode
from virtuales.workflow.use_case_graphs import keep_use_case_graphs, use_case_graphs
from virtuales.workflow.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An orchestrator that knows one use case."""
    path = write_record(tmp_path, [requirement("lines")])
    file = ListedFile(
        NamedNode("https://w3id.org/virtuales/use-case/small"), VES.UseCase, "small", path, "Written here.", "CC0-1.0"
    )
    return replace(orchestrator(tmp_path / "node", ManualClock(NOON)), use_cases=UseCaseRegistry([file]))


def requirements(workspace: Workspace) -> int:
    """Count the requirements in the store."""
    text = f"SELECT ?r WHERE {{ ?r a {VES.DataRequirement} }}"
    return len(workspace.store.select(text, graphs=use_case_graphs(workspace)))


def test_loads_a_record_once(workspace: Workspace) -> None:
    assert keep_use_case_graphs(workspace) == 1
    assert requirements(workspace) == 1
    assert keep_use_case_graphs(workspace) == 0


def test_loads_a_record_anew_when_its_file_changed(workspace: Workspace, tmp_path: Path) -> None:
    keep_use_case_graphs(workspace)
    write_record(tmp_path, [requirement("lines"), requirement("poles", number="S-02")])
    assert keep_use_case_graphs(workspace) == 1
    assert requirements(workspace) == 2


def test_drops_the_graph_of_a_record_that_is_gone(workspace: Workspace) -> None:
    keep_use_case_graphs(workspace)
    assert requirements(workspace) == 1
    gone = replace(workspace, use_cases=UseCaseRegistry(()))
    assert keep_use_case_graphs(gone) == 1
    assert requirements(workspace) == 0
