"""A validation report, as a node answers it, for people: grouped by rule, the worst first."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from virtuales.cli.client.plain import plain

_COLOURS = {"Violation": "red", "Warning": "yellow", "Info": "cyan"}


def print_report(report: Mapping[str, Any]) -> None:
    """Show a report with the rules that were broken, how often each, and examples."""
    console = Console(highlight=False)
    counts = ", ".join(f"{count:,} {name}" for name, count in _mapping(report.get("counts")).items() if count)
    console.print(Text.assemble(("report: ", "bold"), plain(counts or "no counts")), soft_wrap=True)
    groups = _list(report.get("groups"))
    for group in groups:
        _print_group(group, console)
    rules = report.get("rules")
    if isinstance(rules, int) and rules > len(groups):
        console.print(f"\n… and {rules - len(groups)} more rules.")
    console.print()


def _print_group(group: Mapping[str, Any], console: Console) -> None:
    severity = plain(group.get("severity", "Violation"))
    heading = (f"\n{group.get('count', '?')} times {severity} ", _COLOURS.get(severity, "red"))
    console.print(Text.assemble(heading, (plain(group.get("rule")), "bold")), soft_wrap=True)
    console.print(Text("    " + plain(group.get("message"))), soft_wrap=True)
    for example in _list(group.get("examples")):
        path = f"  {plain(example['path'])}" if example.get("path") else ""
        value = "" if example.get("value") is None else f" = {plain(example['value'])}"
        console.print(Text(f"    {plain(example.get('focusNode'))}{path}{value}"), soft_wrap=True)


def _mapping(value: object) -> Mapping[str, int]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
