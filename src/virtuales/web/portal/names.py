"""Names and addresses of the things that pages speak of: organisations, licences, dataset versions."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from virtuales.errors import NotFound
from virtuales.policy.licences.licence import Licence
from virtuales.rdf.terms import NamedNode
from virtuales.trust.standing_concepts import standing_concepts
from virtuales.trust.tokens import Principal
from virtuales.workflow.discover import catalogue
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class Source:
    """What data was derived from: its IRI, its name and the address of a page about it, if there is one."""

    iri: str
    name: str
    page: str | None


class Names:
    """Names things as one reader may know them.

    Args:
        workspace: The node's parts.
        principal: Who reads; None for the public.
    """

    def __init__(self, workspace: Workspace, principal: Principal | None) -> None:
        self._workspace = workspace
        self._catalogue = catalogue(workspace, principal)
        self._organisations: dict[str, str] = {}
        self._titles: dict[str, str] = {}

    def organisation(self, iri: str | NamedNode) -> str:
        """Return an organisation's legal name, a group's or certification's name, or the IRI of what is not known."""
        value = iri.value if isinstance(iri, NamedNode) else iri
        if value not in self._organisations:
            participant = self._workspace.find_participant(value)
            attested = standing_concepts().get(NamedNode(value))
            known = attested.name if attested else value
            self._organisations[value] = participant.legal_name if participant else known
        return self._organisations[value]

    def licence(self, iri: str) -> str:
        """Return a licence's name, or its IRI when this node does not know it."""
        licence = self.known_licence(iri)
        return licence.title if licence else iri

    def known_licence(self, iri: str) -> Licence | None:
        """Return a licence that this node knows, or None."""
        return self._workspace.licences.find(iri)

    def version(self, iri: str) -> str:
        """Return the title and number of a dataset version; its short name when the catalogue here does not hold it."""
        if iri not in self._titles:
            try:
                entry = self._catalogue.version(NamedNode(iri))
                self._titles[iri] = f"{entry.title}, version {entry.number}"
            except NotFound:
                slug, _, number = iri.partition("/id/dataset/")[2].partition("/version/")
                self._titles[iri] = f"{slug}, version {number}" if slug and number else iri
        return self._titles[iri]

    def source(self, iri: str) -> Source:
        """Return what data was derived from: by its title where the catalogue here holds it, else by its IRI."""
        if "/id/dataset/" in iri:
            try:
                thing = NamedNode(iri)
                version = thing if "/version/" in iri else self._catalogue.current_version(thing)
                entry = self._catalogue.version(version)
            except NotFound:
                pass  # the catalogue here does not hold it, or not for this reader
            else:
                return Source(iri, f"{entry.title}, version {entry.number}", self.dataset_page(iri))
        return Source(iri, iri, iri if iri.startswith(("https://", "http://")) else None)

    def dataset_page(self, iri: str) -> str:
        """Return the address of the page about a dataset or version, on this node whosever it is."""
        base = self._workspace.addresses.base
        if self._workspace.addresses.owns(iri):
            return urlsplit(iri).path.replace("/id/", "/doc/", 1) if "/id/" in iri else base
        return f"/catalogue/remote?iri={quote(iri, safe='')}"

    def organisation_page(self, iri: str) -> str:
        """Return the address of the page about an organisation: here when this node registered it, else there."""
        return urlsplit(iri).path.replace("/id/", "/doc/", 1) if self._workspace.addresses.owns(iri) else iri
