"""Sample network models in software of others: they load, solve, and bear the re-routing study.

pypowsybl (PowSyBl) solves the standard and the re-routed cases; pandapower is the second opinion.
"""

import importlib
import warnings
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd
import pytest

from virtuales.demonstration.network import (
    VIEWS,
    GridModel,
    NetworkSpec,
    View,
    generate,
    open_point_name,
    plan_grid,
    sample_packages,
    write_archive,
)

# pypowsybl is typed but re-exports nothing explicitly, so a type checker cannot see its public names.
Network: TypeAlias = Any
Series: TypeAlias = Any
Parameters: TypeAlias = Any
networks: Any = importlib.import_module("pypowsybl.network")
load_flow: Any = importlib.import_module("pypowsybl.loadflow")

SPEC = NetworkSpec()
SOLVE = load_flow.Parameters(distributed_slack=False, component_mode=load_flow.ComponentMode.ALL_CONNECTED)
SOLVE_WITH_TAPS = load_flow.Parameters(
    distributed_slack=False,
    component_mode=load_flow.ComponentMode.ALL_CONNECTED,
    transformer_voltage_control_on=True,
)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[View, Path]:
    directory = tmp_path_factory.mktemp("models")
    packages = sample_packages(directory, SPEC)
    return dict(zip(VIEWS, (package.archive for package in packages), strict=True))


def converge(network: Network, parameters: Parameters = SOLVE) -> int:
    """Solve the network and return the number of islands, every one of them solved."""
    results = load_flow.run_ac(network, parameters)
    assert {result.status for result in results} == {load_flow.ComponentStatus.CONVERGED}
    return len(results)


def voltages(network: Network) -> Series:
    """Return every bus's voltage in per unit."""
    buses, levels = network.get_buses(), network.get_voltage_levels()
    return buses["v_mag"] / buses["voltage_level_id"].map(levels["nominal_v"])


def loadings(network: Network) -> Series:
    """Return the loading of every circuit and transformer end that carries current, relative to its PATL."""
    limits = network.get_loading_limits().reset_index()
    permanent = limits[(limits["type"] == "CURRENT") & (limits["acceptable_duration"] == -1)]
    currents = pd.concat([network.get_lines()[["i1", "i2"]], network.get_2_windings_transformers()[["i1", "i2"]]])
    rated = permanent.merge(currents, left_on="element_id", right_index=True)
    assert set(rated["element_id"]) == set(currents.index), "every circuit and transformer has a rating"
    flow = rated["i1"].where(rated["side"] == "ONE", rated["i2"])
    return (flow / rated["value"]).dropna()


def breaker(spec: NetworkSpec) -> str:
    one, other = (supply.site.name for supply in plan_grid(spec).grid_supply_points[:2])
    return GridModel(spec.seed).mrid("Breaker", open_point_name(one, other))


def far_transformers() -> list[str]:
    """Return the supergrid transformers of the second grid supply point."""
    name = plan_grid(SPEC).grid_supply_points[1].site.name
    return [GridModel(SPEC.seed).mrid("PowerTransformer", f"{name} SGT{number}") for number in (1, 2)]


@pytest.mark.parametrize(("view", "islands"), [("transmission", 1), ("distribution", 2), ("system", 1)])
def test_a_model_loads_alone_and_solves_within_limits(archives: dict[View, Path], view: View, islands: int) -> None:
    network = networks.load(archives[view])
    assert converge(network) == islands
    assert voltages(network).between(0.95, 1.05).all()
    assert loadings(network).max() < 1.0


def test_models_agree_at_the_boundary(archives: dict[View, Path]) -> None:
    transmission, distribution = networks.load(archives["transmission"]), networks.load(archives["distribution"])
    converge(distribution)
    taken = transmission.get_generators().query("name.str.contains('distribution network equivalent')")
    given = distribution.get_generators().query("name.str.contains('transmission system equivalent')")
    assert len(taken) == len(given) == 2
    assert sorted(-taken["target_p"]) == pytest.approx(sorted(-given["p"]), abs=1.0)
    assert sorted(-taken["target_q"]) == pytest.approx(sorted(-given["q"]), abs=6.0)


def test_the_operators_case_balances_generation_demand_and_losses(archives: dict[View, Path]) -> None:
    network = networks.load(archives["system"])
    converge(network)
    demand = sum(supply.demand.mw for supply in plan_grid(SPEC).grid_supply_points)
    assert network.get_loads()["p0"].sum() == pytest.approx(demand, abs=0.01)
    losses = -network.get_generators()["p"].sum() - demand
    assert 0.002 * demand < losses < 0.04 * demand


