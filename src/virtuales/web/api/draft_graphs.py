"""A draft's graphs by SPARQL: query, update, and the Graph Store HTTP Protocol.

Specifications: https://www.w3.org/TR/sparql11-protocol/ and https://www.w3.org/TR/sparql11-http-rdf-update/.
"""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path as FilePath
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from virtuales.errors import InputError, NotAcceptable, UnreadableInput, UnsupportedForm
from virtuales.query.changing import Change, Changed, Kind, Part
from virtuales.query.protocol import QueryRequest
from virtuales.query.update_text import permitted_update
from virtuales.rdf.media import GRAPH_FORMATS, N_QUADS, TRIG, negotiate
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.tokens import Principal
from virtuales.web.answers import answered, in_query_threads
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.web.sparql_protocol import (
    ANSWERS,
    GET_PARAMETERS,
    QUERY_BODY,
    QUERY_METHOD,
    UPDATE_BODY,
    allowed,
    asker_of,
    dataset_in,
    only,
    parameters,
    serve,
)
from virtuales.web.waiting import gone
from virtuales.workflow import draft_graphs as drafts
from virtuales.workflow.workspace import Workspace

router = APIRouter(tags=["Prepare and publish"])
_ENDPOINT: Final = "/sparql/drafts/{slug}"
_STORE: Final = "/graphs/drafts/{slug}"
_GRAPH: Final = _STORE + "/{path:path}"
Slug = Annotated[str, Path(description="The dataset's short name.")]
GraphPath = Annotated[str, Path(description="The rest of the graph's IRI, which is the address itself.")]

_GRAPH_FORMS: Final = tuple(name for name in GRAPH_FORMATS if name not in {N_QUADS, TRIG})
_STATEMENTS: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {name: {"schema": {"type": "string"}} for name in (*_GRAPH_FORMS, "multipart/form-data")},
    }
}
_WHICH: Final[list[dict[str, Any]]] = [
    {"name": "graph", "in": "query", "description": "IRI of the graph.", "schema": {"type": "string", "format": "iri"}},
    {"name": "default", "in": "query", "description": "Means the default graph.", "schema": {"type": "string"}},
]
_SENT: Final = {"parameters": _WHICH, **_STATEMENTS}
_READ: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The statements.", "content": {name: {} for name in GRAPH_FORMATS}},
    304: {"description": "The client has them."},
}
_CHANGED: Final[dict[int | str, dict[str, Any]]] = {
    204: {"description": "The graph was changed."},
    201: {"description": "The graph is new."},
    **{
        status: {"description": meaning, "content": {"application/problem+json": {}}}
        for status, meaning in (
            (400, "The request is none of the protocol, or what it brings is not well-formed."),
            (404, "There is no such draft, or no such graph."),
            (412, "The graphs are not as `If-Match` or `If-None-Match` expects."),
            (415, "What it brings is in no form of RDF that is taken."),
        )
    },
}
_UPDATED: Final[dict[int | str, dict[str, Any]]] = {
    204: {"description": "The graphs were changed."},
    **{status: ANSWERS[status] for status in (400, 422, 429)},
    412: _CHANGED[412],
    415: _CHANGED[415],
}


@router.get(_ENDPOINT, summary="Query a draft's graphs", responses=ANSWERS, openapi_extra=GET_PARAMETERS)
@router.head(_ENDPOINT, include_in_schema=False)
async def query_get(request: Request, workspace: WorkspaceHere, asker: KnownAsker, slug: Slug) -> Response:
    """Answer a SPARQL query over what your organisation wrote for a dataset's next version (query via GET).

    The dataset is the one that was written: a default graph and named graphs. Without a query the endpoint describes
    itself.
    """
    return await _query(request, workspace, asker, slug)


@router.post(_ENDPOINT, summary="Query a draft's graphs by POST", responses=ANSWERS, openapi_extra=QUERY_BODY)
async def query_post(request: Request, workspace: WorkspaceHere, asker: KnownAsker, slug: Slug) -> Response:
    """Answer a SPARQL query, sent as the body or as a form (query via POST)."""
    return await _query(request, workspace, asker, slug)


router.add_api_route(_ENDPOINT, query_post, methods=[QUERY_METHOD], include_in_schema=False)
router.options(_ENDPOINT, include_in_schema=False)(allowed("GET, HEAD, OPTIONS, POST, QUERY"))


async def _query(request: Request, workspace: Workspace, asker: Principal, slug: str) -> Response:
    return await serve(
        request,
        asker,
        answer=lambda asked: drafts.query_draft(workspace, asker, slug, asked),
        describe=lambda asking: drafts.describe_draft(workspace, asker, slug, asking),
    )


