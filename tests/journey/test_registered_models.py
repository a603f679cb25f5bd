"""A model registered at run time: approved at the orchestrator, it types and judges data at every node."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.terminal import Terminal
from tests.clients import Member, ok, problem
from tests.journey.networks import Network, network
from tests.models.small_profiles import equipment
from tests.nodes import OPERATOR_SECRET, eventually

EQ = "http://profile/EQ/1"
LINE = '<cim:Line rdf:about="urn:uuid:00000000-0000-4000-8000-0000000000{:02}">{}</cim:Line>'
WHOLE = "<cim:Thing.name>North</cim:Thing.name><cim:Line.r>7.5</cim:Line.r>"
SCHEME = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<http://e.x/kinds> a skos:ConceptScheme ; skos:prefLabel "Kinds of plant"@en .
<http://e.x/kinds#wind> a skos:Concept ; skos:inScheme <http://e.x/kinds> ; skos:prefLabel "Windfarm"@en .
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("registered-models"), "north") as made:
        made.admit("north")
        yield made


@pytest.fixture(scope="module")
def north(running: Network) -> Member:
    return running.members["north"]


@pytest.fixture(scope="module")
def staff(running: Network, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """The terminal of the orchestrator's staff, with a cache of its own."""
    place = tmp_path_factory.mktemp("staff")
    terminal = Terminal(place / "config", {"VIRTUALES_CACHE_DIR": str(place / "cache")})
    url = running.orchestrator.url
    options = ("--orchestrator", url, "--node", url, "--client-id", "operator", "--client-secret-stdin")
    terminal.ok("login", *options, stdin=OPERATOR_SECRET + "\n")
    return terminal


