"""The page on which an organisation looks after its people."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.errors import AccessDenied, Conflict, InputError, VirtualesError
from virtuales.trust.scopes import ROLES_OF_PEOPLE, Role
from virtuales.web.dependencies import NodeHere
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.signing import sentence
from virtuales.web.portal.visitors import SameOrigin, SignedIn, Visitor
from virtuales.web.problems import status_of
from virtuales.workflow.people_desk import PeopleDesk

router = APIRouter(include_in_schema=False)
_DONE = {
    "invited": "The invitation is on its way.",
    "roles": "The roles are changed.",
    "suspend": "The person is suspended, and their sessions have ended.",
    "reinstate": "The person may sign in again.",
    "remove": "The person is removed, and their name and address are erased.",
    "again": "A new invitation is on its way; the earlier link opens nothing any more.",
}


@router.get("/people")
def show(request: Request, node: NodeHere, portal: PortalHere, visitor: SignedIn, done: str = "") -> Response:
    """List the organisation's people."""
    return _page(request, node, portal, visitor, done=_DONE.get(done))


@router.post("/people", dependencies=[SameOrigin])
def invite(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    visitor: SignedIn,
    email: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    roles: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Invite somebody, or show the page again with what is wrong."""
    try:
        node.people.desk.invite(visitor.principal, email=email, name=name, roles=roles or [])
    except (InputError, Conflict) as error:
        written = {"email": email, "name": name, "roles": roles or []}
        return _page(request, node, portal, visitor, fault=error, written=written)
    return RedirectResponse("/people?done=invited", status_code=303)


@router.get("/people/{key}")
def show_one(request: Request, node: NodeHere, portal: PortalHere, visitor: SignedIn, key: str) -> Response:
    """Show a person, with what can be done."""
    return _one(request, node, portal, visitor, key)


@router.post("/people/{key}/roles", dependencies=[SameOrigin])
def change_roles(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    visitor: SignedIn,
    key: str,
    roles: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Give a person other roles."""
    try:
        node.people.desk.change_roles(visitor.principal, key, roles or [])
    except (InputError, Conflict, AccessDenied) as error:
        return _one(request, node, portal, visitor, key, fault=error)
    return RedirectResponse("/people?done=roles", status_code=303)


@router.post("/people/{key}/standing", dependencies=[SameOrigin])
def change_standing(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    visitor: SignedIn,
    key: str,
    move: Annotated[Literal["suspend", "reinstate", "remove", "again"], Form()],
) -> Response:
    """Suspend, reinstate or remove a person, or invite them again."""
    try:
        _moved(node.people.desk, visitor, key, move)
    except Conflict as error:
        return _one(request, node, portal, visitor, key, fault=error)
    return RedirectResponse(f"/people?done={move}", status_code=303)


def _moved(desk: PeopleDesk, visitor: Visitor, key: str, move: str) -> None:
    if move == "suspend":
        desk.suspend(visitor.principal, key)
    elif move == "reinstate":
        desk.reinstate(visitor.principal, key)
    elif move == "remove":
        desk.remove(visitor.principal, key)
    else:
        desk.invite_again(visitor.principal, key)


def _page(
    request: Request,
    node: NodeHere,
    portal: Portal,
    visitor: Visitor,
    *,
    done: str | None = None,
    fault: VirtualesError | None = None,
    written: Mapping[str, object] | None = None,
) -> Response:
    return portal.page(
        request,
        "people.html",
        status=status_of(fault) if fault else 200,
        visitor=visitor,
        people=node.people.desk.list(visitor.principal),
        roles=_roles(node, visitor),
        done=done,
        faults=_faults(fault),
        written=written or {"email": "", "name": "", "roles": []},
    )


def _one(
    request: Request,
    node: NodeHere,
    portal: Portal,
    visitor: Visitor,
    key: str,
    *,
    fault: VirtualesError | None = None,
) -> Response:
    return portal.page(
        request,
        "person.html",
        status=status_of(fault) if fault else 200,
        visitor=visitor,
        person=node.people.desk.get(visitor.principal, key),
        roles=_roles(node, visitor),
        faults=_faults(fault),
    )


def _roles(node: NodeHere, visitor: Visitor) -> dict[str, str]:
    """Return the roles that the organisation's people can have, with what each is for."""
    is_staff = visitor.home == node.settings.orchestrator
    return {role.value: text for role, text in ROLES_OF_PEOPLE.items() if is_staff or role is not Role.OPERATOR}


def _faults(fault: VirtualesError | None) -> dict[str, str]:
    if fault is None:
        return {}
    field = fault.where if fault.where in {"email", "name"} else "roles"
    return {field: sentence(fault)}
