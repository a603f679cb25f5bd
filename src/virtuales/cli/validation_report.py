"""How `virtuales validate` writes what it found: for a terminal, for programs, for build servers, as a page."""

import io
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from virtuales.assurance.details import EVERY
from virtuales.assurance.report import EXAMPLES, ResultGroup, ValidationResult, join_reports, path_text, plain_text
from virtuales.assurance.reports import html, junit, sarif
from virtuales.assurance.reports.shown import Change, Shown, told_conflict, told_details
from virtuales.assurance.shapes import SHACL
from virtuales.cli.client.plain import plain
from virtuales.cli.validation_costs import costs_of
from virtuales.errors import InputError

_COLOURS = {"Violation": "red", "Warning": "yellow", "Info": "cyan"}
_GROUPS_SHOWN = 50
_DETAILS_SHOWN = 20
_CONFLICTS_SHOWN = 10


class Format(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"
    TURTLE = "turtle"
    SARIF = "sarif"
    JUNIT = "junit"
    HTML = "html"

    @property
    def examples(self) -> int:
        """Results of each rule whose names and lines the format shows."""
        several = {Format.TURTLE: 0, Format.SARIF: sarif.EXAMPLES, Format.JUNIT: junit.EXAMPLES}
        return html.EXAMPLES if self is Format.HTML else several.get(self, EXAMPLES)

    def details(self, wanted: bool) -> int:
        """Say how many results of each rule get details where they are wanted: all, or as many as are shown."""
        if not wanted:
            return 0
        return EVERY if self is Format.TURTLE else self.examples


def write_report(files: Sequence[Shown], form: Format, output: Path | None) -> None:
    """Write a report to a file, which then stands there whole or not at all, or to the terminal.

    Raises:
        InputError: the file cannot be written.
    """
    if output is not None:
        _write_whole(output, _WRITERS[form](files))
    elif form is Format.TEXT:
        _print_text(files, Console(soft_wrap=True, highlight=False))
    else:
        print(_WRITERS[form](files))


def _write_whole(output: Path, text: str) -> None:
    """Write beside the file, then put it in its place in one step."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=output.parent, prefix=f".{output.name}.", delete=False
        ) as file:
            beside = Path(file.name)
            try:
                file.write(text if text.endswith("\n") else text + "\n")
                file.close()
                beside.chmod(0o666 & ~_umask())
                beside.replace(output)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise InputError(
            f"The report cannot be written: {error.strerror}.",
            where=str(output),
            remedy="Name a file in a directory that exists and that you may write to.",
        ) from None


def _umask() -> int:
    """Return the process's mask of permissions, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _json(files: Sequence[Shown]) -> str:
    data = [
        {
            "file": one.judgement.name,
            "profiles": one.judgement.profiles,
            "schemas": [version.iri for version in one.judgement.versions],
            "remarks": one.judgement.remarks,
            "report": one.judgement.report.to_json(about=one.about),
            **({"costs": costs_of(one)} if one.costs else {}),
            **({"change": _change_json(one, one.change)} if one.change else {}),
        }
        for one in files
    ]
    return json.dumps(data, indent=2, ensure_ascii=False)


def _change_json(file: Shown, change: Change) -> dict[str, object]:
    told = {str(part.state): part.report.to_json(about=part.file.about) for part in file.parts}
    return {
        "ended": change.ended,
        "began": change.began,
        "conflicts": [
            {"kind": one.kind, "difference": one.difference, "what": one.what, "statement": one.statement}
            for one in change.conflicts
        ],
        **{
            state: {name: report[name] for name in ("results", "counts", "rules", "groups")}
            for state, report in told.items()
        },
    }


def _turtle(files: Sequence[Shown]) -> str:
    said = [f"# {plain(one.judgement.name)}: judged by {plain(name)}" for one in files for name in _schema_names(one)]
    said += [f"# {plain(line)}" for one in files if one.change for line in _told_change(one, one.change)]
    return "\n".join([*said, join_reports(one.judgement.report for one in files).to_turtle().rstrip()])


def _told_change(file: Shown, change: Change) -> list[str]:
    """Say what a change did, and each conflict, in lines of plain text."""
    counts = ", ".join(f"{len(part.report):,} {part.state}" for part in file.parts)
    return [
        f"{file.judgement.name}: {change.ended:,} statements ended, {change.began:,} began; results: {counts}",
        *(f"conflict {told_conflict(one)}" for one in change.conflicts),
    ]


def _schema_names(file: Shown) -> list[str]:
    return [f"{version.name} <{version.iri}>" for version in file.judgement.versions]


def _text(files: Sequence[Shown]) -> str:
    text = io.StringIO()
    _print_text(files, Console(file=text, soft_wrap=True, highlight=False, no_color=True, force_terminal=False))
    return text.getvalue()


_WRITERS: Mapping[Format, Callable[[Sequence[Shown]], str]] = {
    Format.TEXT: _text,
    Format.JSON: _json,
    Format.TURTLE: _turtle,
    Format.SARIF: sarif.to_sarif,
    Format.JUNIT: junit.to_junit,
    Format.HTML: html.to_html,
}


def _shown(text: str) -> str:
    """Return text from data or from elsewhere as a console shows it, steering nothing."""
    return escape(plain(text))


def _print_text(files: Sequence[Shown], console: Console) -> None:
    for file in files:
        _print_file(file, console)


def _print_file(file: Shown, console: Console) -> None:
    report = file.judgement.report
    counts = ", ".join(f"{count:,} {name}" for name, count in report.counts_by_severity().items() if count)
    verdict = f"[bold green]conforms[/] {counts}".rstrip() if report.conforms else f"[bold]{counts}[/]"
    console.print(f"[bold]{_shown(file.judgement.name)}[/]: {verdict}")
    sources = _shown(", ".join(report.sources))
    console.print(f"  judged by {sources}: {len(report.judged)} shapes, {report.focus_nodes:,} nodes")
    for remark in file.judgement.remarks:
        console.print(f"  [yellow]remark[/] {_shown(remark)}")
    if report.inferred:
        console.print(f"  rules inferred {report.inferred:,} statements first")
    if file.change:
        _print_change(file, file.change, console)
    for part in file.parts:
        if part.state and len(part.report):
            console.print(f"\n[bold]{_shown(file.judgement.name)}: {part.state}[/]")
        groups = part.report.worst_first()
        for group in groups[:_GROUPS_SHOWN]:
            _print_group(part.file, group, console)
        if len(groups) > _GROUPS_SHOWN:
            console.print(f"  … and {len(groups) - _GROUPS_SHOWN} more rules; `--format html` shows all.")
    for fault in report.left_out:
        console.print(
            f"  [magenta]left out[/] {_shown(plain_text(fault.shape))}: {_shown(fault.what)} {_shown(fault.where)}"
        )


def _print_change(file: Shown, change: Change, console: Console) -> None:
    first = _told_change(file, change)[0].removeprefix(f"{file.judgement.name}: ")
    console.print(f"  the change: {_shown(first)}")
    for _, several in groupby(change.conflicts, key=lambda one: (one.difference, one.kind)):
        same = list(several)
        console.print(f"  [red]{len(same):,} times {same[0].kind}[/] {_shown(same[0].difference)}")
        for one in same[:_CONFLICTS_SHOWN]:
            console.print(f"      {_shown(one.what)}: {_shown(one.statement or '')}".rstrip(": "))
        if len(same) > _CONFLICTS_SHOWN:
            console.print(f"      … and {len(same) - _CONFLICTS_SHOWN:,} more; `--format json` lists all.")


def _print_group(file: Shown, group: ResultGroup, console: Console) -> None:
    severity = group.severity.removeprefix(SHACL)
    colour = _COLOURS.get(severity, "red")
    console.print(f"\n  [{colour}]{len(group):,} times {_shown(severity)}[/] [bold]{_shown(group.rule)}[/]")
    console.print(f"      {_shown(group.message)}")
    if group.description and group.description != group.message:
        console.print(f"      {_shown(group.description)}")
    for place in range(min(EXAMPLES, len(group))):
        result = group[place]
        where = _shown(str(file.place(result)))
        name = f" [bold]{_shown(file.name(result))}[/]" if file.name(result) else ""
        path = f"  {_shown(path_text(result.path) or '')}" if result.path else ""
        value = "" if result.value is None else f" = {_shown(result.value)}"
        console.print(f"      {where}{_shown(plain_text(result.focus_node))}{name}{path}{value}")
        _print_details(result, console)


def _print_details(result: ValidationResult, console: Console) -> None:
    lines = list(told_details(result))
    for depth, text in lines[:_DETAILS_SHOWN]:
        console.print(f"      {'  ' * depth}because {_shown(text)}")
    if len(lines) > _DETAILS_SHOWN:
        console.print(f"        … and {len(lines) - _DETAILS_SHOWN} more details; `--format json` shows all.")
