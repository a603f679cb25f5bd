"""`virtuales connector`: asking connectors of other makers, and the steps that people take with them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from virtuales.cli.client.connection import connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, ProfileName
from virtuales.cli.client.output import print_json, print_record
from virtuales.cli.request import negotiation_row
from virtuales.errors import UnreadableInput

app = typer.Typer(
    help="Connectors that speak the Dataspace Protocol alone: request, verify, finalise.", no_args_is_help=True
)

_Pid = Annotated[str, typer.Argument(help="The negotiation, `urn:uuid:…`, as your own node calls it.")]


@app.command("request")
def request(
    provider: Annotated[str, typer.Argument(help="IRI of the organisation that provides the data.")],
    dataset: Annotated[str, typer.Argument(help="The dataset's `@id` in the connector's catalogue.")],
    purpose: Annotated[str, typer.Option(help="What the data is for; see `virtuales purposes`.")],
    because: Annotated[str, typer.Option("--because", help="Why the data is needed.")],
    accept: Annotated[
        bool, typer.Option("--accept-conditions", help="Accept the licence and the handling conditions.")
    ] = False,
    connector: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where the connector takes messages; without it the provider's node tells."),
    ] = None,
    offer: Annotated[
        Path | None, typer.Option(help="File with the offer as JSON; without it the connector's catalogue is asked.")
    ] = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Ask a connector for data; the negotiation then goes its course like every other."""
    body = {
        "provider": provider,
        "dataset": dataset,
        "purpose": purpose,
        "justification": because,
        "accept_conditions": accept,
        "connector": connector,
        "offer": _read(offer) if offer else None,
    }
    with connect(profile) as connection:
        made = connection.post(connection.home, path_of("connectors", "negotiations"), body)
    print_json(made) if as_json else print_record(negotiation_row(made))


@app.command("verify")
def verify(negotiation: _Pid, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Verify the agreement that a connector sent, on a node where people do so."""
    _step(negotiation, "verification", profile=profile, as_json=as_json)


@app.command("finalise")
def finalise(negotiation: _Pid, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Finalise a negotiation whose agreement a connector verified, on a node where people do so."""
    _step(negotiation, "finalisation", profile=profile, as_json=as_json)


def _step(negotiation: str, door: str, *, profile: str, as_json: bool) -> None:
    with connect(profile) as connection:
        made = connection.post(connection.home, path_of("connectors", "negotiations", negotiation, door), {})
    print_json(made) if as_json else print_record(negotiation_row(made))


def _read(file: Path) -> object:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableInput(f"The offer cannot be read: {error}.", where=str(file), remedy="Give JSON.") from error
