"""The orchestrator's desk: registrations and their checks, decisions, attestations; for its staff alone."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.errors import Conflict, InputError, NotFound, VirtualesError
from virtuales.rdf.terms import NamedNode
from virtuales.trust.attestation import parse_terms
from virtuales.trust.participants import Participant
from virtuales.trust.registration_numbers import is_lei
from virtuales.trust.standing_concepts import StandingKind, kind_of, standing_concepts
from virtuales.trust.verification import DOMAIN_CHECK, REQUIRED_CHECKS, TRANSITIONS, Move, Status, missing_checks
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.signing import sentence
from virtuales.web.portal.visitors import SameOrigin, SignedIn, Visitor
from virtuales.web.problems import status_of
from virtuales.workflow import attest as attesting
from virtuales.workflow import register
from virtuales.workflow.workspace import Workspace

router = APIRouter(include_in_schema=False)
_DONE = {
    "checked": "The check is recorded.",
    "looked-up": "The domain was looked up; the outcome is recorded.",
    "decided": "The decision is recorded, and other nodes hear of it.",
    "attested": "The attestation is recorded, and other nodes hear of it.",
    "withdrawn": "The attestation is withdrawn, and other nodes hear of it.",
}
_QUEUE = (Status.PENDING, Status.APPROVED, Status.SUSPENDED, Status.REFUSED)
_Text = Annotated[str, Form()]


@router.get("/desk")
def show(request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: SignedIn) -> Response:
    """List the organisations by where they stand, those that wait for a decision first."""
    organisations = register.staff_view(workspace, visitor.principal)
    queue = {
        status: sorted((one for one in organisations if one.status is status), key=lambda one: one.registered_at)
        for status in _QUEUE
    }
    in_force = workspace.terms.in_force.version
    return portal.page(
        request, "desk.html", visitor=visitor, queue=queue, missing=missing_checks, all_checks=REQUIRED_CHECKS,
        in_force=in_force,
    )  # fmt: skip


@router.get("/desk/{key}")
def show_one(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: SignedIn, key: str, done: str = ""
) -> Response:
    """Show an organisation with its checks, what can be decided, and what is attested of it."""
    return _page(request, workspace, portal, visitor, key, done=_DONE.get(done))


@router.post("/desk/{key}/checks", dependencies=[SameOrigin])
def check(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    key: str,
    check: _Text = "",
    note: _Text = "",
    outcome: Annotated[Literal["passed", "failed"] | None, Form()] = None,
) -> Response:
    """Record the outcome of a check, with what was seen."""
    try:
        passed = _outcome(outcome) == "passed"
        register.record_check(workspace, visitor.principal, _iri(workspace, key), name=check, passed=passed, note=note)
    except (InputError, Conflict) as error:
        fault = _fault(error, {"check": "check"}, "note")
        return _page(
            request, workspace, portal, visitor, key, fault=fault, error=error, written={"check": check, "note": note}
        )
    return _back(key, "checked")


@router.post("/desk/{key}/domain", dependencies=[SameOrigin])
def look_up_domain(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: SignedIn, key: str
) -> Response:
    """Look the organisation's web domain up again."""
    try:
        register.check_domain(workspace, visitor.principal, _iri(workspace, key))
    except Conflict as error:
        return _page(request, workspace, portal, visitor, key, fault=_fault(error, {}, "checks"), error=error)
    return _back(key, "looked-up")


@router.post("/desk/{key}/decisions", dependencies=[SameOrigin])
def decide(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    key: str,
    move: Annotated[Move, Form()],
    reason: _Text = "",
) -> Response:
    """Approve, refuse, suspend or reinstate the organisation, with a reason."""
    try:
        register.decide(workspace, visitor.principal, _iri(workspace, key), move=move, reason=reason)
    except (InputError, Conflict) as error:
        fault = _fault(error, {}, "reason")
        return _page(request, workspace, portal, visitor, key, fault=fault, error=error, written={"reason": reason})
    return _back(key, "decided")


@router.post("/desk/{key}/attestations", dependencies=[SameOrigin])
def attest(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    key: str,
    concept: _Text = "",
    issuer: _Text = "",
    evidence: _Text = "",
    valid_from: _Text = "",
    valid_until: _Text = "",
) -> Response:
    """Attest a certification, a group or an industry of the organisation."""
    try:
        terms = parse_terms(
            concept,
            issuer=issuer,
            evidence=evidence,
            valid_from=_day(valid_from, "valid_from") or workspace.clock.now().date(),
            valid_until=_day(valid_until, "valid_until"),
        )
        attesting.attest(workspace, visitor.principal, _iri(workspace, key), terms=terms)
    except (InputError, Conflict) as error:
        written = {
            "concept": concept, "issuer": issuer, "evidence": evidence, "valid_from": valid_from,
            "valid_until": valid_until,
        }  # fmt: skip
        fault = _fault(error, {name: name for name in written}, "concept")
        return _page(request, workspace, portal, visitor, key, fault=fault, error=error, written=written)
    return _back(key, "attested")


