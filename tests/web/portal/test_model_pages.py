"""Pages about models and terms: as documents over HTTP, and in a real browser, with and without script."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect
from tests.clients import Member, problem
from tests.journey.networks import Network, network
from tests.journey.small_model import CIM, small_model
from tests.nodes import eventually
from tests.web.portal.browsing import PHONE, chromium, focused, overflow, sign_in, violations, window

from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import RDFS, SKOS, VES, VOID
from virtuales.rdf.terms import plain

CGMES = "/doc/model/cgmes-3.0/3.0.0"
PAGES = {
    "models": "/models",
    "search": "/terms?q=transformer",
    "search in one model": "/terms?q=rated&model=cgmes-3.0%403.0.0&kind=property",
    "nothing found": "/terms?q=nowhere&kind=class",
    "by an IRI that several models have": "/doc/term?iri=http%3A%2F%2Fiec.ch%2FTC57%2FCIM100%23Terminal",
    "model with profiles": CGMES,
    "model of concepts": "/doc/model/synonyms/1",
    "class": f"{CGMES}/term/cim:ConductingEquipment",
    "attribute": f"{CGMES}/term/cim:PowerTransformerEnd.ratedS",
    "association": f"{CGMES}/term/cim:Terminal.ConductingEquipment",
    "enumeration": f"{CGMES}/term/cim:WindingConnection",
    "value": f"{CGMES}/term/cim:WindingConnection.D",
    "concept": "/doc/model/synonyms/1/term/word:grid-supply-point",
    "nothing compared yet": "/models/compare",
    "compared": "/models/compare?before=cgmes-2.4.15&after=cgmes-3.0&show=renamed",
    "compared in one profile": "/models/compare?before=cgmes-2.4.15&after=cgmes-3.0&profile=EQ&show=retyped",
    "compared with itself": "/models/compare?before=skos&after=skos",
    "class with restrictions and numbers for names": "/doc/model/oeo-2.10.0/2.10.0/term/oeo:OEO_00000334",
    "concept with mappings": "/doc/model/sensitivity/1/term/s:SA",
    "no such model": "/doc/model/cgmes-9/1",
    "no such term": f"{CGMES}/term/cim:Cable",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("models"), "north") as made:
        made.admit("north")
        yield made


@pytest.fixture(scope="module")
def north(running: Network) -> Member:
    """An organisation with a dataset that participants alone may know of."""
    member = running.members["north"]
    member.provide("shared", [("model.xml", small_model(2))])
    eventually(lambda: member.catalogue(running.orchestrator.url, q="shared")["total"])
    return member


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def get(running: Network, path: str, accept: str = "text/html") -> httpx.Response:
    return httpx.get(running.orchestrator.url + path, headers={"Accept": accept}, timeout=60)


@pytest.mark.parametrize(
    "path", ["/doc/model/cgmes-9/1", f"{CGMES}/term/cim:Cable", "/doc/term?iri=http://nobody.example/x"]
)
def test_refuses_what_is_not_there(running: Network, path: str) -> None:
    problem(get(running, path, "text/turtle, application/problem+json"), 404)
    assert "What you can do" in get(running, path).text


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/id/model/cgmes-3.0", CGMES),
        ("/id/model/cgmes-3.0/3.0.0", CGMES),
        ("/doc/model/cgmes-3.0", CGMES),
        ("/id/model/cgmes-3.0/3.0.0/term/cim:Terminal", f"{CGMES}/term/cim:Terminal"),
        ("/doc/term?iri=http://www.w3.org/ns/dcat%23Dataset", "/doc/model/dcat-3/3/term/dcat:Dataset"),
        (
            "/id/model/cgmes-3.0/3.0.0/term/http%3A%2F%2Fiec.ch%2FTC57%2FCIM100%23Terminal",
            f"{CGMES}/term/http:%2F%2Fiec.ch%2FTC57%2FCIM100%23Terminal",
        ),
    ],
)
def test_things_and_foreign_iris_answer_303_with_a_document(running: Network, path: str, document: str) -> None:
    answer = get(running, path)
    assert (answer.status_code, answer.headers["location"]) == (303, document)
    assert get(running, document).status_code == 200


@pytest.mark.parametrize("media_type", ["text/turtle", "application/ld+json"])
def test_a_term_answers_as_data(running: Network, media_type: str) -> None:
    answer = get(running, f"{CGMES}/term/cim:PowerTransformerEnd.ratedS", f"{media_type}, text/html;q=0.5")
    assert answer.headers["content-type"].startswith(media_type)
    said = {(plain(q.subject), q.predicate): plain(q.object) for q in parse_file(answer.content, media_type)}
    term = f"{CIM}PowerTransformerEnd.ratedS"
    assert said[term, RDFS.domain] == f"{CIM}PowerTransformerEnd"
    assert said[term, VES.unit] == "VA"
    assert said[term, RDFS.isDefinedBy] == f"{running.orchestrator.url}/id/model/cgmes-3.0/3.0.0"
    assert said[said[term, VES.occurrence], VES.minimum] == "0"


def test_a_term_answers_with_what_is_below_it_and_what_leads_to_it(running: Network) -> None:
    answer = get(running, f"{CGMES}/term/cim:Substation", "text/turtle")
    quads = list(parse_file(answer.content, "text/turtle"))
    leading = {plain(quad.subject).rpartition("#")[2] for quad in quads if quad.predicate == SKOS.mappingRelation}
    assert {"grid-supply-point", "bulk-supply-point", "substation"} <= leading
    above = get(running, f"{CGMES}/term/cim:Switch", "text/turtle")
    pairs = {(plain(q.subject), plain(q.object)) for q in parse_file(above.content, "text/turtle")}
    assert (f"{CIM}ProtectedSwitch", f"{CIM}Switch") in pairs


def test_a_term_is_shown_with_its_mappings_from_both_sides(running: Network) -> None:
    page = get(running, "/doc/model/sensitivity/1/term/s:SA").text
    assert "Sensitivity classes and the outcomes of data triage" in page
    assert "TriageShared" in page
    turned = get(running, "/doc/model/virtuales/1/term/ves:TriageShared").text
    assert "written the other way round" in turned
    data = get(running, "/doc/model/sensitivity/1/term/s:SA", "application/n-triples").content
    pairs = {(quad.predicate, plain(quad.object)) for quad in parse_file(data, "application/n-triples")}
    assert (SKOS.broadMatch, "https://w3id.org/virtuales/ns#TriageShared") in pairs


def test_a_model_answers_with_all_its_statements(running: Network) -> None:
    quads = list(parse_file(get(running, "/doc/model/skos/2009-08-18", "text/turtle").content, "text/turtle"))
    assert len(quads) > 100
    assert any(quad.predicate == VES.modelGraph for quad in quads)


def test_the_use_of_a_term_is_shown_to_who_may_know_of_the_data(running: Network, north: Member) -> None:
    path = f"{CGMES}/term/cim:CoordinateSystem"
    assert "No dataset in the catalogue uses it" in get(running, path).text
    assert VOID.iri.encode() + b"entities" not in get(running, path, "application/n-triples").content
    url = running.orchestrator.url + path
    told = north.ask("GET", url, headers={"Accept": "application/n-triples"}).content
    assert b"<http://rdfs.org/ns/void#entities>" in told


@pytest.mark.usefixtures("north")
@pytest.mark.parametrize(
    ("plain", "width"),
    [pytest.param(False, 1200, id="built", marks=pytest.mark.long), pytest.param(True, PHONE, id="plain")],
)
def test_every_page_is_accessible_and_fits(running: Network, browser: Browser, plain: bool, width: int) -> None:
    with window(browser, plain=plain, width=width) as page:
        for name, path in PAGES.items():
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(running.orchestrator.url + path)
            assert violations(page) == [], name
            page.set_viewport_size({"width": PHONE, "height": 800})
            assert overflow(page) <= 0, name
            assert page.locator("main h1").count() == 1, name


def test_without_script_a_term_is_found_and_read(running: Network, browser: Browser) -> None:
    with window(browser, script=False) as page:
        page.goto(f"{running.orchestrator.url}/models")
        page.get_by_label("Search the terms").fill("breakers")
        page.get_by_role("button", name="Search").click()
        page.get_by_label("Model", exact=True).select_option("CGMES 3.0 (CIM17)")
        page.get_by_label("Kind", exact=True).select_option("Class")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="cim:Breaker", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Breaker")
        expect(page.locator(".ves-tree").first).to_contain_text("cim:ProtectedSwitch")
        page.locator("summary", has_text="cim:Switch").click()
        expect(page.get_by_role("link", name="cim:Switch.open", exact=True)).to_be_visible()


def test_without_script_two_versions_are_compared(running: Network, browser: Browser) -> None:
    with window(browser, script=False) as page:
        page.goto(running.orchestrator.url + CGMES)
        page.get_by_label("What changed since").select_option("CGMES 2.4.15 (CIM16)")
        page.get_by_role("button", name="Compare").click()
        expect(page.get_by_role("row", name="Classes and other terms")).to_contain_text("488")
        page.get_by_label("Profile").select_option("EQ")
        page.get_by_role("button", name="Compare").click()
        page.get_by_role("link", name="Renamed").click()
        expect(page.get_by_text("names alike (0.82), 64% of the values the same")).to_be_visible()
        page.get_by_role("link", name="eu:LimitKind", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("LimitKind")


def test_a_comparison_is_had_as_a_file(running: Network) -> None:
    for suffix, kind in (("csv", "text/csv"), ("md", "text/markdown"), ("json", "application/json")):
        answer = get(running, f"/models/comparison.{suffix}?before=cgmes-2.4.15&after=cgmes-3.0")
        assert answer.headers["content-type"].startswith(kind)
        assert "LimitKind" in answer.text
    problem(get(running, "/models/comparison.csv?before=cgmes-9&after=cgmes-3.0", "text/csv"), 404)


def test_with_script_names_are_suggested_to_the_keyboard(running: Network, browser: Browser) -> None:
    with window(browser) as page:
        page.goto(f"{running.orchestrator.url}/models")
        if page.locator("script").count() == 0:
            pytest.skip("the portal's assets were not built, so there is no script")
        page.locator("#q").focus()
        page.keyboard.type("trasnf")
        expect(page.get_by_role("option").first).to_contain_text("ransformer", timeout=60_000)  # the index is made now
        suggested = page.get_by_role("option").nth(1).text_content() or ""
        assert violations(page) == []
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert focused(page)["id"] == "q"
        expect(page.locator("#q")).to_have_value(suggested)
        page.locator("#q").fill("PowerTransformer")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="cim:PowerTransformer", exact=True).first).to_be_visible()


def test_who_is_signed_in_sees_where_data_uses_a_term(running: Network, browser: Browser, north: Member) -> None:
    with window(browser) as page:
        sign_in(page, running.orchestrator.url, north)
        page.goto(f"{running.orchestrator.url}{CGMES}/term/cim:IdentifiedObject")
        row = page.get_by_role("row", name="Network model shared")
        expect(row).to_contain_text("North Networks plc")
        expect(row).to_contain_text("CoordinateSystem 1")
        assert violations(page) == []
