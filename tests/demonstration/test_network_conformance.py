"""Sample network models against shapes: those registered here, and the published ones of CGMES 3.0.

Files are typed by our own reader and judged by an engine that is not ours (`shacl`, on PyPI).
"""

from io import BytesIO
from pathlib import Path

import pytest
import shacl
from tests.shared_data import shared

from virtuales.demonstration.network import VIEWS, NetworkSpec, View, generate
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.reader import CimReader
from virtuales.resources import contributed

PUBLISHED = {
    "EQ": "Equipment",
    "SC": "ShortCircuit",
    "SSH": "SteadyStateHypothesis",
    "TP": "Topology",
    "GL": "GeographicalLocation",
}
MORE_PUBLISHED = (
    "61970-301_Equipment-AP-Con-Complex-NotSolvedMAS",
    "61970-452_Equipment-AP-Con-Complex",
    "61970-452_ShortCircuit-AP-Con-Complex",
    "61970-456_SteadyStateHypothesis-AP-Con-Complex",
    "61970-456_SteadyStateHypothesis-AP-Con-Complex-NotSolvedMAS",
    "61970-456_Topology-AP-Con-Complex",
    "61970-456_Topology-AP-Con-Complex-Explicit-CrossProfile",
    "61970-600-1_AllProfiles-AP-Con-Complex",
    "61970-600-2_Equipment-AP-Con-Complex",
    "61970-600-2_ShortCircuit-AP-Con-Complex",
    "61968-13_GeographicalLocation-AP-Con-Complex",
)


@pytest.fixture(scope="module")
def typed() -> dict[View, dict[str, str]]:
    """Return every file of every view as N-Triples, by profile."""
    reader = CimReader(ModelRegistry.load(contributed("ontology")), "https://example.org/models")
    graphs: dict[View, dict[str, str]] = {}
    for view in VIEWS:
        graphs[view] = {}
        for file in generate(NetworkSpec(), view):
            sink = BytesIO()
            reading = reader.read(BytesIO(file.content), sink, name=file.name)
            assert reading.short_profiles == (file.profile,)
            graphs[view][file.profile] = sink.getvalue().decode()
    return graphs


def complaints(shapes: Path, graph: str) -> list[str]:
    """Return what breaks the shapes, one line a result."""
    report = shacl.Shapes.from_file(str(shapes)).validate_text(graph, "ntriples")
    return [
        f"{result.focus_node} {result.path} {result.value}: {result.message}"
        for result in report.results
        if result.severity == "Violation"
    ]


def published(name: str) -> Path:
    return shared(f"data/cim/profiles/cgmes-3.0/SHACL/{name}-SHACL.ttl")


def test_shapes_notice_what_is_missing(typed: dict[View, dict[str, str]]) -> None:
    lines = typed["distribution"]["EQ"].splitlines(keepends=True)
    without = "".join(line for line in lines if "Switch.normalOpen" not in line)
    assert complaints(contributed("shapes") / "cgmes-3.0" / "EQ.ttl", without)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("profile", list(PUBLISHED))
def test_conforms_to_the_registered_shapes(typed: dict[View, dict[str, str]], view: View, profile: str) -> None:
    folder = contributed("shapes") / "cgmes-3.0"
    assert complaints(folder / f"{profile}.ttl", typed[view][profile]) == []
    assert complaints(folder / "FH.ttl", typed[view][profile]) == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("profile", list(PUBLISHED))
def test_conforms_to_the_published_shapes(typed: dict[View, dict[str, str]], view: View, profile: str) -> None:
    shapes = published(f"61970-600-2_{PUBLISHED[profile]}-AP-Con-Simple")
    assert complaints(shapes, typed[view][profile]) == []
    assert complaints(published("61970-552-Header-AP-Con-Simple"), typed[view][profile]) == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", MORE_PUBLISHED)
def test_conforms_to_the_published_rules(typed: dict[View, dict[str, str]], view: View, name: str) -> None:
    whole = "".join(sorted({line for graph in typed[view].values() for line in graph.splitlines(keepends=True)}))
    assert complaints(published(name), whole) == []
