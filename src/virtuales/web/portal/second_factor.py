"""Pages of the second factor: asked for at sign-in, set up and given up at the account."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.errors import Busy, InputError, Unauthenticated, VirtualesError
from virtuales.web.dependencies import NodeHere
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.signing import begun, sentence
from virtuales.web.portal.visitors import SameOrigin, SignedIn, Visitor, cookie_name, local_path
from virtuales.web.problems import status_of

router = APIRouter(include_in_schema=False)


@router.get("/sign-in/second-factor")
def form(request: Request, portal: PortalHere, next: str = "/") -> Response:  # noqa: A002  # the usual name in addresses
    """Ask for a code."""
    return portal.page(request, "sign-in-code.html", visitor=None, next=local_path(next), fault=None)


@router.post("/sign-in/second-factor", dependencies=[SameOrigin])
def enter(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    code: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002  # as above
) -> Response:
    """Take a code, or show the form again with what is wrong; without a password shown lately, begin with that."""
    target = local_path(next)
    try:
        name = node.people.second_factor.show(request.cookies.get(cookie_name(node), ""), code)
    except (Unauthenticated, Busy) as error:
        if error.where == "session":
            return RedirectResponse("/sign-in", status_code=303)
        facts: dict[str, object] = {"visitor": None, "next": target, "fault": sentence(error)}
        return portal.page(request, "sign-in-code.html", status=status_of(error), **facts)
    return begun(request, node, name, target)


@router.get("/account/second-factor")
def show(request: Request, node: NodeHere, portal: PortalHere, visitor: SignedIn) -> Response:
    """Show what can be done with the second factor."""
    return _page(request, node, portal, visitor)


@router.post("/account/second-factor", dependencies=[SameOrigin])
def propose(
    request: Request, node: NodeHere, portal: PortalHere, visitor: SignedIn, password: Annotated[str, Form()] = ""
) -> Response:
    """Make a secret for the app, once the password was shown again."""
    try:
        node.people.second_factor.propose(visitor.known, password)
    except (Unauthenticated, Busy) as error:
        return _page(request, node, portal, visitor, fault=error, field="password")
    return RedirectResponse("/account/second-factor", status_code=303)


@router.post("/account/second-factor/confirmation", dependencies=[SameOrigin])
def confirm(
    request: Request, node: NodeHere, portal: PortalHere, visitor: SignedIn, code: Annotated[str, Form()] = ""
) -> Response:
    """Put the secret to use by a first code, and show the recovery codes."""
    try:
        codes = node.people.second_factor.confirm(visitor.known, code)
    except (InputError, Busy) as error:
        return _page(request, node, portal, visitor, fault=error, field="code")
    return _page(request, node, portal, visitor, codes=codes)


@router.post("/account/second-factor/end", dependencies=[SameOrigin])
def drop(
    request: Request, node: NodeHere, portal: PortalHere, visitor: SignedIn, password: Annotated[str, Form()] = ""
) -> Response:
    """Give the second factor up, once the password was shown again."""
    try:
        node.people.second_factor.drop(visitor.known, password)
    except (Unauthenticated, Busy) as error:
        return _page(request, node, portal, visitor, fault=error, field="password")
    return RedirectResponse("/account", status_code=303)


def _page(
    request: Request,
    node: NodeHere,
    portal: Portal,
    visitor: Visitor,
    *,
    codes: list[str] | None = None,
    fault: VirtualesError | None = None,
    field: str = "",
) -> Response:
    subject = visitor.known.session.subject
    account = node.people.identity.accounts.find(subject)
    page = portal.page(
        request,
        "second-factor.html",
        status=status_of(fault) if fault else 200,
        visitor=visitor,
        is_person=account is not None,
        is_used=account is not None and account.totp_secret is not None,
        proposal=node.people.second_factor.find_proposal(visitor.known),
        left=node.people.identity.factors.left(subject),
        codes=codes,
        faults={field: sentence(fault)} if fault else {},
    )
    page.headers["Cache-Control"] = "no-store"
    return page