@router.post(
    _ENDPOINT + "/update",
    status_code=204,
    summary="Update a draft's graphs",
    responses=_UPDATED,
    openapi_extra=UPDATE_BODY,
)
async def update(request: Request, workspace: WorkspaceHere, asker: KnownAsker, slug: Slug) -> Response:
    """Carry out a SPARQL update, sent as the body or as a form: all of it or nothing; `If-Match` is heeded.

    Nothing is loaded from other servers: `LOAD` is refused, and `LOAD SILENT` does nothing.
    """
    found = await parameters(request, "update")
    using = dataset_in(found, "using-graph-uri", "using-named-graph-uri")
    change = Change("update", str(request.url.replace(query="")), update=permitted_update(only(found, "update"), using))
    await _change(request, workspace, asker, slug, change)
    return Response(status_code=204)


@router.get(_STORE, summary="Read a draft's graph", responses=_READ, openapi_extra={"parameters": _WHICH})
@router.head(_STORE, include_in_schema=False)
async def get_graph(request: Request, workspace: WorkspaceHere, asker: KnownAsker, slug: Slug) -> Response:
    """Give the statements of the graph that `graph` or `default` names; without either the whole dataset (quads)."""
    if not request.query_params:
        return await in_query_threads(request, lambda: _whole(request, workspace, asker, slug))
    return await _read(request, workspace, asker, slug, _indirect(request))


@router.put(_STORE, summary="Put a draft's graph", responses=_CHANGED, openapi_extra=_SENT, status_code=204)
async def put_graph(request: Request, workspace: WorkspaceHere, asker: KnownAsker, slug: Slug) -> Response:
    """Replace the graph that `graph` or `default` names by the statements that are sent."""
    return await _write(request, workspace, asker, slug, ("put", _indirect(request)))


@router.post(_STORE, summary="Add to a draft's graph", responses=_CHANGED, openapi_extra=_SENT, status_code=204)
async def post_graph(request: Request, workspace: WorkspaceHere, asker: KnownAsker, slug: Slug) -> Response:
    """Add the statements that are sent to a graph; without `graph` and `default` to a new one, named by `Location`."""
    if request.query_params:
        return await _write(request, workspace, asker, slug, ("post", _indirect(request)))
    graph = workspace.addresses.draft_graph(slug, str(uuid4()))
    return await _write(request, workspace, asker, slug, ("post", graph))


@router.delete(
    _STORE, summary="Delete a draft's graph", responses=_CHANGED, openapi_extra={"parameters": _WHICH}, status_code=204
)
async def delete_graph(request: Request, workspace: WorkspaceHere, asker: KnownAsker, slug: Slug) -> Response:
    """Delete the graph that `graph` or `default` names."""
    return await _write(request, workspace, asker, slug, ("delete", _indirect(request)))


@router.get(_GRAPH, summary="Read a draft's graph by its IRI", responses=_READ)
@router.head(_GRAPH, include_in_schema=False)
async def get_direct(
    request: Request, workspace: WorkspaceHere, asker: KnownAsker, slug: Slug, path: GraphPath
) -> Response:
    """Give the statements of the graph whose IRI is this address."""
    return await _read(request, workspace, asker, slug, _direct(request, workspace, path))


@router.put(
    _GRAPH, summary="Put a draft's graph by its IRI", responses=_CHANGED, openapi_extra=_STATEMENTS, status_code=204
)
async def put_direct(
    request: Request, workspace: WorkspaceHere, asker: KnownAsker, slug: Slug, path: GraphPath
) -> Response:
    """Replace the graph whose IRI is this address."""
    return await _write(request, workspace, asker, slug, ("put", _direct(request, workspace, path)))


@router.post(
    _GRAPH, summary="Add to a draft's graph by its IRI", responses=_CHANGED, openapi_extra=_STATEMENTS, status_code=204
)
async def post_direct(
    request: Request, workspace: WorkspaceHere, asker: KnownAsker, slug: Slug, path: GraphPath
) -> Response:
    """Add statements to the graph whose IRI is this address."""
    return await _write(request, workspace, asker, slug, ("post", _direct(request, workspace, path)))


@router.delete(_GRAPH, summary="Delete a draft's graph by its IRI", responses=_CHANGED, status_code=204)
async def delete_direct(
    request: Request, workspace: WorkspaceHere, asker: KnownAsker, slug: Slug, path: GraphPath
) -> Response:
    """Delete the graph whose IRI is this address."""
    return await _write(request, workspace, asker, slug, ("delete", _direct(request, workspace, path)))


def _indirect(request: Request) -> NamedNode | None:
    """Return the graph that a request names; None for the default graph."""
    named, default = request.query_params.getlist("graph"), "default" in request.query_params
    if len(named) + default != 1:
        raise UnreadableInput(
            "The request names no graph, or more than one.", where="graph", remedy="Send `graph`, or `default`."
        )
    if default:
        return None
    try:
        return parse_iri(named[0], where="graph")
    except InputError as error:
        raise UnreadableInput(error.what, where="graph", remedy=error.remedy) from error


