"""`virtuales agreement amend`, `renew`: propose an agreement in the place of one that there is."""

from datetime import datetime
from typing import Annotated

import typer

from virtuales.cli.client.connection import connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, Because, ProfileName
from virtuales.cli.client.output import print_json, print_record
from virtuales.cli.negotiation import Attribution, Lift, Purposes, Until, Uses, changed_terms
from virtuales.cli.organisation import last_part
from virtuales.cli.request import negotiation_row

_Key = Annotated[str, typer.Argument(help="The agreement: its IRI, or the last part of it.")]


def amend(
    key: _Key,
    because: Because,
    until: Until = None,
    uses: Uses = None,
    purpose: Purposes = None,
    attribution: Attribution = None,
    lift: Lift = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Propose other terms for an agreement; once both sides have signed, the new agreement replaces it."""
    changes = changed_terms(until=until, uses=uses, purposes=purpose, attribution=attribution, lift=lift)
    _propose(key, {**changes, "reason": because}, profile=profile, as_json=as_json)


def renew(
    key: _Key,
    until: Annotated[datetime, typer.Option(help="The new last instant of use, in UTC.")],
    because: Because,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Propose to renew an agreement until another day; it is an amendment of its end alone."""
    _propose(key, {"until": f"{until.isoformat()}Z", "reason": because}, profile=profile, as_json=as_json)


def _propose(key: str, body: dict[str, object], *, profile: str, as_json: bool) -> None:
    with connect(profile) as connection:
        path = path_of("negotiations", "amendments", last_part(key))
        made = connection.post(connection.home, path, body)
    print_json(made) if as_json else print_record(negotiation_row(made))
