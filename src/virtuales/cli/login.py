"""`virtuales login`, `logout`, `whoami`: profiles with a client's credentials."""

import base64
import json
import os
import sys
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
import typer

from virtuales.cli.client.connection import Connection, connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, ProfileName
from virtuales.cli.client.output import print_json, print_record, say
from virtuales.cli.client.profile import Profile, node_url, remove_profile, save_profile
from virtuales.cli.client.proofs import new_proof_key
from virtuales.errors import InputError, PeerFailure

SECRET_VARIABLE = "VIRTUALES_CLIENT_SECRET"  # noqa: S105  # the name of the variable, not a secret
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def login(
    orchestrator: Annotated[str, typer.Option(help="Address of the orchestrator, which issues tokens.")],
    node: Annotated[str, typer.Option(help="Address of your organisation's node.")],
    client_id: Annotated[str, typer.Option(help="Your client's identifier, as the registration showed it.")],
    client_secret_stdin: Annotated[
        bool, typer.Option("--client-secret-stdin", help="Read the secret from standard input.")
    ] = False,
    dpop: Annotated[
        bool, typer.Option("--dpop", help="Bind every token to a key that stays in the profile (RFC 9449).")
    ] = False,
    profile: ProfileName = PROFILE,
) -> None:
    """Keep a client's credentials as a profile, once they are proved.

    The secret comes from standard input, else from the environment (`VIRTUALES_CLIENT_SECRET`), else it is asked
    for. It is sent to the orchestrator alone; nothing is kept unless the orchestrator gives a token for it.
    """
    wanted = Profile(
        orchestrator=node_url(orchestrator, where="--orchestrator"),
        node=node_url(node, where="--node"),
        client_id=client_id,
        client_secret=_secret(from_stdin=client_secret_stdin),
        proof_key=new_proof_key() if dpop else None,
    )
    _warn_of_open_line(wanted.orchestrator)
    with httpx.Client() as http:
        claims = _claims(Connection(wanted, http).token(wanted.node))
    file = save_profile(profile, wanted)
    say(f"Logged in as {client_id} of {claims.get('organisation')}.")
    say(f"Profile `{profile}` is kept in {file}.")


def logout(profile: ProfileName = PROFILE) -> None:
    """Forget a profile with its secret."""
    say(f"Profile `{profile}` is forgotten." if remove_profile(profile) else f"There was no profile `{profile}`.")


def whoami(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Show who a profile acts for and what it may do, as a new token tells it."""
    with connect(profile) as connection:
        known = connection.profile
        claims = _claims(connection.token(connection.home))
        organisation = str(claims.get("organisation"))
        about = connection.get(connection.home, path_of("organisations", organisation.rpartition("/")[2]))
        terms = connection.get(connection.home, path_of("organisations", organisation.rpartition("/")[2], "terms"))
    shown = {
        "profile": profile,
        "client": claims.get("client_id"),
        "organisation": organisation,
        "name": about.get("legal_name"),
        "status": about.get("status"),
        "terms": due_sentence(terms) if terms["due"] else f"Version {about.get('accepted_terms')} is accepted.",
        "scopes": str(claims.get("scope", "")).split(),
        "node": connection.home,
        "orchestrator": known.orchestrator if known else None,
    }
    print_json(shown) if as_json else print_record(shown)


def organisation_of(connection: Connection) -> str:
    """Return the IRI of the organisation that a profile acts for, as a new token tells it."""
    return str(_claims(connection.token(connection.home)).get("organisation"))


def due_sentence(status: dict[str, Any]) -> str:
    """Say what an organisation has still to accept, from what the API answers."""
    until = f" before {status['required_from']}" if status["required_from"] else ""
    if status["overdue"]:
        until = "; until then no new commitments are made"
    return f"Version {status['due']} is to be accepted{until}: `virtuales terms accept {status['due']}`."


def _secret(*, from_stdin: bool) -> str:
    if from_stdin:
        secret = sys.stdin.readline().strip()
    elif SECRET_VARIABLE in os.environ:
        secret = os.environ[SECRET_VARIABLE].strip()
    elif sys.stdin.isatty():
        secret = str(typer.prompt("Client secret", hide_input=True, err=True)).strip()
    else:
        secret = ""
    if not secret:
        raise InputError(
            "There is no client secret.",
            where="--client-secret-stdin",
            remedy=f"Send it to standard input with `--client-secret-stdin`, or set {SECRET_VARIABLE}.",
        )
    return secret


def _warn_of_open_line(orchestrator: str) -> None:
    parts = urlsplit(orchestrator)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        typer.echo(f"warning: the secret goes to {orchestrator} unencrypted; use https", err=True)


def _claims(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what a token says, to be shown; the nodes verify it, this program need not."""
    payload = str(answer["access_token"]).split(".")[1:2]
    try:
        padded = payload[0] + "=" * (-len(payload[0]) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, IndexError) as error:
        raise PeerFailure("The orchestrator's token is no JWT.") from error
    return claims if isinstance(claims, dict) else {}
