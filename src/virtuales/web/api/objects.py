"""One object of the grid by REST: what producers say of it, and who was asked."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from virtuales.catalogue.object_view import ObjectView
from virtuales.web.dependencies import Asker, NodeHere
from virtuales.workflow.object_lookup import look_up_here, object_iri
from virtuales.workflow.object_network import look_up

router = APIRouter(prefix="/api/v1/objects", tags=["Objects"])


@router.get("/{mrid:path}", summary="Look up an object")
def show(
    node: NodeHere,
    asker: Asker,
    mrid: Annotated[
        str,
        Path(
            description="The mRID if it is a UUID, else the object's IRI.",
            examples=["6db7a7bf-0cc7-4ba2-9c4c-b4d7a5d1e2f3"],
        ),
    ],
    everywhere: Annotated[
        bool, Query(description="Whether to ask the other nodes too, with your rights, or this one alone.")
    ] = True,
) -> ObjectView:
    """Tell what the dataset versions that you may use say of an object of the grid.

    `sources` names who answered, who refused and how to ask, and who did not answer in ten seconds. Nobody knowing the
    object is an answer too: it has no `versions`.
    """
    iri = object_iri(mrid)
    if not everywhere:
        return look_up_here(node.workspace, asker, iri)
    return look_up(node.workspace, asker, iri, token_for=lambda other: node.token_of(asker, other) if asker else None)
