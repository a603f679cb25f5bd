"""Hooks for every test of the project, and the one network of nodes that several folders of tests share."""

import os
import shutil
from collections.abc import Iterator
from tempfile import mkdtemp

import pytest
from hypothesis import settings
from tests.effort import examples, is_long
from tests.journey.networks import Network, network
from tests.requirements_matrix import PAGE, PLACES, ROOT, known_rows, rows_of

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile("virtuales", deadline=None, max_examples=examples(100))
settings.load_profile("virtuales")


_CACHE = pytest.StashKey[str]()
_PROCESSES = tuple(f"{ROOT / place}/" for place in PLACES)


def pytest_configure(config: pytest.Config) -> None:
    """Give the commands that tests run a cache of their own, which all test processes share, instead of the user's."""
    if not hasattr(config, "workerinput"):
        config.stash[_CACHE] = os.environ["VIRTUALES_CACHE_DIR"] = mkdtemp(prefix="virtuales-cache-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove that cache."""
    if _CACHE in config.stash:
        shutil.rmtree(config.stash[_CACHE], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that claim to prove a row that the requirements page lacks; skip long ones in the short form.

    Tests of running processes, which take longest, come first, so that all who share the work end at the same time.
    """
    known = known_rows()
    wrong = [f"{item.nodeid}: {row}" for item in items for row in rows_of(item) if row not in known]
    if wrong:
        raise pytest.UsageError(f"no such row in {PAGE.name}:\n" + "\n".join(wrong))
    skipped = pytest.mark.skip(reason="part of the long form: make test-long")
    for item in () if is_long() else items:
        if item.get_closest_marker("long") is not None:
            item.add_marker(skipped)
    items.sort(key=lambda item: not str(item.path).startswith(_PROCESSES))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests measured: what they recorded as the property `figure`."""
    reports = [report for key in ("passed", "failed") for report in terminalreporter.stats.get(key, [])]
    figures = [text for report in reports for name, text in report.user_properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
        for text in dict.fromkeys(figures):
            terminalreporter.write_line(str(text))


@pytest.fixture(scope="session")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """Three approved organisations, for tests that leave them as they are: `north` provides, `vale` consumes."""
    with network(tmp_path_factory.mktemp("doors"), "north", "vale", "dale") as running:
        running.admit("north", "vale", "dale")
        yield running
