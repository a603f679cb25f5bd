"""`virtuales policy register`, `announce`, `record-fact` and their lists: what a node keeps for policies."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from virtuales.cli.client.connection import connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows
from virtuales.cli.request import parse_statement
from virtuales.errors import UnreadableInput
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX


def register(
    file: Annotated[
        Path, typer.Argument(help="A profile (an `owl:Ontology` with its terms), or one policy, in RDF (.ttl, …).")
    ],
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Register a profile at your node, whose terms its offers can then use, or a policy that they can inherit from."""
    media_type = MEDIA_TYPES_BY_SUFFIX.get(file.suffix.lower())
    if media_type is None:
        remedy = "Use one of: " + ", ".join(MEDIA_TYPES_BY_SUFFIX) + "."
        raise UnreadableInput("The name does not tell which RDF syntax this is.", where=str(file), remedy=remedy)
    try:
        content = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput("The file cannot be read.", where=str(file), remedy="Name a file in UTF-8.") from error
    with connect(profile) as connection:
        body = {"content": content, "media_type": media_type}
        found = connection.post(connection.home, path_of("policy-registrations"), body)
    print_json(found) if as_json else print_record(found)


def registered(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the profiles and the policies to inherit from that your node knows."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("policy-registrations"))
    print_json(found) if as_json else print_rows(found, nothing="Nothing is registered.")


def announce(
    event: Annotated[str, typer.Argument(help="The event's IRI, which policies name.")],
    title: Annotated[str, typer.Option(help="What it is.")],
    start: Annotated[datetime, typer.Option(help="When it starts, in UTC.")],
    end: Annotated[datetime | None, typer.Option(help="When it ends, in UTC; by default it is a moment.")] = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Announce when an event takes place, or that it takes place at another time than was said before."""
    body = {
        "event": event,
        "title": title,
        "start": f"{start.isoformat()}Z",
        "end": f"{end.isoformat()}Z" if end else None,
    }
    with connect(profile) as connection:
        found = connection.post(connection.home, path_of("policy-events"), body)
    print_json(found) if as_json else print_record(found)


def events(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the events that policies can refer to."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("policy-events"))
    print_json(found) if as_json else print_rows(found, nothing="No event was announced.")


def record_fact(
    about: Annotated[str, typer.Argument(help="IRI of the organisation, or of your node's dataset or version.")],
    said: Annotated[str, typer.Argument(help="`TERM=VALUE`: the left operand, and its value.")],
    until: Annotated[datetime | None, typer.Option(help="When it ends, in UTC; by default it has no end.")] = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Put on record a value for a left operand, which goes before what askers state; again to change it."""
    body = {
        "about": about,
        "said": parse_statement(said),
        "until": f"{until.isoformat()}Z" if until else None,
    }
    with connect(profile) as connection:
        found = connection.post(connection.home, path_of("policy-facts"), body)
    print_json(found) if as_json else print_record(found)


def facts(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List what your node has on record for left operands."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("policy-facts"))
    print_json(found) if as_json else print_rows(found, nothing="Nothing is on record.")
