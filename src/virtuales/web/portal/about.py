"""Pages about the node: its front page, its interface for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import Response

from virtuales.catalogue.search import Question
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.names import Names
from virtuales.web.portal.rendering import PortalHere
from virtuales.web.portal.visitors import VisitorHere
from virtuales.workflow import register
from virtuales.workflow.discover import catalogue

router = APIRouter(include_in_schema=False)
_SHOWN = 3


@dataclass(frozen=True)
class Route:
    """One operation of the interface for programs.

    Args:
        method: The HTTP method.
        path: The path, with its parameters in braces.
        summary: What it does, in a few words.
        description: What it does, in sentences.
        parameters: Names and descriptions of what goes into path, query and headers.
    """

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[tuple[str, str], ...]


@router.get("/")
def home(request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere) -> Response:
    """Show what this node is, whose it is, and the way in."""
    principal = visitor.principal if visitor else None
    reader = catalogue(workspace, principal)
    return portal.page(
        request,
        "home.html",
        visitor=visitor,
        host=register.find_hosted(workspace),
        total=reader.count(Question()),
        datasets=reader.find(Question(limit=_SHOWN)),
        names=Names(workspace, principal),
    )


@router.get("/about/api")
def api(request: Request, portal: PortalHere, visitor: VisitorHere) -> Response:
    """Show the interface for programs, from the document that programs read themselves."""
    groups = routes_by_tag(request.app.openapi())
    return portal.page(request, "api.html", visitor=visitor, groups=groups)


def routes_by_tag(openapi: Mapping[str, Any]) -> dict[str, list[Route]]:
    """Group the operations of an OpenAPI document by their first tag, in the document's order."""
    groups: dict[str, list[Route]] = {}
    for path, operations in cast("Mapping[str, Mapping[str, Any]]", openapi["paths"]).items():
        for method, operation in operations.items():
            tag = operation.get("tags", ["Other"])[0]
            groups.setdefault(tag, []).append(_route(method, path, operation))
    return groups


def _route(method: str, path: str, operation: Mapping[str, Any]) -> Route:
    parameters = tuple(
        (str(one["name"]), str(one.get("description", ""))) for one in operation.get("parameters", []) if "name" in one
    )
    return Route(
        method.upper(), path, str(operation.get("summary", path)), str(operation.get("description", "")), parameters
    )
