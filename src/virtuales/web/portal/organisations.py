"""Pages about organisations: the registry as this node knows it, and the documents that the orchestrator answers."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from virtuales.catalogue.search import Question
from virtuales.errors import NotFound
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import Triple, parse_iri
from virtuales.trust.participants import Participant
from virtuales.trust.standing_concepts import kind_of
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.documents import HTML, chosen_format, finished, rdf_document, see_document
from virtuales.web.portal.names import Names
from virtuales.web.portal.rendering import PortalHere
from virtuales.web.portal.visitors import Reader, VisitorHere
from virtuales.workflow.discover import catalogue
from virtuales.workflow.workspace import Workspace

router = APIRouter(include_in_schema=False)
_SHOWN = 20


@router.get("/organisations")
def show_all(request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere) -> Response:
    """List the organisations."""
    names = Names(workspace, visitor.principal if visitor else None)
    return portal.page(
        request, "organisations.html", visitor=visitor, names=names, organisations=workspace.participants.all()
    )


@router.get("/id/organisation/{key}")
def organisation_iri(request: Request) -> Response:
    """Send whoever asks for an organisation to the document about it."""
    return see_document(request)


@router.get("/doc/organisation/{key}")
def document(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere, reader: Reader, key: str
) -> Response:
    """Answer with the document about an organisation."""
    media_type = chosen_format(request)
    iri = parse_iri(f"{workspace.addresses.base}/id/organisation/{key}", where="key")
    participant = workspace.participants.find(iri)
    if participant is None:
        raise NotFound(
            "There is no such organisation here.",
            where=iri.value,
            remedy=f"Organisations are registered at {workspace.orchestrator}.",
        )
    if media_type != HTML:
        return rdf_document(request, _statements(workspace, participant), media_type)
    page = portal.page(
        request,
        "organisation.html",
        visitor=visitor,
        organisation=participant,
        attested=[one for one in participant.attestations if one.holds(workspace.clock.now())],
        kind_of=kind_of,
        names=Names(workspace, reader),
        datasets=catalogue(workspace, reader).find(Question(publisher=iri.value, limit=_SHOWN)),
    )
    return finished(request, page)


def _statements(workspace: Workspace, participant: Participant) -> list[Triple]:
    """Return what the registry says publicly about an organisation."""
    iri, registry = participant.iri, [workspace.registry_graphs.registry]
    found = workspace.store.construct(f"CONSTRUCT {{ {iri} ?p ?o }} WHERE {{ {iri} ?p ?o }}", graphs=registry)
    attested = f"{iri} {VES.attestation} ?one . ?one ?p ?o"
    return found + workspace.store.construct(f"CONSTRUCT {{ ?one ?p ?o }} WHERE {{ {attested} }}", graphs=registry)
