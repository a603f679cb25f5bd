"""The schema registry with real nodes: versions come into force, are replaced and withdrawn, travel and are kept."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from tests.clients import Credentials, Member, ok, problem
from tests.journey.networks import Network, network
from tests.journey.small_model import GL, small_model
from tests.nodes import eventually

ROOT = "/api/v1/schemas"
BUILT_IN = "cgmes-3.0/GL"
_PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix cim: <http://iec.ch/TC57/CIM100#> .
@prefix : <http://rules.example/> .
"""
LENIENT = f"""{_PREFIXES}
:System a sh:NodeShape ; sh:targetClass cim:CoordinateSystem ;
  sh:property :System-name .
:System-name sh:path cim:IdentifiedObject.name ; sh:minCount 1 .
"""
STRICT = f"""{_PREFIXES}
:System a sh:NodeShape ; sh:targetClass cim:CoordinateSystem ;
  sh:property :System-name .
:System-name sh:path cim:IdentifiedObject.name ; sh:minCount 1 ; sh:pattern "^OSGB" .
"""
IN_PART = f"""{LENIENT}
:Odd a sh:NodeShape ; sh:targetClass cim:Location ; sh:property [ sh:path cim:Location.x ; sh:minCount "many" ] .
"""
NOTHING = f"""{_PREFIXES}
:Odd a sh:NodeShape ; sh:targetClass cim:Location ; sh:property [ sh:minCount 1 ] .
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("schemas"), "north") as made:
        made.admit("north")
        yield made


def path(identifier: str, version: str, end: str = "") -> str:
    return f"{ROOT}/{identifier}/{quote(version)}{end}"


def register(running: Network, identifier: str, version: str, content: str, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - fields
    """Register a shapes graph for location models; returns the answer."""
    answer: dict[str, Any] = ok(propose(running, identifier, version, content, **said), 201)
    return answer


def propose(
    running: Network,
    identifier: str,
    version: str,
    content: str,
    *,
    by: Credentials | None = None,
    **said: Any,  # noqa: ANN401 - fields
) -> httpx.Response:
    body = {
        "identifier": identifier,
        "version": version,
        "title": "Rules of the tests",
        "profiles": [GL],
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "source": "Written by the tests.",
        "content": content,
        **said,
    }
    return (by or running.operator).ask("POST", running.orchestrator.url + ROOT, json=body)


def decide(running: Network, identifier: str, version: str, move: str) -> httpx.Response:
    body = {"move": move, "reason": f"The tests {move} it."}
    return running.operator.ask("POST", running.orchestrator.url + path(identifier, version, "/decisions"), json=body)


def require(running: Network, identifier: str, version: str, moment: datetime) -> None:
    body = {"required_from": moment.isoformat(), "reason": "The tests set the date."}
    url = running.orchestrator.url + path(identifier, version, "/required-from")
    ok(running.operator.ask("PUT", url, json=body))


def approve(running: Network, identifier: str, version: str) -> None:
    ok(decide(running, identifier, version, "approve"))
    await_schema(running, identifier, version, status="approved")


def withdraw(running: Network, identifier: str, version: str) -> None:
    ok(decide(running, identifier, version, "withdraw"))
    await_schema(running, identifier, version, status="withdrawn")


def await_schema(running: Network, identifier: str, version: str, **said: str) -> dict[str, Any]:
    """Wait until the producer's node has heard something of a version; return what it knows."""
    url = running.nodes["north"].url + path(identifier, version)

    def heard() -> dict[str, Any]:
        response = running.http.get(url)
        known: dict[str, Any] = response.json()
        right = response.status_code == 200 and all(str(known[name]) == value for name, value in said.items())
        return known if right else {}

    return eventually(heard, what=f"north hears that {identifier} {version} is {said}")


def sent(running: Network, slug: str, seed: int) -> Member:
    """Describe a dataset and send the small model."""
    north = running.members["north"]
    north.describe(slug)
    north.send(slug, "model.xml", small_model(seed))
    return north


