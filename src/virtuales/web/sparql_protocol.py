"""The SPARQL 1.1 Protocol: what requests bring, and how the endpoints of queries are described in OpenAPI.

Specification: https://www.w3.org/TR/sparql11-protocol/#query-operation.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.responses import Response

from virtuales.errors import NotAcceptable, UnreadableInput, UnsupportedForm
from virtuales.query.protocol import QueryRequest, RdfDataset
from virtuales.query.streams import AnswerStream, UnchangedAnswer
from virtuales.rdf.io import serialize_quads
from virtuales.rdf.media import GRAPH_FORMATS, RESULT_FORMATS, negotiate
from virtuales.rdf.terms import Quad
from virtuales.trust.tokens import Principal
from virtuales.web.answers import answered, in_query_threads, unchanged
from virtuales.web.conditional import kept
from virtuales.web.prefixes import PREFIXES
from virtuales.web.waiting import gone

QUERY_TYPE: Final = "application/sparql-query"
FORM_TYPE: Final = "application/x-www-form-urlencoded"
QUERY_METHOD: Final = "QUERY"
"""Like POST, but safe: what comes back can be kept and asked for again under its entity tag.

See https://datatracker.ietf.org/doc/draft-ietf-httpbis-safe-method-w-body/.
"""
_WITH_BODY: Final = frozenset({"POST", QUERY_METHOD})
Parameters = Sequence[tuple[str, str]]

ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer, in the form that `Accept` asks for; without a query what the endpoint offers.",
        "content": {name: {} for name in (*RESULT_FORMATS, *GRAPH_FORMATS)},
    },
    **{
        status: {"description": meaning, "content": {"application/problem+json": {}}}
        for status, meaning in (
            (400, "The request is none of the protocol, or the query is not valid."),
            (406, "The answer is not given in a form that `Accept` names; `alternates` are named."),
            (422, "The query may not be asked, or takes more than it may."),
            (429, "Too many queries of this asker, or of all, wait already."),
        )
    },
}
"""What a SPARQL endpoint answers, for its description."""

_GRAPHS: Final = (
    ("default-graph-uri", "IRI of a graph for the default graph; it can be given again, and they are merged."),
    ("named-graph-uri", "IRI of a graph that the query can name; it can be given again."),
)
_IRIS: Final = {"type": "array", "items": {"type": "string", "format": "iri"}}
_QUERY_FIELD: Final = {"type": "string", "description": "A SPARQL 1.1 query."}
GET_PARAMETERS: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "query",
            "in": "query",
            "required": False,
            "description": "A SPARQL 1.1 query.",
            "schema": _QUERY_FIELD,
        },
        *({"name": name, "in": "query", "description": said, "schema": _IRIS} for name, said in _GRAPHS),
    ]
}
"""What a query by GET brings, for the description of an endpoint."""
QUERY_BODY: Final[dict[str, Any]] = {
    "parameters": GET_PARAMETERS["parameters"][1:],
    "requestBody": {
        "required": True,
        "content": {
            QUERY_TYPE: {"schema": {"type": "string"}},
            FORM_TYPE: {
                "schema": {
                    "type": "object",
                    "properties": {
                        "query": _QUERY_FIELD,
                        **{name: {**_IRIS, "description": said} for name, said in _GRAPHS},
                    },
                    "required": ["query"],
                }
            },
        },
    },
}
"""How a query is posted, for the description of an endpoint."""


_USING: Final = (
    ("using-graph-uri", "IRI of a graph for the default graph of patterns; it can be given again."),
    ("using-named-graph-uri", "IRI of a graph that patterns can name; it can be given again."),
)
UPDATE_BODY: Final[dict[str, Any]] = {
    "parameters": [{"name": name, "in": "query", "description": said, "schema": _IRIS} for name, said in _USING],
    "requestBody": {
        "required": True,
        "content": {
            "application/sparql-update": {"schema": {"type": "string"}},
            FORM_TYPE: {
                "schema": {
                    "type": "object",
                    "properties": {
                        "update": {"type": "string", "description": "A SPARQL 1.1 update."},
                        **{name: {**_IRIS, "description": said} for name, said in _USING},
                    },
                    "required": ["update"],
                }
            },
        },
    },
}
"""How an update is posted, for the description of an endpoint."""


def asker_of(request: Request, asker: Principal | None) -> str:
    """Return among whom places for queries are shared out: organisations, and addresses of those who name none."""
    if asker:
        return asker.organisation
    return f"address {request.client.host}" if request.client else "anybody"


async def parameters(request: Request, kind: str) -> Parameters:
    """Return the parameters of a request of the protocol; a text posted as the body is one of them.

    Args:
        request: The request.
        kind: What it brings: `query` or `update`.

    Raises:
        UnsupportedForm: it is posted in a form that the protocol does not have.
        UnreadableInput: it is not in UTF-8.
    """
    found = list(request.query_params.multi_items())
    if request.method not in _WITH_BODY:
        return found
    media_type, _, said = request.headers.get("content-type", "").lower().partition(";")
    media_type = media_type.strip()
    if media_type not in {f"application/sparql-{kind}", FORM_TYPE}:
        raise UnsupportedForm(
            f"`{media_type}` is not how the protocol sends: {kind}." if media_type else "The body has no type.",
            where="Content-Type",
            remedy=f"Send `application/sparql-{kind}` or `{FORM_TYPE}`.",
        )
    if "charset" in said and "utf-8" not in said:
        raise UnreadableInput(f"The {kind} is not in UTF-8.", where="Content-Type", remedy="Use UTF-8.")
    text = _decoded(await request.body(), kind)
    if media_type == FORM_TYPE:
        return [*found, *parse_qsl(text, keep_blank_values=True)]
    return [*found, (kind, text)]


def _decoded(body: bytes, kind: str) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise UnreadableInput(
            f"The {kind} is not in UTF-8: {error.reason} at byte {error.start}.", where=kind, remedy="Use UTF-8."
        ) from error


def only(found: Parameters, name: str) -> str:
    """Return the value of a parameter that has to be there once.

    Raises:
        UnreadableInput: it is missing or there more than once.
    """
    values = [value for key, value in found if key == name]
    if len(values) != 1:
        what = f"The request has {len(values)} times `{name}`." if values else f"The request has no `{name}`."
        raise UnreadableInput(what, where=name, remedy=f"Send one `{name}`.")
    return values[0]


def dataset_in(found: Parameters, default: str, named: str) -> RdfDataset:
    """Return the graphs that parameters of two names bring."""
    return RdfDataset(
        tuple(value for key, value in found if key == default), tuple(value for key, value in found if key == named)
    )


def query_in(found: Parameters, request: Request, asker: Principal | None) -> QueryRequest:
    """Read a query request.

    Raises:
        UnreadableInput: it has no query, or more than one.
    """
    return QueryRequest(
        only(found, "query"),
        accept=request.headers.get("accept"),
        dataset=dataset_in(found, "default-graph-uri", "named-graph-uri"),
        asker=asker_of(request, asker),
        base=_address(request),
        gone=gone(request),
        has=frozenset() if request.method == "POST" else kept(request),
    )


def _address(request: Request) -> str:
    """Return the address that was asked, without what follows a question mark."""
    host = request.headers.get("host")
    return f"{request.scope['scheme']}://{host}{request.scope['path']}" if host else str(request.url.replace(query=""))


async def serve(
    request: Request,
    asker: Principal | None,
    *,
    answer: Callable[[QueryRequest], AnswerStream],
    describe: Callable[[QueryRequest], Sequence[Quad]],
) -> Response:
    """Answer a request at an endpoint of queries.

    Args:
        request: The request.
        asker: Who asks.
        answer: Answers a query.
        describe: Describes the endpoint to whoever asks without a query.
    """
    found = await parameters(request, "query")
    if request.method not in _WITH_BODY and not {"query", "update"} & {name for name, _ in found}:
        asking = QueryRequest("", asker=asker_of(request, asker), gone=gone(request))
        return await in_query_threads(request, lambda: described(request, describe(asking)))
    asked = query_in(found, request, asker)

    def given() -> Response:
        made = answer(asked)
        response = unchanged(made) if isinstance(made, UnchangedAnswer) else answered(request, made)
        response.headers["Accept-Query"] = QUERY_TYPE
        return response

    return await in_query_threads(request, given)


def described(request: Request, quads: Sequence[Quad]) -> Response:
    """Answer with the description of an endpoint, in the form that the client likes best.

    Raises:
        NotAcceptable: it accepts none of the forms.
    """
    media_type = negotiate(request.headers.get("accept"), list(GRAPH_FORMATS))
    if media_type is None:
        what, remedy = "No acceptable form of the description.", f"Accept one of: {', '.join(GRAPH_FORMATS)}."
        raise NotAcceptable(what, where="Accept", remedy=remedy, offered=[*GRAPH_FORMATS])
    triples = [quad.triple for quad in quads]
    body = serialize_quads(triples, media_type, prefixes=PREFIXES)
    headers = {"Vary": "Accept, Authorization", "Cache-Control": "private, no-cache"}
    return Response(body, media_type=media_type, headers=headers)


def allowed(methods: str) -> Callable[[], Awaitable[Response]]:
    """Return what answers OPTIONS: which methods there are, and what can be sent by POST and QUERY."""
    headers = {"Allow": methods, "Accept-Post": f"{QUERY_TYPE}, {FORM_TYPE}"}
    if "QUERY" in methods:
        headers["Accept-Query"] = QUERY_TYPE

    async def options() -> Response:
        return Response(status_code=204, headers=headers)

    return options
