"""`virtuales terms`: the terms and conditions, which version was accepted, and accepting the one in force."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from virtuales.cli.client.connection import connect, connect_openly, path_of
from virtuales.cli.client.options import PROFILE, AsJson, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows, say
from virtuales.cli.client.profile import get_profile, node_url
from virtuales.cli.login import due_sentence, organisation_of
from virtuales.cli.organisation import last_part
from virtuales.errors import InputError

app = typer.Typer(help="Terms and conditions: show, status, accept, publish.", no_args_is_help=True)

_Orchestrator = Annotated[
    str | None, typer.Option("--orchestrator", help="Address of the orchestrator; by default the profile's.")
]
_Version = Annotated[str, typer.Argument(help="The version, such as `2.0`.")]


@app.command("show")
def show(
    version: Annotated[str | None, typer.Argument(help="The version; by default the one in force.")] = None,
    orchestrator: _Orchestrator = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Show a version of the terms and conditions."""
    place = node_url(orchestrator, where="--orchestrator") if orchestrator else get_profile(profile).orchestrator
    with connect_openly() as connection:
        found = connection.get(place, path_of("organisations", "terms", *([version] if version else [])))
    if as_json:
        print_json(found)
        return
    say(f"Version {found['version']}\n", style="bold")
    say(found["text"])


@app.command("status")
def status(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Show which versions your organisation has accepted, and which one it has still to accept."""
    with connect(profile) as connection:
        key = last_part(organisation_of(connection))
        found = connection.get(get_profile(profile).orchestrator, path_of("organisations", key, "terms"))
    if as_json:
        print_json(found)
        return
    print_rows(found["accepted"], nothing="No acceptance is on record.")
    if found["due"]:
        say(f"\n{due_sentence(found)}")


@app.command("accept")
def accept(version: _Version, profile: ProfileName = PROFILE) -> None:
    """Accept the version in force for your organisation; its administrators may."""
    with connect(profile) as connection:
        path = path_of("organisations", last_part(organisation_of(connection)), "terms")
        connection.post(get_profile(profile).orchestrator, path, {"version": version})
    say(f"Version {version} is accepted.")


@app.command("publish")
def publish(
    file: Annotated[Path, typer.Argument(help="The text: a heading and numbered clauses, in Markdown.")],
    version: Annotated[str, typer.Option("--as", help="The number of the version, such as `2.0`.")],
    required_from: Annotated[datetime, typer.Option(help="From when no new commitments are made without it, in UTC.")],
    profile: ProfileName = PROFILE,
) -> None:
    """Put a version in force, which organisations have to accept; for the orchestrator's staff."""
    body = {
        "version": version,
        "text": _text(file),
        "required_from": f"{required_from.isoformat()}Z",
    }
    with connect(profile) as connection:
        found = connection.post(get_profile(profile).orchestrator, path_of("organisations", "terms"), body)
    print_record({name: found[name] for name in ("version", "published_at", "required_from")})


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The text cannot be read: {error}.", where=str(file), remedy="Name a file in UTF-8."
        ) from error
