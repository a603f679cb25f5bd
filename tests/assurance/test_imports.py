"""`owl:imports` of shapes files: found without a network, or named as left out."""

import socket
from pathlib import Path

import pytest
from tests.assurance.building import PREFIXES, found, graph

from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.imports import ImportableFiles
from virtuales.assurance.registry import SchemaRegistry
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.validator import validate
from virtuales.errors import UnreadableInput
from virtuales.resources import contributed

HEAD = f"{PREFIXES}@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
MAIN = """
<urn:main> a owl:Ontology ; owl:imports <urn:common> .
:S a sh:NodeShape ; sh:targetClass :K ; sh:node :Common .
"""
COMMON = """
<urn:common> a owl:Ontology ; owl:versionIRI <urn:common/2> .
:Common a sh:NodeShape ; sh:property [ sh:path :p ; sh:minCount 1 ] .
"""
DATA = ":a a :K . :b a :K ; :p 1 ."


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("an import reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def write(folder: Path, **files: str) -> list[Path]:
    """Write Turtle files; return their paths in order."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, turtle in files.items():
        (folder / f"{name}.ttl").write_text(HEAD + turtle)
    return [folder / f"{name}.ttl" for name in files]


def violations(shapes: ShapesGraph) -> list[str]:
    """Judge the data; return the focus nodes of the results."""
    return [focus for focus, _ in found(validate(graph(DATA), shapes))]


def imports(shapes: ShapesGraph) -> list[str]:
    """Return what is said of imports that were left out."""
    return [fault.what for fault in shapes.faults if fault.where == "owl:imports"]


def test_names_an_import_that_is_nowhere_and_judges_by_the_rest(tmp_path: Path) -> None:
    (main,) = write(
        tmp_path, main=f"{MAIN} :T a sh:NodeShape ; sh:targetClass :K ; sh:property [ sh:path :p ; sh:minCount 1 ] ."
    )
    report = validate(graph(DATA), compile_shapes([main]))
    assert found(report) == [(":a", None)]
    assert [fault.shape for fault in report.left_out if fault.where == "owl:imports"] == ["<urn:main>"]
    assert any("<urn:common>" in fault.what and "network" in fault.what for fault in report.left_out)


@pytest.mark.parametrize("iri", ["http://127.0.0.1:9/shapes", "https://example.org/shapes#", "file:///etc/hostname"])
def test_fetches_nothing_and_opens_nothing_elsewhere(iri: str, tmp_path: Path) -> None:
    (main,) = write(tmp_path, main=MAIN.replace("urn:common", iri))
    (said,) = imports(compile_shapes([main]))
    assert iri in said


def test_an_import_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (main,) = write(tmp_path, main=MAIN)
    broken = tmp_path / "elsewhere" / "broken.ttl"
    broken.parent.mkdir()
    broken.write_text("this is no Turtle")
    registered = ImportableFiles([("urn:common", "registered", broken)])
    (said,) = imports(compile_shapes([main], find=registered.find))
    assert "broken.ttl" in said or "registered" in said
    with pytest.raises(UnreadableInput):
        compile_shapes([broken])


@pytest.mark.parametrize("iri", ["urn:common", "urn:common/2"])
def test_an_import_is_found_among_the_files_that_are_given_together(iri: str, tmp_path: Path) -> None:
    (main,) = write(tmp_path / "here", main=MAIN.replace("urn:common", iri))
    (common,) = write(tmp_path / "there", common=COMMON)
    compiled = compile_shapes([main, common])
    assert not compiled.faults
    assert violations(compiled) == [":a"]
    assert compile_shapes([common, main]).faults == ()


@pytest.mark.parametrize("iri", ["urn:common", "urn:common/2", "common.ttl"])
def test_an_import_is_found_beside_the_file_that_imports_it(iri: str, tmp_path: Path) -> None:
    main, common = write(tmp_path, main=MAIN.replace("urn:common", iri), common=COMMON)
    (tmp_path / "broken.ttl").write_text("Ontology, but no Turtle")
    (tmp_path / "notes.txt").write_text("Ontology")
    compiled = compile_shapes([main])
    assert not compiled.faults
    assert compiled.sources == (str(main), str(common))
    assert violations(compiled) == [":a"]


@pytest.mark.parametrize("iri", ["urn:registered", "urn:common", "urn:common/2"])
def test_an_import_is_found_among_what_is_registered(iri: str, tmp_path: Path) -> None:
    (main,) = write(tmp_path / "here", main=MAIN.replace("urn:common", iri))
    (common,) = write(tmp_path / "there", common=COMMON)
    registered = ImportableFiles([("urn:other", "other", main), ("urn:registered", "the common ones", common)])
    compiled = compile_shapes([main], find=registered.find)
    assert not compiled.faults
    assert compiled.sources == (str(main), "the common ones")
    assert violations(compiled) == [":a"]


def test_imports_of_imports_are_followed_and_a_circle_ends(tmp_path: Path) -> None:
    middle = "<urn:middle> a owl:Ontology ; owl:imports <urn:common>, <urn:middle>, <urn:main> ."
    main, _, _ = write(
        tmp_path,
        main=MAIN.replace("<urn:common>", "<urn:middle>"),
        middle=middle,
        common=f"{COMMON} <urn:common> owl:imports <urn:main> .",
    )
    compiled = compile_shapes([main])
    assert not compiled.faults
    assert violations(compiled) == [":a"]
    assert len(compiled.sources) == 3


def test_prefixes_and_shapes_with_targets_come_with_an_import(tmp_path: Path) -> None:
    prefixes = (
        "<urn:common> a owl:Ontology ; "
        "sh:declare [ sh:prefix 'e' ; sh:namespace 'http://example.org/'^^xsd:anyURI ] .\n"
        ":T a sh:NodeShape ; sh:targetClass :K ; sh:property [ sh:path :p ; sh:maxCount 0 ] ."
    )
    query = "SELECT $this { $this a e:K FILTER NOT EXISTS { $this e:p ?p } }"
    main, _ = write(
        tmp_path,
        main="<urn:main> a owl:Ontology ; owl:imports <urn:common> ."
        f":S a sh:NodeShape ; sh:targetClass :K ; sh:sparql [ sh:prefixes <urn:main> ; sh:select '{query}' ] .",
        common=prefixes,
    )
    compiled = compile_shapes([main])
    assert not compiled.faults
    assert violations(compiled) == [":a", ":b"]


def test_blank_nodes_of_an_import_stay_apart(tmp_path: Path) -> None:
    main, _ = write(
        tmp_path,
        main=MAIN + ":S sh:property _:x . _:x sh:path :p ; sh:maxCount 1 .",
        common=COMMON.replace("[ sh:path :p ; sh:minCount 1 ]", "_:x") + "_:x sh:path :p ; sh:minCount 1 .",
    )
    compiled = compile_shapes([main])
    assert not compiled.faults
    assert violations(compiled) == [":a"]


def test_the_vocabulary_of_shacl_itself_needs_no_file(tmp_path: Path) -> None:
    (main,) = write(tmp_path, main=MAIN.replace("<urn:common>", "sh:") + COMMON.replace("urn:common", "urn:main"))
    assert compile_shapes([main]).faults == ()


def test_shapes_can_import_what_the_release_brings(tmp_path: Path) -> None:
    registry = SchemaRegistry.load(contributed("shapes"), contributed("ontology"))
    iris = ["https://w3id.org/virtuales/shapes/gb-ltds-1.0.1/SYSCAP", "https://w3id.org/virtuales/model/gb-ltds-1.0.1"]
    for iri in iris:
        (main,) = write(tmp_path, main=MAIN.replace("urn:common", iri) + COMMON.replace("urn:common", "urn:main"))
        compiled = compile_shapes([main], find=registry.find)
        assert not imports(compiled)
        assert len(compiled.sources) == 2


def test_bytes_import_only_what_is_registered(tmp_path: Path) -> None:
    (common,) = write(tmp_path, common=COMMON)
    main = (HEAD + MAIN).encode()
    assert len(imports(compile_shapes([main]))) == 1
    registered = ImportableFiles([("urn:common", "common", common)])
    assert violations(compile_shapes([main], find=registered.find)) == [":a"]
