"""The composition root: builds a running node from its settings, and ends it again."""

import logging
import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx

from virtuales.alignment.registered.in_use import MappingsInUse
from virtuales.alignment.use_cases.registry import UseCaseRegistry
from virtuales.assurance.kept_judgements import KeptJudgements
from virtuales.assurance.registered_models import RegisteredModels
from virtuales.assurance.registry import SchemaRegistry
from virtuales.assurance.shapes_library import ShapesLibrary
from virtuales.catalogue.index.index import SearchIndex
from virtuales.clock import Clock, SystemClock
from virtuales.errors import NotFound, VirtualesError
from virtuales.exchange.follower import Follower
from virtuales.exchange.mapping_contents import KeptMappings
from virtuales.exchange.peers import Peers
from virtuales.exchange.schema_contents import KeptContents
from virtuales.exchange.service_client import ServiceClient
from virtuales.exchange.tokens import NodeTokens
from virtuales.federation.serving import FederatedQueries
from virtuales.journal.ledger import Ledger, Progress
from virtuales.journal.log import Journal
from virtuales.models.registry import ModelRegistry
from virtuales.policy.licences.reading import load_licences
from virtuales.query.service import Queries, QueryLimits, StoreQueries, WorkerQueries
from virtuales.query.services import Services
from virtuales.rdf.terms import NamedNode
from virtuales.resources import contributed
from virtuales.settings import Settings
from virtuales.store.claimed_directory import claim
from virtuales.store.object_store import LocalObjectStore, ObjectStore
from virtuales.store.oxigraph_store import OxigraphStore
from virtuales.store.rdf_store import RdfStore
from virtuales.store.received_files import ReceivedFiles
from virtuales.store.sparql_server import SparqlServer, SparqlServerStore
from virtuales.trust.accepted_tokens import AcceptedTokens
from virtuales.trust.assertions import AssertionVerifier, make_client_assertion
from virtuales.trust.authorization import Applications, Codes
from virtuales.trust.domain_linkage import linked_origins
from virtuales.trust.dpop import ProofVerifier
from virtuales.trust.keys import PublicKey, SigningKey
from virtuales.trust.outside_issuer import OutsideVerifier, outside_issuer
from virtuales.trust.scopes import SCOPES_OF, Role, Scope
from virtuales.trust.tokens import Principal, TokenIssuer, TokenVerifier
from virtuales.trust.used_once import UsedOnce
from virtuales.workflow import register, seed_schemas, token_keys
from virtuales.workflow.accept_terms import TermsReminders
from virtuales.workflow.dataspace.receiving import sweep_received
from virtuales.workflow.discover import known_nodes
from virtuales.workflow.due import carry_on
from virtuales.workflow.federated_account import KeptAccounts
from virtuales.workflow.model_graphs import keep_model_graphs
from virtuales.workflow.people import open_people
from virtuales.workflow.publish import unpublished_graphs
from virtuales.workflow.saved_searches import SearchWatch
from virtuales.workflow.use_case_graphs import keep_use_case_graphs
from virtuales.workflow.views import ViewSweeper
from virtuales.workflow.watch_dates import DateWatch
from virtuales.workflow.workspace import ConnectorChoices, Limits, Workspace

_LOG = logging.getLogger(__name__)
_PEER_SECONDS = 30.0
_OUTSIDE_SECONDS = 10.0


