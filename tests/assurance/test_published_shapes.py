"""Every shapes file that ENTSO-E and Ofgem publish loads; what is in error in them is named, and the rest judges."""

from functools import cache
from pathlib import Path

import pytest
from tests.shared_data import shared

from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.reading import bare
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.validator import validate
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.package import read_package
from virtuales.preparation.cim.reader import CimReader
from virtuales.resources import contributed

CIM = "data/cim"
RELEASES = {"cgmes-2.4.15": 10, "cgmes-3.0": 74, "gb-ltds-1.0.1": 9}
"""How many shapes files each release has."""

FAULTS = {
    (
        "ShuntCompensator.maximumSections-numberOfInstances",
        "sh:sparql",
    ): "it groups by ?typesall, which it assigns with AS",
    ("ShuntCompensator.sections-valueNonLinear", "sh:sparql"): "it groups by ?types, which it assigns with AS",
    ("DifferenceModel", ""): "nothing is said of it",
    ("FullModel", ""): "nothing is said of it",
    ("targetNode", ""): "nothing is said of it",
    ("FullModel", "http://www.w3.org/ns/shacl#OrConstraintComponent"): "is itself in error",
}
"""What is in error in CGMES 3.0: two queries, and a `sh:or` that lists targets where shapes are due."""


def files(release: str) -> list[Path]:
    return sorted(shared(f"{CIM}/profiles/{release}/SHACL").glob("*.ttl"))


@cache
def whole(release: str) -> ShapesGraph:
    """Compile all files of a release together, once."""
    return compile_shapes(files(release))


def constraints(shapes: ShapesGraph) -> int:
    return sum(len(shape.constraints) for shape in shapes.shapes.values())


def test_no_release_has_more_files_than_are_judged_here() -> None:
    every = shared(f"{CIM}/profiles").rglob("*")
    assert len([file for file in every if file.parent.name == "SHACL" and file.suffix == ".ttl"]) == 93
    assert {release: len(files(release)) for release in RELEASES} == RELEASES


@pytest.mark.parametrize("release", RELEASES)
def test_every_published_file_loads_by_itself(release: str) -> None:
    for file in files(release):
        shapes = compile_shapes([file])
        assert constraints(shapes), f"{file.name} has no constraint that can be judged"
        assert {fault.where for fault in shapes.faults} <= {where for _, where in FAULTS}, file.name


@pytest.mark.parametrize(
    ("release", "shapes", "targeted", "judging", "faults"),
    [
        ("cgmes-2.4.15", 13_174, 1_020, 13_335, 0),
        ("cgmes-3.0", 9_769, 1_052, 15_386, 6),
        ("gb-ltds-1.0.1", 743, 161, 1_058, 0),
    ],
)
def test_every_release_loads_whole(release: str, shapes: int, targeted: int, judging: int, faults: int) -> None:
    loaded = whole(release)
    assert (len(loaded), len(loaded.targeted), constraints(loaded)) == (shapes, targeted, judging)
    assert len(loaded.faults) == faults


def test_names_what_is_in_error_and_why() -> None:
    faults = whole("cgmes-3.0").faults
    told = {(bare(fault.shape).rpartition("#")[2], fault.where): fault.what for fault in faults}
    assert told.keys() == FAULTS.keys()
    for place, why in FAULTS.items():
        assert why in told[place]


def test_keeps_every_query_that_is_sparql() -> None:
    shapes = whole("cgmes-3.0")
    assert len([one.query for shape in shapes.shapes.values() for one in shape.constraints if one.query]) == 189


def test_judges_by_the_rest_and_says_what_was_left_out(tmp_path: Path) -> None:
    models = sorted(shared(f"{CIM}/cgmes-3.0/MicroGrid").glob("*.xml"))
    reader = CimReader(ModelRegistry.load(contributed("ontology")), "http://example.org/model")
    merged = b"".join(one.statements.read_bytes() for one in read_package(models, tmp_path, reader=reader).models)
    report = validate(ColumnarGraph.from_n_triples(merged), whole("cgmes-3.0"))
    assert len(report.left_out) == len(FAULTS)
    assert len(report) == 1_284
