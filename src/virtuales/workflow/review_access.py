"""Step 5, review and provide access: the provider's side of a negotiation.

From the moment both signatures are recorded, the agreement opens the data.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from virtuales.contract.agreement import (
    AccessRequest,
    SignedAgreement,
    Validity,
    context_of,
    draft_agreement,
    parse_agreement,
    require_same_agreement,
    sign_agreement,
    verify_agreement,
)
from virtuales.contract.agreements import record_agreement
from virtuales.contract.circumstances import informed, with_statements
from virtuales.contract.letters import enclose
from virtuales.contract.messages import (
    ContractAgreementMessage,
    ContractRequestMessage,
    message_to_json,
    parse_message,
)
from virtuales.contract.negotiation import Move, Party, State
from virtuales.contract.negotiations import Negotiation, Opening, Step, open_negotiation
from virtuales.errors import Conflict, InputError, NotFound, PeerFailure, VirtualesError
from virtuales.journal.event import EventDraft
from virtuales.policy.evaluate import evaluate
from virtuales.policy.odrl import Constraint, Offer
from virtuales.policy.opening import asked_action, before_agreement, last_use
from virtuales.policy.purposes import PURPOSES, find_purpose
from virtuales.policy.request import UseRequest
from virtuales.policy.statements import read_statements, statements_text
from virtuales.policy.templates import is_open
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DSPACE, ODRL, VES
from virtuales.rdf.terms import NamedNode, parse_iri, plain
from virtuales.trust.keys import did_web, verification_method
from virtuales.trust.participants import Participant
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.admit import facts_about, on_record, surroundings_of
from virtuales.workflow.current_terms import require_current_terms
from virtuales.workflow.dataspace.delivery import agreement_letter
from virtuales.workflow.end_agreement import end_with_replaced
from virtuales.workflow.end_negotiation import give_up
from virtuales.workflow.negotiate import (
    DSP,
    JUSTIFICATION_KEY,
    PURPOSE_KEY,
    STATED_KEY,
    Desk,
    post,
    sender,
)
from virtuales.workflow.offers import offer_of, offer_on_table
from virtuales.workflow.replacing import replacement
from virtuales.workflow.workspace import Workspace

BY_POLICY = "policy"
"""Who decides where nobody has to."""


def receive_request(workspace: Workspace, principal: Principal, document: Mapping[str, object]) -> Negotiation:
    """Take a consumer's request: refuse what the offer excludes, grant what it pre-approves, queue the rest for review.

    Raises:
        AccessDenied: the sender is no approved participant, or the offer excludes it or its purpose.
        Conflict: the data is open, or access was asked for or granted already.
        NotFound: the version or offer is not this node's.
        InputError: the message is no request.
    """
    consumer = workspace.approved(principal, Scope.NODE_EXCHANGE)
    require_current_terms(workspace, consumer.iri)
    opening = _opening(workspace, consumer, document)
    desk = Desk(workspace)
    offer = offer_of(workspace, opening.target)
    if offer.iri != opening.offer:
        raise Conflict(
            "That is not the offer in force.", where=opening.offer.value, remedy=f"The offer is <{offer.iri.value}>."
        )
    with workspace.ledger.turn():
        # The same request may come twice at once: from the consumer's door, and from its sending again.
        known = _known(desk, opening)
        if known:
            return known
        refuse_excluded(workspace, offer, opening)
        refuse_repeated(desk, opening)
        pid = opening.provider_pid
        if pid is None:
            raise InputError("The negotiation has no identifier.", where="providerPid")
        change = open_negotiation(opening, iri=pid, at=workspace.clock.now(), graph=desk.graph)
        text = f"{consumer.legal_name} asks for access: {PURPOSES[opening.purpose]}."
        told = desk.tell(opening.assigner, pid, text)
        actor = consumer.iri.value
        workspace.ledger.record(EventDraft("AccessRequestReceived", pid.value, change=change | told, actor=actor))
        negotiation = desk.negotiations.get(pid)
        if is_pre_approved(offer, consumer):
            reason = "The offer names the organisation."
            negotiation = agree_upon(desk, negotiation, offer, by=BY_POLICY, reason=reason)
    return negotiation


def reviews(workspace: Workspace, principal: Principal) -> list[Negotiation]:
    """Return the requests that await the organisation's decision, the oldest first.

    Raises:
        AccessDenied: the principal is no reviewer of an organisation at home here.
    """
    organisation = workspace.hosted(principal, Scope.ACCESS_REVIEW)
    return Desk(workspace).negotiations.to_review(organisation.iri)


def approve(
    workspace: Workspace, principal: Principal, pid: NamedNode, *, reason: str, until: datetime | None = None
) -> Negotiation:
    """Grant a request: sign the agreement and send it to the consumer, whose signature puts it in force.

    Args:
        workspace: The provider's node.
        principal: The reviewer.
        pid: The provider's identifier of the negotiation.
        reason: Why, in the reviewer's words.
        until: When the agreement ends; None sets no end beyond the offer's.

    Raises:
        AccessDenied: the principal is no reviewer of the provider, or the offer now excludes the request.
        Conflict: the request was decided already, or the consumer declined the agreement.
        InputError: no reason is given, or the end is not in the future.
    """
    desk = Desk(workspace)
    if not reason.strip():
        raise InputError("The approval has no reason.", where="reason", remedy="Say in a sentence why.")
    with workspace.ledger.turn():
        negotiation = _own(workspace, principal, pid)
        offer = offer_on_table(workspace, negotiation)
        if negotiation.state is State.REQUESTED:
            refuse_excluded(workspace, offer, negotiation.opening)
        negotiation = agree_upon(desk, negotiation, offer, by=principal.client_id, reason=reason, until=until)
    try:
        return send_agreement(workspace, negotiation)
    except PeerFailure:
        return desk.negotiations.get(pid)


def refuse(workspace: Workspace, principal: Principal, pid: NamedNode, *, reason: str) -> Negotiation:
    """Refuse a request, or take back what was offered, with a reason that the consumer is told.

    Raises:
        AccessDenied: the principal is no reviewer of the provider.
        Conflict: the request was decided already.
        InputError: no reason is given.
    """
    _own(workspace, principal, pid)
    return give_up(workspace, principal, pid, reason=reason)


def agree_upon(
    desk: Desk, negotiation: Negotiation, offer: Offer, *, by: str, reason: str, until: datetime | None = None
) -> Negotiation:
    """Draft and sign the agreement that grants an offer, and record it with the move.

    Args:
        desk: The provider's contracts.
        negotiation: The negotiation, which the consumer has requested or accepted.
        offer: The terms that are on the table.
        by: Who decided.
        reason: Why.
        until: When the agreement ends; None lets it end with the last use that the offer allows, if it has an end.

    Raises:
        AccessDenied: a party did not accept the terms and conditions in time.
        Conflict: the negotiation's state does not allow it.
        InputError: the end is not in the future.
    """
    workspace, opening = desk.workspace, negotiation.opening
    require_current_terms(workspace, opening.assigner, opening.assignee)
    now = workspace.clock.now()
    request = AccessRequest(
        negotiation=negotiation.iri,
        assignee=opening.assignee,
        purpose=opening.purpose,
        justification=opening.justification,
        replaces=opening.replaces,
        stated=desk.stated(opening),
    )
    iri = workspace.addresses.thing("agreement", str(uuid4()))
    validity = Validity(now, until or last_use(offer))
    draft = draft_agreement(offer, request, iri=iri, validity=validity, terms_version=workspace.terms.in_force.version)
    method = verification_method(did_web(workspace.addresses.base), workspace.key.public)
    signed = sign_agreement(draft, workspace.key, verification_method=method, created=now)
    kept = ChangeSet(add=Statements(desk.graph).say(iri, VES.signedDocument, signed.text()).quads)
    step = Step(Party.PROVIDER, Move.AGREE, now, by=by, reason=reason, agreement=iri)
    if opening.connector is not None:
        kept |= enclose(agreement_letter(negotiation, signed), desk.graph)
    return desk.move(negotiation, step, "AccessApproved", also=kept)


def send_agreement(workspace: Workspace, negotiation: Negotiation) -> Negotiation:
    """Send the signed agreement to the consumer, and return the negotiation as its answer leaves it.

    Raises:
        PeerFailure: the consumer did not answer; it is sent again later.
        Conflict, NotFound: the consumer declined it; the negotiation is over, so that it can ask anew.
    """
    desk, opening = Desk(workspace), negotiation.opening
    if negotiation.state is not State.AGREED or opening.connector is not None:
        return negotiation
    signed = drafted(desk, negotiation)
    message = message_to_json(
        ContractAgreementMessage(negotiation.iri.value, opening.consumer_pid.value, signed.document)
    )
    path = f"/negotiations/{opening.consumer_pid.value}/agreement"
    try:
        post(workspace, consumer_node(workspace, opening), path, message, by=opening.assigner)
    except (Conflict, NotFound) as error:
        _declined(desk, negotiation, str(error))
        raise
    return desk.negotiations.get(negotiation.iri)


def take_verification(
    workspace: Workspace, principal: Principal, pid: NamedNode, document: Mapping[str, object]
) -> Negotiation:
    """Take the countersigned agreement; when both signatures hold, the agreement is in force.

    Raises:
        AccessDenied: the message is not from the consumer.
        Conflict: the agreement says something else than the one sent, or the negotiation is in another state.
        IntegrityFailure: a signature is missing or does not match.
    """
    desk = Desk(workspace)
    consumer = sender(workspace, principal, desk.negotiations.get(pid).opening.assignee)
    signed = parse_agreement({**document, "@context": context_of(document)}, workspace.vocabulary)
    with workspace.ledger.turn():
        negotiation = desk.negotiations.get(pid)
        if negotiation.state is State.FINALIZED:
            return negotiation
        require_same_agreement(signed, drafted(desk, negotiation))
        provider = workspace.participants.get(negotiation.opening.assigner)
        verify_agreement(signed, {provider.iri: provider.public_key, consumer.iri: consumer.public_key})
        now, reason, by = workspace.clock.now(), negotiation.reason, negotiation.decided_by
        if negotiation.state is State.AGREED:
            step = Step(Party.CONSUMER, Move.VERIFY, now, by=by, reason=reason)
            negotiation = desk.move(negotiation, step, "AgreementVerified")
        kept = record_agreement(signed, desk.agreements_graph) | replacement(desk, signed)
        told = desk.tell(provider.iri, signed.agreement.iri, f"{consumer.legal_name} signed the agreement.")
        step = Step(Party.PROVIDER, Move.FINALIZE, now, by=by, reason=reason)
        negotiation = desk.move(negotiation, step, "AgreementInForce", also=kept | told)
        end_with_replaced(workspace, signed)
        return negotiation


def carry_on(workspace: Workspace) -> bool:
    """Send again the agreements that consumers did not take.

    Returns:
        Whether there was one, so that it is to be looked at again.

    Raises:
        VirtualesError: a consumer refused or did not answer; the others are tried first.
    """
    failures: list[VirtualesError] = []
    found = Desk(workspace).negotiations.all(State.AGREED)
    own = [each for each in found if each.iri == each.opening.provider_pid and each.opening.connector is None]
    for negotiation in own:
        try:
            send_agreement(workspace, negotiation)
        except VirtualesError as error:
            failures.append(error)
    if failures:
        raise failures[0]
    return bool(own)


def _opening(workspace: Workspace, consumer: Participant, document: Mapping[str, object]) -> Opening:
    """Read a request; the provider's identifier is made here."""
    message = parse_message(document)
    if not isinstance(message, ContractRequestMessage) or message.callback is None:
        raise InputError("The message opens no negotiation.", where="@type", remedy="Send a ContractRequestMessage.")
    offer = message.offer
    target = parse_iri(str(offer.get("target", "")), where="target")
    if not workspace.addresses.owns(target.value):
        raise NotFound("That dataset version is not on this node.", where=target.value)
    if message.callback != consumer.node_url + DSP:
        raise InputError(
            "The callback address is not on the consumer's registered node.",
            where="callbackAddress",
            remedy=f"Use {consumer.node_url + DSP}.",
        )
    consumer_pid = parse_iri(message.consumer_pid, where="consumerPid")
    stated = read_statements(document.get(STATED_KEY), owner=consumer_pid, vocabulary=workspace.vocabulary)
    return Opening(
        provider_pid=NamedNode(uuid4().urn),
        consumer_pid=consumer_pid,
        offer=parse_iri(str(offer["@id"]), where="@id"),
        target=target,
        assigner=offer_of(workspace, target).assigner,
        assignee=consumer.iri,
        purpose=find_purpose(str(document.get(PURPOSE_KEY, ""))),
        justification=str(document.get(JUSTIFICATION_KEY, "")),
        callback=message.callback,
        stated=statements_text(stated),
    )


