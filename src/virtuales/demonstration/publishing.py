"""The sample organisations describe, send, prepare and publish their models, each on its own node, over HTTP."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from virtuales.demonstration.cast import Player
from virtuales.demonstration.desk import Desk
from virtuales.demonstration.network import SamplePackage, sample_packages

TRIAGE_OF: Mapping[str, str] = MappingProxyType(
    {"O": "open", "SA": "shared", "SB": "shared", "SP": "shared", "C": "closed"}
)
SLUGS: Mapping[str, str] = MappingProxyType(
    {
        "northmoor": "transmission-base-model",
        "vale": "distribution-base-model",
        "balancing": "whole-system-base-case",
    }
)
"""The short name of each organisation's dataset, by the organisation's key."""

_PURPOSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "northmoor": ("NetworkPlanning", "SystemOperation", "ConnectionStudy"),
        "vale": ("NetworkPlanning", "SystemOperation", "ConnectionStudy", "Research"),
        "balancing": ("NetworkPlanning", "SystemOperation"),
    }
)
_HANDLING = "It shows where plant of importance to the supply of electricity stands, and how it is rated."
_DATASETS = "/api/v1/datasets"


def write_packages(directory: Path) -> dict[str, SamplePackage]:
    """Write the sample networks below a directory and return what each organisation is to publish, by its key."""
    place = directory / "networks"
    place.mkdir(exist_ok=True)
    return {package.organisation: package for package in sample_packages(place)}


def publish(desk: Desk, player: Player, package: SamplePackage) -> str:
    """Take a package through preparation and publication at its producer's node.

    Args:
        desk: The producer's steward.
        player: The producer's node.
        package: What is to be published.

    Returns:
        IRI of the published version.
    """
    slug, node = SLUGS[player.key], player.url
    desk.post(node, _DATASETS, _description(slug, player, package))
    for file in (package.archive, package.week24):
        if file is not None:
            desk.put_file(node, f"{_DATASETS}/{slug}/files/{file.name}", file)
    desk.post(node, f"{_DATASETS}/{slug}/preparation")
    offer = {"audience": "participants", "purposes": list(_PURPOSES[player.key])}
    return str(desk.post(node, f"{_DATASETS}/{slug}/versions", offer)["version"])


def _description(slug: str, player: Player, package: SamplePackage) -> dict[str, object]:
    west, south, east, north = package.bbox
    steward = player.organisation.contact_email if player.organisation else None
    return {
        "slug": slug,
        "title": package.title,
        "description": package.description,
        "licence": package.licence,
        "triage": TRIAGE_OF[package.sensitivity],
        "sensitivity": package.sensitivity,
        "handling_reason": _HANDLING,
        "keywords": list(package.keywords),
        "spatial": {"west": west, "south": south, "east": east, "north": north},
        "source": "The network planning system of the organisation (sample data).",
        "steward": steward,
    }
