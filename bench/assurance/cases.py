"""What is judged or read: the cases as data, and the files that are made ready for them, which is not measured."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from assurance.synthetic import BASE, synthetic
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.package import read_package
from virtuales.preparation.cim.reader import CimReader
from virtuales.rdf.io import parse_file, serialize_quads
from virtuales.rdf.media import N_TRIPLES
from virtuales.rdf.terms import BlankNode, Triple
from virtuales.resources import contributed

CIM = Path(__file__).resolve().parents[3] / "shared/data/cim"
"""The published models and profiles, beside the checkout."""

JUDGE = ("judge", "judge-xml")
_EQUIPMENT = "profiles/cgmes-2.4.15/SHACL/EquipmentProfile.ttl"
_CGMES_3 = "profiles/cgmes-3.0/SHACL/*.ttl"
_FAULTY = (
    "Equipment-EU/constraints/IEC61970-301/3.0#ShuntCompensator.maximumSections-numberOfInstances",
    "SteadyStateHypothesis-EU/constraints/IEC61970-301/notSolved/3.0#ShuntCompensator.sections-valueNonLinear",
    "All-EU/constraints/IEC61970-600-1/3.0#FullModel",
)


class Missing(Exception):
    """The published files that a case needs are not beside this checkout."""


@dataclass(frozen=True)
class Case:
    """One thing to be done by every engine that can.

    Args:
        name: Its name in results.
        tasks: Which tasks of a peer fit it.
        models: Patterns of CIM/XML files, or a zip and a pattern of its members after `!`.
        shapes: Patterns of shapes files.
        kind: `core` or `sparql`, for the bars.
        synthetic: How many statements to make up instead.
        sound: Whether the parts of the shapes that are themselves in error are taken out, for engines that would
            refuse the whole.
        data: A file of N-Triples that is there already.
    """

    name: str
    tasks: tuple[str, ...] = JUDGE
    models: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    kind: str = "core"
    synthetic: int = 0
    sound: bool = False
    data: Path | None = None


_REAL_GRID = "cgmes-2.4.15/RealGrid.zip!*"
_RELI_CAP_GRID = (
    "relicapgrid/Grid/IGM_*/*.xml",
    "relicapgrid/Grid/CGM/*.xml",
    "relicapgrid/Grid/CommonAndBoundaryData/Boundary_*.xml",
    "relicapgrid/Grid/CommonAndBoundaryData/Grid_*.xml",
)
_MICRO_GRID = "cgmes-2.4.15/MicroGrid-BaseCase/*_BC_BE_v2/*_EQ_*.xml"
_MINI_GRID = "cgmes-2.4.15/MiniGrid/NodeBreaker/*_BaseCase_*/*_EQ_*.xml"
_THREE = "cgmes-3.0/"
_FOUR = ("Equipment", "SteadyStateHypothesis", "StateVariables", "Topology")
CASES = (
    Case("microgrid_eq", models=(_MICRO_GRID,), shapes=(_EQUIPMENT,)),
    Case("minigrid_eq", models=(_MINI_GRID,), shapes=(_EQUIPMENT,)),
    Case(
        "microgrid_all",
        ("judge",),
        models=("cgmes-3.0/MicroGrid/*.xml",),
        shapes=(_CGMES_3,),
        kind="sparql",
        sound=True,
    ),
    Case(
        "minigrid_all", ("judge",), models=("cgmes-3.0/MiniGrid/*.xml",), shapes=(_CGMES_3,), kind="sparql", sound=True
    ),
    Case("relicapgrid_all", ("judge",), models=_RELI_CAP_GRID, shapes=(_CGMES_3,), kind="sparql"),
    Case("relicapgrid_sound", ("judge",), models=_RELI_CAP_GRID, shapes=(_CGMES_3,), kind="sparql", sound=True),
    Case("realgrid_eq", models=(f"{_REAL_GRID}_EQ_*",), shapes=(_EQUIPMENT,)),
    Case("synthetic_100000", ("judge",), synthetic=100_000),
    Case("synthetic_1000000", ("judge",), synthetic=1_000_000),
    Case("synthetic_10000000", ("judge",), synthetic=10_000_000),
    Case("realgrid_read", ("read",), models=(_REAL_GRID,)),
    Case(
        "realgrid_four",
        ("judge-xml", "command"),
        models=(_REAL_GRID,),
        shapes=tuple(f"profiles/cgmes-2.4.15/SHACL/{one}Profile.ttl" for one in _FOUR),
    ),
)


@dataclass(frozen=True)
class Files:
    """The files of a case, by the task that takes them.

    Args:
        data: For each task the files to judge or read.
        shapes: The shapes for each task.
        statements: How many statements the case holds; 0 where that is not counted.
    """

    data: dict[str, list[Path]] = field(default_factory=dict)
    shapes: dict[str, list[Path]] = field(default_factory=dict)
    statements: int = 0


def prepare(case: Case, directory: Path) -> Files:
    """Make the files of a case ready.

    Args:
        case: The case.
        directory: An empty directory for what has to be written.

    Raises:
        Missing: the published files are not there.
    """
    if case.synthetic:
        data, shapes = synthetic(case.synthetic, directory)
        return Files({"judge": [data]}, {"judge": [shapes]}, case.synthetic // 7 * 7)
    shapes_files = [path for pattern in case.shapes for path in _matching(pattern)]
    if case.data is not None:
        return Files({"judge": [case.data]}, {"judge": shapes_files})
    models = [path for pattern in case.models for path in _extracted(pattern, directory)]
    data = dict.fromkeys(("judge-xml", "read"), models)
    data["command"] = [path for pattern in case.models for path in _matching(pattern.partition("!")[0])]
    shapes = {"judge-xml": shapes_files, "read": [], "command": []}
    if "judge" not in case.tasks:
        return Files(data, shapes)
    data["judge"] = [_statements(models, directory)]
    shapes["judge"] = [_merged(shapes_files, case, directory)]
    with data["judge"][0].open("rb") as lines:
        return Files(data, shapes, sum(1 for _ in lines))


def _matching(pattern: str) -> list[Path]:
    found = [Path(pattern)] if Path(pattern).is_absolute() else sorted(CIM.glob(pattern))
    if not found or not found[0].exists():
        raise Missing(f"the published files `{pattern}` are not beside this checkout")
    return found


def _extracted(pattern: str, directory: Path) -> Iterator[Path]:
    archive_name, _, member = pattern.partition("!")
    for path in _matching(archive_name):
        if not member:
            yield path
            continue
        with zipfile.ZipFile(path) as archive:
            names = [name for name in sorted(archive.namelist()) if Path(name).match(member)]
            yield from (Path(archive.extract(name, directory)) for name in names)


def _statements(models: list[Path], directory: Path) -> Path:
    """Write the statements of all models into one file of N-Triples."""
    place = directory / "models"
    place.mkdir()
    reader = CimReader(ModelRegistry.load(contributed("ontology")), BASE)
    whole = directory / "data.nt"
    with whole.open("wb") as file:
        for model in read_package(models, place, reader=reader).models:
            file.write(model.statements.read_bytes())
    return whole


def _merged(files: list[Path], case: Case, directory: Path) -> Path:
    """Write several shapes files as one of Turtle; a single one that is taken whole stays as it is."""
    if len(files) == 1 and not case.sound:
        return files[0]
    merged = directory / "shapes.ttl"
    statements = (one for place, path in enumerate(files) for one in _of_file(path, place, case))
    merged.write_bytes(serialize_quads(statements, N_TRIPLES))
    return merged


def _of_file(path: Path, place: int, case: Case) -> Iterator[Triple]:
    """Give a file's statements, its blank nodes under names that no other file uses."""
    for quad in parse_file(path):
        subject, object_ = (
            BlankNode(f"f{place}n{term.value}") if isinstance(term, BlankNode) else term
            for term in (quad.subject, quad.object)
        )
        faulty = case.sound and quad.predicate.value.endswith(("#sparql", "#or")) and _is_faulty(subject)
        if not faulty:
            yield Triple(subject, quad.predicate, object_)


def _is_faulty(subject: object) -> bool:
    return str(getattr(subject, "value", "")).endswith(_FAULTY)
