"""The Dataspace Protocol 2025-1 over HTTPS: discovery of versions, and the catalogue.

See https://eclipse-dataspace-protocol-base.github.io/DataspaceProtocol/2025-1-err1/#catalog-http.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Path

from virtuales.contract.dataspace.shapes import check_message
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
def show_catalogue(workspace: WorkspaceHere, asker: KnownAsker, message: Message) -> dict[str, object]:
    """Answer with the node's datasets that your organisation may know of and that an agreement opens."""
    return catalogue.show_catalogue(workspace, asker, check_message(message, "CatalogRequestMessage"))


@catalogue_router.get("/catalog/datasets/{name:path}", summary="A dataset of the catalogue")
def show_dataset(
    workspace: WorkspaceHere,
    asker: KnownAsker,
    name: Annotated[str, Path(description="The dataset's `@id`, the IRI of its version.")],
) -> dict[str, object]:
    """Return one dataset of the catalogue."""
    return catalogue.show_dataset(workspace, asker, name)
