"""Documents about things that have no page of their own making: schemas, remarks, the catalogue, records of access."""

from collections import defaultdict

from fastapi import APIRouter, Request
from fastapi.responses import Response

from virtuales.rdf.namespaces import DCTERMS, RDFS
from virtuales.rdf.terms import Literal, NamedNode, Triple, plain
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.documents import HTML, chosen_format, finished, rdf_document, see_document
from virtuales.web.portal.rendering import PortalHere
from virtuales.web.portal.visitors import Reader, VisitorHere
from virtuales.workflow.things import describe_thing

router = APIRouter(include_in_schema=False)


@router.get("/id/catalogue/{key}")
@router.get("/id/schema/{key:path}")
@router.get("/id/remark/{key}")
@router.get("/id/access/{key}")
def thing(request: Request) -> Response:
    """Send whoever asks for a thing to the document about it."""
    return see_document(request)


@router.get("/doc/catalogue/{key}")
@router.get("/doc/schema/{key:path}")
@router.get("/doc/remark/{key}")
@router.get("/doc/access/{key}")
def document(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere, reader: Reader, key: str
) -> Response:
    """Answer with all statements about a thing and its parts."""
    media_type = chosen_format(request)
    kind = request.url.path.split("/")[2]
    triples = describe_thing(workspace, reader, kind, key)
    if media_type != HTML:
        return rdf_document(request, triples, media_type)
    iri = workspace.addresses.thing(kind, key)
    page = portal.page(
        request,
        "thing.html",
        visitor=visitor,
        kind=kind,
        iri=iri.value,
        title=_title(iri, triples),
        subjects=_by_subject(iri, triples),
    )
    return finished(request, page)


def _title(iri: NamedNode, triples: list[Triple]) -> str:
    names = [one.object for one in triples if one.subject == iri and one.predicate in (DCTERMS.title, RDFS.label)]
    return plain(names[0]) if names else iri.value.rpartition("/")[2]


def _by_subject(iri: NamedNode, triples: list[Triple]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return each subject with its properties and values, the thing itself first; tell which values are addresses."""
    found: defaultdict[str, list[tuple[str, str, bool]]] = defaultdict(list, {iri.value: []})
    for one in sorted(triples, key=str):
        is_link = not isinstance(one.object, Literal) and plain(one.object).startswith(("https://", "http://"))
        found[plain(one.subject)].append((one.predicate.value, plain(one.object), is_link))
    return list(found.items())
