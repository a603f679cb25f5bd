"""The six steps by commands alone, on real nodes; what is refused on the way comes first in each step."""

import hashlib
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.cli.conftest import Network, await_registry
from tests.nodes import eventually

from virtuales.demonstration.network import SamplePackage

EQUIPMENT = "http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
LINES = """PREFIX cim: <http://iec.ch/TC57/CIM100#>
SELECT ?asset ?ohm WHERE { ?line cim:ACLineSegment.r ?ohm ; cim:IdentifiedObject.name ?asset }
"""
STATIONS = {
    "@context": {
        "kind": "@type",
        "id": "@id",
        "Station": "http://iec.ch/TC57/CIM100#Substation",
        "label": "http://iec.ch/TC57/CIM100#IdentifiedObject.name",
    },
    "kind": "Station",
    "@explicit": True,
    "label": {},
}
VOLTAGE = """
@prefix odrl: <http://www.w3.org/ns/odrl/2/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://terms.example/> a <http://www.w3.org/2002/07/owl#Ontology> .
<https://terms.example/voltage> a odrl:LeftOperand ; rdfs:range <http://www.w3.org/2001/XMLSchema#decimal> .
"""
NAMED = {"https://terms.example/", "https://terms.example/storm"}
DESCRIPTION = """
title = "A title that an option replaces"
description = "Node-breaker model of the 400 kV network."
licence = "OGL-UK-3.0"
triage = "shared"
sensitivity = "SB"
handling_reason = "Shows the location of critical plant."
keywords = ["400 kV", "base model"]
steward = "data@producer.example"
"""


@dataclass(frozen=True)
class Published:
    """A published dataset version.

    Args:
        iri: The version.
        archive: The file that was published.
    """

    iri: str
    archive: Path


