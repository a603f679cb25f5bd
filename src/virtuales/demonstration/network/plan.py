"""The plan of a sample grid: which substations there are, where they stand and what they take; no CIM yet.

Distances follow from places, loads are those of the highest half hour of the week. Every number is drawn from the
specification's seed, so a plan is a function of its specification.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from virtuales.demonstration.network.names import place_names
from virtuales.demonstration.network.spec import NetworkSpec

GSPS_PER_ZONE = 2
POWER_FACTOR = 0.97
"""Of demand as the substations see it."""

_ORIGIN = (54.55, -2.75)
_SPAN = (3.2, 1.5)
"""Degrees of latitude and longitude that the zones of a large grid share."""


@dataclass(frozen=True)
class Site:
    """A substation's name and place (WGS 84, degrees)."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Demand:
    """A demand at the highest half hour of the week, in MW and MVAr."""

    mw: float
    mvar: float


@dataclass(frozen=True)
class Primary:
    """A 33/11 kV primary substation and its demand."""

    site: Site
    demand: Demand


@dataclass(frozen=True)
class BulkSupplyPoint:
    """A 132/33 kV bulk supply point.

    Args:
        site: Where it stands.
        demand: All demand below it.
        primaries: The primary substations below it; with none the demand stands on its 33 kV busbars.
        wind_mw: Output at the scenario's half hour of the wind farm connected at 33 kV; 0 when there is none.
    """

    site: Site
    demand: Demand
    primaries: tuple[Primary, ...]
    wind_mw: float

    @property
    def transfer(self) -> Demand:
        """An estimate of what the bulk supply point takes at 132 kV: losses added, embedded generation deducted."""
        stages = 2 if self.primaries else 1
        mw = self.demand.mw * (1 + 0.006 * stages) - self.wind_mw
        return Demand(round(mw, 2), round(self.demand.mvar + 0.07 * stages * self.demand.mw, 2))


@dataclass(frozen=True)
class GridSupplyPoint:
    """A 400/132 kV grid supply point with the bulk supply points it feeds."""

    site: Site
    bulk_supply_points: tuple[BulkSupplyPoint, ...]

    @property
    def demand(self) -> Demand:
        """Demand of all customers below the grid supply point, embedded generation not deducted."""
        points = self.bulk_supply_points
        return Demand(round(sum(p.demand.mw for p in points), 3), round(sum(p.demand.mvar for p in points), 3))

    @property
    def wind_mw(self) -> float:
        """Output of embedded wind farms."""
        return sum(point.wind_mw for point in self.bulk_supply_points)

    @property
    def transfer(self) -> Demand:
        """An estimate of what flows through the supergrid transformers, network losses included."""
        taken = [point.transfer for point in self.bulk_supply_points]
        return Demand(round(sum(one.mw for one in taken) * 1.002, 1), round(sum(one.mvar for one in taken), 1))


@dataclass(frozen=True)
class Zone:
    """A transmission hub with its power station and the neighbouring grid supply points it feeds."""

    hub: Site
    grid_supply_points: tuple[GridSupplyPoint, ...]


@dataclass(frozen=True)
class GridPlan:
    """A whole sample grid."""

    spec: NetworkSpec
    zones: tuple[Zone, ...]

    @property
    def grid_supply_points(self) -> tuple[GridSupplyPoint, ...]:
        """Every grid supply point, zone by zone."""
        return tuple(point for zone in self.zones for point in zone.grid_supply_points)

    @property
    def sites(self) -> tuple[Site, ...]:
        """Every substation."""
        return tuple(_sites(self))


def plan_grid(spec: NetworkSpec) -> GridPlan:
    """Draw a grid from its specification."""
    draw = _Draw(spec)
    zones = []
    for index in range(math.ceil(spec.grid_supply_points / GSPS_PER_ZONE)):
        count = min(GSPS_PER_ZONE, spec.grid_supply_points - index * GSPS_PER_ZONE)
        zones.append(draw.zone(index, count))
    return GridPlan(spec=spec, zones=tuple(zones))


