"""Negotiations with connectors that speak the Dataspace Protocol and nothing beside: what they send, in both roles.

They are negotiations like all others, with the same states, review and end; only their messages differ. A connector
signs nothing: where the node's operator accepts that, the organisation's message, proved by its token, is its word.
"""

from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

from virtuales.contract.agreement import AccessRequest, SignedAgreement, Validity, draft_agreement, sign_agreement
from virtuales.contract.agreements import record_agreement
from virtuales.contract.dataspace.names import name_iri
from virtuales.contract.dataspace.policies import parse_message_policy, same_terms
from virtuales.contract.dataspace.shapes import Json, new_message
from virtuales.contract.letters import LetterKind, enclose
from virtuales.contract.negotiation import Move, Party, next_state
from virtuales.contract.negotiations import Negotiation, Step
from virtuales.errors import AccessDenied, Conflict, NotFound, VirtualesError
from virtuales.policy.granting import agreement_from, renamed_offer
from virtuales.policy.odrl import Agreement
from virtuales.policy.odrl_rdf import policy_quads
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode
from virtuales.trust.keys import did_web, verification_method
from virtuales.trust.tokens import Principal
from virtuales.workflow.dataspace.delivery import acknowledge, plain_letter
from virtuales.workflow.end_negotiation import reconcile
from virtuales.workflow.letters import deliver_waiting
from virtuales.workflow.negotiate import Desk, Seat
from virtuales.workflow.offers import offer_on_table
from virtuales.workflow.review_access import BY_POLICY, agree_upon, drafted
from virtuales.workflow.workspace import Workspace

_AGREEMENT_KEYS = frozenset({"timestamp"})


def negotiation_of(workspace: Workspace, principal: Principal, pid: str) -> Seat:
    """Return a negotiation with a connector, as the organisation here sees it, by an identifier in a message.

    Raises:
        AccessDenied: the message is not from the other party.
        NotFound: there is no such negotiation with a connector.
    """
    seat = Desk(workspace).seat_facing(principal, name_iri(pid, where="pid"))
    if seat.negotiation.opening.connector is None:
        raise NotFound("There is no such negotiation with a connector.", where=pid)
    return seat


def take_terms(workspace: Workspace, principal: Principal, pid: str, message: Json) -> Negotiation:
    """Take the other party's terms: the provider's offer, or the consumer's request in answer to one.

    Raises:
        AccessDenied: the message is not from the other party.
        NotFound: there is no such negotiation.
        Conflict: it is not the other party's turn, or the negotiation is over.
        InputError: the terms cannot be read, or are about something else.
    """
    desk, seat = Desk(workspace), negotiation_of(workspace, principal, pid)
    move = Move.OFFER if seat.facing is Party.PROVIDER else Move.REQUEST
    opening = seat.negotiation.opening
    given = parse_message_policy(
        _part(message, "offer"), target=opening.target, assigner=opening.assigner, assignee=opening.assignee
    )
    iri = workspace.addresses.thing("offer", str(uuid4()))
    kept = ChangeSet(add=policy_quads(renamed_offer(given, iri=iri, assignee=opening.assignee), desk.graph))
    with workspace.ledger.turn():
        negotiation = _acknowledged(desk, seat, message)
        step = Step(seat.facing, move, workspace.clock.now(), offer=iri)
        who = workspace.participants.get(seat.other).legal_name
        told = desk.tell(seat.own, negotiation.iri, f"{who} proposes terms.")
        return desk.move(negotiation, step, "TermsReceived", also=kept | told)


def take_acceptance(workspace: Workspace, principal: Principal, pid: str) -> Negotiation:
    """Take the consumer's acceptance of what was offered; unless people take each step, the agreement is made at once.

    Raises:
        AccessDenied: the message is not from the consumer.
        NotFound: there is no such negotiation.
        Conflict: nothing is offered now.
    """
    desk, seat = Desk(workspace), _facing(workspace, principal, pid, Party.CONSUMER)
    with workspace.ledger.turn():
        negotiation = desk.negotiations.get(seat.negotiation.iri)
        step = Step(Party.CONSUMER, Move.ACCEPT, workspace.clock.now())
        who = workspace.participants.get(seat.other).legal_name
        told = desk.tell(seat.own, negotiation.iri, f"{who} accepts what you offered.")
        negotiation = desk.move(negotiation, step, "AcceptanceReceived", also=told)
        if workspace.connectors.by_hand:
            return negotiation
        offer = offer_on_table(workspace, negotiation)
        return agree_upon(desk, negotiation, offer, by=BY_POLICY, reason="The offer was accepted.")