def ask_preparation(north: Member, slug: str) -> httpx.Response:
    return north.ask("POST", north.api(f"datasets/{slug}/preparation"))


def ask_publication(north: Member, slug: str) -> httpx.Response:
    body = {"audience": "participants", "purposes": ["NetworkPlanning"]}
    return north.ask("POST", north.api(f"datasets/{slug}/versions"), json=body)


def judged_by(answer: httpx.Response) -> set[str]:
    """Return identifier and version of each schema that a preparation's verdict names."""
    iris = ok(answer)["preparation"]["schemas"]
    return {iri.partition("/id/schema/")[2].replace("/version/", " ") for iri in iris}


@pytest.mark.req("J2.4", "C3")
def test_refuses_shapes_by_which_nothing_could_be_judged(running: Network) -> None:
    problem(propose(running, "bad/rules", "1", NOTHING), 422)
    problem(propose(running, "bad/rules", "1", "this is no Turtle"), 400)
    problem(propose(running, "bad rules", "1", LENIENT), 422)
    problem(propose(running, "bad/rules", "1", LENIENT, profiles=[]), 422)
    problem(propose(running, "bad/rules", "1", LENIENT, replaces=["http://elsewhere.example/x"]), 422)
    problem(propose(running, "bad/rules", "1", LENIENT, required_from="2027-01-01T00:00:00"), 422)
    assert ok(running.http.get(running.orchestrator.url + ROOT, params={"identifier": "bad/rules"})) == []


@pytest.mark.req("C3")
def test_refuses_to_let_anybody_but_the_orchestrators_staff_govern(running: Network) -> None:
    north = running.members["north"]
    problem(propose(running, "bad/rules", "1", LENIENT, by=north), 403)
    body = {"move": "withdraw", "reason": "Because."}
    problem(north.ask("POST", running.orchestrator.url + path(BUILT_IN, "3.0.0", "/decisions"), json=body), 403)
    problem(running.http.post(running.orchestrator.url + path(BUILT_IN, "3.0.0", "/decisions"), json=body), 401)
    problem(north.ask("POST", north.home + path(BUILT_IN, "3.0.0", "/decisions"), json=body), 404)


@pytest.mark.req("C3")
def test_lists_what_the_release_brought_at_every_node(running: Network) -> None:
    for node in (running.orchestrator, running.nodes["north"]):
        known = ok(running.http.get(node.url + ROOT, params={"profile": GL, "kind": "shapes"}))
        assert {BUILT_IN, "cgmes-3.0/terms"} <= {one["identifier"] for one in known}
        assert {one["status"] for one in known} == {"approved"}
    kinds = {one["kind"] for one in ok(running.http.get(running.orchestrator.url + ROOT))}
    assert kinds == {"model", "profile", "shapes"}
    problem(running.http.get(running.orchestrator.url + path("no/such", "1")), 404)
    problem(running.http.get(running.orchestrator.url + path(BUILT_IN, "9")), 404)


