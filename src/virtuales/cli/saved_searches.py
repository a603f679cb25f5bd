"""`virtuales saved-searches`: questions to the catalogue whose new answers your inbox tells of."""

from typing import Annotated
from urllib.parse import urlencode

import typer

from virtuales.cli.client.connection import connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, ProfileName
from virtuales.cli.client.output import print_json, print_rows, say

app = typer.Typer(help="Saved searches: list, save, drop.", no_args_is_help=True)


@app.command("list")
def show(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the searches of your organisation."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("saved-searches"))
    print_json(found) if as_json else print_rows(found, nothing="No search was saved.")


@app.command()
def save(
    name: Annotated[str, typer.Argument(help="What it is to be called.")],
    words: Annotated[list[str] | None, typer.Argument(help="Words that an entry has, itself or by meaning.")] = None,
    choose: Annotated[
        list[str] | None, typer.Option(help="What is chosen of a facet, as `NAME=VALUE`: `sensitivity=O`.")
    ] = None,
    profile: ProfileName = PROFILE,
) -> None:
    """Save a search; your inbox tells of datasets and versions that answer it from now on."""
    chosen = [(facet, value) for facet, _, value in (one.partition("=") for one in choose or ())]
    pairs = [("q", " ".join(words or ())), *chosen]
    with connect(profile) as connection:
        made = connection.post(connection.home, path_of("saved-searches"), {"name": name, "query": urlencode(pairs)})
    say(f"Saved as {made['key']}.")


@app.command()
def drop(
    key: Annotated[str, typer.Argument(help="Its key, as `list` shows it.")], profile: ProfileName = PROFILE
) -> None:
    """Drop a search."""
    with connect(profile) as connection:
        connection.send("DELETE", connection.home, path_of("saved-searches", key))
    say("Dropped.")
