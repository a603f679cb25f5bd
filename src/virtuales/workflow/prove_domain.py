"""Whether an organisation controls the web domain that it names, or else its node's: looked up, not taken on trust."""

from dataclasses import dataclass
from typing import Final

from virtuales.clock import iso_instant
from virtuales.errors import VirtualesError
from virtuales.trust.domain_linkage import CONFIGURATION_PATH, verify_configuration
from virtuales.trust.keys import did_web
from virtuales.trust.participants import Participant
from virtuales.workflow.workspace import Workspace

_SECONDS: Final = 10.0
_LONGEST: Final = 600


@dataclass(frozen=True)
class DomainProof:
    """What was found when a domain was looked up.

    Args:
        holds: Whether the domain names the organisation's key.
        evidence: Where it was looked up, when, and what was found.
    """

    holds: bool
    evidence: str


def look_up_domain(workspace: Workspace, participant: Participant) -> DomainProof:
    """Ask an organisation's web domain, or its node where it names none, for a credential by its registered key.

    The address is others' choice, so it is asked as the egress guard allows; nothing that goes wrong is an error here.
    """
    origin = f"https://{participant.domain}" if participant.domain else participant.node_url
    did, now = did_web(participant.node_url), workspace.clock.now()
    looked = f"Looked up {origin}{CONFIGURATION_PATH} at {iso_instant(now.replace(microsecond=0))}"
    try:
        document = workspace.peers.ask(origin, CONFIGURATION_PATH, token=None, seconds=_SECONDS)
        until = verify_configuration(document, origin=origin, did=did, key=participant.public_key, now=now)
    except VirtualesError as error:
        return DomainProof(holds=False, evidence=f"{looked}: {error.what}"[:_LONGEST])
    proved = f"a credential by the registered key links it to {did}, until {until:%Y-%m-%d}."
    return DomainProof(holds=True, evidence=f"{looked}: {proved}"[:_LONGEST])
