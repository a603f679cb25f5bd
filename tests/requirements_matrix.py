"""Which rows of `docs/requirements.md` a test on the running system proves: `python -m tests.requirements_matrix`.

A test names its rows with `@pytest.mark.req("J2.4", …)`. Those count that stand where tests start real processes.
"""

import contextlib
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "requirements.md"
PLACES = ("tests/journey", "tests/cli", "tests/demonstration", "tests/web")
_ROW = re.compile(r"^\| (?P<row>[JCMPU]\d+(?:\.\d+)?[a-z]?) \| (?P<title>.+) \|$", re.MULTILINE)


def known_rows() -> dict[str, str]:
    """Return every row of the requirements page with its title, in the page's order."""
    return {found["row"]: found["title"] for found in _ROW.finditer(PAGE.read_text(encoding="utf-8"))}


def rows_of(item: pytest.Item) -> list[str]:
    """Return the rows that a test says it proves."""
    return [str(row) for mark in item.iter_markers("req") for row in mark.args]


class Collector:
    """Notes which test names which row, as a plugin of pytest."""

    def __init__(self) -> None:
        self.tests: dict[str, list[str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note every collected test's rows; the parameters of a test are left out."""
        for item in session.items:
            for row in rows_of(item):
                name = item.nodeid.partition("[")[0]
                if name not in self.tests.setdefault(row, []):
                    self.tests[row].append(name)


def proved_rows() -> dict[str, list[str]]:
    """Collect the tests and return the tests of every row that has one.

    Raises:
        RuntimeError: a test cannot be collected; the message is what pytest says.
    """
    collector = Collector()
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = pytest.main(
            ["--collect-only", "-q", "-p", "no:cacheprovider", f"--rootdir={ROOT}", *map(str, _files_with_marks())],
            plugins=[collector],
        )
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        raise RuntimeError(f"the tests cannot be collected:\n{said.getvalue()}")
    return collector.tests


def _files_with_marks() -> list[Path]:
    """Return the files that name a row, so that others need not be collected."""
    files = (file for place in PLACES for file in sorted((ROOT / place).rglob("test_*.py")))
    return [file for file in files if "mark.req(" in file.read_text(encoding="utf-8")]


def lines(rows: Mapping[str, str], tests: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Give each row with its tests below it, then the rows without any, then the count."""
    proved = [row for row in rows if row in tests]
    yield "Proved by a test on the running system"
    for row in proved:
        yield f"  {row:<6}{rows[row]}"
        yield from (f"          {test}" for test in tests[row])
    yield "Without such a test"
    yield from (f"  {row:<6}{title}" for row, title in rows.items() if row not in tests)
    yield f"{len(proved)} of {len(rows)} rows are proved."


def main() -> int:
    """Print the matrix; the exit code is 1 when the tests cannot be collected."""
    try:
        tests = proved_rows()
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("\n".join(lines(known_rows(), tests)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
