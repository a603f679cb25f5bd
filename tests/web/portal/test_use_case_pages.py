"""Pages about use cases: accessible in a real browser, and useful without script."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect
from tests.clients import problem
from tests.journey.networks import Network, network
from tests.web.portal.browsing import PHONE, chromium, overflow, sign_in, violations, window

CASE = "/use-cases/common-framework-demonstrator"
PAGES = {
    "all": "/use-cases",
    "one": CASE,
    "gaps": f"{CASE}/gaps",
    "gaps of one model": f"{CASE}/gaps?model=cgmes-3.0",
    "none": "/use-cases/no-such",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("use-case-pages"), "north") as made:
        made.admit("north")
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def test_refuses_forms_from_elsewhere_and_of_strangers(running: Network) -> None:
    url = f"{running.orchestrator.url}{CASE}/remarks"
    answer = httpx.post(url, data={"text": "x"}, headers={"Origin": "http://elsewhere.example"}, timeout=60)
    assert answer.status_code == 403
    assert httpx.post(url, data={"text": "x"}, timeout=60).headers["location"].startswith("/sign-in")
    accept = {"Accept": "application/problem+json"}
    problem(httpx.get(f"{running.orchestrator.url}{CASE}/gaps.exe", headers=accept, timeout=60), 404)


@pytest.mark.parametrize(
    ("plain", "width"),
    [pytest.param(False, 1200, id="built", marks=pytest.mark.long), pytest.param(True, PHONE, id="plain")],
)
def test_every_page_is_accessible_and_fits(running: Network, browser: Browser, plain: bool, width: int) -> None:
    with window(browser, plain=plain, width=width) as page:
        sign_in(page, running.orchestrator.url, running.members["north"])
        for name, path in PAGES.items():
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(running.orchestrator.url + path)
            assert violations(page) == [], name
            page.set_viewport_size({"width": PHONE, "height": 800})
            assert overflow(page) <= 0, name
            assert page.locator("main h1").count() == 1, name


@pytest.mark.req("M1", "M2")
def test_a_terms_page_names_the_requirements_and_remarks(running: Network) -> None:
    path = "/doc/model/cgmes-3.0/3.0.0/term/cim:CurrentLimit.normalValue"
    page = httpx.get(running.orchestrator.url + path, headers={"Accept": "text/html"}, timeout=60).text
    assert f'<a class="govuk-link" href="{CASE}#CFD-13">CFD-13</a> Seasonal thermal ratings' in page
    assert "whoever merges both has to look twice" in page
    other = path.replace("CurrentLimit.normalValue", "GroundingImpedance.x")
    page = httpx.get(running.orchestrator.url + other, headers={"Accept": "text/html"}, timeout=60).text
    assert "No use case names it." in page


@pytest.mark.req("M2", "M5")
def test_without_script_gaps_are_read_and_remarks_made(running: Network, browser: Browser) -> None:
    centre = running.orchestrator.url
    with window(browser, script=False) as page:
        sign_in(page, centre, running.members["north"])
        page.goto(f"{centre}/use-cases")
        page.get_by_role("link", name="Common framework demonstrator").first.click()
        page.get_by_role("button", name="Remark").click()
        expect(page.get_by_text("There is a problem")).to_be_visible()
        page.get_by_label("Your remark").fill("Outages change within the day.")
        page.get_by_label("What it is about").fill("CFD-28")
        page.get_by_label("It is a pain point").check()
        page.get_by_role("button", name="Remark").click()
        expect(page.get_by_text("Your remark is recorded.")).to_be_visible()
        expect(page.locator("#CFD-28")).to_contain_text("Outages change within the day.")
        expect(page.locator("#CFD-28")).to_contain_text("North Networks plc")
        page.get_by_role("link", name="Where models fall short").click()
        expect(page.get_by_role("row", name="CFD-13")).to_contain_text("conflicting")
        expect(page.locator("#CFD-28")).to_contain_text("Planned outage")
    with window(browser) as page, page.expect_download() as started:
        page.goto(f"{centre}{CASE}/gaps")
        page.get_by_role("link", name="CSV").click()
    assert started.value.suggested_filename == "gaps.csv"
