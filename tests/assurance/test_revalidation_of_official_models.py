"""Judging again after the official changes gives what judging the whole again gives, on official models and shapes."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.preparation.cim_documents import BASE
from tests.shared_data import shared

from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.differences import difference
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.registry import SchemaRegistry
from virtuales.assurance.revalidation import Revalidator
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.validator import validate
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.applying import apply_difference
from virtuales.preparation.cim.collection import CollectionReader
from virtuales.preparation.cim.difference import ModelFile
from virtuales.preparation.cim.difference_reader import DifferenceReader
from virtuales.resources import contributed

MICRO = "data/cim/cgmes-2.4.15/MicroGrid-BaseCase/CGMES_v2.4.15_MicroGridTestConfiguration_"
CHANGED = {"EQ", "TP", "SSH", "DL"}


def agrees(kept: Revalidator, statements: Path, shapes: ShapesGraph) -> int:
    """Take over what a file has, and compare the report with that of a full run; return how many statements changed."""
    fresh = ColumnarGraph.from_n_triples(statements)
    change = difference(kept.graph, fresh)
    report, whole = kept.apply(*change), validate(fresh, shapes)
    assert Counter(report.results) == Counter(whole.results)
    assert (report.focus_nodes, report.judged) == (whole.focus_nodes, whole.judged)
    assert len(difference(kept.graph, fresh)) == 0
    return len(change)


def editions(area: str, place: Path) -> Iterator[tuple[str, ModelFile, list[Path]]]:
    """Give each official model that differences or later editions follow, with what it becomes step by step."""
    registry = ModelRegistry.load(contributed("ontology"))
    reader = CollectionReader(registry, BASE)
    (place / "base").mkdir()
    for model in reader.read(sorted(shared(f"{MICRO}BC_{area}_v2").glob("*.xml")), place / "base").models:
        (profile,) = (model.keywords & CHANGED) or {""}
        later = []
        for kind in ("Type1_T1", "Type3_T3"):
            folder = shared(f"data/cim/differences/{kind}")
            state = model
            for file in sorted(folder.rglob(f"*_{area}_{profile}_*.xml")) if profile else ():
                target = place / f"{kind}_{file.stem}.nt"
                if "_DIFF_" in file.name:
                    change = DifferenceReader(registry, BASE).read(io.BytesIO(file.read_bytes()), name=file.name)
                    state = apply_difference(state, change, target).model
                else:
                    (place / file.stem).mkdir()
                    state = reader.read(file, place / file.stem).models[0]
                later.append(state.statements)
        if later:
            yield profile, model, later


@pytest.mark.parametrize(("area", "steps"), [("BE", 17), ("NL", 12)])
def test_agrees_after_every_official_change(area: str, steps: int, tmp_path: Path) -> None:
    """The registered shapes with their queries judge each model after each difference and each later edition."""
    registry, taken, changed = SchemaRegistry.load(contributed("shapes")), 0, 0
    for _, model, later in editions(area, tmp_path):
        shapes = registry.shapes_for(model.profiles)
        kept = Revalidator(ColumnarGraph.from_n_triples(model.statements), shapes)
        for statements in later:
            changed += agrees(kept, statements, shapes) > 0
            taken += 1
    assert taken == steps
    assert changed >= steps - 2


@pytest.mark.long
def test_agrees_on_a_national_model_with_the_official_shapes(tmp_path: Path) -> None:
    """Scattered statements go and come back, and objects lose their class: what changes reaches every kind of shape."""
    with zipfile.ZipFile(shared("data/cim/cgmes-2.4.15/RealGrid.zip")) as archive:
        (name,) = (one for one in archive.namelist() if "_EQ_" in one)
        archive.extract(name, tmp_path)
    (tmp_path / "read").mkdir()
    reader = CollectionReader(ModelRegistry.load(contributed("ontology")), BASE)
    lines = reader.read(tmp_path / name, tmp_path / "read").models[0].statements.read_bytes().splitlines(keepends=True)
    shapes = compile_shapes([shared("data/cim/profiles/cgmes-2.4.15/SHACL/EquipmentProfile.ttl")])
    kept = Revalidator(ColumnarGraph.from_n_triples(b"".join(lines)), shapes)
    assert len(kept.report) == 26_488
    file = tmp_path / "changed.nt"
    typed = [line for line in lines if b"22-rdf-syntax-ns#type>" in line][::200]
    for gone in (set(lines[7::900]), set(typed), set(lines[3::100]), set()):
        file.write_bytes(b"".join(line for line in lines if line not in gone))
        assert agrees(kept, file, shapes) > 0
    assert len(kept.report) == 26_488
