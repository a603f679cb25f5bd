"""`virtuales inbox`: what your organisation was told."""

from typing import Annotated

import typer

from virtuales.cli.client.connection import connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, ProfileName
from virtuales.cli.client.output import print_json, print_rows


def inbox(
    read: Annotated[str | None, typer.Option(metavar="KEY", help="Mark this notification as read first.")] = None,
    unread: Annotated[bool, typer.Option("--unread", help="Show the unread ones alone.")] = False,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Show what your organisation was told, the newest first."""
    with connect(profile) as connection:
        if read:
            connection.post(connection.home, path_of("notifications", read, "reading"))
        found = connection.get(connection.home, path_of("notifications"))
    shown = [each for each in found if not (unread and each["is_read"])]
    rows = [
        {
            "at": each["received_at"],
            "text": each["text"],
            "about": each["about"],
            "read": each["is_read"],
            "key": each["key"],
        }
        for each in shown
    ]
    print_json(shown) if as_json else print_rows(rows, nothing="Nothing was told.")
