"""Messages to other nodes: JSON over HTTP in an organisation's name, with clear errors when they fail."""

import time
from collections.abc import Iterator, Mapping
from typing import Protocol, cast

import httpx

from virtuales.errors import AccessDenied, Conflict, NotFound, PeerFailure, Unauthenticated

_LARGEST_ANSWER = 8_000_000
"""Bytes of a document that a node sends when it is asked in passing."""


class TokenSource(Protocol):
    """Gives tokens for addressing other nodes."""

    def token(self, organisation: str, resource: str) -> str:
        """Return a token with which `organisation` may address the node at `resource`."""
        ...


class Peers:
    """The other nodes, as one organisation or another addresses them.

    Args:
        client: The HTTP client.
        tokens: Where access tokens come from.
    """

    def __init__(self, client: httpx.Client, tokens: TokenSource) -> None:
        self._client = client
        self._tokens = tokens

    def token(self, organisation: str, resource: str) -> str:
        """Return a token with which an organisation may address a node.

        Raises:
            PeerFailure: the orchestrator is away or refused, and no token is held.
        """
        return self._tokens.token(organisation, resource)

    def post(self, node: str, path: str, message: Mapping[str, object], *, organisation: str) -> dict[str, object]:
        """Send a JSON message to a node in the name of an organisation and return its answer.

        Raises:
            PeerFailure: the node did not answer, or answered with what is no JSON object.
            AccessDenied, Conflict, NotFound, Unauthenticated: what the node answered.
        """
        return self._exchange("POST", node, path, organisation=organisation, message=message)

    def get(self, node: str, path: str, *, organisation: str) -> dict[str, object]:
        """Ask a node for a JSON document in the name of an organisation; errors as for `post`."""
        return self._exchange("GET", node, path, organisation=organisation, message=None)

    def ask(self, node: str, path: str, *, token: str | None, seconds: float) -> dict[str, object]:
        """Ask a node for a JSON document in the name of whoever a token is for, or of nobody; errors as for `post`.

        Args:
            node: Base URL of the node.
            path: What to ask for, with its query.
            token: The token; None asks for what is public.
            seconds: How long the answer may take, from now until its last byte.

        Raises:
            PeerFailure: also when the answer is late, or larger than 8 MB.
        """
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        url, end, body = node + path, time.monotonic() + seconds, bytearray()
        try:
            with self._client.stream("GET", url, headers=headers, timeout=seconds) as response:
                for part in response.iter_bytes():
                    body += part
                    if time.monotonic() > end or len(body) > _LARGEST_ANSWER:
                        raise PeerFailure("The node's answer is too late or too large.", where=url)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            what = f"The node did not answer: {str(error) or type(error).__name__}."
            raise PeerFailure(what, where=url, remedy="Try again when the node is back.") from error
        read = httpx.Response(response.status_code, content=bytes(body), request=response.request)
        document = _document(read)
        if read.is_success:
            return document
        raise _failure(read.status_code, document, url)

    def put(self, url: str, body: Iterator[bytes], headers: Mapping[str, str], *, token: str) -> httpx.Response:
        """Put bytes at an address of a node; redirections are not followed.

        Args:
            url: The address.
            body: The bytes.
            headers: What is said of them.
            token: The bearer token that opens the address.

        Raises:
            PeerFailure: the node did not answer.
        """
        said = {**headers, "Authorization": f"Bearer {token}"}
        try:
            return self._client.put(url, content=body, headers=said, follow_redirects=False)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PeerFailure(f"The node did not answer: {error}.", where=url) from error

    def _exchange(
        self, method: str, node: str, path: str, *, organisation: str, message: Mapping[str, object] | None
    ) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {self._tokens.token(organisation, node)}", "Accept": "application/json"}
        url = node + path
        try:
            response = self._client.request(method, url, json=message, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PeerFailure(
                f"The node did not answer: {error}.", where=url, remedy="Try again when the node is back."
            ) from error
        document = _document(response)
        if response.is_success:
            return document
        raise _failure(response.status_code, document, url)


def _document(response: httpx.Response) -> dict[str, object]:
    if not response.content:
        return {}
    try:
        document = response.json()
    except ValueError as error:
        raise PeerFailure(
            f"The node answered {response.status_code} with what is no JSON.", where=str(response.url)
        ) from error
    return cast("dict[str, object]", document) if isinstance(document, dict) else {"value": document}


def _failure(status: int, problem: Mapping[str, object], url: str) -> Exception:
    said = problem.get("reason")
    told = said[0] if isinstance(said, list) and said else None
    what = f"The other node answered: {problem.get('title') or problem.get('detail') or told or status}"
    remedy = str(problem["remedy"]) if problem.get("remedy") else None
    if status == httpx.codes.UNAUTHORIZED:
        return Unauthenticated(what, where=url, remedy=remedy)
    if status == httpx.codes.FORBIDDEN:
        reasons = problem.get("reasons")
        texts = [str(reason) for reason in reasons] if isinstance(reasons, list) and reasons else [what]
        return AccessDenied(what, reasons=texts, where=url, remedy=remedy)
    if status == httpx.codes.NOT_FOUND:
        return NotFound(what, where=url, remedy=remedy)
    if status in {httpx.codes.CONFLICT, httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY}:
        return Conflict(what, where=url, remedy=remedy)
    return PeerFailure(what, where=url, remedy=remedy)
