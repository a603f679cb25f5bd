"""Pages and answers about passkeys; they need script, and the password stays for those without."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.errors import Busy, Unauthenticated
from virtuales.web.dependencies import NodeHere
from virtuales.web.portal.rendering import PortalHere
from virtuales.web.portal.signing import begun, place_of, sentence
from virtuales.web.portal.visitors import SameOrigin, SignedIn, local_path
from virtuales.web.problems import status_of

router = APIRouter(include_in_schema=False)


@router.post("/sign-in/passkey/options", dependencies=[SameOrigin])
def ask(node: NodeHere) -> Response:
    """Answer with what the browser needs to show a passkey."""
    return _json(node.people.passkeys.ask())


@router.post("/sign-in/passkey", dependencies=[SameOrigin])
def enter(
    request: Request,
    node: NodeHere,
    portal: PortalHere,
    credential: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002  # the usual name in addresses
) -> Response:
    """Sign in with a passkey, or show the form for passwords with what is wrong."""
    target = local_path(next)
    try:
        name = node.people.passkeys.show(credential, place=place_of(request))
    except (Unauthenticated, Busy) as error:
        facts: dict[str, object] = {"visitor": None, "next": target, "fault": sentence(error)}
        facts |= {"email": "", "is_reset": False, "passkeys": node.people.passkeys.are_possible}
        return portal.page(request, "sign-in.html", status=status_of(error), **facts)
    return begun(request, node, name, target)


@router.get("/account/passkeys")
def show(request: Request, node: NodeHere, portal: PortalHere, visitor: SignedIn) -> Response:
    """List the passkeys of whoever has signed in."""
    passkeys = node.people.passkeys
    return portal.page(
        request,
        "passkeys.html",
        visitor=visitor,
        passkeys=passkeys.of(visitor.known),
        are_possible=passkeys.are_possible and visitor.person_name is not None,
    )


@router.post("/account/passkeys/options", dependencies=[SameOrigin])
def propose(node: NodeHere, visitor: SignedIn, password: Annotated[str, Form()] = "") -> Response:
    """Answer with what the browser needs to make a passkey, once the password was shown again."""
    return _json(node.people.passkeys.propose(visitor.known, password))


@router.post("/account/passkeys", dependencies=[SameOrigin])
def add(
    node: NodeHere, visitor: SignedIn, credential: Annotated[str, Form()] = "", label: Annotated[str, Form()] = ""
) -> Response:
    """Keep a passkey that the browser made."""
    node.people.passkeys.add(visitor.known, credential, label)
    return RedirectResponse("/account/passkeys", status_code=303)


@router.post("/account/passkeys/removal", dependencies=[SameOrigin])
def remove(node: NodeHere, visitor: SignedIn, key: Annotated[str, Form()]) -> Response:
    """Forget a passkey."""
    node.people.passkeys.remove(visitor.known, key)
    return RedirectResponse("/account/passkeys", status_code=303)


def _json(text: str) -> Response:
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-store"})
