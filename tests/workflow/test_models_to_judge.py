"""Models read straight into graphs: the same graphs as by way of files, whatever the document looks like."""

import zipfile
from pathlib import Path

import pytest
from tests.preparation.cim_documents import BASE, EQ, OneVocabulary, document, header, line

from virtuales.assurance.graph import ColumnarGraph
from virtuales.errors import InputError, UnreadableInput
from virtuales.preparation.cim.package import read_package
from virtuales.preparation.cim.reader import CimReader
from virtuales.workflow.models_to_judge import ModelToJudge, read_models_to_judge

READER = CimReader(OneVocabulary(), BASE)
OTHER = header("urn:uuid:00000000-0000-4000-8000-00000000000b")
REGULAR = document(line("_a", "<cim:IdentifiedObject.name>A</cim:IdentifiedObject.name>"))
REMARKED = document(line("_b"), "<!-- not regular -->", head=OTHER)


def graphs(place: Path, *documents: bytes) -> list[ModelToJudge]:
    with zipfile.ZipFile(place / "package.zip", "w") as archive:
        for number, data in enumerate(documents):
            archive.writestr(f"{number}.xml", data)
    (place / "scratch").mkdir()
    return list(read_models_to_judge([place / "package.zip"], place / "scratch", reader=READER))


def statements(graph: ColumnarGraph) -> set[bytes]:
    return set(graph.to_n_triples().splitlines())


def test_reads_regular_documents_and_others_into_the_graphs_that_their_files_hold(tmp_path: Path) -> None:
    found = graphs(tmp_path, REGULAR, REMARKED)
    (tmp_path / "files").mkdir()
    package = read_package(tmp_path / "package.zip", tmp_path / "files", reader=READER)
    assert [one.member for one in found] == [model.member for model in package.models]
    for one, model in zip(found, package.models, strict=True):
        assert statements(one.graph) == set(model.statements.read_bytes().splitlines())
        assert one.profiles == model.reading.profiles == (EQ,)
        assert one.identifiers.base == BASE
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize("second", [REGULAR, document(line("_b"), "<!-- not regular -->")])
def test_refuses_one_model_in_two_documents(tmp_path: Path, second: bytes) -> None:
    with pytest.raises(InputError, match=r"package\.zip/0\.xml and package\.zip/1\.xml"):
        graphs(tmp_path, REGULAR, second)


def test_says_what_is_wrong_and_where(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"1\.xml, line 3"):
        graphs(tmp_path, REGULAR, document("text", head=OTHER))
