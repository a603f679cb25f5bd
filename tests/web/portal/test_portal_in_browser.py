"""The portal in a real browser: two organisations walk the steps, with and without script; every page is accessible."""

from collections.abc import Iterator
from urllib.parse import unquote
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.clients import Member, key_of, ok
from tests.journey.networks import Network, network
from tests.journey.small_model import coordinate_system, small_model
from tests.nodes import NodeProcess, eventually
from tests.web.portal.browsing import (
    PHONE,
    chromium,
    fill_credentials,
    focused,
    overflow,
    sign_in,
    violations,
    window,
)

from virtuales.demonstration.network import sample_packages

TITLE = "Transmission base network model, northern marches"
OPEN = 11
"""One more open dataset than a page of the catalogue shows."""
COORDINATE_SYSTEM = "http://iec.ch/TC57/CIM100#CoordinateSystem"
ASKED = "/ask?query=SELECT+%2A+%7B+%3Fs+a+%3Fclass+%7D"
"""A query to all producers."""
PATIENCE = 60_000
"""For how many milliseconds an answer of several nodes is waited for."""
OBJECT = UUID(int=0x77, version=4)
"""An object that one of them describes."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("portal"), "north", "vale", "dale") as made:
        made.admit("north", "vale")
        yield made


@pytest.fixture(scope="module")
def north(running: Network) -> Member:
    return running.members["north"]


@pytest.fixture(scope="module")
def vale(running: Network) -> Member:
    return running.members["vale"]


@pytest.fixture(scope="module")
def shared(running: Network, north: Member, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A dataset version of `north` that participants may ask for; the catalogue knows it."""
    package = sample_packages(tmp_path_factory.mktemp("sample"))[0]
    north.describe("transmission", title=TITLE, description=package.description, keywords=list(package.keywords))
    north.send("transmission", package.archive.name, package.archive.read_bytes())
    north.prepare("transmission")
    version = north.publish("transmission")
    _await(running, TITLE, north)
    return version


@pytest.fixture(scope="module")
def opened(running: Network, vale: Member) -> str:
    """The last of some open dataset versions of `vale`, all of which the catalogue knows."""
    handling = {"triage": "open", "sensitivity": "O", "handling_reason": "Nothing in it needs protection."}
    version = ""
    for number in range(OPEN):
        slug = f"open-{number:02d}"
        vale.describe(slug, title=f"Open location model {number}", **handling)
        vale.send(slug, "model.xml", small_model(100 + number, body=None if number else coordinate_system(OBJECT)))
        vale.prepare(slug)
        version = vale.publish(slug, audience="open", purposes=[])
    _await(running, f"Open location model {OPEN - 1}", vale)
    return version


