"""What people do with connectors that speak the Dataspace Protocol, by REST; the rest is as with every negotiation."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from virtuales.policy.purposes import find_purpose
from virtuales.rdf.terms import parse_iri
from virtuales.web.api.requests import NegotiationOut, negotiation_out
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow.dataspace import negotiation, opening

router = APIRouter(prefix="/api/v1/connectors", tags=["Connectors"])
Pid = Annotated[str, Path(description="This node's identifier of the negotiation, `urn:uuid:…`.")]


class ConnectorRequestIn(RequestBody):
    """A request to a connector."""

    provider: str = Field(description="IRI of the organisation that provides the data.")
    dataset: str = Field(description="The dataset's `@id` in the connector's catalogue.")
    purpose: str = Field(description="One of the purposes of `/api/v1/purposes`.")
    justification: str = Field(description="Why the data is needed.")
    accept_conditions: bool = Field(description="Whether the licence and the handling conditions are accepted.")
    connector: str | None = Field(
        None, description="Where the connector takes messages, on the node that its organisation registered."
    )
    offer: dict[str, object] | None = Field(
        None, description="The offer as the connector's catalogue has it; without it the catalogue is asked."
    )


@router.post("/negotiations", status_code=201, summary="Ask a connector for data")
def ask(workspace: WorkspaceHere, asker: KnownAsker, request: ConnectorRequestIn) -> NegotiationOut:
    """Open a negotiation with a connector that speaks the Dataspace Protocol."""
    wanted = opening.Wanted(
        provider=parse_iri(request.provider, where="provider"),
        dataset=request.dataset,
        purpose=find_purpose(request.purpose),
        justification=request.justification,
        connector=request.connector,
        offer=request.offer,
    )
    return negotiation_out(opening.request(workspace, asker, wanted, accepted=request.accept_conditions))


@router.post("/negotiations/{pid}/verification", summary="Verify a connector's agreement")
def verify(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid) -> NegotiationOut:
    """Verify the agreement that a connector sent, on a node where people do so."""
    return negotiation_out(negotiation.verify(workspace, asker, parse_iri(pid, where="pid")))


@router.post("/negotiations/{pid}/finalisation", summary="Finalise a negotiation with a connector")
def finalise(workspace: WorkspaceHere, asker: KnownAsker, pid: Pid) -> NegotiationOut:
    """Finalise a negotiation whose agreement a connector verified, on a node where people do so."""
    return negotiation_out(negotiation.finalise(workspace, asker, parse_iri(pid, where="pid")))
