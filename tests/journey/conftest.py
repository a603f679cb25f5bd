"""What the nodes of a network said is shown when a test that uses it fails."""

from collections.abc import Generator, Iterator

import pytest
from tests.journey.networks import Network, network


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of every node's log with a failure."""
    report = yield
    if report.failed:
        for value in getattr(item, "funcargs", {}).values():
            for process in value.processes if isinstance(value, Network) else ():
                report.sections.append((f"log of the node {process.name}", process.log()))
    return report


@pytest.fixture(scope="session")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """Three approved organisations, for tests that leave them as they are: `north` provides, `vale` consumes."""
    with network(tmp_path_factory.mktemp("doors"), "north", "vale", "dale") as running:
        running.admit("north", "vale", "dale")
        yield running
