"""The six steps from end to end: node processes, HTTP, and a sample network model.

A transmission owner (`north`) publishes its model; a distribution operator (`vale`) finds it, asks for it, is granted
it by a contract and uses it. What ends or hinders an agreement stands in `test_endings.py`, what happens while nodes
are away in `test_absent_nodes.py`.
"""

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.clients import (
    Member,
    await_registry,
    description,
    download_url,
    key_of,
    ok,
    problem,
    register,
    registration,
    sparql_url,
)
from tests.journey.networks import Network, network
from tests.journey.small_model import small_model
from tests.nodes import NodeProcess, eventually

from virtuales.contract.agreement import parse_agreement, verify_agreement
from virtuales.contract.readable_text import readable_text
from virtuales.demonstration.network import SamplePackage, sample_packages
from virtuales.rdf.terms import NamedNode
from virtuales.trust.keys import PublicKey

NAME = "northmoor-base-model.zip"
COUNT_TYPED = """PREFIX cim: <http://iec.ch/TC57/CIM100#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT (COUNT(?line) AS ?n)
WHERE { ?line a cim:ACLineSegment ; cim:ACLineSegment.r ?r FILTER(DATATYPE(?r) = xsd:float) }"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """`north` and `vale` are approved; `dale` runs a node and has not registered."""
    with network(tmp_path_factory.mktemp("six-steps"), "north", "vale", "dale") as made:
        made.admit("north", "vale")
        yield made


@pytest.fixture(scope="module")
def north(running: Network) -> Member:
    return running.members["north"]


@pytest.fixture(scope="module")
def vale(running: Network) -> Member:
    return running.members["vale"]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> SamplePackage:
    """The transmission owner's base model."""
    return sample_packages(tmp_path_factory.mktemp("sample"))[0]


def said(package: SamplePackage) -> dict[str, object]:
    """Return what the steward says of the package."""
    west, south, east, north = package.bbox
    return {
        "title": package.title,
        "description": package.description,
        "licence": package.licence,
        "sensitivity": package.sensitivity,
        "handling_reason": "Ratings and fault levels of critical plant.",
        "keywords": list(package.keywords),
        "spatial": {"west": west, "south": south, "east": east, "north": north},
        "source": "Asset register of Northmoor, planning extract",
        "steward": "models@northmoor.example",
    }


@pytest.fixture(scope="module")
def version(north: Member, package: SamplePackage) -> str:
    """The published model, offered to participants for network planning."""
    north.describe("northern-marches", **said(package))
    north.send("northern-marches", NAME, package.archive.read_bytes())
    north.prepare("northern-marches")
    return north.publish("northern-marches")


@pytest.fixture(scope="module")
def granted(north: Member, vale: Member, version: str) -> str:
    """The agreement by which the consumer may use the model."""
    vale.request(version)
    return str(north.approve(version)["agreement"])


@pytest.mark.req("J1.1")
def test_an_organisation_gets_tokens_once_it_is_checked_and_approved(running: Network) -> None:
    desk = f"{running.orchestrator.url}/api/v1/organisations/desk"
    fields = registration("Dale Power Networks plc", "SC012345", running.nodes["dale"].url)
    wrong_terms = running.http.post(
        f"{running.orchestrator.url}/api/v1/organisations", json=fields | {"accepted_terms": "0.1"}
    )
    assert "1.0" in problem(wrong_terms, 422)["remedy"]
    dale = register(running.http, running.orchestrator.url, fields)
    assert dale.ask_token(dale.home).status_code == 401, "nothing is granted before approval"
    assert "legal-identity" in problem(running.operator.decide(dale.iri, "approve"), 409)["title"]
    running.operator.pass_checks(dale.iri)
    assert dale.ask_token(dale.home).status_code == 401
    assert ok(running.operator.decide(dale.iri, "approve"))["status"] == "Approved"
    (seen,) = [one for one in ok(running.operator.ask("GET", desk)) if one["organisation"] == dale.iri]
    assert (seen["accepted_terms"], seen["registration_number"]) == ("1.0", "SC012345")
    assert (seen["contact_name"], seen["contact_email"]) == ("Ada Reed", "data@networks.example")
    assert {check["checked_by"] for check in seen["checks"] if check["passed"]} == {"operator"}
    assert len(seen["checks"]) == 6
    assert not seen["missing_checks"]
    scopes = ok(dale.ask_token(dale.home))["scope"].split()
    assert {"data:publish", "data:read", "access:request", "access:review"} <= set(scopes)
    for node in running.processes:
        await_registry(running.http, node.url, dale.iri, "Approved")


