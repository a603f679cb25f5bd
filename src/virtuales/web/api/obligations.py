"""Obligations by REST: what has to be done under an agreement, what was shown for it, and what is made of that."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from virtuales.contract.obligations import Evidence, Obligation
from virtuales.policy.sentences import duty_sentence
from virtuales.rdf.terms import parse_iri
from virtuales.trust.scopes import Scope
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow import obligations
from virtuales.workflow.negotiate import Desk

router = APIRouter(prefix="/api/v1/agreements", tags=["Agreements"])
Key = Annotated[str, Path(description="Last part of the agreement's IRI.")]


class EvidenceOut(BaseModel):
    """What was shown for an obligation."""

    evidence: str = Field(description="Its IRI.")
    rule: str
    text: str
    given_at: datetime
    state: str = Field(description="`given`, `accepted` or `declined`.")
    reason: str | None
    document: dict[str, Any] | None = Field(description="The document that the consumer signed.")


class ObligationOut(BaseModel):
    """An obligation as it stands."""

    rule: str = Field(description="IRI of the duty.")
    says: str
    due: datetime | None
    closes: bool = Field(description="Whether the data is closed while it is overdue.")
    state: str = Field(description="`open`, `to be judged`, `fulfilled`, `overdue` or `violated`.")
    evidence: list[EvidenceOut]


class EvidenceIn(RequestBody):
    """What was done."""

    rule: str = Field(description="IRI of the duty.")
    text: str = Field(description="What was done, and where that can be seen.")


class JudgementIn(RequestBody):
    """What the provider makes of evidence."""

    accepted: bool
    reason: str = Field(description="Why, in a sentence that the consumer reads.")


@router.get("/{key}/obligations", summary="The obligations of an agreement")
def list_obligations(workspace: WorkspaceHere, asker: KnownAsker, key: Key) -> list[ObligationOut]:
    """List what has to be done under an agreement, by when, and how it stands; the nearest end comes first."""
    organisation = workspace.hosted(asker, Scope.CATALOGUE_READ)
    record = Desk(workspace).agreement_of(organisation.iri, key)
    return [_obligation(one) for one in obligations.obligations(workspace, record)]


@router.post("/{key}/evidence", status_code=201, summary="Show that an obligation was met")
def show_evidence(workspace: WorkspaceHere, asker: KnownAsker, key: Key, shown: EvidenceIn) -> EvidenceOut:
    """Show the provider that a duty was done; it accepts that, or does not."""
    rule = parse_iri(shown.rule, where="rule")
    return _evidence(obligations.show_evidence(workspace, asker, key, rule=rule, text=shown.text))


@router.post("/{key}/evidence/{evidence}/judgement", summary="Accept or decline evidence")
def judge_evidence(
    workspace: WorkspaceHere,
    asker: KnownAsker,
    key: Key,
    evidence: Annotated[str, Path(description="Last part of the evidence's IRI.")],
    judgement: JudgementIn,
) -> EvidenceOut:
    """Accept evidence, which fulfils the duty, or decline it; the consumer is told why."""
    accepted, reason = judgement.accepted, judgement.reason
    return _evidence(obligations.judge(workspace, asker, key, evidence, accepted=accepted, reason=reason))


def _obligation(obligation: Obligation) -> ObligationOut:
    return ObligationOut(
        rule=obligation.duty.iri.value,
        says=duty_sentence(obligation.duty),
        due=obligation.due,
        closes=obligation.closes,
        state=obligation.state.value,
        evidence=[_evidence(one) for one in obligation.evidence],
    )


def _evidence(evidence: Evidence) -> EvidenceOut:
    return EvidenceOut(
        evidence=evidence.iri.value,
        rule=evidence.rule.value,
        text=evidence.text,
        given_at=evidence.given_at,
        state=evidence.state.value,
        reason=evidence.reason,
        document=json.loads(evidence.document) if evidence.document else None,
    )
