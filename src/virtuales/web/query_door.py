"""A short way to the queries over dataset versions, past the framework's routes and dependencies.

A look-up of a few rows takes less processor time than the framework needs to find out who answers it. The routes in
`virtuales.web.api.data` describe the same endpoints, and answer what has an unusual form: what is said here in few
words, they say in the framework's.
"""

import re
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from virtuales.errors import VirtualesError
from virtuales.node import Node
from virtuales.web import problems
from virtuales.web.api.data import answer_query
from virtuales.web.dependencies import find_asker
from virtuales.web.sparql_protocol import QUERY_METHOD

_PATH: Final = re.compile(r"/sparql/dataset/([^/]+)/version/([1-9][0-9]{0,8})")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", QUERY_METHOD})


class QueryDoor:
    """Answers queries over dataset versions, and leaves everything else to an application.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        found = None
        if scope["type"] == "http" and scope["method"] in _METHODS:
            found = _PATH.fullmatch(scope["path"])
        if found is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await _answer(request, found[1], int(found[2]))
        except (VirtualesError, HTTPException) as error:
            response = problems.answer(error, request)
        await response(scope, receive, send)


async def _answer(request: Request, slug: str, number: int) -> Response:
    node: Node = request.app.state.node
    asker = await find_asker(request, node, request.headers.get("authorization"))
    return await answer_query(request, node.workspace, asker, slug, number)
