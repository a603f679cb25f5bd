"""Amendment and renewal: a new agreement, negotiated as any other and signed by both, that replaces the one before.

Either side proposes it. Until both have signed, what was agreed before holds; from then on the new agreement does.
"""

from collections.abc import Mapping
from uuid import uuid4

from virtuales.contract.agreements import AgreementRecord
from virtuales.contract.letters import LetterKind, enclose, write_letter
from virtuales.contract.messages import ContractRequestMessage, parse_message
from virtuales.contract.negotiation import Party
from virtuales.contract.negotiations import Negotiation, Opening, open_negotiation
from virtuales.errors import InputError, PeerFailure
from virtuales.journal.event import EventDraft
from virtuales.policy.changing import TermChanges, changed_offer
from virtuales.policy.compact import policy_to_json
from virtuales.policy.odrl import Offer
from virtuales.policy.odrl_rdf import policy_quads
from virtuales.policy.statements import statements_text
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.current_terms import require_current_terms
from virtuales.workflow.end_negotiation import reconcile
from virtuales.workflow.letters import try_to_deliver
from virtuales.workflow.negotiate import DSP, JUSTIFICATION_KEY, REASON_KEY, REPLACES_KEY, Desk, sender
from virtuales.workflow.replacing import proposed_offer, require_amendable
from virtuales.workflow.request_access import send_request
from virtuales.workflow.workspace import Workspace


def amend(
    workspace: Workspace, principal: Principal, iri: NamedNode, changes: TermChanges, *, reason: str
) -> Negotiation:
    """Propose an agreement with other terms in the place of one that there is.

    Args:
        workspace: The node of the side that proposes.
        principal: Who proposes.
        iri: The agreement to be replaced.
        changes: What is to be otherwise; a later end renews it.
        reason: Why.

    Returns:
        The negotiation that this opens.

    Raises:
        AccessDenied: the principal may not decide for a party of the agreement.
        NotFound: its organisation has no such agreement.
        Conflict: the agreement was ended, or there is a negotiation about the data already.
        InputError: no reason is given, nothing would change, or the terms cannot be met.
    """
    desk = Desk(workspace)
    is_provider = desk.agreements.get(iri).signed.agreement.assigner.value == principal.organisation
    organisation = workspace.hosted(principal, Scope.ACCESS_REVIEW if is_provider else Scope.ACCESS_REQUEST)
    require_current_terms(workspace, organisation.iri)
    record = desk.agreement_of(organisation.iri, iri.value.rpartition("/")[2])
    with workspace.ledger.turn():
        require_amendable(desk, record)
        agreement, now = record.signed.agreement, workspace.clock.now()
        assignee = record.signed.request.assignee
        offer_iri = workspace.addresses.thing("offer", str(uuid4()))
        offer = changed_offer(agreement, changes, iri=offer_iri, assignee=assignee, now=now)
        opening = _opening(workspace, record, offer, is_provider=is_provider, reason=reason)
        return _propose(workspace, principal, opening, offer)


def take_amendment(workspace: Workspace, principal: Principal, message: Mapping[str, object]) -> Negotiation:
    """Take the provider's proposal of an amendment; one that was taken before changes nothing.

    Raises:
        AccessDenied: the message is not from the agreement's provider.
        NotFound: there is no such agreement here.
        Conflict: the agreement was ended, or there is a negotiation about the data already.
        InputError: a part of the message is missing, or its terms are about something else.
    """
    desk = Desk(workspace)
    record = desk.agreements.get(parse_iri(str(message.get(REPLACES_KEY, "")), where=REPLACES_KEY))
    agreement, request = record.signed.agreement, record.signed.request
    provider = sender(workspace, principal, agreement.assigner)
    said = message.get("offer")
    offer = proposed_offer(said if isinstance(said, Mapping) else {}, record)
    pids = [parse_iri(str(message.get(name, "")), where=name) for name in ("providerPid", "consumerPid")]
    opening = Opening(
        provider_pid=pids[0],
        consumer_pid=pids[1],
        offer=offer.iri,
        target=agreement.target,
        assigner=agreement.assigner,
        assignee=request.assignee,
        purpose=request.purpose,
        justification=str(message.get(REASON_KEY, "")),
        callback=provider.node_url + DSP,
        replaces=record.iri,
        stated=statements_text(request.stated),
    )
    with workspace.ledger.turn():
        known = desk.negotiations.find(opening.consumer_pid)
        if known is not None:
            return known
        return _received(desk, record, opening, offer, who=provider.legal_name)


