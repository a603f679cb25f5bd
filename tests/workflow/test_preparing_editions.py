"""Preparing one edition after another gives the same verdict, whether the node kept the one before or not."""

import io
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.books import NOON
from tests.workflow.registry_node import OPERATOR, orchestrator

from virtuales.assurance.kept_judgements import KeptJudgements
from virtuales.assurance.schema import SchemaMove
from virtuales.catalogue.records import Description, Verdict
from virtuales.clock import ManualClock
from virtuales.errors import NonConforming
from virtuales.workflow.govern_schemas import Proposal, decide, register
from virtuales.workflow.prepare import describe, prepare, receive_file
from virtuales.workflow.workspace import Workspace

PROFILE = "http://example.org/ns/Grid/1.0"
PREFIX = "@prefix : <http://example.org/ns#> .\n"
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix : <http://example.org/ns#> .
:Site a sh:NodeShape ; sh:targetClass :A ; sh:property :Name, :Feeds .
:Name sh:path :name ; sh:minCount 1 ; sh:severity sh:%s .
:Feeds sh:path ( :feeds :name ) ; sh:maxLength 3 .
"""
DESCRIPTION = Description(
    slug="sites",
    title="Sites",
    description="Sites of the tests.",
    publisher="",
    licence="CC-BY-4.0",
    triage="open",
    sensitivity="O",
    handling_reason="Made up for the tests.",
    conforms_to=(PROFILE,),
)


def node(place: Path, kept: int) -> Workspace:
    """Make a node that has approved rules, and keeps so many statements of what it judged."""
    workspace = replace(orchestrator(place, ManualClock(NOON)), judgements=KeptJudgements(kept))
    approve(workspace, "1", "Warning")
    describe(workspace, OPERATOR, DESCRIPTION)
    return workspace


def approve(workspace: Workspace, version: str, severity: str, *, replaces: tuple[str, ...] = ()) -> str:
    proposal = Proposal(
        identifier="grid/rules",
        version=version,
        title="Rules",
        profiles=(PROFILE,),
        licence="https://creativecommons.org/licenses/by/4.0/",
        source="Written by the tests.",
        content=(SHAPES % severity).encode(),
        replaces=replaces,
    )
    made = register(workspace, OPERATOR, proposal).version
    return decide(workspace, OPERATOR, made.identifier, made.version, move=SchemaMove.APPROVE, reason="Good.").iri


def sites(names: list[str]) -> str:
    """Write sites, each of which feeds the next; one without a name is remarked on, a long name fed is a violation."""
    said = [
        f":s{number} a :A ; :feeds :s{number + 1}" + (f' ; :name "{name}"' if name else "") + " ."
        for number, name in enumerate(names)
    ]
    return PREFIX + "\n".join(said)


def judged(workspace: Workspace, content: str) -> tuple[Verdict | None, dict[str, Any]]:
    """Prepare an edition; return the verdict, or the report of a refusal."""
    receive_file(workspace, OPERATOR, "sites", name="sites.ttl", source=io.BytesIO(content.encode()))
    try:
        prepared = prepare(workspace, OPERATOR, "sites").preparation
    except NonConforming as refusal:
        return None, comparable(refusal.report)
    assert prepared is not None
    return prepared.verdict, {}


def comparable(report: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON is what it is
    """Return a report without its examples: which of a rule's results come first is not said."""
    groups = [{name: value for name, value in group.items() if name != "examples"} for group in report["groups"]]
    return {**report, "groups": groups}


def test_every_edition_gets_the_verdict_of_a_full_run(tmp_path: Path) -> None:
    random = Random(3)
    keeping, forgetting = node(tmp_path / "keeping", 10_000), node(tmp_path / "forgetting", 0)
    names = [f"s{number}" for number in range(30)]
    outcomes = set()
    for _ in range(25):
        names = ["s4" if name == "too long" else name for name in names]
        names[random.randrange(30)] = random.choice(["", "", "s1", "s2", "too long"])
        names[random.randrange(30)] = "s3"
        again, whole = judged(keeping, sites(names)), judged(forgetting, sites(names))
        assert again == whole
        outcomes.add((again[0] is None, again[0].warnings if again[0] else 0))
        assert len(forgetting.judgements) == 0
        assert len(keeping.judgements) == len(sites(names).split(" .\n")[1:]) * 2 + sum(map(bool, names))
    assert {refused for refused, _ in outcomes} == {True, False}
    assert len(outcomes) > 3


@pytest.mark.parametrize("kept", [0, 10_000])
def test_a_new_version_of_the_rules_judges_all_of_an_edition_that_was_judged_before(kept: int, tmp_path: Path) -> None:
    workspace = node(tmp_path, kept)
    edition = sites(["s0", "", "s2"])
    verdict, _ = judged(workspace, edition)
    assert verdict is not None
    assert (verdict.conforms, verdict.warnings) == (True, 1)
    second = approve(workspace, "2", "Violation", replaces=verdict.schemas)
    again, _ = judged(workspace, edition)
    assert again is not None
    assert again.schemas == verdict.schemas, "the older version is still in force"
    assert second not in again.schemas
