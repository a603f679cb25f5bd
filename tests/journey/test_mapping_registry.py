"""The registry of mappings with real nodes: a set from its contribution to its withdrawal, at every door and node."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.cli.terminal import Terminal
from tests.cli.test_mappings_impact_command import MODEL
from tests.clients import ok, problem
from tests.journey.networks import Network, network
from tests.journey.small_model import small_model
from tests.nodes import OPERATOR_SECRET, NodeProcess, eventually

from virtuales.cli.client.profile import CONFIG_DIR_VARIABLE, Profile, save_profile

ROOT = "/api/v1/mappings"
GRID, CIM = "http://grid.example/ns#", "http://iec.ch/TC57/CIM100#"
GRID_MODEL = "http://grid.example/ns"
SET = "our-grid--cgmes-3.0"
ROWS = ("grid:Line\tskos:exactMatch\t\tcim:ACLineSegment", "grid:Pole\tskos:exactMatch\t\tsssom:NoTermFound")
NEXT = ("grid:Line\tskos:narrowMatch\t\tcim:ACLineSegment",)
WRONG = ("grid:Line\tskos:exactMatch\t\tcim:ACLineSegmant",)
RULE = """#+ title: Names of our own
#+ description: The name is kept as a description.
#+ from: cgmes-2.4.15
#+ to: cgmes-3.0
PREFIX cim16: <http://iec.ch/TC57/2013/CIM-schema-cim16#>
PREFIX cim17: <http://iec.ch/TC57/CIM100#>
CONSTRUCT { ?x cim17:IdentifiedObject.description ?name } WHERE { ?x cim16:IdentifiedObject.name ?name }
"""


def table(*rows: str, name: str = SET) -> str:
    head = f"""#curie_map:
#  cim: {CIM}
#  grid: {GRID}
#mapping_set_id: http://grid.example/mappings/{name}
#mapping_set_title: Our grid and CGMES 3.0
#license: https://creativecommons.org/publicdomain/zero/1.0/
#subject_source: http://grid.example/ns
#object_source: https://w3id.org/virtuales/model/cgmes-3.0
subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification
"""
    return head + "".join(f"{row}\tsemapv:ManualMappingCuration\n" for row in rows)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("mappings"), "north") as made:
        made.admit("north")
        yield made


@pytest.fixture
def terminal(running: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal with the profiles of the staff and of the organisation `north`."""
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path / "config"))
    centre, north = running.orchestrator.url, running.members["north"]
    save_profile("staff", Profile(centre, centre, "operator", OPERATOR_SECRET))
    save_profile("north", Profile(centre, north.home, north.client_id, north.client_secret))
    return Terminal(tmp_path / "config")


def contribute(running: Network, content: str, **said: str) -> httpx.Response:
    body = {"file": f"{SET}.sssom.tsv", "content": content, "version": "1.0.0", "source": "The tests.", **said}
    return running.members["north"].ask("POST", running.orchestrator.url + ROOT, json=body)


def decide(running: Network, move: str, version: str = "1.0.0", *, name: str = SET, comment: str = "Yes.") -> Any:  # noqa: ANN401
    url = f"{running.orchestrator.url}{ROOT}/{name}/versions/{version}/decisions"
    return ok(running.operator.ask("POST", url, json={"move": move, "comment": comment}))


def published(running: Network, content: str, **said: str) -> dict[str, Any]:
    made: dict[str, Any] = ok(contribute(running, content, **said), 201)
    assert made["errors"] == 0, made
    for move in ("review", "approve", "publish"):
        made = decide(running, move, made["version"], name=made["identifier"])
    return made


def others(running: Network, node: NodeProcess, term: str) -> list[str]:
    """Return what a node says a term is mapped to by the sets of these tests."""
    found = ok(running.http.get(f"{node.url}{ROOT}/of-term", params={"iri": term}))
    return [one["object"] for one in found if one["registered_as"].startswith("our-")]


def test_refuses_whoever_may_not_and_what_could_not_be_used(running: Network) -> None:
    north = running.members["north"]
    body = {"file": "a.sssom.tsv", "content": table(*ROWS), "version": "1", "source": "x"}
    problem(running.http.post(running.orchestrator.url + ROOT, json=body), 401)
    problem(north.ask("POST", north.home + ROOT, json=body), 404)
    problem(contribute(running, "no table"), 400)
    problem(contribute(running, table(*ROWS), file="a.docx"), 422)
    problem(contribute(running, table(*ROWS), identifier="a b"), 422)
    url = f"{running.orchestrator.url}{ROOT}/cgmes-2.4.15--cgmes-3.0/versions"
    problem(north.ask("POST", f"{url}/1.0.0/decisions", json={"move": "withdraw", "comment": "No."}), 404)
    problem(running.http.get(f"{url}/9"), 404)
    problem(running.http.get(f"{url}/1.0.0/content", headers={"Accept": "image/png"}), 406)
    problem(running.http.get(f"{url}/1.0.0/findings"), 404)
    problem(running.http.get(f"{running.orchestrator.url}{ROOT}/no-such/versions"), 404)


