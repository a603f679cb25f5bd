"""One question to all producers, asked at the asker's own node: answered from what agreements grant, and no more."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.cli.conftest import log_in
from tests.cli.terminal import Terminal
from tests.clients import Member, ok, problem
from tests.journey.networks import Network
from tests.journey.small_model import CIM, coordinate_system, small_model
from tests.nodes import eventually

from virtuales.client import Client
from virtuales.errors import SourcesRefused

OPEN = {"triage": "open", "sensitivity": "O", "handling_reason": "Nothing in it needs protection."}
NAMES = f"""PREFIX cim: <{CIM}>
SELECT ?name WHERE {{ ?system a cim:CoordinateSystem ; cim:IdentifiedObject.name ?name
  FILTER(STRSTARTS(?name, "federated ")) }} ORDER BY ?name"""
BOTH = f"""PREFIX cim: <{CIM}>
SELECT ?a ?b WHERE {{ ?system cim:IdentifiedObject.name ?a, ?b
  FILTER(STRSTARTS(?a, "federated ") && STRSTARTS(?b, "federated ") && ?a < ?b) }}"""
SHARED = UUID(int=0x5A, version=4)
"""A coordinate system of which two producers speak."""


def model(seed: int, name: str, system: UUID | None = None) -> bytes:
    return small_model(seed, body=coordinate_system(system or UUID(int=seed, version=4), name=f"federated {name}"))


@pytest.fixture(scope="module")
def versions(doors: Network) -> dict[str, str]:
    """Versions by who may use them; each names its coordinate system after that."""
    north, vale, dale = (doors.members[name] for name in ("north", "vale", "dale"))
    made = {
        "granted": north.provide("federated-granted", [("gl.xml", model(901, "granted", SHARED))]),
        "refused": north.provide("federated-refused", [("gl.xml", model(902, "refused"))]),
        "other": dale.provide("federated-dale", [("gl.xml", model(903, "other", SHARED))]),
        "own": vale.provide("federated-own", [("gl.xml", model(904, "own"))]),
    }
    dale.describe("federated-open", **OPEN)
    dale.send("federated-open", "gl.xml", model(905, "open"))
    dale.prepare("federated-open")
    made["open"] = dale.publish("federated-open", audience="open", purposes=[])
    for producer, slug in ((north, "granted"), (dale, "other")):
        vale.request(made[slug])
        assert producer.approve(made[slug])["state"] == "FINALIZED"
    eventually(lambda: vale.catalogue(doors.orchestrator.url, q="federated-")["total"] == len(made))
    return made


def ask(member: Member, text: str = NAMES, node: str = "", **params: str | list[str]) -> httpx.Response:
    """Ask the datasets of this module, or what else the parameters choose."""
    url = f"{node or member.home}/sparql/federation"
    return member.ask("POST", url, data={"query": text}, params={"q": "federated-", **params}, timeout=120)


def names(answer: httpx.Response) -> list[str]:
    found = ok(answer)["results"]["bindings"]
    return [row["name"]["value"].removeprefix("federated ") for row in found]


def rows_of(answer: httpx.Response) -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = ok(answer)["results"]["bindings"]
    return found


def account(member: Member, answer: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = ok(member.ask("GET", answer.links["describedby"]["url"]))
    return found


def states(sources: list[dict[str, Any]]) -> dict[str, str]:
    return {one["version"] or one["node"]: one["state"] for one in sources}


def test_answers_from_own_open_and_granted_data_and_names_the_rest(doors: Network, versions: dict[str, str]) -> None:
    vale = doors.members["vale"]
    answer = ask(vale)
    assert names(answer) == ["granted", "open", "other", "own"]
    assert answer.headers["sources"] == "answered=4, refused=1"
    told = account(vale, answer)
    assert told["complete"] is False
    assert states(told["sources"]) == {
        version: "refused" if slug == "refused" else "answered" for slug, version in versions.items()
    }
    by_version = {one["version"]: one for one in told["sources"]}
    assert {slug: by_version[version]["basis"] for slug, version in versions.items()} == {
        "granted": "agreement",
        "other": "agreement",
        "own": "own",
        "open": "open",
        "refused": None,
    }
    assert by_version[versions["granted"]]["agreement"] == vale.agreements(versions["granted"])[0]["agreement"]
    refused = by_version[versions["refused"]]
    assert f"virtuales request {versions['refused']}" in refused["remedy"]
    assert refused["request_form"].startswith(f"{vale.home}/request-access?version=")


@pytest.mark.usefixtures("versions")
def test_results_link_to_the_account(doors: Network) -> None:
    vale = doors.members["vale"]
    for text in (NAMES, "ASK { ?s ?p ?o }"):
        answer = ask(vale, text)
        assert ok(answer)["head"]["link"] == [answer.links["describedby"]["url"]]


@pytest.mark.usefixtures("versions")
def test_joins_what_two_producers_say_of_one_object(doors: Network) -> None:
    (row,) = ok(ask(doors.members["vale"], BOTH))["results"]["bindings"]
    assert (row["a"]["value"], row["b"]["value"]) == ("federated granted", "federated other")


@pytest.mark.usefixtures("versions")
def test_many_questions_at_once_are_all_answered(doors: Network) -> None:
    vale = doors.members["vale"]
    vale.token(vale.home)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: names(ask(vale)), range(6)))
    assert answers == [["granted", "open", "other", "own"]] * 6


def test_asks_only_what_was_named_and_refuses_to_leave_any_of_it_out(doors: Network, versions: dict[str, str]) -> None:
    vale = doors.members["vale"]
    dataset = versions["own"].partition("/version/")[0]
    assert names(ask(vale, version=[versions["granted"], dataset])) == ["granted", "own"]
    named = [versions["granted"], versions["refused"]]
    refused = problem(ask(vale, version=named), 403)
    assert refused["type"] == "/problems/sources-refused"
    assert states(refused["sources"]) == {versions["refused"]: "refused"}
    assert f"virtuales request {versions['refused']}" in refused["reasons"][0]
    assert names(ask(vale, version=named, missing="any")) == ["granted"]
    assert "no such dataset" in problem(ask(vale, version=f"{vale.home}/id/dataset/nothing"), 404)["title"]


def test_refuses_an_answer_without_what_may_not_be_missing(doors: Network, versions: dict[str, str]) -> None:
    vale = doors.members["vale"]
    refused = problem(ask(vale, missing="none"), 403)
    assert states(refused["sources"]) == {versions["refused"]: "refused"}
    assert "none, refused, any" in problem(ask(vale, missing="some"), 400)["remedy"]


def test_does_not_name_refused_versions_that_hold_nothing_of_what_is_asked(
    doors: Network, versions: dict[str, str]
) -> None:
    answer = ask(doors.members["vale"], f"ASK {{ ?line a <{CIM}ACLineSegment> }}", missing="none")
    assert ok(answer)["boolean"] is False
    assert "refused" not in answer.headers["sources"]
    assert versions["refused"] not in states(account(doors.members["vale"], answer)["sources"])


@pytest.mark.usefixtures("versions")
def test_public_and_strangers_get_what_is_open(doors: Network) -> None:
    url = f"{doors.orchestrator.url}/sparql/federation"
    public = httpx.get(url, params={"query": NAMES, "q": "federated-"}, timeout=60)
    assert names(public) == ["open"]
    vale, north = doors.members["vale"], doors.members["north"]
    elsewhere = ask(vale, node=doors.orchestrator.url)
    assert names(elsewhere) == ["open"]
    told = account(vale, elsewhere)
    assert {one["remedy"] for one in told["sources"] if one["state"] == "refused"} == {
        f"Ask at your organisation's own node, {vale.home}."
    }
    problem(north.ask("GET", elsewhere.links["describedby"]["url"]), 404)
    problem(httpx.get(elsewhere.links["describedby"]["url"]), 404)
    nothing = httpx.get(url, params={"query": NAMES, "q": "federated-refused"}, timeout=60)
    problem(nothing, 404)


def test_every_producer_has_the_access_on_its_trail(doors: Network, versions: dict[str, str]) -> None:
    north, vale = doors.members["north"], doors.members["vale"]

    def trail() -> list[dict[str, Any]]:
        return [one for one in north.audit(north.home, version=versions["granted"]) if one["door"] == "sparql"]

    before = len(trail())
    names(ask(vale))
    fresh = trail()[: -before or None]
    assert {(one["organisation"], one["decision"]) for one in fresh} == {(vale.iri, "allowed")}
    assert {one["agreement"] for one in fresh} == {north.agreements(versions["granted"])[0]["agreement"]}
    assert not [one for one in north.audit(north.home, version=versions["refused"]) if one["door"] == "sparql"]


def test_gives_graphs_and_tables_in_every_form_and_describes_itself(doors: Network, versions: dict[str, str]) -> None:
    vale = doors.members["vale"]
    url = f"{vale.home}/sparql/federation"
    for accept in ("application/sparql-results+xml", "text/csv", "text/tab-separated-values"):
        answer = vale.ask("GET", url, params={"query": NAMES, "q": "federated-"}, headers={"Accept": accept})
        assert answer.headers["content-type"].startswith(accept)
        assert "federated own" in answer.text
    made = vale.ask(
        "POST",
        url,
        params={"q": "federated-", "default-graph-uri": "urn:nowhere"},
        content="CONSTRUCT WHERE { ?s ?p ?o }",
        headers={"Content-Type": "application/sparql-query", "Accept": "text/turtle"},
    )
    assert (made.status_code, made.text.strip()) == (200, "")
    description = vale.ask("GET", url, headers={"Accept": "text/turtle"})
    assert f"<{url}>" in description.text
    assert versions["own"] not in description.text
    problem(ask(vale, "SELECT WHERE"), 400)
    problem(ask(vale, "SELECT * { SERVICE <http://elsewhere.example/sparql> { ?s ?p ?o } }"), 422)


@pytest.fixture(scope="module")
def terminal(doors: Network, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A terminal in which `vale` is logged in."""
    vale = doors.members["vale"]
    made = Terminal(tmp_path_factory.mktemp("config"))
    log_in(
        made,
        "default",
        doors.orchestrator,
        at=doors.nodes["vale"],
        client=vale.client_id,
        secret=vale.client_secret,
    )
    return made


