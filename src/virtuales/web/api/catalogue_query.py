"""The catalogue by SPARQL: entries, organisations, schemas and mappings, as far as the asker may know of them."""

from typing import Annotated

import anyio
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from virtuales.web.api.data import ANSWERS, QUERY_BODY, answered, posted_query
from virtuales.web.dependencies import Asker, WorkspaceHere
from virtuales.web.waiting import gone
from virtuales.workflow.discover import query_catalogue

router = APIRouter(tags=["Search and find"])


@router.get("/sparql/catalogue", summary="Query the catalogue", responses=ANSWERS)
def query_get(
    request: Request,
    workspace: WorkspaceHere,
    asker: Asker,
    query: Annotated[str, Query(description="A SPARQL 1.1 query.")],
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Answer a SPARQL query over the entries, organisations, schemas and mappings that you may know of.

    The default graph is the union of all; each node's entries, the registry, the schemas and the registered mappings
    are named graphs too.
    Each version of a model that the node knows is a further named graph, `…/graph/ontology/NAME/VERSION`.
    So is the record of each use case, `…/graph/use-case/NAME`, and what was remarked on use cases, `…/graph/remarks`.
    """
    return answered(query_catalogue(workspace, asker, query, accept=accept, gone=gone(request)))


@router.post("/sparql/catalogue", summary="Query the catalogue by POST", responses=ANSWERS, openapi_extra=QUERY_BODY)
async def query_post(
    request: Request, workspace: WorkspaceHere, asker: Asker, accept: Annotated[str | None, Header()] = None
) -> Response:
    """Answer a SPARQL query, sent as the body or as a form (query via POST)."""
    text = await posted_query(request)

    def answer() -> Response:
        return answered(query_catalogue(workspace, asker, text, accept=accept, gone=gone(request)))

    return await anyio.to_thread.run_sync(answer)
