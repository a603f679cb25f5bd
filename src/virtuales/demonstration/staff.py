"""A person of each sample organisation: invited by its client, joining by the link in the letter, all over HTTP."""

import re
import secrets
from email import message_from_bytes

import httpx

from virtuales.demonstration.cast import Player
from virtuales.demonstration.desk import Desk
from virtuales.demonstration.record import Colleague
from virtuales.errors import PeerFailure

_PEOPLE = "/api/v1/people"
_ROLES = ("steward", "reviewer", "analyst", "editor", "administrator")


def engage(http: httpx.Client, desk: Desk, player: Player) -> Colleague:
    """Have somebody invited to a node and join with a password by chance.

    Args:
        http: The HTTP client.
        desk: The organisation's client, which invites.
        player: The node.

    Raises:
        PeerFailure: the node refused a step.
    """
    organisation = player.organisation
    email = organisation.contact_email if organisation else "operator@orchestrator.example"
    name = organisation.contact_name if organisation else "Olive Orchard"
    roles = list(_ROLES) if organisation else ["operator"]
    known = [one for one in desk.get(player.url, _PEOPLE) if one["email"] == email]
    if known:  # an earlier start was stopped before it could remember the password
        desk.delete(player.url, f"{_PEOPLE}/{known[0]['key']}")
    desk.post(player.url, _PEOPLE, {"email": email, "name": name, "roles": roles})
    password = secrets.token_urlsafe(12)
    url = f"{player.url}/invitation"
    answer = http.post(url, data={"token": _token(player, email), "password": password})
    if answer.status_code != httpx.codes.SEE_OTHER:
        raise PeerFailure(f"The invitation was answered with {answer.status_code}.", where=url)
    return Colleague(email, password)


def _token(player: Player, email: str) -> str:
    """Return what stands in the link of the latest letter to somebody, and take the letter from the outbox."""
    for file in sorted((player.data / "outbox").glob("*.eml"), reverse=True):
        message = message_from_bytes(file.read_bytes())
        found = re.search(r"/invitation\?token=([\w-]+)", str(message.get_payload()))
        if message["To"] == email and found:
            file.unlink()
            return found[1]
    raise PeerFailure("The letter with the invitation is not in the outbox.", where=str(player.data / "outbox"))
