"""Commands that are imported when they are called, so that a client's command need not load what a node needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from virtuales.cli.errors import show_error
from virtuales.errors import VirtualesError


@dataclass(frozen=True)
class Entry:
    """A command of the table.

    Args:
        place: Module below `virtuales.cli` and the function or `Typer` in it, joined by a colon.
        summary: What the command does, for the list of commands.
        panel: The heading under which it is listed.
    """

    place: str
    summary: str
    panel: str


class LazyGroup(TyperGroup):
    """A group whose commands come from a table; it turns our own errors into a message and an exit code."""

    entries: ClassVar[Mapping[str, Entry]] = {}

    @classmethod
    def of(cls, entries: Mapping[str, Entry]) -> type["LazyGroup"]:
        """Return the class of groups with the commands of a table."""
        return cast("type[LazyGroup]", type("LazyGroup", (cls,), {"entries": entries}))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002  # typer keeps the type to itself
        """Return the commands' names, in the table's order."""
        return list(self.entries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002  # typer keeps the types to itself
        """Return a command; when it is only to be listed, a stand-in with its name and summary."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        if getattr(self, "_listing", False):
            return TyperCommand(cmd_name, help=entry.summary, rich_help_panel=entry.panel)
        return load(cmd_name, entry)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # typer keeps the types to itself
        """Write the list of commands without importing any."""
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # typer keeps the types to itself
        """Run a command; errors that we raise on purpose are shown, others are bugs and show their trace."""
        try:
            return super().invoke(ctx)
        except VirtualesError as error:
            raise typer.Exit(show_error(error)) from error


def load(name: str, entry: Entry) -> Any:  # noqa: ANN401  # typer keeps the type to itself
    """Import a command and return it as typer runs it."""
    module, _, attribute = entry.place.partition(":")
    found = getattr(import_module(f"virtuales.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        command: Any = get_group(found)
    else:
        single = typer.Typer(add_completion=False)
        single.command()(cast("Callable[..., object]", found))
        command = get_command(single)
    command.name = name
    return command
