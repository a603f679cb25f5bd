"""What a dataset in preparation was derived from, by REST, and whether its sources allow that it is published."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from virtuales.web.api.licences import CompositionOut
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow.derive import derivation_of

router = APIRouter(prefix="/api/v1/datasets", tags=["Prepare and publish"])

Slug = Annotated[str, Path(description="The dataset's short name.")]


class UsedSourceOut(BaseModel):
    """Something that data was derived from."""

    iri: str
    name: str = Field(description="Its title, or its IRI.")
    licence: str | None = Field(description="Identifier of the licence under which it is used.")
    own: bool = Field(description="Whether it is your organisation's own.")
    agreement: str | None = Field(description="IRI of the agreement under which it is used.")
    allowed: bool = Field(description="Whether it may be used at all.")


class DerivationOut(CompositionOut):
    """Whether derived data may be published."""

    sources: list[UsedSourceOut] = Field(description="The sources, and those of what your organisation derived before.")


@router.get("/{slug}/sources", summary="What the sources of a dataset allow", response_model_exclude_none=True)
def show_sources(workspace: WorkspaceHere, asker: KnownAsker, slug: Slug) -> DerivationOut:
    """Tell whether the sources allow to publish the data under its licence, why, and what has to be done for it.

    Whether an offer keeps the limits of the agreements is judged when the data is published.
    """
    found = derivation_of(workspace, asker, slug)
    composed = found.composition.to_json()
    return DerivationOut.model_validate(
        {
            **composed,
            "outcome": composed["outcome"] if found.decision.allowed else "not allowed",
            "reasons": [reason.to_json() for reason in found.decision.reasons],
            "sources": [
                UsedSourceOut(
                    iri=source.iri,
                    name=source.name,
                    licence=source.licence.identifier if source.licence else None,
                    own=source.is_own,
                    agreement=source.agreement.iri.value if source.agreement else None,
                    allowed=not source.refusals,
                )
                for source in found.sources
            ],
        }
    )
