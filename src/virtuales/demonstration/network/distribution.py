"""The distribution operator's part: everything below the 132 kV busbars of the grid supply points."""

import math
from itertools import pairwise

from virtuales.demonstration.network.equipment import (
    bay,
    breaker,
    busbar,
    circuit,
    load,
    load_group,
    transformer,
    voltage_level,
)
from virtuales.demonstration.network.model import GridModel, Node
from virtuales.demonstration.network.plan import (
    BulkSupplyPoint,
    Demand,
    GridPlan,
    GridSupplyPoint,
    Primary,
    distance_km,
)
from virtuales.demonstration.network.plant import (
    GRID_132_33,
    OVERHEAD_33,
    OVERHEAD_132,
    PRIMARY_33_11,
    Conductor,
    TransformerType,
)
from virtuales.demonstration.network.sources import Output, generating_unit, grid_infeed
from virtuales.demonstration.network.transmission import DETOUR, boundary_busbars

LICENCE_AREA = "Vale Networks"

_CYCLIC = 1.3
"""What a primary transformer bears for the hours of an outage, as a multiple of its rating."""


def write_distribution(model: GridModel, plan: GridPlan, *, equivalents: bool) -> None:
    """Write the distribution networks of a plan.

    Args:
        model: The model to write to.
        plan: The grid.
        equivalents: Whether the transmission system above the supply points is replaced by equivalents; False when
            the model holds it too.
    """
    for zone in plan.zones:
        bars = {supply.site.name: _supply_point(model, supply, equivalents) for supply in zone.grid_supply_points}
        for one, other in pairwise(zone.grid_supply_points):
            _interconnection(model, bars[one.site.name][0], bars[other.site.name][1])


def open_point_name(one: str, other: str) -> str:
    """Return the name of the breaker at which the interconnection of two grid supply points is normally open."""
    return f"{other} 132 kV {_interconnection_name(one, other)} circuit breaker"


def _interconnection_name(one: str, other: str) -> str:
    return f"{one} to {other} 132 kV interconnection"


def _interconnection(model: GridModel, one: Node, other: Node) -> None:
    """Write the circuit that can carry one supply point's demand from the other, open at the far end."""
    name = _interconnection_name(one.level.site.name, other.level.site.name)
    ends = (bay(model, one, name), bay(model, other, name, normally_open=True))
    circuit(model, name, ends, OVERHEAD_132, distance_km(one.level.site, other.level.site) * DETOUR)


def _supply_point(model: GridModel, supply: GridSupplyPoint, equivalents: bool) -> tuple[Node, Node]:
    """Write what hangs on one grid supply point's 132 kV busbars and return these."""
    sections = boundary_busbars(model, supply)
    if equivalents:
        name = f"{supply.site.name} transmission system equivalent"
        grid_infeed(model, name, sections[0], supply.transfer, fault_ka=18.0)
    group = load_group(model, LICENCE_AREA, supply.site.name)
    for turn, point in enumerate(supply.bulk_supply_points):
        _bulk_supply_point(model, sections[turn % 2], point, group)
    return sections


def _bulk_supply_point(model: GridModel, source: Node, point: BulkSupplyPoint, group: str) -> None:
    low = _transformer_pair(model, source, point)
    if not point.primaries:
        load(model, f"{point.site.name} 33 kV demand", low[0], point.demand, group)
    for turn, primary in enumerate(point.primaries):
        _primary(model, low[turn % 2], primary, group)
    if point.wind_mw:
        name = f"{point.site.name} wind farm"
        node = bay(model, low[1], "wind farm")
        generating_unit(model, name, node, "WindGeneratingUnit", Output(round(point.wind_mw * 2.5), point.wind_mw))


def _transformer_pair(model: GridModel, source: Node, point: BulkSupplyPoint) -> tuple[Node, Node]:
    """Write two 132 kV circuits, each feeding a grid transformer directly, and the 33 kV busbars below.

    Returns:
        The two sections of the 33 kV busbar.
    """
    high, level = voltage_level(model, point.site, 132), voltage_level(model, point.site, 33)
    sections = (busbar(model, level, 1), busbar(model, level, 2))
    breaker(model, f"{level.name} bus section breaker", *sections)
    km = distance_km(source.level.site, point.site) * DETOUR
    boost = _boost(OVERHEAD_132, km, GRID_132_33, _share(point.transfer, 2))
    for number in (1, 2):
        end = _feeder(model, source, model.node(high, f"GT{number} node"), OVERHEAD_132, number)
        ends = (end, bay(model, sections[number - 1], f"GT{number}"))
        transformer(model, f"{point.site.name} GT{number}", ends, GRID_132_33, boost=boost)
    return sections


def _feeder(model: GridModel, source: Node, end: Node, conductor: Conductor, number: int) -> Node:
    """Write a circuit from a busbar to a transformer's own node, with breakers at both ends; return the inner node."""
    route = f"{source.level.site.name} to {end.level.site.name} {conductor.kv:g} kV circuit {number}"
    km = max(0.5, distance_km(source.level.site, end.level.site) * DETOUR)
    inner = bay(model, end, route)
    circuit(model, route, (bay(model, source, route), inner), conductor, km)
    return end


def _primary(model: GridModel, source: Node, primary: Primary, group: str) -> None:
    high, level = voltage_level(model, primary.site, 33), voltage_level(model, primary.site, 11)
    bar = busbar(model, level)
    km = distance_km(source.level.site, primary.site) * DETOUR
    count = transformers_needed(primary)
    boost = _boost(OVERHEAD_33, km, PRIMARY_33_11, _share(primary.demand, count))
    for number in range(1, count + 1):
        end = _feeder(model, source, model.node(high, f"T{number} node"), OVERHEAD_33, number)
        ends = (end, bay(model, bar, f"T{number}"))
        transformer(model, f"{primary.site.name} T{number}", ends, PRIMARY_33_11, boost=boost)
    load(model, f"{primary.site.name} 11 kV demand", bar, primary.demand, group)


def transformers_needed(primary: Primary) -> int:
    """Return how many primary transformers, each with its circuit, carry the demand with one out of service."""
    demand = primary.demand
    return max(2, math.ceil(math.hypot(demand.mw, demand.mvar) / (PRIMARY_33_11.mva * _CYCLIC)) + 1)


def _share(whole: Demand, count: int) -> Demand:
    return Demand(whole.mw / count, whole.mvar / count)


def _boost(conductor: Conductor, km: float, design: TransformerType, share: Demand) -> float:
    """Return the boost that makes up for the drop that a load causes along a circuit and its transformer."""
    along = (conductor.r * share.mw + conductor.x * share.mvar) * km / conductor.kv**2
    return along + design.voltage_drop(share.mw, share.mvar)
