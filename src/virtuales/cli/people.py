"""`virtuales people`: an organisation's people, their roles, and whether they may sign in."""

from typing import Annotated, Any

import typer

from virtuales.cli.client.connection import connect, connect_openly, path_of
from virtuales.cli.client.options import PROFILE, AsJson, ProfileName
from virtuales.cli.client.output import print_json, print_rows, say
from virtuales.cli.client.profile import get_profile, node_url

app = typer.Typer(help="People of your organisation: invite, roles, suspend, remove.", no_args_is_help=True)

_Key = Annotated[str, typer.Argument(help="The person: the key that `virtuales people list` shows.")]
_Roles = Annotated[list[str], typer.Option("--role", help="A role; repeat it for several.")]
_Node = Annotated[
    str | None, typer.Option("--node", help="Where the person signs in; by default your organisation's own node.")
]


@app.command("list")
def list_people(node: _Node = None, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the people of your organisation."""
    with connect(profile) as connection:
        found = connection.get(_place(connection.home, node), path_of("people"))
    if as_json:
        print_json(found)
        return
    print_rows([_row(each) for each in found], nothing="Nobody has been invited yet.")


@app.command("roles")
def roles(node: _Node = None, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the roles that people can have, with what each is for."""
    with connect_openly() as connection:
        found = connection.get(_place(get_profile(profile).node, node), path_of("people", "roles"))
    print_json(found) if as_json else print_rows(found, nothing="No role is known.")


@app.command("invite")
def invite(
    email: Annotated[str, typer.Argument(help="Their e-mail address, with which they will sign in.")],
    name: Annotated[str, typer.Option(help="Their name.")],
    role: _Roles,
    node: _Node = None,
    profile: ProfileName = PROFILE,
) -> None:
    """Invite a person; a letter brings them a link that works once."""
    body = {"email": email, "name": name, "roles": role}
    with connect(profile) as connection:
        found = connection.post(_place(connection.home, node), path_of("people"), body)
    say(f"{found['name']} is invited as {', '.join(found['roles'])}; the key is {found['key']}.")


@app.command("again")
def again(key: _Key, node: _Node = None, profile: ProfileName = PROFILE) -> None:
    """Send an invited person a new link in place of the earlier one."""
    _move(key, "invitation", node, profile)


@app.command("change")
def change(key: _Key, role: _Roles, node: _Node = None, profile: ProfileName = PROFILE) -> None:
    """Give a person these roles instead of those they have."""
    with connect(profile) as connection:
        place, path = _place(connection.home, node), path_of("people", key, "roles")
        found = connection.send("PUT", place, path, json={"roles": role}).json()
    say(f"{found['name']} is now: {', '.join(found['roles'])}.")


@app.command("suspend")
def suspend(key: _Key, node: _Node = None, profile: ProfileName = PROFILE) -> None:
    """Suspend a person: their sessions end, and they cannot sign in."""
    _move(key, "suspension", node, profile)


@app.command("reinstate")
def reinstate(key: _Key, node: _Node = None, profile: ProfileName = PROFILE) -> None:
    """Let a suspended person sign in again."""
    _move(key, "reinstatement", node, profile)


@app.command("remove")
def remove(key: _Key, node: _Node = None, profile: ProfileName = PROFILE) -> None:
    """Remove a person, and erase their name, address and credentials."""
    with connect(profile) as connection:
        connection.delete(_place(connection.home, node), path_of("people", key))
    say(f"The person {key} is removed.")


def _move(key: str, what: str, node: str | None, profile: str) -> None:
    with connect(profile) as connection:
        found = connection.post(_place(connection.home, node), path_of("people", key, what))
    say(f"{found['name']} is now: {found['status']}.")


def _place(home: str, given: str | None) -> str:
    return node_url(given, where="--node") if given else home


def _row(person: dict[str, Any]) -> dict[str, object]:
    return {
        "name": person["name"],
        "e-mail": person["email"],
        "roles": person["roles"],
        "status": person["status"],
        "two factors": "yes" if person["second_factor"] else "no",
        "key": person["key"],
    }
