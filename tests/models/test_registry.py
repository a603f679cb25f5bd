"""The registry of models: names, look-up by profile, one reading each."""

import time
from pathlib import Path

import pytest
from tests.models.small_profiles import equipment

from virtuales.errors import ConfigurationError, UnknownTerm
from virtuales.models.importing import Publication, read_files, store_facts
from virtuales.models.registry import ModelRegistry
from virtuales.resources import contributed

PUBLICATION = Publication("Small model", source="https://example.org/files", licence="CC-BY-4.0")
CIM17 = "http://iec.ch/TC57/ns/CIM/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one registered model."""
    ontology = tmp_path / "ontology"
    ontology.mkdir()
    store_facts(read_files([equipment(tmp_path)], "small", PUBLICATION), ontology)
    return ontology


def test_refuses_a_folder_without_manifest(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no manifest"):
        ModelRegistry.load(tmp_path)


def test_refuses_a_manifest_that_lists_a_missing_file(folder: Path) -> None:
    (folder / "small.ttl").unlink()
    with pytest.raises(ConfigurationError, match=r"lists `small\.ttl`"):
        ModelRegistry.load(folder)


def test_refuses_a_manifest_that_names_no_licence(folder: Path) -> None:
    manifest = folder / "manifest.ttl"
    manifest.write_text(manifest.read_text().replace('dcterms:license "CC-BY-4.0" ;', ""))
    with pytest.raises(ConfigurationError, match="license"):
        ModelRegistry.load(folder)


def test_refuses_an_unknown_name_and_lists_the_known(folder: Path) -> None:
    with pytest.raises(UnknownTerm) as caught:
        ModelRegistry.load(folder).model("large")
    assert caught.value.remedy == "Registered are: small."


@pytest.mark.parametrize(
    ("profiles", "complaint"),
    [
        ([], "names no profile"),
        (["http://profile/EQ/9"], "<http://profile/EQ/9>"),
        (["http://profile/EQ/1", "http://profile/EQ/9"], "<http://profile/EQ/9>"),
    ],
)
def test_refuses_profiles_it_does_not_know(folder: Path, profiles: list[str], complaint: str) -> None:
    with pytest.raises(UnknownTerm, match=complaint) as caught:
        ModelRegistry.load(folder).vocabulary_for_profiles(profiles)
    assert caught.value.remedy == "Known profiles are: http://profile/EQ/1."


def test_refuses_profiles_of_two_models() -> None:
    registry = ModelRegistry.load(contributed("ontology"))
    with pytest.raises(UnknownTerm, match=r"several models: cgmes-2.4.15, cgmes-3.0"):
        registry.vocabulary_for_profiles([f"{CIM17}Topology-EU/3.0", "http://entsoe.eu/CIM/Topology/4/1"])


def test_gives_what_types_data(folder: Path) -> None:
    vocabulary = ModelRegistry.load(folder).vocabulary_for_profiles(["http://profile/EQ/1"])
    assert vocabulary.name == "small"
    assert vocabulary.profiles == {"http://profile/EQ/1": "EQ"}
    assert vocabulary.datatypes["http://cim#Line.r"] == "http://www.w3.org/2001/XMLSchema#float"
    assert {"http://cim#Line.winding", "http://cim#Terminal.Equipment"} <= vocabulary.references
    assert {"http://cim#Line", "http://cim#Thing"} <= vocabulary.classes
    assert "http://cim#Resistance" not in vocabulary.classes


def test_reads_a_model_once(folder: Path) -> None:
    registry = ModelRegistry.load(folder)
    assert registry.model("small") is registry.model("small")
    assert registry.vocabulary("small") is registry.vocabulary("small")


def test_knows_all_parts_of_the_older_equipment_profile() -> None:
    vocabulary = ModelRegistry.load(contributed("ontology")).vocabulary("cgmes-2.4.15")
    parts = {part: f"http://entsoe.eu/CIM/Equipment{part}/3/1" for part in ("Core", "Operation", "ShortCircuit")}
    assert {part: vocabulary.profiles[iri] for part, iri in parts.items()} == {
        "Core": "EQ",
        "Operation": "OP",
        "ShortCircuit": "SC",
    }


def test_loads_the_largest_model_fast_enough_for_a_request() -> None:
    registry = ModelRegistry.load(contributed("ontology"))
    before = time.process_time()
    registry.vocabulary("cgmes-3.0")
    assert time.process_time() - before < 1.5
