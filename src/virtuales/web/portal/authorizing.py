"""The page on which a person lets an application act for them: the authorization endpoint of the orchestrator."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.errors import AccessDenied, InputError
from virtuales.node import Node
from virtuales.trust.authorization import (
    OPENID,
    AuthorizationRefused,
    AuthorizationRequest,
    Grant,
)
from virtuales.trust.people.sessions import SessionKind
from virtuales.trust.registration import parse_node_url
from virtuales.web.dependencies import NodeHere
from virtuales.web.portal.rendering import HEADERS, PortalHere
from virtuales.web.portal.visitors import SameOrigin, SignedIn, Visitor

router = APIRouter(include_in_schema=False)
_ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "resource")
_ASKED_ALL = (*_ASKED, "code_challenge", "code_challenge_method")


@router.get("/oauth/authorize")
def ask(request: Request, node: NodeHere, portal: PortalHere, visitor: SignedIn) -> Response:
    """Ask the person, or tell the application what is wrong with what it asks."""
    said = _said(request)
    try:
        asked = _parsed(node, said)
    except AuthorizationRefused as error:
        return _told(node, error)
    _refuse_clients(visitor)
    place = urlsplit(asked.asking.redirect_uri)
    facts: dict[str, object] = {
        "asked": asked,
        "said": said,
        "place": place.netloc,
        "scopes": sorted(_granted(asked, visitor)),
    }
    answer = portal.page(request, "authorize.html", status=200, visitor=visitor, **facts)
    policy = HEADERS["Content-Security-Policy"]
    allowed = policy.replace("form-action 'self'", f"form-action 'self' {place.scheme}://{place.netloc}")
    answer.headers["Content-Security-Policy"] = allowed  # the answer to the form leads to the application
    return answer


@router.post("/oauth/authorize", dependencies=[SameOrigin])
def decide(request: Request, node: NodeHere, visitor: SignedIn, decision: Annotated[str, Form()] = "") -> Response:
    """Tell the application what the person decided; what it asked for is in the address, and read again."""
    try:
        asked = _parsed(node, _said(request))
    except AuthorizationRefused as error:
        return _told(node, error)
    _refuse_clients(visitor)
    if decision != "allow":
        return _told(node, AuthorizationRefused("access_denied", "The person refused.", request=asked.asking))
    session = visitor.known.session
    grant = Grant(
        asked,
        person=session.subject,
        subject=visitor.principal.client_id,
        organisation=visitor.principal.organisation,
        scopes=_granted(asked, visitor),
        signed_in_at=session.made_at,
    )
    return _sent(asked.asking.answer(node.get_issuer().issuer, code=node.codes.make(grant)))


def _said(request: Request) -> dict[str, str]:
    """Return the parameters, each of which may be there once (RFC 6749, section 3.1)."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name in _ASKED_ALL]
    said = dict(pairs)
    if len(said) != len(pairs):
        raise InputError("A parameter is there twice.", where="the address", remedy="Send each once.")
    return said


def _parsed(node: Node, said: dict[str, str]) -> AuthorizationRequest:
    node.get_issuer()
    asked = node.applications.parse(said)
    if asked.resource is not None:
        try:
            parse_node_url(asked.resource)
        except InputError as error:
            raise AuthorizationRefused("invalid_target", error.what, request=asked.asking) from error
    return asked


def _granted(asked: AuthorizationRequest, visitor: Visitor) -> frozenset[str]:
    return asked.scopes & (visitor.principal.scopes | {OPENID})


def _refuse_clients(visitor: Visitor) -> None:
    if visitor.known.session.kind is not SessionKind.PERSON:
        raise AccessDenied(
            "Only people can let an application act for them.",
            reasons=["You have signed in with a client's secret."],
            where="/oauth/authorize",
            remedy="Sign in with your e-mail address and password.",
        )


def _told(node: Node, error: AuthorizationRefused) -> Response:
    issuer = node.get_issuer().issuer
    return _sent(error.request.answer(issuer, error=error.code, error_description=error.what))


def _sent(url: str) -> Response:
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(url, status_code=303, headers=headers)
