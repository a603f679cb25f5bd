"""What each sample organisation publishes: its network model and, for the system operator, the week-24 demand."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from virtuales.demonstration.network.plan import GridPlan, plan_grid
from virtuales.demonstration.network.spec import NetworkSpec
from virtuales.demonstration.network.views import View, write_archive
from virtuales.demonstration.network.week24 import week24_csv
from virtuales.errors import InputError

Sensitivity = Literal["O", "SA", "SB", "SP", "C"]


@dataclass(frozen=True)
class SamplePackage:
    """A dataset that a sample organisation is to publish.

    Args:
        organisation: The key of its producer in `SAMPLE_ORGANISATIONS`.
        title: The dataset's title.
        description: What it holds, a few sentences.
        archive: The zip of its CGMES 3.0 files.
        week24: The table of half-hourly demand in week 24; None for who has none.
        sensitivity: The letter of its class in the triage of energy data: open, shared (A, B, public interest), closed.
        licence: The SPDX identifier of its licence.
        bbox: The area it covers: west, south, east, north, in degrees (WGS 84).
        keywords: Words to find it by.
    """

    organisation: str
    title: str
    description: str
    archive: Path
    week24: Path | None
    sensitivity: Sensitivity
    licence: str
    bbox: tuple[float, float, float, float]
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class _Entry:
    """The words of a package."""

    organisation: str
    view: View
    title: str
    description: str
    sensitivity: Sensitivity
    licence: str
    keywords: tuple[str, ...]


_ENTRIES = (
    _Entry(
        "northmoor",
        "transmission",
        "Transmission base network model, northern marches",
        "Node-breaker model of the 400 and 275 kV network with its supergrid transformers, ratings and short-circuit "
        "data. Each distribution network is an equivalent injection at the 132 kV busbars of its grid supply point.",
        "SB",
        "OGL-UK-3.0",
        ("400 kV", "275 kV", "transmission", "grid supply point", "base model", "CGMES"),
    ),
    _Entry(
        "vale",
        "distribution",
        "Distribution base network model, northern marches",
        "Node-breaker model of the 132, 33 and 11 kV networks below two neighbouring grid supply points, with the "
        "normally-open 132 kV interconnection between them. The transmission system is an equivalent at each supply "
        "point.",
        "SA",
        "CC-BY-4.0",
        ("132 kV", "33 kV", "distribution", "bulk supply point", "interconnection", "base model", "CGMES"),
    ),
    _Entry(
        "balancing",
        "system",
        "Whole-system base case and week-24 demand, northern marches",
        "The transmission and distribution base models merged into one case at the highest half hour of week 24, and "
        "the half-hourly demand of that week at each grid supply point.",
        "SB",
        "OGL-UK-3.0",
        ("whole system", "week 24", "demand", "half-hourly", "grid supply point", "base case", "CGMES"),
    ),
)


def sample_packages(directory: Path, spec: NetworkSpec | None = None) -> list[SamplePackage]:
    """Write every sample organisation's files into a directory and describe them.

    Args:
        directory: An existing directory; a file of the same name is overwritten.
        spec: The grid; the standard one of two grid supply points when None.

    Returns:
        One package for each producer: transmission owner, distribution operator, system operator.

    Raises:
        InputError: the directory does not exist.
    """
    if not directory.is_dir():
        raise InputError(
            "There is no such directory to write the sample networks to.",
            where=str(directory),
            remedy="Make the directory first.",
        )
    grid = plan_grid(spec or NetworkSpec())
    return [_package(entry, grid, directory) for entry in _ENTRIES]


def bounding_box(plan: GridPlan, view: View) -> tuple[float, float, float, float]:
    """Return the area of a view's substations: west, south, east, north, in degrees (WGS 84)."""
    sites = list(plan.sites)
    if view == "transmission":
        sites = [zone.hub for zone in plan.zones] + [supply.site for supply in plan.grid_supply_points]
    if view == "distribution":
        hubs = {zone.hub.name for zone in plan.zones}
        sites = [site for site in sites if site.name not in hubs]
    longitudes, latitudes = [site.longitude for site in sites], [site.latitude for site in sites]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _package(entry: _Entry, plan: GridPlan, directory: Path) -> SamplePackage:
    archive = write_archive(plan.spec, entry.view, directory / f"{entry.organisation}-base-model.zip")
    week24 = None
    if entry.view == "system":
        week24 = directory / f"{entry.organisation}-week-24-demand.csv"
        week24.write_bytes(week24_csv(plan))
    return SamplePackage(
        organisation=entry.organisation,
        title=entry.title,
        description=entry.description,
        archive=archive,
        week24=week24,
        sensitivity=entry.sensitivity,
        licence=entry.licence,
        bbox=bounding_box(plan, entry.view),
        keywords=entry.keywords,
    )
