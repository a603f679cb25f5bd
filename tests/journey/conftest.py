"""What the nodes of a network said is shown when a test that uses it fails."""

from collections.abc import Generator

import pytest
from tests.journey.networks import Network


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of every node's log with a failure."""
    report = yield
    if report.failed:
        for value in getattr(item, "funcargs", {}).values():
            for process in value.processes if isinstance(value, Network) else ():
                report.sections.append((f"log of the node {process.name}", process.log()))
    return report
