"""Every contributed folder has a README and a manifest that lists just what is there, with source and licence."""

import pytest

from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import DCTERMS, RDF, VES
from virtuales.rdf.terms import NamedNode, plain
from virtuales.resources import FOLDERS, Folder, contributed

NO_ENTRIES = {"manifest.ttl", "README.md"}


def entries(folder: Folder) -> dict[str, dict[NamedNode, list[str]]]:
    """Return the statements of a folder's manifest, by subject."""
    found: dict[str, dict[NamedNode, list[str]]] = {}
    for quad in parse_file(contributed(folder) / "manifest.ttl"):
        found.setdefault(plain(quad.subject), {}).setdefault(quad.predicate, []).append(plain(quad.object))
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_lists_just_the_files_that_are_there(folder: Folder) -> None:
    listed = sorted(file for node in entries(folder).values() for file in node[VES.file])
    there = sorted(
        path.relative_to(contributed(folder)).as_posix()
        for path in contributed(folder).rglob("*")
        if path.is_file() and path.name not in NO_ENTRIES
    )
    assert listed == there, "write a line into manifest.ttl for each file, and remove lines of files that are gone"


@pytest.mark.parametrize("folder", FOLDERS)
def test_names_identifier_source_and_licence_of_each_file(folder: Folder) -> None:
    for subject, node in entries(folder).items():
        for predicate in (DCTERMS.identifier, DCTERMS.source, DCTERMS.license, VES.file):
            assert len(node.get(predicate, [])) == 1, f"{folder}/manifest.ttl: {subject} needs one {predicate}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_gives_each_file_its_own_identifier(folder: Folder) -> None:
    identifiers = [name for node in entries(folder).values() for name in node[DCTERMS.identifier]]
    assert len(set(identifiers)) == len(identifiers)


@pytest.mark.parametrize("folder", FOLDERS)
def test_has_a_readme_that_says_how_to_add_and_check(folder: Folder) -> None:
    readme = (contributed(folder) / "README.md").read_text(encoding="utf-8")
    assert "manifest.ttl" in readme
    assert "## Check" in readme


def test_manifest_of_shapes_says_which_profiles_each_file_is_for() -> None:
    for subject, node in entries("shapes").items():
        assert node.get(DCTERMS.conformsTo), f"{subject} names no profile"
        assert node[RDF.type] == [VES.ShapesGraph.value]
        assert node[VES.status] == [VES.Approved.value]
