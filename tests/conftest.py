"""Hooks for every test of the project, and nothing else."""

import pytest
from hypothesis import settings
from tests.requirements_matrix import PAGE, known_rows, rows_of

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile("virtuales", deadline=None)
settings.load_profile("virtuales")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that claim to prove a row that the requirements page does not have."""
    known = known_rows()
    wrong = [f"{item.nodeid}: {row}" for item in items for row in rows_of(item) if row not in known]
    if wrong:
        raise pytest.UsageError(f"no such row in {PAGE.name}:\n" + "\n".join(wrong))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests measured: what they recorded as the property `figure`."""
    reports = [report for key in ("passed", "failed") for report in terminalreporter.stats.get(key, [])]
    figures = [text for report in reports for name, text in report.user_properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
        for text in dict.fromkeys(figures):
            terminalreporter.write_line(str(text))
