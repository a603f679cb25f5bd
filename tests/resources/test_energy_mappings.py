"""What the shipped sets say of CIM and the words of other fields: how much, with reasons, and some of it by name."""

from collections import Counter

import pytest

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.terms import BROAD_MATCH, CLOSE_MATCH, EXACT_MATCH, NARROW_MATCH, NO_TERM_FOUND, RELATED_MATCH
from virtuales.models.facts import local_name
from virtuales.models.registry import ModelRegistry
from virtuales.resources import contributed

REGISTRY = MappingRegistry.load(contributed("mappings"))
MODELS = ModelRegistry.load(contributed("ontology"))
OEO, OMEGA_X, SAREF4ENER, SAREF4GRID = SETS = (
    "cgmes-3.0--oeo-2.10.0",
    "cgmes-3.0--omega-x-1.1",
    "cgmes-3.0--saref4ener-1.1.2",
    "cgmes-3.0--saref4grid-1.0.0",
)
COUNTS = {OEO: (79, 14), OMEGA_X: (62, 8), SAREF4ENER: (56, 10), SAREF4GRID: (54, 8)}
"""How many mappings each set has, and how many of them are negative."""


def mappings(name: str) -> tuple[Mapping, ...]:
    return REGISTRY.mapping_set(name).mappings


def called(name: str, iri: str) -> str:
    """Return the local name of a term, or its label where the name is a number."""
    return MODELS.model(name.partition("--")[2]).label_of_number(iri) or local_name(iri)


def said(name: str) -> set[tuple[str, str, str]]:
    return {
        (
            local_name(one.subject_id),
            ("not " if one.negated else "") + local_name(one.predicate_id),
            called(name, one.object_id),
        )
        for one in mappings(name)
    }


@pytest.mark.parametrize("name", SETS)
def test_has_as_many_mappings_as_the_documentation_says(name: str) -> None:
    assert (len(mappings(name)), sum(one.negated for one in mappings(name))) == COUNTS[name]


@pytest.mark.parametrize("name", SETS)
def test_says_of_each_pair_what_tells_the_two_apart(name: str) -> None:
    assert [one.line for one in mappings(name) if not one.comment.endswith(".")] == []
    assert [one.line for one in mappings(name) if one.confidence is None] == []


@pytest.mark.parametrize("name", SETS)
def test_claims_sameness_rarely_and_of_the_same_kind_only(name: str) -> None:
    kinds = Counter(one.predicate_id for one in mappings(name) if not one.negated and not one.unmapped)
    assert kinds.keys() <= {EXACT_MATCH, BROAD_MATCH, NARROW_MATCH, CLOSE_MATCH, RELATED_MATCH}
    assert kinds[EXACT_MATCH] <= 2 < kinds[CLOSE_MATCH] + kinds[RELATED_MATCH]
    assert any(NO_TERM_FOUND in {one.subject_id, one.object_id} for one in mappings(name))


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        (OEO, ("NuclearGeneratingUnit", "exactMatch", "nuclear power unit")),
        (OEO, ("GeneratingUnit", "broadMatch", "power generating unit")),
        (OEO, ("BatteryUnit.ratedE", "closeMatch", "energy storage capacity")),
        (OEO, ("VoltageLevel", "not exactMatch", "electricity grid voltage level")),
        (OMEGA_X, ("Substation", "narrowMatch", "PrimarySubstation")),
        (OMEGA_X, ("RotatingMachine.p", "not exactMatch", "ActivePowerProduced")),
        (SAREF4ENER, ("RegularTimePoint", "closeMatch", "Slot")),
        (SAREF4ENER, ("EnergyConsumer", "not exactMatch", "Device")),
        (SAREF4GRID, ("ActivePower", "closeMatch", "ActivePower")),
        (SAREF4GRID, ("Switch.open", "not exactMatch", "hasOutputState")),
    ],
)
def test_says_so(name: str, claim: tuple[str, str, str]) -> None:
    assert claim in said(name)