def test_every_node_lists_what_ships_in_every_form(running: Network) -> None:
    for node in (running.orchestrator, running.nodes["north"]):
        shipped = ok(running.http.get(node.url + ROOT, params={"status": "published"}))
        assert {"set", "rule", "lifting"} == {one["kind"] for one in shipped if one["ships"]}
        url = f"{node.url}{ROOT}/sensitivity-triage/versions/1.0.0/content"
        own = running.http.get(url)
        assert own.text.startswith("#")
        forms = {
            "text/turtle": "sssom:",
            "application/json": '"mappings"',
            "application/ld+json": "https://w3id.org/sssom/",
        }
        for media_type, words in forms.items():
            answer = running.http.get(url, headers={"Accept": media_type})
            assert answer.headers["content-type"].startswith(media_type)
            assert words in answer.text
            tag = {"Accept": media_type, "If-None-Match": answer.headers["etag"]}
            assert running.http.get(url, headers=tag).status_code == 304
        listed = running.http.get(node.url + ROOT)
        assert running.http.get(node.url + ROOT, headers={"If-None-Match": listed.headers["etag"]}).status_code == 304


def test_what_has_errors_keeps_its_findings_and_cannot_be_approved(running: Network) -> None:
    made = ok(contribute(running, table(*WRONG, name="our-slip"), identifier="our-slip"), 201)
    assert (made["status"], made["errors"]) == ("contributed", 1)
    url = f"{running.orchestrator.url}{ROOT}/our-slip/versions/1.0.0"
    found = ok(running.http.get(f"{url}/findings"))["findings"]
    assert [(each["rule"], each["line"]) for each in found if each["severity"] == "error"] == [("unknown-term", 10)]
    assert any("ACLineSegment" in each.get("remedy", "") for each in found)
    problem(running.operator.ask("POST", f"{url}/decisions", json={"move": "approve"}), 409)
    problem(running.operator.ask("POST", f"{url}/decisions", json={"move": "reject"}), 422)
    decide(running, "reject", name="our-slip", comment="A slip of spelling.")


def test_the_whole_life_of_a_set(running: Network, terminal: Terminal, tmp_path: Path) -> None:
    term = f"{CIM}ACLineSegment"
    made = ok(contribute(running, table(*ROWS), comment="Our first."), 201)
    assert (made["status"], made["history"][0]["comment"]) == ("checked", "Our first.")
    problem(running.members["north"].ask("POST", _decisions(running), json={"move": "review"}), 403)
    for move in ("review", "approve"):
        decide(running, move)
    assert others(running, running.orchestrator, term) == [], "what is approved is not in use yet"
    decide(running, "publish")
    assert others(running, running.orchestrator, term) == [f"{GRID}Line"], "what is published counts at once"
    page = running.http.get(f"{running.orchestrator.url}/doc/model/cgmes-3.0/3.0.0/term/cim:ACLineSegment")
    assert "Our grid and CGMES 3.0" in page.text

    north = running.nodes["north"]
    eventually(lambda: others(running, north, term) == [f"{GRID}Line"], what="north uses what was published")
    url = f"{north.url}{ROOT}/{SET}/versions/1.0.0"
    kept = running.http.get(f"{url}/content")
    assert (kept.text, kept.headers["etag"]) == (table(*ROWS), f'"{made["sha256"]}"')
    assert ok(running.http.get(f"{url}/findings"))["counts"]["error"] == 0
    query = f"ASK {{ ?v dcterms:isVersionOf <http://grid.example/mappings/{SET}> ; ves:status ves:Published }}"
    prefixes = "PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX ves: <https://w3id.org/virtuales/ns#> "
    door = f"{north.url}/sparql/catalogue"
    assert ok(running.http.get(door, params={"query": prefixes + query}))["boolean"] is True

    running.orchestrator.kill()
    running.orchestrator.start()
    assert others(running, running.orchestrator, term) == [f"{GRID}Line"], "a kill loses nothing"

    file = tmp_path / f"{SET}.sssom.tsv"
    file.write_text(table(*NEXT))
    terminal.ok(*_words("contribute", file, "--version 2 --source Tests. --because Narrower. --profile north"))
    for deed in ("mark-reviewed", "approve", "publish"):
        terminal.ok(*_words(deed, SET, "2 --because Right. --profile staff"))
    said = terminal.json(*_words("history", SET, "2 --profile north --node", running.orchestrator.url))
    assert [one["deed"] for one in said["history"]] == ["contribute", "check", "review", "approve", "publish"]
    fetched = Path(terminal.ok(*_words("fetch", SET, "1.0.0 --profile north --into", tmp_path / "old")).strip())
    assert fetched.read_text() == table(*ROWS), "a replaced version is kept"
    found = ok(running.http.get(f"{running.orchestrator.url}{ROOT}/of-term", params={"iri": f"{GRID}Line"}))
    assert [one["predicate"].rpartition("#")[2] for one in found] == ["narrowMatch"]
    listed = json.loads(terminal.ok(*_words("registered", "--json --profile staff --status replaced")))
    assert [(one["identifier"], one["version"]) for one in listed] == [(SET, "1.0.0")]

    terminal.ok(*_words("withdraw", SET, "2 --because Obsolete. --profile staff"))
    assert others(running, running.orchestrator, term) == []
    eventually(lambda: not others(running, north, term), what="north no longer uses what was withdrawn")


