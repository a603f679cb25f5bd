"""A provider and a consumer in one process: two nodes' parts with journals of their own, and a wire between them.

Messages pass through the real doors. The wire can lose a message, or the answer to it, and it can deliver a message
twice; a node can be killed at any moment, and starts again from its journal.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from inspect import signature
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.routing import Match
from tests.books import NOON
from tests.workflow.registry_node import BASE, OPERATOR, orchestrator

from virtuales.catalogue.records import Description
from virtuales.clock import ManualClock
from virtuales.contract.agreements import AgreementRecord
from virtuales.contract.negotiations import Negotiation
from virtuales.errors import VirtualesError
from virtuales.exchange.peers import Peers
from virtuales.journal.event import Event, EventDraft
from virtuales.journal.ledger import Ledger
from virtuales.journal.log import Journal
from virtuales.policy.templates import Audience, OfferTerms
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode, Quad
from virtuales.store.oxigraph_store import OxigraphStore
from virtuales.trust import participant_changes
from virtuales.trust.keys import SigningKey
from virtuales.trust.registration import parse_registration
from virtuales.trust.terms_and_conditions import CURRENT_VERSION
from virtuales.trust.tokens import Principal
from virtuales.trust.verification import Move as DeskMove
from virtuales.trust.verification import missing_checks
from virtuales.web.api import catalogue, dataspace, dataspace_negotiations, dataspace_transfers, negotiations
from virtuales.web.problems import problem_document, status_of
from virtuales.workflow import request_access, review_access
from virtuales.workflow.due import carry_on
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.prepare import describe, prepare, receive_file
from virtuales.workflow.publish import publish
from virtuales.workflow.register import decide, record_check
from virtuales.workflow.workspace import Workspace

THERE = "https://vale.example"
PROVIDER, CONSUMER = NamedNode(OPERATOR.organisation), NamedNode(f"{BASE}/id/organisation/vale")
STEWARD = OPERATOR
ANALYST = replace(OPERATOR, client_id="analyst", organisation=CONSUMER.value)
_DOORS = (
    negotiations.router,
    catalogue.router,
    dataspace.router,
    dataspace.catalogue_router,
    dataspace_negotiations.router,
    dataspace_transfers.router,
)
_ROUTES = [route for door in _DOORS for route in door.routes]


class Fate(Enum):
    """What becomes of a message."""

    ARRIVES = "arrives"
    LOST = "lost"
    ANSWER_LOST = "answer lost"
    TWICE = "arrives twice"


class Killed(BaseException):
    """The process of a node was killed.

    Args:
        base: Base URL of the node.
    """

    def __init__(self, base: str) -> None:
        super().__init__(base)
        self.base = base


class KillableLedger(Ledger):
    """A ledger whose process can be killed before an event is durable, before it is projected, and right after."""

    switch: Callable[[str], None] = staticmethod(lambda _: None)

    def record(self, draft: EventDraft) -> Event:
        """Record an event, unless the process is killed meanwhile."""
        self.switch(self.source)
        event = super().record(draft)
        self.switch(self.source)
        return event

    def _project(self, events: Sequence[Event]) -> None:
        self.switch(self.source)
        super()._project(events)


@dataclass
class Wire(httpx.BaseTransport):
    """Carries messages between the nodes.

    Args:
        nodes: The nodes, by their base URL.
        fate: Says what becomes of the next message.
        kept: Messages that were delivered before, to be delivered late.
        restart: Starts a node again that was killed.
        running: The nodes that work on something now, each waiting for the one after it.
        dead: Nodes that were killed while they wait for an answer.
    """

    nodes: dict[str, Workspace] = field(default_factory=dict)
    fate: Callable[[], Fate] = lambda: Fate.ARRIVES
    kept: list[httpx.Request] = field(default_factory=list)
    restart: Callable[[str], None] = lambda _: None
    running: list[str] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Deliver a message, as fate has it."""
        try:
            return self._carried(request)
        finally:
            if self.running and self.running[-1] in self.dead:
                raise Killed(self.running[-1])

    def _carried(self, request: httpx.Request) -> httpx.Response:
        fate = self.fate()
        if fate is Fate.LOST:
            raise httpx.ConnectError("the message was lost")
        answer = self.deliver(request)
        if request.method == "POST":
            self.kept.append(request)
        if fate is Fate.TWICE:
            answer = self.deliver(request)
        if fate is Fate.ANSWER_LOST:
            raise httpx.ReadError("the answer was lost")
        return answer

    def deliver(self, request: httpx.Request) -> httpx.Response:
        """Call the door that a message is for, in the name of whoever sent it."""
        address = urlsplit(str(request.url))
        base = f"{address.scheme}://{address.netloc}"
        with self.work(base):
            return self._answer(request, self.nodes[base])
        raise httpx.ReadError("the other node was killed")

    @contextmanager
    def work(self, base: str) -> Iterator[None]:
        """Let a node work on something; when it is killed, it starts again once nothing of it is running."""
        self.running.append(base)
        try:
            yield
        except Killed as killed:
            self.dead.add(killed.base)
        finally:
            self.running.pop()
        if base in self.dead and base not in self.running:
            self.dead.discard(base)
            self.restart(base)

    def _answer(self, request: httpx.Request, workspace: Workspace) -> httpx.Response:
        scope = {"type": "http", "method": request.method, "path": request.url.path, "headers": []}
        found: Mapping[str, Any] = {}
        for route in _ROUTES:
            match, found = route.matches(scope)
            if match is Match.FULL:
                break
        else:
            return httpx.Response(404, json={"title": f"no door at {request.url.path}"})
        organisation = request.headers["authorization"].removeprefix("Bearer ")
        asker = Principal("node", organisation, OPERATOR.scopes, OPERATOR.expires, "t")
        said: dict[str, object] = {**found["path_params"], **request.url.params}
        if "asker" in signature(found["endpoint"]).parameters:
            said["asker"] = asker
        if request.content:
            said["message"] = json.loads(request.content)
        try:
            answer = found["endpoint"](workspace=workspace, **said)
        except VirtualesError as error:
            return httpx.Response(status_of(error), json=problem_document(error, instance=request.url.path))
        body = answer if isinstance(answer, dict) else answer.model_dump(mode="json")
        return httpx.Response(200, json=body)


