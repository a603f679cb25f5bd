"""`virtuales models diff`: what changed between two models, or two versions of one."""

from pathlib import Path
from typing import Annotated

import typer

from virtuales.cli.known_models import models_in
from virtuales.errors import InputError
from virtuales.models.comparison import compare
from virtuales.models.comparison_report import REPORT_FORMATS, write_comparison
from virtuales.resources import contributed


def diff(
    before: Annotated[str, typer.Argument(help="The earlier model: its name, or `NAME@VERSION`.")],
    after: Annotated[str, typer.Argument(help="The later one.")],
    *,
    profile: Annotated[str | None, typer.Option(help="Look at one profile alone, by its short name: `EQ`.")] = None,
    format_: Annotated[str, typer.Option("--format", help=f"{', '.join(REPORT_FORMATS)}.")] = "text",
    into: Annotated[Path | None, typer.Option("--into", help="The directory that an import was written to.")] = None,
) -> None:
    """Tell what changed between two models: added, removed, renamed, moved, retyped, in other profiles.

    A new namespace of the whole vocabulary is told once, not for every term. Why a renamed term was known again is
    said with it.
    """
    chosen = next((each for each in REPORT_FORMATS if each == format_), None)
    if chosen is None:
        raise InputError(
            f"`{format_}` is no format of this report.",
            where="--format",
            remedy="Use one of: " + ", ".join(REPORT_FORMATS) + ".",
        )
    registry = models_in(into / "ontology" if into else contributed("ontology"))
    found = compare(registry.model(before), registry.model(after), profile)
    typer.echo(write_comparison(found, chosen), nl=False)
