"""`virtuales transfer`: the data of an agreement by the Dataspace Protocol, asked for, paused, ended."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from virtuales.cli.client.connection import connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, Because, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows, say
from virtuales.cli.download import fetch_file, free_target
from virtuales.errors import NotFound

app = typer.Typer(
    help="Transfers by the Dataspace Protocol: request, list, show, start, suspend, complete, fetch and more.",
    no_args_is_help=True,
)

_Key = Annotated[str, typer.Argument(help="The transfer, `urn:uuid:…`, as your own node calls it.")]


@app.command("request")
def request(
    agreement: Annotated[str, typer.Argument(help="The agreement, as both sides call it.")],
    push: Annotated[
        bool, typer.Option("--push", help="Have the provider put the files on your node; without it you pull them.")
    ] = False,
    push_to: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Have the provider put the files elsewhere below your node's address."),
    ] = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Ask the provider's connector for the data of an agreement."""
    how = "HttpData-PUSH" if push or push_to else "HttpData-PULL"
    body = {"agreement": agreement, "format": how, "endpoint": push_to}
    with connect(profile) as connection:
        made = connection.post(connection.home, path_of("transfers"), body)
    print_json(made) if as_json else print_record(_row(made))


@app.command("list")
def list_transfers(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the transfers in which your organisation is a party, the newest first."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("transfers"))
    print_json(found) if as_json else print_rows([_row(each) for each in found], nothing="There is no transfer.")


@app.command("show")
def show(transfer: _Key, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Show a transfer, with where its data is to be had and the token that opens it."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("transfers", transfer))
    if as_json:
        print_json(found)
        return
    print_record(_row(found) | _address(found["data_address"]))
    if found["received"]:
        print_rows(found["received"], nothing="")


@app.command("fetch")
def fetch(
    transfer: _Key,
    to: Annotated[Path, typer.Option(help="The directory to write to.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
    profile: ProfileName = PROFILE,
) -> None:
    """Fetch the files that a provider put on your node, and check them."""
    with connect(profile) as connection:
        path = path_of("transfers", transfer)
        files = connection.get(connection.home, path)["received"]
        if not files:
            raise NotFound("Nothing was put on your node yet.", where=transfer, remedy="Look how the transfer stands.")
        targets = [free_target(to, str(each["name"]), force=force) for each in files]
        for each, target in zip(files, targets, strict=True):
            place = path_of("transfers", transfer, "files", each["name"])
            file = {**each, "digest": each["sha256"]}
            fetch_file(connection, connection.home, place, file=file, target=target, force=force)
            say(f"{target}  {each['size']:,} bytes  sha256 {each['sha256']}")


@app.command("discard")
def discard(
    transfer: _Key,
    files: Annotated[list[str], typer.Argument(help="The files' names.")],
    profile: ProfileName = PROFILE,
) -> None:
    """Take files that a provider put on your node away for good, as an agreement may demand."""
    with connect(profile) as connection:
        for name in files:
            connection.delete(connection.home, path_of("transfers", transfer, "files", name))
            say(f"{name} is discarded.")


@app.command("start")
def start(transfer: _Key, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Start a transfer that was asked for, or go on with one that is suspended."""
    _move(transfer, "start", {}, profile=profile, as_json=as_json)


@app.command("suspend")
def suspend(transfer: _Key, because: Because, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Pause a transfer; while it is suspended no data is let out."""
    _move(transfer, "suspension", {"reason": because}, profile=profile, as_json=as_json)


@app.command("complete")
def complete(transfer: _Key, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Say that all data was transferred."""
    _move(transfer, "completion", {}, profile=profile, as_json=as_json)


@app.command("terminate")
def terminate(transfer: _Key, because: Because, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """End a transfer before it is complete."""
    _move(transfer, "termination", {"reason": because}, profile=profile, as_json=as_json)


def _move(transfer: str, door: str, body: Mapping[str, object], *, profile: str, as_json: bool) -> None:
    with connect(profile) as connection:
        made = connection.post(connection.home, path_of("transfers", transfer, door), body)
    print_json(made) if as_json else print_record(_row(made))


def _row(found: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("transfer", "role", "state", "agreement", "format", "reason")
    return {name: found[name] for name in shown if found[name] is not None}


def _address(address: Mapping[str, Any] | None) -> dict[str, Any]:
    if address is None:
        return {}
    properties = {one["name"]: one["value"] for one in address.get("endpointProperties", [])}
    return {"endpoint": address.get("endpoint", ""), **properties}
