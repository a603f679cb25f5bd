"""What is said of the sources of derived data: by the catalogue here, or by the nodes that have them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import quote

from virtuales.catalogue.quality import read_derivations
from virtuales.catalogue.search import Catalogue, VersionEntry
from virtuales.errors import InputError, IntegrityFailure, NotFound, PeerFailure
from virtuales.policy.odrl import Offer
from virtuales.policy.odrl_json import parse_policy
from virtuales.policy.odrl_rdf import get_policy
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode, parse_iri, plain
from virtuales.workflow.discover import known_nodes, participants_graphs
from virtuales.workflow.workspace import Workspace

_CATALOGUE = "/api/v1/catalogue"


@dataclass(frozen=True)
class SourceEntry:
    """What a catalogue says of a dataset version that something was derived from.

    Args:
        version: IRI of the version.
        title: Its title and number.
        publisher: IRI of its publisher.
        licence: IRI of its licence.
        offer: The offer under which it can be used; None where none is known.
        personal_data: Whether it says something about living persons.
        derived_from: IRIs of what it was derived from itself.
    """

    version: NamedNode
    title: str
    publisher: str
    licence: str
    offer: Offer | None
    personal_data: bool = False
    derived_from: tuple[str, ...] = ()


class SourceEntries:
    """Finds what is said of sources, as an organisation at home here may know of them.

    Args:
        workspace: The node's parts.
        organisation: IRI of the organisation.
    """

    def __init__(self, workspace: Workspace, organisation: str) -> None:
        self._workspace = workspace
        self._organisation = organisation
        self._graphs = participants_graphs(workspace)
        self._catalogue = Catalogue(workspace.store, self._graphs)

    def find(self, thing: NamedNode) -> SourceEntry | None:
        """Return what is said of a version, or of the current version of a dataset; None of what is neither.

        Raises:
            PeerFailure: neither the node that has it nor the orchestrator answered.
            IntegrityFailure: a node speaks for an organisation that is not at home there.
        """
        try:
            is_version = self._catalogue.is_version(thing)
            entry = self._catalogue.version(thing if is_version else self._catalogue.current_version(thing))
        except NotFound:
            return self._elsewhere(thing)
        return _of_entry(entry, self._offer(NamedNode(entry.offer)))

    def derivations(self, version: NamedNode) -> Mapping[str, str | None]:
        """Return the licences under which a version here used its sources, by IRI; None of the publisher's own."""
        return read_derivations(self._workspace.store, self._graphs, version)

    def _offer(self, offer: NamedNode) -> Offer | None:
        query = f"SELECT ?g WHERE {{ GRAPH ?g {{ {offer} a {ODRL.Offer} }} }}"
        rows = self._workspace.store.select(query, graphs=self._graphs)
        if not rows:
            return None
        return get_policy(self._workspace.store, NamedNode(plain(rows[0]["g"])), offer, self._workspace.vocabulary)

    def _elsewhere(self, thing: NamedNode) -> SourceEntry | None:
        """Ask the participant's node whose address a thing has; while it is away, the orchestrator."""
        own = self._workspace.addresses.base
        node = next((one for one in known_nodes(self._workspace) if thing.value.startswith(f"{one}/")), own)
        if node == own:
            return None
        try:
            try:
                return self._at(node, node, thing)
            except PeerFailure:
                return self._at(self._workspace.orchestrator, node, thing)
        except NotFound:
            return None

    def _at(self, asked: str, home: str, thing: NamedNode) -> SourceEntry:
        try:
            entry = _of_answer(self._told(asked, "dataset", thing.value))
        except (KeyError, TypeError, InputError) as error:
            raise PeerFailure("The node answered with what is no entry of a dataset.", where=asked) from error
        publisher = self._workspace.find_participant(entry.publisher)
        if publisher is None or publisher.node_url != home:
            raise IntegrityFailure(
                "A node speaks for a publisher that is not at home there.",
                where=thing.value,
                remedy="Leave the source out, and tell the orchestrator's staff.",
            )
        answer = self._told(asked, "offer", entry.version.value)
        vocabulary = self._workspace.vocabulary
        offer = parse_policy(cast("Mapping[str, object]", answer.get("offer")), vocabulary=vocabulary)
        if offer.target != entry.version or offer.assigner != publisher.iri:
            raise IntegrityFailure("The provider's offer is about something else.", where=offer.iri.value)
        return replace(entry, offer=offer)

    def _told(self, node: str, what: str, iri: str) -> Mapping[str, object]:
        path = f"{_CATALOGUE}/{what}?iri={quote(iri, safe='')}"
        return self._workspace.peers.get(node, path, organisation=self._organisation)


def _of_entry(entry: VersionEntry, offer: Offer | None) -> SourceEntry:
    return SourceEntry(
        NamedNode(entry.iri),
        f"{entry.title}, version {entry.number}",
        entry.publisher,
        entry.licence,
        offer,
        entry.conditions.personal_data,
        entry.conditions.derived_from,
    )


def _of_answer(answer: Mapping[str, object]) -> SourceEntry:
    entry = cast("Mapping[str, object]", answer["entry"])
    conditions = cast("Mapping[str, object]", entry["conditions"])
    return SourceEntry(
        parse_iri(str(entry["iri"]), where="iri"),
        f"{entry['title']}, version {entry['number']}",
        str(entry["publisher"]),
        str(entry["licence"]),
        None,
        personal_data=conditions["personal_data"] is not False,
        derived_from=tuple(map(str, cast("Sequence[object]", conditions["derived_from"]))),
    )