def test_closing_the_open_point_couples_the_supply_points(archives: dict[View, Path]) -> None:
    network = networks.load(archives["distribution"])
    switch = breaker(SPEC)
    assert network.get_switches().loc[switch, "open"]
    assert converge(network) == 2
    network.update_switches(id=switch, open=False)
    assert converge(network) == 1


def test_one_supply_point_is_rerouted_when_a_transformer_is_out(archives: dict[View, Path]) -> None:
    network = networks.load(archives["system"])
    network.update_switches(id=breaker(SPEC), open=False)
    network.disconnect(far_transformers()[0])
    assert converge(network) == 1
    assert voltages(network).between(0.95, 1.05).all()
    assert loadings(network).max() < 1.0


def test_one_supply_point_carries_the_other_when_all_its_transformers_are_out(archives: dict[View, Path]) -> None:
    network = networks.load(archives["system"])
    network.update_switches(id=breaker(SPEC), open=False)
    for transformer in far_transformers():
        network.disconnect(transformer)
    assert converge(network, SOLVE_WITH_TAPS) == 1
    levels = network.get_voltage_levels()["nominal_v"]
    assert voltages(network)[network.get_buses()["voltage_level_id"].map(levels) < 132].between(0.95, 1.05).all()
    assert voltages(network).min() > 0.9, "132 kV stays within ten per cent"
    assert loadings(network).max() < 1.0
    interconnection = network.get_lines().query("name.str.endswith('interconnection')").iloc[0]
    transfer = plan_grid(SPEC).grid_supply_points[1].transfer.mw
    assert abs(interconnection["p1"]) == pytest.approx(transfer, rel=0.05)


def test_without_the_interconnection_the_same_outage_leaves_a_dead_island(archives: dict[View, Path]) -> None:
    network = networks.load(archives["system"])
    for transformer in far_transformers():
        network.disconnect(transformer)
    results = load_flow.run_ac(network, SOLVE)
    solved = [result for result in results if result.status == load_flow.ComponentStatus.CONVERGED]
    assert len(solved) == 1
    assert voltages(network).isna().any()


def test_tap_changers_hold_voltage_when_let(archives: dict[View, Path]) -> None:
    network = networks.load(archives["system"])
    converge(network, SOLVE_WITH_TAPS)
    assert voltages(network).between(0.97, 1.03).all()


@pytest.mark.parametrize(
    "spec",
    [
        NetworkSpec(grid_supply_points=1, bulk_supply_points=1, feeders=0),
        NetworkSpec(grid_supply_points=3, bulk_supply_points=2, feeders=1, seed=7),
        NetworkSpec(grid_supply_points=20, bulk_supply_points=4, feeders=2),
    ],
)
def test_grids_of_other_sizes_solve_too(spec: NetworkSpec, tmp_path: Path) -> None:
    network = networks.load(write_archive(spec, "system", tmp_path / "model.zip"))
    assert converge(network) == 1
    assert voltages(network).between(0.95, 1.05).all()
    assert loadings(network).max() < 1.0


@pytest.mark.parametrize("view", VIEWS)
def test_pandapower_places_everything_and_solves_to_the_same_voltages(archives: dict[View, Path], view: View) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its readers warn about pandas to come; no business of ours
        import pandapower  # noqa: PLC0415 - the import itself warns
        from pandapower.converter.cim.cim2pp.from_cim import from_cim  # noqa: PLC0415 - as above

        second = from_cim([str(archives[view])], cgmes_version="ltds")
        pandapower.runpp(second, init="dc", calculate_voltage_angles=True, numba=False)
    assert second.bus["geo"].notna().all()
    assert second.line["geo"].notna().all()
    first = networks.load(archives[view])
    converge(first)
    seen = second.res_bus["vm_pu"].dropna()
    assert seen.min() == pytest.approx(voltages(first).min(), abs=1e-3)
    assert seen.max() == pytest.approx(voltages(first).max(), abs=1e-3)


def test_files_of_a_model_load_when_unpacked(tmp_path: Path) -> None:
    for file in generate(SPEC, "distribution"):
        (tmp_path / file.name).write_bytes(file.content)
    assert len(networks.load(tmp_path).get_substations()) == SPEC.sites - 1
