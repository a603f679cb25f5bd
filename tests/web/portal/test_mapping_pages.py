"""Pages about mappings: as documents over HTTP, and their life in a real browser without script."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from tests.clients import problem
from tests.journey.networks import Network, network
from tests.journey.test_mapping_registry import CIM, RULE, SET, WRONG, contribute, table
from tests.web.portal.browsing import PHONE, chromium, overflow, sign_in, violations, window

from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import SSSOM, VES

SHIPPED = "/doc/mapping/cgmes-2.4.15--cgmes-3.0/version/1.0.0"
SLIP, NAMES = "/doc/mapping/our-slip/version/1.0.0", "/doc/mapping/cgmes-2.4.15--cgmes-3.0/our-names/version/1.0.0"
PAGES = {
    "in use": "/mappings",
    "in review": "/mappings?show=review",
    "all": "/mappings?show=all",
    "many rows": SHIPPED,
    "the last page": f"{SHIPPED}?page=100000",
    "rule that ships": "/doc/mapping/cgmes-2.4.15--cgmes-3.0/limit-values/version/1.0.0",
    "lifting mapping": "/doc/mapping/week24-demand/version/1.0.0",
    "with findings": SLIP,
    "contributed rule": NAMES,
    "impact of what ships": f"{SHIPPED}/impact",
    "impact of a rule": f"{NAMES}/impact",
    "no such mappings": "/doc/mapping/no-such/version/1",
}
ROWS = ("grid:Line\tskos:exactMatch\t\tcim:ACLineSegment", "grid:Pole\tskos:exactMatch\t\tsssom:NoTermFound")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("mapping-pages"), "north") as made:
        made.admit("north")
        contribute(made, table(*WRONG, name="our-slip"), identifier="our-slip")
        contribute(made, RULE, file="our-names.rq", licence="CC0-1.0")
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def get(running: Network, path: str, accept: str = "text/html") -> httpx.Response:
    return httpx.get(running.orchestrator.url + path, headers={"Accept": accept}, timeout=60)


def test_refuses_what_is_not_there_and_forms_from_elsewhere(running: Network) -> None:
    problem(get(running, "/doc/mapping/no-such", "text/turtle, application/problem+json"), 404)
    form = {"identifier": "our-slip", "version": "1.0.0", "move": "approve"}
    url = f"{running.orchestrator.url}/mappings/decision"
    answer = httpx.post(url, data=form, headers={"Origin": "http://elsewhere.example"}, timeout=60)
    assert answer.status_code == 403
    assert httpx.post(url, data=form, timeout=60).headers["location"].startswith("/sign-in")


def test_mappings_answer_303_with_a_document_that_is_data_too(running: Network) -> None:
    shipped = get(running, "/id/mapping/sensitivity-triage")
    assert (shipped.status_code, shipped.headers["location"]) == (303, "/doc/mapping/sensitivity-triage")
    version = get(running, "/doc/mapping/sensitivity-triage").headers["location"]
    said = {
        (quad.predicate, quad.object)
        for quad in parse_file(get(running, version, "text/turtle").content, "text/turtle")
    }
    assert VES.Published in {value for predicate, value in said if predicate == VES.status}
    assert SSSOM.MappingSet in {value for _, value in said}
    slip = get(running, SLIP, "application/ld+json").content
    counts = {quad.object for quad in parse_file(slip, "application/ld+json") if quad.predicate == VES.errorCount}
    assert [str(each.value) for each in counts if hasattr(each, "value")] == ["1"]


@pytest.mark.parametrize(
    ("plain", "width"),
    [pytest.param(False, 1200, id="built", marks=pytest.mark.long), pytest.param(True, PHONE, id="plain")],
)
def test_every_page_is_accessible_and_fits(running: Network, browser: Browser, plain: bool, width: int) -> None:
    with window(browser, plain=plain, width=width) as page:
        sign_in(page, running.orchestrator.url, running.operator)
        for name, path in {**PAGES, "form": "/mappings/contribution"}.items():
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(running.orchestrator.url + path)
            assert violations(page) == [], name
            page.set_viewport_size({"width": PHONE, "height": 800})
            assert overflow(page) <= 0, name
            assert page.locator("main h1").count() == 1, name


def test_without_script_mappings_go_their_way_into_use(running: Network, browser: Browser, tmp_path: Path) -> None:
    centre = running.orchestrator.url
    file = tmp_path / f"{SET}.sssom.tsv"
    file.write_text(table(*ROWS))
    with window(browser, script=False) as page:
        sign_in(page, centre, running.members["north"])
        page.goto(f"{centre}/mappings")
        page.get_by_role("link", name="Contribute mappings").click()
        page.get_by_label("File").set_input_files(file)
        page.get_by_role("button", name="Contribute").click()
        expect(page.get_by_role("alert")).to_contain_text("The version is empty")
        page.get_by_label("File").set_input_files(file)
        page.get_by_label("Where it comes from").fill("Written by the tests.")
        page.get_by_label("Version").fill("1.0.0")
        page.get_by_role("button", name="Contribute").click()
        expect(page.get_by_text("registered and checked")).to_be_visible()
        expect(page.get_by_role("button", name="Withdraw")).to_be_visible()
        expect(page.get_by_role("button", name="Mark as reviewed")).to_have_count(0)
    with window(browser, script=False) as page:
        sign_in(page, centre, running.operator)
        page.goto(f"{centre}/mappings?show=review")
        page.get_by_role("link", name="Our grid and CGMES 3.0").first.click()
        page.get_by_role("button", name="Reject").click()
        expect(page.get_by_text("There is a problem")).to_be_visible()
        page.get_by_label("Why").fill("Compared with the register.")
        page.get_by_role("button", name="Mark as reviewed").click()
        page.get_by_role("button", name="Approve").click()
        page.get_by_role("button", name="Publish").click()
        expect(page.get_by_text("The mappings are in use.")).to_be_visible()
        expect(page.get_by_role("row", name="Review")).to_contain_text("Compared with the register.")
        expect(page.get_by_role("row", name="Line")).to_contain_text("exactMatch")
        page.get_by_role("link", name="ACLineSegment").first.click()
    found = get(
        running, f"/api/v1/mappings/of-term?iri={CIM.replace('#', '%23')}ACLineSegment", "application/json"
    ).json()
    assert SET in {one["registered_as"] for one in found}


def test_rows_are_leafed_through(running: Network) -> None:
    first, last = get(running, SHIPPED).text, get(running, f"{SHIPPED}?page=100000").text
    assert "Next page" in first
    assert "Page before" not in first
    assert "Page before" in last
    assert "Next page" not in last
