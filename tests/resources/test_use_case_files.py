"""The contributed use cases: each passes every check, and is as complete as a use case has to be."""

from pathlib import Path

import pytest

from virtuales.alignment.use_cases.record import METHOD_STEPS
from virtuales.alignment.use_cases.registry import UseCaseRegistry
from virtuales.models.registry import ModelRegistry
from virtuales.resources import contributed
from virtuales.workflow.check_use_cases import check_use_cases

REGISTRY = UseCaseRegistry.load(contributed("ontology"))


@pytest.fixture(scope="module")
def models() -> ModelRegistry:
    """The registered models, read once."""
    return ModelRegistry.load(contributed("ontology"))


@pytest.mark.parametrize("name", REGISTRY.names())
def test_passes_every_check(name: str, models: ModelRegistry) -> None:
    found = check_use_cases([REGISTRY.file(name).path], shapes=contributed("shapes"), models=models).findings
    assert [f"{each.line}: {each.what}" for each in found] == []


@pytest.mark.parametrize("name", REGISTRY.names())
def test_agrees_with_its_line_in_the_manifest(name: str) -> None:
    use_case, file = REGISTRY.use_case(name), REGISTRY.file(name)
    assert (use_case.identifier, use_case.version, use_case.iri) == (file.identifier, file.version, file.iri.value)
    assert file.path == Path(contributed("ontology"), "use-cases", f"{name}.ttl")


@pytest.mark.parametrize("name", REGISTRY.names())
def test_goes_through_the_five_steps_and_keeps_what_was_refined(name: str) -> None:
    use_case = REGISTRY.use_case(name)
    assert [one.step for one in use_case.activities] == [step.value for step in METHOD_STEPS]
    assert 15 <= len(use_case.requirements) <= 40
    refined = [one for one in use_case.requirements if one.revises]
    assert len(refined) >= 2
    assert all(one.change_note for one in refined)
    assert sum(remark.pain_point for remark in use_case.remarks) >= 3
    assert {iri for step in use_case.steps for iri in step.after} == {step.iri for step in use_case.steps[:-1]}
