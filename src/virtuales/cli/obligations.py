"""`virtuales agreement obligations`, `evidence`, `judge`: what has to be done, what was shown, what is made of it."""

from typing import Annotated, Any

import typer

from virtuales.cli.client.connection import connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, Because, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows
from virtuales.cli.organisation import last_part

_Key = Annotated[str, typer.Argument(help="The agreement: its IRI, or the last part of it.")]


def obligations(key: _Key, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List what has to be done under an agreement, by when, and how it stands."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("agreements", last_part(key), "obligations"))
    rows = [_row(each) for each in found]
    print_json(found) if as_json else print_rows(rows, nothing="The agreement demands nothing.")


def evidence(
    key: _Key,
    rule: Annotated[str, typer.Argument(help="IRI of the duty, as `virtuales agreement obligations` shows it.")],
    text: Annotated[str, typer.Option(help="What was done, and where that can be seen.")],
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Show the provider that a duty was done."""
    with connect(profile) as connection:
        path = path_of("agreements", last_part(key), "evidence")
        found = connection.post(connection.home, path, {"rule": rule, "text": text})
    print_json(found) if as_json else print_record(found)


def judge(
    key: _Key,
    shown: Annotated[str, typer.Argument(metavar="EVIDENCE", help="The evidence: its IRI, or the last part of it.")],
    accept: Annotated[bool, typer.Option("--accept/--decline", help="Whether it is accepted.")],
    because: Because,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Accept what the consumer showed, which fulfils the duty, or decline it."""
    with connect(profile) as connection:
        path = path_of("agreements", last_part(key), "evidence", last_part(shown), "judgement")
        found = connection.post(connection.home, path, {"accepted": accept, "reason": because})
    print_json(found) if as_json else print_record(found)


def _row(obligation: dict[str, Any]) -> dict[str, object]:
    shown = [f"{last_part(each['evidence'])} ({each['state']}): {each['text']}" for each in obligation["evidence"]]
    return {
        "rule": obligation["rule"],
        "says": obligation["says"],
        "due": obligation["due"] or "no day",
        "state": obligation["state"],
        "closes": "yes" if obligation["closes"] else "no",
        "shown": "; ".join(shown) or None,
    }
