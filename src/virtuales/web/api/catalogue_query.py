"""The catalogue by SPARQL: entries, organisations, schemas and mappings, as far as the asker may know of them."""

from typing import Annotated

import anyio
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from virtuales.trust.tokens import Principal
from virtuales.web.api.data import ANSWERS, QUERY_BODY, posted_query
from virtuales.web.dependencies import Asker, WorkspaceHere
from virtuales.workflow.discover import query_catalogue
from virtuales.workflow.workspace import Workspace

router = APIRouter(tags=["Search and find"])


@router.get("/sparql/catalogue", summary="Query the catalogue", responses=ANSWERS)
def query_get(
    workspace: WorkspaceHere,
    asker: Asker,
    query: Annotated[str, Query(description="A SPARQL 1.1 query.")],
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Answer a SPARQL query over the entries, organisations, schemas and mappings that you may know of.

    The default graph is the union of all; each node's entries, the registry, the schemas and the registered mappings
    are named graphs too.
    Each version of a model that the node knows is a further named graph, `…/graph/ontology/NAME/VERSION`.
    """
    return _answer(workspace, asker, query, accept)


@router.post("/sparql/catalogue", summary="Query the catalogue by POST", responses=ANSWERS, openapi_extra=QUERY_BODY)
async def query_post(
    request: Request, workspace: WorkspaceHere, asker: Asker, accept: Annotated[str | None, Header()] = None
) -> Response:
    """Answer a SPARQL query, sent as the body or as a form (query via POST)."""
    text = await posted_query(request)
    return await anyio.to_thread.run_sync(lambda: _answer(workspace, asker, text, accept))


def _answer(workspace: Workspace, asker: Principal | None, text: str, accept: str | None) -> Response:
    answer = query_catalogue(workspace, asker, text, accept=accept)
    headers = {"Vary": "Accept, Authorization", "Cache-Control": "private, no-cache"}
    return Response(answer.body, media_type=answer.media_type, headers=headers)
