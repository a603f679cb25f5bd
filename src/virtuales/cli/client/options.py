"""Options that many commands have."""

from typing import Annotated

import typer

PROFILE = "default"

ProfileName = Annotated[
    str, typer.Option("--profile", envvar="VIRTUALES_PROFILE", help="The profile to use; see `virtuales login`.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
Because = Annotated[str, typer.Option("--because", help="The reason, which is kept and told to the other side.")]
