"""Whose model is written: the transmission owner's, the distribution operator's, or the system operator's whole."""

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from virtuales.demonstration.network.cimxml import DEPENDENCIES, PROFILES, Header, Profile
from virtuales.demonstration.network.distribution import write_distribution
from virtuales.demonstration.network.model import GridModel
from virtuales.demonstration.network.plan import GridPlan, plan_grid
from virtuales.demonstration.network.spec import NetworkSpec
from virtuales.demonstration.network.transmission import write_transmission

View = Literal["transmission", "distribution", "system"]
VIEWS: tuple[View, ...] = get_args(View)


@dataclass(frozen=True)
class ModelFile:
    """One CIM/XML instance file of a model.

    Args:
        name: Its file name.
        profile: The short name of its profile.
        content: Its bytes, UTF-8.
    """

    name: str
    profile: Profile
    content: bytes


@dataclass(frozen=True)
class _Kind:
    """How a view is made: what its files are called, who answers for it, what it says of itself, what it holds."""

    code: str
    authority: str
    description: str
    write: Callable[[GridModel, GridPlan], None]


def _transmission(model: GridModel, plan: GridPlan) -> None:
    write_transmission(model, plan, equivalents=True)


def _distribution(model: GridModel, plan: GridPlan) -> None:
    write_distribution(model, plan, equivalents=True)


def _system(model: GridModel, plan: GridPlan) -> None:
    write_transmission(model, plan, equivalents=False)
    write_distribution(model, plan, equivalents=False)


_KINDS: Mapping[View, _Kind] = MappingProxyType(
    {
        "transmission": _Kind(
            "NORTHMOOR",
            "https://northmoor.example/modelling",
            "Base model of the 400 and 275 kV network; distribution networks as equivalents at the 132 kV busbars.",
            _transmission,
        ),
        "distribution": _Kind(
            "VALE",
            "https://vale-networks.example/modelling",
            "Base model of the 132, 33 and 11 kV networks; transmission as equivalents at the supply points.",
            _distribution,
        ),
        "system": _Kind(
            "NBO",
            "https://balancing.example/modelling",
            "Merged base case of transmission and distribution at the highest half hour of week 24.",
            _system,
        ),
    }
)


def generate(spec: NetworkSpec, view: View = "system") -> tuple[ModelFile, ...]:
    """Generate one view of a sample grid as CGMES 3.0 files: EQ, SC, SSH, TP and GL.

    Equal specifications give equal bytes, and an object that two views share has the same mRID in both.

    Args:
        spec: The grid's size and scenario.
        view: Whose model it is to be.

    Returns:
        The files, in the order EQ, SC, SSH, TP, GL.
    """
    kind = _KINDS[view]
    model = GridModel(spec.seed)
    kind.write(model, plan_grid(spec))
    model.write_topology()
    names = {profile: model.mrid("FullModel", view, profile, repr(spec)) for profile in PROFILES}
    files = []
    for profile in PROFILES:
        header = Header(
            model=names[profile],
            profile=profile,
            depends_on=tuple(names[other] for other in DEPENDENCIES[profile]),
            authority=kind.authority,
            created=spec.created,
            scenario=spec.scenario_time,
            description=kind.description,
        )
        name = f"{spec.scenario_time:%Y%m%dT%H%MZ}_{kind.code}_{profile}_001.xml"
        files.append(ModelFile(name, profile, model.files[profile].to_bytes(header)))
    return tuple(files)


def archive(files: tuple[ModelFile, ...], modified: datetime) -> bytes:
    """Pack the files of one model into a zip; equal files and an equal time give equal bytes (with one zlib)."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for file in files:
            entry = zipfile.ZipInfo(file.name, modified.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            package.writestr(entry, file.content, compresslevel=9)
    return buffer.getvalue()


def write_archive(spec: NetworkSpec, view: View, path: Path) -> Path:
    """Generate one view of a sample grid and write it as one zip; return the path."""
    path.write_bytes(archive(generate(spec, view), spec.created))
    return path
