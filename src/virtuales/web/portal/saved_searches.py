"""The searches that the visitor's organisation saved: a list, saving one from the search page, dropping one."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.rendering import PortalHere
from virtuales.web.portal.visitors import SameOrigin, SignedIn
from virtuales.workflow import saved_searches

router = APIRouter(include_in_schema=False)


@router.get("/saved-searches")
def show(request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: SignedIn) -> Response:
    """Show the saved searches."""
    found = saved_searches.saved_searches(workspace, visitor.principal)
    return portal.page(request, "saved-searches.html", visitor=visitor, searches=found)


@router.post("/saved-searches", dependencies=[SameOrigin])
def save(
    workspace: WorkspaceHere, visitor: SignedIn, query: Annotated[str, Form()], name: Annotated[str, Form()] = ""
) -> Response:
    """Save a search, by its words where it has no name."""
    saved_searches.save_search(workspace, visitor.principal, name.strip() or query[:100] or "everything", query)
    return RedirectResponse("/saved-searches", status_code=303)


@router.post("/saved-searches/{key}/dropping", dependencies=[SameOrigin])
def drop(workspace: WorkspaceHere, visitor: SignedIn, key: str) -> Response:
    """Drop a search."""
    saved_searches.drop_search(workspace, visitor.principal, key)
    return RedirectResponse("/saved-searches", status_code=303)
