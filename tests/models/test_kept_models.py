"""A model that is kept is the model that its file says, and is read anew when the file says something else."""

import shutil
from pathlib import Path

import pytest

from virtuales.errors import InputError
from virtuales.kept_files import KeptFiles
from virtuales.models.facts import Model
from virtuales.models.kept_models import KeptModels
from virtuales.models.ontology_file import read_model
from virtuales.models.registry import ModelRegistry
from virtuales.resources import contributed

SHIPPED = ModelRegistry.load(contributed("ontology"))


@pytest.fixture
def kept(tmp_path: Path) -> KeptModels:
    return KeptModels(KeptFiles(tmp_path / "kept"))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read while a test runs."""
    seen: list[str] = []

    def noted(path: Path) -> Model:
        seen.append(path.name)
        return read_model(path)

    monkeypatch.setattr("virtuales.models.registry.read_model", noted)
    return seen


@pytest.mark.parametrize("name", SHIPPED.names())
def test_every_model_that_ships_comes_back_as_it_was_read(name: str, kept: KeptModels) -> None:
    first, again = (ModelRegistry.load(contributed("ontology"), kept=kept).model(name) for _ in range(2))
    assert first == again == SHIPPED.model(name)
    assert vars(again).keys() >= {"classes", "properties"}


def test_reads_a_file_once_until_it_is_changed(tmp_path: Path, kept: KeptModels, reads: list[str]) -> None:
    folder = tmp_path / "ontology"
    shutil.copytree(contributed("ontology"), folder)

    def model() -> object:
        return ModelRegistry.load(folder, kept=kept).model("week24-demand").title

    title = model()
    assert (model(), len(reads)) == (title, 1)
    file = ModelRegistry.load(folder).file("week24-demand").path
    file.write_text(file.read_text(encoding="utf-8").replace(f'"{title}"', '"Demand, told anew"'), encoding="utf-8")
    assert (model(), len(reads)) == ("Demand, told anew", 2)


def test_keeps_no_model_that_cannot_be_read(tmp_path: Path, kept: KeptModels) -> None:
    folder = tmp_path / "ontology"
    shutil.copytree(contributed("ontology"), folder)
    ModelRegistry.load(folder).file("week24-demand").path.write_text("@prefix")
    for _ in range(2):
        with pytest.raises(InputError):
            ModelRegistry.load(folder, kept=kept).model("week24-demand")


def test_makes_anew_what_is_no_model(kept: KeptModels, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = ModelRegistry.load(contributed("ontology"), kept=kept).model("sensitivity")
    monkeypatch.setattr(KeptFiles, "get", lambda *_: b"\x93\x01\x02\x03")
    assert ModelRegistry.load(contributed("ontology"), kept=kept).model("sensitivity") == expected
