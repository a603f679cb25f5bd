"""A steward writes a draft's graphs by SPARQL; nothing is lost, and what is published never changes."""

import httpx
import pytest
from tests.clients import Member, ok, problem, sparql_url
from tests.journey.networks import Network, unchanged

from virtuales.journal.event import Event

TURTLE = {"Content-Type": "text/turtle"}
UPDATE = {"Content-Type": "application/sparql-update"}
ROWS = {"Accept": "text/csv"}
GRAPH = "http://example.org/feeders"


@pytest.fixture(scope="module")
def north(doors: Network) -> Member:
    return doors.members["north"]


def store_of(member: Member, slug: str) -> str:
    member.describe(slug)
    return f"{member.home}/graphs/drafts/{slug}"


def update(member: Member, slug: str, text: str, **headers: str) -> httpx.Response:
    url = f"{member.home}/sparql/drafts/{slug}/update"
    return member.ask("POST", url, content=text.encode(), headers={**UPDATE, **headers})


def lines(member: Member, slug: str) -> list[str]:
    """Return a draft's statements, as N-Quads."""
    answer = member.ask("GET", f"{member.home}/graphs/drafts/{slug}", headers={"Accept": "application/n-quads"})
    return answer.text.splitlines()


def changes(doors: Network, slug: str) -> list[Event]:
    with doors.nodes["north"].journal() as journal:
        events = [event for event in journal.events() if event.draft.kind == "GraphsChanged"]
    return [event for event in events if event.draft.subject.endswith(f"/{slug}")]


def test_what_is_written_is_published_and_then_stays(doors: Network, north: Member) -> None:
    store = store_of(north, "written")
    feeder = "<urn:uuid:1> a <http://example.org/Feeder> ; <http://example.org/rating> 01 ."
    assert north.ask("PUT", store, params={"graph": GRAPH}, content=feeder, headers=TURTLE).status_code == 201
    text = f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <urn:uuid:2> a <http://example.org/Feeder> }} }}"
    assert update(north, "written", text).status_code == 204
    assert any('"01"' in line for line in lines(north, "written"))
    north.prepare("written")
    version = north.publish("written")
    count = {"query": "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a <http://example.org/Feeder> }"}
    assert north.ask("GET", sparql_url(version), params=count, headers=ROWS).text.split() == ["n", "2"]
    assert lines(north, "written") == []
    assert north.ask("PUT", store, params={"graph": GRAPH}, content="", headers=TURTLE).status_code == 201
    assert update(north, "written", "INSERT DATA { <urn:a> <urn:b> <urn:c> } ; DROP ALL").status_code == 204
    assert north.ask("GET", sparql_url(version), params=count, headers=ROWS).text.split() == ["n", "2"]
    north_data = doors.nodes["north"].data / "objects" / "sha256"
    first, second = changes(doors, "written")[:2]
    assert (first.draft.facts["before"], first.draft.facts["added"]) == (None, 2)
    assert first.draft.facts["after"] == second.draft.facts["before"]
    patch = str(second.draft.facts["change"])
    kept = (north_data / patch[:2] / patch[2:]).read_text()
    (line,) = kept.splitlines()[1:-1]
    assert line.startswith("A <urn:uuid:2> ")
    assert line.endswith(f" <http://example.org/Feeder> <{GRAPH}> .")


def test_who_expects_another_state_changes_nothing(doors: Network, north: Member) -> None:
    store = store_of(north, "expected")
    graph = {"graph": GRAPH}
    assert north.ask("PUT", store, params=graph, content="<urn:a> <urn:b> 1 .", headers=TURTLE).status_code == 201
    read = north.ask("GET", store, params=graph)
    tag = read.headers["etag"]
    assert north.ask("GET", store, params=graph, headers={"If-None-Match": tag}).status_code == 304
    assert north.ask("HEAD", store, params=graph).headers["etag"] == tag
    change = {"content": "<urn:a> <urn:b> 2 .", "params": graph}
    assert north.ask("PUT", store, headers={**TURTLE, "If-Match": tag}, **change).status_code == 204
    with unchanged(doors):
        problem(north.ask("PUT", store, headers={**TURTLE, "If-Match": tag}, **change), 412)
        problem(north.ask("PUT", store, headers={**TURTLE, "If-None-Match": "*"}, **change), 412)
        problem(update(north, "expected", "CLEAR ALL", **{"If-Match": tag}), 412)
        absent = {"content": "<urn:a> <urn:b> 2 .", "params": {"graph": f"{GRAPH}/none"}}
        problem(north.ask("PUT", store, headers={**TURTLE, "If-Match": "*"}, **absent), 412)


def test_refuses_what_may_not_be_written(doors: Network, north: Member) -> None:
    store = store_of(north, "refused")
    vale = doors.members["vale"]
    graph = {"graph": GRAPH}
    with unchanged(doors):
        problem(httpx.get(store), 401)
        problem(httpx.post(f"{north.home}/sparql/drafts/refused/update", content="CLEAR ALL", headers=UPDATE), 401)
        for method in ("GET", "PUT", "POST", "DELETE"):
            problem(vale.ask(method, store, params=graph, content="", headers=TURTLE), 403)
        problem(vale.ask("GET", f"{north.home}/sparql/drafts/refused", params={"query": "ASK {}"}), 403)
        problem(north.ask("GET", f"{north.home}/graphs/drafts/nobody", params=graph), 404)
        problem(north.ask("GET", store, params=graph), 404)
        problem(north.ask("DELETE", store, params=graph), 404)
        problem(north.ask("PUT", store, content="", headers=TURTLE), 400)
        problem(north.ask("PUT", store, params={"graph": "no iri"}, content="", headers=TURTLE), 400)
        problem(north.ask("PUT", store, params={**graph, "default": ""}, content="", headers=TURTLE), 400)
        problem(north.ask("PUT", store, params=graph, content="<urn:a> <urn:b>", headers=TURTLE), 400)
        problem(north.ask("PUT", store, params=graph, content="a,b", headers={"Content-Type": "text/csv"}), 415)
        problem(update(north, "refused", "INSERT DATA { ?s ?p ?o }"), 400)
        problem(update(north, "refused", "LOAD <http://127.0.0.1:1/>"), 422)
        problem(
            update(north, "refused", "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"), 422
        )
        problem(north.ask("GET", f"{north.home}/sparql/drafts/refused/update", params={"update": "CLEAR ALL"}), 405)


def test_a_killed_node_has_lost_nothing_that_it_acknowledged(doors: Network, north: Member) -> None:
    store_of(north, "durable")
    for number in range(5):
        assert update(north, "durable", f"INSERT DATA {{ <urn:s> <urn:p> {number} }}").status_code == 204
    before = lines(north, "durable")
    assert len(before) == 5
    doors.nodes["north"].kill()
    doors.nodes["north"].start()
    assert lines(north, "durable") == before
    assert len(changes(doors, "durable")) == 5
    files = ok(north.ask("GET", north.api("datasets/durable")))["files"]
    assert [file["name"] for file in files] == ["graphs.nq"]
