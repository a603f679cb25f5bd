"""The web domain of an organisation is looked up when it registers, and again when the staff asks."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import httpx
import pytest
from tests.books import NOON
from tests.workflow.registry_node import OPERATOR, orchestrator

from virtuales.clock import ManualClock
from virtuales.errors import AccessDenied, Conflict
from virtuales.exchange.peers import Peers
from virtuales.exchange.tokens import NodeTokens
from virtuales.rdf.terms import NamedNode
from virtuales.trust.domain_linkage import CONFIGURATION_PATH, did_configuration
from virtuales.trust.keys import SigningKey, did_document, did_web
from virtuales.trust.verification import CheckRecord, Move, missing_checks
from virtuales.workflow import register
from virtuales.workflow.workspace import Workspace

NODE, KEY = "https://node.vale.example", SigningKey(b"\5" * 32)


@dataclass
class Web(httpx.BaseTransport):
    """The documents that are served, by their address; every other address answers 404."""

    served: dict[str, object] = field(default_factory=dict)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with a document."""
        found = self.served.get(str(request.url))
        return (
            httpx.Response(404, json={"title": "Nothing here."}) if found is None else httpx.Response(200, json=found)
        )

    def link(self, at: str, origin: str, key: SigningKey = KEY) -> None:
        """Serve a document that links an origin to the node."""
        self.served[at + CONFIGURATION_PATH] = did_configuration(key, did_web(NODE), [origin], now=NOON)


@dataclass(frozen=True)
class Registry:
    """An orchestrator and the web around it."""

    workspace: Workspace
    web: Web

    def register(self, number: str, **fields: object) -> NamedNode:
        """Register an organisation."""
        said = {
            "legal_name": "Vale Networks plc", "registration_number": number, "contact_name": "Ada",
            "contact_email": "ada@vale.example", "node_url": NODE, "roles": ["consumer"], "accepted_terms": "1.0",
        }  # fmt: skip
        http = httpx.Client(transport=self.web)
        return register.register(self.workspace, said | fields, http=http).organisation

    def outcome(self, organisation: NamedNode) -> CheckRecord:
        """Return the recorded check of the domain."""
        checks = self.workspace.participants.get(organisation).checks
        return next(one for one in checks if one.name == "domain")

    def looked_up_again(self, organisation: NamedNode) -> str:
        """Have the staff look the domain up, and return what was found."""
        register.check_domain(self.workspace, OPERATOR, organisation)
        return self.outcome(organisation).note


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    clock, web = ManualClock(NOON), Web()
    web.served[f"{NODE}/.well-known/did.json"] = did_document(did_web(NODE), KEY.public)
    client = httpx.Client(transport=web)
    made = orchestrator(tmp_path_factory.mktemp("registry"), clock)
    peers = Peers(client, NodeTokens("", assertion=str, client=client, clock=clock))
    yield Registry(replace(made, peers=peers), web)
    made.ledger.journal.close()


def test_a_domain_is_tried_until_it_serves_the_credential_or_a_person_decides(registry: Registry) -> None:
    workspace, web, origin = registry.workspace, registry.web, "https://vale.example"
    vale = registry.register("00000002", domain="Vale.example")
    assert workspace.participants.get(vale).domain == "vale.example"
    first = registry.outcome(vale)
    assert (first.passed, first.checked_by) == (False, "registration")
    assert f"Looked up {origin}{CONFIGURATION_PATH} at 2026-06-01T12:00:00Z: " in first.note
    assert "domain" in missing_checks(workspace.participants.get(vale).checks)
    web.link(origin, origin, SigningKey(b"x" * 32))
    assert "signature does not verify" in registry.looked_up_again(vale)
    web.link(origin, NODE)
    assert f"it is for {NODE}" in registry.looked_up_again(vale)
    web.served[origin + CONFIGURATION_PATH] = ["no document"]
    assert "it has no credential" in registry.looked_up_again(vale)
    assert not registry.outcome(vale).passed
    register.record_check(workspace, OPERATOR, vale, name="domain", passed=True, note="Seen in the domain's register.")
    assert registry.outcome(vale).note == "Seen in the domain's register."
    web.link(origin, origin)
    register.check_domain(workspace, OPERATOR, vale)
    proved = registry.outcome(vale)
    assert (proved.passed, proved.checked_by) == (True, "operator")
    assert "links it to did:web:node.vale.example, until 2026-08-30." in proved.note
    with pytest.raises(AccessDenied, match="participants:decide"):
        register.check_domain(workspace, replace(OPERATOR, scopes=frozenset()), vale)
    register.decide(workspace, OPERATOR, vale, move=Move.REFUSE, reason="For the next test.")
    with pytest.raises(Conflict, match="checks are closed"):
        register.check_domain(workspace, OPERATOR, vale)


def test_without_a_domain_the_node_proves_its_own_address_on_registering(registry: Registry) -> None:
    registry.web.link(NODE, NODE)
    organisation = registry.register("00000003")
    outcome = registry.outcome(organisation)
    assert outcome.passed, outcome.note
    assert registry.workspace.participants.get(organisation).domain is None
    kinds = [event.draft.kind for event in registry.workspace.ledger.journal.events(after=0)]
    assert kinds[-2:] == ["OrganisationRegistered", "VerificationRecorded"]