def test_command_refuses_what_it_cannot_ask(terminal: Terminal) -> None:
    for arguments, says in (
        ((NAMES, "--partial", "--complete"), "partial or complete"),
        ((NAMES, "--set", "a=b"), "Only a saved query"),
        (("newest-datasets",), "queries run newest-datasets"),
        (("newest-circuits",), "There is no saved query `newest-circuits`"),
        (("nowhere.rq",), "cannot be read"),
        ((NAMES, "--every-term"), "which model"),
        ((NAMES, "--links", "links.ttl"), "names no file"),
    ):
        said = terminal("ask", *arguments)
        assert said.code != 0
        assert says in " ".join(said.err.split())


def test_command_answers_and_names_what_is_missing(
    terminal: Terminal, versions: dict[str, str], tmp_path: Path
) -> None:
    query, sources, picture = (tmp_path / name for name in ("names.rq", "sources.json", "plan.mmd"))
    query.write_text(NAMES)
    about = ("--words", "federated-")
    said = terminal("ask", query, *about, "--format", "csv", "--sources", sources, "--picture", picture, "--explain")
    assert said.out.splitlines()[1:] == [f"federated {name}" for name in ("granted", "open", "other", "own")]
    assert "missing: Network model federated-refused, version 1 (refused)" in said.err
    assert f"virtuales request {versions['refused']}" in said.err
    assert "steps" in said.err
    assert states(json.loads(sources.read_text())["sources"])[versions["refused"]] == "refused"
    assert picture.read_text().startswith("flowchart")
    drawing = tmp_path / "plan.svg"
    terminal.ok("ask", query, *about, "--picture", drawing)
    assert drawing.read_text().startswith("<svg ")
    assert "Network model federated-own, version 1" in drawing.read_text()
    steps = json.loads(sources.read_text())["steps"]
    assert {share["source"] for step in steps for share in step["shares"]} >= {versions["own"], versions["open"]}
    assert terminal("ask", NAMES, *about, "--complete").code != 0


