"""The Dataspace Protocol 2025-1 over HTTPS: discovery of versions, and the catalogue.

See https://eclipse-dataspace-protocol-base.github.io/DataspaceProtocol/2025-1-err1/#catalog-http.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from fastapi.responses import JSONResponse

from virtuales.contract.dataspace.shapes import check_message
from virtuales.web.cursors import Cursors
from virtuales.web.dataspace_errors import REFUSALS, CatalogRoute
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow.dataspace import catalogue

router = APIRouter(tags=["Dataspace Protocol"])
catalogue_router = APIRouter(
    prefix=catalogue.PATH, tags=["Dataspace Protocol"], route_class=CatalogRoute, responses=REFUSALS
)
Message = Annotated[dict[str, object], Body(description="A message of the Dataspace Protocol.")]


@router.get("/.well-known/dspace-version", summary="The versions of the Dataspace Protocol that the node speaks")
def show_versions(workspace: WorkspaceHere) -> dict[str, object]:
    """List the versions of the Dataspace Protocol, each with its path, binding and authentication."""
    return catalogue.versions(workspace)


@catalogue_router.post("/catalog/request", summary="CatalogRequestMessage")
def show_catalogue(
    workspace: WorkspaceHere,
    asker: KnownAsker,
    message: Message,
    after: Annotated[
        str | None, Query(description="Where the page begins, as a `Link` of another page has it.")
    ] = None,
) -> JSONResponse:
    """Answer with the node's datasets that your organisation may know of and that an agreement opens, page by page.

    `Link` names the pages before and after (`rel="previous"`, `rel="next"`); they are asked for with the same message.
    """
    asked = check_message(message, "CatalogRequestMessage")
    cursors = Cursors(workspace.key, ("dataspace catalogue", asker.organisation))
    page = catalogue.show_catalogue(workspace, asker, asked, first=int(cursors.opened(after) or 0))
    address = f"{workspace.addresses.base}{catalogue.PATH}/catalog/request"
    links = [
        f'<{address}?after={cursors.sealed(str(place))}>; rel="{name}"'
        for name, place in (("previous", page.before), ("next", page.after))
        if place is not None
    ]
    return JSONResponse(page.message, headers={"Link": ", ".join(links)} if links else None)


@catalogue_router.get("/catalog/datasets/{name:path}", summary="A dataset of the catalogue")
def show_dataset(
    workspace: WorkspaceHere,
    asker: KnownAsker,
    name: Annotated[str, Path(description="The dataset's `@id`, the IRI of its version.")],
) -> dict[str, object]:
    """Return one dataset of the catalogue."""
    return catalogue.show_dataset(workspace, asker, name)
