"""The catalogue as the Dataspace Protocol shows it: this node's datasets that are to be had by an agreement."""

from dataclasses import dataclass
from typing import Final

from virtuales.contract.dataspace.policies import offer_for_catalogue
from virtuales.contract.dataspace.shapes import VERSION, Json, new_message
from virtuales.errors import NotFound, UnreadableInput, UnsupportedForm
from virtuales.policy.templates import is_open
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.keys import did_web
from virtuales.trust.tokens import Principal
from virtuales.workflow.discover import versions_here
from virtuales.workflow.offers import offer_of
from virtuales.workflow.workspace import Workspace

PATH = f"/dsp/{VERSION}"
"""Where the messages of this version of the protocol are taken, below the node's base."""
PAGE: Final = 100
"""How many datasets are looked at for a page; those that the protocol does not show leave it shorter."""
PULL, PUSH = "HttpData-PULL", "HttpData-PUSH"


def versions(workspace: Workspace) -> dict[str, object]:
    """Describe the versions of the protocol that this node speaks."""
    auth = {"protocol": "OAuth", "version": "2", "profile": ["client_credentials"]}
    spoken = {
        "version": VERSION,
        "path": PATH,
        "binding": "HTTPS",
        "identifierType": "IRI",
        "serviceId": did_web(workspace.addresses.base),
        "auth": auth,
    }
    return {"protocolVersions": [spoken]}


def catalogue_service(base: str) -> dict[str, object]:
    """Describe where a node's catalogue is, as a service of its DID document."""
    return {"id": f"{did_web(base)}#catalogue", "type": "CatalogService", "serviceEndpoint": f"{base}{PATH}/catalog"}


@dataclass(frozen=True)
class CataloguePage:
    """A page of the catalogue.

    Args:
        message: The protocol's message.
        before: Where the page before begins; None on the first.
        after: Where the page after begins; None on the last.
    """

    message: dict[str, object]
    before: int | None
    after: int | None


def show_catalogue(workspace: Workspace, principal: Principal, message: Json, *, first: int = 0) -> CataloguePage:
    """Answer a CatalogRequestMessage with a page of the catalogue.

    Args:
        workspace: The node.
        principal: Who asks.
        message: The request.
        first: How many datasets that somebody may know of are before the page.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
        UnreadableInput: the request has a filter, which is not supported.
    """
    if message.get("filter"):
        raise UnreadableInput(
            "Catalogues are not filtered here.", where="filter", remedy="Leave `filter` out, or search by SPARQL."
        )
    base = workspace.addresses.base
    provider = workspace.participants.by_node(base)
    known = versions_here(workspace, principal)
    page = known[first : first + PAGE]
    listed = [found for iri, title in page if (found := _dataset(workspace, NamedNode(iri), title)) is not None]
    shown = new_message(
        "Catalog",
        **{"@id": base + PATH, "participantId": provider.iri.value if provider else did_web(base)},
        dataset=listed or None,
        service=[_service(workspace)],
    )
    before = max(first - PAGE, 0) if first else None
    return CataloguePage(shown, before, first + PAGE if first + PAGE < len(known) else None)


def show_dataset(workspace: Workspace, principal: Principal, name: str) -> dict[str, object]:
    """Return one dataset of the catalogue by its identifier, the IRI of its version.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
        NotFound: there is none that the principal may know of and that is to be had by an agreement.
    """
    version = parse_iri(name, where="id")
    known = {iri: title for iri, title in versions_here(workspace, principal) if iri == version.value}
    dataset = _dataset(workspace, version, known[version.value]) if known else None
    if dataset is None:
        raise NotFound(
            "There is no such dataset to negotiate about.", where=name, remedy="Take its `@id` from the catalogue."
        )
    return new_message("Dataset", **{key: value for key, value in dataset.items() if key != "@type"})


def _dataset(workspace: Workspace, version: NamedNode, title: str) -> dict[str, object] | None:
    """Describe a dataset version; None for open data, which needs no agreement, and what the protocol cannot say."""
    offer = offer_of(workspace, version)
    if is_open(offer):
        return None
    try:
        policy = offer_for_catalogue(offer)
    except UnsupportedForm:
        return None
    service = _service(workspace)
    return {
        "@id": version.value,
        "@type": "Dataset",
        "dct:title": title,
        "hasPolicy": [policy],
        "distribution": [{"@type": "Distribution", "format": how, "accessService": service} for how in (PULL, PUSH)],
    }


def _service(workspace: Workspace) -> dict[str, object]:
    url = workspace.addresses.base + PATH
    return {"@id": url, "@type": "DataService", "endpointURL": url}
