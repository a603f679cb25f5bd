"""Who visits the portal: signing in with a client's secret, and the cookie that keeps the access token meanwhile.

The cookie holds the same access token that applications send as a bearer token. Scripts cannot read it, other sites
cannot make the browser send it (`SameSite=Strict`, and forms are taken from this origin alone), and the API does not
look at cookies.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode, urlsplit

import httpx
from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from virtuales.errors import AccessDenied, PeerFailure, Unauthenticated
from virtuales.node import Node
from virtuales.rdf.terms import NamedNode
from virtuales.trust.scopes import Scope, granted_scopes
from virtuales.trust.tokens import IssuedToken, Principal
from virtuales.web.dependencies import NodeHere, find_asker
from virtuales.workflow import register


@dataclass(frozen=True)
class Visitor:
    """Somebody who has signed in.

    Args:
        principal: What the token says.
        name: The organisation's name.
        home: Base URL of the organisation's own node.
        is_at_home: Whether this node is that node.
    """

    principal: Principal
    name: str
    home: str
    is_at_home: bool

    @property
    def requests(self) -> bool:
        """Whether requests for access can be made here."""
        return self.is_at_home and Scope.ACCESS_REQUEST in self.principal.scopes

    @property
    def reviews(self) -> bool:
        """Whether requests of others can be decided here."""
        return self.is_at_home and Scope.ACCESS_REVIEW in self.principal.scopes

    @property
    def contributes(self) -> bool:
        """Whether mappings can be contributed with this token, at the orchestrator."""
        return Scope.MAPPINGS_CONTRIBUTE in self.principal.scopes


def find_visitor(request: Request, node: NodeHere) -> Visitor | None:
    """Return who has signed in, None when nobody has or the session has ended."""
    token = request.cookies.get(cookie_name(node))
    if not token:
        return None
    try:
        return _visitor(node, node.verifier.verify(token))
    except Unauthenticated:
        return None


VisitorHere = Annotated[Visitor | None, Depends(find_visitor)]


def get_visitor(request: Request, visitor: VisitorHere) -> Visitor:
    """Return who has signed in; everybody else is sent to the sign-in page and comes back from there."""
    if visitor is None:
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if request.method != "GET":
            target = "/"
        raise HTTPException(303, headers={"Location": "/sign-in?" + urlencode({"next": target})})
    return visitor


SignedIn = Annotated[Visitor, Depends(get_visitor)]


async def find_reader(request: Request, node: NodeHere, visitor: VisitorHere) -> Principal | None:
    """Return who reads a document: by bearer token, as programs do, or by the portal's session."""
    if request.headers.get("authorization"):
        return await find_asker(node, request.headers["authorization"])
    return visitor.principal if visitor else None


Reader = Annotated[Principal | None, Depends(find_reader)]


def require_same_origin(request: Request) -> None:
    """Refuse a form that another site made the browser send.

    Raises:
        AccessDenied: the browser says that the form is from elsewhere.
    """
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    if (origin is not None and urlsplit(origin).netloc != request.headers.get("host")) or site != "same-origin":
        raise AccessDenied(
            "The form was not sent from this portal.",
            reasons=[f"The browser says that it comes from {origin or site}."],
            where="Origin",
            remedy="Open the page in the portal and send the form from there.",
        )


SameOrigin = Depends(require_same_origin)


def sign_in(node: Node, client_id: str, secret: str) -> tuple[Visitor, IssuedToken]:
    """Exchange a client's secret for an access token to this node.

    Raises:
        Unauthenticated: the client is unknown, the secret wrong, or the organisation not approved.
        AccessDenied: the organisation is at home on another node, where its secret belongs.
        PeerFailure: the orchestrator does not answer.
    """
    issued = _issued_here(node, client_id, secret) if node.issuer else _issued_there(node, client_id, secret)
    visitor = _visitor(node, node.verifier.verify(issued.access_token))
    if visitor is None or not (visitor.is_at_home or node.issuer):
        home = visitor.home if visitor else node.settings.orchestrator
        raise AccessDenied(
            "Your organisation is not at home on this node.",
            reasons=["A secret is shown to the organisation's own node and to the orchestrator alone."],
            where=node.settings.base_url,
            remedy=f"Sign in at {home}/sign-in.",
        )
    return visitor, issued


def set_cookie(response: Response, node: Node, issued: IssuedToken) -> None:
    """Have the browser keep the access token until it ends."""
    secure = node.settings.base_url.startswith("https:")
    response.set_cookie(
        cookie_name(node),
        issued.access_token,
        max_age=issued.expires_in,
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def delete_cookie(response: Response, node: Node) -> None:
    """Have the browser forget the access token."""
    response.delete_cookie(cookie_name(node), path="/", httponly=True, samesite="strict")


def cookie_name(node: Node) -> str:
    """Return the cookie's name; it tells nodes of one host apart, since cookies do not know of ports."""
    parts = urlsplit(node.settings.base_url)
    return f"virtuales-{parts.port}" if parts.port else "virtuales"


def local_path(target: str) -> str:
    """Return where to go after signing in: a path of this portal, and nothing else that somebody wrote into a link.

    >>> local_path("/inbox"), local_path("//elsewhere.example"), local_path("https://elsewhere.example")
    ('/inbox', '/', '/')
    """
    parts = urlsplit(target)
    is_plain = target.isprintable() and "\\" not in target
    is_local = target.startswith("/") and not target.startswith("//") and not parts.scheme and not parts.netloc
    return target if is_plain and is_local else "/"


def _visitor(node: Node, principal: Principal) -> Visitor | None:
    participant = node.workspace.participants.find(NamedNode(principal.organisation))
    if participant is None:
        return None
    base = node.settings.base_url
    return Visitor(principal, participant.legal_name, participant.node_url, participant.node_url == base)


def _issued_here(node: Node, client_id: str, secret: str) -> IssuedToken:
    participant, roles = register.authenticate(node.workspace, client_id, secret)
    return node.get_issuer().issue(
        client_id=client_id,
        organisation=participant.iri.value,
        audience=node.settings.base_url,
        scopes=granted_scopes(roles, None),
    )


def _issued_there(node: Node, client_id: str, secret: str) -> IssuedToken:
    url = f"{node.settings.orchestrator}/oauth/token"
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": secret,
        "resource": node.settings.base_url,
    }
    try:
        response = node.http.post(url, data=form)
        answer = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise PeerFailure("The orchestrator does not answer.", where=url, remedy="Try again later.") from error
    if not response.is_success:
        why = str(answer.get("error_description") or "The orchestrator refused.")
        raise Unauthenticated(why, where="client_secret", remedy="Check both, or ask the orchestrator's staff.")
    return IssuedToken(str(answer["access_token"]), int(answer["expires_in"]), str(answer.get("scope", "")))
