"""The command line: one command per file."""

import sys

import typer

from virtuales.cli import models, serve, validate
from virtuales.cli.errors import show_error
from virtuales.errors import VirtualesError

app = typer.Typer(
    name="virtuales",
    help="A linked-data node with which the organisations of an energy system share data about one physical grid.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(serve.serve)
app.command()(validate.validate)
app.add_typer(models.app, name="models")


def main() -> None:
    """Run the command line; our own errors become a message and an exit code."""
    try:
        app()
    except VirtualesError as error:
        sys.exit(show_error(error))
