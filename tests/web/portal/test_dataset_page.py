"""A dataset's handling, sources and quality: sent by REST, said in RDF, shown on its page and in the terminal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect
from tests.cli.terminal import Terminal
from tests.clients import Member, ok, problem
from tests.journey.networks import Network, network
from tests.journey.small_model import CIM, GL, small_model
from tests.web.portal.browsing import PHONE, chromium, overflow, violations, window

from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import DCATAP, DCTERMS, DQV, PROV, VES
from virtuales.rdf.terms import plain

ACT = "https://www.legislation.gov.uk/ukpga/1989/29"
CODE = "Distribution Code, DPC7"
REGISTER = "https://vale.example/registers/plant"
REASON = "Names of sites stand in a public register."
HANDLING = {"triage": "open", "sensitivity": "O", "handling_reason": "Nothing in it needs protection."}
UNNAMED = """<cim:CoordinateSystem rdf:ID="_00000000-0000-4000-8000-00000000000{}">
  <cim:IdentifiedObject.name>OSGB 36</cim:IdentifiedObject.name>
  <cim:CoordinateSystem.crsUrn>urn:ogc:def:crs:EPSG::4277</cim:CoordinateSystem.crsUrn>
</cim:CoordinateSystem>"""
MRID = f"{CIM}IdentifiedObject.mRID"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("dataset-page"), "north") as made:
        made.admit("north")
        yield made


@pytest.fixture(scope="module")
def north(running: Network) -> Member:
    return running.members["north"]


@pytest.fixture(scope="module")
def source(north: Member) -> str:
    """An open dataset version that another is derived from."""
    north.describe("first", title="First locations", **HANDLING)
    north.send("first", "model.xml", small_model(1))
    north.prepare("first")
    return north.publish("first", audience="open", purposes=[])


@pytest.fixture(scope="module")
def described(source: str) -> dict[str, Any]:
    """What is said of a dataset whose two coordinate systems have no mRID."""
    return {
        **HANDLING,
        "title": "Derived locations",
        "personal_data": True,
        "personal_data_reason": REASON,
        "regulatory_conditions": [CODE, ACT],
        "derived_from": [source, REGISTER],
        "source_licences": {REGISTER: "OGL-UK-3.0"},
    }


@pytest.fixture(scope="module")
def prepared(north: Member, described: dict[str, Any]) -> dict[str, Any]:
    north.describe("second", **described)
    north.send("second", "model.xml", small_model(2, body=UNNAMED.format(1) + UNNAMED.format(2)))
    return north.prepare("second")


@pytest.fixture(scope="module")
def preview(north: Member, prepared: dict[str, Any]) -> bytes:
    assert prepared["conforms"]
    answer = north.ask("GET", north.api("datasets/second/preparation/entry"))
    assert answer.headers["content-type"].startswith("text/turtle")
    return answer.content


@pytest.fixture(scope="module")
def version(north: Member, preview: bytes) -> str:
    assert preview
    return north.publish("second", audience="open", purposes=[])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def said(turtle: bytes, subject: str) -> dict[str, set[str]]:
    """Return what some Turtle says of a thing."""
    found: dict[str, set[str]] = {}
    for quad in parse_file(turtle, "text/turtle"):
        if plain(quad.subject) == subject:
            found.setdefault(quad.predicate.value, set()).add(plain(quad.object))
    return found


def test_refuses_to_preview_what_was_not_prepared(north: Member) -> None:
    north.describe("bare", **HANDLING)
    problem(north.ask("GET", north.api("datasets/bare/preparation/entry")), 409)


@pytest.mark.req("J1.3")
def test_counts_what_the_model_asks_for(prepared: dict[str, Any]) -> None:
    asked = {
        (each["about"], each["of_property"], each["profile"]): each["value"]
        for each in prepared["quality"]
        if each["metric"] in {"MandatoryCompleteness", "MissingValues"}
    }
    system = f"{CIM}CoordinateSystem"
    assert asked[system, MRID, GL] == "2"
    share = asked[None, None, None]
    assert share == asked[None, None, GL] == asked[system, None, GL]
    assert 0 < float(share) < 1


@pytest.mark.req("J1.3", "C6")
def test_handling_sources_and_quality_come_back_in_rdf(version: str, preview: bytes, source: str) -> None:
    published = httpx.get(version.replace("/id/", "/doc/"), headers={"Accept": "text/turtle"}).content
    for turtle in (preview, published):
        about = said(turtle, version)
        assert about[VES.triage.value] == {VES.TriageOpen.value}
        assert about[VES.personalData.value] == {"true"}
        assert about[VES.personalDataReason.value] == {REASON}
        assert about[VES.regulatoryCondition.value] == {CODE}
        assert about[DCATAP.applicableLegislation.value] == {ACT}
        assert about[PROV.wasDerivedFrom.value] == {source, REGISTER}
        measured = [said(turtle, one) for one in about[DQV.hasQualityMeasurement.value]]
        (missing,) = [one for one in measured if VES.MissingValues.value in one[DQV.isMeasurementOf.value]]
        assert missing[DQV.value.value] == {"2"}
        assert missing[VES.ofProperty.value] == {MRID}
        assert missing[DCTERMS.conformsTo.value] == {GL}


@pytest.mark.req("J1.3")
def test_handling_sources_and_quality_come_back_as_json(north: Member, version: str, described: dict[str, Any]) -> None:
    draft = ok(north.ask("GET", north.api("datasets/second")))["described"]
    assert {name: draft[name] for name in described} == described
    entry = ok(north.ask("GET", north.api("catalogue/dataset"), params={"iri": version}))["entry"]
    assert entry["conditions"] == {
        "triage": "open",
        "personal_data": True,
        "personal_data_reason": REASON,
        "regulatory": [ACT, CODE],
        "derived_from": sorted(described["derived_from"]),
    }
    assert any(each["of_property"] == MRID for each in entry["quality"])


@pytest.mark.req("J6.6")
def test_the_lineage_is_told_both_ways(north: Member, version: str, source: str) -> None:
    told = ok(north.ask("GET", north.api("catalogue/lineage"), params={"iri": source}))
    assert told["derivations"] == [{"derived": version, "source": source}]
    assert [(one["iri"], one["steps"]) for one in told["things"]] == [(source, 0), (version, 1)]
    problem(north.ask("GET", north.api("catalogue/lineage"), params={"iri": version + "0"}), 404)
    about = said(httpx.get(version.replace("/id/", "/doc/"), headers={"Accept": "text/turtle"}).content, version)
    assert len(about[PROV.qualifiedDerivation.value]) == len(["the source", "the register"])


@pytest.mark.req("J3.2", "C12")
@pytest.mark.parametrize("width", [1200, PHONE])
def test_the_page_shows_them_to_people(browser: Browser, version: str, source: str, width: int) -> None:
    with window(browser, width=width) as page:
        page.goto(version)
        main = page.get_by_role("main")
        for text in (REASON, CODE, "of what the model asks for is there"):
            expect(main.get_by_text(text)).to_be_visible()
        expect(main.get_by_role("link", name=ACT)).to_have_attribute("href", ACT)
        expect(main.get_by_role("link", name=REGISTER)).to_have_attribute("href", REGISTER)
        expect(main.get_by_role("row", name="IdentifiedObject.mRID CoordinateSystem 2")).to_be_visible()
        lineage = main.get_by_role("region", name="Lineage")
        expect(lineage.get_by_text("First locations, version 1")).to_be_visible()
        assert lineage.locator("rect").count() == len(["the source", "the register", "the version"])
        main.get_by_text("The lineage as a list").click()
        expect(main.get_by_text("Derived locations, version 1 was derived from First locations")).to_be_visible()
        assert violations(page) == []
        assert overflow(page) <= 0
        main.get_by_role("link", name="First locations, version 1").first.click()
        expect(page).to_have_url(source.replace("/id/", "/doc/"))


@pytest.mark.req("C12")
@pytest.mark.parametrize("script", [True, False])
def test_the_page_about_licences_composes_those_that_are_chosen(
    browser: Browser, north: Member, version: str, script: bool
) -> None:
    with window(browser, width=PHONE, script=script) as page:
        page.goto(version)
        page.get_by_role("main").get_by_role("link", name="What it asks").click()
        expect(page).to_have_url(f"{north.home}/licences#CC-BY-4.0")
        main = page.get_by_role("main")
        expect(main.locator("[id='OGL-UK-3.0']").get_by_text("It does not cover personal data")).to_be_visible()
        for licence in ("ODbL-1.0", "CC-BY-NC-4.0"):
            main.get_by_label(licence, exact=True).check()
        main.get_by_role("button", name="Compose").click()
        expect(main.get_by_text("not allowed", exact=True)).to_be_visible()
        expect(main.get_by_text("CC-BY-NC-4.0 prohibits commercial use, which ODbL-1.0 does not.")).to_be_visible()
        expect(main.get_by_label("ODbL-1.0", exact=True)).to_be_checked()
        if script:
            assert violations(page) == []
            assert overflow(page) <= 0
    assert httpx.get(f"{north.home}/licences", params={"source": "MIT"}).status_code == 422


@pytest.mark.req("J1.3")
def test_the_terminal_shows_them(tmp_path: Path, north: Member, version: str) -> None:
    terminal = Terminal(tmp_path / "config")
    shown = terminal.ok("show", version)
    for text in ("open", REASON, CODE, ACT, REGISTER, "2 of CoordinateSystem lack IdentifiedObject.mRID."):
        assert text in shown
    options = ("--orchestrator", north.orchestrator, "--node", north.home, "--client-id", north.client_id)
    terminal.ok("login", *options, "--client-secret-stdin", stdin=north.client_secret + "\n")
    handling = ("--triage", "open", "--sensitivity", "O", "--handling-reason", "A sample file.")
    about = ("--title", "Third", "--description", "For the tests.", "--licence", "CC-BY-4.0", *handling)
    conditions = ("--regulatory-condition", CODE, "--regulatory-condition", ACT, "--derived-from", REGISTER)
    personal = ("--personal-data", "--personal-data-reason", REASON)
    terminal.ok("dataset", "describe", "third", *about, *conditions, *personal, "--conforms-to", GL)
    (tmp_path / "model.xml").write_bytes(small_model(3, body=UNNAMED.format(1)))
    terminal.ok("dataset", "send", "third", tmp_path / "model.xml")
    proposed = terminal.ok("dataset", "propose", "third", "--into", tmp_path / "proposed.json")
    assert "coordinate system" in proposed
    assert terminal("dataset", "propose", "third", "--into", tmp_path / "proposed.json").code == 2, (
        "it is there already"
    )
    again = terminal.json("dataset", "describe", "--from", tmp_path / "proposed.json")["described"]
    assert again["keywords"] == ["coordinate system"]
    assert again["regulatory_conditions"] == [CODE, ACT]
    assert again["conforms_to"] == [GL]
    text = terminal.ok("dataset", "prepare", "third")
    for part in (REASON, CODE, REGISTER, "1 of CoordinateSystem lack IdentifiedObject.mRID."):
        assert part in text
    assert "dqv:QualityMeasurement" in terminal.ok("dataset", "entry", "third")