class Node:
    """A running node.

    Args:
        settings: What it was told.
        clock: What time it is.
    """

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.closing = False
        self._lock = claim(settings.data_dir)
        self.http = settings.egress.client(_PEER_SECONDS)
        self._stop = threading.Event()
        self._threads: dict[str, Follower] = {}
        keys = settings.data_dir / "keys"
        keys.mkdir(mode=0o700, exist_ok=True)
        self.key = SigningKey.load_or_create(keys / "node.pem")
        self.key_files = token_keys.KeyFiles(keys)
        self.linked_origins = linked_origins(settings.base_url, settings.linked_domains)
        self.issuer = self._issuer()
        self.used_once = UsedOnce.open(settings.data_dir / "used-once.sqlite", self.clock)
        self.applications = Applications(settings.applications)
        self.codes = Codes(self.clock)
        self.proofs = ProofVerifier(self.used_once, self.clock)
        self.assertions = AssertionVerifier(
            settings.orchestrator, clock=self.clock, public_key_of=self._public_key_of, used=self.used_once
        )
        longest = timedelta(seconds=settings.issuer_keys_seconds)
        fetch, orchestrator = self._fetch_jwks, settings.orchestrator
        own = TokenVerifier(orchestrator, settings.base_url, fetch_jwks=fetch, clock=self.clock, longest=longest)
        self.verifier = AcceptedTokens(own, self._outside_verifier(longest))
        self.workspace = self._workspace()
        self.people = open_people(settings, self.workspace)
        self.workspace.ledger.catch_up()
        for graph in unpublished_graphs(self.workspace):
            self.workspace.store.drop_graph(graph)
        self._sweeper = ViewSweeper(self.workspace)
        self._carried_on_at = self._followed_at = self._models_taken_at = -1
        self._models_kept: int | None = None
        self._take_models()
        keep_use_case_graphs(self.workspace)
        self._mappings_taken_at = -1
        self._take_mappings()
        self.accounts = KeptAccounts()
        if self.workspace.is_orchestrator:
            self._establish()
            token_keys.take_up(self.workspace, self.get_issuer(), self.key_files)

    def start(self) -> None:
        """Begin to follow other nodes, and to do what is due now and then, in the background."""
        sweep_received(self.workspace)
        watch = DateWatch(self.workspace)
        catch_up, letters = self.workspace.ledger.catch_up, self.people.deliver_letters
        reminders = TermsReminders(self.workspace, self.people.outbox).remind_of_terms
        searches = SearchWatch(self.workspace).watch_searches
        here = (catch_up, self._sweeper.sweep_views, watch.watch_dates, letters, reminders, searches)
        for task in (*here, self._follow_missing, self._carry_on, self._take_models, self._take_mappings):
            threading.Thread(target=self._repeat, args=(task,), name=task.__name__.strip("_"), daemon=True).start()

    def close(self) -> None:
        """End what runs in the background and release the files."""
        self.closing = True
        self._stop.set()
        for follower in self._threads.values():
            follower.stop()
        self.http.close()
        self.workspace.queries.close()
        self.workspace.federated.close()
        self.people.close()
        self.workspace.ledger.journal.close()
        self.workspace.store.close()
        self.used_once.close()
        self._lock.close()

    def _workspace(self) -> Workspace:
        settings = self.settings
        ledger = Ledger(
            settings.base_url,
            journal=Journal(settings.data_dir / "journal.sqlite"),
            store=self._store(),
            objects=LocalObjectStore(settings.data_dir / "objects"),
            clock=self.clock,
        )
        tokens = NodeTokens(
            f"{settings.orchestrator}/oauth/token", assertion=self._assertion, client=self.http, clock=self.clock
        )
        models, library = ModelRegistry.load(contributed("ontology")), self._library(ledger.objects)
        return Workspace(
            ledger=ledger,
            orchestrator=settings.orchestrator,
            models=models,
            mappings_in_use=self._mappings(ledger.objects),
            use_cases=UseCaseRegistry.load(contributed("ontology")),
            registered_models=RegisteredModels(models, library.contents),
            library=library,
            licences=load_licences(contributed("ontology") / "licences.ttl", *settings.licence_files),
            key=self.key,
            peers=Peers(self.http, tokens),
            limits=Limits(settings.max_upload_bytes, settings.max_unpacked_bytes),
            judgements=KeptJudgements(settings.kept_statements),
            queries=self._queries(ledger.store),
            received=ReceivedFiles(settings.data_dir / "received"),
            services=Services(frozenset(settings.service_endpoints), ServiceClient(self.http).ask),
            federated=FederatedQueries.within(self._query_limits(), settings.service_endpoints, settings.egress),
            connectors=ConnectorChoices(settings.accept_unsigned_agreements, settings.connectors_by_hand),
            search_index=SearchIndex(settings.data_dir / "index"),
        )

    def _mappings(self, objects: ObjectStore) -> MappingsInUse:
        asked = self.http if self.settings.role != "orchestrator" else None
        contents = KeptMappings(objects, self.settings.orchestrator, client=asked)
        return MappingsInUse(contributed("mappings"), contents)

    def _library(self, objects: ObjectStore) -> ShapesLibrary:
        asked = self.http if self.settings.role != "orchestrator" else None
        folders = [contributed("shapes"), contributed("ontology")]
        contents = KeptContents(objects, self.settings.orchestrator, client=asked, folders=folders)
        return ShapesLibrary(contents, SchemaRegistry.load(*folders).find)

    def _store(self) -> RdfStore:
        if self.settings.rdf_store_url:
            return SparqlServerStore(SparqlServer.at(self.settings.rdf_store_url), httpx.Client(timeout=_PEER_SECONDS))
        return OxigraphStore(self.settings.data_dir / "rdf")

    def _query_limits(self) -> QueryLimits:
        settings = self.settings
        return QueryLimits(
            seconds=settings.query_seconds,
            answer_bytes=settings.query_answer_bytes,
            answer_rows=settings.query_answer_rows,
            memory_bytes=settings.query_memory_bytes,
            workers=settings.query_workers,
            waiting=settings.query_waiting,
        )

    def _queries(self, store: RdfStore) -> Queries:
        limits, copies = self._query_limits(), self.settings.data_dir / "copies"
        if not isinstance(store, OxigraphStore):
            return StoreQueries(store, WorkerQueries(None, copies, limits))
        return WorkerQueries(store, copies, limits)

    def _issuer(self) -> TokenIssuer | None:
        if self.settings.role != "orchestrator":
            return None
        lifetime = timedelta(seconds=self.settings.token_seconds)
        return TokenIssuer(self.settings.base_url, self.key, clock=self.clock, lifetime=lifetime)

    def _outside_verifier(self, longest: timedelta) -> OutsideVerifier | None:
        issuer = outside_issuer(self.settings)
        if issuer is None:
            return None

        def fetch(url: str) -> Mapping[str, object]:
            return self.workspace.peers.ask(url, "", token=None, seconds=_OUTSIDE_SECONDS)

        return OutsideVerifier(issuer, fetch=fetch, clock=self.clock, longest=longest)

    def get_issuer(self) -> TokenIssuer:
        """Return the issuer of tokens.

        Raises:
            NotFound: this node is not the orchestrator.
        """
        if self.issuer is None:
            raise NotFound("Tokens are issued by the orchestrator.", remedy=f"Ask {self.settings.orchestrator}.")
        return self.issuer

    def _assertion(self, organisation: str) -> str:
        return make_client_assertion(
            self.key, client_id=organisation, audience=self.settings.orchestrator, clock=self.clock
        )

    def _public_key_of(self, client_id: str) -> PublicKey | None:
        participant = self.workspace.participants.find(NamedNode(client_id)) if ":" in client_id else None
        return participant.public_key if participant else None

    def _fetch_jwks(self) -> Mapping[str, object]:
        if self.issuer:
            return self.issuer.jwks()
        return token_keys.fetch_jwks(self.workspace, self.http, fallback=not self.verifier.own.keys.is_filled)

    def _establish(self) -> None:
        secret = self.settings.operator_secret
        text = secret.get_secret_value() if secret else register.kept_secret(self.settings.data_dir / "operator-secret")
        register.establish(self.workspace, operator_secret=text)
        seed_schemas.seed(self.workspace, shapes=contributed("shapes"), models=contributed("ontology"))

    def _repeat(self, task: Callable[[], object]) -> None:
        """Do a task again and again until the node closes; what fails is reported and tried again."""
        while not self._stop.is_set():
            try:
                task()
            except VirtualesError as error:
                _LOG.info("%s: %s", threading.current_thread().name, error)
            self._stop.wait(self.settings.follow_seconds)

    def _carry_on(self) -> None:
        """Send again what others did not take, where something was left or recorded since; none holds up another."""
        head = self.workspace.ledger.recorded
        if head == self._carried_on_at:
            return
        left = carry_on(self.workspace)
        self._carried_on_at = -1 if left else head

    def _take_models(self) -> None:
        """Put registered models to use after events, and make the store's graphs of models those of the registry."""
        state = self._state_of(self.workspace.schemas.graph)
        if state == self._models_taken_at:
            return
        failures = self.workspace.take_models()
        for error in failures:
            _LOG.warning("a registered model cannot be used: %s", error)
        revision = self.workspace.models.revision
        if revision != self._models_kept:
            keep_model_graphs(self.workspace)
            self._models_kept = revision
        if not failures:
            self._models_taken_at = state

    def _state_of(self, graph: NamedNode) -> int:
        """Return a number that changes with a graph; with every event where the store cannot tell."""
        changed = self.workspace.store.changed([graph])
        return self.workspace.ledger.journal.head.sequence if changed is None else changed

    def _take_mappings(self) -> None:
        """Put published mappings to use after events."""
        state = self._state_of(self.workspace.mapping_versions.graph)
        if state != self._mappings_taken_at:
            failures = self.workspace.take_mappings()
            for error in failures:
                _LOG.warning("published mappings cannot be used: %s", error)
            if not failures:
                self._mappings_taken_at = state

    def _follow_missing(self) -> None:
        """Keep one follower for each node to be followed: everybody for the orchestrator, it for everybody else."""
        head = self.workspace.ledger.recorded
        if head == self._followed_at:
            return
        orchestrator = self.settings.orchestrator
        wanted = set(known_nodes(self.workspace)) if self.workspace.is_orchestrator else {orchestrator}
        for peer in wanted - {self.settings.base_url} - set(self._threads):
            follower = Follower(
                self.workspace.ledger,
                peer,
                client=self.http,
                token=lambda node=peer: self._feed_token(node),  # type: ignore[misc]  # a lambda's default has no type
                report=_report,
                pause=self.settings.follow_seconds,
            )
            self._threads[peer] = follower
            follower.start()
        self._followed_at = head

    def _feed_token(self, peer: str) -> str | None:
        """Return the token with which to listen to a peer; before approval there is none, and public is enough."""
        participant = register.find_hosted(self.workspace)
        if participant is None:
            return None
        return self.token_for(participant.iri.value, peer)

    def token_of(self, asker: Principal, resource: str) -> str | None:
        """Return a token with which whoever asks here may read on another node; None where this node can get none.

        The orchestrator issues one with the asker's own rights to read. Another node has those of the organisation
        that it hosts, and lends them to nobody else.

        Raises:
            PeerFailure: the orchestrator is away or refused, and no token is held.
        """
        if self.issuer:
            scopes = frozenset(scope for scope in (Scope.CATALOGUE_READ, Scope.DATA_READ) if scope in asker.scopes)
            issued = self.issuer.issue(
                client_id=asker.client_id, organisation=asker.organisation, audience=resource, scopes=scopes
            )
            return issued.access_token
        hosted = register.find_hosted(self.workspace)
        if hosted is None or hosted.iri.value != asker.organisation:
            return None
        return self.workspace.peers.token(asker.organisation, resource)

    def token_for(self, organisation: str, resource: str) -> str:
        """Return a token with which the hosted organisation may address another node."""
        if self.issuer:
            scopes = SCOPES_OF[Role.NODE]
            issued = self.issuer.issue(
                client_id=organisation, organisation=organisation, audience=resource, scopes=scopes
            )
            return issued.access_token
        return self.workspace.peers.token(organisation, resource)