@pytest.mark.req("J2.4", "C3")
def test_serves_content_that_never_changes_under_its_digest(running: Network) -> None:
    url = running.nodes["north"].url + path(BUILT_IN, "3.0.0")
    shown = ok(running.http.get(url))
    first = running.http.get(url + "/content")
    assert (first.status_code, first.headers["etag"]) == (200, f'"{shown["sha256"]}"')
    assert first.headers["content-type"].startswith("text/turtle")
    assert "immutable" in first.headers["cache-control"]
    assert running.http.get(url + "/content", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    profile = next(one for one in ok(running.http.get(running.orchestrator.url + ROOT, params={"kind": "profile"})))
    problem(
        running.http.get(running.orchestrator.url + path(profile["identifier"], profile["version"], "/content")), 404
    )


@pytest.mark.req("C3")
def test_shows_schemas_and_entries_in_sparql_and_calls_no_other_server(running: Network) -> None:
    query = """PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX ves: <https://w3id.org/virtuales/ns#>
        PREFIX adms: <http://www.w3.org/ns/adms#>
        SELECT ?version WHERE { ?version a ves:ShapesGraph ; dcterms:conformsTo <%s> ; ves:status ves:Approved ;
          adms:status <http://purl.org/adms/status/Completed> ; dcterms:license ?licence }"""
    for node in (running.orchestrator, running.nodes["north"]):
        rows = ok(running.http.get(f"{node.url}/sparql/catalogue", params={"query": query % GL}))["results"]["bindings"]
        iris = {row["version"]["value"] for row in rows}
        assert f"{running.orchestrator.url}/id/schema/{BUILT_IN}/version/3.0.0" in iris
        service = "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"
        problem(running.http.post(f"{node.url}/sparql/catalogue", data={"query": service}), 422)
        problem(
            running.http.get(f"{node.url}/sparql/catalogue", params={"query": "INSERT DATA { <a:a> <a:a> 1 }"}), 400
        )


@pytest.mark.req("C3")
def test_sparql_over_the_catalogue_shows_what_the_asker_may_know(running: Network) -> None:
    north = sent(running, "quiet", 40)
    ok(ask_preparation(north, "quiet"))
    ok(ask_publication(north, "quiet"), 201)
    entry = {"query": f"ASK {{ <{north.home}/id/dataset/quiet> ?p ?o }}"}
    secret = {"query": "ASK { GRAPH ?g { ?s <https://w3id.org/virtuales/ns#draft> ?d } }"}
    door = f"{north.home}/sparql/catalogue"
    assert ok(running.http.post(door, data=entry))["boolean"] is False
    assert ok(north.ask("POST", door, data=entry))["boolean"] is True
    assert ok(north.ask("POST", door, data=secret))["boolean"] is False


@pytest.mark.req("J2.4", "C3")
def test_a_draft_judges_nothing_and_what_is_in_error_is_told(running: Network) -> None:
    answer = register(running, "partly/right", "1", IN_PART)
    assert answer["registered"]["status"] == "draft"
    assert answer["faults"], "the count that is no number is reported"
    problem(propose(running, "partly/right", "1", LENIENT), 409)
    await_schema(running, "partly/right", "1", status="draft")
    north = sent(running, "drafted", 41)
    assert "partly/right 1" not in judged_by(ask_preparation(north, "drafted"))
    problem(decide(running, "partly/right", "1", "deprecate"), 409)
    withdraw(running, "partly/right", "1")
    problem(decide(running, "partly/right", "1", "approve"), 409)


@pytest.mark.req("J2.4", "C3")
def test_a_new_version_is_optional_before_its_date_and_required_after(running: Network) -> None:
    old = register(running, "dated/rules", "1", LENIENT)["registered"]
    approve(running, "dated/rules", "1")
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    register(running, "dated/rules", "2", STRICT, replaces=[old["iri"]], required_from=later)
    approve(running, "dated/rules", "2")

    north = sent(running, "dated", 42)
    assert {"dated/rules 1", "cgmes-3.0/GL 3.0.0"} <= judged_by(ask_preparation(north, "dated"))
    version = ok(ask_publication(north, "dated"), 201)["version"]
    entry = ok(north.ask("GET", north.api("catalogue/dataset"), params={"iri": version}))["entry"]
    assert old["iri"] in entry["schemas"], "the catalogue names the version that judged"

    sent(running, "dated", 43)
    ok(ask_preparation(north, "dated"))
    require(running, "dated/rules", "2", datetime.now(UTC) - timedelta(seconds=1))
    eventually(lambda: in_force(running, "dated/rules") == ["2"], what="north hears of the date")
    refused = problem(ask_publication(north, "dated"), 409)
    assert "dated/rules 2" in refused["where"]
    report = problem(ask_preparation(north, "dated"), 422)["report"]
    assert "dated/rules 2" in str(report)

    withdraw(running, "dated/rules", "2")
    assert "dated/rules 1" in judged_by(ask_preparation(north, "dated"))
    ok(decide(running, "dated/rules", "1", "deprecate"))
    await_schema(running, "dated/rules", "1", status="deprecated")
    prepared = ok(ask_preparation(north, "dated"))["preparation"]
    assert any("dated/rules 1 is deprecated" in remark for remark in prepared["remarks"])
    withdraw(running, "dated/rules", "1")
    assert "dated/rules 1" not in judged_by(ask_preparation(north, "dated"))
    ok(ask_publication(north, "dated"), 201)


@pytest.mark.req("J2.4", "C3")
def test_refuses_to_publish_without_the_rules_approved_since(running: Network) -> None:
    north = sent(running, "overtaken", 44)
    ok(ask_preparation(north, "overtaken"))
    register(running, "late/rules", "1", STRICT)
    approve(running, "late/rules", "1")
    assert "late/rules 1" in problem(ask_publication(north, "overtaken"), 409)["where"]
    problem(ask_preparation(north, "overtaken"), 422)
    withdraw(running, "late/rules", "1")
    ok(ask_publication(north, "overtaken"), 201)


@pytest.mark.req("J2.4", "C3")
def test_refuses_content_that_is_not_what_was_registered(running: Network) -> None:
    digest = register(running, "forged/rules", "1", STRICT + "# forged later\n")["registered"]["sha256"]
    kept = running.orchestrator.data / "objects" / "sha256" / digest[:2] / digest[2:]
    kept.chmod(0o600)
    kept.write_text(LENIENT)
    approve(running, "forged/rules", "1")
    north = sent(running, "forged", 45)
    refusal = ask_preparation(north, "forged")
    assert refusal.status_code in {500, 502}
    assert "forged/rules 1" in problem(refusal, refusal.status_code)["title"]
    withdraw(running, "forged/rules", "1")
    ok(ask_preparation(north, "forged"))


@pytest.mark.req("J2.4", "C3")
def test_a_kill_loses_no_decision_and_the_cached_copy_judges_while_the_orchestrator_is_away(running: Network) -> None:
    register(running, "kept/rules", "1", LENIENT + "# kept\n")
    approve(running, "kept/rules", "1")
    running.orchestrator.kill()
    running.orchestrator.start()
    shown = ok(running.http.get(running.orchestrator.url + path("kept/rules", "1")))
    assert [one["status"] for one in shown["decisions"]] == ["approved"]
    assert running.orchestrator.events().count("SchemasReleased") == 1, "a restart registers nothing again"

    north = sent(running, "offline", 46)
    register(running, "unfetched/rules", "1", LENIENT + "# nobody fetched it\n")
    assert "kept/rules 1" in judged_by(ask_preparation(north, "offline"))
    running.orchestrator.kill()
    assert "kept/rules 1" in judged_by(ask_preparation(north, "offline"))
    ok(ask_publication(north, "offline"), 201)
    url = running.nodes["north"].url + path("kept/rules", "1", "/content")
    assert running.http.get(url).text.endswith("# kept\n")
    sent(running, "away", 47)
    running.orchestrator.start()
    approve(running, "unfetched/rules", "1")
    running.orchestrator.kill()
    refusal = problem(ask_preparation(north, "away"), 502)
    assert "unfetched/rules 1" in refusal["title"]
    assert "registry is back" in refusal["remedy"]
    running.orchestrator.start()
    assert "unfetched/rules 1" in judged_by(ask_preparation(north, "away"))


def in_force(running: Network, identifier: str) -> list[str]:
    """Return the versions of a schema of which location models have to keep one now, as the producer's node knows."""
    url = f"{running.nodes['north'].url}{ROOT}/in-force"
    lines = ok(running.http.get(url, params={"profile": GL}))["lines"]
    return [one["version"] for line in lines for one in line["any_of"] if one["identifier"] == identifier]
