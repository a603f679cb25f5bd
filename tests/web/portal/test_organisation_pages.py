"""Pages for the orchestrator's staff about organisations, and on which organisations accept terms; without script."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from playwright.sync_api import expect
from tests.effort import is_long
from tests.in_process import browser_of
from tests.nodes import eventually, free_port
from tests.web.portal.browsing import PHONE, chromium, overflow, violations, window

from virtuales.clock import ManualClock
from virtuales.journal.event import EventDraft
from virtuales.node import Node
from virtuales.rdf.terms import NamedNode
from virtuales.settings import read_settings
from virtuales.trust import participant_changes
from virtuales.trust.attestation import parse_terms
from virtuales.trust.clients import add_client
from virtuales.trust.credentials import NewClient, digest_secret
from virtuales.trust.keys import SigningKey
from virtuales.trust.registration import parse_registration
from virtuales.trust.scopes import Role
from virtuales.trust.standing import standing_of
from virtuales.trust.tokens import Principal
from virtuales.trust.verification import REQUIRED_CHECKS, Move, missing_checks
from virtuales.web.app import create_app
from virtuales.workflow import accept_terms, register
from virtuales.workflow.attest import attest

BASE = f"http://127.0.0.1:{free_port()}"
SECRET = "a secret of this test's clients"
START = datetime(2026, 6, 1, 12, tzinfo=UTC)
VALE, DALE = NamedNode(f"{BASE}/id/organisation/vale"), NamedNode(f"{BASE}/id/organisation/dale")
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


DESK = "/desk/dale"


@pytest.fixture
def dale(node: Node) -> NamedNode:
    """An organisation that waits for a decision; each test has one of its own name."""
    if node.workspace.participants.find(DALE) is None:
        enrol(node, DALE, number="SC000003", key=b"\6")
    return DALE


@pytest.fixture
def staff(app: Any) -> httpx.Client:  # noqa: ANN401 - as above
    return browser(app, "operator")


def said(page: httpx.Response) -> str:
    """Return a page's text as it was written."""
    return page.text.replace("&#39;", "'").replace("&#34;", '"')


@pytest.mark.usefixtures("dale")
def test_the_desk_is_for_the_staff_alone(app: Any) -> None:  # noqa: ANN401 - as above
    admin, stranger = browser(app, "vale-administrator"), browser(app)
    for path in ("/desk", DESK):
        assert stranger.get(path).headers["location"].startswith("/sign-in")
        assert admin.get(path).status_code == 403
    for door in ("checks", "domain", "decisions", "attestations", "withdrawals"):
        form = {"move": "approve", "reason": "x", "check": "contact", "note": "x", "outcome": "passed",
                "concept": "D", "evidence": "x", "attestation": "x", "why": "x"}  # fmt: skip
        assert admin.post(f"{DESK}/{door}", data=form).status_code == 403, door
    assert 'href="/desk"' not in admin.get("/").text
    assert 'href="/desk"' in browser(app, "operator").get("/").text


@pytest.mark.usefixtures("dale")
@pytest.mark.parametrize(
    ("door", "form", "field", "says"),
    [
        ("checks", {"check": "contact", "outcome": "passed"}, "note", "names no evidence"),
        ("checks", {"check": "contact", "note": "Called."}, "note", "no outcome"),
        ("checks", {"check": "x", "note": "Called.", "outcome": "passed"}, "check", "no verification check"),
        ("decisions", {"move": "approve", "reason": "Fine."}, "reason", "these checks have not passed"),
        ("decisions", {"move": "refuse"}, "reason", "no reason"),
        ("decisions", {"move": "reinstate", "reason": "Fine."}, "reason", "cannot be moved"),
        ("attestations", {"concept": "x", "evidence": "Seen."}, "concept", "no certification, group"),
        ("attestations", {"concept": "caf", "evidence": "Seen."}, "issuer", "names no issuer"),
        ("attestations", {"concept": "D"}, "evidence", "no evidence"),
        ("attestations", {"concept": "D", "evidence": "S", "valid_from": "June"}, "valid_from", "no date"),
        (
            "attestations",
            {"concept": "D", "evidence": "S", "valid_from": "2026-06-02", "valid_until": "2026-06-01"},
            "valid_until",
            "lies before",
        ),
    ],
)
def test_says_what_is_wrong_beside_the_field(
    staff: httpx.Client, door: str, form: dict[str, str], field: str, says: str
) -> None:
    answer = staff.post(f"{DESK}/{door}", data=form)
    assert 400 <= answer.status_code < 500
    assert "<title>Error: " in answer.text
    assert f'<li><a href="#{field}">' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert says in said(answer)
    for name, text in form.items():
        if name in ("note", "reason", "evidence", "why"):
            assert f">{text}</textarea>" in answer.text, "what was written is kept"


