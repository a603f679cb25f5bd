"""Errors as pages for those who browse; programs get problem documents as everywhere."""

import json
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from virtuales.errors import VirtualesError
from virtuales.rdf.media import negotiate
from virtuales.web.portal.rendering import Portal
from virtuales.web.portal.visitors import Visitor, find_visitor

_PROBLEM = "application/problem+json"
_PAGE = "text/html"
_FOR_PROGRAMS = ("/api/", "/dsp/", "/oauth/", "/sparql/", "/.well-known/", "/openapi.json", "/events")
Handler = Callable[[Request, Exception], Awaitable[Response]]


def install(app: FastAPI, portal: Portal) -> None:
    """Have the application answer browsers with pages where it answers programs with problem documents."""
    for kind in (VirtualesError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _or_page(app.exception_handlers[kind], portal))


def _or_page(handler: Callable[[Request, Exception], Response | Awaitable[Response]], portal: Portal) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        answer = handler(request, error)
        response = answer if isinstance(answer, Response) else await answer
        if isinstance(error, HTTPException) and "Location" in (error.headers or {}):
            return Response(status_code=error.status_code, headers=dict(error.headers or {}))
        if not _wants_page(request) or response.media_type != _PROBLEM:
            return response
        problem = json.loads(bytes(response.body))
        page = portal.page(
            request, "problem.html", status=response.status_code, problem=problem, visitor=_visitor(request)
        )
        for name in ("www-authenticate", "link", "allow"):
            if name in response.headers:
                page.headers[name] = response.headers[name]
        return page

    return handle


def _wants_page(request: Request) -> bool:
    if request.url.path.startswith(_FOR_PROGRAMS):
        return False
    return negotiate(request.headers.get("accept"), [_PROBLEM, _PAGE]) == _PAGE


def _visitor(request: Request) -> Visitor | None:
    """Return who has signed in, for the head of the page; an error page is shown whatever goes wrong here."""
    try:
        return find_visitor(request, request.app.state.node)
    except VirtualesError:
        return None
