"""Opening a negotiation by the Dataspace Protocol: a connector's request here, or a request of this node to one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import quote
from uuid import uuid4

from virtuales.contract.dataspace.names import name_iri
from virtuales.contract.dataspace.policies import parse_message_policy, same_terms
from virtuales.contract.dataspace.shapes import Json, check_message, new_message
from virtuales.contract.letters import enclose
from virtuales.contract.negotiation import State
from virtuales.contract.negotiations import Negotiation, Opening, open_negotiation
from virtuales.errors import Conflict, InputError, NotFound, PeerFailure
from virtuales.journal.event import EventDraft
from virtuales.policy.granting import renamed_offer
from virtuales.policy.odrl import Constraint, Offer
from virtuales.policy.odrl_rdf import policy_quads
from virtuales.policy.purposes import PURPOSES, find_purpose
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.participants import Participant
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.current_terms import require_current_terms
from virtuales.workflow.dataspace.catalogue import PATH
from virtuales.workflow.dataspace.delivery import connector_of, plain_letter
from virtuales.workflow.dataspace.negotiation import refuse_unsigned, send_now
from virtuales.workflow.negotiate import JUSTIFICATION_KEY, PURPOSE_KEY, Desk
from virtuales.workflow.offers import offer_of
from virtuales.workflow.review_access import BY_POLICY, agree_upon, is_pre_approved, refuse_excluded, refuse_repeated
from virtuales.workflow.workspace import Workspace

_UNSTATED = "Not stated: the request came by the Dataspace Protocol, which has no place for it."


@dataclass(frozen=True)
class Wanted:
    """What an organisation asks a connector for.

    Args:
        provider: The organisation that provides it.
        dataset: Its name in the connector's catalogue.
        purpose: What the data is for.
        justification: Why, in the consumer's words.
        connector: Where the connector takes messages; None asks the provider's node.
        offer: The offer asked for, as the connector's catalogue has it; None asks the connector for it.
    """

    provider: NamedNode
    dataset: str
    purpose: NamedNode
    justification: str
    connector: str | None = None
    offer: Json | None = None


def take_request(workspace: Workspace, principal: Principal, message: Json) -> Negotiation:
    """Take a connector's request: refuse what the offer excludes, grant what it pre-approves, queue all others.

    Whatever the request says beside the offer's name, approval grants the published offer and nothing else.

    Raises:
        AccessDenied: the sender is no approved participant, the offer excludes it or its purpose, or agreements without
            signature are not made here.
        Conflict: the data is open, or access was asked for or granted already.
        NotFound: the dataset or offer is not this node's.
        InputError: the request says otherwise than it has to.
    """
    consumer = workspace.approved(principal, Scope.NODE_EXCHANGE)
    require_current_terms(workspace, consumer.iri)
    if "callbackAddress" not in message:
        raise InputError("The message opens no negotiation.", where="callbackAddress", remedy="Add the address.")
    desk, offer, opening = Desk(workspace), *_asked(workspace, consumer, message)
    refuse_unsigned(workspace)
    with workspace.ledger.turn():
        for known in desk.negotiations.of_consumer(consumer.iri):
            if known.opening.consumer_pid == opening.consumer_pid:
                return known
        refuse_excluded(workspace, offer, opening)
        refuse_repeated(desk, opening)
        pid = cast("NamedNode", opening.provider_pid)
        change = open_negotiation(opening, iri=pid, at=workspace.clock.now(), graph=desk.graph)
        told = desk.tell(opening.assigner, pid, _told(consumer, offer, opening, message))
        actor = consumer.iri.value
        workspace.ledger.record(EventDraft("AccessRequestReceived", pid.value, change=change | told, actor=actor))
        negotiation = desk.negotiations.get(pid)
        if workspace.connectors.by_hand or not is_pre_approved(offer, consumer):
            return negotiation
        return agree_upon(desk, negotiation, offer, by=BY_POLICY, reason="The offer names the organisation.")


def request(workspace: Workspace, principal: Principal, wanted: Wanted, *, accepted: bool) -> Negotiation:
    """Ask a connector for a dataset.

    Args:
        workspace: The consumer's node.
        principal: Who asks.
        wanted: What is asked for.
        accepted: Whether licence and handling conditions are accepted; without it nothing is asked.

    Returns:
        The negotiation as it stands after the connector's answer, or without one where it did not answer yet.

    Raises:
        AccessDenied: the principal may not ask, or agreements without signature are not made here.
        Conflict: it was asked for or granted already.
        InputError: the conditions are not accepted, or the offer is not about the dataset.
        PeerFailure: the connector cannot be found, or does not show the dataset.
    """
    participant = workspace.hosted(principal, Scope.ACCESS_REQUEST)
    require_current_terms(workspace, participant.iri)
    if not accepted:
        raise InputError("The conditions are not accepted.", where="accept_conditions", remedy="Read the offer first.")
    refuse_unsigned(workspace)
    provider = workspace.participants.get(wanted.provider)
    connector = connector_of(workspace, provider, wanted.connector, by=participant.iri)
    document = wanted.offer or _shown_offer(workspace, provider, connector, wanted, by=participant.iri)
    pid, target = NamedNode(uuid4().urn), name_iri(wanted.dataset, where="dataset")
    given = parse_message_policy(document, target=target, assigner=provider.iri, assignee=participant.iri)
    iri = workspace.addresses.thing("offer", str(uuid4()))
    offer = renamed_offer(given, iri=iri, assignee=participant.iri)
    opening = Opening(
        provider_pid=None,
        consumer_pid=pid,
        offer=iri,
        target=target,
        assigner=provider.iri,
        assignee=participant.iri,
        purpose=wanted.purpose,
        justification=wanted.justification,
        callback=workspace.addresses.base + PATH,
        connector=connector,
    )
    return _opened(workspace, principal, opening, offer, {**document, "@type": "Offer", "target": wanted.dataset})


def _opened(workspace: Workspace, principal: Principal, opening: Opening, offer: Offer, document: Json) -> Negotiation:
    """Record a request with the letter that asks, and send it."""
    desk, pid, now = Desk(workspace), opening.consumer_pid, workspace.clock.now()
    message = new_message("ContractRequestMessage", offer=dict(document), callbackAddress=opening.callback)
    before = Negotiation(pid, opening, state=State.REQUESTED, requested_at=now)
    letter = plain_letter(before, message, "", parties=(opening.assignee, opening.assigner))
    with workspace.ledger.turn():
        refuse_repeated(desk, opening)
        change = open_negotiation(opening, iri=pid, at=now, graph=desk.graph)
        change |= ChangeSet(add=policy_quads(offer, desk.graph)) | enclose(letter, desk.graph)
        workspace.ledger.record(EventDraft("AccessRequested", pid.value, change=change, actor=principal.client_id))
    return send_now(workspace, desk.negotiations.get(pid))


def _asked(workspace: Workspace, consumer: Participant, message: Json) -> tuple[Offer, Opening]:
    """Read a request: the published offer that it names, and what the negotiation is about."""
    document = cast("Json", message["offer"])
    target = parse_iri(str(document.get("target", "")), where="target")
    if not workspace.addresses.owns(target.value):
        raise NotFound("That dataset is not on this node.", where=target.value, remedy="Take it from the catalogue.")
    offer = offer_of(workspace, target)
    if document["@id"] != offer.iri.value:
        raise Conflict(
            "That is not the offer in force.", where=str(document["@id"]), remedy=f"It is <{offer.iri.value}>."
        )
    callback = str(message["callbackAddress"])
    connector = connector_of(workspace, consumer, callback, by=offer.assigner)
    said = message.get(PURPOSE_KEY)
    opening = Opening(
        provider_pid=NamedNode(uuid4().urn),
        consumer_pid=name_iri(str(message["consumerPid"]), where="consumerPid"),
        offer=offer.iri,
        target=target,
        assigner=offer.assigner,
        assignee=consumer.iri,
        purpose=find_purpose(str(said)) if said is not None else _implied_purpose(offer),
        justification=str(message.get(JUSTIFICATION_KEY, _UNSTATED)),
        callback=callback,
        connector=connector,
    )
    return offer, opening


def _implied_purpose(offer: Offer) -> NamedNode:
    """Return the one purpose that an offer allows, which who asks under it asks for; else that none was stated."""
    allowed = {
        value
        for rule in offer.permissions
        for constraint in rule.constraints
        if isinstance(constraint, Constraint) and constraint.left == ODRL.purpose
        for value in constraint.right
        if isinstance(value, NamedNode)
    }
    return allowed.pop() if len(allowed) == 1 else VES.UnstatedPurpose


def _told(consumer: Participant, offer: Offer, opening: Opening, message: Json) -> str:
    """Say for reviewers who asks, what for, and whether the request says other terms than were offered."""
    purpose = PURPOSES.get(opening.purpose, "no purpose stated")
    text = f"{consumer.legal_name} asks for access by a connector: {purpose}."
    asked = cast("Json", message["offer"])
    try:
        given = parse_message_policy(asked, target=offer.target, assigner=offer.assigner, assignee=consumer.iri)
    except InputError:
        return f"{text} It says terms that are not understood here; approval grants the published offer."
    if same_terms(replace(given, assignee=offer.assignee), offer):
        return text
    return f"{text} It says other terms than were offered; approval grants the published offer."


def _shown_offer(workspace: Workspace, provider: Participant, connector: str, wanted: Wanted, *, by: NamedNode) -> Json:
    """Return the first offer of the dataset in the connector's catalogue."""
    path = connector.removeprefix(provider.node_url) + f"/catalog/datasets/{quote(wanted.dataset, safe=':/')}"
    shown = check_message(workspace.peers.get(provider.node_url, path, organisation=by.value), "Dataset")
    offers = shown["hasPolicy"]
    first = offers[0] if isinstance(offers, list) else None
    if not isinstance(first, Mapping):
        raise PeerFailure("The connector shows no offer of the dataset.", where=connector)
    return cast("Json", first)
