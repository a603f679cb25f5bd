"""An application that has the same three rows for every request: what serving a look-up by uvicorn takes by itself."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

_ROW: Final = {"p": {"type": "uri", "value": "http://example.org/p"}, "o": {"type": "literal", "value": "a" * 40}}
_BODY: Final = json.dumps({"head": {"vars": ["p", "o"]}, "results": {"bindings": [_ROW] * 3}}).encode()
_HEADERS: Final = [
    (b"content-type", b"application/sparql-results+json"),
    (b"content-length", str(len(_BODY)).encode()),
]
Message = dict[str, Any]


async def app(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Take a request, and send the rows."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _BODY})