@router.post("/desk/{key}/withdrawals", dependencies=[SameOrigin])
def withdraw(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    key: str,
    attestation: _Text = "",
    why: _Text = "",
) -> Response:
    """Take back what was attested of the organisation, with a reason."""
    try:
        organisation = _iri(workspace, key)
        attesting.withdraw(workspace, visitor.principal, organisation, name=attestation, reason=why)
    except (InputError, Conflict, NotFound) as error:
        fault = _fault(error, {"reason": "why"}, "attestation")
        written = {"attestation": attestation, "why": why}
        return _page(request, workspace, portal, visitor, key, fault=fault, error=error, written=written)
    return _back(key, "withdrawn")


def _page(
    request: Request,
    workspace: Workspace,
    portal: Portal,
    visitor: Visitor,
    key: str,
    *,
    done: str | None = None,
    fault: Mapping[str, str] | None = None,
    error: VirtualesError | None = None,
    written: Mapping[str, str] | None = None,
) -> Response:
    organisation = register.staff_view_of(workspace, visitor.principal, _iri(workspace, key))
    now = workspace.clock.now()
    is_self = organisation.node_url == workspace.orchestrator
    moves = [] if is_self else [move for status, move in TRANSITIONS if status is organisation.status]
    missing, shown = missing_checks(organisation.checks), _shown_fields(organisation, has_moves=bool(moves))
    return portal.page(
        request,
        "desk-organisation.html",
        status=status_of(error) if error else 200,
        visitor=visitor,
        key=key,
        organisation=organisation,
        number_page=_number_page(organisation.registration_number),
        checks=REQUIRED_CHECKS,
        recorded={one.name: one for one in organisation.checks},
        domain_check=DOMAIN_CHECK,
        missing=missing,
        next_check=next(iter(missing), None),
        moves=moves,
        accepted=workspace.terms.acceptances(organisation.iri),
        attested=[(one, one.state(now), kind_of(one.concept)) for one in organisation.attestations],
        concepts={kind: [one for one in standing_concepts().values() if one.kind is kind] for kind in StandingKind},
        written=dict.fromkeys(_FIELDS, "") | dict(written or {}),
        faults={name if name in shown else _ELSEWHERE: text for name, text in (fault or {}).items()},
        done=done,
    )


_FIELDS = (
    "check", "note", "reason", "concept", "issuer", "evidence", "valid_from", "valid_until", "attestation", "why",
)  # fmt: skip
_ELSEWHERE = "main-content"
"""Where a fault leads to whose field the page does not show."""


def _shown_fields(organisation: Participant, *, has_moves: bool) -> set[str]:
    """Return the fields of the forms that an organisation's page shows."""
    shown = {"checks"}
    if organisation.status is Status.PENDING:
        shown |= {"check", "note"}
    if has_moves:
        shown.add("reason")
    if organisation.status is not Status.REFUSED:
        shown |= {"concept", "issuer", "evidence", "valid_from", "valid_until"}
    if any(one.withdrawn_at is None for one in organisation.attestations):
        shown |= {"attestation", "why"}
    return shown


def _fault(error: VirtualesError, fields: Mapping[str, str], otherwise: str) -> dict[str, str]:
    """Return what is wrong by the field of the form that it is about."""
    return {fields.get(error.where or "", otherwise): sentence(error)}


def _outcome(outcome: str | None) -> str:
    if outcome is None:
        raise InputError("The check has no outcome.", where="note", remedy="Use one of the two buttons.")
    return outcome


def _day(text: str, where: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(f"`{text}` is no date.", where=where, remedy="Write it as 2027-06-30.") from None


def _iri(workspace: Workspace, key: str) -> NamedNode:
    return workspace.addresses.organisation(key)


def _number_page(number: str) -> str:
    """Return where the register shows an organisation by its number, for people to look."""
    if is_lei(number):
        return f"https://search.gleif.org/#/record/{number}"
    return f"https://find-and-update.company-information.service.gov.uk/company/{number}"


def _back(key: str, done: str) -> Response:
    return RedirectResponse(f"/desk/{key}?done={done}", status_code=303)