def _direct(request: Request, workspace: Workspace, path: str) -> NamedNode:
    """Return the graph whose IRI is the address, as it was written."""
    raw = request.scope.get("raw_path") or path.encode()
    try:
        return parse_iri(workspace.addresses.base + raw.decode("ascii"), where="path")
    except (InputError, UnicodeDecodeError) as error:
        raise UnreadableInput("The address is no IRI.", where="path", remedy="Encode it in per cent.") from error


async def _read(
    request: Request, workspace: Workspace, asker: Principal, slug: str, graph: NamedNode | None
) -> Response:
    accept = request.headers.get("accept")
    asking = QueryRequest("", accept=accept, asker=asker_of(request, asker), gone=gone(request))

    def read() -> Response:
        graphs = drafts.draft_graphs(workspace, asker, slug)
        stream = drafts.read_graph(workspace, graphs, graph, asking)
        tag = _tag(graphs.state, stream.media_type)
        if tag in _tags(request, "if-none-match"):
            stream.close()
            return Response(status_code=304, headers={"ETag": tag, "Vary": "Accept, Authorization"})
        answer = answered(request, stream)
        answer.headers["ETag"] = tag
        return answer

    return await in_query_threads(request, read)


def _whole(request: Request, workspace: Workspace, asker: Principal, slug: str) -> Response:
    media_type = negotiate(request.headers.get("accept"), [N_QUADS, TRIG])
    if media_type is None:
        what, remedy = "The whole dataset is given in quads.", f"Accept {N_QUADS} or {TRIG}, or name a graph."
        raise NotAcceptable(what, where="Accept", remedy=remedy, offered=[N_QUADS, TRIG])
    state, body = drafts.whole_dataset(workspace, asker, slug, media_type)
    tag = _tag(state, media_type)
    headers = {"ETag": tag, "Vary": "Accept, Authorization", "Cache-Control": "private, no-cache"}
    if tag in _tags(request, "if-none-match"):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


async def _write(
    request: Request, workspace: Workspace, asker: Principal, slug: str, what: tuple[Kind, NamedNode | None]
) -> Response:
    kind, graph = what
    name = graph.value if graph else None
    base = name or str(request.url.replace(query=""))
    async with _parts(request, kind) as parts:
        change = Change(kind, base, graph=name, parts=tuple(parts))
        changed = await _change(request, workspace, asker, slug, change)
    if kind == "delete" or changed.existed or graph is None:
        return Response(status_code=204)
    return Response(status_code=201, headers={"Location": graph.value})


async def _change(request: Request, workspace: Workspace, asker: Principal, slug: str, change: Change) -> Changed:
    asking = QueryRequest("", asker=asker_of(request, asker), gone=gone(request))
    expected = _expected(request)
    return await in_query_threads(
        request,
        lambda: drafts.change_graphs(workspace, asker, slug, change, asking=asking, expected=expected),
    )


@asynccontextmanager
async def _parts(request: Request, kind: Kind) -> AsyncIterator[Sequence[Part]]:
    """Keep what a request brings in files for as long as they are needed."""
    if kind == "delete":
        yield ()
        return
    contents = await _contents(request)
    with tempfile.TemporaryDirectory(prefix="virtuales-") as scratch:
        yield await in_query_threads(request, lambda: _kept(FilePath(scratch), contents))


def _kept(folder: FilePath, contents: Sequence[tuple[str, bytes]]) -> list[Part]:
    parts = []
    for number, (stated, content) in enumerate(contents):
        file = folder / str(number)
        file.write_bytes(content)
        parts.append(Part(str(file), _graph_form(stated)))
    return parts


async def _contents(request: Request) -> list[tuple[str, bytes]]:
    stated = request.headers.get("content-type", "")
    if not stated.lower().startswith("multipart/form-data"):
        return [(stated, await request.body())]
    async with request.form() as form:
        files = [value for value in form.values() if isinstance(value, UploadFile)]
        return [(file.content_type or "", await file.read()) for file in files]


def _graph_form(stated: str) -> str:
    media_type = stated.partition(";")[0].strip().lower()
    if media_type not in _GRAPH_FORMS:
        raise UnsupportedForm(
            f"`{media_type}` is no form of a graph that is taken.",
            where="Content-Type",
            remedy=f"Send one of: {', '.join(_GRAPH_FORMS)}.",
        )
    return media_type


def _tag(state: str, media_type: str) -> str:
    """Return the entity tag of the graphs in some state, in some form."""
    return f'"{state}-{media_type.partition(";")[0].rpartition("/")[2]}"'


def _tags(request: Request, header: str) -> set[str]:
    return {one.strip() for one in request.headers.get(header, "").split(",") if one.strip()}


def _expected(request: Request) -> drafts.Expected:
    """Read what a change expects; of an entity tag only the state matters, not the form."""
    match, none_match = _tags(request, "if-match"), _tags(request, "if-none-match")
    states = frozenset(tag.strip('"').partition("-")[0] for tag in match - {"*"})
    return drafts.Expected(states=states if match - {"*"} else None, present="*" in match, absent="*" in none_match)
