"""The search page and the search by REST, asked of a node in this process: one form, links that can be passed on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from tests.catalogue.index.small_catalogue import WORDS
from tests.catalogue.test_catalogue import DESCRIPTION
from tests.clients import ok, problem
from tests.in_process import browser_of
from tests.workflow.test_search import BREAKER, OPEN, publish

from virtuales.clock import ManualClock
from virtuales.node import Node
from virtuales.policy.templates import Audience
from virtuales.settings import read_settings
from virtuales.web.app import create_app

BASE = "http://localhost:8497"
SECRET = "the operator's secret in this test"
API = "/api/v1/catalogue"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    settings = read_settings(
        data_dir=tmp_path_factory.mktemp("catalogue"), base_url=BASE, role="orchestrator", operator_secret=SECRET
    )
    node = Node(settings, clock=ManualClock(datetime(2026, 6, 1, 12, tzinfo=UTC)))
    here = node.workspace
    here.thesaurus.of((here.models.revision, here.mappings), lambda: WORDS)  # few words are read sooner than all
    for number in range(12):
        about = replace(OPEN, slug=f"site-{number}", title=f"Sites of zone {number}")
        publish(here, about, audience=Audience.OPEN)
    publish(here, DESCRIPTION)
    yield create_app(node)
    node.close()


@pytest.fixture
def public(app: Any) -> httpx.Client:  # noqa: ANN401 - a FastAPI application
    return browser_of(app, BASE)


@pytest.fixture
def operator(app: Any) -> httpx.Client:  # noqa: ANN401 - as above
    client = browser_of(app, BASE)
    assert client.post("/sign-in", data={"client_id": "operator", "client_secret": SECRET}).status_code == 303
    return client


class Form(HTMLParser):
    """Reads the boxes of a page's forms: name and value of each, and whether it is ticked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.boxes: dict[tuple[str, str], bool] = {}
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "input" and said.get("type") == "checkbox":
            self.boxes[said["name"], said["value"]] = "checked" in said
        if tag == "a":
            self.links.append(said["href"])


def test_the_form_shows_what_can_be_chosen_and_what_is(public: httpx.Client) -> None:
    page = Form(public.get("/catalogue", params={"q": "sites", "sensitivity": "O", "class": BREAKER, "sort": ""}).text)
    assert page.boxes["sensitivity", "O"]
    assert page.boxes["class", BREAKER]
    assert not page.boxes["access", "now"]
    assert ("sensitivity", "SA") not in page.boxes
    (following,) = [link for link in page.links if "page=2" in link]
    assert following.startswith("/catalogue?q=sites&sensitivity=O&class=http")
    second = public.get(following).text
    assert second.count('class="ves-result"') == 2
    assert "12 datasets for “sites”" in second


def test_what_no_dataset_has_stays_chosen_until_it_is_dropped(public: httpx.Client) -> None:
    page = public.get("/catalogue", params={"publisher": "no iri <at all>", "licence": "none", "class": "none"}).text
    assert "no iri &lt;at all&gt; (0)" in page
    assert Form(page).boxes["publisher", "no iri <at all>"]


def test_participants_choose_among_more(operator: httpx.Client) -> None:
    page = Form(operator.get("/catalogue").text)
    assert {value for name, value in page.boxes if name == "access"} == {"now", "ask"}
    assert "1 dataset" in operator.get("/catalogue?access=ask").text


def test_a_result_says_by_which_meaning_it_was_found(operator: httpx.Client) -> None:
    shown = operator.get("/catalogue", params={"q": "BSP"}).text
    assert "Found because “bsp” leads to “grid supply point”" in shown


def test_an_empty_answer_leads_on_with_the_words_carried_over(public: httpx.Client) -> None:
    shown = public.get("/catalogue", params={"q": "lighthouse & more"})
    assert "https://ukpowernetworks.opendatasoft.com/explore/?q=lighthouse%20%26%20more" in Form(shown.text).links


def test_suggestions_are_plain_options_of_what_is_in_sight(public: httpx.Client, operator: httpx.Client) -> None:
    assert public.get("/catalogue/suggestions?q=sit").text.count("<option value=") == 8
    assert public.get("/catalogue/suggestions?q=vale").text == ""
    assert operator.get("/catalogue/suggestions?q=vale").text == (
        '<option value="vale &#34;132 kv&#34; network"></option>'
    )


def test_a_search_is_saved_on_its_page_and_dropped_in_the_list(public: httpx.Client, operator: httpx.Client) -> None:
    assert "Save this search" not in public.get("/catalogue?q=sites").text
    page = operator.get("/catalogue", params={"q": "sites", "sensitivity": "O", "page": "2"}).text
    assert 'name="query" value="q=sites&amp;sensitivity=O"' in page
    form = {"query": "q=sites&sensitivity=O", "name": "Open sites"}
    assert operator.post("/saved-searches", data=form).status_code == 303
    listed = operator.get("/saved-searches").text
    assert '<a class="govuk-link" href="/catalogue?q=sites&amp;sensitivity=O">Open sites</a>' in listed
    dropping = listed[listed.index("/saved-searches/") :].partition('"')[0]
    assert operator.post(dropping).status_code == 303
    assert "Your organisation has saved no search." in operator.get("/saved-searches").text
    problem(public.get("/api/v1/saved-searches", headers={"Accept": "application/json"}), 401)


def test_programs_get_facets_reasons_and_pages(public: httpx.Client) -> None:
    first = ok(public.get(API, params={"limit": 7, "facets": ["access", "keyword"], "sort": "title"}))
    assert (first["total"], first["partial"], len(first["datasets"])) == (12, False, 7)
    assert first["facets"]["access"] == [{"value": "now", "count": 12}]
    second = ok(public.get(API, params={"limit": 7, "after": first["next"], "sort": "title"}))
    assert (len(second["datasets"]), second["next"]) == (5, None)
    assert ok(public.get(f"{API}/suggestions", params={"q": "sites of zone 11"})) == ["sites of zone 11"]


@pytest.mark.parametrize(
    "asked",
    [
        {"sort": "colour"},
        {"access": "free"},
        {"area": "everywhere"},
        {"from": "June"},
        {"facets": "colour"},
        {"limit": "0"},
        {"after": "made-up"},
        {"q": "x" * 501},
    ],
)
def test_refuses_a_question_that_nobody_could_mean(public: httpx.Client, asked: dict[str, str]) -> None:
    problem(public.get(API, params=asked, headers={"Accept": "application/json"}), 422)