def take_request(workspace: Workspace, principal: Principal, message: Mapping[str, object]) -> Negotiation:
    """Take the consumer's request to amend an agreement, for review; one that was taken before changes nothing.

    Raises:
        AccessDenied: the message is not from the agreement's consumer.
        NotFound: there is no such agreement here.
        Conflict: the agreement was ended, or there is a negotiation about the data already.
        InputError: the message is no request, or its terms are about something else.
    """
    desk, asked = Desk(workspace), parse_message(message)
    record = desk.agreements.get(parse_iri(str(message.get(REPLACES_KEY, "")), where=REPLACES_KEY))
    consumer = sender(workspace, principal, record.signed.request.assignee)
    if not isinstance(asked, ContractRequestMessage) or asked.callback != consumer.node_url + DSP:
        raise InputError("The message asks for no amendment.", where="@type", remedy="Send a ContractRequestMessage.")
    consumer_pid = parse_iri(asked.consumer_pid, where="consumerPid")
    offer, request = proposed_offer(asked.offer, record), record.signed.request
    opening = Opening(
        provider_pid=NamedNode(uuid4().urn),
        consumer_pid=consumer_pid,
        offer=offer.iri,
        target=record.signed.agreement.target,
        assigner=record.signed.agreement.assigner,
        assignee=consumer.iri,
        purpose=request.purpose,
        justification=str(message.get(JUSTIFICATION_KEY, "")),
        callback=asked.callback,
        replaces=record.iri,
        stated=statements_text(request.stated),
    )
    with workspace.ledger.turn():
        for known in desk.negotiations.of_consumer(consumer.iri):
            if known.opening.consumer_pid == consumer_pid:
                return known
        return _received(desk, record, opening, offer, who=consumer.legal_name)


def _received(desk: Desk, record: AgreementRecord, opening: Opening, offer: Offer, *, who: str) -> Negotiation:
    """Open the negotiation on the side that a proposal comes to, and tell its organisation."""
    require_amendable(desk, record)
    from_consumer = desk.workspace.addresses.owns(opening.target.value)
    pid = opening.provider_pid if from_consumer and opening.provider_pid else opening.consumer_pid
    own, other = (opening.assigner, opening.assignee) if from_consumer else (opening.assignee, opening.assigner)
    opener, now = Party.CONSUMER if from_consumer else Party.PROVIDER, desk.workspace.clock.now()
    change = open_negotiation(opening, iri=pid, at=now, graph=desk.graph, opener=opener)
    told = desk.tell(own, pid, f"{who} proposes to amend an agreement: {opening.justification}")
    change |= ChangeSet(add=policy_quads(offer, desk.graph)) | told
    desk.workspace.ledger.record(EventDraft("AmendmentReceived", pid.value, change=change, actor=other.value))
    return desk.negotiations.get(pid)


def _opening(workspace: Workspace, record: AgreementRecord, offer: Offer, *, is_provider: bool, reason: str) -> Opening:
    agreement, request = record.signed.agreement, record.signed.request
    return Opening(
        provider_pid=NamedNode(uuid4().urn) if is_provider else None,
        consumer_pid=NamedNode(uuid4().urn),
        offer=offer.iri,
        target=agreement.target,
        assigner=agreement.assigner,
        assignee=request.assignee,
        purpose=request.purpose,
        justification=reason,
        callback=workspace.addresses.base + DSP,
        replaces=record.iri,
        stated=statements_text(request.stated),
    )


def _propose(workspace: Workspace, principal: Principal, opening: Opening, offer: Offer) -> Negotiation:
    """Open the negotiation, and send the proposal: the consumer as a request, the provider as an offer."""
    desk, opener = Desk(workspace), Party.PROVIDER if opening.provider_pid else Party.CONSUMER
    pid = opening.provider_pid or opening.consumer_pid
    change = open_negotiation(opening, iri=pid, at=workspace.clock.now(), graph=desk.graph, opener=opener)
    change |= ChangeSet(add=policy_quads(offer, desk.graph))
    letter = None
    if opening.provider_pid is not None:
        message = {
            "providerPid": opening.provider_pid.value,
            "consumerPid": opening.consumer_pid.value,
            "offer": policy_to_json(offer),
            REPLACES_KEY: opening.replaces.value if opening.replaces else "",
            REASON_KEY: opening.justification,
        }
        parties, path = (opening.assigner, opening.assignee), "/agreements/amendment"
        letter = write_letter(LetterKind.MOVE, pid, message, parties=parties, path=path, number=1)
        change |= enclose(letter, desk.graph)
    workspace.ledger.record(EventDraft("AmendmentProposed", pid.value, change=change, actor=principal.client_id))
    if letter is not None:
        try_to_deliver(workspace, letter, reconcile)
        return desk.negotiations.get(pid)
    try:
        return send_request(workspace, desk.negotiations.get(pid))
    except PeerFailure:
        return desk.negotiations.get(pid)