def test_a_registration_is_checked_approved_suspended_and_reinstated(
    node: Node, dale: NamedNode, staff: httpx.Client
) -> None:
    queue = staff.get("/desk").text
    assert queue.index("Waiting for a decision") < queue.index("Dale Networks plc") < queue.index('id="approved"')
    page = said(staff.get(DESK))
    for part in ("Ada Reed, ada@dale.example", "https://dale.example", "/company/SC000003", "consumer", "To do"):
        assert part in page
    assert staff.post(f"{DESK}/domain").headers["location"] == f"{DESK}?done=looked-up"
    assert "Looked up https://dale.example/.well-known/did-configuration.json" in said(staff.get(DESK))
    for name in [check.name for check in REQUIRED_CHECKS]:
        form = {"check": name, "note": "Seen in the register.", "outcome": "passed"}
        assert staff.post(f"{DESK}/checks", data=form).status_code == 303
    assert 'value="approve"' in staff.get(DESK).text
    for move, status in (("approve", "Approved"), ("suspend", "Suspended"), ("reinstate", "Approved")):
        answer = staff.post(f"{DESK}/decisions", data={"move": move, "reason": f"To {move}."})
        assert answer.headers["location"] == f"{DESK}?done=decided"
        assert node.workspace.participants.get(dale).status == status
        assert f"by operator: To {move}." in said(staff.get(DESK))
    assert "Record a check" not in staff.get(DESK).text
    assert staff.post(f"{DESK}/domain").status_code == 409
    form = {"concept": "iso-27001", "issuer": "A body", "evidence": "Certificate 7.", "valid_until": "2027-05-31"}
    assert staff.post(f"{DESK}/attestations", data=form).headers["location"] == f"{DESK}?done=attested"
    (one,) = node.workspace.participants.get(dale).attestations
    page = said(staff.get(f"{DESK}?done=attested"))
    for part in ("In force", "31 May 2027", "Certificate 7. (operator)", "The attestation is recorded"):
        assert part in page
    form = {"attestation": one.name, "why": "It lapsed."}
    assert staff.post(f"{DESK}/withdrawals", data=form | {"why": ""}).status_code == 422
    assert staff.post(f"{DESK}/withdrawals", data=form).headers["location"] == f"{DESK}?done=withdrawn"
    assert "by operator: It lapsed." in said(staff.get(DESK))
    assert standing_of(node.workspace.participants.get(dale), node.clock.now()).certifications == frozenset()


def test_a_fault_without_a_field_on_the_page_leads_to_the_page(staff: httpx.Client) -> None:
    answer = staff.post("/desk/vale/withdrawals", data={"attestation": "x", "why": "Gone."})
    assert answer.status_code == 404
    assert '<li><a href="#main-content">There is no such attestation.' in answer.text


