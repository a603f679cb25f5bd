"""Official models in CGMES 3.0 become Long Term Development Statements; what they lack for that is known exactly."""

from collections import abc
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.shared_data import shared

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rules import RuleRegistry
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.registry import SchemaRegistry
from virtuales.assurance.validator import validate
from virtuales.clock import SystemClock
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.collection import CollectionReader
from virtuales.preparation.cim.difference import ModelFile
from virtuales.rdf.namespaces import SH
from virtuales.resources import contributed
from virtuales.workflow.convert import Converted, Converter

GRID, STATEMENT = "cgmes-3.0", "gb-ltds-1.0.1"
MODELS = ModelRegistry.load(contributed("ontology"))
SHAPES = SchemaRegistry.load(contributed("shapes"))
MICRO = "data/cim/cgmes-3.0/MicroGrid-BaseCase"
PACKAGES = {
    "MiniGrid": ("data/cim/cgmes-3.0/MiniGrid/*.xml",),
    "MicroGrid Belgium": (
        f"{MICRO}/MicroGrid-BE-MAS/*_BE_[!D]*.xml",
        f"{MICRO}/MicroGrid-BE-MAS/*_BE_DL_*.xml",
        f"{MICRO}/MicroGrid-BD-MAS/*.xml",
    ),
}
ASKED_OF_BOTH = {
    "BusbarSection.BusbarGroup",
    "GeneratingUnit.ratedNetMaxP",
    "OperationalLimitSet.validFrom",
    "OperationalLimitSet.validTo",
    "PowerTransformer.reverseFlowCapability",
    "TransformerEnd.earthingMethod",
}
LACKING = {
    "MiniGrid": ASKED_OF_BOTH
    | {"ProtectedSwitch.breakingCapacity", "ProtectedSwitch.makingCapacity", "Switch.ratedCurrent"},
    "MicroGrid Belgium": ASKED_OF_BOTH,
}
"""What the statements ask for and the models do not say."""


@dataclass(frozen=True)
class Journey:
    """A package on its way to the statements and back."""

    name: str
    models: tuple[ModelFile, ...]
    there: Converted
    back: Converted


@pytest.fixture(scope="module", params=PACKAGES)
def journey(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    name: str = request.param
    files = [file for glob in PACKAGES[name] for file in sorted(shared(str(Path(glob).parent)).glob(Path(glob).name))]
    read, there, back = (tmp_path_factory.mktemp(each) for each in ("read", "there", "back"))
    folder = contributed("mappings")
    converter = Converter(MODELS, MappingRegistry.load(folder), RuleRegistry.load(folder), SystemClock())
    models = CollectionReader(MODELS, "urn:model").read(files, read).models
    converted = converter.convert(models, STATEMENT, there)
    return Journey(name, models, converted, converter.convert(converted.models, GRID, back))


def violated(models: abc.Iterable[ModelFile]) -> set[str]:
    """Return the properties whose constraints are violated, by the first word of the message."""
    found = set()
    for model in models:
        report = validate(ColumnarGraph.from_n_triples(model.statements), SHAPES.shapes_for(model.profiles))
        found |= {each.message.split()[0] for each in report.groups if each.severity == SH.Violation.value}
    return found


def values(models: abc.Iterable[ModelFile], term: str) -> dict[str, float]:
    """Return the value of each object that has a property."""
    found = {}
    for model in models:
        for line in model.statements.read_text(encoding="utf-8").splitlines():
            subject, predicate, rest = line.split(" ", 2)
            if predicate.endswith(f"#{term}>"):
                found[subject] = float(rest.split('"')[1])
    return found


def test_the_result_lacks_just_what_the_original_does_not_say(journey: Journey) -> None:
    assert violated(journey.models) == set()
    assert violated(journey.there.models) == LACKING[journey.name]


def test_every_statement_is_accounted_for(journey: Journey) -> None:
    account = journey.there.account
    assert account.statements == sum(entry.count for entry in account.entries)
    assert account.total("lost") / account.statements < 0.15
    assert [one.term for one in account.lost if one.detail.startswith("No mapping names")] == []
    assert [one for one in account.made if not one.placed] == []
    assert len(journey.there.models) == len(journey.models)


def test_currents_become_kiloampere_and_ampere_again(journey: Journey) -> None:
    before = values(journey.models, "CurrentLimit.normalValue")
    assert values(journey.there.models, "CurrentLimit.normalValue") == {
        limit: pytest.approx(ampere / 1000) for limit, ampere in before.items()
    }
    assert values(journey.back.models, "CurrentLimit.normalValue") == before
    assert before


def test_what_was_in_a_bay_is_in_its_voltage_level_and_nothing_loses_its_container(journey: Journey) -> None:
    def contained(files: abc.Iterable[ModelFile]) -> list[str]:
        lines = [line for one in files for line in one.statements.read_text(encoding="utf-8").splitlines()]
        return sorted(line.split(" ")[0] for line in lines if "#Equipment.EquipmentContainer> " in line)

    assert contained(journey.there.models) == contained(journey.models) != []


def test_leads_back_to_models_that_lack_nothing_but_data_of_faults_and_boundaries(journey: Journey) -> None:
    account = journey.back.account
    assert account.total("lost") == 0
    assert [one for one in account.made if not one.placed] == []
    known = {name.rpartition("#")[2]: fact for name, fact in MODELS.model(GRID).properties.items()}
    core = {term.split(".")[0] for term in violated(journey.back.models) if known[term].profiles != {"SC"}}
    assert core <= {"BoundaryPoint", "PhaseTapChangerNonLinear"}
