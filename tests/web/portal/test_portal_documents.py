"""The portal over plain HTTP: documents in the form that is asked for, errors for people and programs, the session."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.clients import Member, problem
from tests.journey.networks import Network, network
from tests.journey.small_model import small_model

from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import DCAT, DCTERMS
from virtuales.rdf.terms import NamedNode
from virtuales.web.portal.rendering import find_assets

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("documents"), "north") as made:
        made.admit("north")
        yield made


@pytest.fixture(scope="module")
def north(running: Network) -> Member:
    return running.members["north"]


@pytest.fixture(scope="module")
def opened(north: Member) -> str:
    """An open dataset version."""
    handling = {"triage": "open", "sensitivity": "O", "handling_reason": "Nothing in it needs protection."}
    north.describe("open", title="Open <model> & more", **handling)
    north.send("open", "model.xml", small_model(1))
    north.prepare("open")
    return north.publish("open", audience="open", purposes=[])


@pytest.fixture(scope="module")
def shared(north: Member) -> str:
    """A dataset version that participants alone may know of."""
    return north.provide("shared", [("model.xml", small_model(2))])


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()}, timeout=60)


def enter(node: str, client: Member, **said: str) -> httpx.Response:
    form = {"client_id": client.client_id, "client_secret": client.client_secret, **said}
    return httpx.post(f"{node}/sign-in", data=form, headers=BROWSER, timeout=60)


def session(node: str, client: Member) -> httpx.Client:
    """Return a client with the portal's cookie."""
    answer = enter(node, client)
    assert answer.status_code == 303
    return httpx.Client(cookies=answer.cookies, headers=BROWSER, timeout=60)


def test_refuses_to_answer_in_a_form_it_does_not_have(opened: str) -> None:
    answer = get(opened.replace("/id/", "/doc/"), Accept="image/png")
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert 'type="text/turtle"' in answer.headers["link"]
    problem(get(opened.replace("/id/", "/doc/") + "?format=pdf", Accept="*/*"), 422)


@pytest.mark.parametrize("path", ["dataset/nothing", "dataset/open/version/9", "organisation/nobody", "dataset/a b"])
def test_unknown_things_are_refused_to_people_and_programs_alike(running: Network, path: str) -> None:
    url = f"{running.nodes['north'].url}/doc/{path}"
    status = 422 if " " in path else 404
    problem(get(url, Accept="text/turtle, application/problem+json"), status)
    page = get(url, **BROWSER)
    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    assert "What you can do" in page.text


def test_public_is_not_told_of_shared_datasets(shared: str, running: Network) -> None:
    assert get(shared.replace("/id/", "/doc/"), **BROWSER).status_code == 404
    assert get(shared.replace("/id/", "/doc/"), Accept="text/turtle").status_code == 404
    listing = get(f"{running.nodes['north'].url}/catalogue?q=shared", **BROWSER).text
    assert "0 datasets" in listing
    assert "Narrow down" in listing
    assert "Shared, standard terms" not in listing


def test_programs_get_problem_documents_whatever_they_accept(running: Network) -> None:
    problem(get(f"{running.orchestrator.url}/api/v1/organisations/nobody", **BROWSER), 404)


def test_thing_answers_303_with_its_document(opened: str, north: Member) -> None:
    for thing in (opened, opened.partition("/version/")[0], north.iri):
        answer = get(thing, Accept="text/turtle")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/doc/" + thing.partition("/id/")[2]


@pytest.mark.parametrize("media_type", ["text/turtle", "application/ld+json", "application/n-triples"])
def test_document_answers_in_the_form_asked_for(opened: str, media_type: str) -> None:
    answer = get(opened.replace("/id/", "/doc/"), Accept=f"{media_type}, text/html;q=0.5")
    assert answer.headers["content-type"].startswith(media_type)
    assert "Accept" in answer.headers["vary"]
    quads = list(parse_file(answer.content, media_type))
    titles = [quad.object for quad in quads if quad.subject == NamedNode(opened) and quad.predicate == DCTERMS.title]
    assert len(titles) == 1
    assert sum(quad.predicate == DCAT.distribution for quad in quads) == 1


def test_every_form_has_its_own_tag_and_is_not_sent_twice(opened: str) -> None:
    url = opened.replace("/id/", "/doc/")
    tags = {kind: get(url, Accept=kind).headers["etag"] for kind in ("text/html", "text/turtle", "application/ld+json")}
    assert len(set(tags.values())) == len(tags)
    for kind, tag in tags.items():
        again = get(url, Accept=kind, If_None_Match=tag)
        assert (again.status_code, again.content) == (304, b"")


