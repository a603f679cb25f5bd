"""`virtuales gaps`: how far models meet the requirements of a use case, and which terms would fill the gaps."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from virtuales.alignment.gaps.analysis import analyse
from virtuales.alignment.gaps.cell import STATUSES
from virtuales.alignment.gaps.proposals import proposals
from virtuales.alignment.gaps.reports.html import to_html
from virtuales.alignment.gaps.reports.plain import Account, to_csv, to_json, to_markdown
from virtuales.alignment.gaps.reports.statements import proposals_to_turtle, to_turtle
from virtuales.cli.errors import VIOLATIONS
from virtuales.cli.known_models import shipped_models
from virtuales.cli.mapping_sources import Folder, registry_of
from virtuales.cli.use_cases import NameOrFile, find_use_case

_COLOURS = {"covered": "green", "partly covered": "yellow", "not covered": "dim", "conflicting": "bold red"}
_HEADS = {"covered": "covered by", "partly covered": "partly by", "conflicting": "conflicting in"}


class GapFormat(StrEnum):
    """How a gap analysis is written."""

    TEXT = "text"
    HTML = "html"
    MARKDOWN = "markdown"
    CSV = "csv"
    TURTLE = "turtle"
    JSON = "json"
    PROPOSALS = "proposals"


WRITERS: Mapping[GapFormat, Callable[[Account], str]] = {
    GapFormat.HTML: to_html,
    GapFormat.MARKDOWN: to_markdown,
    GapFormat.CSV: to_csv,
    GapFormat.TURTLE: to_turtle,
    GapFormat.JSON: to_json,
    GapFormat.PROPOSALS: proposals_to_turtle,
}


def gaps(
    name: NameOrFile,
    *,
    model: Annotated[
        list[str] | None,
        typer.Option(help="A model to look at, by name or `NAME@VERSION`; by default those that the record reviewed."),
    ] = None,
    form: Annotated[
        GapFormat, typer.Option("--format", help="How to write the analysis; `proposals` writes the terms alone.")
    ] = GapFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", help="Write to this file instead of standard output.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a requirement is not covered.")] = False,
    folder: Folder = None,
) -> None:
    """Analyse the gaps between a use case's data requirements and models.

    Each requirement is covered, partly covered, not covered, or conflicting in each model.

    Ends with 0, or with `--strict` with 1 when a requirement is wholly covered by none of the models; with 2 when the
    record names terms or models that are not registered.
    """
    use_case = find_use_case(name)
    models = shipped_models()
    report = analyse(use_case, models=models, sets=tuple(registry_of(folder).all()), references=model or ())
    account = Account(use_case, report, proposals(use_case, report))
    if form is not GapFormat.TEXT:
        text = WRITERS[form](account)
        if output is None:
            typer.echo(text, nl=not text.endswith("\n"))
        else:
            output.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    elif output is None:
        _print(account, Console(soft_wrap=True, highlight=False))
    else:
        with output.open("w", encoding="utf-8") as file:
            _print(account, Console(file=file, soft_wrap=True, highlight=False, no_color=True))
    if strict and report.gaps():
        raise typer.Exit(VIOLATIONS)


def _print(account: Account, console: Console) -> None:
    report = account.report
    table = Table("requirement", "priority", *(_HEADS[status] for status in _HEADS))
    for row in report.rows:
        found = list(zip(report.names, row.cells, strict=True))
        cells = (", ".join(name for name, cell in found if cell.status == status) for status in _HEADS)
        title = escape(f"{row.requirement.identifier} {row.requirement.title}")
        table.add_row(f"[{_COLOURS[row.best]}]{title}[/]", row.requirement.priority, *map(escape, cells))
    console.print(table)
    for row in report.gaps():
        console.print(f"[bold]{row.requirement.identifier} {escape(row.requirement.title)}[/]: {row.best}")
        for name, cell in zip(report.names, row.cells, strict=True):
            if cell.status != "not covered":
                terms = ", ".join(each.name for each in cell.terms)
                said = " ".join(filter(None, (f"{terms}.", *cell.reasons)))
                console.print(f"  {escape(name)}: [{_COLOURS[cell.status]}]{cell.status}[/]. {escape(said)}")
        for one in account.proposals_for(row):
            console.print(f"  proposed: {escape(one.iri)}{' (draft)' if one.drafted else ''}")
    counts = report.best_counts()
    said = ", ".join(f"{counts[status]} {status}" for status in STATUSES)
    console.print(f"{len(report.rows)} requirements, {len(report.models)} models; the best of each: {said}.")
