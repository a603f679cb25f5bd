"""The messages between nodes: contract negotiation of the Dataspace Protocol 2025-1, both sides."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, cast

from fastapi import APIRouter, Body, Path

from virtuales.contract.messages import (
    ContractAgreementMessage,
    ContractNegotiationEventMessage,
    ContractNegotiationMessage,
    ContractNegotiationTerminationMessage,
    ContractOfferMessage,
    ContractRequestMessage,
    EventType,
    message_to_json,
    parse_message,
)
from virtuales.contract.negotiations import Negotiation
from virtuales.errors import InputError, IntegrityFailure, NotFound
from virtuales.rdf.terms import parse_iri
from virtuales.trust.scopes import Scope
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow import (
    amend,
    bargain,
    end_agreement,
    end_negotiation,
    keep_record,
    obligations,
    request_access,
    review_access,
)
from virtuales.workflow.negotiate import DSP, MOVES_KEY, REASON_KEY, REPLACES_KEY, SIGNED_KEY, Desk

router = APIRouter(prefix=DSP, tags=["Dataspace Protocol"])
Pid = Annotated[str, Path(description="The receiving side's identifier of the negotiation.")]
Message = Annotated[dict[str, object], Body(description="A message of the Dataspace Protocol.")]


@router.post("/negotiations/request", status_code=201, summary="ContractRequestMessage")
def request(workspace: WorkspaceHere, asker: KnownAsker, message: Message) -> dict[str, object]:
    """Take a consumer's request: for access, or to amend an agreement that there is."""
    if REPLACES_KEY in message:
        return _state(amend.take_request(workspace, asker, message))
    return _state(review_access.receive_request(workspace, asker, message))


@router.get("/negotiations/{pid}", summary="The state of a negotiation")
def state(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid) -> dict[str, object]:
    """Tell one of its two parties how a negotiation stands."""
    participant = workspace.approved(asker, Scope.NODE_EXCHANGE)
    negotiation = Desk(workspace).negotiations.get(parse_iri(pid, where="pid"))
    if participant.iri not in {negotiation.opening.assignee, negotiation.opening.assigner}:
        raise NotFound("There is no such negotiation.", where=pid)
    document = _state(negotiation) | {MOVES_KEY: negotiation.moves}
    return document | {REASON_KEY: negotiation.reason} if negotiation.reason else document


