"""Pages about agreements: the list, one agreement with its signed document, and its end."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.contract.agreements import AgreementRecord, AgreementStatus
from virtuales.contract.readable_text import readable_text
from virtuales.errors import InputError
from virtuales.policy.purposes import PURPOSES
from virtuales.policy.sentences import policy_sentences
from virtuales.trust.scopes import Scope
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.documents import HTML, chosen_format, finished, rdf_document, see_document
from virtuales.web.portal.names import Names
from virtuales.web.portal.proposals import Written, faulty_field
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.visitors import Reader, SameOrigin, SignedIn, Visitor, VisitorHere, get_visitor
from virtuales.workflow.amend import amend
from virtuales.workflow.end_agreement import revoke, terminate
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.things import describe_thing
from virtuales.workflow.workspace import Workspace

router = APIRouter(include_in_schema=False)


@router.get("/agreements")
def show_all(request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: SignedIn) -> Response:
    """List the organisation's agreements."""
    organisation = workspace.hosted(visitor.principal, Scope.CATALOGUE_READ)
    now = workspace.clock.now()
    records = [(record, record.status(now)) for record in Desk(workspace).agreements.of_party(organisation.iri)]
    names = Names(workspace, visitor.principal)
    return portal.page(
        request,
        "agreements.html",
        visitor=visitor,
        organisation=organisation,
        records=records,
        allows={record.iri.value: _allows(record, names) for record, _ in records},
        names=names,
    )


@router.get("/id/agreement/{key}")
def agreement_iri(request: Request) -> Response:
    """Send whoever asks for an agreement to the page about it."""
    return see_document(request)


@router.get("/doc/agreement/{key}")
def document(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere, reader: Reader, key: str
) -> Response:
    """Answer a party with the document about an agreement; who has not signed in is sent to do so."""
    media_type = chosen_format(request)
    if media_type != HTML:
        return rdf_document(request, describe_thing(workspace, reader, "agreement", key), media_type)
    signed_in = get_visitor(request, visitor)
    return finished(request, _page(request, portal, workspace, signed_in, _record(workspace, signed_in, key)))


@router.get("/agreements/{key}")
def show(request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: SignedIn, key: str) -> Response:
    """Show an agreement of the organisation, with its signed document."""
    return _page(request, portal, workspace, visitor, _record(workspace, visitor, key))


@router.post("/agreements/{key}/end", dependencies=[SameOrigin])
def end(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    key: str,
    ending: Annotated[Literal["revocation", "termination"], Form()],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """End an agreement of the organisation, or show its page again with what is wrong."""
    record = _record(workspace, visitor, key)
    finish = revoke if ending == "revocation" else terminate
    try:
        finish(workspace, visitor.principal, record.iri, reason=reason)
    except InputError as error:
        fault = f"{error.what} {error.remedy}"
        return _page(request, portal, workspace, visitor, record, fault=fault)
    return RedirectResponse(f"/agreements/{key}", status_code=303)


@router.post("/agreements/{key}/amendment", dependencies=[SameOrigin])
def propose(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    key: str,
    until: Annotated[str, Form()] = "",
    uses: Annotated[str, Form()] = "",
    purposes: Annotated[list[str] | None, Form()] = None,
    why: Annotated[str, Form()] = "",
) -> Response:
    """Propose to amend or renew an agreement, or show its page again with what is wrong."""
    record = _record(workspace, visitor, key)
    written = Written(until, uses, tuple(purposes or ()), why)
    try:
        opened = amend(workspace, visitor.principal, record.iri, written.to_changes(), reason=why)
    except InputError as error:
        fault = faulty_field(error, reason="why")
        return _page(request, portal, workspace, visitor, record, amendment_fault=fault, written=written)
    return RedirectResponse(f"/negotiations/{opened.iri.value}?done=countered", status_code=303)


def _record(workspace: Workspace, visitor: Visitor, key: str) -> AgreementRecord:
    organisation = workspace.hosted(visitor.principal, Scope.CATALOGUE_READ)
    return Desk(workspace).agreement_of(organisation.iri, key)


def _allows(record: AgreementRecord, names: Names) -> str:
    """Say in short what an agreement allows: its permissions, a sentence each."""
    agreement = record.signed.agreement
    permissions = replace(agreement, prohibitions=(), obligations=())
    return " ".join(policy_sentences(permissions, names.organisation))


def _page(
    request: Request,
    portal: Portal,
    workspace: Workspace,
    visitor: Visitor,
    record: AgreementRecord,
    *,
    fault: str | None = None,
    amendment_fault: Mapping[str, str] | None = None,
    written: Written | None = None,
) -> Response:
    names = Names(workspace, visitor.principal)
    status = record.status(workspace.clock.now())
    ending = record.ending
    is_provider = record.signed.agreement.assigner.value == visitor.principal.organisation
    return portal.page(
        request,
        "agreement.html",
        status=422 if fault or amendment_fault else 200,
        visitor=visitor,
        record=record,
        standing=status,
        names=names,
        purpose=PURPOSES.get(record.signed.request.purpose, record.signed.request.purpose.value),
        conditions=policy_sentences(record.signed.agreement, names.organisation),
        text=readable_text(record.signed, names.organisation),
        document=json.dumps(record.signed.document, indent=2, ensure_ascii=False),
        notice=json.dumps(json.loads(ending.notice), indent=2, ensure_ascii=False)
        if ending and ending.notice
        else None,
        may_revoke=is_provider and visitor.reviews and status is not AgreementStatus.REVOKED,
        may_terminate=ending is None and (visitor.reviews if is_provider else visitor.requests),
        may_amend=ending is None and (visitor.reviews if is_provider else visitor.requests),
        purposes=[(iri.value.rpartition("#")[2], name) for iri, name in PURPOSES.items()],
        fault=fault,
        amendment_fault=amendment_fault,
        written=written or Written(),
    )
