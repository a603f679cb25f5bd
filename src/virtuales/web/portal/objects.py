"""The page about one object of the grid, which is RDF too, and the form that leads to it."""

from collections import defaultdict
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.catalogue.object_statements import object_statements
from virtuales.catalogue.object_view import Named, ObjectView, Relation, object_key
from virtuales.errors import InputError, NotFound
from virtuales.node import Node
from virtuales.rdf.terms import NamedNode
from virtuales.trust.tokens import Principal
from virtuales.web.dependencies import NodeHere, WorkspaceHere
from virtuales.web.portal.documents import HTML, chosen_format, finished, rdf_document
from virtuales.web.portal.names import Names
from virtuales.web.portal.rendering import PortalHere
from virtuales.web.portal.visitors import Reader, VisitorHere
from virtuales.workflow.object_lookup import object_iri
from virtuales.workflow.object_network import look_up

router = APIRouter(include_in_schema=False)


def object_path(iri: str, kind: str = "doc") -> str:
    """Return the path of the page about an object, or with `id` of this node's IRI of it."""
    return f"/{kind}/object/{quote(object_key(iri), safe='')}"


@router.get("/objects")
def find(
    request: Request,
    portal: PortalHere,
    visitor: VisitorHere,
    mrid: Annotated[str, Query(max_length=600)] = "",
) -> Response:
    """Show the form for an mRID, or go to the page about the object."""
    fault = {}
    if mrid:
        try:
            return RedirectResponse(object_path(object_iri(mrid).value), status_code=303)
        except InputError as error:
            fault = {"mrid": f"{error.what} {error.remedy}"}
    return portal.page(request, "objects.html", status=422 if fault else 200, visitor=visitor, mrid=mrid, fault=fault)


@router.get("/id/object/{mrid:path}")
def object_thing(mrid: str) -> Response:
    """Send whoever asks for an object to the document about it."""
    return RedirectResponse(object_path(object_iri(mrid).value), status_code=303, headers={"Vary": "Accept"})


@router.get("/doc/object/{mrid:path}")
def document(
    request: Request,
    node: NodeHere,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: VisitorHere,
    reader: Reader,
    mrid: str,
) -> Response:
    """Answer with the document about an object, of what this node and the others in reach say."""
    media_type = chosen_format(request)
    iri = object_iri(mrid)
    view = _look_up(node, reader, iri)
    if media_type != HTML:
        _require_something(view)
        base = workspace.addresses.base
        things = [NamedNode(base + object_path(view.iri, kind)) for kind in ("id", "doc")]
        return rdf_document(request, object_statements(view, thing=things[0], document=things[1]), media_type)
    page = portal.page(
        request,
        "object.html",
        status=200 if view.versions else 404,
        visitor=visitor,
        view=view,
        relations=_by_property(view.relations),
        referred_by=_by_property(view.referred_by),
        numbers={one.iri: place for place, one in enumerate(view.versions, start=1)},
        names=Names(workspace, reader),
        object_path=object_path,
        last_answered=[one for one in view.sources if one.state == "answered"],
    )
    return finished(request, page)


def _look_up(node: Node, reader: Principal | None, iri: NamedNode) -> ObjectView:
    return look_up(
        node.workspace, reader, iri, token_for=lambda other: node.token_of(reader, other) if reader else None
    )


def _require_something(view: ObjectView) -> None:
    """Refuse to answer with a document that says nothing."""
    if not view.versions:
        missing = [f"{one.version or one.node} {one.state}" for one in view.sources if one.state != "answered"]
        raise NotFound(
            "No dataset version that you may use speaks of this object.",
            where=view.iri,
            remedy=f"Not looked at: {'; '.join(missing)}." if missing else "Check the mRID.",
        )


def _by_property(relations: tuple[Relation, ...]) -> list[tuple[Named, list[Relation]]]:
    found: defaultdict[str, list[Relation]] = defaultdict(list)
    for one in relations:
        found[one.by.iri].append(one)
    return [(group[0].by, group) for group in found.values()]
