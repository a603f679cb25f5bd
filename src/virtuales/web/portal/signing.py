"""Signing in and out of the portal."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from virtuales.errors import AccessDenied, PeerFailure, Unauthenticated, VirtualesError
from virtuales.web.dependencies import NodeHere
from virtuales.web.portal.rendering import PortalHere
from virtuales.web.portal.visitors import (
    SameOrigin,
    VisitorHere,
    delete_cookie,
    local_path,
    set_cookie,
    sign_in,
)

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
def form(request: Request, portal: PortalHere, visitor: VisitorHere, next: str = "/") -> Response:  # noqa: A002  # the usual name in addresses
    """Show the form."""
    return portal.page(request, "sign-in.html", visitor=visitor, next=local_path(next), client_id="", fault=None)


@router.post("/sign-in", dependencies=[SameOrigin])
def enter(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    client_id: Annotated[str, Form()] = "",
    client_secret: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002  # the usual name in addresses
) -> Response:
    """Sign in, or show the form again with what is wrong."""
    target = local_path(next)
    try:
        _, issued = sign_in(node, _filled(client_id), _filled(client_secret))
    except (Unauthenticated, AccessDenied, PeerFailure) as error:
        facts = {"visitor": None, "next": target, "client_id": client_id, "fault": _sentence(error)}
        status = 502 if isinstance(error, PeerFailure) else 403 if isinstance(error, AccessDenied) else 401
        return portal.page(request, "sign-in.html", status=status, **facts)
    response = RedirectResponse(target, status_code=303)
    set_cookie(response, node, issued)
    return response


@router.post("/sign-out", dependencies=[SameOrigin])
def leave(node: NodeHere) -> Response:
    """Sign out."""
    response = RedirectResponse("/", status_code=303)
    delete_cookie(response, node)
    return response


def _filled(text: str) -> str:
    if not text.strip():
        raise Unauthenticated("Enter the client identifier and its secret.")
    return text.strip()


def _sentence(error: VirtualesError) -> str:
    return f"{error.what} {error.remedy}" if error.remedy else error.what
