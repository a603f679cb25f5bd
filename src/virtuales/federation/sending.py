"""One request to an endpoint, within limits of time and size; every fault of the other side is told apart."""

import time
from typing import Final

import httpx

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

_EXCERPT: Final = 200
_MAX_ROWS: Final = "X-SPARQL-MaxRows"
"""The header with which Virtuoso says that it gives no more rows than so many."""


class Reply:
    """What an endpoint answered.

    Args:
        body: The answer.
        max_rows: The number of rows after which the endpoint says that it cuts its answers; None where it says nothing.
    """

    def __init__(self, body: bytes, max_rows: int | None = None) -> None:
        self.body = body
        self.max_rows = max_rows


def send(  # what is sent, and its two limits
    client: httpx.Client, endpoint: Endpoint, *, query: str, media_type: str, deadline: float, most_bytes: int
) -> Reply:
    """Send a query.

    Args:
        client: The HTTP client.
        endpoint: The endpoint.
        query: The query.
        media_type: The media type that the answer has to have.
        deadline: When the answer has to be here, by the monotonic clock.
        most_bytes: How large it may be.

    Raises:
        EndpointFailure: there is no answer that can be used.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise EndpointTimedOut("There was no time left to ask the endpoint.", where=endpoint.url)
    try:
        return _exchange(client, endpoint, query, media_type, (deadline, most_bytes))
    except httpx.TimeoutException as error:
        raise EndpointTimedOut(_slow(seconds), where=endpoint.url) from error
    except httpx.RemoteProtocolError as error:
        raise EndpointTruncated(f"The endpoint broke off: {error}.", where=endpoint.url) from error
    except (httpx.DecodingError, httpx.InvalidURL) as error:
        raise EndpointMalformed(f"The answer cannot be read: {error}.", where=endpoint.url) from error
    except httpx.HTTPError as error:
        raise EndpointDead(f"The endpoint did not answer: {error}.", where=endpoint.url) from error


def _exchange(
    client: httpx.Client, endpoint: Endpoint, query: str, media_type: str, limits: tuple[float, int]
) -> Reply:
    deadline, most_bytes = limits
    headers = {"Content-Type": "application/sparql-query", "Accept": media_type, **endpoint.headers}
    seconds = max(0.001, deadline - time.monotonic())
    body = bytearray()
    with client.stream(
        "POST", endpoint.url, content=query.encode(), headers=headers, timeout=httpx.Timeout(seconds)
    ) as response:
        for chunk in response.iter_bytes():  # as they come: gathered to a size, a slow trickle would never be looked at
            body += chunk
            if len(body) > most_bytes:
                raise EndpointTooMuch(f"The answer is larger than {most_bytes:,} bytes.", where=endpoint.url)
            if time.monotonic() > deadline:
                raise EndpointTimedOut(_slow(seconds), where=endpoint.url)
        failure = _failure(endpoint, response, bytes(body[:_EXCERPT]), media_type)
        if failure is not None:
            raise failure
        cut = response.headers.get(_MAX_ROWS, "")
    return Reply(bytes(body), int(cut) if cut.isdecimal() else None)


def _slow(seconds: float) -> str:
    return f"The endpoint took longer than {seconds:.3g} seconds."


def _failure(endpoint: Endpoint, response: httpx.Response, beginning: bytes, media_type: str) -> EndpointFailure | None:
    """Return what is wrong with an answer that says itself that it is not what was asked for."""
    given = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not response.is_success:
        said = " ".join(beginning.decode("utf-8", "replace").split())
        wait = response.headers.get("retry-after", "")
        return EndpointRefused(
            f"The endpoint answered {response.status_code}: {said}",
            where=endpoint.url,
            code=response.status_code,
            wait=float(wait) if wait.isdecimal() else None,
        )
    if given != media_type:
        return EndpointMalformed(f"The endpoint answered with `{given}`.", where=endpoint.url)
    return None
