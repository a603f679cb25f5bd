"""An endpoint is asked within limits, and not followed elsewhere."""

from collections.abc import Callable, Iterator
from threading import BoundedSemaphore

import httpx
import pytest

from virtuales.errors import Busy, PeerFailure
from virtuales.exchange.service_client import ServiceClient

URL = "http://there.example/sparql"
JSON = {"Content-Type": "application/sparql-results+json"}


def client(answer: Callable[[httpx.Request], httpx.Response], **limits: float) -> ServiceClient:
    transport = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=True)
    return ServiceClient(transport, **limits)  # type: ignore[arg-type]  # the limits are numbers


def test_sends_the_query_without_credentials() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.method == "POST"
        assert request.content == b"SELECT * {}"
        assert not {"authorization", "cookie"} & set(request.headers)
        return httpx.Response(200, content=b"{}", headers=JSON)

    assert client(answer).ask(URL, "SELECT * {}") == b"{}"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx.Response(500), "answered 500"),
        (httpx.Response(307, headers={"Location": "http://127.0.0.1/"}), "answered 307"),
        (httpx.Response(200, content=b"<html>", headers={"Content-Type": "text/html"}), "answered with `text/html`"),
        (httpx.Response(200, content=b"x" * 200, headers=JSON), "more than 100 bytes"),
    ],
)
def test_refuses_what_is_no_answer(answer: httpx.Response, says: str) -> None:
    with pytest.raises(PeerFailure, match=says):
        client(lambda _request: answer, answer_bytes=100).ask(URL, "SELECT * {}")


def test_refuses_what_takes_too_long() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x"

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=endless(), headers=JSON)

    with pytest.raises(PeerFailure, match=r"more than 0\.2 seconds"):
        client(answer, seconds=0.2).ask(URL, "SELECT * {}")


def test_asks_no_more_at_a_time_than_there_are_places() -> None:
    full = ServiceClient(httpx.Client(), places=BoundedSemaphore(1))
    full.places.acquire()
    with pytest.raises(Busy):
        full.ask(URL, "SELECT * {}")
