"""`virtuales negotiation`: the course of a negotiation, and this side's next move in it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from virtuales.cli.client.connection import connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, Because, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows, say
from virtuales.cli.request import negotiation_row
from virtuales.policy.changing import Limit

app = typer.Typer(help="Negotiations: list, show, counter, accept, withdraw.", no_args_is_help=True)

_Pid = Annotated[str, typer.Argument(help="The negotiation, `urn:uuid:…`, as your own node calls it.")]
Until = Annotated[datetime | None, typer.Option(help="The last instant of use, in UTC.")]
Uses = Annotated[int | None, typer.Option(help="How often the data may be used under the agreement.", min=1)]
Purposes = Annotated[
    list[str] | None,
    typer.Option("--purpose", help="A purpose that is allowed, in the place of those before; repeat it."),
]
Attribution = Annotated[
    bool | None, typer.Option("--attribution/--no-attribution", help="Whether the source has to be named.")
]
Lift = Annotated[list[Limit] | None, typer.Option(help="A limit that falls away; repeat it.")]


@app.command("list")
def list_negotiations(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the negotiations in which your organisation is a party, the newest first."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("negotiations"))
    rows = [negotiation_row(each) for each in found]
    print_json(found) if as_json else print_rows(rows, nothing="There is no negotiation.")


@app.command("show")
def show(negotiation: _Pid, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Show a negotiation: every move, the terms on the table, and how they differ from those before."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("negotiations", negotiation))
    if as_json:
        print_json(found)
        return
    print_record(negotiation_row(found))
    for made in found["course"]:
        _say_move(made)


@app.command("counter")
def counter(
    negotiation: _Pid,
    because: Because,
    until: Until = None,
    uses: Uses = None,
    purpose: Purposes = None,
    attribution: Attribution = None,
    lift: Lift = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Propose other terms than those on the table; what you do not name stays as it is."""
    changes = changed_terms(until=until, uses=uses, purposes=purpose, attribution=attribution, lift=lift)
    _move(negotiation, "counter-offer", {**changes, "reason": because}, profile=profile, as_json=as_json)


@app.command("accept")
def accept(
    negotiation: _Pid,
    because: Annotated[str, typer.Option("--because", help="Why, where there is something to say.")] = "",
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Accept the terms that the provider offers; both nodes then sign the agreement."""
    _move(negotiation, "acceptance", {"reason": because}, profile=profile, as_json=as_json)


@app.command("withdraw")
def withdraw(negotiation: _Pid, because: Because, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """End a negotiation that has not led to an agreement; the other side is told the reason."""
    _move(negotiation, "withdrawal", {"reason": because}, profile=profile, as_json=as_json)


def changed_terms(
    *,
    until: datetime | None,
    uses: int | None,
    purposes: list[str] | None,
    attribution: bool | None,
    lift: list[Limit] | None,
) -> dict[str, object]:
    """Return the terms that are to be otherwise, as the interface takes them."""
    said = {
        "until": f"{until.isoformat()}Z" if until else None,
        "uses": uses,
        "purposes": purposes or None,
        "attribution": attribution,
        "lift": [limit.value for limit in lift] if lift else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _move(negotiation: str, door: str, body: Mapping[str, object], *, profile: str, as_json: bool) -> None:
    with connect(profile) as connection:
        made = connection.post(connection.home, path_of("negotiations", negotiation, door), body)
    print_json(made) if as_json else print_record(negotiation_row(made))


def _say_move(made: Mapping[str, Any]) -> None:
    why = f": {made['reason']}" if made["reason"] else ""
    say(f"\n{made['number']}. {made['at']} {made['party']}: {made['move']}{why}", style="bold")
    terms = made["terms"]
    if terms is None:
        return
    if not (terms["gone"] or terms["new"]):
        for sentence in terms["says"]:
            say(f"    {sentence}")
    for sentence in terms["gone"]:
        say(f"  - {sentence}", style="red")
    for sentence in terms["new"]:
        say(f"  + {sentence}", style="green")
