"""Step 4, request access: the consumer's side of a negotiation, from the request to the countersigned agreement.

Each step is recorded before its message leaves; what a dead peer did not take is sent again by `carry_on`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote
from uuid import uuid4

from virtuales.contract.agreement import (
    SignedAgreement,
    context_of,
    parse_agreement,
    sign_agreement,
    verify_provider_signature,
)
from virtuales.contract.agreements import record_agreement
from virtuales.contract.messages import (
    ContractAgreementVerificationMessage,
    ContractNegotiationMessage,
    ContractRequestMessage,
    message_to_json,
    parse_message,
)
from virtuales.contract.negotiation import Move, Party, State
from virtuales.contract.negotiations import Negotiation, Opening, Step, learn_provider_pid, open_negotiation
from virtuales.errors import AccessDenied, Conflict, InputError, IntegrityFailure, NotFound, PeerFailure, VirtualesError
from virtuales.journal.event import EventDraft
from virtuales.policy.compact import policy_to_json
from virtuales.policy.granting import agreement_from
from virtuales.policy.odrl import Offer
from virtuales.policy.odrl_json import parse_policy
from virtuales.policy.odrl_rdf import get_policy, policy_quads
from virtuales.policy.statements import read_statements, restated, statements_json, statements_text
from virtuales.policy.templates import is_open
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.keys import did_web, verification_method
from virtuales.trust.participants import Participant
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.current_terms import require_current_terms
from virtuales.workflow.negotiate import (
    DSP,
    JUSTIFICATION_KEY,
    PURPOSE_KEY,
    REPLACES_KEY,
    SIGNED_KEY,
    STATED_KEY,
    Desk,
    post,
    provider_of,
    sender,
)
from virtuales.workflow.replacing import replacement
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class IntendedUse:
    """What somebody wants data for.

    Args:
        purpose: IRI of the purpose.
        justification: Why, in their words.
        stated: What they state about themselves and their use: constraints with `eq` in compact JSON; None for nothing.
    """

    purpose: NamedNode
    justification: str
    stated: object = None


def request_access(
    workspace: Workspace,
    principal: Principal,
    version: NamedNode,
    intended: IntendedUse,
    *,
    accepted: bool,
) -> Negotiation:
    """Ask the provider of a dataset version for access, with purpose and justification.

    Args:
        workspace: The consumer's node.
        principal: Who asks.
        version: The dataset version.
        intended: What the data is for.
        accepted: Whether licence and handling conditions are accepted; without it nothing is asked.

    Returns:
        The negotiation as it stands after the provider's first answer; still without the provider's identifier when
        the provider could not be reached, in which case the request is sent again later.

    Raises:
        AccessDenied: the principal may not ask, or the offer excludes the organisation or the purpose.
        Conflict: the data is open, or access was asked for or granted already.
        InputError: the conditions are not accepted, or the justification is too short.
        PeerFailure: the offer cannot be read, neither from the provider nor from the orchestrator's catalogue.
    """
    participant = workspace.hosted(principal, Scope.ACCESS_REQUEST)
    require_current_terms(workspace, participant.iri)
    if not accepted:
        raise InputError(
            "The licence and the handling conditions are not accepted.",
            where="accept_conditions",
            remedy="Read the offer, then send `accept_conditions: true`.",
        )
    provider = provider_of(workspace, version)
    offer = _fetch_offer(workspace, provider, version, participant)
    desk = Desk(workspace)
    pid = NamedNode(uuid4().urn)
    opening = Opening(
        provider_pid=None,
        consumer_pid=pid,
        offer=offer.iri,
        target=version,
        assigner=offer.assigner,
        assignee=participant.iri,
        purpose=intended.purpose,
        justification=intended.justification,
        callback=workspace.addresses.base + DSP,
        stated=statements_text(read_statements(intended.stated, owner=pid, vocabulary=workspace.vocabulary)),
    )
    with workspace.ledger.turn():
        _refuse_repeated(desk, participant, version)
        change = open_negotiation(opening, iri=pid, at=workspace.clock.now(), graph=desk.graph)
        kept_offer = ChangeSet(add=policy_quads(offer, desk.graph))
        workspace.ledger.record(
            EventDraft("AccessRequested", pid.value, change=change | kept_offer, actor=principal.client_id)
        )
    try:
        return send_request(workspace, desk.negotiations.get(pid))
    except PeerFailure:
        return desk.negotiations.get(pid)


def send_request(workspace: Workspace, negotiation: Negotiation) -> Negotiation:
    """Send a recorded request to the provider and note its answer.

    Raises:
        PeerFailure: the provider did not answer; the request stays as it is.
        AccessDenied, Conflict, NotFound: the provider refused; the negotiation is terminated with its reason.
    """
    desk, opening = Desk(workspace), negotiation.opening
    offer = get_policy(workspace.store, desk.graph, opening.offer, workspace.vocabulary)
    message = message_to_json(
        ContractRequestMessage(opening.consumer_pid.value, policy_to_json(offer), callback=opening.callback)
    )
    message |= {PURPOSE_KEY: opening.purpose.value, JUSTIFICATION_KEY: opening.justification}
    if opening.stated is not None:
        message[STATED_KEY] = statements_json(desk.stated(opening))
    if opening.replaces is not None:
        message[REPLACES_KEY] = opening.replaces.value
    provider = workspace.participants.get(opening.assigner)
    try:
        answer = post(workspace, provider.node_url, "/negotiations/request", message, by=opening.assignee)
    except (AccessDenied, Conflict, NotFound) as error:
        _give_up(desk, negotiation, error)
        raise
    return _acknowledged(desk, negotiation.iri, parse_iri(_state(answer).provider_pid, where="providerPid"))


def take_agreement(workspace: Workspace, principal: Principal, pid: NamedNode, document: Mapping[str, object]) -> None:
    """Check the provider's agreement against what was asked, countersign it, and send it back.

    Raises:
        AccessDenied: the message is not from the provider.
        Conflict: the negotiation is in another state, or the agreement is not what was asked for.
        IntegrityFailure: the provider's signature does not match.
        InputError: the document is no agreement.
    """
    desk = Desk(workspace)
    provider = sender(workspace, principal, desk.negotiations.get(pid).opening.assigner)
    signed = parse_agreement({**document, "@context": context_of(document)}, workspace.vocabulary)
    verify_provider_signature(signed, provider.public_key)
    with workspace.ledger.turn():
        negotiation = desk.negotiations.get(pid)
        if negotiation.state is State.TERMINATED:
            raise Conflict("The negotiation is over.", where=pid.value, remedy="The consumer may ask anew.")
        if negotiation.state in (State.REQUESTED, State.ACCEPTED):
            _refuse_other(desk, negotiation, signed)
            # The agreement may come before the answer to the request, which may even be lost.
            negotiation = _acknowledged(desk, pid, signed.request.negotiation)
            step = Step(Party.PROVIDER, Move.AGREE, workspace.clock.now(), agreement=signed.agreement.iri)
            negotiation = desk.move(negotiation, step, "AgreementReceived")
        if negotiation.state is State.AGREED:
            negotiation = _countersign(desk, negotiation, signed)
    send_verification(workspace, negotiation)


def send_verification(workspace: Workspace, negotiation: Negotiation) -> Negotiation:
    """Send the countersigned agreement to the provider; when it confirms, the negotiation is over.

    Raises:
        PeerFailure: the provider did not answer; it is sent again later.
    """
    desk, opening = Desk(workspace), negotiation.opening
    if negotiation.state is not State.VERIFIED or opening.provider_pid is None or negotiation.agreement is None:
        return negotiation
    signed = desk.agreements.get(negotiation.agreement).signed
    message = message_to_json(
        ContractAgreementVerificationMessage(opening.provider_pid.value, opening.consumer_pid.value)
    )
    message[SIGNED_KEY] = {key: value for key, value in signed.document.items() if key != "@context"}
    provider = workspace.participants.get(opening.assigner)
    path = f"/negotiations/{opening.provider_pid.value}/agreement/verification"
    return _follow(desk, negotiation, _state(post(workspace, provider.node_url, path, message, by=opening.assignee)))


def carry_on(workspace: Workspace) -> bool:
    """Go on with the consumer's negotiations where a message was not taken, or its answer lost.

    Returns:
        Whether there was one to go on with, so that it is to be looked at again.

    Raises:
        VirtualesError: a provider refused or did not answer; the others are tried first.
    """
    failures: list[VirtualesError] = []
    negotiations = Desk(workspace).negotiations
    found = (*negotiations.all(State.REQUESTED), *negotiations.all(State.VERIFIED))
    own = [each for each in found if each.iri == each.opening.consumer_pid and each.opening.connector is None]
    for negotiation in own:
        try:
            _carry_on_one(workspace, negotiation)
        except VirtualesError as error:
            failures.append(error)
    if failures:
        raise failures[0]
    return bool(own)


def _carry_on_one(workspace: Workspace, negotiation: Negotiation) -> None:
    desk, opening = Desk(workspace), negotiation.opening
    if opening.provider_pid is None:
        send_request(workspace, negotiation)
    elif negotiation.state is State.VERIFIED:
        send_verification(workspace, negotiation)
    elif negotiation.state is State.REQUESTED:
        provider = workspace.participants.get(opening.assigner)
        path = f"{DSP}/negotiations/{opening.provider_pid.value}"
        answer = workspace.peers.get(provider.node_url, path, organisation=opening.assignee.value)
        _follow(desk, negotiation, _state(answer), reason=str(answer.get("ves:reason") or ""))


def _follow(
    desk: Desk, negotiation: Negotiation, state: ContractNegotiationMessage, *, reason: str = ""
) -> Negotiation:
    """Note a final state that the provider reports."""
    with desk.workspace.ledger.turn():
        now = desk.negotiations.get(negotiation.iri)
        if state.state is State.FINALIZED and now.state is State.VERIFIED:
            step = Step(Party.PROVIDER, Move.FINALIZE, desk.workspace.clock.now(), reason=now.reason)
            text = "Access was granted: the agreement is signed by both sides."
            told = desk.tell(now.opening.assignee, now.opening.target, text)
            return desk.move(now, step, "NegotiationFinalized", also=told)
        if state.state is State.TERMINATED and not now.state.is_final:
            _terminated(desk, now.iri, reason or "The provider ended the negotiation.")
    return desk.negotiations.get(negotiation.iri)


def _acknowledged(desk: Desk, pid: NamedNode, provider_pid: NamedNode) -> Negotiation:
    """Note the provider's identifier of a negotiation, from whichever of its messages comes first."""
    with desk.workspace.ledger.turn():
        negotiation = desk.negotiations.get(pid)
        if negotiation.opening.provider_pid is not None:
            return negotiation
        change = learn_provider_pid(negotiation, provider_pid, desk.graph)
        desk.workspace.ledger.record(EventDraft("RequestAcknowledged", pid.value, change=change))
        return desk.negotiations.get(pid)


