"""How the command line says what went wrong: one message on standard error, and an exit code."""

import sys
from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from virtuales.errors import NonConforming, VirtualesError

UNUSABLE = 2
VIOLATIONS = 1


def show_error(error: VirtualesError, console: Console | None = None) -> int:
    """Print an error in red, with its place and remedy, and return the exit code that goes with it."""
    out = console or Console(stderr=True)
    out.print(Text.assemble(("error: ", "bold red"), error.what))
    if error.where:
        out.print(Text.assemble(("where: ", "bold"), error.where), soft_wrap=True)
    for reason in getattr(error, "reasons", ()):
        out.print(Text.assemble(("reason: ", "bold"), str(reason)), soft_wrap=True)
    if error.remedy:
        out.print(Text.assemble(("remedy: ", "bold"), error.remedy), soft_wrap=True)
    return VIOLATIONS if isinstance(error, NonConforming) else UNUSABLE


def run(command: Callable[[], object]) -> None:
    """Run a command and turn our own errors into a message and an exit code; others are bugs and show their trace."""
    try:
        command()
    except VirtualesError as error:
        sys.exit(show_error(error))
