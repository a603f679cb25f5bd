"""Signing in and out of the portal: people with e-mail address and password, clients with their secret."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from virtuales.errors import AccessDenied, Busy, PeerFailure, Unauthenticated, VirtualesError
from virtuales.node import Node
from virtuales.web.dependencies import NodeHere
from virtuales.web.portal.rendering import PortalHere
from virtuales.web.portal.visitors import (
    SameOrigin,
    SignedIn,
    VisitorHere,
    cookie_name,
    delete_cookie,
    local_path,
    set_cookie,
    sign_in_client,
)
from virtuales.web.problems import status_of

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
def form(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    visitor: VisitorHere,
    next: str = "/",  # noqa: A002  # the usual name in addresses
    done: str = "",
) -> Response:
    """Show the form for people."""
    facts: dict[str, object] = {"next": local_path(next), "email": "", "fault": None, "is_reset": done == "reset"}
    facts["passkeys"] = node.people.passkeys.are_possible
    return portal.page(request, "sign-in.html", status=200, visitor=visitor, **facts)


@router.get("/sign-in/client")
def client_form(request: Request, portal: PortalHere, visitor: VisitorHere, next: str = "/") -> Response:  # noqa: A002  # as above
    """Show the form for clients."""
    return portal.page(request, "sign-in-client.html", visitor=visitor, next=local_path(next), client_id="", fault=None)


@router.post("/sign-in", dependencies=[SameOrigin])
def enter(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    client_id: Annotated[str | None, Form()] = None,
    client_secret: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002  # the usual name in addresses
) -> Response:
    """Sign in, or show the form again with what is wrong; a session that there was ends."""
    target = local_path(next)
    try:
        if client_id is None:
            entered = node.people.sign_in.by_password(_filled(email), _filled(password), place=place_of(request))
            name = entered.name
            if entered.needs_code:
                target = "/sign-in/second-factor?" + urlencode({"next": target})
        else:
            name = sign_in_client(node, _filled(client_id).strip(), _filled(client_secret).strip())
    except (Unauthenticated, AccessDenied, PeerFailure, Busy) as error:
        facts: dict[str, object] = {"visitor": None, "next": target, "fault": sentence(error)}
        if client_id is None:
            facts |= {"email": email, "is_reset": False, "passkeys": node.people.passkeys.are_possible}
            return portal.page(request, "sign-in.html", status=status_of(error), **facts)
        return portal.page(request, "sign-in-client.html", status=status_of(error), client_id=client_id, **facts)
    return begun(request, node, name, target)


@router.post("/sign-out", dependencies=[SameOrigin])
def leave(request: Request, node: NodeHere) -> Response:
    """Sign out."""
    name = request.cookies.get(cookie_name(node))
    if name:
        node.people.sign_in.sign_out(name)
    return gone(node)


@router.post("/sign-out/everywhere", dependencies=[SameOrigin])
def leave_everywhere(node: NodeHere, visitor: SignedIn) -> Response:
    """End every session of whoever has signed in."""
    node.people.sign_in.sign_out_everywhere(visitor.known)
    return gone(node)


def begun(request: Request, node: Node, name: str, target: str) -> Response:
    """Return the answer that begins a session, in place of one that there may have been, and leads on."""
    earlier = request.cookies.get(cookie_name(node))
    if earlier:
        node.people.sign_in.sign_out(earlier)
    response = RedirectResponse(target, status_code=303)
    set_cookie(response, node, name)
    return response


def gone(node: Node) -> Response:
    """Return the answer that ends a session."""
    response = RedirectResponse("/", status_code=303)
    delete_cookie(response, node)
    return response


def place_of(request: Request) -> str:
    """Return whence a request comes, for counting tries."""
    return request.client.host if request.client else "unknown"


def sentence(error: VirtualesError) -> str:
    """Return what an error says, for a form."""
    return f"{error.what} {error.remedy}" if error.remedy else error.what


def _filled(text: str) -> str:
    if not text.strip():
        raise Unauthenticated("Fill in both fields.")
    return text
