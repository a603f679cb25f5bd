"""Step 6 by REST and SPARQL: query a dataset version, download its files."""

from typing import Annotated, Any
from urllib.parse import quote

import anyio
from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from virtuales.errors import InputError, UnreadableInput
from virtuales.rdf.media import GRAPH_FORMATS, RESULT_FORMATS
from virtuales.store.rdf_store import Answer
from virtuales.web.dependencies import Asker, WorkspaceHere
from virtuales.web.waiting import gone
from virtuales.workflow import consume

router = APIRouter(tags=["Consume"])
_QUERY_TYPE = "application/sparql-query"
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer, in the form that `Accept` asks for.",
        "content": {name: {} for name in (*RESULT_FORMATS, *GRAPH_FORMATS)},
    }
}
"""What a SPARQL endpoint answers, for its description."""
QUERY_BODY: dict[str, Any] = {
    "requestBody": {
        "content": {
            _QUERY_TYPE: {"schema": {"type": "string"}},
            "application/x-www-form-urlencoded": {
                "schema": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
            },
        }
    }
}
"""How a query is posted, for the description of an endpoint."""
Slug = Annotated[str, Path(description="The dataset's short name.")]
Number = Annotated[int, Path(ge=1, description="The version's number.")]


@router.get("/sparql/dataset/{slug}/version/{number}", summary="Query a dataset version", responses=ANSWERS)
def query_get(
    request: Request,
    workspace: WorkspaceHere,
    asker: Asker,
    slug: Slug,
    number: Number,
    query: Annotated[str, Query(description="A SPARQL 1.1 query.")],
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Answer a SPARQL query over the models of a dataset version (SPARQL 1.1 Protocol, query via GET).

    The default graph is the union of the models; each model is a named graph too.
    """
    version = workspace.addresses.version(slug, number)
    answer = consume.query(workspace, asker, version, query, accept=accept, gone=gone(request))
    return answered(answer)


@router.post(
    "/sparql/dataset/{slug}/version/{number}",
    summary="Query a dataset version by POST",
    responses=ANSWERS,
    openapi_extra=QUERY_BODY,
)
async def query_post(
    request: Request,
    workspace: WorkspaceHere,
    asker: Asker,
    slug: Slug,
    number: Number,
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Answer a SPARQL query, sent as the body or as a form (SPARQL 1.1 Protocol, query via POST)."""
    text = await posted_query(request)
    version = workspace.addresses.version(slug, number)

    def answer() -> Response:
        return answered(consume.query(workspace, asker, version, text, accept=accept, gone=gone(request)))

    return await anyio.to_thread.run_sync(answer)


@router.get(
    "/download/dataset/{slug}/version/{number}/{name}",
    summary="Download a file",
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file, byte for byte."}},
)
def download(workspace: WorkspaceHere, asker: Asker, slug: Slug, number: Number, name: str) -> StreamingResponse:
    """Deliver a file of a dataset version as it was published; its SHA-256 is in `Repr-Digest` (RFC 9530)."""
    delivery = consume.download(workspace, asker, workspace.addresses.version(slug, number), name)
    digest = delivery.digest_base64
    headers = {
        "Content-Length": str(delivery.size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Repr-Digest": f"sha-256=:{digest}:",
        "ETag": f'"{delivery.digest}"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(delivery.body, media_type=delivery.media_type, headers=headers)


def answered(answer: Answer) -> Response:
    """Send the answer to a query, which depends on who asks."""
    headers = {"Vary": "Accept, Authorization", "Cache-Control": "private, no-cache"}
    return Response(answer.body, media_type=answer.media_type, headers=headers)


async def posted_query(request: Request) -> str:
    """Return the query that a request posts as its body or in a form.

    Raises:
        InputError: it is neither, or no text in UTF-8.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _QUERY_TYPE:
        try:
            return (await request.body()).decode()
        except UnicodeDecodeError as error:
            raise UnreadableInput(
                f"The query is not in UTF-8: {error.reason} at byte {error.start}.", where="query", remedy="Use UTF-8."
            ) from error
    if kind == "application/x-www-form-urlencoded":
        value = (await request.form()).get("query")
        if isinstance(value, str):
            return value
        raise InputError("The form has no `query`.", where="query", remedy="Send the query in the field `query`.")
    raise InputError(
        f"`{kind}` is no form of a query.", where="Content-Type", remedy=f"Send `{_QUERY_TYPE}` or a form."
    )
