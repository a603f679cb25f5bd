"""Options that many commands have."""

from typing import Annotated

import typer

PROFILE = "default"

ProfileName = Annotated[
    str, typer.Option("--profile", envvar="VIRTUALES_PROFILE", help="The profile to use; see `virtuales login`.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
Because = Annotated[str, typer.Option("--because", help="The reason, which is kept and told to the other side.")]
Demands = Annotated[
    list[str] | None,
    typer.Option(help="`delete`, `delete=2027-06-30`, `report=30d`, `report=30d,closing`; repeat it."),
]
PassingOn = Annotated[bool, typer.Option("--passing-on", help="Allow to pass the data on, within the same limits.")]
