"""The official difference models: applied to the official base they give the published target exactly."""

import io
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.preparation.cim_documents import BASE
from tests.shared_data import shared

from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.applying import Conflict, ConflictKind, apply_differences
from virtuales.preparation.cim.collection import Collection, CollectionReader, apply_all, compare_all
from virtuales.preparation.cim.difference import DifferenceModel, ModelFile, compare
from virtuales.preparation.cim.difference_reader import DifferenceReader
from virtuales.preparation.cim.ntriples import body
from virtuales.preparation.cim.writer import write_difference
from virtuales.resources import contributed

FOLDER = "data/cim/differences/"
MICRO = "data/cim/cgmes-2.4.15/MicroGrid-BaseCase/CGMES_v2.4.15_MicroGridTestConfiguration_"


@pytest.fixture(scope="module")
def reader() -> CollectionReader:
    return CollectionReader(ModelRegistry.load(contributed("ontology")), BASE)


def place(parent: Path, name: str) -> Path:
    made = parent / name
    made.mkdir()
    return made


def base_case(reader: CollectionReader, parent: Path, area: str) -> Collection:
    files = sorted(shared(f"{MICRO}BC_{area}_v2").glob("*.xml"))
    return reader.read(files, place(parent, "base"))


def target(reader: CollectionReader, parent: Path, area: str) -> Collection:
    file = shared(f"{FOLDER}CGMES_v2.4.15_MicroGridTestConfiguration_T1_{area}_Complete_v2.zip")
    return reader.read(file, place(parent, "target"))


def of_profile(models: tuple[ModelFile, ...], keyword: str) -> ModelFile:
    return next(model for model in models if keyword in model.keywords)


def changes(area: str, profile: str, kind: str = "Type1_T1") -> list[DifferenceModel]:
    """Read the difference models of one model, in the order of their numbers."""
    reader = DifferenceReader(ModelRegistry.load(contributed("ontology")), BASE)
    files = sorted(shared(f"{FOLDER}{kind}").rglob(f"*_{area}_{profile}_DIFF_*.xml"))
    return [reader.read(io.BytesIO(file.read_bytes()), name=file.name) for file in files]


def said(model: ModelFile) -> set[bytes]:
    with model.statements.open("rb") as source:
        return set(body(source, model.header))


@pytest.mark.parametrize(
    ("area", "profile", "number"), [("BE", "EQ", 5), ("BE", "TP", 4), ("NL", "EQ", 4), ("NL", "TP", 1)]
)
def test_type_1_differences_give_the_published_target_exactly(
    reader: CollectionReader, tmp_path: Path, area: str, profile: str, number: int
) -> None:
    base = of_profile(base_case(reader, tmp_path, area).models, profile)
    differences = changes(area, profile)
    assert len(differences) == number
    published = of_profile(target(reader, tmp_path, area).models, profile)
    result = apply_differences(base, differences, tmp_path / "result.nt")
    assert said(result.model) == said(published)
    assert said(base) != said(published)
    assert set(result.model.profiles) == set(published.profiles)
    assert published.header is not None
    assert result.model.header is not None
    assert result.model.header.supersedes == published.header.supersedes


@pytest.mark.parametrize(("area", "again", "absent"), [("BE", 24, 4), ("NL", 20, 0)])
def test_the_third_published_equipment_difference_repeats_the_second(
    reader: CollectionReader, tmp_path: Path, area: str, again: int, absent: int
) -> None:
    base = of_profile(base_case(reader, tmp_path, area).models, "EQ")
    differences = changes(area, "EQ")
    assert differences[1].forward == differences[2].forward
    assert differences[1].reverse == differences[2].reverse
    result = apply_differences(base, differences, tmp_path / "all.nt")
    assert {one.difference for one in result.conflicts} == {differences[2].name}
    listed = [one.kind for one in result.conflicts]
    assert (listed.count(ConflictKind.PRESENT), listed.count(ConflictKind.ABSENT)) == (again, absent)
    assert len(listed) == again + absent
    without = apply_differences(base, [differences[0], *differences[2:]], tmp_path / "without.nt")
    assert without.conflicts == ()
    assert said(without.model) == said(result.model)