def _await(running: Network, title: str, member: Member) -> None:
    eventually(lambda: member.catalogue(running.orchestrator.url, q=title)["total"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def public_pages(running: Network, opened: str, north: Member) -> dict[str, str]:
    """Return the addresses of every kind of page that needs no sign-in, and of its states."""
    centre = running.orchestrator.url
    return {
        "home of the orchestrator": centre,
        "home of a participant": running.nodes["vale"].url,
        "home of a node without an organisation": running.nodes["dale"].url,
        "catalogue with many": f"{centre}/catalogue",
        "catalogue with one": f"{centre}/catalogue?q=model+10&sensitivity=O",
        "catalogue with none": f"{centre}/catalogue?q=nowhere",
        "second page of the catalogue": f"{centre}/catalogue?page=2",
        "dataset": opened,
        "dataset of another node": f"{centre}/catalogue/remote?iri={opened}",
        "organisations": f"{centre}/organisations",
        "no organisations": f"{running.nodes['dale'].url}/organisations",
        "organisation": north.iri,
        "saved queries": f"{centre}/queries?tag=operator",
        "saved query": f"{centre}/doc/query/datasets-with-class",
        "answer of a saved query": f"{centre}/queries/organisations/answer",
        "saved query without what it needs": f"{centre}/queries/circuits-at-substation/answer",
        "form for all producers": f"{centre}/ask",
        "answer of all producers": f"{centre}/ask?query=SELECT+%2A+%7B+%3Fs+a+%3Fclass+%7D&missing=any",
        "statements of all producers": f"{centre}/ask?query=CONSTRUCT+WHERE+%7B+%3Fs+a+%3Fclass+%7D&missing=any",
        "wrong query to all producers": f"{centre}/ask?query=SELECT",
        "thing": f"{centre}/id/schema/cgmes-3.0",
        "form for an object": f"{centre}/objects",
        "object": f"{running.nodes['vale'].url}/doc/object/{OBJECT}",
        "object that nobody knows": f"{centre}/doc/object/{UUID(int=9, version=4)}",
        "terms": f"{centre}/about/terms",
        "interface for programs": f"{centre}/about/api",
        "sign-in": f"{centre}/sign-in",
        "sign-in of clients": f"{centre}/sign-in/client",
        "forgotten password": f"{centre}/forgotten-password",
        "nothing there": f"{centre}/doc/dataset/nothing",
        "not open": f"{running.nodes['north'].url}/download/dataset/transmission/version/1/model.zip",
        "wrong request": f"{centre}/catalogue/remote",
    }


@pytest.mark.parametrize(
    ("plain", "width"),
    [pytest.param(False, 1200, id="built", marks=pytest.mark.long), pytest.param(True, PHONE, id="plain")],
)
def test_every_public_page_is_accessible_and_fits(
    running: Network, browser: Browser, opened: str, north: Member, plain: bool, width: int
) -> None:
    with window(browser, plain=plain, width=width) as page:
        for name, address in public_pages(running, opened, north).items():
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(address)
            assert violations(page) == [], name
            page.set_viewport_size({"width": PHONE, "height": 800})
            assert overflow(page) <= 0, name
            assert page.locator("main h1").count() == 1, name
            assert page.title().endswith(page.url.split("/")[2]), name


def test_pages_are_complete_without_script(running: Network, browser: Browser, opened: str, north: Member) -> None:
    with window(browser, script=False) as page:
        for name, address in public_pages(running, opened, north).items():
            page.goto(address)
            expect(page.get_by_role("navigation", name="Menu").get_by_role("link", name="Catalogue")).to_be_visible()
            assert page.locator("main h1").inner_text().strip(), name
        page.goto(opened)
        for code in ("curl ", "import httpx", "PREFIX cim:"):
            expect(page.locator("pre", has_text=code)).to_be_visible()


def test_keyboard_reaches_main_content_and_search(running: Network, browser: Browser) -> None:
    with window(browser) as page:
        page.goto(f"{running.orchestrator.url}/catalogue")
        page.keyboard.press("Tab")
        assert focused(page)["text"] == "Skip to main content"
        expect(page.get_by_text("Skip to main content")).to_be_in_viewport()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert focused(page)["id"] == "q"
        page.keyboard.type("nowhere")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="0 datasets for “nowhere”")).to_be_visible()


@pytest.mark.usefixtures("shared", "opened")
def test_search_and_facets_narrow_the_list_down(running: Network, browser: Browser) -> None:
    with window(browser) as page:
        page.goto(f"{running.orchestrator.url}/catalogue")
        expect(page.get_by_role("heading", name=f"{OPEN} datasets")).to_be_visible()
        assert TITLE not in page.content()
        page.get_by_role("link", name="Next page").click()
        assert page.locator("main .ves-result").count() == OPEN - 10
        sign_in(page, running.orchestrator.url, running.members["vale"])
        page.goto(f"{running.orchestrator.url}/catalogue")
        page.get_by_label("North Networks plc").check()
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_role("heading", name="1 dataset")).to_be_visible()
        page.get_by_role("link", name=TITLE).click()
        expect(page.get_by_role("heading", name="You may ask for this data")).to_be_visible()
        expect(page.get_by_text("may use the data for network planning.")).to_be_visible()


def test_wrong_secret_is_said_beside_the_field(running: Network, browser: Browser) -> None:
    with window(browser) as page:
        page.goto(f"{running.orchestrator.url}/sign-in/client")
        page.get_by_label("Client identifier").fill("client-nobody")
        page.get_by_label("Secret").fill("wrong")
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("secret is wrong")
        assert page.title().startswith("Error: ")
        assert violations(page) == []
        assert page.context.cookies() == []


@pytest.mark.usefixtures("shared")
def test_refused_request_is_explained_to_the_consumer(running: Network, browser: Browser) -> None:
    with window(browser) as consumer, window(browser) as producer:
        ask(running, consumer)
        assert violations(consumer) == []
        decide(running, producer, "Refuse")
        consumer.goto(f"{running.nodes['vale'].url}/inbox")
        expect(consumer.get_by_role("main")).to_contain_text("Refused")
        expect(consumer.get_by_role("main")).to_contain_text("We have looked at it closely.")


