"""Whether somebody still waits for an answer: a closed browser window stops its query."""

from collections.abc import Callable

from anyio import from_thread
from fastapi import Request


def gone(request: Request) -> Callable[[], bool]:
    """Return what tells, in the thread that answers a request, whether the client has closed the connection."""
    return lambda: from_thread.run(request.is_disconnected)