@pytest.fixture(scope="module")
def published(network: Network, package: SamplePackage, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The producer's model, published for network planning."""
    producer = ("--profile", "producer")
    description = tmp_path_factory.mktemp("description") / "northmoor.toml"
    description.write_text(DESCRIPTION, encoding="utf-8")
    run = network.terminal
    run.ok(
        *("dataset", "describe", "northmoor", "--from", description, "--title", package.title),
        *("--area", "-2.5", "53.1", "-1.9", "53.6", "--period", "2026-06-01", "2026-06-30", *producer),
    )
    run.ok("dataset", "send", "northmoor", package.archive, *producer)
    prepared = run.ok("dataset", "prepare", "northmoor", *producer)
    assert "\nConforms, with " in prepared
    said = run.json("dataset", "publish", "northmoor", *producer, "--audience", "participants", *planning())
    return Published(said["version"], package.archive)


@pytest.fixture(scope="module")
def negotiation(network: Network, published: Published) -> str:
    """The producer's name of the consumer's request, which awaits review."""
    network.find_as_consumer("400", "kV")
    consumer = ("--profile", "consumer")
    network.terminal.ok(
        *("request", published.iri, *planning(), "--because", "Study of re-routing.", "--accept", *consumer)
    )
    waiting = network.terminal.json("review", "list", "--profile", "producer")
    return str(waiting[0]["negotiation"])


@pytest.fixture(scope="module")
def agreement(network: Network, negotiation: str) -> str:
    """The agreement by which the consumer may use the data."""
    producer = ("--profile", "producer")
    made = network.terminal.json("review", "approve", negotiation, "--because", "A fair purpose.", *producer)
    assert made["state"] == "FINALIZED"
    return str(made["agreement"])


def planning() -> tuple[str, str]:
    """Return the option that names the purpose."""
    return ("--purpose", "NetworkPlanning")


@pytest.mark.req("J1.1")
def test_whoever_is_approved_can_say_who_they_are(network: Network) -> None:
    shown = network.terminal.json("whoami", "--profile", "producer")
    assert (shown["name"], shown["status"]) == ("The producer plc", "Approved")
    assert "data:publish" in shown["scopes"]
    listed = network.terminal.ok("organisation", "list", "--profile", "consumer")
    assert "The producer plc" in listed
    assert "01234567" in listed


@pytest.mark.req("J1.1")
def test_the_desk_shows_contacts_to_the_staff_alone(network: Network) -> None:
    refused = network.terminal("organisation", "desk", "--profile", "consumer")
    assert refused.code == 2
    assert "data@producer.example" in network.terminal.ok("organisation", "desk", "--profile", "operator")


@pytest.mark.req("J1.1")
def test_what_is_attested_reaches_other_nodes_and_goes_when_it_is_withdrawn(network: Network) -> None:
    run, key = network.terminal, network.registered["producer"]["organisation"].rpartition("/")[2]
    attested = ("standing", "attest", key, "cyber-essentials-plus", "--evidence", "Seen in the scheme's register.")
    issuer = ("--issuer", "A certification body", "--until", "2999-12-31")
    assert run(*attested, *issuer, "--profile", "producer").code == 2
    assert "names no issuer" in run(*attested, "--profile", "operator").err
    assert "in force" in run.ok(*attested, *issuer, "--profile", "operator")

    def held_at_consumer() -> list[str]:
        path = f"/api/v1/organisations/{key}/standing"
        iris = httpx.get(network.consumer.url + path, timeout=20).json()["certifications"]
        return [iri.rpartition("#")[2] for iri in iris]

    both = ["cyber-essentials", "cyber-essentials-plus"]
    eventually(lambda: held_at_consumer() == both, what="the consumer's node to hear of the certification")
    (shown,) = run.json("standing", "show", key, "--profile", "operator")["attestations"]
    assert (shown["state"], shown["valid_until"]) == ("in force", "2999-12-31")
    assert "register" not in json.dumps(shown)
    run.ok("standing", "withdraw", key, shown["name"], "--because", "It lapsed.", "--profile", "operator")
    eventually(lambda: not held_at_consumer(), what="the consumer's node to hear of the withdrawal")
    assert "withdrawn" in run.ok("standing", "show", key, "--profile", "operator")


@pytest.mark.req("J1.1")
def test_the_terms_can_be_read_before_anything_else(network: Network) -> None:
    said = network.terminal.ok("organisation", "terms", "--orchestrator", network.orchestrator.url)
    assert "Version 1.0" in said


@pytest.mark.req("J1.2", "J1.3", "J2.2")
def test_the_catalogue_tells_what_was_described(network: Network, published: Published) -> None:
    found = network.find_as_consumer("400", "kV")
    assert published.iri == f"{found['iri']}/version/{found['version']}"
    shown = network.terminal.ok("show", published.iri, "--profile", "consumer")
    for part in ("SB: Shows the location of critical plant.", "data@producer.example", "2026-06-01 to 2026-06-30"):
        assert part in shown
    drafts = network.terminal.json("dataset", "list", "--profile", "producer")
    assert "northmoor" in [draft["slug"] for draft in drafts]


@pytest.mark.req("J3.2")
def test_the_public_does_not_see_what_participants_see(network: Network, published: Published) -> None:
    public = ("--profile", "nobody", "--node", network.orchestrator.url)
    assert network.terminal.json("find", "400", "kV", *public)["total"] == 0
    assert network.terminal("show", published.iri, *public).code == 2


@pytest.mark.req("J2.1")
def test_the_offer_names_the_purpose(network: Network, published: Published) -> None:
    offer = network.terminal.ok("show", published.iri, "--offer", "--profile", "consumer")
    assert json.loads(offer)["@type"] == "Offer"
    assert "NetworkPlanning" in offer


@pytest.mark.req("J4.1b")
def test_refuses_a_request_for_a_purpose_that_the_offer_lacks(network: Network, published: Published) -> None:
    network.find_as_consumer("400", "kV")
    because = ("--because", "Curiosity.", "--accept", "--profile", "consumer")
    refused = network.terminal("request", published.iri, "--purpose", "Research", *because)
    assert refused.code == 2
    assert "NetworkPlanning" in refused.err
    assert "not a purpose known here" in network.terminal("request", published.iri, "--purpose", "Fun", *because).err


@pytest.mark.req("J4.1b")
def test_refuses_a_request_that_accepts_no_conditions(network: Network, published: Published) -> None:
    network.find_as_consumer("400", "kV")
    refused = network.terminal("request", published.iri, *planning(), "--because", "Study.", "--profile", "consumer")
    assert refused.code == 2
    assert "error:" in refused.err


@pytest.mark.req("J4.1b")
def test_the_purposes_are_listed(network: Network) -> None:
    assert "NetworkPlanning" in network.terminal.ok("purposes", "--profile", "consumer")


@pytest.mark.req("J5.1")
def test_the_producer_is_told_who_asks_and_why(network: Network, negotiation: str) -> None:
    told = network.terminal.json("inbox", "--profile", "producer")
    assert "The consumer plc asks for access" in told[-1]["text"]
    network.terminal.ok("inbox", "--read", told[-1]["key"], "--profile", "producer")
    assert told[-1]["key"] not in [each["key"] for each in unread(network)]
    asked = network.terminal.ok("requests", "--profile", "consumer")
    assert "Study of re-routing." in asked
    assert negotiation not in asked, "each side has its own name for the negotiation"


def unread(network: Network) -> list[dict[str, str]]:
    """Return the producer's unread notifications."""
    found: list[dict[str, str]] = network.terminal.json("inbox", "--unread", "--profile", "producer")
    return found


@pytest.mark.req("J5.1")
def test_refuses_a_review_by_somebody_else(network: Network, negotiation: str) -> None:
    said = network.terminal("review", "refuse", negotiation, "--because", "Mine!", "--profile", "consumer")
    assert said.code == 2


@pytest.mark.req("J5.2")
def test_refuses_a_second_approval(network: Network, negotiation: str, agreement: str) -> None:
    said = network.terminal("review", "approve", negotiation, "--because", "Again.", "--profile", "producer")
    assert said.code == 2
    assert "FINALIZED" in said.err
    assert agreement in network.terminal.ok("agreement", "list", "--profile", "producer")


@pytest.mark.req("J5.2")
def test_a_saved_agreement_is_verified_by_the_parties_keys(network: Network, agreement: str, tmp_path: Path) -> None:
    file = tmp_path / "agreement.json"
    network.terminal.ok("agreement", "show", agreement, "--save", file, "--profile", "consumer")
    said = network.terminal.ok("agreement", "verify", file, "--profile", "consumer")
    assert said.count("signed 20") == 2
    keys = [line.rpartition("#")[2] for line in said.splitlines() if line.startswith("signed")]
    offline = network.terminal(
        "agreement", "verify", file, "--provider-key", keys[0], "--consumer-key", keys[1], "--profile", "nobody"
    )
    assert offline.code == 0, offline.all
    by_sites = network.terminal.json("contract", "verify", file)
    assert [one["key"] for one in by_sites["signatures"]] == keys
    assert "Study of re-routing." in network.terminal.ok("contract", "text", file)
    file.write_text(file.read_text().replace("Study of re-routing.", "Whatever I like."))
    forged = network.terminal("agreement", "verify", file, "--profile", "consumer")
    assert forged.code == 1
    assert "does not match" in forged.err
    assert network.terminal("contract", "verify", file).code == 1


@pytest.mark.req("J5.2")
def test_refuses_to_save_an_agreement_over_a_file(network: Network, agreement: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    file.write_text("mine")
    assert network.terminal("agreement", "show", agreement, "--save", file, "--profile", "consumer").code == 2
    assert file.read_text() == "mine"


@pytest.mark.req("J6.1")
def test_the_agreement_opens_queries(network: Network, published: Published, agreement: str) -> None:
    assert agreement
    consumer = ("--profile", "consumer")
    assert "4,0" not in network.terminal.ok("query", published.iri, COUNT, *consumer)
    answer = network.terminal("query", published.iri, COUNT, "--format", "json", *consumer).json()
    count = answer["results"]["bindings"][0]["n"]["value"]
    assert int(count) > 1000
    dataset = published.iri.rpartition("/version/")[0]
    assert count in network.terminal.ok("query", dataset, COUNT, "--format", "csv", *consumer)
    turtle = network.terminal.ok("query", published.iri, "CONSTRUCT WHERE { ?s a ?o }", "--format", "ttl", *consumer)
    assert "BaseVoltage" in turtle
    assert "yes" in network.terminal.ok("query", published.iri, "ASK { ?s ?p ?o }", *consumer)


@pytest.mark.req("J6.5")
def test_saved_queries_ask_the_data_and_the_catalogue(network: Network, published: Published, agreement: str) -> None:
    assert agreement
    consumer = ("--profile", "consumer")
    circuits = network.terminal.ok("queries", "run", "circuits", published.iri, "--format", "csv", *consumer)
    assert circuits.startswith("circuit,name,kv,km,from,to,rating_a,rating_mva\n")
    assert "Netherbyfell to Otterby 400 kV circuit 1,400,20.416" in circuits
    found = network.terminal.ok("queries", "run", "datasets-by-profile", *consumer, "--set", f"profile={EQUIPMENT}")
    assert published.iri in found
    refused = network.terminal("queries", "run", "circuits-at-substation", published.iri, *consumer)
    assert refused.code == 2
    assert "needs a value for `substation`" in refused.err


@pytest.mark.req("J6.5")
def test_saved_queries_are_answered_by_address(published: Published, agreement: str) -> None:
    """The addresses that `GET /api/v1/queries` lists answer whoever may, in the form that is asked for."""
    assert agreement
    node = published.iri.partition("/id/")[0]
    listed = {one["name"]: one for one in httpx.get(f"{node}/api/v1/queries").json()}
    assert listed["circuits-at-substation"]["parameters"][0]["datatype"] == "string"
    circuits = listed["circuits-at-substation"]["answer"]
    values = {"version": published.iri, "substation": "Netherbyfell"}
    assert httpx.get(circuits, params=values).status_code == 401
    text = httpx.get(f"{node}/api/v1/queries/circuits", headers={"Accept": "application/sparql-query"}).text
    assert text.startswith("#+ summary: Circuits")
    turtle = httpx.get(f"{node}/api/v1/queries", headers={"Accept": "text/turtle"}).text
    assert "sh:SPARQLSelectExecutable" in turtle
    for wrong in ({**values, "colour": "red"}, {"substation": "Netherbyfell"}):
        refused = httpx.get(circuits, params=wrong)
        assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert httpx.get(f"{node}/api/v1/queries/none").status_code == 404
    open_to_all = httpx.get(listed["organisations"]["answer"], headers={"Accept": "text/csv"})
    assert open_to_all.text.startswith("organisation,name,node,datasets")


@pytest.mark.req("J6.1")
def test_refuses_what_is_no_sparql(network: Network, published: Published, agreement: str) -> None:
    assert agreement
    said = network.terminal("query", published.iri, "SELECT nothing", "--profile", "consumer")
    assert said.code == 2
    assert said.err.startswith("error:")


@pytest.mark.req("J6.1")
def test_the_agreement_opens_downloads(network: Network, published: Published, agreement: str, tmp_path: Path) -> None:
    assert agreement
    consumer = ("--profile", "consumer")
    network.terminal.ok("download", published.iri, "--to", tmp_path, *consumer)
    got = tmp_path / published.archive.name
    assert digest(got) == digest(published.archive)
    got.write_text("my own notes")
    refused = network.terminal("download", published.iri, "--to", tmp_path, *consumer)
    assert refused.code == 2
    assert got.read_text() == "my own notes"
    network.terminal.ok("download", published.iri, "--to", tmp_path, "--file", got.name, "--force", *consumer)
    assert digest(got) == digest(published.archive)
    assert [each.name for each in tmp_path.iterdir()] == [got.name]
    unknown = network.terminal("download", published.iri, "--to", tmp_path, "--file", "no.zip", *consumer)
    assert unknown.code == 2
    assert got.name in unknown.err


def test_a_transfer_lets_the_data_be_pulled_until_it_is_paused(
    network: Network, published: Published, agreement: str
) -> None:
    consumer = ("--profile", "consumer")
    refused = network.terminal("transfer", "request", agreement, "--push-to", "https://elsewhere.example/in", *consumer)
    assert refused.code == 2
    assert "registered node" in refused.err
    asked = network.terminal.json("transfer", "request", agreement, *consumer)["transfer"]

    def started() -> dict[str, str] | None:
        found = network.terminal.json("transfer", "show", asked, *consumer)
        properties = (found["data_address"] or {}).get("endpointProperties", [])
        named = {one["name"]: one["value"] for one in properties}
        return {"url": found["data_address"]["endpoint"], "token": named["authorization"]} if named else None

    address = eventually(started, what="the provider starts the transfer")
    headers = {"Authorization": f"Bearer {address['token']}"}
    pulled = httpx.get(address["url"], headers=headers)
    assert hashlib.sha256(pulled.content).hexdigest() == digest(published.archive)
    assert httpx.get(address["url"]).status_code == 401
    network.terminal.ok("transfer", "suspend", asked, "--because", "It is night.", *consumer)
    (theirs,) = network.terminal.json("transfer", "list", "--profile", "producer")
    assert (theirs["state"], theirs["role"]) == ("SUSPENDED", "provider")
    assert httpx.get(address["url"], headers=headers).status_code == 403
    ended = ("transfer", "terminate", theirs["transfer"], "--because", "We are done.", "--profile", "producer")
    assert "TERMINATED" in network.terminal.ok(*ended)
    assert network.terminal("transfer", "start", asked, *consumer).code != 0


def test_a_transfer_is_pushed_to_the_consumers_node_fetched_and_discarded(
    network: Network, published: Published, agreement: str, tmp_path: Path
) -> None:
    consumer = ("--profile", "consumer")
    asked = network.terminal.json("transfer", "request", agreement, "--push", *consumer)["transfer"]
    show = ("transfer", "show", asked, *consumer)
    done = eventually(
        lambda: found if (found := network.terminal.json(*show))["state"] == "COMPLETED" else None,
        what="the provider has pushed all files",
    )
    assert [one["name"] for one in done["received"]] == [published.archive.name]
    network.terminal.ok("transfer", "fetch", asked, "--to", tmp_path, *consumer)
    assert digest(tmp_path / published.archive.name) == digest(published.archive)
    network.terminal.ok("transfer", "discard", asked, published.archive.name, *consumer)
    gone = network.terminal("transfer", "fetch", asked, "--to", tmp_path, "--force", *consumer)
    assert gone.code != 0
    assert "Nothing was put on your node" in gone.err


def test_plain_connectors_are_for_operators_who_accept_them(network: Network, published: Published) -> None:
    said = network.terminal(
        *("connector", "request", "urn:example:producer", published.iri, "--purpose", "NetworkPlanning"),
        *("--because", "To plan the network.", "--accept-conditions", "--profile", "consumer"),
    )
    assert said.code != 0
    assert "without signatures" in said.err


@pytest.mark.req("J6.4")
def test_what_the_agreement_opens_is_lowered_to_ones_own_schema(
    network: Network, published: Published, agreement: str, tmp_path: Path
) -> None:
    assert agreement
    query, frame = tmp_path / "lines.rq", tmp_path / "stations.jsonld"
    query.write_text(LINES, encoding="utf-8")
    frame.write_text(json.dumps(STATIONS), encoding="utf-8")
    consumer = ("--profile", "consumer")
    table = network.terminal.ok("lower", published.iri, "--query", query, *consumer)
    network.terminal.ok("download", published.iri, "--to", tmp_path, *consumer)
    assert network.terminal.ok("lower", tmp_path / published.archive.name, "--query", query) == table
    header, *rows = table.splitlines()
    assert header == "asset,ohm"
    with zipfile.ZipFile(published.archive) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert {row.rpartition(",")[2] for row in rows} == set(re.findall(r"<cim:ACLineSegment.r>([^<]*)<", text))
    stations = json.loads(network.terminal.ok("lower", published.iri, "--frame", frame, *consumer))
    assert stations
    assert {each["kind"] for each in stations} == {"Station"}
    assert all(each["label"] in text for each in stations)


@pytest.mark.req("J6.4")
def test_refuses_to_lower_what_no_agreement_opens(network: Network, published: Published, tmp_path: Path) -> None:
    query = tmp_path / "lines.rq"
    query.write_text(LINES, encoding="utf-8")
    assert network.terminal("lower", published.iri, "--query", query, "--profile", "nobody").code == 2


def digest(file: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.req("J6.2", "J5.2", "J6.3")
def test_revocation_closes_the_data_and_the_trail_shows_it(
    network: Network, published: Published, agreement: str
) -> None:
    run = network.terminal
    refused = run("agreement", "revoke", agreement, "--because", "Mine!", "--profile", "consumer")
    assert refused.code == 2
    run.ok("query", published.iri, COUNT, "--profile", "consumer")
    run.ok("agreement", "revoke", agreement, "--because", "Used for something else.", "--profile", "producer")
    closed = run("query", published.iri, COUNT, "--profile", "consumer")
    assert closed.code == 2
    assert "Used for something else." in closed.err
    eventually(lambda: "revoked" in run.ok("agreement", "list", "--profile", "consumer"), what="the consumer told")
    trail = run.json("audit", "--version", published.iri, "--profile", "producer")
    assert [access["decision"] for access in trail[:2]] == ["refused", "allowed"]
    assert "Used for something else." in run.ok("audit", "--profile", "producer")


@pytest.mark.req("J2.2")
@pytest.mark.req("J1.1")
def test_new_terms_are_accepted_at_the_organisations_own_node_and_by_command(network: Network, tmp_path: Path) -> None:
    run, file = network.terminal, tmp_path / "terms.md"
    file.write_text("# Terms of participation\n\n1. **Be kind.** Also to strangers.\n")
    publish = ("terms", "publish", file, "--as", "2.0", "--required-from", "2999-01-01")
    assert "participants:decide" in run(*publish, "--profile", "producer").all
    run.ok(*publish, "--profile", "operator")
    assert "Be kind." in run.ok("terms", "show", "--profile", "consumer")
    eventually(
        lambda: "Version 2.0 is to be accepted" in run.ok("whoami", "--profile", "consumer"),
        what="the consumer's node to hear of the terms",
    )
    known = network.registered["consumer"]
    with httpx.Client(base_url=network.consumer.url, timeout=60) as browser:
        form = {"client_id": known["client_id"], "client_secret": known["client_secret"]}
        assert browser.post("/sign-in", data=form).status_code == 303
        accepted = browser.post("/about/terms", data={"version": "2.0", "has_read": "yes"})
        assert accepted.headers.get("location") == "/about/terms?done=accepted", accepted.text
    run.ok("terms", "accept", "2.0", "--profile", "producer")
    for profile in ("consumer", "producer"):
        status = run.json("terms", "status", "--profile", profile)
        assert ([one["version"] for one in status["accepted"]], status["due"]) == (["1.0", "2.0"], None)
    assert "not the one in force" in run("terms", "accept", "1.0", "--profile", "producer").err


def test_a_rebuilt_store_holds_what_the_store_held(network: Network, published: Published) -> None:
    node, run = network.producer, network.terminal
    refused = run("rebuild", "--data-dir", node.data)
    assert refused.code == 2
    assert "Another process uses this data directory." in refused.err
    before = run.json("show", published.iri, "--profile", "producer")
    assert run("journal", "verify", "--data-dir", node.data).code == 0, "the journal is read beside the running node"
    node.terminate()
    said = run.ok("rebuild", "--data-dir", node.data)
    assert f"from {node.head()} events" in said.replace(",", "")
    node.start()
    await_registry(network)
    assert run.json("show", published.iri, "--profile", "producer") == before
    count = run.ok("query", published.iri, COUNT, "--format", "csv", "--profile", "producer")
    assert int(count.split()[1]) > 1000


def test_what_the_orchestrator_registers_for_policies_is_known_on_every_node(network: Network, tmp_path: Path) -> None:
    run, file = network.terminal, tmp_path / "voltage.ttl"
    file.write_text(VOLTAGE)
    run.ok("policy", "register", file, "--profile", "operator")
    assert "registered already" in run("policy", "register", file, "--profile", "operator").err
    assert "which RDF syntax" in run("policy", "register", tmp_path / "voltage.txt", "--profile", "operator").err
    storm = ("https://terms.example/storm", "--title", "Storm", "--start", "2036-11-03T06:00:00")
    run.ok("policy", "announce", *storm, "--end", "2036-11-04T06:00:00", "--profile", "operator")

    def known() -> set[str]:
        listed = [run.json("policy", what, "--profile", "consumer") for what in ("registered", "events")]
        return {text for found in listed for each in found for text in each.values() if text in NAMED}

    eventually(lambda: known() == NAMED, what="the consumer's node to hear of both")
    about = network.registered["consumer"]["organisation"]
    fact = ("policy", "record-fact", about, "https://terms.example/voltage=33.5", "--profile", "producer")
    run.ok(*fact, "--until", "2036-01-01")
    (on_record,) = run.json("policy", "facts", "--profile", "producer")
    assert (on_record["about"], on_record["said"]["rightOperand"]["@value"]) == (about, "33.5")
    assert "no value" in run("policy", "record-fact", about, "voltage", "--profile", "producer").err
