"""The notebook of the guide runs as it stands: its cells one after the other, and whole in a kernel of Jupyter."""

from pathlib import Path
from typing import Any
from uuid import UUID

import nbformat
import pytest
from nbclient import NotebookClient
from tests.journey.networks import Network
from tests.journey.small_model import coordinate_system, small_model

from virtuales.cli.client.profile import Profile, save_profile

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebooks" / "asking-producers.ipynb"
SYSTEM = UUID(int=0x77, version=4)


@pytest.fixture
def notebook(doors: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - nbformat's own
    """The notebook, where `vale` is logged in and has data of its own."""
    vale = doors.members["vale"]
    vale.provide("notebook", [("gl.xml", small_model(77, body=coordinate_system(SYSTEM, name="notebook's grid")))])
    monkeypatch.setenv("VIRTUALES_CONFIG_DIR", str(tmp_path))
    save_profile("default", Profile(doors.orchestrator.url, vale.home, vale.client_id, vale.client_secret))
    return nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]  # nbformat has types in part


def test_the_cells_of_the_notebook_run(notebook: Any) -> None:  # noqa: ANN401 - as above
    nbformat.validate(notebook)
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not cell.outputs, "the notebook is kept without what it once gave"
            exec(compile(cell.source, cell.id, "exec"), names)  # noqa: S102 - it is ours
    assert str(SYSTEM) in set(names["objects"]["mrid"])
    assert "answered" in set(names["sources"]["state"])
    assert len(names["classes"])
    assert len(names["attributes"])


@pytest.mark.long
def test_the_notebook_runs_in_a_kernel(notebook: Any) -> None:  # noqa: ANN401 - as above
    NotebookClient(notebook, timeout=300).execute()
    (shown,) = [cell.outputs for cell in notebook.cells if cell.source.startswith("sources =")]
    assert "answered" in shown[-1]["data"]["text/plain"]
