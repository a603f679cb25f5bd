"""A wheel that is built here and installed elsewhere has all its data and works."""

import json
import os
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from virtuales.resources import FOLDERS, checkout_root, contributed

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "virtuales"
_TELL = """
import json, virtuales
from pathlib import Path
from virtuales.resources import FOLDERS, checkout_root, contributed
from virtuales.models.registry import ModelRegistry
found = {folder: sorted(str(f.relative_to(contributed(folder))) for f in contributed(folder).rglob("*") if f.is_file())
         for folder in FOLDERS}
print(json.dumps({"package": virtuales.__file__, "checkout": str(checkout_root()), "folders": found,
                  "models": ModelRegistry.load(contributed("ontology")).names()}))
"""


def files_below(directory: Path) -> list[str]:
    """Return the paths of a directory's files, without what Python leaves behind."""
    files = (file for file in directory.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return sorted(str(file.relative_to(directory)) for file in files)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as an installer does."""
    place = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = place.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in an environment of its own, which borrows its dependencies from this one; return that.

    Only the wheel's own files are put there, so the checkout of the editable installation is out of sight.
    """
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False)
    install = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python"), "install", "-q", "--no-deps"]
    subprocess.run([*install, "--no-index", str(wheel)], check=True, capture_output=True)
    (packages,) = (place / "lib").glob("python*/site-packages")
    (packages / "borrowed.pth").write_text("\n".join(site.getsitepackages()) + "\n", encoding="utf-8")
    return place


def run(environment: Path, *command: str, cwd: Path) -> str:
    """Run a command of an environment in some directory and return what it prints."""
    settings = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    program = [str(environment / "bin" / command[0]), *command[1:]]
    return subprocess.run(program, cwd=cwd, env=settings, check=True, capture_output=True, text=True).stdout


def test_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    assert [file for file in files_below(PACKAGE) if f"virtuales/{file}" not in held] == []
    assert {"virtuales/py.typed", "virtuales/trust/terms/1.0.md"} <= held
    assert any(name.startswith("virtuales/web/portal/templates/") for name in held)
    assert any(name.startswith("virtuales/web/portal/static/") for name in held)


def test_wheel_holds_nothing_but_the_package_and_its_data(wheel: Path) -> None:
    held = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in held} == {"virtuales"}
    assert [name for name in held if "__pycache__" in name or "/tests/" in name] == []


def test_installed_elsewhere_it_has_the_contributed_files_and_the_models(elsewhere: Path, tmp_path: Path) -> None:
    told = json.loads(run(elsewhere, "python", "-c", _TELL, cwd=tmp_path))
    assert Path(told["package"]).is_relative_to(elsewhere)
    assert told["checkout"] == "None"
    assert told["folders"] == {folder: files_below(ROOT / folder) for folder in FOLDERS}
    assert {"cgmes-2.4.15", "cgmes-3.0"} <= set(told["models"])


def test_installed_elsewhere_its_command_lists_the_models(elsewhere: Path, tmp_path: Path) -> None:
    listed = run(elsewhere, "virtuales", "models", "list", cwd=tmp_path)
    assert "cgmes-3.0" in listed


def test_a_checkout_reads_its_own_folders() -> None:
    assert checkout_root() == ROOT
    assert {folder: contributed(folder) for folder in FOLDERS} == {folder: ROOT / folder for folder in FOLDERS}