@pytest.mark.usefixtures("shared")
def test_agreement_is_made_and_ended_without_script(running: Network, browser: Browser) -> None:
    with window(browser, script=False) as consumer, window(browser, script=False) as producer:
        ask(running, consumer)
        decide(running, producer, "Approve")
        consumer.goto(f"{running.nodes['vale'].url}/inbox")
        expect(consumer.get_by_role("main")).to_contain_text("In force")
        consumer.get_by_role("link", name="Agreement about transmission, version 1").first.click()
        expect(consumer.get_by_role("main")).to_contain_text("active")
        assert consumer.get_by_role("button", name="Revoke for misuse").count() == 0
        end_agreement(running, producer)
        consumer.goto(f"{running.nodes['vale'].url}/agreements")
        expect(consumer.get_by_role("main")).to_contain_text("revoked")
        consumer.get_by_role("button", name="Sign out").click()
        expect(consumer.get_by_text("You see what is public.")).to_be_visible()


def ask(running: Network, page: Page) -> None:
    """Find the dataset as `vale` and ask for it, after having sent the form empty."""
    sign_in(page, running.orchestrator.url, running.members["vale"])
    page.goto(f"{running.orchestrator.url}/catalogue?q=transmission")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("button", name="Request access at your own node").click()
    fill_credentials(page, running.members["vale"])
    expect(page.get_by_role("heading", name="Request access")).to_be_visible()
    page.get_by_role("button", name="Send the request").click()
    for fault in ("Choose what the data is for.", "Say why you need the data.", "Accept the licence"):
        expect(page.locator(".govuk-error-summary").get_by_text(fault)).to_be_visible()
    page.get_by_label("What is the data for?").select_option("Network planning")
    page.get_by_label("Why do you need it?").fill("Study of re-routing between the supply points.")
    page.get_by_label("My organisation accepts").check()
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()


def decide(running: Network, page: Page, decision: str) -> None:
    """Decide as `north` about the one request there is, after having forgotten the reason."""
    sign_in(page, running.nodes["north"].url, running.members["north"])
    page.goto(f"{running.nodes['north'].url}/inbox")
    page.get_by_role("button", name=decision).click()
    expect(page.locator(".govuk-error-summary").get_by_text("No reason is given")).to_be_visible()
    page.get_by_label("Reason for your decision").fill("We have looked at it closely.")
    page.get_by_role("button", name=decision).click()
    expect(page.get_by_text("Nothing awaits your decision.")).to_be_visible()


def end_agreement(running: Network, page: Page) -> None:
    """Revoke as `north` the agreement made last, after having forgotten the reason."""
    page.goto(f"{running.nodes['north'].url}/agreements")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("button", name="Revoke for misuse").click()
    expect(page.locator(".govuk-error-summary").get_by_text("has no reason")).to_be_visible()
    page.get_by_label("Reason").fill("The study is over.")
    page.get_by_role("button", name="Revoke for misuse").click()
    expect(page.get_by_role("main")).to_contain_text("The study is over.")


@pytest.mark.usefixtures("opened")
def test_all_producers_are_asked_without_script(running: Network, browser: Browser, shared: str) -> None:
    vale = running.members["vale"]
    with window(browser, script=False) as page:
        sign_in(page, vale.home, vale)
        page.goto(f"{vale.home}/queries")
        page.get_by_role("link", name="ask all producers a query").click()
        page.get_by_label("Query in SPARQL").fill("SELECT")
        page.get_by_role("button", name="Ask").click()
        expect(page.get_by_text("There is a problem")).to_be_visible()
        page.get_by_label("Query in SPARQL").fill(f"SELECT (COUNT(*) AS ?systems) {{ ?s a <{COORDINATE_SYSTEM}> }}")
        page.get_by_role("button", name="Ask").click()
        expect(page.get_by_role("heading", name="1 row")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("cell", name=str(OPEN), exact=True)).to_be_visible()
        page.get_by_label("Query in SPARQL").fill("SELECT * { ?s ?p ?o } LIMIT 1")
        page.get_by_role("button", name="Ask").click()
        expect(page.get_by_role("heading", name="1 row, not from all sources")).to_be_visible(timeout=PATIENCE)
        title = page.get_by_role("link", name=TITLE)
        refused = page.get_by_role("listitem").filter(has=title)
        expect(refused.get_by_text("Refused")).to_be_visible()
        refused.get_by_role("link", name="Request access").click()
        expect(page.get_by_role("heading", name="Request access")).to_be_visible()
        assert shared in unquote(page.url)