class Names:
    """Tokens that are the name of who asks: the doors of the tests believe it."""

    def token(self, organisation: str, resource: str) -> str:
        """Return the token of an organisation."""
        assert resource
        return organisation


@dataclass
class Sides:
    """Both nodes.

    Args:
        place: Where they keep their files.
        clock: The time on both.
        wire: What carries messages between them.
        version: The dataset version that the provider has published.
    """

    place: Path
    clock: ManualClock
    wire: Wire
    version: NamedNode

    @property
    def provider(self) -> Workspace:
        """The provider's node as it runs now."""
        return self.wire.nodes[BASE]

    @property
    def consumer(self) -> Workspace:
        """The consumer's node as it runs now."""
        return self.wire.nodes[THERE]

    def restart(self, base: str) -> None:
        """Start a node again, with what its journal holds and nothing else."""
        old = self.wire.nodes[base]
        old.ledger.journal.close()
        place = self.place / ("provider" if base == BASE else "consumer")
        store, journal = OxigraphStore.in_memory(), Journal(place / "journal.sqlite")
        ledger = KillableLedger(base, journal=journal, store=store, objects=old.objects, clock=self.clock)
        ledger.catch_up()
        if isinstance(old.ledger, KillableLedger):
            ledger.switch = old.ledger.switch
        self.wire.nodes[base] = replace(old, ledger=ledger, readings=type(old.readings)())


