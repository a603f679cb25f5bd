"""The catalogue by SPARQL: entries, organisations, schemas and mappings, as far as the asker may know of them."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from virtuales.web.dependencies import Asker, WorkspaceHere
from virtuales.web.sparql_protocol import ANSWERS, GET_PARAMETERS, QUERY_BODY, QUERY_METHOD, allowed, serve
from virtuales.workflow.discover import describe_catalogue, query_catalogue

router = APIRouter(tags=["Search and find"])
_ENDPOINT = "/sparql/catalogue"


@router.get(_ENDPOINT, summary="Query the catalogue", responses=ANSWERS, openapi_extra=GET_PARAMETERS)
@router.head(_ENDPOINT, include_in_schema=False)
async def query_get(request: Request, workspace: WorkspaceHere, asker: Asker) -> Response:
    """Answer a SPARQL query over the entries, organisations, schemas and mappings that you may know of.

    The default graph is the union of all; each node's entries, the registry, the schemas and the registered mappings
    are named graphs too.
    Each version of a model that the node knows is a further named graph, `…/graph/ontology/NAME/VERSION`.
    So is the record of each use case, `…/graph/use-case/NAME`, and what was remarked on use cases, `…/graph/remarks`.
    Without a query the endpoint describes itself (SPARQL 1.1 Service Description, VoID).
    """
    return await _serve(request, workspace, asker)


@router.post(_ENDPOINT, summary="Query the catalogue by POST", responses=ANSWERS, openapi_extra=QUERY_BODY)
async def query_post(request: Request, workspace: WorkspaceHere, asker: Asker) -> Response:
    """Answer a SPARQL query, sent as the body or as a form (query via POST)."""
    return await _serve(request, workspace, asker)


router.add_api_route(_ENDPOINT, query_post, methods=[QUERY_METHOD], include_in_schema=False)
router.options(_ENDPOINT, include_in_schema=False)(allowed("GET, HEAD, OPTIONS, POST, QUERY"))


async def _serve(request: Request, workspace: WorkspaceHere, asker: Asker) -> Response:
    return await serve(
        request,
        asker,
        answer=lambda asked: query_catalogue(workspace, asker, asked),
        describe=lambda asking: describe_catalogue(workspace, asker, asking),
    )
