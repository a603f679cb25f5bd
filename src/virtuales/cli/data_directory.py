"""The option that names a node's data directory, for commands that work on it without the node."""

from pathlib import Path
from typing import Annotated

import typer

DATA_DIR = Path(".virtuales")

DataDir = Annotated[
    Path, typer.Option("--data-dir", envvar="VIRTUALES_DATA_DIR", help="The node's directory, as `serve` has it.")
]
