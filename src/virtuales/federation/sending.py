"""One request to an endpoint, within limits of time and size; every fault of the other side is told apart."""

import time
from dataclasses import dataclass
from threading import Event
from typing import Final

import httpx

from virtuales.federation.deadlines import due
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
_QUERY_TYPE: Final = "application/sparql-query"
_MAX_ROWS: Final = "X-SPARQL-MaxRows"
"""The header with which Virtuoso says that it gives no more rows than so many."""


@dataclass(frozen=True)
class Question:
    """What an endpoint is asked.

    Args:
        query: The query.
        media_type: The media type that the answer has to have.
        method: The method by which it is asked: POST, or QUERY where the endpoint takes that.
        tag: The entity tag of an answer that is here already; None where there is none.
    """

    query: str
    media_type: str
    method: str = "POST"
    tag: str | None = None


@dataclass(frozen=True)
class Reply:
    """What an endpoint answered.

    Args:
        body: The answer; nothing where the one that is here already is still right.
        max_rows: The number of rows after which the endpoint says that it cuts its answers; None where it says nothing.
        tag: The answer's entity tag, in quotes; None where it has none.
        takes_query: Whether the endpoint says that it can be asked by QUERY.
        unchanged: Whether the answer that is here already is still right.
    """

    body: bytes
    max_rows: int | None = None
    tag: str | None = None
    takes_query: bool = False
    unchanged: bool = False


def send(
    client: httpx.Client, endpoint: Endpoint, question: Question, *, deadline: float, ended: Event, most_bytes: int
) -> Reply:
    """Send a query.

    Args:
        client: The HTTP client.
        endpoint: The endpoint.
        question: What it is asked.
        deadline: When the answer has to be here, by the monotonic clock.
        ended: Set when nobody waits for it any longer.
        most_bytes: How large it may be.

    Raises:
        EndpointFailure: there is no answer that can be used.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise EndpointTimedOut("There was no time left to ask the endpoint.", where=endpoint.url)
    try:
        with due(deadline, ended):
            return _exchange(client, endpoint, question, (deadline, most_bytes))
    except httpx.TimeoutException as error:
        raise EndpointTimedOut(_slow(seconds), where=endpoint.url) from error
    except (httpx.DecodingError, httpx.InvalidURL) as error:
        raise EndpointMalformed(f"The answer cannot be read: {error}.", where=endpoint.url) from error
    except httpx.HTTPError as error:
        raise EndpointDead(f"The endpoint did not answer: {error}.", where=endpoint.url) from error


def _exchange(client: httpx.Client, endpoint: Endpoint, question: Question, limits: tuple[float, int]) -> Reply:
    deadline, most_bytes = limits
    headers = {"Content-Type": _QUERY_TYPE, "Accept": question.media_type, **endpoint.headers}
    if question.tag is not None:
        headers["If-None-Match"] = question.tag
    seconds = max(0.001, deadline - time.monotonic())
    body = bytearray()
    content, timeout = question.query.encode(), httpx.Timeout(seconds)
    with client.stream(question.method, endpoint.url, content=content, headers=headers, timeout=timeout) as response:
        try:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > most_bytes:
                    raise EndpointTooMuch(f"The answer is larger than {most_bytes:,} bytes.", where=endpoint.url)
                if time.monotonic() > deadline:
                    raise EndpointTimedOut(_slow(seconds), where=endpoint.url)
        except (httpx.RemoteProtocolError, httpx.ReadError) as error:
            raise EndpointTruncated(f"The endpoint broke off: {error}.", where=endpoint.url) from error
        return _reply(endpoint, response, question, bytes(body))


def _reply(endpoint: Endpoint, response: httpx.Response, question: Question, body: bytes) -> Reply:
    said = response.headers
    takes_query = _QUERY_TYPE in said.get("accept-query", "")
    if question.tag is not None and response.status_code == httpx.codes.NOT_MODIFIED:
        return Reply(b"", tag=question.tag, takes_query=takes_query, unchanged=True)
    failure = _failure(endpoint, response, body[:_EXCERPT], question.media_type)
    if failure is not None:
        raise failure
    cut, tag = said.get(_MAX_ROWS, ""), said.get("etag", "")
    whole = tag if tag.startswith('"') and "no-store" not in said.get("cache-control", "") else None
    return Reply(body, int(cut) if cut.isdecimal() else None, whole, takes_query)


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
