"""`virtuales validate`: judge models and RDF files by registered or given shapes; made for a terminal and for CI."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from virtuales.assurance.judging import Judgeable, Judgement, judge
from virtuales.assurance.registry import SchemaRegistry
from virtuales.assurance.report import EXAMPLES, ResultGroup, join_reports, path_text, plain_text
from virtuales.assurance.second_engine import judge_with_pyshacl
from virtuales.assurance.shapes import SHACL
from virtuales.errors import UnreadableInput, VirtualesError
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.package import read_package
from virtuales.preparation.cim.reader import CimReader
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX
from virtuales.rdf.media import RDF_XML
from virtuales.resources import contributed

CONFORMS, VIOLATIONS, UNUSABLE = 0, 1, 2
_COLOURS = {"Violation": "red", "Warning": "yellow", "Info": "cyan"}
_GROUPS_SHOWN = 50


class Format(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"
    TURTLE = "turtle"


class EngineName(StrEnum):
    """Which engine judges."""

    VIRTUALES = "virtuales"
    PYSHACL = "pyshacl"


def validate(  # one argument for each option of the command
    files: Annotated[list[Path], typer.Argument(help="CIM/XML files, zips of them, or RDF files (.ttl, .nt, …).")],
    *,
    shapes: Annotated[list[Path] | None, typer.Option(help="Judge by these shapes instead of the registered.")] = None,
    output: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.TEXT,
    engine: Annotated[EngineName, typer.Option(help="Which engine judges.")] = EngineName.VIRTUALES,
    profile: Annotated[list[str] | None, typer.Option(help="IRI of a profile, for CIM files without a header.")] = None,
    base: Annotated[str, typer.Option(help="The IRI under which CIM identifiers that are no UUID fall.")] = "urn:model",
) -> None:
    """Judge each model by the shapes of its profiles.

    Ends with 0 when nothing of severity Violation was found, with 1 when something was, and with 2 when the input
    cannot be used.
    """
    try:
        with _documents(files, base, profile) as documents:
            registry = SchemaRegistry.load(contributed("shapes"))
            other = judge_with_pyshacl if engine is EngineName.PYSHACL else None
            judgements = [judge(one, registry=registry, shapes=shapes or (), engine=other) for one in documents]
    except VirtualesError as error:
        Console(stderr=True, soft_wrap=True, highlight=False).print(f"[bold red]Unusable:[/] {escape(str(error))}")
        raise typer.Exit(UNUSABLE) from None
    _write(judgements, output)
    raise typer.Exit(CONFORMS if all(one.report.acceptable for one in judgements) else VIOLATIONS)


@contextmanager
def _documents(files: Sequence[Path], base: str, profiles: Sequence[str] | None) -> Iterator[list[Judgeable]]:
    """Give the RDF files themselves, and each model of the CIM files as N-Triples for as long as it is needed."""
    missing = next((file for file in files if not file.is_file()), None)
    if missing is not None:
        raise UnreadableInput("There is no such file.", where=str(missing))
    rdf = [file for file in files if MEDIA_TYPES_BY_SUFFIX.get(file.suffix.lower(), RDF_XML) != RDF_XML]
    cim = [file for file in files if file not in rdf]
    with tempfile.TemporaryDirectory(prefix="virtuales-") as directory:
        documents = [Judgeable(str(file), file) for file in rdf]
        if cim:
            reader = CimReader(ModelRegistry.load(contributed("ontology")), base)
            package = read_package(cim, Path(directory), reader=reader, profiles=profiles)
            documents += [
                Judgeable(model.member.name, model.statements, model.reading.profiles) for model in package.models
            ]
        yield documents


def _write(judgements: Sequence[Judgement], output: Format) -> None:
    if output is Format.JSON:
        data = [{"file": one.name, "profiles": one.profiles, "report": one.report.to_json()} for one in judgements]
        print(json.dumps(data, indent=2, ensure_ascii=False))
    elif output is Format.TURTLE:
        print(join_reports(one.report for one in judgements).to_turtle())
    else:
        console = Console(soft_wrap=True, highlight=False)
        for judgement in judgements:
            _write_text(judgement, console)


def _write_text(judgement: Judgement, console: Console) -> None:
    report = judgement.report
    counts = ", ".join(f"{count:,} {name}" for name, count in report.counts_by_severity().items() if count)
    verdict = "[bold green]conforms[/]" if report.conforms else f"[bold]{counts}[/]"
    console.print(f"[bold]{escape(judgement.name)}[/]: {verdict}")
    console.print(f"  judged by {', '.join(report.sources)}: {len(report.judged)} shapes, {report.focus_nodes:,} nodes")
    groups = report.worst_first()
    for group in groups[:_GROUPS_SHOWN]:
        _write_group(group, console)
    if len(groups) > _GROUPS_SHOWN:
        console.print(f"  … and {len(groups) - _GROUPS_SHOWN} more rules; `--format json` shows more.")
    for fault in report.left_out:
        console.print(f"  [magenta]left out[/] {escape(plain_text(fault.shape))}: {escape(fault.what)} {fault.where}")


def _write_group(group: ResultGroup, console: Console) -> None:
    severity = group.severity.removeprefix(SHACL)
    colour = _COLOURS.get(severity, "red")
    console.print(f"\n  [{colour}]{len(group):,} times {escape(severity)}[/] [bold]{escape(group.rule)}[/]")
    console.print(f"      {escape(group.message)}")
    for place in range(min(EXAMPLES, len(group))):
        result = group[place]
        path = f"  {escape(path_text(result.path) or '')}" if result.path else ""
        value = "" if result.value is None else f" = {escape(result.value)}"
        console.print(f"      {escape(plain_text(result.focus_node))}{path}{value}")
