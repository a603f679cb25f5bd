"""Difference models at the producer's door: the next version is what the whole models would have made."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.books import NOON
from tests.cim_lines import FOURTH, LONG, NEW, SECOND, SHAPES, STUB, THIRD, difference, line, model, said
from tests.workflow.registry_node import OPERATOR, orchestrator

from virtuales.assurance.kept_judgements import KeptJudgements
from virtuales.assurance.schema import SchemaMove
from virtuales.catalogue.records import Description, Preparation
from virtuales.clock import ManualClock
from virtuales.errors import DanglingReference, InputError, NonConforming, UnfitChange
from virtuales.models.registry import ModelRegistry
from virtuales.policy.templates import Audience, OfferTerms
from virtuales.resources import contributed
from virtuales.workflow.govern_schemas import Proposal, decide, register
from virtuales.workflow.prepare import describe, prepare, receive_file, remove_file
from virtuales.workflow.propose import propose_description
from virtuales.workflow.publish import publish
from virtuales.workflow.workspace import Workspace

PROFILE = "http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0"
DESCRIPTION = Description(
    slug="lines",
    title="Lines",
    description="Lines of the tests.",
    publisher="",
    licence="CC-BY-4.0",
    triage="open",
    sensitivity="O",
    handling_reason="Made up for the tests.",
)
OTHERS = [line(f"urn:uuid:5000000{number}-0000-4000-8000-000000000001", "2") for number in range(10)]
"""So many lines that what the tests change is a small part of the model."""
MODELS = ModelRegistry.load(contributed("ontology"))


@pytest.fixture
def node(tmp_path: Path) -> Workspace:
    """A node with rules by which lines of ten kilometres are too long, and a described dataset."""
    made = orchestrator(tmp_path / "node", ManualClock(NOON))
    workspace = replace(made, models=MODELS, judgements=KeptJudgements(1_000_000))
    proposal = Proposal(
        identifier="lines/rules",
        version="1",
        title="Rules",
        profiles=(PROFILE,),
        licence="https://creativecommons.org/licenses/by/4.0/",
        source="Written by the tests.",
        content=SHAPES.encode(),
    )
    registered = register(workspace, OPERATOR, proposal).version
    decide(workspace, OPERATOR, registered.identifier, registered.version, move=SchemaMove.APPROVE, reason="Good.")
    describe(workspace, OPERATOR, DESCRIPTION)
    return workspace


def send(node: Workspace, *files: Path) -> None:
    for file in files:
        receive_file(node, OPERATOR, "lines", name=file.name, source=io.BytesIO(file.read_bytes()))


def prepared(node: Workspace, *files: Path) -> Preparation:
    send(node, *files)
    made = prepare(node, OPERATOR, "lines").preparation
    assert made is not None
    return made


def published(node: Workspace, *files: Path) -> Preparation:
    made = prepared(node, *files)
    publish(node, OPERATOR, "lines", OfferTerms(audience=Audience.OPEN))
    return made


def statements(node: Workspace, made: Preparation) -> set[str]:
    """Return what the models say, but for their headers."""
    lines = [line for one in made.models for line in b"".join(node.objects.read(one.digest)).decode().splitlines()]
    return {line for line in lines if "ModelDescription" not in line and "FullModel" not in line}


def content(node: Workspace, made: Preparation, name: str) -> bytes:
    (file,) = (one for one in made.files if one.name == name)
    return b"".join(node.objects.read(file.digest))


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return model(tmp_path / "base.xml", line(LONG, "9"), line(STUB, "3"), *OTHERS)


@pytest.fixture
def change(tmp_path: Path) -> Path:
    return difference(tmp_path / "change.xml", ends=said(STUB, "3"), begins=said(STUB, "4") + line(NEW, "5"))


def test_refuses_a_difference_of_a_dataset_that_has_no_version(node: Workspace, change: Path) -> None:
    with pytest.raises(InputError, match="none of the models given"):
        prepared(node, change)


def test_refuses_a_difference_of_another_model_than_the_last_versions(
    node: Workspace, base: Path, tmp_path: Path
) -> None:
    published(node, base)
    stray = difference(tmp_path / "stray.xml", ends=said(STUB, "3"), begins=said(STUB, "4"), of=THIRD)
    with pytest.raises(UnfitChange) as refusal:
        prepared(node, stray)
    (reason,) = refusal.value.reasons
    assert reason.startswith("stray.xml: base: ")


def test_refuses_a_difference_that_does_not_fit_with_every_conflict(
    node: Workspace, base: Path, tmp_path: Path
) -> None:
    published(node, base)
    odd = difference(tmp_path / "odd.xml", ends=said(STUB, "33"), begins=said(LONG, "9"))
    with pytest.raises(UnfitChange, match="2 conflicts") as refusal:
        prepared(node, odd)
    assert [reason.split(": ")[1] for reason in refusal.value.reasons] == ["absent", "present"]


def test_refuses_what_a_difference_makes_too_long_with_the_report(node: Workspace, base: Path, tmp_path: Path) -> None:
    published(node, base)
    worse = difference(tmp_path / "worse.xml", ends=said(STUB, "3"), begins=said(STUB, "30"))
    with pytest.raises(NonConforming) as refusal:
        prepared(node, worse)
    counts: Any = refusal.value.report["counts"]
    assert counts["Violation"] == 1
    assert node.drafts.get(node.addresses.dataset("lines")).preparation is None


def test_refuses_a_difference_that_leaves_a_reference_without_its_object(
    node: Workspace, base: Path, tmp_path: Path
) -> None:
    published(node, base)
    lost = f'<cim:Equipment.EquipmentContainer rdf:resource="{NEW}"/>'
    begins = f'<rdf:Description rdf:about="{LONG}">{lost}</rdf:Description>'
    odd = difference(tmp_path / "dangling.xml", ends="", begins=begins)
    with pytest.raises(DanglingReference, match="described in no model"):
        prepared(node, odd)


def test_a_difference_sent_with_its_model_makes_what_the_whole_model_would(
    node: Workspace, base: Path, change: Path
) -> None:
    made = prepared(node, base, change)
    assert [file.name for file in made.files] == ["base.xml"]
    assert made.models[0].model == SECOND
    assert any(
        "`base.xml` was changed by `change.xml`: 1 statements ended, 4 began." in one for one in made.verdict.remarks
    )
    remove_file(node, OPERATOR, "lines", name="change.xml")
    whole = prepared(node, model(base, line(LONG, "9"), line(STUB, "4"), *OTHERS, line(NEW, "5"), iri=SECOND))
    assert statements(node, made) == statements(node, whole)
    assert (made.verdict.schemas, made.verdict.warnings) == (whole.verdict.schemas, whole.verdict.warnings)


def test_a_difference_of_the_last_version_makes_the_next_with_the_files_that_stay(
    node: Workspace, base: Path, change: Path, tmp_path: Path
) -> None:
    other = model(tmp_path / "other.xml", line("urn:uuid:40000000-0000-4000-8000-000000000001", "1"), iri=THIRD)
    first = published(node, base, other)
    kept = len(node.judgements)
    second = published(node, change)
    assert [file.name for file in second.files] == ["base.xml", "other.xml"]
    assert content(node, second, "other.xml") == content(node, first, "other.xml")
    assert len(statements(node, second)) == len(statements(node, first)) + 3
    assert len(node.judgements) == kept + 4, "judged by what changed, not kept beside what was"
    more = difference(tmp_path / "more.xml", ends=line(NEW, "5"), begins="", iri=FOURTH, of=SECOND)
    third = published(node, more)
    assert len(statements(node, third)) == len(statements(node, first))


def test_a_difference_may_have_the_name_of_the_file_that_it_changes(
    node: Workspace, base: Path, tmp_path: Path
) -> None:
    published(node, base)
    (tmp_path / "next").mkdir()
    change = difference(tmp_path / "next/base.xml", ends=said(STUB, "3"), begins=said(STUB, "4"))
    second = published(node, change)
    assert [file.name for file in second.files] == ["base.xml"]
    assert b"DifferenceModel" not in content(node, second, "base.xml")


def test_what_is_delivered_is_read_as_it_was_judged(node: Workspace, base: Path, change: Path, tmp_path: Path) -> None:
    published(node, base)
    second = published(node, change)
    (tmp_path / "delivered.xml").write_bytes(content(node, second, "base.xml"))
    again = prepared(node, tmp_path / "delivered.xml")
    assert [one.digest for one in again.models] == [one.digest for one in second.models]


def test_a_changed_model_within_a_zip_is_written_back_into_it(
    node: Workspace, base: Path, change: Path, tmp_path: Path
) -> None:
    other = model(tmp_path / "other.xml", line("urn:uuid:40000000-0000-4000-8000-000000000001", "1"), iri=THIRD)
    with zipfile.ZipFile(tmp_path / "lines.zip", "w") as archive:
        archive.write(base, "a/base.xml")
        archive.write(other, "other.xml")
    published(node, tmp_path / "lines.zip")
    with zipfile.ZipFile(tmp_path / "changes.zip", "w") as archive:
        archive.write(change, "change.xml")
    second = prepared(node, tmp_path / "changes.zip")
    assert [file.name for file in second.files] == ["lines.zip"]
    with zipfile.ZipFile(io.BytesIO(content(node, second, "lines.zip"))) as written:
        assert written.namelist() == ["a/base.xml", "other.xml"]
        assert written.read("other.xml") == other.read_bytes()
        assert NEW.removeprefix("urn:uuid:") in written.read("a/base.xml").decode()


def test_a_description_is_proposed_of_what_the_difference_makes(node: Workspace, base: Path, change: Path) -> None:
    published(node, base)
    send(node, change)
    told = {one.field for one in propose_description(node, OPERATOR, "lines")}
    assert told