@pytest.mark.req("J1.2")
def test_a_steward_records_where_data_is_held_and_how_it_is_handled(north: Member, package: SamplePackage) -> None:
    closed = description("contradiction", **{**said(package), "triage": "open"})
    ok(north.ask("POST", north.api("datasets"), json=closed), 201)
    north.send("contradiction", "gl.xml", small_model(1))
    north.prepare("contradiction")
    offer = {"audience": "participants"}
    refused = problem(north.ask("POST", north.api("datasets/contradiction/versions"), json=offer), 403)
    assert any("triage" in reason for reason in refused["reasons"])
    said_first = description("triaged", **said(package))
    ok(north.ask("POST", north.api("datasets"), json=said_first), 201)
    received = north.send("triaged", "gl.xml", small_model(2))["files"]
    assert [file["media_type"] for file in received] == ["application/rdf+xml"]
    draft = ok(north.ask("GET", north.api("datasets/triaged")))
    assert draft["publisher"] == north.iri
    assert {name: draft["described"][name] for name in said_first} == said_first


@pytest.mark.req("J1.4", "J2.1", "J2.2", "C1", "C2", "C6")
def test_a_published_model_reaches_the_orchestrators_catalogue_by_its_event(
    running: Network, north: Member, vale: Member, package: SamplePackage, version: str
) -> None:
    orchestrator = running.orchestrator.url
    found = eventually(lambda: vale.catalogue(orchestrator, q="transmission marches")["datasets"])
    assert [(one["iri"], one["version"]) for one in found] == [(version.removesuffix("/version/1"), "1")]
    shown = ok(vale.ask("GET", f"{orchestrator}/api/v1/catalogue/dataset", params={"iri": version}))
    entry = shown["entry"]
    assert entry["title"] == package.title
    assert entry["publisher"] == north.iri
    assert entry["sensitivity"] == package.sensitivity
    assert entry["handling_reason"] == "Ratings and fault levels of critical plant."
    assert entry["licence"] == "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    assert entry["verdict"] == "Conforms"
    schemas = {schema.partition("/version/")[0].rpartition("/")[2] for schema in entry["schemas"]}
    assert schemas >= {"EQ", "SSH", "TP"}
    assert [file["name"] for file in entry["files"]] == [NAME]
    offer = ok(vale.ask("GET", f"{north.home}/api/v1/catalogue/offer", params={"iri": version}))["offer"]
    assert (offer["@type"], offer["assigner"], offer["target"]) == ("Offer", north.iri, version)
    assert north.count(version) > 4000, "the producer's own door to its standardised store"
    typed = ok(north.query(version, COUNT_TYPED))["results"]["bindings"][0]["n"]["value"]
    assert int(typed) > 0, "numbers are typed from the profile"


@pytest.mark.req("J2.4", "C3")
def test_a_model_is_judged_at_publication_and_again_by_its_consumer(
    vale: Member, north: Member, granted: str, version: str, tmp_path: Path
) -> None:
    north.describe("failing")
    north.send("failing", "gl.xml", small_model(3, body='<cim:CoordinateSystem rdf:ID="_a"/>'))
    report = problem(north.ask("POST", north.api("datasets/failing/preparation")), 422)["report"]
    assert not report["conforms"]
    assert "CoordinateSystem" in str(report)
    problem(north.ask("POST", north.api("datasets/failing/versions"), json={"audience": "participants"}), 409)
    assert granted
    received = tmp_path / NAME
    received.write_bytes(vale.download(version, NAME).content)
    judged = subprocess.run(
        [sys.executable, "-m", "virtuales", "validate", str(received)], capture_output=True, text=True, check=False
    )
    assert judged.returncode == 0, judged.stdout + judged.stderr


def test_the_public_does_not_learn_of_a_shared_dataset(
    running: Network, north: Member, vale: Member, version: str
) -> None:
    for node in (running.orchestrator.url, north.home):
        eventually(lambda node=node: vale.catalogue(node, q="marches")["total"])  # type: ignore[misc]  # a default has no type
        assert ok(running.http.get(f"{node}/api/v1/catalogue"))["total"] == 0
        problem(running.http.get(f"{node}/api/v1/catalogue/dataset", params={"iri": version}), 404)
    problem(running.http.get(sparql_url(version), params={"query": "ASK {}"}), 401)
    problem(running.http.get(download_url(version, NAME)), 401)


