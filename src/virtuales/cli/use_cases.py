"""`virtuales use-cases`: list the records of use cases, show one, check them."""

from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from virtuales.alignment.use_cases.reading import read_use_case
from virtuales.alignment.use_cases.record import METHOD_STEPS, Requirement, UseCase, changes
from virtuales.alignment.use_cases.registry import UseCaseRegistry
from virtuales.cli.errors import VIOLATIONS
from virtuales.cli.known_models import shipped_models
from virtuales.cli.mappings_check import CheckFormat, write_findings
from virtuales.errors import NotFound
from virtuales.resources import contributed
from virtuales.workflow.check_use_cases import check_use_cases

app = typer.Typer(help="Use cases: list, show, check.", no_args_is_help=True)

NameOrFile = Annotated[str, typer.Argument(help="A registered use case, or the file of one.")]


def find_use_case(name: str) -> UseCase:
    """Return a use case by its registered name, or from a file.

    Raises:
        UnknownTerm: there is neither.
        InputError: the record cannot be used.
    """
    path = Path(name)
    return read_use_case(path) if path.is_file() else UseCaseRegistry.load(contributed("ontology")).use_case(name)


@app.command("list")
def list_use_cases() -> None:
    """List the registered use cases."""
    registry = UseCaseRegistry.load(contributed("ontology"))
    table = Table("name", "title", "version")
    table.add_column("requirements", justify="right")
    table.add_column("pain points", justify="right")
    for name in registry.names():
        one = registry.use_case(name)
        painful = sum(remark.pain_point for remark in one.remarks)
        table.add_row(name, escape(one.title), one.version, str(len(one.requirements)), str(painful))
    Console().print(table)


@app.command("show")
def show_use_case(
    name: NameOrFile,
    requirement: Annotated[str | None, typer.Argument(help="One requirement, such as `CFD-01`.")] = None,
) -> None:
    """Show a use case with its requirements, or one requirement with its terms, its history and what is said of it."""
    use_case = find_use_case(name)
    console = Console(soft_wrap=True, highlight=False)
    if requirement is None:
        _show(use_case, console)
        return
    found = next((one for one in use_case.requirements if one.identifier == requirement), None)
    if found is None:
        known = ", ".join(one.identifier for one in use_case.requirements)
        raise NotFound(f"There is no requirement {requirement}.", where=name, remedy=f"There are {known}.")
    _show_requirement(use_case, found, console)


@app.command("check")
def check(
    files: Annotated[list[Path] | None, typer.Argument(help="Files of use cases; by default all registered.")] = None,
    *,
    form: Annotated[CheckFormat, typer.Option("--format", help="How to write the findings.")] = CheckFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", help="Write to this file instead of standard output.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 for warnings too.")] = False,
) -> None:
    """Check records of use cases: their shapes, terms, units, references, history, proposals.

    Ends with 0 when there is no error, with 1 when there is, and with 2 when a file is not there.
    """
    chosen = files or [file.path for file in UseCaseRegistry.load(contributed("ontology")).files()]
    models = shipped_models()
    checked = check_use_cases(chosen, shapes=contributed("shapes"), models=models)
    write_findings(checked, form, output, command="virtuales use-cases check")
    if checked.count("error") or (strict and checked.count("warning")):
        raise typer.Exit(VIOLATIONS)


def _show(use_case: UseCase, console: Console) -> None:
    console.print(f"[bold]{escape(use_case.title)}[/] ({use_case.identifier}, version {use_case.version})")
    console.print(escape(use_case.description))
    console.print(f"[bold]source[/] {escape(use_case.source)}")
    table = Table("step", "what", "who", title="Steps", title_justify="left")
    for step in use_case.steps:
        who = ", ".join(map(use_case.name_of, step.performed_by))
        table.add_row(escape(step.label), escape(step.description), escape(who))
    console.print(table)
    table = Table(
        "id", "requirement", "priority", "unit", "resolution", "age", title="Requirements", title_justify="left"
    )
    for one in use_case.requirements:
        title = f"{one.title} (version {one.version})" if one.revises else one.title
        table.add_row(one.identifier, escape(title), one.priority, escape(one.unit), one.resolution, one.maximum_age)
    console.print(table)
    for step_iri, label in METHOD_STEPS.items():
        for activity in (one for one in use_case.activities if one.step == step_iri.value):
            console.print(f"[bold]{label}[/] {activity.ended}: {escape(activity.label)}")
    for remark in use_case.remarks:
        kind = "pain point" if remark.pain_point else "comment"
        about = ", ".join(map(use_case.name_of, remark.about))
        console.print(f"[bold]{kind}[/] on {escape(about)}: {escape(remark.text)}")


def _show_requirement(use_case: UseCase, one: Requirement, console: Console) -> None:
    console.print(
        f"[bold]{one.identifier} {escape(one.title)}[/] (version {one.version}, {one.issued}, {one.priority})"
    )
    console.print(escape(one.description))
    for label, iris in (("needed by", one.needed_by), ("at", one.needed_at), ("supplied by", one.supplied_by)):
        console.print(f"[bold]{label}[/] {escape(', '.join(map(use_case.name_of, iris)))}")
    for label, text in (("unit", one.unit), ("resolution", one.resolution), ("maximum age", one.maximum_age)):
        if text:
            console.print(f"[bold]{label}[/] {escape(text)}")
    for each in one.coverage:
        lacks = f"; lacks {', '.join(sorted(each.lacks))}" if each.lacks else ""
        said = f": {', '.join(each.terms)}{lacks}. {each.comment}".rstrip()
        console.print(f"[bold]{each.model.rpartition('/')[2]}[/]{escape(said)}")
    history = use_case.history(one)
    for before, after in pairwise(history):
        changed = "; ".join(changes(before, after))
        console.print(f"[bold]version {after.version}[/] {escape(after.change_note)} Changed: {escape(changed)}.")
    for remark in use_case.about(one.iri):
        console.print(f"[bold]{'pain point' if remark.pain_point else 'comment'}[/] {escape(remark.text)}")
