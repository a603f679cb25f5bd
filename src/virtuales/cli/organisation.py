"""`virtuales organisation`: register, and the desk at which the orchestrator's staff checks and decides."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from virtuales.cli.client.connection import connect, connect_openly, path_of
from virtuales.cli.client.options import PROFILE, AsJson, Because, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows, say
from virtuales.cli.client.profile import get_profile, node_url

app = typer.Typer(help="Organisations: register, and the orchestrator's desk.", no_args_is_help=True)

_Orchestrator = Annotated[
    str | None, typer.Option("--orchestrator", help="Address of the orchestrator; by default the profile's.")
]
_Key = Annotated[str, typer.Argument(help="The organisation: its IRI, or the last part of it.")]


class Role(StrEnum):
    """What an organisation wants to do."""

    PRODUCER = "producer"
    CONSUMER = "consumer"


class Move(StrEnum):
    """What can be decided about an organisation."""

    APPROVE = "approve"
    REFUSE = "refuse"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"


@app.command("register")
def register(
    legal_name: Annotated[str, typer.Option(help="The registered name.")],
    registration_number: Annotated[str, typer.Option(help="Company number of Great Britain, or LEI.")],
    contact_name: Annotated[str, typer.Option(help="Whom to write to.")],
    contact_email: Annotated[str, typer.Option(help="Where to write to.")],
    node: Annotated[str, typer.Option(help="Address of your organisation's node, which has to be running.")],
    role: Annotated[list[Role], typer.Option(help="What you want to do; repeat it for both.")],
    accept_terms: Annotated[str, typer.Option(help="The version of the terms that you accept.")],
    domain: Annotated[
        str | None, typer.Option(help="Your web domain, such as `vale.example`; by default your node's is looked up.")
    ] = None,
    orchestrator: _Orchestrator = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Register an organisation; its client's secret is shown this once."""
    body = {
        "legal_name": legal_name,
        "registration_number": registration_number,
        "contact_name": contact_name,
        "contact_email": contact_email,
        "node_url": node_url(node, where="--node"),
        "roles": [each.value for each in role],
        "accepted_terms": accept_terms,
        "domain": domain,
    }
    with connect_openly() as connection:
        registered = connection.post(_orchestrator(orchestrator, profile), path_of("organisations"), body)
    if as_json:
        print_json(registered)
        return
    print_record(registered)
    say("\nKeep the secret now: it is not shown again. Once the orchestrator has approved, use `virtuales login`.")


@app.command("terms")
def terms(orchestrator: _Orchestrator = None, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Show the terms and conditions in force, with their version."""
    found = _public(orchestrator, profile, "terms")
    if as_json:
        print_json(found)
        return
    say(f"Version {found['version']}\n", style="bold")
    say(found["text"])


@app.command("list")
def list_organisations(
    orchestrator: _Orchestrator = None, profile: ProfileName = PROFILE, as_json: AsJson = False
) -> None:
    """List the organisations that have registered."""
    found = _public(orchestrator, profile)
    print_json(found) if as_json else print_rows([_row(each) for each in found], nothing="No organisation registered.")


@app.command("show")
def show(
    key: _Key, orchestrator: _Orchestrator = None, profile: ProfileName = PROFILE, as_json: AsJson = False
) -> None:
    """Show what is public about an organisation."""
    found = _public(orchestrator, profile, last_part(key))
    print_json(found) if as_json else print_record(found)


@app.command("checks")
def checks(orchestrator: _Orchestrator = None, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the checks that an approval needs."""
    found = _public(orchestrator, profile, "checks")
    print_json(found) if as_json else print_rows(found, nothing="No check is required.")


@app.command("desk")
def desk(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the organisations with their contacts and checks, for the orchestrator's staff."""
    with connect(profile) as connection:
        found = connection.get(get_profile(profile).orchestrator, path_of("organisations", "desk"))
    print_json(found) if as_json else print_rows([_desk_row(each) for each in found], nothing="The desk is empty.")


@app.command("check")
def check(
    key: _Key,
    names: Annotated[list[str], typer.Argument(help="Names of checks; see `virtuales organisation checks`.")],
    passed: Annotated[bool, typer.Option("--passed/--failed", help="The outcome.")],
    note: Annotated[str, typer.Option(help="What was seen, and where.")],
    profile: ProfileName = PROFILE,
) -> None:
    """Record the outcome of verification checks; for the orchestrator's staff."""
    with connect(profile) as connection:
        place, path = get_profile(profile).orchestrator, path_of("organisations", last_part(key), "checks")
        for name in names:
            found = connection.post(place, path, {"name": name, "passed": passed, "note": note})
    missing = found["missing_checks"]
    say(f"{found['legal_name']}: " + (f"still missing {', '.join(missing)}." if missing else "all checks passed."))


@app.command("check-domain")
def check_domain(key: _Key, profile: ProfileName = PROFILE) -> None:
    """Look up again whether an organisation controls its web domain; for the orchestrator's staff."""
    with connect(profile) as connection:
        path = path_of("organisations", last_part(key), "checks", "domain", "attempts")
        found = connection.post(get_profile(profile).orchestrator, path)
    (outcome,) = [each for each in found["checks"] if each["name"] == "domain"]
    say(f"{found['legal_name']}: {'passed' if outcome['passed'] else 'failed'}. {outcome['note']}")


@app.command("decide")
def decide(
    key: _Key,
    move: Annotated[Move, typer.Argument(help="What to do.")],
    because: Because,
    profile: ProfileName = PROFILE,
) -> None:
    """Approve, refuse, suspend or reinstate an organisation; for the orchestrator's staff."""
    with connect(profile) as connection:
        path = path_of("organisations", last_part(key), "decisions")
        found = connection.post(get_profile(profile).orchestrator, path, {"move": move.value, "reason": because})
    say(f"{found['legal_name']} is now: {found['status']}.")


def last_part(iri: str) -> str:
    """Return the last part of an IRI, by which the API names a thing.

    >>> last_part("http://127.0.0.1:8400/id/organisation/vale-networks-plc"), last_part("vale-networks-plc")
    ('vale-networks-plc', 'vale-networks-plc')
    """
    return iri.rstrip("/").rpartition("/")[2]


def _public(orchestrator: str | None, profile: str, *parts: str) -> Any:  # noqa: ANN401  # JSON
    with connect_openly() as connection:
        return connection.get(_orchestrator(orchestrator, profile), path_of("organisations", *parts))


def _orchestrator(given: str | None, profile: str) -> str:
    return node_url(given, where="--orchestrator") if given else get_profile(profile).orchestrator


def _row(organisation: dict[str, Any]) -> dict[str, object]:
    return {
        "name": organisation["legal_name"],
        "number": organisation["registration_number"],
        "status": organisation["status"],
        "roles": organisation["roles"],
        "node": organisation["node"],
        "organisation": organisation["organisation"],
    }


def _desk_row(organisation: dict[str, Any]) -> dict[str, object]:
    return {
        "name": organisation["legal_name"],
        "number": organisation["registration_number"],
        "status": organisation["status"],
        "missing checks": organisation["missing_checks"],
        "contact": organisation["contact_name"],
        "e-mail": organisation["contact_email"],
        "organisation": organisation["organisation"],
    }
