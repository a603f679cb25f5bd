"""The registry of models: names, look-up by profile, one reading each."""

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.models.small_profiles import equipment

from virtuales.errors import ConfigurationError, Conflict, InputError, UnknownTerm
from virtuales.models.facts import ClassFact, Model, ProfileFact, by_iri
from virtuales.models.importing import Publication, read_files, store_facts
from virtuales.models.registry import ModelRegistry
from virtuales.rdf.terms import plain
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


def small(version: str = "1.0", *, name: str = "small", iri: str = "http://profile/EQ/1", label: str = "Line") -> Model:
    """Return a model with one profile and one class."""
    return Model(
        name=name,
        title="Small model",
        version=version,
        profiles={"EQ": ProfileFact("EQ", (iri,) if iri else ())},
        classes=by_iri([ClassFact("http://cim#Line", label, profiles=frozenset({"EQ"}))]),
    )


class TestVersionsSideBySide:
    def test_refuses_the_same_version_with_other_facts(self) -> None:
        registry = ModelRegistry(())
        registry.add(small())
        with pytest.raises(Conflict, match="other statements"):
            registry.add(small(label="Circuit"))
        assert registry.model("small").classes["http://cim#Line"].label == "Line"

    def test_refuses_the_profile_of_another_model(self) -> None:
        registry = ModelRegistry(())
        registry.add(small())
        with pytest.raises(Conflict, match="<http://profile/EQ/1> is one of `small`"):
            registry.add(small(name="other"))
        assert registry.names() == ("small",)

    def test_refuses_a_name_that_cannot_stand_in_an_address(self) -> None:
        with pytest.raises(InputError, match="cannot name a model"):
            ModelRegistry(()).add(small(name="Small Model"))

    def test_refuses_a_version_that_is_not_there_and_lists_those_that_are(self, folder: Path) -> None:
        registry = ModelRegistry.load(folder)
        with pytest.raises(UnknownTerm, match=r"no version `small@9`") as caught:
            registry.model("small@9")
        assert caught.value.remedy == "Registered are: small@1.0."
        with pytest.raises(UnknownTerm, match="No model is registered"):
            registry.remove("large@1.0")

    def test_refuses_a_short_reference_that_two_models_answer_to(self) -> None:
        registry = ModelRegistry(())
        registry.add(small("1.0", name="small-1"))
        registry.add(small("1.0", name="small-1.0", iri=""))
        with pytest.raises(UnknownTerm, match="several versions"):
            registry.version("small@1.0")

    def test_the_bare_name_means_the_latest_unless_it_is_said_otherwise(self) -> None:
        registry = ModelRegistry(())
        registry.add(small("1.0"))
        registry.add(small("2.0", label="Circuit"))
        registry.add(small("3.0-draft", label="Wire"), in_use=False)
        assert registry.version("small").reference == "small@2.0"
        assert registry.model("small@1.0").classes["http://cim#Line"].label == "Line"
        assert [(one.version, one.in_use) for one in registry.versions("small")] == [
            ("1.0", False),
            ("2.0", True),
            ("3.0-draft", False),
        ]

    def test_the_same_once_more_changes_nothing_and_a_revision_only_when_it_is_meant(self) -> None:
        registry = ModelRegistry(())
        first = registry.add(small())
        assert registry.add(small()) == first
        registry.add(small(label="Circuit"), replacing=True)
        assert registry.model("small").classes["http://cim#Line"].label == "Circuit"
        assert len(registry.versions()) == 1

    def test_removing_the_one_in_use_leaves_the_latest_of_the_others_in_use(self) -> None:
        registry = ModelRegistry(())
        for version in ("1.0", "2.0", "3.0"):
            registry.add(small(version))
        before = registry.revision
        assert registry.remove("small@3.0").in_use
        assert registry.version("small").version == "2.0"
        registry.remove("small@1.0")
        registry.remove("small@2.0")
        assert registry.names() == ()
        assert registry.revision > before

    def test_a_header_is_read_by_the_version_in_use_or_else_by_one_that_has_its_profile(self) -> None:
        registry = ModelRegistry(())
        registry.add(small("1.0", iri="http://profile/EQ/0"))
        registry.add(small("2.0"))
        registry.add(small("3.0"), in_use=False)
        assert registry.vocabulary_for_profiles(["http://profile/EQ/1"]) is registry.vocabulary("small@2.0")
        assert registry.vocabulary_for_profiles(["http://profile/EQ/0"]) is registry.vocabulary("small@1.0")

    def test_names_that_end_with_the_version_have_a_short_reference(self) -> None:
        registry = ModelRegistry.load(contributed("ontology"))
        assert registry.version("cgmes@3.0.0").name == "cgmes-3.0"
        assert registry.version("cgmes@2.4.15").name == "cgmes-2.4.15"
        assert registry.version("cgmes-3.0@3.0.0") == registry.version("cgmes-3.0")

    def test_keeps_the_statements_it_was_given(self) -> None:
        registry = ModelRegistry(())
        turtle = b'<http://cim#Line> <http://www.w3.org/2000/01/rdf-schema#label> "Line" .'
        registry.add(small(), turtle=turtle)
        assert [plain(quad.object) for quad in registry.statements("small")] == ["Line"]
        assert registry.digest("small") == hashlib.sha256(turtle).hexdigest()

    def test_threads_that_add_read_and_remove_do_not_disturb_each_other(self) -> None:
        registry = ModelRegistry(())
        registry.add(small("0"))

        def work(number: int) -> int:
            for _ in range(50):
                registry.add(small(f"{number}.0", iri=f"http://profile/EQ/{number}"), in_use=False)
                assert registry.vocabulary_for_profiles([f"http://profile/EQ/{number}"]).name == "small"
                registry.remove(f"small@{number}.0")
            return number

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(work, range(10, 18))) == list(range(10, 18))
        assert [one.version for one in registry.versions()] == ["0"]


def test_our_own_vocabularies_are_models_too() -> None:
    registry = ModelRegistry.load(contributed("ontology"))
    assert registry.model("sensitivity").classes["https://w3id.org/virtuales/sensitivity#O"].label == "Open"
    assert "licences" not in registry.names()