def test_organisation_has_a_document(north: Member) -> None:
    answer = get(north.iri.replace("/id/", "/doc/"), Accept="text/turtle")
    assert b"North Networks plc" in answer.content
    assert b"data@networks.example" not in answer.content


def test_pages_are_strict_about_what_a_browser_may_do(opened: str, running: Network) -> None:
    for url in (opened.replace("/id/", "/doc/"), f"{running.orchestrator.url}/doc/dataset/nothing"):
        answer = get(url, **BROWSER)
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "<style" not in answer.text
        assert " style=" not in answer.text
        assert answer.text.count("<script") <= 1
    assert "Open &lt;model&gt; &amp; more" in get(opened.replace("/id/", "/doc/"), **BROWSER).text


def test_style_is_served_and_stays_plain_until_assets_are_built(running: Network, tmp_path: Path) -> None:
    page = get(running.orchestrator.url, **BROWSER).text
    style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert get(running.orchestrator.url + style).headers["content-type"].startswith("text/css")
    (tmp_path / "plain.css").write_text("body {}")
    assets = find_assets(tmp_path)
    assert assets.script is None
    assert assets.style.startswith("/static/portal/plain.css?v=")


def test_every_operation_of_the_api_is_on_its_page(running: Network) -> None:
    page = get(f"{running.orchestrator.url}/about/api", **BROWSER).text
    paths = get(f"{running.orchestrator.url}/openapi.json").json()["paths"]
    assert all(path in page for path in paths)
    assert not any(path.startswith(("/doc", "/id", "/inbox", "/sign")) for path in paths)


def test_refuses_wrong_secret_and_remembers_nothing(running: Network, north: Member) -> None:
    for node in (running.orchestrator.url, north.home):
        answer = enter(node, north, client_secret="wrong")
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        assert "There is a problem" in answer.text


def test_refuses_forms_of_other_sites(running: Network, north: Member) -> None:
    with session(north.home, north) as client:
        for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            answer = client.post(f"{north.home}/sign-out", headers=headers)
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers
    assert enter(running.orchestrator.url, north).status_code == 303


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x"])
def test_signing_in_never_leads_elsewhere(north: Member, target: str) -> None:
    assert enter(north.home, north, next=target).headers["location"] == "/"


def test_session_is_for_the_portal_alone(north: Member, shared: str) -> None:
    answer = enter(north.home, north, next="/inbox")
    assert answer.headers["location"] == "/inbox"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    with session(north.home, north) as client:
        assert client.get(f"{north.home}/inbox").status_code == 200
        assert client.get(shared.replace("/id/", "/doc/")).status_code == 200
        problem(client.get(f"{north.home}/api/v1/datasets"), 401)
        assert client.get(shared.replace("/id/", "/download/") + "/model.xml").status_code == 401
        assert client.post(shared.replace("/id/", "/sparql/"), data={"query": "ASK {}"}).status_code == 401


def test_pages_for_members_send_others_to_sign_in(north: Member) -> None:
    for path in ("/inbox", "/agreements", "/agreements/none"):
        answer = get(north.home + path, **BROWSER)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=%2F")
    forged = httpx.get(f"{north.home}/inbox", headers={"Cookie": f"virtuales-{north.home[-5:]}=forged.token.here"})
    assert forged.status_code == 303


def test_refuses_an_organisation_that_is_at_home_elsewhere(running: Network, north: Member) -> None:
    with session(running.orchestrator.url, north) as client:
        assert client.get(f"{running.orchestrator.url}/catalogue").status_code == 200
        refused = client.get(f"{running.orchestrator.url}/inbox")
        assert refused.status_code == 403
        assert north.home in refused.text


def test_refuses_to_request_ones_own_or_nobodys_data(north: Member, shared: str) -> None:
    with session(north.home, north) as client:
        own = client.get(f"{north.home}/request-access", params={"version": shared})
        assert own.status_code == 409
        assert client.get(f"{north.home}/request-access", params={"version": "no iri"}).status_code == 422
        nobody = client.get(f"{north.home}/request-access", params={"version": "http://nobody.example/id/dataset/x"})
        assert nobody.status_code == 404
