"""The requirements page and the marks of the tests agree."""

import subprocess
import sys
from pathlib import Path

from tests.requirements_matrix import ROOT, known_rows, lines


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run Python at the root of the checkout."""
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_refuses_a_mark_that_names_no_row(tmp_path: Path) -> None:
    file = tmp_path / "test_wrong.py"
    file.write_text("import pytest\n\n\n@pytest.mark.req('J9.9')\ndef test_nothing(): ...\n")
    config = ("-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "no:cacheprovider")
    done = run("-m", "pytest", "-q", "-p", "tests.conftest", *config, str(file))
    assert done.returncode != 0
    assert "test_nothing: J9.9" in done.stderr


def test_page_has_every_group_of_rows() -> None:
    counts = {group: sum(row.startswith(group) for row in known_rows()) for group in "JCMPU"}
    assert counts == {"J": 21, "C": 20, "M": 5, "P": 8, "U": 3}


def test_matrix_shows_each_row_once() -> None:
    shown = list(lines({"J1.1": "Register", "J1.2": "Record"}, {"J1.2": ["tests/journey/test_a.py::test_b"]}))
    assert shown == [
        "Proved by a test on the running system",
        "  J1.2  Record",
        "          tests/journey/test_a.py::test_b",
        "Without such a test",
        "  J1.1  Register",
        "1 of 2 rows are proved.",
    ]


def test_every_mark_names_a_row_and_the_journey_proves_some() -> None:
    done = run("-m", "tests.requirements_matrix")
    assert done.returncode == 0, done.stderr
    proved = done.stdout.partition("Without such a test")[0]
    assert "tests/journey/" in proved
    assert "  J5.2  " in proved
