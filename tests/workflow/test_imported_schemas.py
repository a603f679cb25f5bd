"""Publication judges by what registered shapes import: registered versions, the release's own, and nothing else."""

from pathlib import Path

import pytest
from tests.books import NOON
from tests.workflow.registry_node import OPERATOR, orchestrator

from virtuales.assurance.schema import SchemaMove
from virtuales.clock import ManualClock
from virtuales.errors import NonConforming
from virtuales.workflow.govern_schemas import Proposal, decide, register
from virtuales.workflow.judge import Judgeable, judge_models
from virtuales.workflow.workspace import Workspace

PROFILE = "http://example.org/ns/Grid/1.0"
COMMON = b"""@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:common> a <http://www.w3.org/2002/07/owl#Ontology> .
<urn:s:common> a sh:NodeShape ; sh:targetClass <urn:nothing> ; sh:property <urn:s:name> .
<urn:s:name> sh:path <urn:name> ; sh:minCount 1 .
"""
RULES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:rules> a <http://www.w3.org/2002/07/owl#Ontology> ; <http://www.w3.org/2002/07/owl#imports> <%s> .
<urn:s:a> a sh:NodeShape ; sh:targetClass <urn:A> ; sh:node <urn:s:common> ; sh:nodeKind sh:IRI .
"""
TYPED = "<urn:x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:A> .\n"


@pytest.fixture
def node(tmp_path: Path) -> Workspace:
    return orchestrator(tmp_path / "node", ManualClock(NOON))


def proposal(identifier: str, content: bytes, profile: str = PROFILE) -> Proposal:
    return Proposal(
        identifier=identifier,
        version="1",
        title="Rules",
        profiles=(profile,),
        licence="https://creativecommons.org/licenses/by/4.0/",
        source="Written by the tests.",
        content=content,
    )


def approve(node: Workspace, one: Proposal) -> tuple[str, list[str]]:
    """Register and approve a version; return its IRI and what was left out of it."""
    made = register(node, OPERATOR, one)
    decided = decide(node, OPERATOR, one.identifier, one.version, move=SchemaMove.APPROVE, reason="Good.")
    return decided.iri, [fault.where for fault in made.faults]


def model(tmp_path: Path, statements: str) -> list[Judgeable]:
    file = tmp_path / "model.nt"
    file.write_text(statements)
    return [Judgeable("model", (PROFILE,), file)]


def test_an_import_that_is_nowhere_is_named_at_registration_and_to_the_producer(
    node: Workspace, tmp_path: Path
) -> None:
    _, faults = approve(node, proposal("grid/rules", (RULES % "urn:nowhere").encode()))
    assert "owl:imports" in faults
    verdict = judge_models(node, model(tmp_path, TYPED), "here")
    assert any("<urn:nowhere>" in remark for remark in verdict.remarks)


def test_data_is_judged_by_a_registered_version_that_its_shapes_import(node: Workspace, tmp_path: Path) -> None:
    common, _ = approve(node, proposal("grid/common", COMMON, "urn:no-model-has-this-profile"))
    _, faults = approve(node, proposal("grid/rules", (RULES % common).encode()))
    assert faults == []
    with pytest.raises(NonConforming) as refused:
        judge_models(node, model(tmp_path, TYPED), "here")
    assert refused.value.report["shapes"] == ["grid/rules 1", "grid/common 1"]
    judge_models(node, model(tmp_path, f'{TYPED}<urn:x> <urn:name> "X" .\n'), "here")


def test_what_is_withdrawn_is_no_longer_imported(node: Workspace, tmp_path: Path) -> None:
    common, _ = approve(node, proposal("grid/common", COMMON, "urn:no-model-has-this-profile"))
    approve(node, proposal("grid/rules", (RULES % common).encode()))
    with pytest.raises(NonConforming):
        judge_models(node, model(tmp_path, TYPED), "here")
    decide(node, OPERATOR, "grid/common", "1", move=SchemaMove.WITHDRAW, reason="Wrong.")
    assert any(common in remark for remark in judge_models(node, model(tmp_path, TYPED), "here").remarks)
