"""How answers are shown: tables for people, JSON for programs."""

import json
import sys
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from virtuales.cli.client.plain import plain

Row = Mapping[str, object]


def print_json(data: object) -> None:
    """Write data as JSON on standard output."""
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def say(*parts: object, style: str = "") -> None:
    """Write a line on standard output, whole, however narrow the terminal is."""
    Console(highlight=False).print(Text(" ".join(plain(part) for part in parts), style=style), soft_wrap=True)


def print_rows(rows: Sequence[Row], *, nothing: str, as_table: bool = False) -> None:
    """Show rows as a table, or one below the other when the terminal is too narrow to show every value whole.

    Args:
        rows: The rows; the first one's keys are the columns.
        nothing: What to say when there is none.
        as_table: Whether it has to be a table, of whatever width.
    """
    if not rows:
        say(nothing)
        return
    console = Console(highlight=False)
    table = Table(header_style="bold")
    for name in rows[0]:
        table.add_column(name, no_wrap=True)
    for row in rows:
        table.add_row(*(Text(_text(value)) for value in row.values()))
    natural = console.measure(table, options=console.options.update(max_width=100_000)).maximum
    if natural <= console.width:
        console.print(table)
    elif as_table:
        Console(highlight=False, width=natural).print(table)
    else:
        for place, row in enumerate(rows):
            if place:
                console.print()
            print_record(row)


def print_record(row: Row) -> None:
    """Show one thing: a line for each value that it has."""
    console = Console(highlight=False)
    width = max(len(name) for name in row)
    for name, value in row.items():
        text = _text(value)
        if text:
            body = text.replace("\n", "\n" + " " * (width + 2))
            console.print(Text.assemble((name.ljust(width) + "  ", "bold"), body), soft_wrap=True)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(each) for each in value)
    return plain(value)
