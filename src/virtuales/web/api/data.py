"""Step 6 by REST and SPARQL: query a dataset version, download its files."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from virtuales.trust.tokens import Principal
from virtuales.web.answers import delivered
from virtuales.web.dependencies import Asker, WorkspaceHere
from virtuales.web.sparql_protocol import ANSWERS, GET_PARAMETERS, QUERY_BODY, QUERY_METHOD, allowed, serve
from virtuales.workflow import consume
from virtuales.workflow.workspace import Workspace

router = APIRouter(tags=["Consume"])
_ENDPOINT = "/sparql/dataset/{slug}/version/{number}"
Slug = Annotated[str, Path(description="The dataset's short name.")]
Number = Annotated[int, Path(ge=1, description="The version's number.")]


@router.get(_ENDPOINT, summary="Query a dataset version", responses=ANSWERS, openapi_extra=GET_PARAMETERS)
@router.head(_ENDPOINT, include_in_schema=False)
async def query_get(request: Request, workspace: WorkspaceHere, asker: Asker, slug: Slug, number: Number) -> Response:
    """Answer a SPARQL query over the models of a dataset version (SPARQL 1.1 Protocol, query via GET).

    The default graph is the union of the models; each model is a named graph too. Without a query the endpoint
    describes itself, with counts of each model's classes and properties (SPARQL 1.1 Service Description, VoID).
    """
    return await answer_query(request, workspace, asker, slug, number)


@router.post(_ENDPOINT, summary="Query a dataset version by POST", responses=ANSWERS, openapi_extra=QUERY_BODY)
async def query_post(request: Request, workspace: WorkspaceHere, asker: Asker, slug: Slug, number: Number) -> Response:
    """Answer a SPARQL query, sent as the body or as a form (SPARQL 1.1 Protocol, query via POST)."""
    return await answer_query(request, workspace, asker, slug, number)


router.add_api_route(_ENDPOINT, query_post, methods=[QUERY_METHOD], include_in_schema=False)
router.options(_ENDPOINT, include_in_schema=False)(allowed("GET, HEAD, OPTIONS, POST, QUERY"))


async def answer_query(
    request: Request, workspace: Workspace, asker: Principal | None, slug: str, number: int
) -> Response:
    """Answer a request at the endpoint of a dataset version, however it came here."""
    version = workspace.addresses.version(slug, number)
    return await serve(
        request,
        asker,
        answer=lambda asked: consume.query(workspace, asker, version, asked),
        describe=lambda asking: consume.describe_endpoint(workspace, asker, version, asking),
    )


class FileOut(BaseModel):
    """A file that can be downloaded."""

    name: str
    media_type: str
    size: int = Field(description="Its length in bytes.")
    digest: str = Field(description="The SHA-256 of its bytes, in hexadecimal.")
    url: str


@router.get("/download/dataset/{slug}/version/{number}", summary="List the files that you may download")
def list_files(workspace: WorkspaceHere, asker: Asker, slug: Slug, number: Number) -> list[FileOut]:
    """List the files of a dataset version that the asker may download: those published, or those of its view."""
    files = consume.files_for(workspace, asker, workspace.addresses.version(slug, number))
    names = FileOut.model_fields
    return [FileOut.model_validate({name: getattr(one, name) for name in names}) for one in files]


@router.get(
    "/download/dataset/{slug}/version/{number}/{name}",
    summary="Download a file",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file, byte for byte."}},
)
def download(
    request: Request, workspace: WorkspaceHere, asker: Asker, slug: Slug, number: Number, name: str
) -> Response:
    """Deliver a file of a dataset version as it was published, or of the asker's view.

    Its SHA-256 is in `Repr-Digest` (RFC 9530). Once the asker may no longer have it, it is cut, short of its length.
    """
    delivery = consume.download(workspace, asker, workspace.addresses.version(slug, number), name)
    digest = delivery.digest_base64
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Repr-Digest": f"sha-256=:{digest}:",
        "ETag": f'"{delivery.digest}"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return delivered(request, delivery.answer, headers)
