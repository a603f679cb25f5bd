"""Agreements by REST: what your organisation granted and was granted, and the end of one."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from virtuales.contract.agreements import AgreementRecord
from virtuales.contract.conduct import Conduct, RuleState
from virtuales.contract.readable_text import readable_text
from virtuales.rdf.terms import parse_iri
from virtuales.trust.scopes import Scope
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow import end_agreement, keep_record
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.view_releases import disclosures_under
from virtuales.workflow.workspace import Workspace

router = APIRouter(prefix="/api/v1/agreements", tags=["Agreements"])
Key = Annotated[str, Path(description="Last part of the agreement's IRI.")]


class AgreementOut(BaseModel):
    """An agreement as this node keeps it."""

    agreement: str
    status: str
    version: str
    provider: str
    consumer: str
    purpose: str
    valid_from: datetime
    valid_until: datetime | None
    replaces: str | None = Field(description="The agreement that it took the place of.")
    ended_at: datetime | None = Field(description="When a party ended it before its time.")
    ended_by: str | None = Field(description="The party that did.")
    end_reason: str | None = Field(description="Why it did.")


class ConductOut(BaseModel):
    """What is on record about the rules of an agreement."""

    fulfilled: list[str] = Field(description="IRIs of the duties that are fulfilled.")
    violated: list[str] = Field(description="IRIs of the duties and prohibitions that were violated.")


class DisclosureOut(BaseModel):
    """Numbers with noise that were shown, and what privacy loss that was."""

    release: str = Field(description="The graph with the numbers.")
    epsilon: float
    delta: float
    at: datetime = Field(description="When they were shown first.")


class DocumentOut(AgreementOut):
    """An agreement with its signed document."""

    document: dict[str, object]
    notice: dict[str, object] | None = Field(description="The signed notice that ended it, where one did.")
    conduct: ConductOut = Field(description="What this node has on record about its rules.")
    disclosures: list[DisclosureOut] = Field(description="The numbers with noise that this node showed under it.")


class EndIn(RequestBody):
    """The end of an agreement."""

    reason: str = Field(description="Why, in a sentence that becomes part of the signed notice.")


class RuleIn(RequestBody):
    """What became of a rule of an agreement."""

    rule: str = Field(description="IRI of the duty, obligation, remedy or consequence, or of the prohibition.")
    state: RuleState = Field(description="`fulfilled`, `violated`, or `withdrawn` to take back what is on record.")
    reason: str = Field(description="What happened, in a sentence.")


@router.get("", summary="List your organisation's agreements")
def list_agreements(workspace: WorkspaceHere, asker: KnownAsker) -> list[AgreementOut]:
    """List the agreements in which your organisation is a party, the newest first."""
    organisation = workspace.hosted(asker, Scope.CATALOGUE_READ)
    records = Desk(workspace).agreements.of_party(organisation.iri)
    return [AgreementOut(**_agreement(workspace, record)) for record in records]


@router.get("/{key}", summary="Show an agreement")
def show(workspace: WorkspaceHere, asker: KnownAsker, key: Key) -> DocumentOut:
    """Show an agreement with its document, which both sides signed."""
    organisation = workspace.hosted(asker, Scope.CATALOGUE_READ)
    record = Desk(workspace).agreement_of(organisation.iri, key)
    conduct = _conduct(keep_record.conduct_of(workspace, record.iri))
    notice = json.loads(record.ending.notice) if record.ending and record.ending.notice else None
    return DocumentOut(
        **_agreement(workspace, record),
        document=dict(record.signed.document),
        notice=notice,
        conduct=conduct,
        disclosures=[
            DisclosureOut(
                release=one.release.value,
                epsilon=float(one.epsilon),
                delta=float(one.delta),
                at=datetime.fromisoformat(one.at),
            )
            for one in disclosures_under(workspace, record.iri)
        ],
    )


@router.get("/{key}/text", summary="An agreement as a readable text", response_class=PlainTextResponse)
def show_text(workspace: WorkspaceHere, asker: KnownAsker, key: Key) -> str:
    """Return an agreement as a text for people, made of the document that both sides signed and of nothing else."""
    organisation = workspace.hosted(asker, Scope.CATALOGUE_READ)
    return readable_text(Desk(workspace).agreement_of(organisation.iri, key).signed)


@router.post("/{key}/revocation", summary="Revoke an agreement")
def revoke_agreement(workspace: WorkspaceHere, asker: KnownAsker, key: Key, ending: EndIn) -> AgreementOut:
    """Revoke an agreement that your organisation granted; the data is closed to the consumer at once."""
    organisation = workspace.hosted(asker, Scope.ACCESS_REVIEW)
    record = Desk(workspace).agreement_of(organisation.iri, key)
    ended = end_agreement.revoke(workspace, asker, record.iri, reason=ending.reason)
    return AgreementOut(**_agreement(workspace, ended))


@router.post("/{key}/termination", summary="Terminate an agreement")
def terminate_agreement(workspace: WorkspaceHere, asker: KnownAsker, key: Key, ending: EndIn) -> AgreementOut:
    """End an agreement, as either party may; your node signs the notice, and the other side is told."""
    organisation = workspace.hosted(asker, Scope.CATALOGUE_READ)
    record = Desk(workspace).agreement_of(organisation.iri, key)
    ended = end_agreement.terminate(workspace, asker, record.iri, reason=ending.reason)
    return AgreementOut(**_agreement(workspace, ended))


@router.post("/{key}/rules", summary="Record what became of a rule")
def record_rule(workspace: WorkspaceHere, asker: KnownAsker, key: Key, said: RuleIn) -> ConductOut:
    """Put on record that a duty was fulfilled, or a duty or prohibition violated; decisions reckon with it at once."""
    organisation = workspace.hosted(asker, Scope.ACCESS_REVIEW)
    record = Desk(workspace).agreement_of(organisation.iri, key)
    rule = parse_iri(said.rule, where="rule")
    return _conduct(keep_record.record(workspace, asker, record.iri, rule=rule, state=said.state, reason=said.reason))


def _conduct(conduct: Conduct) -> ConductOut:
    fulfilled, violated = (sorted(rule.value for rule in rules) for rules in (conduct.fulfilled, conduct.violated))
    return ConductOut(fulfilled=fulfilled, violated=violated)


def _agreement(workspace: Workspace, record: AgreementRecord) -> dict[str, Any]:
    signed, ending = record.signed, record.ending
    return {
        "agreement": record.iri.value,
        "status": record.status(workspace.clock.now()).value,
        "version": signed.agreement.target.value,
        "provider": signed.agreement.assigner.value,
        "consumer": signed.request.assignee.value,
        "purpose": signed.request.purpose.value,
        "valid_from": signed.validity.start,
        "valid_until": signed.validity.end,
        "replaces": signed.request.replaces.value if signed.request.replaces else None,
        "ended_at": ending.at if ending else None,
        "ended_by": ending.by.value if ending else None,
        "end_reason": ending.reason if ending else None,
    }
