"""Answers to queries on their way out: small ones whole, large ones while they are still being made.

An answer that cannot be made to its end, after some of it was sent, is cut: the connection is closed without the mark
that ends a body, so that no client takes what came for the whole. So is one that may no longer be given, whether or not
anybody takes what was sent.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import anyio
from fastapi import Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from virtuales.errors import VirtualesError
from virtuales.query.streams import AnswerStream, UnchangedAnswer, WatchedAnswer, WholeAnswer

_LOG = logging.getLogger(__name__)
_THREADS = 128
"""More than queries can be answered and wait at a time, so that those who wait hold up nothing else of the node."""
_LOOK_SECONDS = 0.25
"""How often it is looked at whether an answer may still be given."""
Made = TypeVar("Made")


class AnswerResponse(Response):
    """The answer to a query.

    Args:
        answer: The answer.
        headers: What else to say of it.
        limiter: The threads in which the answer is waited for.
    """

    def __init__(self, answer: AnswerStream, headers: dict[str, str], limiter: anyio.CapacityLimiter) -> None:
        stated = {} if answer.size is None else {"content-length": str(answer.size)}
        super().__init__(headers={**headers, **stated}, media_type=answer.media_type)
        if answer.size is None:
            del self.headers["content-length"]
        self.answer = answer
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer, and stop making it when the client goes."""
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
                return
            async with anyio.create_task_group() as group:
                group.start_soon(self._listen, receive)
                if isinstance(self.answer, WatchedAnswer):
                    group.start_soon(self._watch, self.answer, group.cancel_scope)
                await self._send(send, group.cancel_scope)
        finally:
            self.answer.close()

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.answer.close()

    async def _watch(self, answer: WatchedAnswer, scope: anyio.CancelScope) -> None:
        """End the sending, also to somebody who takes nothing, once the answer may no longer be given."""
        error: VirtualesError | None = None
        while error is None:
            await anyio.sleep(_LOOK_SECONDS)
            error = await anyio.to_thread.run_sync(answer.refusal)
        _LOG.warning("an answer was cut: %s", error)
        answer.close()
        scope.cancel()

    async def _send(self, send: Send, scope: anyio.CancelScope) -> None:
        pieces = self.answer.pieces()
        try:
            while piece := await anyio.to_thread.run_sync(_next, pieces, limiter=self._limiter):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except VirtualesError as error:
            _LOG.warning("an answer was cut: %s", error)
        except OSError:
            _LOG.info("an answer was not taken to its end")
        scope.cancel()


def _next(pieces: Iterator[bytes]) -> bytes:
    return next(pieces, b"")


async def in_query_threads(request: Request, made: Callable[[], Made]) -> Made:
    """Do what waits for queries in threads of its own."""
    return await anyio.to_thread.run_sync(made, limiter=_limiter(request))


def answered(request: Request, answer: AnswerStream, said: Mapping[str, str] = MappingProxyType({})) -> Response:
    """Send the answer to a query, which depends on who asks.

    To a client of HTTP/1.0, to which a cut answer would look whole, it is sent when it is whole.

    Args:
        request: The request.
        answer: The answer.
        said: Further headers.
    """
    if isinstance(answer, WholeAnswer):  # nothing is left to wait for, so no thread is needed to send it
        return Response(answer.body, headers={**_stated(answer), **said}, media_type=answer.media_type)
    if request.scope.get("http_version") == "1.0":
        try:
            answer.complete()
        except VirtualesError:
            answer.close()
            raise
    return AnswerResponse(answer, {**_stated(answer), **said}, _limiter(request))


def delivered(request: Request, answer: AnswerStream, headers: Mapping[str, str]) -> Response:
    """Send a file, whose length is stated, so that a client can tell a part from the whole."""
    return AnswerResponse(answer, dict(headers), _limiter(request))


def unchanged(answer: UnchangedAnswer) -> Response:
    """Tell a client that what it has kept is still the answer."""
    return Response(status_code=304, headers=_stated(answer))


def _stated(answer: AnswerStream) -> dict[str, str]:
    tagged = {} if answer.tag is None else {"ETag": answer.tag}
    return {"Vary": "Accept, Authorization", "Cache-Control": "private, no-cache", **tagged}


def _limiter(request: Request) -> anyio.CapacityLimiter:
    state: Any = request.app.state
    if not hasattr(state, "query_threads"):
        state.query_threads = anyio.CapacityLimiter(_THREADS)
    limiter: anyio.CapacityLimiter = state.query_threads
    return limiter