@router.post("/negotiations/{pid}/agreement", summary="ContractAgreementMessage")
def agreement(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the provider's signed agreement; it is checked, countersigned and sent back."""
    parsed = parse_message(message)
    if not isinstance(parsed, ContractAgreementMessage) or parsed.consumer_pid != pid:
        raise InputError("The message brings no agreement for this negotiation.", where="@type")
    with _shown_document():
        request_access.take_agreement(workspace, asker, parse_iri(pid, where="pid"), parsed.agreement)
    return _state(Desk(workspace).negotiations.get(parse_iri(pid, where="pid")))


@router.post("/negotiations/{pid}/agreement/verification", summary="ContractAgreementVerificationMessage")
def verification(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the consumer's verification, with the countersigned agreement."""
    signed = message.get(SIGNED_KEY)
    if not isinstance(signed, Mapping):
        raise InputError("The message brings no signed agreement.", where=SIGNED_KEY, remedy="Send it countersigned.")
    document = cast("Mapping[str, object]", signed)
    with _shown_document():
        return _state(review_access.take_verification(workspace, asker, parse_iri(pid, where="pid"), document))


@router.post("/negotiations/{pid}/offers", summary="ContractOfferMessage")
def offers(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the terms that the provider offers instead of those asked for."""
    parsed = parse_message(message)
    if not isinstance(parsed, ContractOfferMessage) or parsed.consumer_pid != pid:
        raise InputError("The message brings no offer for this negotiation.", where="@type")
    iri = parse_iri(pid, where="pid")
    known = parsed.provider_pid
    return _state(bargain.take_terms(workspace, asker, iri, parsed.offer, provider_pid=known, reason=_reason(message)))


@router.post("/negotiations/{pid}/request", summary="ContractRequestMessage in answer to an offer")
def counter_request(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the terms that the consumer asks for instead of those offered."""
    parsed = parse_message(message)
    if not isinstance(parsed, ContractRequestMessage) or parsed.provider_pid != pid:
        raise InputError("The message brings no request for this negotiation.", where="@type")
    iri = parse_iri(pid, where="pid")
    known = parsed.provider_pid
    return _state(bargain.take_terms(workspace, asker, iri, parsed.offer, provider_pid=known, reason=_reason(message)))


@router.post("/negotiations/{pid}/events", summary="ContractNegotiationEventMessage")
def events(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the consumer's acceptance of what was offered."""
    parsed = parse_message(message)
    if not isinstance(parsed, ContractNegotiationEventMessage) or parsed.event is not EventType.ACCEPTED:
        raise InputError("The message accepts no offer.", where="eventType", remedy="Send ACCEPTED.")
    iri = parse_iri(pid, where="pid")
    return _state(bargain.take_acceptance(workspace, asker, iri, reason=_reason(message)))


@router.post("/negotiations/{pid}/termination", summary="ContractNegotiationTerminationMessage")
def termination(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the provider's refusal, or the consumer's withdrawal."""
    parsed = parse_message(message)
    if not isinstance(parsed, ContractNegotiationTerminationMessage):
        raise InputError("The message ends no negotiation.", where="@type")
    iri = parse_iri(pid, where="pid")
    provider_pid = parse_iri(parsed.provider_pid, where="providerPid")
    return _state(end_negotiation.take_termination(workspace, asker, iri, parsed.reasons, provider_pid=provider_pid))


@router.post("/agreements/amendment", status_code=201, summary="The provider proposes to amend an agreement")
def amendment(workspace: WorkspaceHere, asker: KnownAsker, message: Message) -> dict[str, object]:
    """Take the provider's offer of an agreement in the place of one that there is."""
    return _state(amend.take_amendment(workspace, asker, message))


@router.post("/agreements/notice", summary="A party ends an agreement")
def notice(workspace: WorkspaceHere, asker: KnownAsker, message: Message) -> dict[str, object]:
    """Take the other party's signed notice that an agreement is revoked or terminated."""
    said = message.get("notice")
    if not isinstance(said, Mapping):
        raise InputError("The message brings no notice.", where="notice", remedy="Send the signed notice.")
    with _shown_document():
        record = end_agreement.take_notice(workspace, asker, cast("Mapping[str, object]", said))
    return {"agreement": record.iri.value}


@router.post("/agreements/evidence", summary="The consumer shows what it did")
def evidence(workspace: WorkspaceHere, asker: KnownAsker, message: Message) -> dict[str, object]:
    """Take the consumer's evidence for a duty of an agreement."""
    obligations.take_evidence(workspace, asker, message)
    return {"agreement": message.get("agreement")}


@router.post("/agreements/judgement", summary="The provider judges what was shown")
def judgement(workspace: WorkspaceHere, asker: KnownAsker, message: Message) -> dict[str, object]:
    """Take the provider's judgement of evidence."""
    obligations.take_judgement(workspace, asker, message)
    return {"agreement": message.get("agreement")}


@router.post("/agreements/rule", summary="The provider has something on record about a rule")
def rule(workspace: WorkspaceHere, asker: KnownAsker, message: Message) -> dict[str, object]:
    """Take what the provider has put on record about a rule of an agreement."""
    keep_record.take_record(workspace, asker, message)
    return {"agreement": message.get("agreement")}


@contextmanager
def _shown_document() -> Iterator[None]:
    """Say that a document with a wrong signature is its sender's fault, and none of this node's own integrity."""
    try:
        yield
    except IntegrityFailure as error:
        raise InputError(error.what, where=error.where, remedy=error.remedy) from error


def _reason(message: Mapping[str, object]) -> str:
    """Return why a move was made, as nodes of this kind tell each other; the protocol has no word for it."""
    return str(message.get(REASON_KEY) or "").strip()


def _state(negotiation: Negotiation) -> dict[str, object]:
    """Write how a negotiation stands; a consumer that does not know the provider's identifier says its own one."""
    opening = negotiation.opening
    provider_pid = opening.provider_pid or opening.consumer_pid
    return message_to_json(
        ContractNegotiationMessage(provider_pid.value, opening.consumer_pid.value, negotiation.state)
    )
