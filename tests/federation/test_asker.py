"""How the data of endpoints that follow registered models are seen by whoever asks in another."""

import pytest

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rules import RuleRegistry
from virtuales.errors import InputError, UnknownTerm
from virtuales.federation.seen import Asker
from virtuales.models.registry import ModelRegistry
from virtuales.resources import contributed

FOLDER = contributed("mappings")
ASKER = Asker(
    "cgmes-3.0",
    ModelRegistry.load(contributed("ontology")),
    MappingRegistry.load(FOLDER),
    RuleRegistry.load(FOLDER),
)


def test_refuses_a_model_that_nobody_registered() -> None:
    with pytest.raises(UnknownTerm, match="No model is registered as `cgmes-9`") as caught:
        ASKER.sees(["cgmes-9"])
    assert "cgmes-2.4.15" in str(caught.value.remedy)


def test_refuses_a_model_from_which_nothing_leads() -> None:
    with pytest.raises(InputError, match="No mapping or rule leads from `elexon-balancing`"):
        Asker("gb-ltds-1.0.1", ASKER.models, ASKER.mappings, ASKER.rules).sees(["elexon-balancing"])


def test_data_in_the_model_of_queries_are_seen_as_they_are() -> None:
    assert ASKER.sees(["cgmes-3.0", "http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0"]) is None


def test_models_are_known_by_name_by_iri_and_by_the_iris_of_their_profiles() -> None:
    older = ASKER.models.file("cgmes-2.4.15").iri.value
    seen = ASKER.sees(["cgmes-3.0", older, "http://entsoe.eu/CIM/EquipmentCore/3/1", "cgmes-2.4.15"])
    assert seen is not None
    assert (seen.models, seen.own) == (("cgmes-3.0", "cgmes-2.4.15"), True)
    (view,) = seen.views
    assert "http://iec.ch/TC57/CIM100#ACLineSegment" in view.terms.carriers
