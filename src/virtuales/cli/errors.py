"""How the command line says what went wrong: one message on standard error, and an exit code."""

from rich.console import Console
from rich.text import Text

from virtuales.cli.client.plain import plain
from virtuales.errors import IntegrityFailure, NonConforming, VirtualesError

UNUSABLE = 2
VIOLATIONS = 1
"""Something that was to be judged is not in order: data, a chain, a signature, a digest."""


def show_error(error: VirtualesError, console: Console | None = None) -> int:
    """Print an error in red, with its place and remedy, and return the exit code that goes with it."""
    out = console or Console(stderr=True)
    _line(out, "error", error.what, style="bold red")
    if error.where:
        _line(out, "where", error.where)
    for reason in getattr(error, "reasons", ()):
        _line(out, "reason", str(reason))
    if error.remedy:
        _line(out, "remedy", error.remedy)
    return VIOLATIONS if isinstance(error, (NonConforming, IntegrityFailure)) else UNUSABLE


def _line(console: Console, label: str, said: str, *, style: str = "bold") -> None:
    """Print a line; what another node said may not steer the terminal."""
    console.print(Text.assemble((f"{label}: ", style), plain(said)), soft_wrap=True)