def _terminated(desk: Desk, pid: NamedNode, reason: str) -> None:
    with desk.workspace.ledger.turn():
        negotiation = desk.negotiations.get(pid)
        step = Step(Party.PROVIDER, Move.TERMINATE, desk.workspace.clock.now(), reason=reason)
        told = desk.tell(negotiation.opening.assignee, negotiation.opening.target, f"Access was refused: {reason}")
        desk.move(negotiation, step, "NegotiationTerminated", also=told)


def _fetch_offer(workspace: Workspace, provider: Participant, version: NamedNode, asker: Participant) -> Offer:
    path = f"/api/v1/catalogue/offer?iri={quote(version.value, safe='')}"
    try:
        answer = workspace.peers.get(provider.node_url, path, organisation=asker.iri.value)
    except PeerFailure:
        # While the provider is away, the orchestrator's catalogue tells what it announced; it decides when it is back.
        answer = workspace.peers.get(workspace.orchestrator, path, organisation=asker.iri.value)
    offer = parse_policy(cast("Mapping[str, object]", answer["offer"]), vocabulary=workspace.vocabulary)
    if offer.target != version or offer.assigner != provider.iri:
        raise IntegrityFailure("The provider's offer is about something else.", where=offer.iri.value)
    if is_open(offer):
        raise Conflict(
            "This data is open: no agreement is needed.", where=version.value, remedy="Query or download it now."
        )
    return offer


