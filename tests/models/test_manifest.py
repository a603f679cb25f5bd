"""Manifests: kept by imports, written by people."""

from dataclasses import replace
from pathlib import Path

import pytest

from virtuales.errors import ConfigurationError
from virtuales.models.manifest import ListedFile, read_manifest, update_manifest
from virtuales.rdf.namespaces import OWL, VES
from virtuales.rdf.terms import NamedNode


def entry(folder: Path, name: str) -> ListedFile:
    """Return an entry whose file is there."""
    path = folder / f"{name}.ttl"
    path.touch()
    return ListedFile(
        iri=NamedNode(f"http://example.org/{name}"),
        kind=VES.Model,
        identifier=name,
        path=path,
        source="https://example.org/",
        licence="CC0-1.0",
        conforms_to=frozenset({"http://profile/1", "http://profile/2"}),
    )


def test_refuses_blank_nodes(tmp_path: Path) -> None:
    (tmp_path / "manifest.ttl").write_text("[] a <http://example.org/Thing> .")
    with pytest.raises(ConfigurationError, match="no blank nodes"):
        read_manifest(tmp_path, VES.Model)


def test_reads_back_what_it_wrote(tmp_path: Path) -> None:
    entries = [entry(tmp_path, "a"), entry(tmp_path, "b")]
    update_manifest(tmp_path, reversed(entries))
    assert read_manifest(tmp_path, VES.Model) == entries
    assert read_manifest(tmp_path, OWL.Ontology) == []


def test_replaces_an_entry_and_keeps_the_others(tmp_path: Path) -> None:
    first, second = entry(tmp_path, "a"), entry(tmp_path, "b")
    update_manifest(tmp_path, [first, second])
    newer = replace(first, licence="CC-BY-4.0")
    update_manifest(tmp_path, [newer])
    assert read_manifest(tmp_path, VES.Model) == [newer, second]


def test_removes_what_an_import_made_before(tmp_path: Path) -> None:
    old, kept, new = entry(tmp_path, "made/old".replace("/", "-")), entry(tmp_path, "own"), entry(tmp_path, "made-new")
    update_manifest(tmp_path, [old, kept])
    update_manifest(tmp_path, [new], replacing="http://example.org/made-")
    assert read_manifest(tmp_path, VES.Model) == [new, kept]