@pytest.fixture(scope="module")
def registered(staff: Terminal, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A small equipment profile as published in RDF/XML, registered with its shapes and not approved."""
    file = equipment(tmp_path_factory.mktemp("published"))
    about = ("--title", "Small model", "--licence", "CC-BY-4.0", "--source", "Written by the tests.")
    options = ("--as", "small", "--version", "1.0", "--kind", "model", "--with-shapes")
    return dict(staff.json("schema", "register", file, *options, *about))


def document(*lines: str) -> bytes:
    body = "".join(LINE.format(number, line) for number, line in enumerate(lines))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cim="http://cim#"
         xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#">
<md:FullModel rdf:about="urn:uuid:00000000-0000-4000-8000-0000000000aa">
  <md:Model.created>2026-06-01T00:00:00Z</md:Model.created>
  <md:Model.profile>{EQ}</md:Model.profile>
</md:FullModel>
{body}
</rdf:RDF>""".encode()


def decide(staff: Terminal, move: str, *names: str) -> None:
    for name in names:
        staff.ok("schema", move, name, "1.0", "--because", f"The tests {move} it.")


def await_status(north: Member, name: str, status: str) -> None:
    """Wait until the member's own node knows the status of a version."""

    def known() -> bool:
        answer = north.ask("GET", north.api(f"schemas/{name}/1.0"))
        return answer.status_code == 200 and answer.json()["status"] == status

    eventually(known, what=f"{name} {status} at the member's node")


def test_refuses_shapes_of_shapes_and_what_is_no_model(running: Network, registered: dict[str, Any]) -> None:
    assert registered["registered"]["status"] == "draft"
    url = f"{running.orchestrator.url}/api/v1/schemas"
    body = {"identifier": "x", "version": "1", "title": "X", "licence": "CC0-1.0", "source": "Tests.", "content": "."}
    problem(running.operator.ask("POST", url, json={**body, "with_shapes": True, "profiles": [EQ]}), 422)
    problem(running.operator.ask("POST", url, json={**body, "kind": "profile"}), 422)
    problem(running.operator.ask("POST", url, json={**body, "kind": "model"}), 400)
    problem(running.members["north"].ask("POST", url, json={**body, "kind": "model"}), 403)


@pytest.mark.req("C3", "M1", "J1.4")
def test_an_approved_model_types_and_judges_data_at_every_node(
    staff: Terminal, north: Member, registered: dict[str, Any], tmp_path: Path
) -> None:
    assert {(one["kind"], one["identifier"]) for one in registered["further"]} == {
        ("profile", "small/profile/EQ"),
        ("shapes", "small/EQ"),
        ("shapes", "small/terms"),
    }
    north.describe("lines")
    north.send("lines", "lines.xml", document(WHOLE, WHOLE.replace("7.5", "many")))
    unknown = problem(north.ask("POST", north.api("datasets/lines/preparation")), 422)
    assert EQ in str(unknown), "a draft types nothing"
    decide(staff, "approve", "small", "small/EQ", "small/terms")
    await_status(north, "small/terms", "approved")
    refused = problem(north.ask("POST", north.api("datasets/lines/preparation")), 422)
    assert "Line.r" in str(refused), "the value is no number of the model's datatype"
    north.send("lines", "lines.xml", document(WHOLE, "<cim:Line.r>8</cim:Line.r>"))
    violating = north.ask("POST", north.api("datasets/lines/preparation"))
    assert violating.json()["report"]["groups"][0]["path"] == "http://cim#Thing.name"
    north.send("lines", "lines.xml", document(WHOLE))
    prepared = north.prepare("lines")
    assert prepared["conforms"]
    assert {iri.rpartition("/schema/")[2] for iri in prepared["schemas"]} == {
        "small/EQ/version/1.0",
        "small/terms/version/1.0",
    }
    whole = [one for one in prepared["quality"] if one["metric"] == "MandatoryCompleteness" and not one["profile"]]
    assert [one["value"] for one in whole] == ["1.0000"]
    version = north.publish("lines")
    query = (
        "SELECT ?r WHERE { ?l <http://cim#Line.r> ?r FILTER(DATATYPE(?r) = <http://www.w3.org/2001/XMLSchema#float>) }"
    )
    assert len(ok(north.query(version, query))["results"]["bindings"]) == 1, "the value is typed"
    (tmp_path / "lines.xml").write_bytes(document("<cim:Line.r>8</cim:Line.r>"))
    said = staff("validate", tmp_path / "lines.xml", "--registry", north.home)
    assert (said.code, "small/EQ 1.0" in said.out) == (1, True), said.all
    assert staff("validate", tmp_path / "lines.xml").code == 2, "the release does not know the profile"


@pytest.mark.req("M1", "C3")
def test_the_terms_of_a_registered_scheme_are_found_and_queried(
    running: Network, staff: Terminal, north: Member, tmp_path: Path
) -> None:
    (tmp_path / "kinds.ttl").write_text(SCHEME)
    about = ("--title", "Kinds of plant", "--licence", "CC0-1.0", "--source", "Written by the tests.")
    staff.ok(
        "schema", "register", tmp_path / "kinds.ttl", "--as", "kinds", "--version", "1.0", "--kind", "model", *about
    )
    decide(staff, "approve", "kinds")
    found = eventually(
        lambda: (
            ok(north.ask("GET", north.api("terms"), params={"q": "windfarm", "model": "kinds"}))["total"] or None
            if north.ask("GET", north.api("terms"), params={"q": "windfarm", "model": "kinds"}).status_code == 200
            else None
        ),
        what="the term at the member's node",
    )
    assert found == 1
    listed = ok(north.ask("GET", north.api("schemas"), params={"kind": "model", "identifier": "kinds"}))
    assert [(one["version"], one["status"]) for one in listed] == [("1.0", "approved")]
    query = (
        "SELECT ?v WHERE { ?v a <https://w3id.org/virtuales/ns#Model> ; "
        '<http://purl.org/dc/terms/identifier> "kinds" ; <https://w3id.org/virtuales/ns#status> '
        "<https://w3id.org/virtuales/ns#Approved> }"
    )
    answer = running.http.get(f"{north.home}/sparql/catalogue", params={"query": query})
    assert len(ok(answer)["results"]["bindings"]) == 1


@pytest.mark.req("C3", "P4")
def test_a_withdrawn_model_reads_no_data_and_a_restart_keeps_the_others(
    running: Network, staff: Terminal, north: Member
) -> None:
    node = running.nodes["north"]
    running.orchestrator.terminate()
    node.terminate()
    node.start()
    north.describe("after-restart")
    north.send("after-restart", "lines.xml", document(WHOLE))
    assert north.prepare("after-restart")["conforms"], "what was kept is used without the orchestrator"
    running.orchestrator.start()
    decide(staff, "withdraw", "small")
    await_status(north, "small", "withdrawn")
    refused = problem(north.ask("POST", north.api("datasets/after-restart/preparation")), 422)
    assert EQ in str(refused)