def take_agreement(workspace: Workspace, principal: Principal, pid: str, message: Json) -> Negotiation:
    """Take the provider's agreement, if it is what is on the table; unless people do so, the node verifies it at once.

    Raises:
        AccessDenied: the message is not from the provider, or agreements without signature are not made here.
        NotFound: there is no such negotiation.
        Conflict: the negotiation is in another state, or the agreement is not what was asked for or accepted.
        InputError: the agreement cannot be read, or is about something else.
    """
    desk, seat = Desk(workspace), _facing(workspace, principal, pid, Party.PROVIDER)
    with workspace.ledger.turn():
        negotiation = desk.negotiations.get(seat.negotiation.iri)
        next_state(negotiation.state, Party.PROVIDER, Move.AGREE)
        refuse_unsigned(workspace)
        negotiation = _acknowledged(desk, seat, message)
        signed = _drawn_up(desk, negotiation, _part(message, "agreement"))
        kept = ChangeSet(add=Statements(desk.graph).say(signed.agreement.iri, VES.signedDocument, signed.text()).quads)
        told = desk.tell(seat.own, negotiation.opening.target, "The provider agreed: see the agreement.")
        step = Step(Party.PROVIDER, Move.AGREE, workspace.clock.now(), agreement=signed.agreement.iri)
        negotiation = desk.move(negotiation, step, "AgreementReceived", also=kept | told)
        return negotiation if workspace.connectors.by_hand else _verified(desk, negotiation, by=None)


def take_verification(workspace: Workspace, principal: Principal, pid: str) -> Negotiation:
    """Take the consumer's verification; unless people do so, the node finalises the negotiation at once.

    Raises:
        AccessDenied: the message is not from the consumer, or agreements without signature are not made here.
        NotFound: there is no such negotiation.
        Conflict: nothing was agreed yet.
    """
    desk, seat = Desk(workspace), _facing(workspace, principal, pid, Party.CONSUMER)
    with workspace.ledger.turn():
        negotiation = desk.negotiations.get(seat.negotiation.iri)
        next_state(negotiation.state, Party.CONSUMER, Move.VERIFY)
        refuse_unsigned(workspace)
        step = _going_on(negotiation, Party.CONSUMER, Move.VERIFY, workspace)
        negotiation = desk.move(negotiation, step, "AgreementVerified")
        return negotiation if workspace.connectors.by_hand else _finalised(desk, negotiation, by=None)


def take_finalisation(workspace: Workspace, principal: Principal, pid: str) -> Negotiation:
    """Take the provider's word that the negotiation is finalised: from now on the agreement is in force here.

    Raises:
        AccessDenied: the message is not from the provider.
        NotFound: there is no such negotiation.
        Conflict: the agreement was not verified yet.
    """
    desk, seat = Desk(workspace), _facing(workspace, principal, pid, Party.PROVIDER)
    with workspace.ledger.turn():
        negotiation = desk.negotiations.get(seat.negotiation.iri)
        next_state(negotiation.state, Party.PROVIDER, Move.FINALIZE)
        kept = record_agreement(drafted(desk, negotiation), desk.agreements_graph, signed_by=seat.own)
        told = desk.tell(seat.own, negotiation.opening.target, "Access was granted: the negotiation is finalised.")
        step = _going_on(negotiation, Party.PROVIDER, Move.FINALIZE, workspace)
        return desk.move(negotiation, step, "NegotiationFinalized", also=kept | told)


def verify(workspace: Workspace, principal: Principal, pid: NamedNode) -> Negotiation:
    """Verify an agreement that a connector sent, where people do so.

    Raises:
        AccessDenied: the principal may not request access.
        NotFound: its organisation has no such negotiation with a connector.
        Conflict: there is no agreement to verify.
    """
    return _by_people(workspace, principal, pid, Party.CONSUMER, _verified)


def finalise(workspace: Workspace, principal: Principal, pid: NamedNode) -> Negotiation:
    """Finalise a negotiation whose agreement a connector verified, where people do so.

    Raises:
        AccessDenied: the principal may not review requests.
        NotFound: its organisation has no such negotiation with a connector.
        Conflict: the agreement was not verified yet.
    """
    return _by_people(workspace, principal, pid, Party.PROVIDER, _finalised)


def _by_people(
    workspace: Workspace,
    principal: Principal,
    pid: NamedNode,
    party: Party,
    make: Callable[..., Negotiation],
) -> Negotiation:
    desk = Desk(workspace)
    with workspace.ledger.turn():
        seat = desk.seat_of(principal, pid)
        if seat.party is not party or seat.negotiation.opening.connector is None:
            raise NotFound("Your organisation has no such negotiation with a connector.", where=pid.value)
        negotiation = make(desk, seat.negotiation, by=principal.client_id)
    return send_now(workspace, negotiation)


