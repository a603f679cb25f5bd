"""Requesting access from the organisation's own node: what is offered, and the form to ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, cast
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.errors import Conflict, InputError
from virtuales.policy.odrl import Offer
from virtuales.policy.odrl_json import parse_policy
from virtuales.policy.purposes import PURPOSES, find_purpose
from virtuales.policy.sentences import policy_sentences
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.participants import Participant
from virtuales.trust.scopes import Scope
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.names import Names
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.stating import stated_fields, statements_in
from virtuales.web.portal.visitors import SameOrigin, SignedIn, Visitor
from virtuales.workflow.negotiate import provider_of
from virtuales.workflow.request_access import IntendedUse, request_access
from virtuales.workflow.workspace import Workspace

router = APIRouter(include_in_schema=False)
_FIELDS = ("purpose", "justification", "stated", "accept_conditions")


@dataclass(frozen=True)
class Offered:
    """A dataset version as its provider offers it.

    Args:
        version: Its IRI.
        title: Its title.
        number: The version's number.
        description: What it holds.
        provider: The organisation that offers it.
        licence: Name of its licence.
        sensitivity: Letters of its sensitivity class.
        conditions: The offer in sentences.
        offer: The offer.
    """

    version: str
    title: str
    number: str
    description: str
    provider: str
    licence: str
    sensitivity: str
    conditions: tuple[str, ...]
    offer: Offer


@dataclass(frozen=True)
class Answers:
    """What was filled into the form so far."""

    purpose: str = ""
    justification: str = ""
    accepted: bool = False
    terms: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


@router.get("/request-access")
def form(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    version: Annotated[str, Query(description="IRI of a dataset version, on whichever node.")],
) -> Response:
    """Show what is offered, and the form to ask for it."""
    offered = _offered(workspace, visitor, parse_iri(version, where="version"))
    return _page(request, portal, visitor, offered, Answers())


@router.post("/request-access", dependencies=[SameOrigin])
def ask(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: SignedIn,
    version: Annotated[str, Form()],
    purpose: Annotated[str, Form()] = "",
    justification: Annotated[str, Form()] = "",
    accept_conditions: Annotated[str, Form()] = "",
    stated_term: Annotated[list[str] | None, Form()] = None,
    stated_value: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Ask for access, or show the form again with what is wrong."""
    stated = (tuple(stated_term or ()), tuple(stated_value or ()))
    answers = Answers(purpose, justification, accept_conditions == "yes", *stated)
    target = parse_iri(version, where="version")
    faults = _missing(answers)
    if faults:
        return _page(request, portal, visitor, _offered(workspace, visitor, target), answers, faults=faults)
    said: list[object] = []
    if answers.terms:
        offer = _offered(workspace, visitor, target).offer
        said = statements_in(offer, stated_fields(offer, answers.terms, answers.values))
    try:
        intended = IntendedUse(find_purpose(purpose), justification, said)
        request_access(workspace, visitor.principal, target, intended, accepted=answers.accepted)
    except InputError as error:
        field = "stated" if "#stated-" in (error.where or "") else error.where
        if field not in _FIELDS:
            raise
        offered = _offered(workspace, visitor, target)
        fault = {field: f"{error.what} {error.remedy}"}
        return _page(request, portal, visitor, offered, answers, faults=fault)
    return RedirectResponse("/inbox?" + urlencode({"done": "asked"}), status_code=303)


def _page(
    request: Request,
    portal: Portal,
    visitor: Visitor,
    offered: Offered,
    answers: Answers,
    *,
    faults: Mapping[str, str] | None = None,
) -> Response:
    return portal.page(
        request,
        "request-access.html",
        status=422 if faults else 200,
        visitor=visitor,
        offered=offered,
        answers=answers,
        fields=stated_fields(offered.offer, answers.terms, answers.values),
        purposes=[(iri.value, name) for iri, name in PURPOSES.items()],
        faults=dict(faults or {}),
    )


def _missing(answers: Answers) -> dict[str, str]:
    """Return what is not filled in, by field, so that all of it can be mended at once."""
    faults = {}
    if not answers.purpose:
        faults["purpose"] = "Choose what the data is for."
    if not answers.justification.strip():
        faults["justification"] = "Say why you need the data."
    if not answers.accepted:
        faults["accept_conditions"] = "Accept the licence and the conditions, or do not send the request."
    return faults


def _offered(workspace: Workspace, visitor: Visitor, version: NamedNode) -> Offered:
    """Return what the provider itself says of a version, since this node's catalogue need not know it."""
    asker = workspace.hosted(visitor.principal, Scope.ACCESS_REQUEST)
    provider = provider_of(workspace, version)
    if provider.iri == asker.iri:
        raise Conflict("This is your own organisation's data.", where=version.value, remedy="Use it without asking.")
    entry = cast("Mapping[str, str]", _told(workspace, provider, asker, "dataset", version)["entry"])
    names = Names(workspace, visitor.principal)
    told = _told(workspace, provider, asker, "offer", NamedNode(entry["iri"]))
    offer = parse_policy(cast("Mapping[str, object]", told["offer"]), vocabulary=workspace.vocabulary)
    return Offered(
        version=entry["iri"],
        title=entry["title"],
        number=entry["number"],
        description=entry["description"],
        provider=provider.legal_name,
        licence=names.licence(entry["licence"]),
        sensitivity=entry["sensitivity"],
        conditions=tuple(policy_sentences(offer, names.organisation)),
        offer=offer,
    )


def _told(
    workspace: Workspace, provider: Participant, asker: Participant, what: str, iri: NamedNode
) -> Mapping[str, object]:
    path = f"/api/v1/catalogue/{what}?iri={quote(iri.value, safe='')}"
    return workspace.peers.get(provider.node_url, path, organisation=asker.iri.value)
