"""A limit on what is read into memory of a request; files are streamed, under a limit of their own."""

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from virtuales.errors import TooLarge
from virtuales.web.problems import respond

MAX_BODY_BYTES = 16 << 20
"""The largest body that is read into memory: a message, a query, a form, a shapes graph."""
_STREAMED = re.compile(r"/api/v1/datasets/[^/]+/files/[^/]+|/dsp/2025-1/received/[^/]+/[^/]+")


class BodyLimit:
    """Refuses a body over the limit: by its stated length before anything is read, otherwise as soon as it is over.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or (scope["method"] == "PUT" and _STREAMED.fullmatch(scope["path"])):
            await self._app(scope, receive, send)
            return
        stated = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if stated.isdigit() and int(stated) > MAX_BODY_BYTES:
            await respond(_too_large(), Request(scope))(scope, receive, send)
            return
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                raise HTTPException(413, _too_large().what)
            return message

        await self._app(scope, limited, send)


def _too_large() -> TooLarge:
    return TooLarge(
        f"The body is larger than the {MAX_BODY_BYTES} bytes that are taken here.",
        where="request body",
        remedy="Send data as a file of a dataset.",
    )
