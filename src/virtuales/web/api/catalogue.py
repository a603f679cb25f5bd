"""Step 3 by REST: read what is said of a dataset."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from virtuales.catalogue.lineage import read_lineage
from virtuales.policy.compact import policy_to_json
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.web.dependencies import Asker, WorkspaceHere
from virtuales.workflow.consume import standing
from virtuales.workflow.discover import catalogue, visible_graphs
from virtuales.workflow.offers import announced_offer

router = APIRouter(prefix="/api/v1/catalogue", tags=["Search and find"])


class StandingOut(BaseModel):
    """How the asker stands to a dataset version."""

    may_use: bool
    may_ask: bool
    reasons: list[str]


class VersionOut(BaseModel):
    """All that is said of a dataset version."""

    entry: dict[str, object]
    versions: list[str]
    standing: StandingOut


class LineageThingOut(BaseModel):
    """Something in a lineage."""

    iri: str
    title: str = Field(description="Its title and number, or its IRI where the catalogue here does not hold it.")
    licence: str | None
    steps: int = Field(description="Steps from the version: negative for sources, positive for what was made of it.")


class DerivationPairOut(BaseModel):
    """What was derived, and from what."""

    derived: str
    source: str


class LineageOut(BaseModel):
    """A version with its sources and what was made of it."""

    things: list[LineageThingOut]
    derivations: list[DerivationPairOut]
    whole: bool = Field(description="Whether everything known was followed.")


@router.get("/dataset", summary="Show a dataset")
def show(
    workspace: WorkspaceHere,
    asker: Asker,
    iri: Annotated[str, Query(description="IRI of a dataset or of one of its versions.")],
) -> VersionOut:
    """Show what is said of a dataset's current version, or of the version named, and whether you may use it."""
    reader = catalogue(workspace, asker)
    node = parse_iri(iri, where="iri")
    version = node if "/version/" in iri else reader.current_version(node)
    entry = reader.version(version)
    decision = standing(workspace, asker, entry)
    return VersionOut(
        entry=asdict(entry),
        versions=[name for name, _ in reader.versions(NamedNode(entry.dataset))],
        standing=StandingOut(
            may_use=decision.may_use, may_ask=decision.may_ask, reasons=[str(reason) for reason in decision.reasons]
        ),
    )


@router.get("/lineage", summary="The lineage of a dataset version")
def lineage(
    workspace: WorkspaceHere,
    asker: Asker,
    iri: Annotated[str, Query(description="IRI of a dataset version.")],
) -> LineageOut:
    """Show what a version was derived from, step by step, and what was derived from it, as far as you may know."""
    version = parse_iri(iri, where="iri")
    catalogue(workspace, asker).version(version)
    found = read_lineage(workspace.store, visible_graphs(workspace, asker), version)
    return LineageOut(
        things=[LineageThingOut(**asdict(one)) for one in found.things],
        derivations=[DerivationPairOut(derived=derived, source=source) for derived, source in found.derivations],
        whole=found.is_whole,
    )


@router.get("/offer", summary="The offer of a dataset version")
def offer(
    workspace: WorkspaceHere,
    asker: Asker,
    iri: Annotated[str, Query(description="IRI of a dataset version.")],
) -> dict[str, object]:
    """Return the ODRL offer under which a dataset version can be used, as its provider announced it."""
    return {"offer": policy_to_json(announced_offer(workspace, asker, parse_iri(iri, where="iri")))}
