"""Contract negotiation of the Dataspace Protocol 2025-1 over HTTPS, as provider and as consumer.

See https://eclipse-dataspace-protocol-base.github.io/DataspaceProtocol/2025-1-err1/#negotiation-http.
"""

from typing import Annotated

from fastapi import APIRouter, Path

from virtuales.contract.dataspace.names import iri_name
from virtuales.contract.dataspace.shapes import check_message, new_message, reasons_in
from virtuales.contract.negotiations import Negotiation
from virtuales.errors import Conflict
from virtuales.web.api.dataspace import Message
from virtuales.web.dataspace_errors import REFUSALS, NegotiationRoute
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow.dataspace import negotiation, opening
from virtuales.workflow.dataspace.catalogue import PATH
from virtuales.workflow.end_negotiation import take_termination

router = APIRouter(
    prefix=f"{PATH}/negotiations", tags=["Dataspace Protocol"], route_class=NegotiationRoute, responses=REFUSALS
)
Pid = Annotated[str, Path(description="The receiving side's identifier of the negotiation.")]


@router.post("/request", status_code=201, summary="ContractRequestMessage")
def request(workspace: WorkspaceHere, asker: KnownAsker, message: Message) -> dict[str, object]:
    """Take a consumer's request, which opens a negotiation."""
    return _state(opening.take_request(workspace, asker, check_message(message, "ContractRequestMessage")))


@router.get("/{pid}", summary="The state of a negotiation")
def show(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid) -> dict[str, object]:
    """Tell the other party how a negotiation stands."""
    return _state(negotiation.negotiation_of(workspace, asker, pid).negotiation)


@router.post("/{pid}/request", summary="ContractRequestMessage in answer to an offer")
def counter_request(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the terms that the consumer asks for instead of those offered."""
    return _state(negotiation.take_terms(workspace, asker, pid, check_message(message, "ContractRequestMessage")))


@router.post("/{pid}/offers", summary="ContractOfferMessage")
def offer(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the terms that the provider offers."""
    return _state(negotiation.take_terms(workspace, asker, pid, check_message(message, "ContractOfferMessage")))


@router.post("/{pid}/events", summary="ContractNegotiationEventMessage")
def event(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the consumer's acceptance, or the provider's word that the negotiation is finalised."""
    said = check_message(message, "ContractNegotiationEventMessage")["eventType"]
    take = negotiation.take_acceptance if said == "ACCEPTED" else negotiation.take_finalisation
    return _state(take(workspace, asker, pid))


@router.post("/{pid}/agreement", summary="ContractAgreementMessage")
def agreement(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the provider's agreement."""
    checked = check_message(message, "ContractAgreementMessage")
    return _state(negotiation.take_agreement(workspace, asker, pid, checked))


@router.post("/{pid}/agreement/verification", summary="ContractAgreementVerificationMessage")
def verification(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the consumer's word that it verified the agreement."""
    check_message(message, "ContractAgreementVerificationMessage")
    return _state(negotiation.take_verification(workspace, asker, pid))


@router.post("/{pid}/termination", summary="ContractNegotiationTerminationMessage")
def termination(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid, message: Message) -> dict[str, object]:
    """Take the other party's word that it ends the negotiation."""
    said = check_message(message, "ContractNegotiationTerminationMessage")
    seat = negotiation.negotiation_of(workspace, asker, pid)
    return _state(take_termination(workspace, asker, seat.negotiation.iri, reasons_in(said)))


def _state(found: Negotiation) -> dict[str, object]:
    provider_pid = found.opening.provider_pid
    if provider_pid is None:
        raise Conflict("The provider has not answered the request yet.", where=found.iri.value, remedy="Wait for it.")
    return new_message(
        "ContractNegotiation",
        providerPid=iri_name(provider_pid),
        consumerPid=iri_name(found.opening.consumer_pid),
        state=found.state.value,
    )
