"""What is kept is given back whole, or not at all."""

import os
import time
from pathlib import Path

import pytest

from virtuales.kept_files import KeptFiles, key_of

KEY = key_of("a model")


def entry(place: Path) -> Path:
    (file,) = place.glob("*.kept")
    return file


def test_gives_back_what_was_put_and_nothing_else(tmp_path: Path) -> None:
    KeptFiles(tmp_path / "deep" / "place").put(KEY, b"made")
    assert KeptFiles(tmp_path / "deep" / "place").get(KEY) == b"made"
    assert KeptFiles(tmp_path / "deep" / "place").get(key_of("another")) is None
    assert KeptFiles(tmp_path / "elsewhere").get(KEY) is None


@pytest.mark.parametrize("damage", [lambda whole: whole[:-1], lambda whole: whole + b"x", lambda _: b"", bytes.upper])
def test_does_not_believe_what_is_damaged(tmp_path: Path, damage: object) -> None:
    kept = KeptFiles(tmp_path)
    kept.put(KEY, b"made with care")
    file = entry(tmp_path)
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]  # one of the functions above
    assert kept.get(KEY) is None
    kept.put(KEY, b"made again")
    assert kept.get(KEY) == b"made again"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have no owners here")
def test_does_not_believe_what_others_can_write(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept = KeptFiles(tmp_path)
    kept.put(KEY, b"made")
    entry(tmp_path).chmod(0o666)
    assert kept.get(KEY) is None
    entry(tmp_path).chmod(0o600)
    tmp_path.chmod(0o777)
    assert kept.get(KEY) is None
    assert "other users can write there" in caplog.text


def test_does_not_follow_a_link(tmp_path: Path) -> None:
    kept = KeptFiles(tmp_path / "kept")
    kept.put(KEY, b"made")
    file = entry(tmp_path / "kept")
    file.rename(tmp_path / "away")
    file.symlink_to(tmp_path / "away")
    assert kept.get(KEY) is None


def test_a_place_that_cannot_be_written_keeps_nothing_and_says_so_to_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    kept = KeptFiles(tmp_path / "file" / "below")
    kept.put(KEY, b"made")
    assert kept.get(KEY) is None


def test_what_was_used_longest_ago_makes_room(tmp_path: Path) -> None:
    kept = KeptFiles(tmp_path, most_bytes=400)
    for age, name in ((30, "first"), (20, "second")):
        kept.put(key_of(name), b"." * 100)
        for file in tmp_path.glob("*.kept"):
            os.utime(file, (time.time() - age, time.time() - age))
    assert kept.get(key_of("first")) is not None
    kept.put(key_of("third"), b"." * 100)
    assert kept.get(key_of("second")) is None
    assert kept.get(key_of("first")) is not None
    kept.put(key_of("too much"), b"." * 401)
    assert kept.get(key_of("too much")) is None


def test_keys_tell_parts_and_code_apart(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text("a = 1")
    before = key_of("ab", "c", code=[tmp_path])
    assert len({before, key_of("a", "bc", code=[tmp_path]), key_of("ab", "c")}) == 3
    code.write_text("a = 12")
    assert key_of("ab", "c", code=[tmp_path]) != before
