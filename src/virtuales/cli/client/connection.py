"""A client's connection to nodes: a token for each node, fetched when it is first needed and kept in memory alone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import quote

import httpx

from virtuales.cli.client.problems import error_from
from virtuales.cli.client.profile import Profile, find_profile, get_profile, node_url
from virtuales.cli.client.proofs import prove
from virtuales.errors import InputError, PeerFailure

_SECONDS = 60.0
_CONNECT_SECONDS = 10.0
PATIENT = httpx.Timeout(_SECONDS, connect=_CONNECT_SECONDS, read=None)
"""For what may take long by its nature; the person at the terminal can interrupt it."""
_BRISK = httpx.Timeout(_SECONDS, connect=_CONNECT_SECONDS)


class Connection:
    """Speaks to nodes for one profile, or for nobody.

    Args:
        profile: Who asks; None asks without a token and sees what is public.
        http: The HTTP client.
    """

    def __init__(self, profile: Profile | None, http: httpx.Client) -> None:
        self.profile = profile
        self._http = http
        self._tokens: dict[str, str] = {}

    @property
    def home(self) -> str:
        """Base URL of the organisation's own node.

        Raises:
            InputError: there is no profile to say which node that is.
        """
        if self.profile is None:
            raise InputError("Nobody is logged in.", where="--profile", remedy="Run `virtuales login` first.")
        return self.profile.node

    @property
    def orchestrator(self) -> str:
        """Base URL of the orchestrator that the profile is registered with.

        Raises:
            InputError: there is no profile to say which node that is.
        """
        if self.profile is None:
            raise InputError("Nobody is logged in.", where="--profile", remedy="Run `virtuales login` first.")
        return self.profile.orchestrator

    def node(self, given: str | None) -> str:
        """Return the node to ask: the one that was named, or else the organisation's own."""
        return given.rstrip("/") if given else self.home

    def get(self, node: str, path: str, *, params: Mapping[str, str | int | list[str] | None] | None = None) -> Any:  # noqa: ANN401  # JSON
        """Return the JSON that a node answers; parameters that are None are left out."""
        given = {name: value for name, value in (params or {}).items() if value is not None}
        return _json(self.send("GET", node, path, params=given))

    def post(self, node: str, path: str, body: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401  # JSON
        """Send a JSON document to a node and return the JSON it answers."""
        return _json(self.send("POST", node, path, json=body, timeout=PATIENT))

    def put(self, node: str, path: str, content: IO[bytes], *, params: Mapping[str, str | None] | None = None) -> Any:  # noqa: ANN401  # JSON
        """Send a file's bytes to a node and return the JSON it answers; parameters that are None are left out."""
        given = {name: value for name, value in (params or {}).items() if value is not None}
        headers = {"Content-Type": "application/octet-stream"}
        return _json(self.send("PUT", node, path, content=content, headers=headers, params=given, timeout=PATIENT))

    def delete(self, node: str, path: str) -> Any:  # noqa: ANN401  # JSON
        """Have a node remove something and return the JSON it answers, or None where it answers nothing (204)."""
        answer = self.send("DELETE", node, path)
        return _json(answer) if answer.content else None

    def send(self, method: str, node: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401  # httpx's own
        """Send a request with the token for that node.

        Raises:
            VirtualesError: the one that the node's problem document tells of.
            PeerFailure: the node does not answer, or not in HTTP as expected.
        """
        with self.stream(method, node, path, **options) as response:
            with _reached(node):
                response.read()
            return response

    @contextmanager
    def stream(self, method: str, node: str, path: str, **options: Any) -> Iterator[httpx.Response]:  # noqa: ANN401  # httpx's own
        """Send a request and give the answer while it arrives; errors as for `send`."""
        headers = {"Accept": "application/json", **options.pop("headers", {})}
        with _reached(node):
            request = self._http.build_request(
                method, node + path, headers=headers, timeout=options.pop("timeout", _BRISK), **options
            )
        request.headers.update(self._authorization(node, request))
        with _reached(node):
            response = self._http.send(request, stream=True)
        try:
            if not response.is_success:
                with _reached(node):
                    response.read()
                raise error_from(response)
            yield response
        finally:
            response.close()

    def token(self, node: str) -> dict[str, Any]:
        """Return a new token for a node, as the orchestrator's token endpoint answers (RFC 6749, RFC 8707).

        Raises:
            Unauthenticated: the credentials are wrong, or the organisation is not approved.
        """
        profile = self.profile
        if profile is None:
            raise InputError("Nobody is logged in.", remedy="Run `virtuales login` first.")
        form = {"grant_type": "client_credentials", "resource": node}
        credentials = {"client_id": profile.client_id, "client_secret": profile.client_secret}
        with _reached(profile.orchestrator):
            url = f"{profile.orchestrator}/oauth/token"
            headers = {"DPoP": prove(profile.proof_key, "POST", url)} if profile.proof_key else {}
            response = self._http.post(url, data=form | credentials, headers=headers, timeout=_BRISK)
        if not response.is_success:
            raise error_from(response)
        answer = _json(response)
        if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
            raise PeerFailure("The orchestrator's answer holds no token.", where=str(response.url))
        return answer

    def _authorization(self, node: str, request: httpx.Request) -> dict[str, str]:
        """Return the headers that show the token for a node, with a proof for this request where it is bound."""
        if self.profile is None:
            return {}
        if node not in self._tokens:
            self._tokens[node] = self.token(node)["access_token"]
        token, key = self._tokens[node], self.profile.proof_key
        if key is None:
            return {"Authorization": f"Bearer {token}"}
        return {"Authorization": f"DPoP {token}", "DPoP": prove(key, request.method, str(request.url), token=token)}


@contextmanager
def connect(profile: str) -> Iterator[Connection]:
    """Open a connection for a profile, by its name; it has to exist."""
    with httpx.Client() as http:
        yield Connection(get_profile(profile), http)


@contextmanager
def connect_if_known(profile: str) -> Iterator[Connection]:
    """Open a connection for a profile, or for nobody when there is no profile of that name."""
    with httpx.Client() as http:
        yield Connection(find_profile(profile), http)


@contextmanager
def connect_openly() -> Iterator[Connection]:
    """Open a connection for nobody: no token is sent."""
    with httpx.Client() as http:
        yield Connection(None, http)


def catalogue_node(connection: Connection, given: str | None) -> str:
    """Return the node whose catalogue is asked: the one that was named, or else the profile's orchestrator.

    Raises:
        InputError: neither is known.
    """
    if given:
        return node_url(given, where="--node")
    if connection.profile is None:
        raise InputError(
            "No node is named.", where="--node", remedy="Give `--node URL`, or run `virtuales login` first."
        )
    return connection.profile.orchestrator


def path_of(*parts: str | int) -> str:
    """Join the parts of an API path, each escaped.

    >>> path_of("datasets", "vale", "files", "a/b.zip")
    '/api/v1/datasets/vale/files/a%2Fb.zip'
    """
    return "/api/v1/" + "/".join(quote(str(part), safe="") for part in parts)


@contextmanager
def _reached(node: str) -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PeerFailure(
            f"The node at {node} does not answer: {error}.",
            where=node,
            remedy="Check the address and that the node is running, then try again.",
        ) from error


def _json(response: httpx.Response) -> Any:  # noqa: ANN401  # JSON
    try:
        return response.json()
    except ValueError as error:
        raise PeerFailure(
            "The answer is no JSON, so this is no node, or one of another kind.", where=str(response.url)
        ) from error
