"""What the catalogue offers you, by REST: the list, and why an offer lets you have the data or does not."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from virtuales.policy.purposes import find_purpose
from virtuales.rdf.terms import parse_iri
from virtuales.web.dependencies import Asker, WorkspaceHere
from virtuales.workflow.offered import explained, offered

router = APIRouter(prefix="/api/v1/catalogue/offered", tags=["Search and find"])

Purpose = Annotated[str | None, Query(description="What the data is wanted for.", examples=["Research"])]


class OfferedOut(BaseModel):
    """A dataset version whose offer lets the asker have it."""

    version: str
    title: str
    offer: str
    action: str = Field(description="IRI of what the offer lets it do, such as `odrl:read` or `odrl:aggregate`.")
    is_open: bool = Field(description="Whether access need not be asked for.")


class OffersOut(BaseModel):
    """What the catalogue offers the asker."""

    offered: list[OfferedOut]
    unreadable: list[str] = Field(description="IRIs of offers that this node does not understand; they offer nothing.")


@router.get("", summary="What you are offered")
def list_offered(workspace: WorkspaceHere, asker: Asker, purpose: Purpose = None) -> OffersOut:
    """List the datasets whose offers let your organisation have them, for a purpose; without a token, the open ones.

    Offers that are limited to purposes are left out when none is given.
    """
    found, unreadable = offered(workspace, asker, find_purpose(purpose) if purpose else None)
    return OffersOut(offered=[OfferedOut(**asdict(one)) for one in found], unreadable=list(unreadable))


@router.get("/report", summary="Why an offer lets you have the data, or does not")
def explain_offer(
    workspace: WorkspaceHere,
    asker: Asker,
    iri: Annotated[str, Query(description="IRI of a dataset version.")],
    purpose: Purpose = None,
) -> dict[str, object]:
    """Report how the offer of a version stands to you: each rule and constraint, and what would change the decision.

    It is judged as it stands before anybody has agreed to it.
    """
    wanted = find_purpose(purpose) if purpose else None
    return explained(workspace, asker, parse_iri(iri, where="iri"), wanted).to_json()
