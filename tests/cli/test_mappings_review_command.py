"""`virtuales mappings review`: by keys in a terminal, and by names and tables in scripts."""

import os
import pty
import select
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from tests.alignment.small_sets import A, B, line, mapping_set
from tests.cli.terminal import Terminal

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.terms import EXACT_MATCH, LEXICAL_MATCHING, NARROW_MATCH
from virtuales.alignment.tsv_reader import read_tsv
from virtuales.alignment.tsv_writer import write_tsv

ORCID = "0000-0002-1825-0097"
PATIENCE = 60.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A set of three suggestions."""
    rows = [
        line(A + name, EXACT_MATCH, B + name, justification=LEXICAL_MATCHING, confidence=confidence, comment="alike")
        for name, confidence in (("x", 0.9), ("y", 0.8), ("z", 0.7))
    ]
    path = tmp_path / "suggestions.sssom.tsv"
    path.write_text(write_tsv(mapping_set(*rows)), encoding="utf-8")
    return path


def rows(file: Path) -> dict[str, Mapping]:
    """Return the rows of a file by the last letter of their subject."""
    return {row.subject_id[-1]: row for row in read_tsv(file).accepted(strict=True).mappings}


def wait_for_keys(terminal: int) -> None:
    """Wait until the program reads single keys: what is typed before that is thrown away with the mode."""
    end = time.monotonic() + PATIENCE
    while termios.tcgetattr(terminal)[3] & termios.ICANON:
        assert time.monotonic() < end, "no key is asked for"
        time.sleep(0.01)


def press(keys: str, *arguments: object) -> str:
    """Run a review in a terminal of its own, press a key at each suggestion, and return what was shown."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "virtuales", "mappings", "review", *map(str, arguments)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True) as process:
        os.close(theirs)
        shown, left = b"", list(keys)
        while select.select([ours], [], [], PATIENCE)[0]:
            try:
                said = os.read(ours, 65536)
            except OSError:  # the other end was closed
                break
            if not said:
                break
            shown += said
            if left and shown.count(b"why:") > len(keys) - len(left):
                wait_for_keys(ours)
                os.write(ours, left.pop(0).encode())
        process.wait(PATIENCE)
    os.close(ours)
    assert process.returncode == 0, shown.decode()
    return shown.decode()


def test_refuses_who_has_no_orcid(terminal: Terminal, file: Path) -> None:
    said = terminal("mappings", "review", file, "--as", "somebody", "--list")
    assert said.code == 2
    assert "`somebody` is no ORCID iD" in said.err


def test_refuses_to_ask_where_nobody_is(terminal: Terminal, file: Path) -> None:
    said = terminal("mappings", "review", file, "--as", ORCID)
    assert said.code == 2
    assert "There is nobody to ask." in said.err


def test_lists_what_is_pending_the_likeliest_first(terminal: Terminal, file: Path) -> None:
    said = terminal("mappings", "review", file, "--as", ORCID, "--list")
    assert said.out.splitlines() == ["a:x=b:x\t0.9\talike", "a:y=b:y\t0.8\talike", "a:z=b:z\t0.7\talike"]


def test_decides_by_names(terminal: Terminal, file: Path) -> None:
    options = ("--accept", "a:x=b:x", "--reject", "a:y=b:y")
    said = terminal("mappings", "review", file, "--as", ORCID, *options)
    assert (said.code, said.out) == (0, "1 suggestions are still pending.\n")
    found = rows(file)
    assert not found["x"].negated
    assert found["y"].negated
    assert found["x"].author_id == found["y"].author_id == (f"https://orcid.org/{ORCID}",)
    assert found["z"].author_id == ()


def test_decides_by_a_table_and_writes_nothing_if_one_line_is_wrong(
    terminal: Terminal, file: Path, tmp_path: Path
) -> None:
    before = file.read_bytes()
    table = tmp_path / "decisions.tsv"
    table.write_text("subject_id\tobject_id\tdecision\na:x\tb:x\taccept\na:q\tb:q\taccept\n", encoding="utf-8")
    assert terminal("mappings", "review", file, "--as", ORCID, "--decisions", table).code == 2
    assert file.read_bytes() == before
    table.write_text("subject_id\tobject_id\tdecision\tcomment\na:x\tb:x\tnarrower\tA part.\n", encoding="utf-8")
    assert terminal("mappings", "review", file, "--as", ORCID, "--decisions", table).code == 0
    assert (rows(file)["x"].predicate_id, rows(file)["x"].comment) == (NARROW_MATCH, "A part.")


def test_moves_decisions_into_another_set(terminal: Terminal, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "made.sssom.tsv"
    other.write_text(write_tsv(mapping_set(line(A + "w"))), encoding="utf-8")
    terminal("mappings", "review", file, "--as", ORCID, "--into", other, "--accept", "a:y=b:y")
    assert set(rows(other)) == {"w", "y"}
    assert set(rows(file)) == {"x", "z"}


def test_decides_key_by_key_in_a_terminal_and_goes_on_later(file: Path) -> None:
    shown = press("aruq", file, "--as", ORCID)
    assert "3 to go: a:x=b:x" in shown
    assert "undone" in shown
    assert "2 suggestions are still pending." in shown
    assert [bool(row.author_id) for row in rows(file).values()] == [True, False, False]
    shown = press("sn", file, "--as", ORCID)
    assert "2 to go: a:y=b:y" in shown
    assert rows(file)["z"].predicate_id == NARROW_MATCH
    assert not rows(file)["y"].author_id, "it was skipped"