def _known(desk: Desk, opening: Opening) -> Negotiation | None:
    """Return the negotiation that the same request opened before, when its answer was lost on the way."""
    for negotiation in desk.negotiations.of_consumer(opening.assignee):
        if negotiation.opening.consumer_pid == opening.consumer_pid:
            return negotiation
    return None


def refuse_excluded(workspace: Workspace, offer: Offer, opening: Opening) -> None:
    """Refuse a request that the offer itself excludes, with the offer's own reasons."""
    if is_open(offer):
        raise Conflict("This data is open: no agreement is needed.", where=offer.target.value)
    stated = Desk(workspace).stated(opening)
    entry = workspace.own_catalogue.version(opening.target)
    facts, units = on_record(workspace, opening.assignee, entry)
    use = UseRequest(
        assignee=opening.assignee,
        action=asked_action(offer),
        target=opening.target,
        time=workspace.clock.now(),
        purpose=opening.purpose,
        facts={**facts_about(entry), **facts},
        units=units,
    )
    asked = informed(with_statements(use, stated), workspace.find_participant(opening.assignee.value))
    evaluate(before_agreement(offer), asked, surroundings_of(workspace, entry)).require(
        "The offer does not allow this.", where=offer.iri.value
    )


def refuse_repeated(desk: Desk, opening: Opening) -> None:
    """Refuse what was asked for or granted already."""
    if desk.negotiations.open_between(opening.assignee, opening.target):
        raise Conflict("Access was asked for already.", where=opening.target.value, remedy="Wait for the decision.")
    if desk.agreements.active(opening.assignee, opening.target, desk.workspace.clock.now()):
        raise Conflict("There is an agreement about this.", where=opening.target.value, remedy="Use the data.")


