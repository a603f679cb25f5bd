"""`virtuales mappings coverage`: how far the mappings cover one model seen from another."""

import csv
import json
import sys
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from virtuales.alignment.coverage import STATES, Row, coverage
from virtuales.cli.client.used_mappings import UsedBy, mappings_of
from virtuales.cli.errors import VIOLATIONS
from virtuales.cli.known_models import shipped_models
from virtuales.clock import SystemClock
from virtuales.workflow.convert import Converter

_USUAL: Final = ("EQ", "SSH", "TP", "SV", "SC")


class Format(StrEnum):
    """How the table is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"


def coverage_of_models(
    source: Annotated[str, typer.Argument(help="The registered model to translate from.")],
    target: Annotated[str, typer.Argument(help="The registered model to translate to.")],
    *,
    profile: Annotated[
        list[str] | None, typer.Option(help="Count this profile; by default EQ, SSH, TP, SV, SC.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the table.")] = Format.TEXT,
    used_by: UsedBy = None,
) -> None:
    """Count, profile by profile, which terms are mapped, carried by rule, declared gone or new, or not declared.

    Ends with 1 when a term is not declared at all.
    """
    folder = mappings_of(used_by)
    models = shipped_models()
    converter = Converter(models, folder.mappings, folder.rules, SystemClock())
    translator = converter.translator(source, target)
    rows = coverage(translator.source, translator.target, translator.table, translator.rules, profile or _USUAL)
    _show(rows, form)
    if any(row.undeclared for row in rows):
        raise typer.Exit(VIOLATIONS)


def _show(rows: tuple[Row, ...], form: Format) -> None:
    cells = [[row.profile, row.kind, *(str(row.counts[state]) for state in STATES)] for row in rows]
    head = ["profile", "terms", *STATES]
    if form is Format.JSON:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    elif form is Format.CSV:
        csv.writer(sys.stdout, lineterminator="\n").writerows([head, *cells])
    elif form is Format.MARKDOWN:
        print("\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *cells)))
    else:
        table = Table(*head)
        for line in cells:
            table.add_row(*line)
        Console().print(table)
        for row in rows:
            for term in row.undeclared:
                print(f"not declared: {term}")
