"""A person's own pages: the invitation, a forgotten password, and the account."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Form, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.errors import Busy, Conflict, InputError, Unauthenticated, VirtualesError
from virtuales.trust.people.accounts import Account
from virtuales.trust.people.passwords import SHORTEST
from virtuales.web.dependencies import NodeHere
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.signing import begun, place_of, sentence
from virtuales.web.portal.visitors import SameOrigin, SignedIn, Visitor, VisitorHere
from virtuales.web.problems import status_of
from virtuales.workflow.sign_in import SignIn

router = APIRouter(include_in_schema=False)
_ACTIONS = {"invitation": "/invitation", "reset": "/new-password"}
_DONE = {
    "joined": "Your address is confirmed and your password is set. You are signed in.",
    "password": "Your password is changed. Every other session has ended.",
}


@router.get("/invitation")
def invitation(request: Request, node: NodeHere, portal: PortalHere, visitor: VisitorHere, token: str) -> Response:
    """Show the form that accepts an invitation."""
    account = node.people.sign_in.invited(token)
    return _choice(request, portal, visitor, account=account, token=token, purpose="invitation")


@router.post("/invitation", dependencies=[SameOrigin])
def accept(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    visitor: VisitorHere,
    token: Annotated[str, Form()],
    password: Annotated[str, Form()] = "",
) -> Response:
    """Accept an invitation with the chosen password, or show the form again with what is wrong."""
    account = node.people.sign_in.invited(token)
    try:
        name = node.people.sign_in.accept(token, password)
    except (InputError, Conflict) as error:
        return _choice(request, portal, visitor, account=account, token=token, purpose="invitation", fault=error)
    return begun(request, node, name, "/account?done=joined")


@router.get("/forgotten-password")
def forgotten(request: Request, portal: PortalHere, visitor: VisitorHere) -> Response:
    """Show the form that asks for a new password."""
    return portal.page(request, "forgotten-password.html", visitor=visitor, is_asked=False)


@router.post("/forgotten-password", dependencies=[SameOrigin])
def ask(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    visitor: VisitorHere,
    tasks: BackgroundTasks,
    email: Annotated[str, Form()] = "",
) -> Response:
    """Say that a letter comes if the address is known; whether it is, is looked up after the answer has gone."""
    tasks.add_task(_ask_reset, node.people.sign_in, email, place_of(request))
    page = portal.page(request, "forgotten-password.html", visitor=visitor, is_asked=True)
    page.background = tasks
    return page


@router.get("/new-password")
def new_password(request: Request, node: NodeHere, portal: PortalHere, visitor: VisitorHere, token: str) -> Response:
    """Show the form for a new password."""
    account = node.people.sign_in.resetting(token)
    return _choice(request, portal, visitor, account=account, token=token, purpose="reset")


@router.post("/new-password", dependencies=[SameOrigin])
def reset(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    visitor: VisitorHere,
    token: Annotated[str, Form()],
    password: Annotated[str, Form()] = "",
) -> Response:
    """Take the new password, or show the form again with what is wrong; nobody is signed in by it."""
    account = node.people.sign_in.resetting(token)
    try:
        node.people.sign_in.reset(token, password)
    except InputError as error:
        return _choice(request, portal, visitor, account=account, token=token, purpose="reset", fault=error)
    return RedirectResponse("/sign-in?done=reset", status_code=303)


@router.get("/account")
def show(request: Request, node: NodeHere, portal: PortalHere, visitor: SignedIn, done: str = "") -> Response:
    """Show a person's own page."""
    return _page(request, node, portal, visitor, done=_DONE.get(done))


@router.post("/account/password", dependencies=[SameOrigin])
def change_password(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    visitor: SignedIn,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
) -> Response:
    """Change the password, or show the page again with what is wrong."""
    try:
        name = node.people.sign_in.change_password(visitor.known, old=old, new=new)
    except (InputError, Unauthenticated, Busy) as error:
        field = "new" if isinstance(error, InputError) else "old"
        return _page(request, node, portal, visitor, faults={field: sentence(error)}, status=status_of(error))
    return begun(request, node, name, "/account?done=password")


def _page(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    visitor: Visitor,
    *,
    done: str | None = None,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    subject = visitor.known.session.subject
    return portal.page(
        request,
        "account.html",
        status=status,
        visitor=visitor,
        account=node.people.identity.accounts.find(subject) if visitor.person_name else None,
        membership=node.people.desk.find_membership(subject) if visitor.person_name else None,
        sessions=node.people.identity.sessions.of(subject),
        shortest=SHORTEST,
        done=done,
        faults=faults or {},
    )


def _choice(
    request: Request,
    portal: Portal,
    visitor: Visitor | None,
    *,
    account: Account,
    token: str,
    purpose: str,
    fault: VirtualesError | None = None,
) -> Response:
    """Return the page on which somebody with a link chooses a password, with what was wrong about the last one."""
    return portal.page(
        request,
        "choose-password.html",
        status=status_of(fault) if fault else 200,
        visitor=visitor,
        account=account,
        token=token,
        purpose=purpose,
        action=_ACTIONS[purpose],
        shortest=SHORTEST,
        fault=sentence(fault) if fault else None,
    )


def _ask_reset(sign_in: SignIn, email: str, place: str) -> None:
    try:
        sign_in.ask_reset(email, place=place)
    except Busy:
        return
