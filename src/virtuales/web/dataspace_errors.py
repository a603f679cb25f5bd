"""Errors of the Dataspace Protocol's door: in the form that the protocol has for each of its parts."""

import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from virtuales.contract.dataspace.shapes import new_message
from virtuales.errors import AccessDenied, UnreadableInput, VirtualesError
from virtuales.web.problems import problem_name, respond, status_of

REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": "The protocol's error message, with a code and reasons.",
        "content": {"application/json": {"schema": {"type": "object", "required": ["@context", "@type"]}}},
    }
    for status in ("4XX", "5XX")
}
"""How the door's routes refuse, for its description."""
_PIDS: Final = ("providerPid", "consumerPid")


class DataspaceRoute(APIRoute):
    """A route whose refusals are the protocol's error messages; see `CatalogRoute` and its siblings."""

    error: ClassVar[str]

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with errors in the protocol's form."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError:
                refused: VirtualesError = UnreadableInput("The message is no JSON object.", where="message")
            except VirtualesError as error:
                refused = error
            return refusal(self.error, refused, request, await request.body())

        return handled


class CatalogRoute(DataspaceRoute):
    """A route of the catalogue protocol."""

    error = "CatalogError"


class NegotiationRoute(DataspaceRoute):
    """A route of the contract negotiation protocol."""

    error = "ContractNegotiationError"


class TransferRoute(DataspaceRoute):
    """A route of the transfer process protocol."""

    error = "TransferError"


def refusal(kind: str, error: VirtualesError, request: Request, body: bytes) -> Response:
    """Write an error as a message of the protocol; its first reason is the problem document's sentence.

    It is written in ASCII, since it repeats what was sent, which may hold half of a surrogate pair.
    """
    reasons = list(error.reasons) if isinstance(error, AccessDenied) else []
    document = new_message(kind, code=problem_name(type(error)), reason=[str(error), *reasons])
    if kind != "CatalogError":
        document |= _named(body, request.path_params.get("pid"))
    headers = {key: value for key, value in respond(error, request).headers.items() if key == "www-authenticate"}
    return Response(json.dumps(document), status_code=status_of(error), headers=headers, media_type="application/json")


def _named(body: bytes, asked: str | None) -> dict[str, str]:
    """Return the identifiers that a refused message gave; the one in its address stands for one that it did not."""
    try:
        message = json.loads(body) if body else {}
    except ValueError:
        message = {}
    given = message if isinstance(message, Mapping) else {}
    stand_in = asked or "unknown"
    return {key: value if isinstance(value := given.get(key), str) else stand_in for key in _PIDS}