def test_a_rule_that_is_published_takes_part_in_conversions(
    running: Network, terminal: Terminal, tmp_path: Path
) -> None:
    made = published(running, RULE, file="our-names.rq", licence="CC0-1.0")
    assert made["identifier"] == "cgmes-2.4.15--cgmes-3.0/our-names"
    url = f"{running.orchestrator.url}{ROOT}/{made['identifier']}/versions/1.0.0/content"
    answer = running.http.get(url)
    assert (answer.text, answer.headers["content-type"]) == (RULE, "application/sparql-query")
    (tmp_path / "model.xml").write_text(MODEL)
    words = ("convert", tmp_path / "model.xml", "--to", "cgmes-3.0", "--out", tmp_path / "new.zip", "--format", "json")
    rules = [
        {one["rule"]: one["count"] for one in json.loads(terminal.ok(*words, *further))["made"]}
        for further in ((), ("--registry", running.orchestrator.url))
    ]
    assert [each.get("our-names") for each in rules] == [None, 1]


def test_its_impact_names_the_datasets_that_the_asker_may_know_of(running: Network, terminal: Terminal) -> None:
    north = running.members["north"]
    north.provide("places", [("model.xml", small_model(7))])
    eventually(lambda: north.catalogue(running.orchestrator.url, q="places")["total"], what="the catalogue knows it")
    name = "our-places"
    rows = ("grid:Place\tskos:exactMatch\t\tcim:Location", "grid:System\tskos:exactMatch\t\tcim:CoordinateSystem")
    ok(contribute(running, table(*rows, name=name), identifier=name), 201)
    url = f"{running.orchestrator.url}{ROOT}/{name}/versions/1.0.0/impact"
    told = ok(north.ask("GET", url))
    assert told["changes"] is True
    assert {(one["source"], len(one["gained"])) for one in told["translations"]} == {("cgmes-3.0", 2), (GRID_MODEL, 2)}
    (dataset,) = told["datasets"]
    assert dataset["dataset"] == f"{north.home}/id/dataset/places"
    assert dataset["endpoint"] == f"{north.home}/sparql/dataset/places/version/1"
    assert dataset["statements_changed"] == sum(count for _, count in dataset["counts"]) > 0
    assert ok(running.http.get(url))["datasets"] == [], "the public may not know of it"
    for media_type in ("text/html", "text/markdown", "text/plain"):
        answer = running.http.get(url, headers={"Accept": media_type})
        assert answer.headers["content-type"].startswith(media_type)
        assert "CoordinateSystem" in answer.text
    said = terminal.ok(*_words("impact", name, "1.0.0 --profile north --node", running.orchestrator.url))
    assert "statements are translated otherwise" in said
    problem(running.http.get(url, headers={"Accept": "image/png"}), 406)
    page = running.http.get(f"{running.orchestrator.url}/doc/mapping/{name}/version/1.0.0/impact")
    assert "What it changes" in page.text
    published_now = f"{running.orchestrator.url}{ROOT}/sensitivity-triage/versions/1.0.0/impact"
    assert ok(running.http.get(published_now))["translations"], "what is in use is compared with its absence"


def _decisions(running: Network) -> str:
    return f"{running.orchestrator.url}{ROOT}/{SET}/versions/1.0.0/decisions"


def _words(*parts: object) -> list[object]:
    """Return the words of a command about mappings; a text is split at its spaces."""
    return ["mappings", *(word for part in parts for word in (part.split() if isinstance(part, str) else [part]))]