def test_saved_query_is_asked_of_all_producers(running: Network, browser: Browser, opened: str) -> None:
    vale = running.members["vale"]
    with window(browser, script=False) as page:
        sign_in(page, vale.home, vale)
        page.goto(f"{vale.home}/doc/query/circuits-at-substation")
        page.get_by_role("button", name="Ask all producers").click()
        expect(page.get_by_text("There is a problem")).to_be_visible()
        page.get_by_label("Substation").fill("Nowhere")
        page.get_by_role("button", name="Ask all producers").click()
        expect(page.get_by_label("Model that the query is in")).to_have_value("cgmes-3.0")
        expect(page.get_by_role("heading", name="Sources", exact=True)).to_be_visible(timeout=PATIENCE)
        assert opened.partition("://")[2].partition("/")[0] in page.url


@pytest.mark.parametrize(
    "plain", [pytest.param(False, id="built"), pytest.param(True, id="plain", marks=pytest.mark.long)]
)
def test_pages_of_somebody_signed_in_are_accessible_and_fit_a_phone(
    running: Network, browser: Browser, shared: str, plain: bool
) -> None:
    vale, north = running.members["vale"], running.members["north"]
    if not vale.agreements(shared):
        vale.request(shared)
        north.approve(shared)
    agreement = f"/agreements/{key_of(vale.agreements(shared)[0]['agreement'])}"
    with window(browser, width=PHONE, plain=plain) as page:
        for member in (vale, north):
            sign_in(page, member.home, member)
            negotiation = ok(member.ask("GET", member.api("negotiations")))[0]["negotiation"]
            course, duties = f"/negotiations/{negotiation}", f"{agreement}/obligations"
            for path in (
                "/",
                "/inbox",
                "/agreements",
                agreement,
                duties,
                course,
                "/catalogue",
                "/agreements/none",
                ASKED,
            ):
                page.goto(member.home + path)
                assert violations(page) == [], path
                assert overflow(page) <= 0, path


@pytest.mark.parametrize(
    "script", [pytest.param(True, id="script", marks=pytest.mark.long), pytest.param(False, id="no script")]
)
def test_people_are_invited_join_and_are_looked_after(running: Network, browser: Browser, script: bool) -> None:
    north, home = running.members["north"], running.nodes["north"]
    email = f"ada.{script}@north.example".lower()
    with window(browser, script=script) as office, window(browser, script=script, width=PHONE) as own:
        sign_in(office, north.home, north)
        office.get_by_role("link", name="People", exact=True).click()
        office.get_by_role("button", name="Send the invitation").click()
        expect(office.get_by_role("alert")).to_be_visible()
        assert_well_made(office, script=script)
        office.get_by_label("Name", exact=True).fill("Ada Reed")
        office.get_by_label("E-mail address").fill(email)
        office.get_by_label("Administrator").check()
        office.get_by_label("Reviewer").check()
        office.get_by_role("button", name="Send the invitation").click()
        expect(office.get_by_text("The invitation is on its way.")).to_be_visible()
        assert_well_made(office, script=script)
        join(own, letter_to(home, email), script=script)
        own.get_by_role("button", name="Sign out", exact=True).click()
        own.goto(f"{north.home}/people")
        own.get_by_label("E-mail address").fill(email)
        own.get_by_label("Password").fill("orbit canal thirteen lamp")
        own.get_by_label("Password").press("Enter")
        own.get_by_role("link", name="Ada Reed").first.click()
        expect(own.get_by_role("heading", name="Ada Reed")).to_be_visible()
        assert_well_made(own, script=script)
        office.get_by_role("link", name="Ada Reed").last.click()
        office.get_by_label("Reviewer").uncheck()
        office.get_by_role("button", name="Change the roles").click()
        expect(office.get_by_text("The roles are changed.")).to_be_visible()


def join(page: Page, link: str, *, script: bool) -> None:
    """Follow the link of an invitation and choose a password, a weak one first."""
    page.goto(link)
    page.get_by_label("Password").fill("weak")
    page.get_by_role("button", name="Accept and sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("too short")
    assert_well_made(page, script=script)
    page.get_by_label("Password").fill("orbit canal thirteen lamp")
    page.get_by_role("button", name="Accept and sign in").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    assert_well_made(page, script=script)


def letter_to(node: NodeProcess, email: str) -> str:
    """Return the link in the letter to somebody."""
    letters = [file.read_text() for file in (node.data / "outbox").glob("*.eml")]
    (found,) = [line for text in letters if f"To: {email}" in text for line in text.split() if "token=" in line]
    return found


def assert_well_made(page: Page, *, script: bool) -> None:
    """Judge a page by axe, where scripts may run, and by whether it fits."""
    if script:
        assert violations(page) == [], page.url
    page.set_viewport_size({"width": PHONE, "height": 800})
    assert overflow(page) <= 0, page.url