def distance_km(start: Site, end: Site) -> float:
    """Return the great-circle distance between two substations in kilometres."""
    lat1, lat2 = math.radians(start.latitude), math.radians(end.latitude)
    half_lat, half_lon = (lat2 - lat1) / 2, math.radians(end.longitude - start.longitude) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(chord))


class _Draw:
    """Draws names, places and loads in one fixed order."""

    def __init__(self, spec: NetworkSpec) -> None:
        self._spec = spec
        self._random = random.Random(spec.seed)  # noqa: S311 - sample data, not secrets
        self._names = place_names(random.Random(spec.seed + 1))  # noqa: S311 - as above
        self._columns = math.ceil(math.sqrt(math.ceil(spec.grid_supply_points / GSPS_PER_ZONE)))

    def zone(self, index: int, count: int) -> Zone:
        row, column = divmod(index, self._columns)
        if row % 2:  # back and forth, so that hubs that follow each other stand next to each other
            column = self._columns - 1 - column
        step = max(1, self._columns - 1)
        hub = self._site(
            _ORIGIN[0] + min(0.55, _SPAN[1] / step) * row,
            _ORIGIN[1] + min(1.1, _SPAN[0] / step) * column,
        )
        return Zone(hub, tuple(self._grid_supply_point(hub, place) for place in range(count)))

    def _grid_supply_point(self, hub: Site, place: int) -> GridSupplyPoint:
        """Put the zone's grid supply points 15 to 20 km apart, south-east of the hub."""
        site = self._site(hub.latitude - 0.2 - 0.05 * place, hub.longitude + 0.15 + 0.26 * place)
        count = self._spec.bulk_supply_points
        points = tuple(self._bulk_supply_point(site, place, turn) for turn in range(count))
        return GridSupplyPoint(site, points)

    def _bulk_supply_point(self, around: Site, place: int, turn: int) -> BulkSupplyPoint:
        """Fan the bulk supply points out on the side that faces away from the neighbouring grid supply point."""
        share = (turn + 0.5) / self._spec.bulk_supply_points
        bearing = math.pi * (share + (0.5 if place == 0 else -0.5))
        site = self._near(around, bearing, self._random.uniform(7, 13))
        mw = round(self._random.uniform(36, 54), 1)
        primaries = self._primaries(site, mw)
        wind = round(self._random.uniform(8, 18), 1) if turn == 0 else 0.0
        demand = Demand(mw, reactive(mw))
        if primaries:
            demand = Demand(
                round(sum(p.demand.mw for p in primaries), 2), round(sum(p.demand.mvar for p in primaries), 2)
            )
        return BulkSupplyPoint(site, demand, primaries, wind)

    def _primaries(self, around: Site, mw: float) -> tuple[Primary, ...]:
        weights = [self._random.uniform(0.8, 1.2) for _ in range(self._spec.feeders)]
        primaries = []
        for turn, weight in enumerate(weights):
            bearing = 2 * math.pi * turn / len(weights) + self._random.uniform(0, 0.6)
            site = self._near(around, bearing, self._random.uniform(2.5, 5))
            share = round(mw * weight / sum(weights), 2)
            primaries.append(Primary(site, Demand(share, reactive(share))))
        return tuple(primaries)

    def _near(self, around: Site, bearing: float, km: float) -> Site:
        north, east = math.cos(bearing) * km / 111.2, math.sin(bearing) * km / 111.2
        return self._site(around.latitude + north, around.longitude + east / math.cos(math.radians(around.latitude)))

    def _site(self, latitude: float, longitude: float) -> Site:
        return Site(next(self._names), round(latitude, 5), round(longitude, 5))


def reactive(mw: float) -> float:
    """Return the reactive demand in MVAr that goes with an active demand."""
    return round(mw * math.tan(math.acos(POWER_FACTOR)), 2)


def _sites(plan: GridPlan) -> Iterator[Site]:
    for zone in plan.zones:
        yield zone.hub
        for supply in zone.grid_supply_points:
            yield supply.site
            for point in supply.bulk_supply_points:
                yield point.site
                yield from (primary.site for primary in point.primaries)
