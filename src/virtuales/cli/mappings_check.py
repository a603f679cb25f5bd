"""`virtuales mappings check`: say what is wrong with mappings, where, why, and what to write instead."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from virtuales.alignment.checks.reports import to_json, to_junit, to_sarif
from virtuales.alignment.checks.run import Checked, check_files
from virtuales.alignment.coherence.hermit import Hermit, judge_with_hermit
from virtuales.alignment.coherence.judging import judge
from virtuales.alignment.findings import Reading
from virtuales.alignment.formats import read_file
from virtuales.alignment.kept_sets import KeptSets
from virtuales.cli.client.plain import plain
from virtuales.cli.errors import VIOLATIONS
from virtuales.cli.known_models import kept_files, shipped_models
from virtuales.cli.mapping_sources import Folder
from virtuales.resources import contributed

_COLOURS = {"error": "bold red", "warning": "bold yellow", "info": "bold"}


class ReasonerName(StrEnum):
    """What thinks through what the mappings together do to the models."""

    FAST = "fast"
    HERMIT = "hermit"


class CheckFormat(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


def check_mappings(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Sets, rules (.rq) or lifting mappings (.rml.ttl); by default all.")
    ] = None,
    *,
    form: Annotated[CheckFormat, typer.Option("--format", help="How to write the findings.")] = CheckFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", help="Write to this file instead of standard output.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 for warnings too.")] = False,
    reasoner: Annotated[
        ReasonerName,
        typer.Option("--reasoner", help="Our own, or HermiT: complete for OWL 2, slow, needs Java and an extra."),
    ] = ReasonerName.FAST,
    folder: Folder = None,
) -> None:
    """Check contributed mappings: format, terms, kinds, values, units, and what they say together.

    Ends with 0 when there is no error, with 1 when there is, and with 2 when a file is not there.
    """
    models = shipped_models()
    judged_by = judge if reasoner is ReasonerName.FAST else partial(judge_with_hermit, hermit=Hermit.find())
    place = folder or contributed("mappings")
    checked = check_files(files or None, folder=place, models=models, reasoner=judged_by, read=_set_reader())
    write_findings(checked, form, output, command="virtuales mappings check")
    if checked.count("error") or (strict and checked.count("warning")):
        raise typer.Exit(VIOLATIONS)


def write_findings(checked: Checked, form: CheckFormat, output: Path | None, *, command: str) -> None:
    """Write findings as a terminal, a program or a build server wants them.

    Args:
        checked: The findings.
        form: How to write them.
        output: The file to write; None for standard output.
        command: What found them.
    """
    writers = {CheckFormat.JSON: to_json, CheckFormat.SARIF: to_sarif}
    if form is CheckFormat.TEXT:
        if output is None:
            _print(checked, Console(soft_wrap=True, highlight=False, emoji=False))
        else:
            with output.open("w", encoding="utf-8") as file:
                _print(checked, Console(file=file, soft_wrap=True, highlight=False, no_color=True, emoji=False))
        return
    text = to_junit(checked, command) if form is CheckFormat.JUNIT else writers[form](checked)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")


def _print(checked: Checked, console: Console) -> None:
    for each in checked.findings:
        place = ":".join(str(part) for part in (each.file, each.line, each.column) if part not in (None, ""))
        said = " ".join(part for part in (each.what, each.remedy) if part)
        colour = _COLOURS[each.severity]
        console.print(f"{escape(plain(place))}: [{colour}]{each.severity}[/] {escape(plain(said))} [dim]{each.rule}[/]")
    counts = ", ".join(
        f"{checked.count(each):,} {name}" for each, name in (("error", "errors"), ("warning", "warnings"))
    )
    number = len(checked.files)
    console.print(f"{number:,} {'file' if number == 1 else 'files'} checked: {counts}.")


def _set_reader() -> Callable[[Path], Reading]:
    files = kept_files("mappings")
    return KeptSets(files).read if files else read_file
