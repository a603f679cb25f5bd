"""Pages for the orchestrator's staff about organisations, and on which organisations accept terms; without script."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.in_process import browser_of

from virtuales.clock import ManualClock
from virtuales.journal.event import EventDraft
from virtuales.node import Node
from virtuales.rdf.terms import NamedNode
from virtuales.settings import read_settings
from virtuales.trust import participant_changes
from virtuales.trust.clients import add_client
from virtuales.trust.credentials import NewClient, digest_secret
from virtuales.trust.keys import SigningKey
from virtuales.trust.registration import parse_registration
from virtuales.trust.scopes import Role
from virtuales.trust.tokens import Principal
from virtuales.trust.verification import Move, missing_checks
from virtuales.web.app import create_app
from virtuales.workflow import accept_terms, register

BASE = "http://localhost:8498"
SECRET = "a secret of this test's clients"
START = datetime(2026, 6, 1, 12, tzinfo=UTC)
VALE = NamedNode(f"{BASE}/id/organisation/vale")
STAFF = Principal(
    "operator",
    f"{BASE}/id/organisation/orchestrator",
    frozenset({"participants:decide"}),
    START.replace(year=2099),
    "t",
)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    place = tmp_path_factory.mktemp("organisations")
    settings = read_settings(data_dir=place, base_url=BASE, role="orchestrator", operator_secret=SECRET)
    made = Node(settings, clock=ManualClock(START))
    admit(made, VALE, number="00000002", key=b"\5")
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(node: Node) -> Any:  # noqa: ANN401 - a FastAPI application, without its life span
    return create_app(node)


def enrol(node: Node, organisation: NamedNode, *, number: str, key: bytes) -> None:
    """Register an organisation, with the clients `KEY-administrator` and `KEY-analyst`."""
    name = organisation.value.rpartition("/")[2]
    fields = {
        "legal_name": f"{name.capitalize()} Networks plc", "registration_number": number, "contact_name": "Ada Reed",
        "contact_email": f"ada@{name}.example", "node_url": f"https://{name}.example", "roles": ["consumer"],
        "accepted_terms": node.workspace.terms.in_force.version, "public_key": SigningKey(key * 32).public.multikey,
    }  # fmt: skip
    graphs = node.workspace.registry_graphs
    known = parse_registration(fields, terms_in_force=node.workspace.terms.in_force.version)
    change = participant_changes.register(known, iri=organisation, at=START, graphs=graphs)
    for role in (Role.ADMINISTRATOR, Role.ANALYST):
        client = NewClient(f"{name}-{role.value}", SECRET, digest_secret(SECRET))
        change |= add_client(
            client, organisation=organisation, label="x", roles=[role], at=START, private=graphs.private
        )
    node.workspace.ledger.record(EventDraft("OrganisationRegistered", organisation.value, change=change))


def admit(node: Node, organisation: NamedNode, *, number: str, key: bytes) -> None:
    """Register an organisation and approve it."""
    enrol(node, organisation, number=number, key=key)
    for name in missing_checks(()):
        register.record_check(node.workspace, STAFF, organisation, name=name, passed=True, note="seen")
    register.decide(node.workspace, STAFF, organisation, move=Move.APPROVE, reason="All seen.")


def browser(app: Any, client_id: str | None = None) -> httpx.Client:  # noqa: ANN401 - as above
    """Return a browser without script, in which a client has signed in."""
    made = browser_of(app, BASE)
    if client_id:
        form = {"client_id": client_id, "client_secret": SECRET}
        assert made.post("/sign-in", data=form).status_code == 303
    return made


def test_terms_are_read_and_accepted_by_an_administrator(node: Node, app: Any) -> None:  # noqa: ANN401 - as above
    admin, analyst, stranger = browser(app, "vale-administrator"), browser(app, "vale-analyst"), browser(app)
    assert "Accept them" not in admin.get("/about/terms").text
    text = "# Terms of participation\n\n1. **Be kind.** Also to strangers.\n"
    required = node.clock.now() + timedelta(days=30)
    accept_terms.publish(node.workspace, STAFF, version="2.0", text=text, required_from=required)
    assert "Version 2.0 of the terms and conditions is to be accepted before 1 July 2026." in admin.get("/people").text
    assert "to be accepted" not in stranger.get("/catalogue").text
    assert "Somebody with the role administrator accepts them." in analyst.get("/about/terms").text
    assert 'href="/about/terms/1.0"' in stranger.get("/about/terms").text
    assert "This is version 1.0. In force is" in admin.get("/about/terms/1.0").text
    page = admin.get("/about/terms").text
    assert "Vale Networks plc has accepted version 1.0." in page
    assert '<label class="govuk-label govuk-checkboxes__label" for="has_read">' in page
    unread = admin.post("/about/terms", data={"version": "2.0"})
    assert unread.status_code == 422
    assert "<title>Error: " in unread.text
    assert 'href="#has_read"' in unread.text
    form = {"version": "2.0", "has_read": "yes"}
    assert analyst.post("/about/terms", data=form).status_code == 403
    assert admin.post("/about/terms", data=form | {"version": "1.0"}).status_code == 409
    node.clock.advance(timedelta(days=30))  # type: ignore[attr-defined]  # a clock that is moved
    admin = browser(app, "vale-administrator")
    assert "<strong>Vale Networks plc makes no new commitments</strong>" in admin.get("/catalogue").text
    done = admin.post("/about/terms", data=form)
    assert done.headers["location"] == "/about/terms?done=accepted"
    assert "are accepted" in admin.get("/about/terms?done=accepted").text
    assert "no new commitments" not in admin.get("/catalogue").text
    assert node.workspace.terms.acceptances(VALE)[-1].accepted_by == "vale-administrator"
