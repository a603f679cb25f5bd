"""`virtuales token-keys`: the keys with which the orchestrator signs access tokens."""

from typing import Annotated, Any

import typer

from virtuales.cli.client.connection import connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, ProfileName
from virtuales.cli.client.output import print_json, print_rows
from virtuales.cli.client.profile import get_profile

app = typer.Typer(help="The keys that sign access tokens: list, rotate.", no_args_is_help=True)


@app.command("list")
def list_keys(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the keys that verify tokens now, the one that signs first."""
    with connect(profile) as connection:
        _show(connection.get(get_profile(profile).orchestrator, path_of("token-keys")), as_json=as_json)


@app.command("rotate")
def rotate(
    at_once: Annotated[
        bool, typer.Option("--at-once", help="The keys before verify no token any more: for a key that was stolen.")
    ] = False,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Have the orchestrator sign with a new key from now on; its staff may."""
    with connect(profile) as connection:
        orchestrator = get_profile(profile).orchestrator
        _show(connection.post(orchestrator, path_of("token-keys"), {"at_once": at_once}), as_json=as_json)


def _show(keys: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(keys)
        return
    rows = [{"key": each["kid"], "since": each["since"], "until": each["until"] or "signs"} for each in keys]
    print_rows(rows, nothing="This node knows of no key.")
