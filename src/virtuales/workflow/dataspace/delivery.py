"""Handing letters to connectors that speak the Dataspace Protocol and nothing beside, in the protocol's own form.

A connector is asked at no other address than one on the node that its organisation registered, so that no message can
send this node elsewhere.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, cast
from urllib.parse import quote

from virtuales.clock import iso_instant
from virtuales.contract.agreement import SignedAgreement
from virtuales.contract.dataspace.names import iri_name, name_iri
from virtuales.contract.dataspace.policies import policy_for_message
from virtuales.contract.dataspace.shapes import VERSION, check_message, new_message
from virtuales.contract.letters import Letter, LetterKind, write_letter
from virtuales.contract.negotiation import State
from virtuales.contract.negotiations import Negotiation, learn_provider_pid
from virtuales.errors import AccessDenied, Conflict, InputError, NotFound, PeerFailure
from virtuales.journal.event import EventDraft
from virtuales.policy.odrl_json import parse_policy
from virtuales.policy.profile import Profile
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.participants import Participant
from virtuales.trust.registration import parse_node_url
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.workspace import Workspace

OPENING: Final = "/negotiations/request"
_DOOR: Final = re.compile(r"/(request|offers|events|termination|agreement/verification|agreement)$")
_UNDER_WAY: set[NamedNode] = set()
_TURN: Final = threading.Lock()


def address_on(participant: Participant, said: str, *, where: str) -> str:
    """Return an address, once it is found to be on the node that an organisation registered.

    Raises:
        InputError: it is elsewhere, or no URL without query and fragment.
    """
    parse_iri(said, where=where)
    address = parse_node_url(said)
    if address != participant.node_url and not address.startswith(f"{participant.node_url}/"):
        raise InputError(
            "The address is not on the organisation's registered node.",
            where=where,
            remedy=f"Use one below {participant.node_url}.",
        )
    return address


def connector_of(workspace: Workspace, participant: Participant, said: str | None, *, by: NamedNode) -> str:
    """Return where an organisation's connector takes messages: the address that was said, or what its node tells.

    Raises:
        InputError: the address is not on the node that the organisation registered.
        PeerFailure: its node does not say where this version of the protocol is spoken.
    """
    node = participant.node_url
    if said is not None:
        return address_on(participant, said, where="callbackAddress").rstrip("/")
    told = workspace.peers.get(node, "/.well-known/dspace-version", organisation=by.value)
    listed = told.get("protocolVersions")
    for one in listed if isinstance(listed, list) else []:
        spoken = cast("Mapping[str, object]", one) if isinstance(one, Mapping) else {}
        path = spoken.get("path")
        if (spoken.get("version"), spoken.get("binding")) == (VERSION, "HTTPS") and isinstance(path, str):
            return address_on(participant, f"{node}/{path.strip('/')}", where="path").rstrip("/")
    raise PeerFailure(f"The node does not speak version {VERSION} of the Dataspace Protocol.", where=node)


def connector_of_agreement(workspace: Workspace, party: NamedNode, agreement: NamedNode) -> str | None:
    """Return the connector with which a party's agreement was negotiated; None where that was with a node."""
    negotiations = Desk(workspace).negotiations.of_party(party)
    return next((one.opening.connector for one in negotiations if one.agreement == agreement), None)


def agreement_letter(negotiation: Negotiation, signed: SignedAgreement) -> Letter:
    """Write the provider's letter with the agreement, in the form that the protocol has for it.

    Raises:
        UnsupportedForm: the protocol's form cannot say what was agreed.
    """
    agreed = policy_for_message(signed.agreement) | {"timestamp": iso_instant(signed.validity.start)}
    message = new_message("ContractAgreementMessage", agreement=agreed)
    opening = negotiation.opening
    return plain_letter(negotiation, message, "agreement", parties=(opening.assigner, opening.assignee))


def plain_letter(
    negotiation: Negotiation, message: Mapping[str, object], door: str, *, parties: tuple[NamedNode, NamedNode]
) -> Letter:
    """Write the letter that tells of a negotiation's next move; identifiers are filled in when it leaves."""
    number = negotiation.moves + 1
    path = OPENING if not door else f"/negotiations/{door}"
    return write_letter(LetterKind.MOVE, negotiation.iri, message, parties=parties, path=path, number=number)


