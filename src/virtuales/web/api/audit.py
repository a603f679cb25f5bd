"""The audit trail by REST."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from virtuales.rdf.terms import parse_iri
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow.oversee import audit_trail

router = APIRouter(prefix="/api/v1/audit", tags=["Audit"])


class AccessOut(BaseModel):
    """An access on the trail."""

    iri: str
    time: str
    version: str
    organisation: str | None
    door: str
    decision: str
    reasons: list[str]
    agreement: str | None


@router.get("", summary="Read the audit trail")
def trail(
    workspace: WorkspaceHere,
    asker: KnownAsker,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    version: Annotated[str | None, Query(description="IRI of a dataset version.")] = None,
) -> list[AccessOut]:
    """List the latest accesses to your organisation's data; the orchestrator's staff sees those of every node."""
    only = parse_iri(version, where="version").value if version else None
    records = audit_trail(workspace, asker).latest(limit=limit, version=only)
    return [AccessOut(**asdict(record)) for record in records]
