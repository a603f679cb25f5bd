"""The page about the obligations of an agreement: by when, how they stand, what was shown, and the next step."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.contract.agreements import AgreementRecord
from virtuales.errors import InputError
from virtuales.policy.sentences import duty_sentence
from virtuales.rdf.terms import parse_iri
from virtuales.trust.scopes import Scope
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.names import Names
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.visitors import SameOrigin, SignedIn, Visitor
from virtuales.workflow import obligations
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.workspace import Workspace

router = APIRouter(include_in_schema=False)


@router.get("/agreements/{key}/obligations")
def show(request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: SignedIn, key: str) -> Response:
    """Show the obligations of an agreement of the organisation."""
    return _page(request, portal, workspace, visitor, key)


@router.post("/agreements/{key}/evidence", dependencies=[SameOrigin])
def show_evidence(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    key: str,
    rule: Annotated[str, Form()],
    text: Annotated[str, Form()] = "",
) -> Response:
    """Show the provider that a duty was done, or show the page again with what is wrong."""
    try:
        obligations.show_evidence(workspace, visitor.principal, key, rule=parse_iri(rule, where="rule"), text=text)
    except InputError as error:
        fault = {"of": rule, "text": f"{error.what} {error.remedy or ''}".strip()}
        return _page(request, portal, workspace, visitor, key, fault=fault)
    return RedirectResponse(f"/agreements/{key}/obligations", status_code=303)


@router.post("/agreements/{key}/evidence/{shown}/judgement", dependencies=[SameOrigin])
def judge(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    key: str,
    shown: str,
    judgement: Annotated[Literal["accept", "decline"], Form()],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Accept or decline what was shown, or show the page again with what is wrong."""
    accepted = judgement == "accept"
    try:
        obligations.judge(workspace, visitor.principal, key, shown, accepted=accepted, reason=reason)
    except InputError as error:
        fault = {"of": shown, "text": f"{error.what} {error.remedy or ''}".strip()}
        return _page(request, portal, workspace, visitor, key, fault=fault)
    return RedirectResponse(f"/agreements/{key}/obligations", status_code=303)


def _page(
    request: Request,
    portal: Portal,
    workspace: Workspace,
    visitor: Visitor,
    key: str,
    *,
    fault: Mapping[str, str] | None = None,
) -> Response:
    organisation = workspace.hosted(visitor.principal, Scope.CATALOGUE_READ)
    record: AgreementRecord = Desk(workspace).agreement_of(organisation.iri, key)
    is_provider = record.signed.agreement.assigner == organisation.iri
    found = obligations.obligations(workspace, record)
    return portal.page(
        request,
        "obligations.html",
        status=422 if fault else 200,
        visitor=visitor,
        key=key,
        record=record,
        names=Names(workspace, visitor.principal),
        obligations=[(one, duty_sentence(one.duty)) for one in found],
        may_show=not is_provider and visitor.requests,
        may_judge=is_provider and visitor.reviews,
        fault=fault,
    )