@pytest.mark.req("J4.1b", "J5.1", "J5.2")
def test_a_request_is_reviewed_and_opens_the_data_by_a_contract(
    north: Member, vale: Member, package: SamplePackage
) -> None:
    version = north.provide("reviewed", [(NAME, package.archive.read_bytes())])
    standing = vale.standing(north.home, version)
    assert (standing["may_use"], standing["may_ask"]) == (False, True)
    assert problem(vale.query(version), 403)["reasons"]
    problem(vale.download(version, NAME), 403)
    assert "accept_conditions" in problem(vale.ask_access(version, accept_conditions=False), 422)["where"]
    problem(vale.ask_access(version, purpose="Research"), 403)
    asked = vale.request(version, justification="Study of re-routing at 132 kV.")
    assert (asked["state"], asked["provider_reached"]) == ("REQUESTED", True)
    problem(vale.query(version), 403)
    assert any("Vale Networks plc asks for access" in told["text"] for told in north.notifications())
    (review,) = north.reviews(version)
    assert (review["consumer"], review["purpose"].rpartition("#")[2]) == (vale.iri, "NetworkPlanning")
    assert review["justification"] == "Study of re-routing at 132 kV."
    decided = north.approve(version, reason="A neighbour's planning study.")
    assert (decided["state"], decided["reason"]) == ("FINALIZED", "A neighbour's planning study.")
    assert not north.reviews(version)
    assert any("signed by both sides" in told["text"] for told in vale.notifications())
    assert vale.count(version) == north.count(version) > 4000
    delivered = vale.download(version, NAME)
    assert delivered.content == package.archive.read_bytes()
    assert hashlib.sha256(delivered.content).hexdigest() == delivered.headers["etag"].strip('"')
    assert vale.standing(north.home, version)["may_use"]


@pytest.mark.req("J5.2")
def test_both_sides_hold_one_agreement_that_anybody_can_verify_offline(
    running: Network, north: Member, vale: Member, granted: str
) -> None:
    at_provider, at_consumer = north.agreement(granted), vale.agreement(granted)
    assert at_provider["document"] == at_consumer["document"]
    assert at_provider["status"] == at_consumer["status"] == "active"
    keys = {}
    for member in (north, vale):
        did = ok(running.http.get(f"{member.home}/.well-known/did.json"))
        keys[NamedNode(member.iri)] = PublicKey.from_multikey(did["verificationMethod"][0]["publicKeyMultibase"])
    signed = parse_agreement(at_consumer["document"])
    signatures = verify_agreement(signed, keys)
    assert {signature.key for signature in signatures} == set(keys.values())
    assert signed.request.justification == "Study of re-routing between the grid supply points."
    assert signed.terms_version == "1.0"
    texts = [
        member.ask("GET", member.api(f"agreements/{key_of(granted)}/text")).raise_for_status().text
        for member in (north, vale)
    ]
    assert texts[0] == texts[1] == readable_text(signed)
    outsider = running.operator.ask("GET", f"{running.orchestrator.url}/api/v1/agreements/{key_of(granted)}")
    assert outsider.status_code in {403, 404}, "an agreement is between its parties"


@pytest.mark.req("J6.2")
def test_accesses_are_on_the_providers_trail_and_the_orchestrators(
    running: Network, north: Member, vale: Member, package: SamplePackage, tmp_path: Path
) -> None:
    version = north.provide("audited", [(NAME, package.archive.read_bytes())])
    problem(vale.query(version), 403)
    vale.request(version)
    agreement = north.approve(version)["agreement"]
    vale.count(version)
    vale.download(version, NAME)
    trail = north.audit(north.home, version=version)
    seen = [(one["door"], one["decision"], one["organisation"], one["agreement"]) for one in reversed(trail)]
    assert seen == [
        ("sparql", "refused", vale.iri, None),
        ("sparql", "allowed", vale.iri, agreement),
        ("download", "allowed", vale.iri, agreement),
    ]
    centre = running.orchestrator.url
    central = eventually(lambda: len(found := running.operator.audit(centre, version=version)) == len(trail) and found)
    assert central == trail
    problem(vale.ask("GET", f"{north.home}/api/v1/audit"), 403)
    assert_alteration_is_found(running.orchestrator, version, tmp_path / "journal.sqlite")


def assert_alteration_is_found(node: NodeProcess, version: str, copy: Path) -> None:
    """Alter one access on a copy of a node's journal, as who owns the disk could, and have the copy verified."""
    with closing(sqlite3.connect(node.data / "journal.sqlite")) as journal, closing(sqlite3.connect(copy)) as altered:
        journal.backup(altered)
        altered.execute("DROP TRIGGER refuse_UPDATE")
        change = (
            "UPDATE event SET body = CAST(REPLACE(body, 'refused', 'allowed') AS BLOB) WHERE CAST(body AS TEXT) LIKE ?"
        )
        assert altered.execute(change, (f"%{version}%refused%",)).rowcount == 1
        altered.commit()
    command = [sys.executable, "-m", "virtuales", "journal", "verify", "--data-dir", str(copy.parent)]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    assert verified.returncode == 1
    assert "chain is broken at event" in " ".join(verified.stderr.split())


@pytest.mark.req("P1")
def test_data_stays_on_its_producers_node(running: Network, package: SamplePackage, granted: str) -> None:
    assert granted
    digest = hashlib.sha256(package.archive.read_bytes()).hexdigest()

    def holders() -> list[str]:
        return [
            node.name
            for node in running.processes
            if any(digest in str(path).replace("/", "") for path in node.data.rglob("*"))
        ]

    assert holders() == ["north"]
