"""Asking another SPARQL endpoint for rows, within limits of time and size and without following it elsewhere."""

import time
from dataclasses import dataclass, field
from threading import BoundedSemaphore

import httpx

from virtuales.errors import Busy, PeerFailure
from virtuales.rdf.media import RESULTS_JSON

_AT_A_TIME = 16
"""How many are asked at a time; each holds up a thread."""


@dataclass(frozen=True)
class ServiceClient:
    """Sends queries to endpoints that the operator named.

    Args:
        http: The HTTP client, which follows no redirections.
        seconds: How long an answer may take.
        answer_bytes: How large it may be.
        places: Shared out among those who ask.
    """

    http: httpx.Client
    seconds: float = 30.0
    answer_bytes: int = 16 << 20
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_AT_A_TIME), repr=False)

    def ask(self, url: str, query: str) -> bytes:
        """Return the rows that an endpoint answers, as JSON.

        Raises:
            PeerFailure: it did not answer, answered with an error or something else, too late or too much.
            Busy: too many services are being asked.
        """
        if not self.places.acquire(blocking=False):
            raise Busy("Too many services are being asked.", where="SERVICE", remedy="Ask again in a moment.")
        try:
            return self._ask(url, query)
        finally:
            self.places.release()

    def _ask(self, url: str, query: str) -> bytes:
        end = time.monotonic() + self.seconds
        headers = {"Content-Type": "application/sparql-query", "Accept": RESULTS_JSON}
        try:
            with self.http.stream(
                "POST", url, content=query.encode(), headers=headers, timeout=self.seconds, follow_redirects=False
            ) as answer:
                self._check(answer, url)
                return self._body(answer, url, end)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PeerFailure(f"The service did not answer: {error}.", where=url) from error

    def _check(self, answer: httpx.Response, url: str) -> None:
        if answer.status_code != httpx.codes.OK:
            raise PeerFailure(f"The service answered {answer.status_code}.", where=url)
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in {RESULTS_JSON, "application/json"}:
            raise PeerFailure(f"The service answered with `{media_type}`.", where=url)

    def _body(self, answer: httpx.Response, url: str, end: float) -> bytes:
        body = bytearray()
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > self.answer_bytes:
                raise PeerFailure(f"The service answers more than {self.answer_bytes:,} bytes.", where=url)
            if time.monotonic() > end:
                raise PeerFailure(f"The service took more than {self.seconds:g} seconds.", where=url)
        return bytes(body)
