"""A national grid model judged by the official shapes of its profile: the same results as another engine gives."""

import zipfile
from collections import Counter
from pathlib import Path

import pytest
import shacl
from tests.shared_data import shared

from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.reading import bare
from virtuales.assurance.validator import validate
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.package import read_package
from virtuales.preparation.cim.reader import CimReader
from virtuales.resources import contributed

BASE = "http://example.org/model"
PROFILES = "data/cim/profiles"


@pytest.fixture(scope="module")
def equipment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read the equipment model of RealGrid into N-Triples."""
    place = tmp_path_factory.mktemp("realgrid")
    with zipfile.ZipFile(shared("data/cim/cgmes-2.4.15/RealGrid.zip")) as archive:
        (name,) = (one for one in archive.namelist() if "_EQ_" in one)
        archive.extract(name, place)
    reader = CimReader(ModelRegistry.load(contributed("ontology")), BASE)
    return read_package(place / name, place, reader=reader).models[0].statements


def test_finds_what_the_compiled_engine_finds_in_a_national_model(equipment: Path) -> None:
    shapes = shared(f"{PROFILES}/cgmes-2.4.15/SHACL/EquipmentProfile.ttl")
    report = validate(ColumnarGraph.from_n_triples(equipment), compile_shapes([shapes]))
    theirs = shacl.validate(str(equipment), str(shapes))
    assert len(report) == 26_488
    assert Counter((one.focus_node, bare(str(one.source_shape)), one.component) for one in report.results) == Counter(
        (one.focus_node, bare(str(one.source_shape)), one.component_iri) for one in theirs.results
    )