def rebuild_store(data_dir: Path, *, rdf_store_url: str | None = None, progress: Progress | None = None) -> int:
    """Make a stopped node's RDF store anew from its journal and its object store; return the number of events.

    Args:
        data_dir: The node's data directory.
        rdf_store_url: Root URL of the SPARQL server that the node uses; None for its own store.
        progress: Told of every event.

    Raises:
        ConfigurationError: a node is running on the directory.
        IntegrityFailure: the journal's chain is broken; the present store is left as it was.
        NotFound: the object store lacks a graph that the journal names; the node's own store is left as it was.
        StoreFailure: there is no journal, or a store did not do what it was asked.
    """
    journal = Journal(data_dir / "journal.sqlite", read_only=True)
    with closing(journal), claim(data_dir), httpx.Client(timeout=_PEER_SECONDS) as http:
        fresh = data_dir / "rdf.new"
        shutil.rmtree(fresh, ignore_errors=True)
        server = SparqlServer.at(rdf_store_url) if rdf_store_url else None
        store: RdfStore = SparqlServerStore(server, http) if server else OxigraphStore(fresh)
        objects = LocalObjectStore(data_dir / "objects")
        ledger = Ledger("urn:virtuales:rebuild", journal=journal, store=store, objects=objects, clock=SystemClock())
        with closing(store):
            events = ledger.rebuild(progress)
            store.flush()
        if server is None:
            # A node that finds no store replays the journal, so being killed between the two steps loses nothing.
            shutil.rmtree(data_dir / "rdf", ignore_errors=True)
            shutil.rmtree(data_dir / "index", ignore_errors=True)
            fresh.rename(data_dir / "rdf")
        return events


def _report(peer: str, error: VirtualesError) -> None:
    _LOG.info("following %s: %s", peer, error)
