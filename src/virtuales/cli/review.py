"""`virtuales review`: the requests that await your organisation's decision."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import typer

from virtuales.cli.client.connection import connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, Because, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows
from virtuales.cli.request import negotiation_row

app = typer.Typer(help="Requests that await your decision: list, approve, refuse.", no_args_is_help=True)

_Pid = Annotated[str, typer.Argument(help="The negotiation, `urn:uuid:…`, as `virtuales review list` shows it.")]


@app.command("list")
def list_reviews(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the requests that await a decision, the oldest first."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("reviews"))
    rows = [negotiation_row(each) for each in found]
    print_json(found) if as_json else print_rows(rows, nothing="Nothing awaits a decision.")


@app.command("approve")
def approve(
    negotiation: _Pid,
    because: Because,
    until: Annotated[
        datetime | None, typer.Option(help="When the agreement ends, in UTC; by default when the offer does.")
    ] = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Approve a request; the agreement is signed by your node, then by the consumer's."""
    body = {"reason": because, "until": f"{until.isoformat()}Z" if until else None}
    _decide(negotiation, "approval", body, profile=profile, as_json=as_json)


@app.command("refuse")
def refuse(negotiation: _Pid, because: Because, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Refuse a request; the consumer is told the reason."""
    _decide(negotiation, "refusal", {"reason": because}, profile=profile, as_json=as_json)


def _decide(negotiation: str, door: str, body: Mapping[str, object], *, profile: str, as_json: bool) -> None:
    with connect(profile) as connection:
        decided = connection.post(connection.home, path_of("reviews", negotiation, door), body)
    print_json(decided) if as_json else print_record(negotiation_row(decided))
