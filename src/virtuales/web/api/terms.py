"""The terms and conditions: versions, publishing one, accepting the one in force."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from virtuales.errors import AccessDenied
from virtuales.trust.published_terms import TermsVersion
from virtuales.web.api.organisations import Key, organisation_iri
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow import accept_terms
from virtuales.workflow.current_terms import due_terms
from virtuales.workflow.workspace import Workspace

router = APIRouter(prefix="/api/v1/organisations", tags=["Organisations"])


class TermsOut(BaseModel):
    """A version of the terms and conditions."""

    version: str
    text: str
    published_at: datetime | None = Field(description="When it was published; null for versions that ship.")
    required_from: datetime | None = Field(description="From when no new commitments are made without it.")


class TermsIn(RequestBody):
    """A version to be published."""

    version: str = Field(examples=["2.0"])
    text: str = Field(description="A heading and numbered clauses, in Markdown.")
    required_from: datetime = Field(description="The instant from which no new commitments are made without it.")


class AcceptanceIn(RequestBody):
    """The version that is accepted."""

    version: str = Field(examples=["2.0"])
    by: str | None = Field(None, description="IRI of the person who accepts, where their node hands it on.")


class AcceptanceOut(BaseModel):
    """A version that was accepted."""

    version: str
    accepted_at: datetime


class AcceptedOut(BaseModel):
    """What an organisation has accepted, and what it has still to accept."""

    organisation: str
    accepted: list[AcceptanceOut]
    due: str | None = Field(description="The version that is still to be accepted.")
    required_from: datetime | None = Field(description="From when it makes no new commitments without.")
    overdue: bool


@router.get("/terms", summary="The terms and conditions in force")
def show_terms(workspace: WorkspaceHere) -> TermsOut:
    """Return the terms that a registration has to accept, by their version."""
    return _shown(workspace.terms.in_force)


@router.post("/terms", status_code=201, summary="Publish a version of the terms and conditions")
def publish_terms(workspace: WorkspaceHere, asker: KnownAsker, terms: TermsIn) -> TermsOut:
    """Put a version in force, which organisations have to accept before an instant."""
    return _shown(
        accept_terms.publish(
            workspace, asker, version=terms.version, text=terms.text, required_from=terms.required_from
        )
    )


@router.get("/terms/{version}", summary="A version of the terms and conditions")
def show_version(workspace: WorkspaceHere, version: str) -> TermsOut:
    """Return a version of the terms, in force or not."""
    return _shown(workspace.terms.get(version))


@router.get("/{key}/terms", summary="Which terms an organisation has accepted")
def show_accepted(workspace: WorkspaceHere, key: Key) -> AcceptedOut:
    """Show which versions an organisation accepted and when, and which one it has still to accept."""
    return _accepted(workspace, key)


@router.post("/{key}/terms", summary="Accept the terms and conditions in force")
def accept(workspace: WorkspaceHere, asker: KnownAsker, key: Key, acceptance: AcceptanceIn) -> AcceptedOut:
    """Accept the version in force for your organisation; to accept it again changes nothing."""
    if organisation_iri(workspace, key).value != asker.organisation:
        raise AccessDenied("You do not act for this organisation.", reasons=["Each accepts for itself."], where=key)
    accept_terms.accept(workspace, asker, acceptance.version, by=acceptance.by)
    return _accepted(workspace, key)


def _shown(terms: TermsVersion) -> TermsOut:
    return TermsOut(
        version=terms.version, text=terms.text, published_at=terms.published_at, required_from=terms.required_from
    )


def _accepted(workspace: Workspace, key: str) -> AcceptedOut:
    organisation = organisation_iri(workspace, key)
    due = due_terms(workspace, organisation.value)
    return AcceptedOut(
        organisation=organisation.value,
        accepted=[
            AcceptanceOut(version=one.version, accepted_at=one.accepted_at)
            for one in workspace.terms.acceptances(organisation)
        ],
        due=due.version if due else None,
        required_from=due.required_from if due else None,
        overdue=bool(due and due.is_overdue(workspace.clock.now())),
    )