def send_now(workspace: Workspace, negotiation: Negotiation) -> Negotiation:
    """Deliver what waits about a negotiation, if the other side takes it now, and return how it then stands."""
    with suppress(VirtualesError):  # what was decided stands; it is delivered when the other side is back
        deliver_waiting(workspace, LetterKind.MOVE, reconcile, about=negotiation.iri.value)
    return Desk(workspace).negotiations.get(negotiation.iri)


def _verified(desk: Desk, negotiation: Negotiation, *, by: str | None) -> Negotiation:
    """Record that the agreement was verified, with the letter that says so."""
    opening = negotiation.opening
    message = new_message("ContractAgreementVerificationMessage")
    letter = plain_letter(negotiation, message, "agreement/verification", parties=(opening.assignee, opening.assigner))
    step = _going_on(negotiation, Party.CONSUMER, Move.VERIFY, desk.workspace, by=by)
    return desk.move(negotiation, step, "AgreementSigned", also=enclose(letter, desk.graph))


def _finalised(desk: Desk, negotiation: Negotiation, *, by: str | None) -> Negotiation:
    """Record that the agreement is in force, with the letter that says so."""
    opening = negotiation.opening
    message = new_message("ContractNegotiationEventMessage", eventType="FINALIZED")
    letter = plain_letter(negotiation, message, "events", parties=(opening.assigner, opening.assignee))
    kept = record_agreement(drafted(desk, negotiation), desk.agreements_graph, signed_by=opening.assigner)
    step = _going_on(negotiation, Party.PROVIDER, Move.FINALIZE, desk.workspace, by=by)
    return desk.move(negotiation, step, "AgreementInForce", also=kept | enclose(letter, desk.graph))


def _going_on(negotiation: Negotiation, party: Party, move: Move, workspace: Workspace, by: str | None = None) -> Step:
    """Return a step that leaves standing who decided, and why, where nobody decides anew."""
    return Step(party, move, workspace.clock.now(), by=by or negotiation.decided_by, reason=negotiation.reason)


def _drawn_up(desk: Desk, negotiation: Negotiation, document: Json) -> SignedAgreement:
    """Return the agreement on the terms on the table under the provider's name for it, signed by this side."""
    workspace, opening = desk.workspace, negotiation.opening
    given = parse_message_policy(
        document,
        target=opening.target,
        assigner=opening.assigner,
        assignee=opening.assignee,
        extra=_AGREEMENT_KEYS,
    )
    offer = offer_on_table(workspace, negotiation)
    expected = agreement_from(offer, iri=given.iri, assignee=opening.assignee)
    if not isinstance(given, Agreement) or not same_terms(given, expected):
        raise Conflict(
            "The agreement is not what is on the table.",
            where="agreement",
            remedy="Agree to the terms that were asked for or accepted last.",
        )
    if any(record.iri == given.iri for record in desk.agreements.all()):
        raise Conflict("There is an agreement of that name.", where="agreement", remedy="Give each a name of its own.")
    now, pid = workspace.clock.now(), opening.provider_pid or negotiation.iri
    request = AccessRequest(pid, opening.assignee, opening.purpose, opening.justification)
    draft = draft_agreement(
        offer, request, iri=given.iri, validity=Validity(now), terms_version=workspace.terms.in_force.version
    )
    method = verification_method(did_web(workspace.addresses.base), workspace.key.public)
    return sign_agreement(draft, workspace.key, verification_method=method, created=now)


def _facing(workspace: Workspace, principal: Principal, pid: str, party: Party) -> Seat:
    seat = negotiation_of(workspace, principal, pid)
    if seat.facing is not party:
        raise Conflict(f"That is for the {party} to say.", where=pid, remedy=f"You are the {seat.facing}.")
    return seat


def _acknowledged(desk: Desk, seat: Seat, message: Json) -> Negotiation:
    """Return the negotiation as it stands; a consumer's learns the provider's identifier from any of its messages."""
    negotiation = desk.negotiations.get(seat.negotiation.iri)
    if negotiation.opening.provider_pid is not None:
        return negotiation
    return acknowledge(desk.workspace, negotiation, str(message["providerPid"]))


def refuse_unsigned(workspace: Workspace) -> None:
    """Refuse to make an agreement with a connector that signs nothing, unless the operator accepts that.

    Raises:
        AccessDenied: the operator does not.
    """
    if not workspace.connectors.unsigned:
        raise AccessDenied(
            "This node makes no agreements without signatures.",
            reasons=[
                "The Dataspace Protocol alone has no signature on agreements, and the operator did not accept that."
            ],
            where="accept_unsigned_agreements",
            remedy="Use a node that signs, or ask the operator.",
        )


def _part(message: Json, key: str) -> Json:
    part = message[key]
    assert isinstance(part, dict)  # noqa: S101 - the message has its shape
    return part
