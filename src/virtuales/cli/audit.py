"""`virtuales audit`: who reached for your organisation's data, and what was answered."""

from typing import Annotated

import typer

from virtuales.cli.client.connection import connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, ProfileName
from virtuales.cli.client.output import print_json, print_rows


def audit(
    version: Annotated[str | None, typer.Option(help="IRI of a dataset version.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show at most.")] = 100,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Show the latest accesses to your organisation's data; to the orchestrator's staff, those on every node."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("audit"), params={"version": version, "limit": limit})
    rows = [
        {
            "at": each["time"],
            "door": each["door"],
            "decision": each["decision"],
            "version": each["version"],
            "by": each["organisation"] or "nobody known",
            "reasons": each["reasons"],
        }
        for each in found
    ]
    print_json(found) if as_json else print_rows(rows, nothing="There was no access.")
