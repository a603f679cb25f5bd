"""`virtuales request`, `requests`, `purposes`: ask for access, and see what became of it."""

import re
from typing import Annotated, Any, Final

import typer

from virtuales.cli.client.connection import connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, Because, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows, say
from virtuales.cli.client.versions import place_of
from virtuales.errors import InputError

_WHOLE: Final = re.compile(r"-?\d{1,18}")
_DECIMAL: Final = re.compile(r"-?\d{1,18}\.\d{1,18}")


def purposes(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the purposes that a request can name."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("purposes"))
    print_json(found) if as_json else print_rows(found, nothing="No purpose is known.")


def request(
    iri: Annotated[str, typer.Argument(help="IRI of a dataset version; of a dataset for its current version.")],
    purpose: Annotated[str, typer.Option(help="One of the purposes of `virtuales purposes`.")],
    because: Because,
    accept: Annotated[
        bool, typer.Option("--accept", help="Accept the licence and the handling conditions; see `virtuales show`.")
    ] = False,
    state: Annotated[
        list[str] | None,
        typer.Option(
            help="`TERM=VALUE`: what you state for a left operand that the offer asks for; repeat it. An IRI is one."
        ),
    ] = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Ask for access to a dataset version."""
    with connect(profile) as connection:
        body = {
            "version": place_of(connection, iri).iri,
            "purpose": purpose,
            "justification": because,
            "accept_conditions": accept,
            "stated": [parse_statement(text) for text in state or []],
        }
        made = connection.post(connection.home, path_of("access-requests"), body)
    if as_json:
        print_json(made)
        return
    print_record(negotiation_row(made))
    say(
        "\nThe provider has it; `virtuales requests` shows what becomes of it."
        if made["provider_reached"]
        else "\nThe provider does not answer yet; your node goes on trying."
    )


def parse_statement(text: str) -> dict[str, object]:
    """Return a statement as a constraint; a whole number stays one, and other numbers are decimals."""
    term, equals, value = text.rpartition("=")
    if not equals:
        raise InputError("The statement has no value.", where=text, remedy="Write it as `TERM=VALUE`.")
    right: object = int(value) if _WHOLE.fullmatch(value) else value
    if isinstance(right, str) and _DECIMAL.fullmatch(right):
        right = {"@value": right, "@type": "xsd:decimal"}
    return {"leftOperand": term, "operator": "eq", "rightOperand": right}


def requests(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List what your organisation asked for, the newest first."""
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("access-requests"))
    rows = [negotiation_row(each) for each in found]
    print_json(found) if as_json else print_rows(rows, nothing="Nothing was asked for.")


def negotiation_row(negotiation: dict[str, Any]) -> dict[str, object]:
    """Return what a list shows of a negotiation."""
    return {
        "negotiation": negotiation["negotiation"],
        "state": negotiation["state"],
        "version": negotiation["version"],
        "consumer": negotiation["consumer"],
        "purpose": negotiation["purpose"],
        "because": negotiation["justification"],
        "asked at": negotiation["requested_at"],
        "decided": negotiation["reason"],
        "agreement": negotiation["agreement"],
    }