def test_type_3_differences_fit_their_base_but_for_two_statements_that_never_held(
    reader: CollectionReader, tmp_path: Path
) -> None:
    conflicts: list[Conflict] = []
    for area in ("BE", "NL"):
        models = base_case(reader, place(tmp_path, area), area).models
        for profile in ("EQ", "TP"):
            differences = changes(area, profile, "Type3_T3")
            assert len(differences) == 1
            result = apply_differences(of_profile(models, profile), differences, tmp_path / "result.nt")
            conflicts += result.conflicts
    assert [(one.kind, one.difference) for one in conflicts] == [
        (ConflictKind.ABSENT, "20171002T0930Z_NL_EQ_DIFF_6.xml")
    ] * 2
    assert all("Terminal.ConnectivityNode" in (one.statement or "") for one in conflicts)


@pytest.mark.parametrize("area", ["BE", "NL"])
def test_a_whole_package_is_compared_and_changed(reader: CollectionReader, tmp_path: Path, area: str) -> None:
    before = [one for one in base_case(reader, tmp_path, area).models if one.keywords & {"EQ", "TP", "SSH", "SV"}]
    published = [one for one in target(reader, tmp_path, area).models if one.keywords & {"EQ", "TP", "SSH", "SV"}]
    renamed = [_of_authority(one, before[0]) for one in published]
    differences = compare_all([_of_authority(one, before[0]) for one in before], renamed)
    results = apply_all(before, differences, tmp_path)
    assert [one.conflicts for one in results] == [()] * 4
    by_profile = {min(one.keywords): said(one) for one in published}
    assert {min(one.model.keywords): said(one.model) for one in results} == by_profile


def _of_authority(model: ModelFile, other: ModelFile) -> ModelFile:
    """Give a model the authority of another: the base case and its target name theirs differently."""
    assert model.header is not None
    assert other.header is not None
    header = replace(model.header, modelling_authority_set=other.header.modelling_authority_set)
    return replace(model, header=header)


def test_every_official_difference_model_is_written_as_it_was_read() -> None:
    reader = DifferenceReader(ModelRegistry.load(contributed("ontology")), BASE)
    files = sorted(shared(FOLDER).rglob("*DIFF*.xml"))
    assert len(files) == 18
    for file in files:
        read = reader.read(io.BytesIO(file.read_bytes()), name=file.name)
        sink = io.BytesIO()
        write_difference(read, sink)
        again = reader.read(sink, name=file.name)
        assert (again.forward, again.reverse, again.preconditions) == (read.forward, read.reverse, read.preconditions)
        assert again.header == read.header


def test_a_large_model_is_compared_and_changed(
    reader: CollectionReader, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with zipfile.ZipFile(shared("data/cim/cgmes-2.4.15/RealGrid.zip")) as archive:
        name = next(one for one in archive.namelist() if "_EQ_" in one)
        (tmp_path / "grid.xml").write_bytes(archive.read(name))
    base = reader.read(tmp_path / "grid.xml", place(tmp_path, "base")).models[0]
    lines = base.statements.read_bytes().splitlines(keepends=True)
    changed = [line for number, line in enumerate(lines) if number % 1000 or number < 1000]
    (tmp_path / "changed.nt").write_bytes(b"".join(changed))
    after = ModelFile(
        "after.xml", base.header, tmp_path / "changed.nt", base.profiles, base.vocabulary, base.identifiers
    )
    started = time.process_time()
    change = compare(base, after)
    result = apply_differences(base, [change], tmp_path / "result.nt")
    spent = time.process_time() - started
    assert len(change.reverse) == len(lines) - len(changed)
    assert said(result.model) == said(after)
    assert spent < 30, "it grows with the statements, not with their pairs"
    record_property("figure", f"comparing and changing {len(lines):,} statements: {spent:.1f} CPU s")
