"""`virtuales standing`: certifications, groups and industries of organisations, which the orchestrator attests."""

from datetime import datetime
from typing import Annotated, Any

import typer

from virtuales.cli.client.connection import connect, connect_openly, path_of
from virtuales.cli.client.options import PROFILE, AsJson, Because, ProfileName
from virtuales.cli.client.output import print_json, print_rows, say
from virtuales.cli.client.profile import get_profile, node_url
from virtuales.cli.organisation import last_part

app = typer.Typer(help="Certifications, groups and industries of organisations.", no_args_is_help=True)

_Orchestrator = Annotated[
    str | None, typer.Option("--orchestrator", help="Address of the orchestrator; by default the profile's.")
]
_Key = Annotated[str, typer.Argument(help="The organisation: its IRI, or the last part of it.")]
_DAY = ["%Y-%m-%d"]


@app.command("concepts")
def concepts(orchestrator: _Orchestrator = None, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the kinds of certifications, the groups and the industries."""
    found = _public(orchestrator, profile, "standing-concepts")
    if as_json:
        print_json(found)
        return
    rows = [{name: each[name] for name in ("kind", "notation", "name", "definition")} for each in found]
    print_rows(rows, nothing="Nothing can be attested.")


@app.command("show")
def show(
    key: _Key, orchestrator: _Orchestrator = None, profile: ProfileName = PROFILE, as_json: AsJson = False
) -> None:
    """Show what is attested of an organisation, and whether it is in force."""
    found = _public(orchestrator, profile, last_part(key), "standing")
    if as_json:
        print_json(found)
        return
    print_rows([_row(each) for each in found["attestations"]], nothing="Nothing is attested of the organisation.")


@app.command("attest")
def attest(
    key: _Key,
    concept: Annotated[str, typer.Argument(help="What is attested; see `virtuales standing concepts`.")],
    evidence: Annotated[str, typer.Option(help="What you saw, and where.")],
    issuer: Annotated[
        str | None, typer.Option(help="The body that stands behind it; every certification has one.")
    ] = None,
    valid_from: Annotated[
        datetime | None, typer.Option("--from", formats=_DAY, help="The first day; by default today.")
    ] = None,
    valid_until: Annotated[
        datetime | None, typer.Option("--until", formats=_DAY, help="The last day; by default there is no end.")
    ] = None,
    profile: ProfileName = PROFILE,
) -> None:
    """Attest a certification, a group or an industry of an organisation; for the orchestrator's staff."""
    body = {
        "concept": concept,
        "issuer": issuer,
        "evidence": evidence,
        "valid_from": valid_from.date().isoformat() if valid_from else None,
        "valid_until": valid_until.date().isoformat() if valid_until else None,
    }
    with connect(profile) as connection:
        path = path_of("organisations", last_part(key), "attestations")
        found = connection.post(get_profile(profile).orchestrator, path, body)
    print_rows([_row(each) for each in found], nothing="Nothing is attested of the organisation.")


@app.command("withdraw")
def withdraw(
    key: _Key,
    name: Annotated[str, typer.Argument(help="The attestation: the name that `virtuales standing show` gives.")],
    because: Because,
    profile: ProfileName = PROFILE,
) -> None:
    """Take back what was attested of an organisation; for the orchestrator's staff."""
    with connect(profile) as connection:
        path = path_of("organisations", last_part(key), "attestations", name, "withdrawal")
        connection.post(get_profile(profile).orchestrator, path, {"reason": because})
    say(f"{name} is withdrawn.")


def _public(orchestrator: str | None, profile: str, *parts: str) -> Any:  # noqa: ANN401  # JSON
    place = node_url(orchestrator, where="--orchestrator") if orchestrator else get_profile(profile).orchestrator
    with connect_openly() as connection:
        return connection.get(place, path_of("organisations", *parts))


def _row(attestation: dict[str, Any]) -> dict[str, object]:
    return {
        "name": attestation["name"],
        "attested": attestation["title"],
        "state": attestation["state"],
        "from": attestation["valid_from"],
        "until": attestation["valid_until"],
        "issuer": attestation["issuer"],
    }
