"""The schema registry: which shapes judge which profiles."""

from pathlib import Path

import pytest

from virtuales.assurance.registry import SchemaRegistry
from virtuales.errors import ConfigurationError, UnknownTerm
from virtuales.resources import contributed

EQ = "http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0"
MANIFEST = """
@prefix ves: <https://w3id.org/virtuales/ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
<urn:one> a ves:ShapesGraph ; dcterms:conformsTo <urn:profile> ; dcterms:identifier "one" ; ves:file "one.ttl" ;
  ves:status ves:%s .
"""


def folder(place: Path, status: str = "Approved") -> Path:
    (place / "manifest.ttl").write_text(MANIFEST % status)
    (place / "one.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> sh:targetClass <urn:c> ; sh:nodeKind sh:IRI ."
    )
    return place


def test_refuses_a_folder_without_manifest(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        SchemaRegistry.load(tmp_path)


def test_refuses_a_manifest_that_names_a_missing_file(tmp_path: Path) -> None:
    (folder(tmp_path) / "one.ttl").unlink()
    with pytest.raises(ConfigurationError, match=r"one\.ttl"):
        SchemaRegistry.load(tmp_path)


def test_refuses_a_profile_without_registered_shapes(tmp_path: Path) -> None:
    registry = SchemaRegistry.load(folder(tmp_path))
    with pytest.raises(UnknownTerm, match="urn:other"):
        registry.shapes_for(["urn:profile", "urn:other"])


def test_refuses_a_model_without_profile(tmp_path: Path) -> None:
    with pytest.raises(UnknownTerm):
        SchemaRegistry.load(folder(tmp_path)).shapes_for([])


def test_does_not_judge_by_withdrawn_shapes(tmp_path: Path) -> None:
    with pytest.raises(UnknownTerm):
        SchemaRegistry.load(folder(tmp_path, "Withdrawn")).shapes_for(["urn:profile"])


def test_compiles_shapes_once(tmp_path: Path) -> None:
    registry = SchemaRegistry.load(folder(tmp_path))
    assert registry.shapes_for(["urn:profile"]) is registry.shapes_for(["urn:profile"])


def test_every_contributed_shapes_graph_compiles_without_fault() -> None:
    registry = SchemaRegistry.load(contributed("shapes"))
    assert EQ in registry.profiles
    for entry in registry.entries:
        shapes = registry.shapes_for(sorted(entry.profiles)[:1])
        assert shapes.faults == ()
        assert len(shapes.targeted) > 0
