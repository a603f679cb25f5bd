"""Who visits the portal: people with a password, clients with a secret, and the cookie that names their session.

The cookie holds a name that nobody can guess; who that is and what they may do is looked up at each request. Scripts
cannot read it, other sites cannot make the browser send it (`SameSite=Strict`, and forms are taken from this origin
alone), and the API does not look at cookies.
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
from virtuales.trust.published_terms import TermsDue
from virtuales.trust.scopes import Scope, granted_scopes
from virtuales.trust.tokens import IssuedToken, Principal
from virtuales.web.dependencies import NodeHere, find_asker
from virtuales.workflow import register
from virtuales.workflow.current_terms import due_terms
from virtuales.workflow.sign_in import Known


@dataclass(frozen=True)
class Visitor:
    """Somebody who has signed in.

    Args:
        known: Whose session it is, and what they may do.
        name: The organisation's name.
        home: Base URL of the organisation's own node.
        is_at_home: Whether this node is that node.
        terms_due: The terms and conditions that the organisation has still to accept, if any.
        is_terms_overdue: Whether it makes no new commitments until then.
    """

    known: Known
    name: str
    home: str
    is_at_home: bool
    terms_due: TermsDue | None = None
    is_terms_overdue: bool = False

    @property
    def principal(self) -> Principal:
        """What they may do, and for whom."""
        return self.known.principal

    @property
    def person_name(self) -> str | None:
        """The person's name; None where a client has signed in."""
        return self.known.name

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

    @property
    def decides(self) -> bool:
        """Whether organisations can be decided about, at the orchestrator."""
        return self.is_at_home and Scope.PARTICIPANTS_DECIDE in self.principal.scopes

    @property
    def administers(self) -> bool:
        """Whether the organisation's people can be looked after."""
        return Scope.ORGANISATION_MANAGE in self.principal.scopes


def find_visitor(request: Request, node: NodeHere) -> Visitor | None:
    """Return who has signed in, None when nobody has or the session has ended."""
    name = request.cookies.get(cookie_name(node))
    known = node.people.sign_in.find(name) if name else None
    return _visitor(node, known) if known else None


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
        return await find_asker(request, node, request.headers["authorization"])
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


def sign_in_client(node: Node, client_id: str, secret: str) -> str:
    """Begin a session for a client that shows its secret; return the session's name.

    Raises:
        Unauthenticated: the client is unknown, the secret wrong, or the organisation not approved.
        AccessDenied: the organisation is at home on another node, where its secret belongs.
        PeerFailure: the orchestrator does not answer.
    """
    issued = _issued_here(node, client_id, secret) if node.issuer else _issued_there(node, client_id, secret)
    principal = node.verifier.verify(issued.access_token)
    participant = node.workspace.participants.find(NamedNode(principal.organisation))
    if participant is None or not (participant.node_url == node.settings.base_url or node.issuer):
        home = participant.node_url if participant else node.settings.orchestrator
        raise AccessDenied(
            "Your organisation is not at home on this node.",
            reasons=["A secret is shown to the organisation's own node and to the orchestrator alone."],
            where=node.settings.base_url,
            remedy=f"Sign in at {home}/sign-in.",
        )
    return node.people.sign_in.for_client(principal)


def set_cookie(response: Response, node: Node, name: str) -> None:
    """Have the browser keep a session's name until the session ends."""
    response.set_cookie(
        cookie_name(node),
        name,
        max_age=node.settings.session_seconds,
        path="/",
        secure=_is_secure(node),
        httponly=True,
        samesite="strict",
    )


def delete_cookie(response: Response, node: Node) -> None:
    """Have the browser forget the session's name."""
    response.delete_cookie(cookie_name(node), path="/", secure=_is_secure(node), httponly=True, samesite="strict")


def cookie_name(node: Node) -> str:
    """Return the cookie's name; it tells nodes of one host apart, since cookies do not know of ports."""
    parts = urlsplit(node.settings.base_url)
    name = f"virtuales-{parts.port}" if parts.port else "virtuales"
    return f"__Host-{name}" if _is_secure(node) else name


def local_path(target: str) -> str:
    """Return where to go after signing in: a path of this portal, and nothing else that somebody wrote into a link.

    >>> local_path("/inbox"), local_path("//elsewhere.example"), local_path("https://elsewhere.example")
    ('/inbox', '/', '/')
    """
    parts = urlsplit(target)
    is_plain = target.isprintable() and "\\" not in target
    is_local = target.startswith("/") and not target.startswith("//") and not parts.scheme and not parts.netloc
    return target if is_plain and is_local else "/"


def _is_secure(node: Node) -> bool:
    return node.settings.base_url.startswith("https:")


def _visitor(node: Node, known: Known) -> Visitor | None:
    participant = node.workspace.find_participant(known.principal.organisation)
    if participant is None:
        return None
    is_at_home = participant.node_url == node.settings.base_url
    due = due_terms(node.workspace, participant.iri.value)
    overdue = due is not None and due.is_overdue(node.clock.now())
    return Visitor(
        known, participant.legal_name, participant.node_url, is_at_home, terms_due=due, is_terms_overdue=overdue
    )


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
