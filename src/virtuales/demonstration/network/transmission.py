"""The transmission owner's part: 400 and 275 kV network, supergrid transformers, 132 kV busbars below them."""

import math

from virtuales.demonstration.network.equipment import bay, breaker, busbar, circuit, transformer, voltage_level
from virtuales.demonstration.network.model import GridModel, Level, Node
from virtuales.demonstration.network.plan import Demand, GridPlan, GridSupplyPoint, Site, Zone, distance_km
from virtuales.demonstration.network.plant import (
    GENERATOR_KV,
    OVERHEAD_275,
    OVERHEAD_400,
    SUPERGRID_400_132,
    SUPERGRID_400_275,
    Conductor,
    generator_transformer,
)
from virtuales.demonstration.network.sources import Output, generating_unit, grid_infeed, network_demand

DETOUR = 1.15
"""How much longer a circuit is than the straight line between its ends."""

_NATIONAL_SHARE = 0.1
"""The share of the first zone's transfer that comes from the national system; power stations give the rest."""

_SMALLEST_UNIT_MW = 300.0


def write_transmission(model: GridModel, plan: GridPlan, *, equivalents: bool) -> None:
    """Write the transmission network of a plan.

    Args:
        model: The model to write to.
        plan: The grid.
        equivalents: Whether the distribution networks below the supply points are replaced by equivalents; False when
            the model holds them too.
    """
    for index, zone in enumerate(plan.zones):
        hub = _hub(model, zone, _transfer(zone) * (1.0 if index else 1.0 - _NATIONAL_SHARE))
        if index == 0:
            share = round(_transfer(zone) * _NATIONAL_SHARE, 1)
            grid_infeed(model, "National system equivalent", hub, Demand(share, 0.0), fault_ka=40.0)
        else:
            before = busbar(model, voltage_level(model, plan.zones[index - 1].hub, 400))
            circuit_pair(model, before, hub, OVERHEAD_400)
        start = hub
        for supply in zone.grid_supply_points:
            end = _supply_point(model, supply, equivalents=equivalents)
            circuit_pair(model, start, end, OVERHEAD_400)
            start = end
        _cross_link(model, zone, hub, start)


def boundary_busbars(model: GridModel, supply: GridSupplyPoint) -> tuple[Node, Node]:
    """Write the 132 kV busbars at which the two owners' networks meet; both name them alike.

    Returns:
        The two sections, which a closed breaker couples.
    """
    level = voltage_level(model, supply.site, 132)
    sections = (busbar(model, level, 1), busbar(model, level, 2))
    breaker(model, f"{level.name} bus section breaker", *sections)
    return sections


def circuit_pair(model: GridModel, start: Node, end: Node, conductor: Conductor) -> tuple[str, str]:
    """Write two parallel circuits with a breaker at each end; return their mRIDs."""
    km = max(1.0, distance_km(start.level.site, end.level.site) * DETOUR)
    route = f"{start.level.site.name} to {end.level.site.name} {conductor.kv:g} kV"
    first, second = (
        circuit(
            model,
            f"{route} circuit {number}",
            (bay(model, start, f"{route} circuit {number}"), bay(model, end, f"{route} circuit {number}")),
            conductor,
            km,
        )
        for number in (1, 2)
    )
    return first, second


def _transfer(zone: Zone) -> float:
    return sum(supply.transfer.mw for supply in zone.grid_supply_points)


def _hub(model: GridModel, zone: Zone, output_mw: float) -> Node:
    """Write a hub with its gas-fired power station of two units and return its 400 kV busbar."""
    bar = busbar(model, voltage_level(model, zone.hub, 400))
    mw = round(output_mw / 2, 1)
    capacity = max(_SMALLEST_UNIT_MW, math.ceil(mw / 0.8 / 50) * 50.0)
    for number in (1, 2):
        _unit(model, zone.hub, bar, number, Output(capacity, mw, GENERATOR_KV))
    return bar


def _unit(model: GridModel, hub: Site, bar: Node, number: int, output: Output) -> None:
    level = voltage_level(model, hub, GENERATOR_KV)
    name = f"{hub.name} power station unit {number}"
    terminals = model.node(level, f"unit {number} terminals")
    generating_unit(model, name, terminals, "ThermalGeneratingUnit", output)
    design = generator_transformer(round(output.capacity_mw / 0.8, 1))
    transformer(model, f"{name} generator transformer", (bay(model, bar, f"unit {number}"), terminals), design)


def _supply_point(model: GridModel, supply: GridSupplyPoint, *, equivalents: bool) -> Node:
    """Write a grid supply point and return its 400 kV busbar."""
    high = busbar(model, voltage_level(model, supply.site, 400))
    sections = boundary_busbars(model, supply)
    count = transformers_needed(supply)
    drop = SUPERGRID_400_132.voltage_drop(supply.transfer.mw / count, supply.transfer.mvar / count)
    for number in range(1, count + 1):
        name = f"{supply.site.name} SGT{number}"
        ends = (bay(model, high, f"SGT{number}"), bay(model, sections[number % 2], f"SGT{number}"))
        transformer(model, name, ends, SUPERGRID_400_132, boost=drop)
    if equivalents:
        network_demand(model, f"{supply.site.name} distribution network equivalent", sections[0], supply.transfer)
    return high


def transformers_needed(supply: GridSupplyPoint) -> int:
    """Return how many supergrid transformers carry the demand with one of them out of service."""
    demand = supply.demand
    return max(2, math.ceil(math.hypot(demand.mw, demand.mvar) / SUPERGRID_400_132.mva) + 1)


def _cross_link(model: GridModel, zone: Zone, hub: Node, last: Node) -> None:
    """Close the ring from the hub to the zone's last supply point with a pair of 275 kV circuits."""
    near = _interbus(model, zone.hub, hub)
    far = _interbus(model, last.level.site, last)
    circuit_pair(model, near, far, OVERHEAD_275)


def _interbus(model: GridModel, site: Site, bar: Node) -> Node:
    level: Level = voltage_level(model, site, 275)
    low = busbar(model, level)
    for number in (1, 2):
        name = f"{site.name} interbus transformer {number}"
        ends = (bay(model, bar, f"interbus transformer {number}"), bay(model, low, f"interbus transformer {number}"))
        transformer(model, name, ends, SUPERGRID_400_275)
    return low
