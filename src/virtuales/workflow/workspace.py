"""What every step works with: the node's addresses, its ledger, and what it knows of models, schemas and licences."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from virtuales.alignment.impact.kept import KeptImpacts
from virtuales.alignment.registered.in_use import MappingsInUse
from virtuales.alignment.registered.statements import MappingVersions
from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.use_cases.registry import UseCaseRegistry
from virtuales.assurance.kept_judgements import KeptJudgements
from virtuales.assurance.registered_models import RegisteredModels
from virtuales.assurance.schema_statements import Schemas
from virtuales.assurance.shapes_library import ShapesLibrary
from virtuales.catalogue.drafts import Drafts
from virtuales.catalogue.index.index import SearchIndex
from virtuales.catalogue.index.thesaurus import KeptThesaurus
from virtuales.catalogue.search import Catalogue
from virtuales.clock import Clock
from virtuales.errors import AccessDenied, VirtualesError
from virtuales.exchange.peers import Peers
from virtuales.federation.kept_askers import KeptAskers
from virtuales.federation.serving import FederatedQueries
from virtuales.journal.ledger import Ledger
from virtuales.models.registry import ModelRegistry
from virtuales.policy.licences.licence import Licences
from virtuales.policy.profile import Profile
from virtuales.policy.register import PolicyRegister
from virtuales.policy.world import World
from virtuales.query.description import KeptCounts
from virtuales.query.service import Queries
from virtuales.query.services import NO_SERVICES, Services
from virtuales.rdf.addresses import Addresses
from virtuales.rdf.terms import NamedNode
from virtuales.store.kept_readings import KeptReadings
from virtuales.store.kept_views import KeptViews
from virtuales.store.object_store import ObjectStore
from virtuales.store.rdf_store import RdfStore
from virtuales.store.received_files import ReceivedFiles
from virtuales.trust.keys import SigningKey
from virtuales.trust.participants import Participant, Participants, RegistryGraphs
from virtuales.trust.published_terms import TermsOnRecord
from virtuales.trust.scopes import Scope, roles_with
from virtuales.trust.tokens import Principal

Found = TypeVar("Found")


@dataclass(frozen=True)
class Limits:
    """How much a node accepts.

    Args:
        upload_bytes: The largest file.
        unpacked_bytes: The most that a package may unpack to.
    """

    upload_bytes: int
    unpacked_bytes: int


@dataclass(frozen=True)
class ConnectorChoices:
    """How a node deals with connectors that speak the Dataspace Protocol and nothing beside.

    Args:
        unsigned: Whether their word alone, which is proved by their credentials, makes an agreement.
        by_hand: Whether people, and not the node by itself, agree, verify, finalise and start.
    """

    unsigned: bool = False
    by_hand: bool = False


@dataclass(frozen=True)
class Workspace:
    """The parts of a node that the steps use.

    Args:
        orchestrator: Base URL of the orchestrator, which may be the node itself.
        judgements: What judges models by what changed since a version before.
        queries: What answers the queries of users, within limits.
        received: The files that providers put here.
        services: The other endpoints that their queries may name.
        federated: What answers their queries to many producers, within limits.
        counts: What the graphs of dataset versions hold, which never change.
        models: The vocabularies that the node knows.
        registered_models: Keeps them in step with the registered schemas.
        use_cases: The use cases that ship.
        mappings_in_use: The mappings that ship, and the published ones of the registry.
        askers: What leads from other models to those that queries are in.
        impacts: What versions of mappings were found to change.
        readings: What was read of the store, until it changes.
        connectors: How it deals with connectors of other makers.
        views: Which views of dataset versions are kept in the store.
        search_index: Where the catalogue is searched.
        thesaurus: What words mean when it is searched.
    """

    ledger: Ledger
    orchestrator: str
    models: ModelRegistry
    registered_models: RegisteredModels
    mappings_in_use: MappingsInUse
    use_cases: UseCaseRegistry
    library: ShapesLibrary
    licences: Licences
    key: SigningKey
    peers: Peers
    limits: Limits
    judgements: KeptJudgements
    queries: Queries
    received: ReceivedFiles
    services: Services = NO_SERVICES
    federated: FederatedQueries = field(default_factory=FederatedQueries)
    counts: KeptCounts = field(default_factory=KeptCounts)
    askers: KeptAskers = field(default_factory=KeptAskers)
    impacts: KeptImpacts = field(default_factory=KeptImpacts)
    readings: KeptReadings = field(default_factory=KeptReadings)
    connectors: ConnectorChoices = field(default_factory=ConnectorChoices)
    views: KeptViews = field(default_factory=KeptViews)
    search_index: SearchIndex = field(default_factory=lambda: SearchIndex(None))
    thesaurus: KeptThesaurus = field(default_factory=KeptThesaurus)

    @property
    def addresses(self) -> Addresses:
        """The IRIs the node mints."""
        return Addresses(self.ledger.source)

    @property
    def clock(self) -> Clock:
        """What time it is."""
        return self.ledger.clock

    @property
    def store(self) -> RdfStore:
        """The RDF store, for reading."""
        return self.ledger.store

    @property
    def objects(self) -> ObjectStore:
        """The object store."""
        return self.ledger.objects

    def kept(self, key: Hashable, graphs: Sequence[NamedNode], read: Callable[[], Found]) -> Found:
        """Return what was read of graphs, or read it where one of them has changed since; see `KeptReadings.of`."""
        return self.readings.of(key, read, store=self.store, graphs=graphs)

    def find_participant(self, iri: str) -> Participant | None:
        """Return a registered organisation as it stands now, or None where there is none of that IRI."""
        graphs = self.registry_graphs
        read = [graphs.registry, graphs.private]
        return self.kept(("participant", iri), read, lambda: self.participants.find(NamedNode(iri)))

    @property
    def participants(self) -> Participants:
        """The orchestrator's registry as this node knows it."""
        graphs = self.registry_graphs
        return Participants(self.store, graphs.registry, private=graphs.private if self.is_orchestrator else None)

    @property
    def terms(self) -> TermsOnRecord:
        """The terms and conditions as this node knows them."""
        graphs = self.registry_graphs
        return TermsOnRecord(self.store, graphs.registry, private=graphs.private if self.is_orchestrator else None)

    @property
    def registry_graphs(self) -> RegistryGraphs:
        """The graphs of the orchestrator's registry; the private one is on the orchestrator alone."""
        orchestrator = Addresses(self.orchestrator)
        return RegistryGraphs(orchestrator.graph("registry"), orchestrator.graph("registrations"))

    @property
    def schemas(self) -> Schemas:
        """The orchestrator's registered schemas as this node knows them."""
        return Schemas(self.store, Addresses(self.orchestrator).graph("schemas"))

    @property
    def mapping_versions(self) -> MappingVersions:
        """The orchestrator's registered mappings as this node knows them."""
        return MappingVersions(self.store, Addresses(self.orchestrator).graph("mappings"))

    @property
    def policy_register(self) -> PolicyRegister:
        """What the orchestrator, and then this node, registered for policies."""
        return PolicyRegister(self.store, self.policy_graphs)

    @property
    def vocabulary(self) -> Profile:
        """The terms that policies may use here: the core's, and those of registered profiles."""
        return self.kept("vocabulary", self.policy_graphs, self._read_vocabulary)

    def _read_vocabulary(self) -> Profile:
        return self.policy_register.vocabulary()

    @property
    def surroundings(self) -> World:
        """What is known whoever asks for whatever: when events take place, and what concepts and places are part of."""
        return World(events=self.policy_register.events(), memberships=self.vocabulary.broader)

    @cached_property
    def policy_graphs(self) -> list[NamedNode]:
        """The graphs of what the orchestrator, and this node, registered for policies."""
        return [Addresses(self.orchestrator).graph("policies"), self.addresses.graph("policies")]

    @property
    def mappings(self) -> MappingRegistry:
        """The mapping sets in use now."""
        return self.mappings_in_use.current.mappings

    def take_mappings(self) -> list[VirtualesError]:
        """Put to use what mappings are published now; return why some could not be had."""
        return self.mappings_in_use.take(self.mapping_versions.all)

    def take_models(self) -> list[VirtualesError]:
        """Put to use what models are registered now; return why some model could not be had."""
        return self.registered_models.take(self.schemas.all(), self.clock.now())

    @property
    def own_graphs(self) -> list[NamedNode]:
        """The graphs of what this node publishes, whoever may see it."""
        return [self.addresses.graph(name) for name in ("catalogue/public", "catalogue/participants")]

    @property
    def own_catalogue(self) -> Catalogue:
        """The catalogue of what this node publishes, whoever may see it."""
        return Catalogue(self.store, self.own_graphs)

    @property
    def is_orchestrator(self) -> bool:
        """Whether this node is the orchestrator."""
        return self.orchestrator == self.addresses.base

    @property
    def drafts(self) -> Drafts:
        """The drafts of the organisations that this node hosts."""
        return Drafts(self.store, self.addresses.graph("drafts"))

    def hosted(self, principal: Principal, scope: Scope) -> Participant:
        """Return the organisation that a principal acts for, if this node hosts it and it may do this.

        Raises:
            AccessDenied: the token lacks the scope, or the organisation is not an approved one hosted here.
        """
        participant = self.approved(principal, scope)
        if participant.node_url != self.addresses.base:
            raise AccessDenied(
                "Your organisation is not at home on this node.",
                reasons=[f"It is registered with the node at {participant.node_url}."],
                where=self.addresses.base,
                remedy="Use your organisation's own node.",
            )
        return participant

    def approved(self, principal: Principal, scope: Scope) -> Participant:
        """Return the approved organisation that a principal acts for, if its token has a scope.

        Raises:
            AccessDenied: the token lacks the scope, or the organisation is not approved.
        """
        if scope.value not in principal.scopes:
            raise AccessDenied(
                "Your token does not allow this.",
                reasons=[f"It lacks the scope `{scope.value}`."],
                where=f"scope {scope.value}",
                remedy=f"It takes the role {' or '.join(role.value for role in roles_with(scope))}.",
            )
        participant = self.find_participant(principal.organisation)
        if participant is None or not participant.is_approved:
            status = participant.status.value if participant else "unknown to this node"
            raise AccessDenied(
                "Your organisation may not take part now.",
                reasons=[f"Its status is: {status}."],
                where=principal.organisation,
                remedy="Ask the orchestrator's staff.",
            )
        return participant
