"""One request to an endpoint, within limits of time and size; every fault of the other side is told apart."""

import time
from base64 import b64encode
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

import httpx

from virtuales.federation.connections import DUE, Due
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
_ALWAYS: Final = {"Accept-Encoding": "gzip, deflate", "User-Agent": "virtuales"}


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


def send(transport: httpx.BaseTransport, endpoint: Endpoint, question: Question, *, due: Due, most_bytes: int) -> Reply:
    """Send a query.

    Args:
        transport: Carries requests.
        endpoint: The endpoint.
        question: What it is asked.
        due: When the answer has to be here.
        most_bytes: How large it may be.

    Raises:
        EndpointFailure: there is no answer that can be used.
    """
    seconds = due.deadline - time.monotonic()
    if seconds <= 0:
        raise EndpointTimedOut("There was no time left to ask the endpoint.", where=endpoint.url)
    try:
        return _exchange(transport, endpoint, question, due, most_bytes)
    except httpx.TimeoutException as error:
        raise EndpointTimedOut(_slow(seconds), where=endpoint.url) from error
    except (httpx.DecodingError, httpx.InvalidURL) as error:
        raise EndpointMalformed(f"The answer cannot be read: {error}.", where=endpoint.url) from error
    except httpx.HTTPError as error:
        raise EndpointDead(f"The endpoint did not answer: {error}.", where=endpoint.url) from error


def _exchange(
    transport: httpx.BaseTransport, endpoint: Endpoint, question: Question, due: Due, most_bytes: int
) -> Reply:
    seconds = due.deadline - time.monotonic()
    body = bytearray()
    response = transport.handle_request(_request(endpoint, question, due))
    with closing(response):
        try:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > most_bytes:
                    raise EndpointTooMuch(f"The answer is larger than {most_bytes:,} bytes.", where=endpoint.url)
                if time.monotonic() > due.deadline:
                    raise EndpointTimedOut(_slow(seconds), where=endpoint.url)
        except (httpx.RemoteProtocolError, httpx.ReadError) as error:
            raise EndpointTruncated(f"The endpoint broke off: {error}.", where=endpoint.url) from error
        return _reply(endpoint, response, question, bytes(body))


def _request(endpoint: Endpoint, question: Question, due: Due) -> httpx.Request:
    url = _url(endpoint.url)
    headers = {"Content-Type": _QUERY_TYPE, "Accept": question.media_type, **_ALWAYS, **endpoint.headers}
    if question.tag is not None:
        headers["If-None-Match"] = question.tag
    if url.userinfo:
        headers.setdefault("Authorization", "Basic " + b64encode(unquote_to_bytes(url.userinfo)).decode())
    return httpx.Request(question.method, url, headers=headers, content=question.query.encode(), extensions={DUE: due})


@lru_cache(maxsize=1024)
def _url(url: str) -> httpx.URL:
    return httpx.URL(url)


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
