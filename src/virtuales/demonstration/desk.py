"""A person's desk in the demonstration: asks nodes over HTTP with a client's credentials, as any program would."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from virtuales.errors import PeerFailure


class Desk:
    """Asks nodes with the tokens of one client, each fetched once.

    Args:
        http: The HTTP client.
        orchestrator: Base URL of the orchestrator, which issues the tokens.
        client_id: The client.
        client_secret: Its secret.
    """

    def __init__(self, http: httpx.Client, orchestrator: str, *, client_id: str, client_secret: str) -> None:
        self._http = http
        self._orchestrator = orchestrator
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._tokens: dict[str, str] = {}

    def get(self, node: str, path: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401  # JSON
        """Return the JSON that a node answers."""
        return answer(self._http, "GET", node + path, params=params, headers=self._headers(node))

    def sees(self, node: str, path: str, params: Mapping[str, str]) -> bool:
        """Tell whether a node has what is asked for, and shows it to this client."""
        try:
            response = self._http.get(node + path, params=params, headers=self._headers(node))
        except httpx.HTTPError as error:
            raise PeerFailure(f"The node did not answer: {error}.", where=f"GET {node}{path}") from error
        return response.is_success

    def post(self, node: str, path: str, body: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401  # JSON
        """Send a JSON document and return the JSON that the node answers."""
        return answer(self._http, "POST", node + path, json=body, headers=self._headers(node))

    def delete(self, node: str, path: str) -> Any:  # noqa: ANN401  # JSON
        """Have a node remove something and return the JSON that it answers."""
        return answer(self._http, "DELETE", node + path, headers=self._headers(node))

    def put_file(self, node: str, path: str, file: Path) -> Any:  # noqa: ANN401  # JSON
        """Send a file's bytes and return the JSON that the node answers."""
        with file.open("rb") as content:
            return answer(self._http, "PUT", node + path, content=content, headers=self._headers(node))

    def _headers(self, node: str) -> dict[str, str]:
        if node not in self._tokens:
            form = {"grant_type": "client_credentials", "resource": node, **self._client}
            found = answer(self._http, "POST", f"{self._orchestrator}/oauth/token", data=form)
            self._tokens[node] = found["access_token"]
        return {"Authorization": f"Bearer {self._tokens[node]}"}


def answer(http: httpx.Client, method: str, url: str, **options: Any) -> Any:  # noqa: ANN401  # httpx's options, JSON
    """Return the JSON that an address answers.

    Raises:
        PeerFailure: it does not answer, or answers with a refusal, which is quoted.
    """
    try:
        response = http.request(method, url, **options)
        found = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise PeerFailure(f"The node did not answer as it should: {error}.", where=f"{method} {url}") from error
    if response.is_success:
        return found
    said = found.get("title") or found.get("error_description") or response.reason_phrase
    raise PeerFailure(
        f"The node answered {response.status_code}: {said}", where=f"{method} {url}", remedy=found.get("remedy")
    )
