"""The consumer's download opens in modelling software that others wrote, and solves: the first use case.

A transmission owner, a distribution operator and the system operator share base network models and the week-24
profile. The planner of another distribution operator finds the system operator's, asks for it, gets it and loads it in
its own software to study re-routing between the grid supply points.
"""

import csv
import importlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.clients import Member, problem
from tests.journey.networks import Network, network
from tests.journey.small_model import zipped
from tests.nodes import eventually
from tests.shared_data import shared

from virtuales.demonstration.network import (
    GridModel,
    NetworkSpec,
    SamplePackage,
    open_point_name,
    plan_grid,
    sample_packages,
)

MICRO_24 = "cgmes-2.4.15/MicroGrid-BaseCase/CGMES_v2.4.15_MicroGridTestConfiguration_"
MICRO_30 = "cgmes-3.0/MicroGrid-BaseCase/MicroGrid-"
PRODUCERS = ("northmoor", "vale", "balancing")
PLANNER = "dale"
BASE_MODEL, WEEK_24 = "base-model.zip", "week-24-demand.csv"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """Three producers and a planner, each with a node."""
    with network(tmp_path_factory.mktemp("use-case"), *PRODUCERS, PLANNER) as made:
        made.admit(*PRODUCERS, PLANNER)
        yield made


@pytest.fixture(scope="module")
def published(running: Network, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The versions that the three producers published, by producer."""
    packages = sample_packages(tmp_path_factory.mktemp("samples"))
    return {package.organisation: publish(running.members[package.organisation], package) for package in packages}


def publish(producer: Member, package: SamplePackage) -> str:
    slug = f"{package.organisation}-model"
    producer.describe(
        slug,
        title=package.title,
        description=package.description,
        licence=package.licence,
        sensitivity=package.sensitivity,
        keywords=list(package.keywords),
    )
    producer.send(slug, BASE_MODEL, package.archive.read_bytes())
    if package.week24:
        producer.send(slug, WEEK_24, package.week24.read_bytes())
    producer.prepare(slug)
    return producer.publish(slug)


def granted(producer: Member, planner: Member, version: str, place: Path, *names: str) -> list[Path]:
    """Ask, approve and download the files named into a folder; before, they are closed."""
    problem(planner.download(version, names[0]), 403)
    planner.request(version, justification="Study of re-routing between the grid supply points.")
    assert producer.approve(version)["state"] == "FINALIZED"
    files = [place / name for name in names]
    for file in files:
        answer = planner.download(version, file.name)
        assert answer.status_code == 200, answer.text
        file.write_bytes(answer.content)
    return files


def solve(file: Path, *, closed: str | None = None) -> Any:  # noqa: ANN401 - the library does not publish its types
    """Load a model in PowSyBl, close a switch, and solve every island of it; returns the network."""
    networks = pytest.importorskip("pypowsybl.network", reason="pypowsybl has no wheel for this machine")
    loadflow = importlib.import_module("pypowsybl.loadflow")
    loaded = networks.load(file)
    if closed:
        loaded.update_switches(id=closed, open=False)
    everything = loadflow.Parameters(distributed_slack=False, component_mode=loadflow.ComponentMode.ALL_CONNECTED)
    results = loadflow.run_ac(loaded, everything)
    assert {result.status for result in results} == {loadflow.ComponentStatus.CONVERGED}
    return loaded


def solve_in_pandapower(file: Path, *, edition: str) -> Any:  # noqa: ANN401 - as above
    """Load a model in pandapower and solve it; returns the network."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its readers warn about pandas to come; no business of ours
        pandapower = pytest.importorskip("pandapower", reason="pandapower has no wheel for this machine")
        reader = importlib.import_module("pandapower.converter.cim.cim2pp.from_cim")
        loaded = reader.from_cim([str(file)], cgmes_version=edition)
        pandapower.runpp(loaded, init="dc", calculate_voltage_angles=True, numba=False)
    assert loaded.converged
    return loaded


@pytest.mark.req("U1")
def test_a_planner_studies_rerouting_with_a_model_that_others_shared(
    running: Network, published: dict[str, str], tmp_path: Path
) -> None:
    planner, operator = running.members[PLANNER], running.members["balancing"]
    found = eventually(lambda: planner.catalogue(running.orchestrator.url, q="northern marches")["datasets"])
    eventually(lambda: planner.catalogue(running.orchestrator.url)["total"] == len(PRODUCERS))
    (case,) = planner.catalogue(running.orchestrator.url, q="whole-system")["datasets"]
    assert found
    version = f"{case['iri']}/version/{case['version']}"
    assert version == published["balancing"]
    model, demand = granted(operator, planner, version, tmp_path, BASE_MODEL, WEEK_24)
    spec = NetworkSpec()
    one, other = (supply.site.name for supply in plan_grid(spec).grid_supply_points[:2])
    interconnection = GridModel(spec.seed).mrid("Breaker", open_point_name(one, other))
    assert solve(model).get_switches().loc[interconnection, "open"]
    coupled = solve(model, closed=interconnection)
    assert not coupled.get_switches().loc[interconnection, "open"]
    line = coupled.get_lines().query("name.str.endswith('interconnection')").iloc[0]
    assert abs(line["p1"]) > 1.0, "power flows between the grid supply points"
    rows = list(csv.DictReader(io.StringIO(demand.read_text())))
    assert len(rows) % (7 * 48) == 0, "a week of half hours for each grid supply point"


@pytest.mark.parametrize("producer", ["northmoor", "vale"])
def test_an_owners_model_solves_in_both_programs(
    running: Network, published: dict[str, str], tmp_path: Path, producer: str
) -> None:
    members = running.members
    (model,) = granted(members[producer], members[PLANNER], published[producer], tmp_path, BASE_MODEL)
    first = solve(model)
    second = solve_in_pandapower(model, edition="ltds")
    nominal = first.get_buses()["voltage_level_id"].map(first.get_voltage_levels()["nominal_v"])
    seen = first.get_buses()["v_mag"] / nominal
    assert second.res_bus["vm_pu"].min() == pytest.approx(seen.min(), abs=1e-3)
    assert second.res_bus["vm_pu"].max() == pytest.approx(seen.max(), abs=1e-3)


@pytest.mark.parametrize(
    ("slug", "places", "buses"),
    [
        ("micro-24", (MICRO_24 + "BC_Assembled_v2", MICRO_24 + "BD_v2"), 10),
        ("micro-30", (MICRO_30 + "BaseCase-Merged",), 10),
    ],
)
def test_the_official_micro_grid_solves_after_its_journey(
    running: Network, tmp_path: Path, slug: str, places: tuple[str, ...], buses: int
) -> None:
    producer, planner = running.members["vale"], running.members[PLANNER]
    files = [file for place in places for file in sorted(shared("data/cim/" + place).rglob("*.xml"))]
    packed = zipped({file.name: file.read_bytes() for file in files})
    version = producer.provide(slug, [(BASE_MODEL, packed)])
    (model,) = granted(producer, planner, version, tmp_path, BASE_MODEL)
    assert model.read_bytes() == packed
    assert len(solve(model).get_buses()) == buses
    if slug == "micro-24":
        energised = solve_in_pandapower(model, edition="2.4.15").res_bus["vm_pu"].dropna()
        assert len(energised) == 16
        assert energised.between(0.95, 1.1).all()
