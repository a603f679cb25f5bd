"""Requests to endpoints: sent within limits of time and size, with every fault of the other side told apart."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from virtuales.federation.account import Account
from virtuales.federation.endpoint import (
    Endpoint,
    EndpointDead,
    EndpointFailure,
    EndpointMalformed,
    EndpointRefused,
    EndpointTimedOut,
    EndpointTooMuch,
    EndpointTruncated,
)
from virtuales.federation.options import Options
from virtuales.rdf.media import N_TRIPLES, RESULTS_TSV

_CHUNK = 1 << 16
_EXCERPT = 200


@dataclass(frozen=True)
class Asking:
    """Asks endpoints on behalf of one query.

    Args:
        endpoints: The endpoints; elsewhere they are called by their place here.
        client: The HTTP client.
        options: What an answer may take.
        account: Where requests are noted.
        deadline: When the query has to be done, by the monotonic clock.
    """

    endpoints: Sequence[Endpoint]
    client: httpx.Client
    options: Options
    account: Account
    deadline: float

    def triples(self, number: int, construct: str) -> bytes:
        """Ask an endpoint for triples, as N-Triples.

        Raises:
            EndpointFailure: there is no answer that can be used.
        """
        return self._ask(number, construct, N_TRIPLES)

    def rows(self, number: int, select: str) -> list[list[str]]:
        """Ask an endpoint for solutions: for each its terms as SPARQL writes them, empty where there is none.

        Raises:
            EndpointFailure: there is no answer that can be used.
        """
        lines = self._ask(number, select, RESULTS_TSV).decode("utf-8", "replace").split("\n")
        if not lines[0].startswith("?"):
            raise EndpointMalformed("The endpoint's answer is no table of solutions.", where=self.endpoints[number].url)
        return [line.rstrip("\r").split("\t") for line in lines[1:] if line]

    @property
    def remaining(self) -> float:
        """How many seconds are left."""
        return self.deadline - time.monotonic()

    def _ask(self, number: int, query: str, media_type: str) -> bytes:
        endpoint = self.endpoints[number]
        start = time.monotonic()
        allowed = min(self.options.endpoint_seconds, self.remaining)
        if allowed <= 0:
            raise EndpointTimedOut("There was no time left to ask the endpoint.", where=endpoint.url)
        self.account.sent(number)
        try:
            body = self._exchange(endpoint, query, media_type, start + allowed)
        except httpx.TimeoutException as error:
            raise _too_slow(endpoint, allowed) from error
        except httpx.RemoteProtocolError as error:
            raise EndpointTruncated(f"The endpoint broke off: {error}.", where=endpoint.url) from error
        except (httpx.DecodingError, httpx.InvalidURL) as error:
            raise EndpointMalformed(f"The answer cannot be read: {error}.", where=endpoint.url) from error
        except httpx.HTTPError as error:
            raise EndpointDead(f"The endpoint did not answer: {error}.", where=endpoint.url) from error
        self.account.received(number, size=len(body), seconds=time.monotonic() - start)
        return body

    def _exchange(self, endpoint: Endpoint, query: str, media_type: str, deadline: float) -> bytes:
        headers = {"Content-Type": "application/sparql-query", "Accept": media_type, **endpoint.headers}
        timeout = httpx.Timeout(max(0.001, deadline - time.monotonic()))
        body = bytearray()
        with self.client.stream(
            "POST", endpoint.url, content=query.encode(), headers=headers, timeout=timeout
        ) as response:
            for chunk in response.iter_bytes(_CHUNK):
                body += chunk
                if len(body) > self.options.answer_bytes:
                    limit = f"{self.options.answer_bytes:,}"
                    raise EndpointTooMuch(f"The answer is larger than {limit} bytes.", where=endpoint.url)
                if time.monotonic() > deadline:
                    raise _too_slow(endpoint, self.options.endpoint_seconds)
            _check(endpoint, response, bytes(body[:_EXCERPT]), media_type)
        return bytes(body)


def _too_slow(endpoint: Endpoint, seconds: float) -> EndpointTimedOut:
    return EndpointTimedOut(f"The endpoint took longer than {seconds:.3g} seconds.", where=endpoint.url)


def _check(endpoint: Endpoint, response: httpx.Response, beginning: bytes, media_type: str) -> None:
    """Refuse an answer that says itself that it is not what was asked for."""
    failure: EndpointFailure | None = None
    given = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not response.is_success:
        said = " ".join(beginning.decode("utf-8", "replace").split())
        failure = EndpointRefused(f"The endpoint answered {response.status_code}: {said}", where=endpoint.url)
    elif given != media_type:
        failure = EndpointMalformed(f"The endpoint answered with `{given}`.", where=endpoint.url)
    if failure:
        raise failure
