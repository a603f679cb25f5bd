"""`virtuales validate`: judge models and RDF files by registered or given shapes; made for a terminal and for CI."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from virtuales.assurance.costs import Costs, Unmeasured, measuring
from virtuales.assurance.judging import Engine, judge
from virtuales.assurance.rejudging import rejudge
from virtuales.assurance.reports.shown import Shown
from virtuales.assurance.rules import GivenRules, Judging, Rules
from virtuales.assurance.validator import validate as validate_graph
from virtuales.cli.client.rules import rules_of
from virtuales.cli.documents import Document, Pair, documents
from virtuales.cli.validation_costs import print_costs
from virtuales.cli.validation_report import Format, write_report
from virtuales.errors import InputError, VirtualesError

CONFORMS, VIOLATIONS, UNUSABLE = 0, 1, 2


class EngineName(StrEnum):
    """Which engine judges."""

    VIRTUALES = "virtuales"
    PYSHACL = "pyshacl"


class FailOn(StrEnum):
    """Which violations refuse data that was changed."""

    ANY = "any"
    NEW = "new"


def validate(  # one argument for each option of the command
    files: Annotated[list[Path], typer.Argument(help="CIM/XML files, zips of them, or RDF files (.ttl, .nt, …).")],
    *,
    shapes: Annotated[list[Path] | None, typer.Option(help="Judge by these shapes instead of the registered.")] = None,
    registry: Annotated[
        str | None, typer.Option(metavar="URL", help="Judge by what is in force at this node, not by the release.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option(help="Write the report to this file instead.")] = None,
    engine: Annotated[EngineName, typer.Option(help="Which engine judges.")] = EngineName.VIRTUALES,
    cim_profile: Annotated[
        list[str] | None, typer.Option(help="IRI of a profile, for CIM files whose header names none.")
    ] = None,
    details: Annotated[bool, typer.Option("--details", help="Say why a value does not conform to a shape.")] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Say what each rule cost, in CPU time.")] = False,
    infer: Annotated[bool, typer.Option("--infer", help="Run the rules of the shapes first (SHACL-AF).")] = False,
    change: Annotated[
        list[Path] | None,
        typer.Option(help="A difference model, in order, or a new edition: tell what it breaks and mends."),
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="Which violations end with 1, with `--change`.")] = FailOn.ANY,
    despite: Annotated[
        bool, typer.Option("--despite-conflicts", help="Do not end with 1 because difference models do not fit.")
    ] = False,
    base: Annotated[str, typer.Option(help="The IRI under which CIM identifiers that are no UUID fall.")] = "urn:model",
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Keep the shapes compiled for the next run.")
    ] = True,
) -> None:
    """Judge each model by the shapes of its profiles.

    Ends with 0 when nothing of severity Violation was found, with 1 when something was, and with 2 when the input
    cannot be used.

    With changes each model is judged as it was; they are applied, what they concern is judged again, and the report
    tells what they newly break, what they mend and what stays. Ends with 1 when violations are left, or difference
    models do not fit.
    """
    if shapes and registry:
        raise typer.BadParameter("Name a registry or shapes, not both.", param_hint="--registry")
    if fail_on is FailOn.NEW and not change:
        raise typer.BadParameter("What is new is known only of a change.", param_hint="--fail-on")
    try:
        _refuse_unfit(engine, {"--details": details, "--profile": profile, "--infer": infer, "--change": bool(change)})
        with rules_of(registry, keep=cache) as chosen, documents(chosen.models, base, cim_profile) as given:
            _warn(chosen.warning)
            own = GivenRules(shapes, chosen.rules.find, compile_=chosen.compile_) if shapes else None
            rules = own or chosen.rules
            if change:
                pairs = given.change(given.read(files), change)
                judged = _judge_change(pairs, rules, form, only_new=fail_on is FailOn.NEW)
            else:
                read = given.each(files) if engine is EngineName.VIRTUALES else given.read(files)
                by = partial(validate_graph, details=form.details(details), infer=infer)
                judged = [_judge(one, rules, form, engine=_other(engine), by=by, costly=profile) for one in read]
        write_report(judged, form, output)
        if profile and form is not Format.JSON:
            print_costs(judged)
    except VirtualesError as error:
        Console(stderr=True, soft_wrap=True, highlight=False).print(f"[bold red]Unusable:[/] {escape(str(error))}")
        raise typer.Exit(UNUSABLE) from None
    unfit = not despite and any(one.change.conflicts for one in judged if one.change)
    raise typer.Exit(CONFORMS if all(one.acceptable for one in judged) and not unfit else VIOLATIONS)


def _judge(
    document: Document, rules: Rules, form: Format, *, engine: Engine | None, by: Judging, costly: bool
) -> Shown:
    with measuring(Costs() if costly else Unmeasured()) as costs:
        judgement = judge(document.judgeable, rules=rules, engine=engine, by=by, examples=form.examples)
    shown = document.shown(judgement, judgement.report, examples=form.examples)
    return replace(shown, costs=costs.slowest_first())


def _judge_change(pairs: Sequence[Pair], rules: Rules, form: Format, *, only_new: bool) -> list[Shown]:
    judged = []
    for pair in pairs:
        found = rejudge(pair.before.judgeable, pair.after.judgeable, rules=rules, examples=form.examples)
        judged.append(pair.shown(found, form.examples, only_new_refuses=only_new))
    return judged


def _other(engine: EngineName) -> Engine | None:
    """Return the engine that judges in place of our own; its libraries are loaded only for who asks for it."""
    if engine is EngineName.VIRTUALES:
        return None
    from virtuales.assurance.second_engine import judge_with_pyshacl  # noqa: PLC0415  # see above

    return judge_with_pyshacl


def _refuse_unfit(engine: EngineName, options: Mapping[str, bool]) -> None:
    wanted = [name for name, given in options.items() if given]
    if engine is EngineName.PYSHACL and wanted:
        raise InputError(f"`{wanted[0]}` is not for the engine pySHACL.", remedy="Leave `--engine` out.")
    if options["--change"] and len(wanted) > 1:
        raise InputError(
            f"`{wanted[0]}` is not for `--change`.",
            remedy="Apply the change with `virtuales cim apply`, and judge what results.",
        )


def _warn(warning: str | None) -> None:
    if warning:
        console = Console(stderr=True, soft_wrap=True, highlight=False)
        console.print(f"[bold yellow]Warning:[/] {escape(warning)}")