def test_the_staff_puts_new_terms_in_force(node: Node, app: Any, staff: httpx.Client) -> None:  # noqa: ANN401 - as above
    form = {"version": "1.5", "text": "# Terms\r\n\r\n1. **Be fair.** To all.\r\n", "required_from": "2026-12-01"}
    admin = browser(app, "vale-administrator")
    assert admin.get("/about/terms/new").status_code == admin.post("/about/terms/new", data=form).status_code == 403
    assert "Who takes part" in staff.get("/about/terms/new").text
    for field, wrong in (
        ("version", "1.0"),
        ("text", "Be fair."),
        ("required_from", "2026-05-01"),
        ("required_from", ""),
    ):
        answer = staff.post("/about/terms/new", data=form | {field: wrong})
        assert 400 <= answer.status_code < 500
        assert f'<li><a href="#{field}">' in answer.text
        assert f'id="{field}-error"' in answer.text
    assert staff.post("/about/terms/new", data=form).headers["location"] == "/about/terms"
    in_force = node.workspace.terms.in_force
    assert (in_force.version, in_force.text) == ("1.5", "# Terms\n\n1. **Be fair.** To all.\n")
    assert "Put a new version in force" in staff.get("/about/terms").text
    assert admin.post("/about/terms", data={"version": "1.5", "has_read": "yes"}).status_code == 303


def test_the_orchestrator_does_not_decide_about_itself(staff: httpx.Client) -> None:
    assert '<h2 class="govuk-heading-m">Decide</h2>' not in staff.get("/desk/orchestrator").text
    assert staff.post("/desk/orchestrator/decisions", data={"move": "suspend", "reason": "x"}).status_code == 409
    assert staff.get("/desk/nobody").status_code == 404


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
    assert "Vale Networks plc has accepted version 1.5." in page
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


@contextmanager
def served(app: Any) -> Iterator[None]:  # noqa: ANN401 - as above
    """Serve the application at its node's address, in a thread."""
    port = urlsplit(BASE).port or 0
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, lifespan="off", log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        eventually(lambda: server.started, what="the application to be served")
        yield
    finally:
        server.should_exit = True
        thread.join(30)


def test_the_pages_are_accessible_fit_a_phone_and_work_by_keyboard(node: Node, app: Any) -> None:  # noqa: ANN401 - as above
    wold = NamedNode(f"{BASE}/id/organisation/wold")
    enrol(node, wold, number="SC000004", key=b"\7")
    text = "# Terms of participation\n\n1. **Be kind.** Also to strangers.\n"
    required = node.clock.now() + timedelta(days=30)
    accept_terms.publish(node.workspace, STAFF, version="9.0", text=text, required_from=required)
    terms = parse_terms("D", issuer=None, evidence="Seen.", valid_from=START.date(), valid_until=None)
    attest(node.workspace, STAFF, VALE, terms=terms)
    with served(app), chromium() as started, window(started, width=PHONE) as page:

        def enter(client_id: str) -> None:
            page.goto(f"{BASE}/sign-in/client")
            page.get_by_label("Client identifier").fill(client_id)
            page.get_by_label("Secret").fill(SECRET)
            page.get_by_label("Secret").press("Enter")
            expect(page.get_by_text("Signed in for")).to_be_visible()

        def check() -> None:
            assert violations(page) == [], page.url
            assert overflow(page) <= 0, page.url

        enter("operator")
        more = ("/about/terms/new", "/desk/wold", "/desk/wold?done=checked", "/desk/orchestrator") if is_long() else ()
        for path in (*more, "/desk/vale", "/desk"):
            page.goto(BASE + path)
            check()
        page.get_by_role("link", name="Wold Networks plc").press("Enter")
        page.get_by_label("What you saw").press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("names no evidence")
        check()
        page.get_by_label("What you saw").press_sequentially("Seen in the register.")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("The check is recorded.")).to_be_visible()
        enter("vale-administrator")
        page.goto(f"{BASE}/about/terms")
        page.get_by_role("button", name="Accept").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Tick the box")
        check()
        page.get_by_label("I have read version 9.0").press("Space")
        page.get_by_role("button", name="Accept").press("Enter")
        expect(page.get_by_text("are accepted")).to_be_visible()
    assert node.workspace.terms.acceptances(VALE)[-1].version == "9.0"