@contextmanager
def claimed(letter: Letter) -> Iterator[bool]:
    """Tell whether this thread alone delivers a letter until the block ends."""
    with _TURN:
        is_ours = letter.iri not in _UNDER_WAY
        _UNDER_WAY.add(letter.iri)
    try:
        yield is_ours
    finally:
        if is_ours:
            _UNDER_WAY.discard(letter.iri)


def state_at_connector(workspace: Workspace, negotiation: Negotiation, *, by: NamedNode) -> State:
    """Return where the other party's connector says that a negotiation stands; one it does not know is over."""
    opening = negotiation.opening
    theirs = opening.consumer_pid if by == opening.assigner else opening.provider_pid
    if theirs is None:
        return State.TERMINATED
    node, prefix = _place(workspace, negotiation, by)
    try:
        answer = workspace.peers.get(node, f"{prefix}/negotiations/{_in_path(theirs)}", organisation=by.value)
    except (NotFound, Conflict):
        return State.TERMINATED
    return State(str(check_message(answer, "ContractNegotiation")["state"]))


def acknowledge(workspace: Workspace, negotiation: Negotiation, provider_pid: str) -> Negotiation:
    """Note the provider's identifier of a negotiation, from whichever of its messages comes first."""
    desk = Desk(workspace)
    with workspace.ledger.turn():
        now = desk.negotiations.get(negotiation.iri)
        if now.opening.provider_pid is None:
            change = learn_provider_pid(now, name_iri(provider_pid, where="providerPid"), desk.graph)
            workspace.ledger.record(EventDraft("RequestAcknowledged", now.iri.value, change=change))
        return desk.negotiations.get(negotiation.iri)


def hand_over(workspace: Workspace, negotiation: Negotiation, letter: Letter) -> None:
    """Hand a letter to the other party's connector.

    Raises:
        PeerFailure: it did not answer.
        Conflict, NotFound: it refused.
    """
    opening = negotiation.opening
    node, prefix = _place(workspace, negotiation, letter.sender)
    theirs = opening.consumer_pid if letter.sender == opening.assigner else opening.provider_pid
    message = _written(negotiation, letter, workspace.vocabulary)
    path = OPENING
    if letter.path != OPENING:
        door = _DOOR.search(letter.path)
        if theirs is None or door is None:
            raise NotFound("The other side knows nothing of the negotiation.", where=letter.path)
        path = f"/negotiations/{_in_path(theirs)}{door.group()}"
    try:
        answer = workspace.peers.post(node, prefix + path, message, organisation=letter.sender.value)
    except AccessDenied as error:
        raise Conflict(f"{error.what} {' '.join(error.reasons)}", where=path) from error
    if path == OPENING:
        acknowledge(workspace, negotiation, str(check_message(answer, "ContractNegotiation")["providerPid"]))


def _place(workspace: Workspace, negotiation: Negotiation, sender: NamedNode) -> tuple[str, str]:
    """Return the other party's node, and what paths of its connector start with there."""
    opening = negotiation.opening
    other = opening.assignee if sender == opening.assigner else opening.assigner
    participant = workspace.participants.get(other)
    address = connector_of(workspace, participant, opening.connector, by=sender)
    return participant.node_url, address.removeprefix(participant.node_url)


def _written(negotiation: Negotiation, letter: Letter, vocabulary: Profile) -> dict[str, object]:
    """Return a letter's message as the protocol has it, with the identifiers that both sides go by now."""
    opening = negotiation.opening
    message = {key: value for key, value in letter.message.items() if not key.startswith("ves:")}
    message["consumerPid"] = iri_name(opening.consumer_pid)
    if opening.provider_pid is not None:
        message["providerPid"] = iri_name(opening.provider_pid)
    offer = message.get("offer")
    if isinstance(offer, Mapping) and letter.path != OPENING:
        read = parse_policy(cast("Mapping[str, object]", offer), vocabulary=vocabulary)
        message["offer"] = policy_for_message(read) | {"target": iri_name(opening.target)}
    return message


def _in_path(pid: NamedNode) -> str:
    return quote(iri_name(pid), safe=":")