def _refuse_repeated(desk: Desk, participant: Participant, version: NamedNode) -> None:
    if desk.negotiations.open_between(participant.iri, version):
        raise Conflict(
            "Your organisation has asked for this already.", where=version.value, remedy="Wait for the decision."
        )
    if desk.agreements.active(participant.iri, version, desk.workspace.clock.now()):
        raise Conflict("Your organisation has an agreement about this.", where=version.value, remedy="Use the data.")


def _refuse_other(desk: Desk, negotiation: Negotiation, signed: SignedAgreement) -> None:
    """Refuse an agreement that is not exactly the offer granted to the request."""
    opening, request = negotiation.opening, signed.request
    offer = get_policy(desk.workspace.store, desk.graph, opening.offer, desk.workspace.vocabulary)
    known_there_as = opening.provider_pid or request.negotiation
    asked = (opening.assignee, opening.purpose, opening.justification, known_there_as, opening.replaces)
    granted = (request.assignee, request.purpose, request.justification, request.negotiation, request.replaces)
    expected = agreement_from(offer, iri=signed.agreement.iri, assignee=opening.assignee)
    same = restated(desk.stated(opening), signed.agreement.iri) == request.stated
    if asked != granted or expected != signed.agreement or not same:
        raise Conflict(
            "The agreement is not what was asked for.",
            where=signed.agreement.iri.value,
            remedy="Send the offer as it stands, with the request's own purpose and justification.",
        )


def _countersign(desk: Desk, negotiation: Negotiation, signed: SignedAgreement) -> Negotiation:
    workspace = desk.workspace
    method = verification_method(did_web(workspace.addresses.base), workspace.key.public)
    both = sign_agreement(signed, workspace.key, verification_method=method, created=workspace.clock.now())
    step = Step(Party.CONSUMER, Move.VERIFY, workspace.clock.now())
    kept = record_agreement(both, desk.agreements_graph) | replacement(desk, both)
    return desk.move(negotiation, step, "AgreementSigned", also=kept)


def _give_up(desk: Desk, negotiation: Negotiation, error: VirtualesError) -> None:
    """Note that the provider refused a request, unless that is known from sending it twice at once."""
    reasons = " ".join(getattr(error, "reasons", ())) or str(error)
    with desk.workspace.ledger.turn():
        if not desk.negotiations.get(negotiation.iri).state.is_final:
            _terminated(desk, negotiation.iri, reasons)


def _state(answer: Mapping[str, object]) -> ContractNegotiationMessage:
    message = parse_message(answer)
    if not isinstance(message, ContractNegotiationMessage):
        raise PeerFailure("The provider answered with what is no state of the negotiation.", where=str(answer)[:200])
    return message