def is_pre_approved(offer: Offer, consumer: Participant) -> bool:
    """Tell whether the offer names the organisation, so that nobody has to decide once more."""
    return any(
        isinstance(constraint, Constraint)
        and constraint.left == ODRL.recipient
        and constraint.operator in {ODRL.isAnyOf, ODRL.eq}
        and consumer.iri in constraint.right
        for rule in offer.permissions
        for constraint in rule.constraints
    )


def _own(workspace: Workspace, principal: Principal, pid: NamedNode) -> Negotiation:
    """Return a negotiation in which the principal's organisation is the provider."""
    organisation = workspace.hosted(principal, Scope.ACCESS_REVIEW)
    negotiation = Desk(workspace).negotiations.get(pid)
    if negotiation.opening.assigner != organisation.iri or negotiation.opening.provider_pid != pid:
        raise NotFound("There is no such request to your organisation.", where=pid.value)
    return negotiation


def _declined(desk: Desk, negotiation: Negotiation, reason: str) -> None:
    with desk.workspace.ledger.turn():
        now = desk.negotiations.get(negotiation.iri)
        if now.state is State.AGREED:
            step = Step(Party.CONSUMER, Move.TERMINATE, desk.workspace.clock.now(), reason=reason)
            told = desk.tell(now.opening.assigner, now.opening.target, f"The agreement was declined: {reason}")
            desk.move(now, step, "AgreementDeclined", also=told)


def drafted(desk: Desk, negotiation: Negotiation) -> SignedAgreement:
    """Return the agreement of a negotiation as this side signed it.

    Raises:
        Conflict: there is none yet.
    """
    query = f"SELECT ?d WHERE {{ {negotiation.iri} {DSPACE.agreement} ?a . ?a {VES.signedDocument} ?d }}"
    rows = desk.workspace.store.select(query, graphs=[desk.graph])
    if not rows:
        raise Conflict(
            f"A negotiation that is {negotiation.state} has no agreement to verify.", where=negotiation.iri.value
        )
    return parse_agreement(plain(rows[0]["d"]), desk.workspace.vocabulary)


def consumer_node(workspace: Workspace, opening: Opening) -> str:
    """Return the base URL of the consumer's node."""
    return workspace.participants.get(opening.assignee).node_url
