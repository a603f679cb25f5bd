"""The locks fit what the project asks for, hold hashes and name no host."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN, DEV, BUILD = "requirements.lock", "requirements-dev.lock", "requirements-build.lock"
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)


def pins(lock: str) -> dict[str, set[Version]]:
    """Return the versions of each package in a lock; more than one where they differ by platform."""
    found: dict[str, set[Version]] = {}
    for pin in _PIN.finditer((ROOT / lock).read_text(encoding="utf-8")):
        found.setdefault(canonicalize_name(pin["name"]), set()).add(Version(pin["version"]))
    return found


def unmet(wanted: Iterable[str], lock: str) -> list[str]:
    """Return the requirements that a lock does not meet."""
    locked = pins(lock)
    missing = []
    for text in wanted:
        requirement = Requirement(text)
        versions = locked.get(canonicalize_name(requirement.name), set())
        if not versions or not all(version in requirement.specifier for version in versions):
            missing.append(text)
    return missing


@pytest.mark.parametrize("lock", [RUN, DEV])
def test_lock_meets_every_dependency(lock: str) -> None:
    assert unmet(PROJECT["project"]["dependencies"], lock) == [], "run `make lock LOCK=`"


def test_development_lock_meets_the_development_group() -> None:
    assert unmet(PROJECT["dependency-groups"]["dev"], DEV) == [], "run `make lock LOCK=`"


def test_build_lock_meets_the_build_system() -> None:
    assert unmet([*PROJECT["build-system"]["requires"], "uv", "editables"], BUILD) == [], "run `make lock LOCK=`"


@pytest.mark.parametrize("lock", [RUN, BUILD])
def test_locks_agree_with_the_development_lock(lock: str) -> None:
    wider = pins(DEV)
    assert {name: versions for name, versions in pins(lock).items() if not versions <= wider.get(name, versions)} == {}


@pytest.mark.parametrize("lock", [RUN, DEV, BUILD])
def test_lock_holds_a_hash_for_every_package_and_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"(?m)^(?=\S)", text)[1:]
    assert len(blocks) >= 5
    assert [block.partition("\n")[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert "index-url" not in text
