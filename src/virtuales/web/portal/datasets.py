"""Pages about datasets: this node's own under their IRIs, and those of other nodes that its catalogue knows."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from virtuales.catalogue.entry import download_url
from virtuales.catalogue.lineage import read_lineage
from virtuales.catalogue.search import Catalogue, VersionEntry
from virtuales.policy.odrl import Offer
from virtuales.policy.odrl_rdf import get_policy
from virtuales.policy.sentences import policy_sentences
from virtuales.policy.views.deciding import sole_view
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.tokens import Principal
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.decisions import judged_offer
from virtuales.web.portal.documents import (
    HTML,
    Item,
    Signs,
    chosen_format,
    finished,
    rdf_document,
    see_document,
)
from virtuales.web.portal.lineage_drawing import draw_lineage
from virtuales.web.portal.names import Names
from virtuales.web.portal.quality import quality_of
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.visitors import Reader, Visitor, VisitorHere
from virtuales.workflow.consume import standing
from virtuales.workflow.discover import catalogue, visible_graphs
from virtuales.workflow.view_files import first_file
from virtuales.workflow.workspace import Workspace

router = APIRouter(include_in_schema=False)


@router.get("/id/dataset/{slug}")
@router.get("/id/dataset/{slug}/version/{number}")
def dataset_iri(request: Request) -> Response:
    """Send whoever asks for a dataset to the document about it."""
    return see_document(request)


@router.get("/doc/dataset/{slug}")
def dataset_document(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere, reader: Reader, slug: str
) -> Response:
    """Answer with the document about a dataset: its current version's page, or the dataset's statements."""
    media_type = chosen_format(request)
    found = catalogue(workspace, reader)
    dataset = parse_iri(f"{workspace.addresses.base}/id/dataset/{slug}", where="slug")
    entry = found.version(found.current_version(dataset))
    if media_type != HTML:
        return rdf_document(request, found.describe(dataset), media_type, signs=_signs(entry))
    return finished(request, _page(request, portal, workspace, visitor, entry, reader), signs=_signs(entry))


@router.get("/doc/dataset/{slug}/version/{number}")
def version_document(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: VisitorHere,
    reader: Reader,
    slug: str,
    number: int,
) -> Response:
    """Answer with the document about a dataset version."""
    media_type = chosen_format(request)
    found = catalogue(workspace, reader)
    version = parse_iri(f"{workspace.addresses.base}/id/dataset/{slug}/version/{number}", where="slug")
    entry = found.version(version)
    if media_type != HTML:
        return rdf_document(request, found.describe(version), media_type, signs=_signs(entry))
    return finished(request, _page(request, portal, workspace, visitor, entry, reader), signs=_signs(entry))


def _signs(entry: VersionEntry) -> Signs:
    items = tuple(Item(file.url, file.media_type) for file in entry.files)
    return Signs(licence=entry.licence, author=entry.publisher, items=items)


@router.get("/catalogue/remote")
def remote(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: VisitorHere,
    reader: Reader,
    iri: Annotated[str, Query()],
) -> Response:
    """Show a dataset of another node as this node's catalogue knows it."""
    thing = parse_iri(iri, where="iri")
    if workspace.addresses.owns(iri):
        return RedirectResponse(urlsplit(iri).path.replace("/id/", "/doc/", 1) or "/", status_code=303)
    found = catalogue(workspace, reader)
    version = thing if "/version/" in iri else found.current_version(thing)
    return _page(request, portal, workspace, visitor, found.version(version), reader)


def _page(
    request: Request,
    portal: Portal,
    workspace: Workspace,
    visitor: Visitor | None,
    entry: VersionEntry,
    reader: Principal | None,
) -> Response:
    found = catalogue(workspace, reader)
    names = Names(workspace, reader)
    offer = find_offer(workspace, reader, entry)
    lineage = read_lineage(workspace.store, visible_graphs(workspace, reader), NamedNode(entry.iri))
    licences = {licence.iri.value: licence.identifier for licence in workspace.licences}
    return portal.page(
        request,
        "dataset.html",
        visitor=visitor,
        entry=entry,
        names=names,
        versions=found.versions(NamedNode(entry.dataset)),
        current=_current(found, entry),
        conditions=policy_sentences(offer, names.organisation) if offer else [],
        standing=standing(workspace, reader, entry),
        judged=judged_offer(workspace, reader, entry.iri) if offer else (),
        offered_file=_offered_file(entry, offer),
        provider=entry.iri.partition("/id/")[0],
        is_own=workspace.addresses.owns(entry.iri),
        asks_at=_asks_at(visitor, entry),
        area=_corners(entry.bbox),
        sources=[names.source(iri) for iri in entry.conditions.derived_from],
        quality=quality_of(entry.quality),
        lineage=lineage,
        drawing=draw_lineage(lineage, licence_of=licences),
        derivations=[(names.source(derived), names.source(source)) for derived, source in lineage.derivations],
    )


def _offered_file(entry: VersionEntry, offer: Offer | None) -> tuple[str, str] | None:
    """Return address and name of the file to download: the first, or the view's where the offer is about one alone."""
    view = sole_view(offer) if offer is not None else None
    if view is not None:
        name = first_file(entry, view)
        return download_url(NamedNode(entry.iri), name), name
    return (entry.files[0].url, entry.files[0].name) if entry.files else None


def _current(found: Catalogue, entry: VersionEntry) -> str:
    return found.current_version(NamedNode(entry.dataset)).value


def _asks_at(visitor: Visitor | None, entry: VersionEntry) -> str | None:
    """Return the node at which the visitor can ask for access; None for who is not signed in, or owns the data."""
    if visitor is None or visitor.principal.organisation == entry.publisher:
        return None
    return "" if visitor.is_at_home else visitor.home


def find_offer(workspace: Workspace, reader: Principal | None, entry: VersionEntry) -> Offer | None:
    """Return the offer of a version in the catalogue, from whichever graph the entry stands in."""
    iri = NamedNode(entry.offer)
    for graph in visible_graphs(workspace, reader):
        if workspace.store.ask(f"ASK {{ {iri} a {ODRL.Offer} }}", graphs=[graph]):
            return get_policy(workspace.store, graph, iri, workspace.vocabulary)
    return None


def _corners(wkt: str | None) -> str | None:
    """Write a box for people: its south-western and north-eastern corners in degrees."""
    if wkt is None or not wkt.startswith("POLYGON(("):
        return None
    points = [tuple(map(float, point.split())) for point in wkt.removeprefix("POLYGON((").rstrip(")").split(",")]
    longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
    south, north = (_degrees(value, "N", "S") for value in (min(latitudes), max(latitudes)))
    west, east = (_degrees(value, "E", "W") for value in (min(longitudes), max(longitudes)))
    return f"{south} to {north}, {west} to {east}"


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):.2f}° {positive if value >= 0 else negative}"