def two_sides(place: Path, terms: OfferTerms | None = None) -> Sides:
    """Start both nodes; the provider is the orchestrator, has approved the consumer and published a table."""
    clock, wire = ManualClock(NOON), Wire()
    peers = Peers(httpx.Client(transport=wire), Names())
    key = SigningKey(b"\5" * 32)
    made = orchestrator(place / "provider", clock)
    kept = made.ledger
    first = KillableLedger(BASE, journal=kept.journal, store=kept.store, objects=kept.objects, clock=clock)
    provider = replace(made, ledger=first, peers=peers)
    _admit(provider, key)
    version = _published(provider, terms or OfferTerms(Audience.PARTICIPANTS))
    there = orchestrator(place / "elsewhere", clock)
    journal = Journal(_made(place / "consumer") / "journal.sqlite")
    ledger = KillableLedger(THERE, journal=journal, store=OxigraphStore.in_memory(), objects=there.objects, clock=clock)
    consumer = replace(there, ledger=ledger, orchestrator=BASE, key=key, peers=peers, readings=type(there.readings)())
    registry = provider.registry_graphs.registry
    known = provider.store.select("SELECT ?s ?p ?o WHERE { ?s ?p ?o }", graphs=[registry])
    quads = tuple(Quad(row["s"], row["p"], row["o"], registry) for row in known)  # type: ignore[arg-type]  # rows are terms
    ledger.record(EventDraft("RegistryHeard", BASE, change=ChangeSet(add=quads)))
    wire.nodes |= {BASE: provider, THERE: consumer}
    sides = Sides(place, clock, wire, version)
    wire.restart = sides.restart
    return sides


def _made(place: Path) -> Path:
    place.mkdir(parents=True)
    return place


def _admit(node: Workspace, key: SigningKey) -> None:
    fields = {
        "legal_name": "Vale Networks plc", "registration_number": "00000002", "contact_name": "Ada",
        "contact_email": "ada@vale.example", "node_url": THERE, "roles": ["consumer"],
        "accepted_terms": CURRENT_VERSION, "public_key": key.public.multikey,
    }  # fmt: skip
    change = participant_changes.register(
        parse_registration(fields), iri=CONSUMER, at=NOON, graphs=node.registry_graphs
    )
    node.ledger.record(EventDraft("ParticipantRegistered", CONSUMER.value, change=change))
    for name in missing_checks(node.participants.get(CONSUMER).checks):
        record_check(node, OPERATOR, CONSUMER, name=name, passed=True, note="seen")
    decide(node, OPERATOR, CONSUMER, move=DeskMove.APPROVE, reason="For the tests.")


def _published(node: Workspace, terms: OfferTerms) -> NamedNode:
    described = Description(
        publisher=OPERATOR.organisation, slug="sites", title="Sites", description="A table.", licence="CC-BY-4.0",
        triage="shared", sensitivity="SA", handling_reason="For the tests of it.",
    )  # fmt: skip
    describe(node, OPERATOR, described)
    receive_file(node, OPERATOR, "sites", name="sites.csv", source=io.BytesIO(b"Name,Town\nVale,Moor\n"))
    prepare(node, OPERATOR, "sites")
    return publish(node, OPERATOR, "sites", terms).offer.target


PURPOSE = VES.Research
WHY = "To make a map of the sites."


def ask(sides: Sides) -> Negotiation:
    """Ask for access in the consumer's name."""
    intended = request_access.IntendedUse(PURPOSE, WHY)
    return request_access.request_access(sides.consumer, ANALYST, sides.version, intended, accepted=True)


def settle(sides: Sides) -> None:
    """Let both nodes do what is due, until nothing is left to do."""
    for _ in range(4):
        for workspace in (sides.provider, sides.consumer):
            carry_on(workspace)


def agree(sides: Sides) -> AgreementRecord:
    """Ask for access, approve it, and return the agreement as the provider has it."""
    asked = ask(sides)
    assert asked.opening.provider_pid is not None
    review_access.approve(sides.provider, STEWARD, asked.opening.provider_pid, reason="Very well.")
    settle(sides)
    (record,) = Desk(sides.provider).agreements.active(CONSUMER, sides.version, sides.clock.now())
    return record