def test_saved_query_is_asked_of_all_producers(terminal: Terminal, versions: dict[str, str]) -> None:
    said = terminal("ask", "circuits-at-substation", "--set", "substation=Nowhere", "--version", versions["own"])
    assert (said.code, said.out.strip()) == (0, "No solution.")


def test_python_client_returns_a_data_frame_with_its_sources(
    terminal: Terminal, versions: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUALES_CONFIG_DIR", str(terminal.config))
    with Client.of_profile() as client:
        found = client.query_producers(NAMES, words="federated-")
        assert list(found.to_pandas()["name"]) == [f"federated {name}" for name in ("granted", "open", "other", "own")]
        assert not found.is_complete
        assert states(found.sources)[versions["refused"]] == "refused"
        with pytest.raises(SourcesRefused, match="none of the dataset versions"):
            client.query_producers(NAMES, versions=[versions["refused"]])


def test_a_source_may_call_things_otherwise(
    doors: Network, versions: dict[str, str], terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vale = doors.members["vale"]
    systems = NAMES.replace("?name WHERE", "?system ?name WHERE")
    iris = {
        row["name"]["value"].removeprefix("federated "): row["system"]["value"]
        for row in ok(ask(vale, systems))["results"]["bindings"]
    }
    assert iris["own"] != iris["granted"] == iris["other"]
    link = f"<{iris['own']}> <http://www.w3.org/2002/07/owl#sameAs> <{iris['granted']}> ."
    told = [("granted", "other"), ("granted", "own"), ("other", "own")]
    params = {"query": BOTH, "q": "federated-"}
    answer = vale.ask("POST", f"{vale.home}/sparql/federation", data={**params, "links": link}, timeout=120)
    found = [[one["value"].removeprefix("federated ") for one in row.values()] for row in rows_of(answer)]
    assert sorted(map(tuple, found)) == told
    linked = {one["note"] for one in account(vale, answer)["sources"] if one["state"] != "refused"}
    assert linked == {"1 of its IRIs is linked to the query's."}
    dataset = versions["own"].partition("/version/")[0]
    file = tmp_path / "links.nt"
    file.write_text(link)
    said = terminal.ok("ask", BOTH, "--words", "federated-", "--format", "csv", "--links", f"{dataset}={file}")
    assert len(said.splitlines()) == 1 + len(told)
    monkeypatch.setenv("VIRTUALES_CONFIG_DIR", str(terminal.config))
    with Client.of_profile() as client:
        links = {versions["own"]: {iris["own"]: iris["granted"]}}
        assert len(client.query_producers(BOTH, words="federated-", links=links).to_pandas()) == len(told)


def test_refuses_links_that_are_about_no_source(doors: Network, versions: dict[str, str]) -> None:
    vale = doors.members["vale"]
    linked = "<urn:a> <http://www.w3.org/2002/07/owl#sameAs> <urn:b>"
    refused = problem(ask(vale, links=f"<urn:elsewhere> {{ {linked} }}"), 422)
    assert "links for <urn:elsewhere>" in refused["title"]
    twice = f"<{versions['own']}> {{ {linked} }} {linked}, <urn:c> ."
    assert "linked to both" in problem(ask(vale, links=twice), 422)["title"]
    assert "no link" in problem(ask(vale, links="<urn:a> <urn:b> <urn:c> ."), 400)["title"]
    assert problem(ask(vale, links="<urn:a>"), 400)["where"].startswith("links")
    page = vale.ask("GET", f"{vale.home}/ask", params={"query": NAMES, "links": "<urn:a>"})
    assert page.status_code == 422
    assert 'id="links-error"' in page.text


def test_a_new_version_counts_as_soon_as_the_catalogue_has_heard_of_it(
    doors: Network, versions: dict[str, str]
) -> None:
    vale, dale = doors.members["vale"], doors.members["dale"]
    before = ask(vale)
    dale.send("federated-open", "gl.xml", model(906, "open"))
    dale.prepare("federated-open")
    newer = dale.publish("federated-open", audience="open", purposes=[])
    entry = f"{doors.orchestrator.url}/api/v1/catalogue/dataset"
    eventually(lambda: vale.ask("GET", entry, params={"iri": newer}).is_success, what="the catalogue hears of it")
    after = ask(vale)
    assert names(after) == names(before)
    asked = states(account(vale, after)["sources"])
    assert asked[newer] == "answered"
    assert versions["open"] not in asked


def test_a_revoked_agreement_takes_exactly_its_part_away(doors: Network, versions: dict[str, str]) -> None:
    """The last test: what is revoked stays so."""
    vale, north = doors.members["vale"], doors.members["north"]
    before = account(vale, ask(vale))
    agreement = north.agreements(versions["granted"])[0]["agreement"]
    assert ok(north.revoke(agreement))["status"] == "revoked"
    eventually(lambda: vale.agreement(agreement)["status"] == "revoked", what="the consumer hears of it")
    answer = ask(vale)
    assert names(answer) == ["open", "other", "own"]
    assert ok(ask(vale, BOTH))["results"]["bindings"] == []
    after = account(vale, answer)
    changed = states(after["sources"]).items() - states(before["sources"]).items()
    assert changed == {(versions["granted"], "refused")}
    (refused,) = [one for one in after["sources"] if one["version"] == versions["granted"]]
    assert "revoked" in refused["reasons"][0]


@pytest.mark.usefixtures("versions")
def test_the_catalogue_is_read_page_by_page_by_its_own_cursors_alone(doors: Network) -> None:
    vale, orchestrator = doors.members["vale"], doors.orchestrator.url
    whole = [each["iri"] for each in vale.catalogue(orchestrator, q="federated-")["datasets"]]
    pages: list[str] = []
    page = vale.catalogue(orchestrator, q="federated-", limit="2")
    while True:
        pages += [each["iri"] for each in page["datasets"]]
        if page["next"] is None:
            break
        page = vale.catalogue(orchestrator, q="federated-", limit="2", after=page["next"])
    assert sorted(pages) == sorted(whole)
    forged = {"q": "federated-", "after": whole[0]}
    problem(vale.ask("GET", f"{orchestrator}/api/v1/catalogue", params=forged), 422)
