"""The sample organisations register, and the orchestrator's staff checks and approves them, all over HTTP."""

import time
from collections.abc import Callable
from dataclasses import replace

import httpx

from virtuales.demonstration.cast import Cast, Player
from virtuales.demonstration.desk import Desk, answer
from virtuales.demonstration.record import Member, Record
from virtuales.errors import PeerFailure

OPERATOR = "operator"
_ORGANISATIONS = "/api/v1/organisations"
_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.1


def register(http: httpx.Client, cast: Cast, player: Player) -> Member:
    """Register the organisation of a node with the orchestrator and return its first client."""
    organisation, centre = player.organisation, cast.orchestrator.url
    if organisation is None:
        raise ValueError("the orchestrator does not register with itself")
    terms = answer(http, "GET", f"{centre}{_ORGANISATIONS}/terms")
    registered = answer(
        http,
        "POST",
        f"{centre}{_ORGANISATIONS}",
        json={
            "legal_name": organisation.legal_name,
            "registration_number": organisation.registration_number,
            "contact_name": organisation.contact_name,
            "contact_email": organisation.contact_email,
            "node_url": player.url,
            "roles": ["producer", "consumer"],
            "accepted_terms": terms["version"],
        },
    )
    return Member(registered["organisation"], registered["client_id"], registered["client_secret"])


def approve(http: httpx.Client, cast: Cast, member: Member, record: Record) -> Member:
    """Record every check as passed and approve an organisation, as the orchestrator's operator."""
    centre = cast.orchestrator.url
    desk = Desk(http, centre, client_id=OPERATOR, client_secret=record.operator_secret)
    own = f"{_ORGANISATIONS}/{member.iri.rpartition('/')[2]}"
    status = answer(http, "GET", centre + own)["status"]
    if status == "Pending":
        for check in answer(http, "GET", f"{centre}{_ORGANISATIONS}/checks"):
            body = {"name": check["name"], "passed": True, "note": "Passed for the demonstration."}
            desk.post(centre, f"{own}/checks", body)
        desk.post(centre, f"{own}/decisions", {"move": "approve", "reason": "Every check has passed."})
    return replace(member, approved=True)


def await_known(http: httpx.Client, cast: Cast, record: Record) -> None:
    """Wait until every node has heard that every organisation of the record is approved.

    Raises:
        PeerFailure: a node has not heard of it for a minute.
    """
    members = {member.iri for member in record.members.values()}
    for player in cast.players:

        def heard(node: str = player.url) -> bool:
            known = answer(http, "GET", f"{node}{_ORGANISATIONS}")
            return members <= {one["organisation"] for one in known if one["status"] == "Approved"}

        await_true(heard, f"The node `{player.key}` has not heard which organisations are approved.", str(player.log))


def await_true(probe: Callable[[], bool], otherwise: str, where: str) -> None:
    """Wait until something has come about.

    Raises:
        PeerFailure: it has not, for a minute; the error says what is given as `otherwise`.
    """
    end = time.monotonic() + _PATIENCE_SECONDS
    while not probe():
        if time.monotonic() > end:
            raise PeerFailure(otherwise, where=where, remedy="Read that log, or begin anew with `--fresh`.")
        time.sleep(_PAUSE_SECONDS)
