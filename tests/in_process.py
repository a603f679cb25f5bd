"""A node's web application asked within the test's own process, by the HTTP client that tests use elsewhere."""

import asyncio
from typing import Any

import httpx


class InProcess(httpx.BaseTransport):
    """Hands requests to an ASGI application; background tasks are done when the answer is there.

    Args:
        app: The application; its life span is the caller's business.
    """

    def __init__(self, app: Any) -> None:  # noqa: ANN401 - any ASGI application
        self.app = app
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=True)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        return asyncio.run(self._handle(request.method, request.url, request.headers, request.read()))

    async def _handle(self, method: str, url: httpx.URL, headers: httpx.Headers, content: bytes) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._inner) as client:
            answer = await client.request(method, url, headers=headers, content=content)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def browser_of(app: Any, base_url: str, **options: Any) -> httpx.Client:  # noqa: ANN401 - as above; httpx's own
    """Return a client that asks an application for pages, keeps cookies and follows nothing by itself."""
    headers = {"Accept": "text/html", **options.pop("headers", {})}
    return httpx.Client(transport=InProcess(app), base_url=base_url, headers=headers, **options)
