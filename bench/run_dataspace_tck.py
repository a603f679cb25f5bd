"""The Technology Compatibility Kit of the Dataspace Protocol against a node, in both roles, over loopback.

The kit comes by Maven. It acts as an approved organisation of a network that is set up for it, with that organisation's
tokens; what people at the node do is done over its REST interface, as each case expects. Usage: `make dataspace-tck`.
Prints how many of the kit's 67 cases passed; exit code 1 when one did not.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from tests.clients import Member, await_registry, ok, register, registration
from tests.journey.networks import Network, network
from tests.journey.small_model import FILE, small_model
from tests.nodes import eventually, free_port

from assurance.peers import Unavailable, fetch_jars, find_java
from dataspace_tck.cases import CATALOGUE, NEGOTIATIONS, TRANSFERS, is_consumer
from dataspace_tck.people import Initiation, People, ask_for
from virtuales.clock import SystemClock
from virtuales.contract.dataspace.names import name_iri
from virtuales.contract.dataspace.shapes import new_message
from virtuales.trust.assertions import ASSERTION_TYPE, make_client_assertion
from virtuales.trust.keys import SigningKey, did_document, did_web

CASES: Final = 67
RELEASE: Final = "1.0.0-RC6"
PACKAGES: Final = (
    *(
        f"org.eclipse.dataspacetck.dsp:{name}:{RELEASE}"
        for name in (
            "tck-runtime",
            "dsp-system",
            "dsp-catalog",
            "dsp-metadata",
            "dsp-contract-negotiation",
            "dsp-transfer-process",
        )
    ),
    "com.squareup.okhttp3:okhttp-jvm:5.3.0",
)
SETTINGS: Final = {
    "FOLLOW_SECONDS": "0.2",
    "ACCEPT_UNSIGNED_AGREEMENTS": "true",
    "CONNECTORS_BY_HAND": "true",
}
SECONDS: Final = 1500.0
SMALL: Final = 11
BASE: Final = "/dsp/2025-1"
ALL_OF_THEM: Final = "-Djunit.jupiter.conditions.deactivate=org.junit.*DisabledCondition"
"""The kit's release leaves out two of its cases; here they run too."""
SOURCE: Final = Path(__file__).with_name("dataspace_tck") / "Kit.java"


class Kit:
    """The organisation in whose name the kit acts, with a connector at an address of its own.

    Args:
        running: The network.
    """

    def __init__(self, running: Network) -> None:
        self.key = SigningKey.generate()
        self.running = running
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        with self.listening({}):
            fields = registration("Compatibility Kit plc", "77777777", self.url)
            self.member: Member = register(running.http, running.orchestrator.url, fields)
            running.operator.approve(self.member.iri)
        for node in running.nodes.values():
            await_registry(running.http, node.url, self.member.iri, "Approved")

    def token(self, resource: str) -> str:
        """Return a token with which the kit's connector may address a node."""
        orchestrator = self.running.orchestrator.url
        assertion = make_client_assertion(
            self.key, client_id=self.member.iri, audience=orchestrator, clock=SystemClock()
        )
        form = {
            "grant_type": "client_credentials",
            "client_id": self.member.iri,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
            "resource": resource,
        }
        return str(ok(self.running.http.post(f"{orchestrator}/oauth/token", data=form))["access_token"])

    def send(self, member: Member, path: str, message: Mapping[str, object]) -> dict[str, Any]:
        """Send the node under test a message; return its answer."""
        headers = {"Authorization": f"Bearer {self.token(member.home)}"}
        answer = self.running.http.post(f"{member.home}{BASE}{path}", json=message, headers=headers)
        found: dict[str, Any] = ok(answer, 201 if path.endswith("/negotiations/request") else 200)
        return found

    @contextmanager
    def listening(self, answers: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """Take messages at the kit's address while the kit does not; give those that came, with their paths."""
        heard: list[dict[str, Any]] = []
        document = did_document(did_web(self.url), self.key.public)

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(200 if "did.json" in self.path else 404, document)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                heard.append({"path": self.path, **body})
                made = answers.get(body["@type"])
                self._say(200, made(body) if made else {})

            def _say(self, status: int, body: object) -> None:
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Door)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield heard
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def published(member: Member, slug: str) -> tuple[str, str]:
    """Publish a small model; return the version's IRI and that of its offer."""
    version = member.provide(slug, [(FILE, small_model(SMALL))])
    found = ok(member.ask("GET", member.api("catalogue/offer"), params={"iri": version}))
    return version, str(found["offer"]["@id"])


@dataclass
class Prepared:
    """What the cases are about.

    Args:
        properties: What the kit is told.
        negotiations: Each case of a negotiation, by the IRI under which the node knows its dataset.
        transfers: Each case of a transfer, by the name of its agreement.
    """

    properties: dict[str, str] = field(default_factory=dict)
    negotiations: dict[str, str] = field(default_factory=dict)
    transfers: dict[str, str] = field(default_factory=dict)


def prepare(kit: Kit, member: Member, wanted: str) -> Prepared:
    """Publish the cases' datasets, and make the agreements that transfers rest on."""
    made = Prepared()
    for case in CATALOGUE:
        made.properties[f"{case}_DATASETID"], _ = published(member, slug_of(case))
    made.properties["CAT_01_03_DATASETID"] = f"{member.home}/id/dataset/unheard-of/version/1"
    for case in (one for one in NEGOTIATIONS if re.search(wanted, one)):
        if is_consumer(case):
            made.properties[f"{case}_DATASETID"] = name = f"A{case.replace('_', '')}"
            made.negotiations[name_iri(name, where="dataset").value] = case
        else:
            version, offer = published(member, slug_of(case))
            made.properties |= {f"{case}_DATASETID": version, f"{case}_OFFERID": offer}
            made.negotiations[version] = case
    for case in (one for one in TRANSFERS if re.search(wanted, one)):
        agreed = agreed_as_provider if is_consumer(case) else agreed_as_consumer
        agreement = agreed(kit, member, slug_of(case))
        made.properties |= {f"{case}_AGREEMENTID": agreement, f"{case}_FORMAT": "HttpData-PULL"}
        made.transfers[agreement] = case
    return made


def slug_of(case: str) -> str:
    """Return the short name of a case's dataset."""
    return case.lower().replace("_", "-")


def agreed_as_consumer(kit: Kit, member: Member, slug: str) -> str:
    """Have the kit's organisation negotiate for a dataset of the node; return the agreement's name."""
    version, offer = published(member, slug)
    pid = f"urn:uuid:{uuid4()}"
    asked = new_message(
        "ContractRequestMessage",
        consumerPid=pid,
        callbackAddress=kit.url,
        offer={"@id": offer, "@type": "Offer", "target": version, "permission": [{"action": "use"}]},
    )
    with kit.listening({}) as heard:
        provider_pid = kit.send(member, "/negotiations/request", asked)["providerPid"]
        reason = {"reason": "For transfers."}
        ok(member.ask("POST", member.api(f"reviews/{provider_pid}/approval"), json=reason))
        agreement = eventually(lambda: next((one["agreement"] for one in heard if "agreement" in one), None))
        verified = new_message("ContractAgreementVerificationMessage", providerPid=provider_pid, consumerPid=pid)
        kit.send(member, f"/negotiations/{provider_pid}/agreement/verification", verified)
        ok(member.ask("POST", member.api(f"connectors/negotiations/{provider_pid}/finalisation"), json={}))
        eventually(lambda: [one for one in heard if one.get("eventType") == "FINALIZED"])
    return str(agreement["@id"])


def agreed_as_provider(kit: Kit, member: Member, slug: str) -> str:
    """Have the node's organisation negotiate for a dataset of the kit's; return the agreement's name."""
    provider_pid, agreement = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"

    def taken(message: Mapping[str, Any]) -> dict[str, object]:
        pids = {"providerPid": provider_pid, "consumerPid": message["consumerPid"]}
        return new_message("ContractNegotiation", **pids, state="REQUESTED")

    with kit.listening({"ContractRequestMessage": taken}) as heard:
        offer = f"urn:uuid:{uuid4()}"
        asked = ok(ask_for(member, slug, offer, provider=kit.member.iri, connector=kit.url), 201)
        pid = asked["negotiation"]
        pids = {"providerPid": provider_pid, "consumerPid": pid}
        policy = {
            "@id": agreement,
            "@type": "Agreement",
            "target": slug,
            "assigner": kit.member.iri,
            "assignee": member.iri,
            "permission": [{"action": "use"}],
        }
        kit.send(
            member, f"/negotiations/{pid}/agreement", new_message("ContractAgreementMessage", **pids, agreement=policy)
        )
        ok(member.ask("POST", member.api(f"connectors/negotiations/{pid}/verification"), json={}))
        eventually(lambda: [one for one in heard if one["path"].endswith("/agreement/verification")])
        done = new_message("ContractNegotiationEventMessage", **pids, eventType="FINALIZED")
        kit.send(member, f"/negotiations/{pid}/events", done)
    return agreement


def main() -> int:
    """Run the kit; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", default="", help="a regular expression for the cases' names, such as `CN_C`")
    parser.add_argument("--verbose", action="store_true", help="show all that the kit says")
    chosen = parser.parse_args()
    try:
        java = find_java(17)
        jars = fetch_jars("dataspace-tck", PACKAGES, java) / "jars"
    except Unavailable as reason:
        print(f"NOT TRIED: {reason}")
        return 1
    with tempfile.TemporaryDirectory() as place, network(Path(place), "north", settings=SETTINGS) as running:
        (member,) = running.admit("north")
        kit = Kit(running)
        made = prepare(kit, member, chosen.cases)
        command = [str(java), ALL_OF_THEM, "-cp", f"{jars}/*", str(SOURCE), *told(kit, member, made, Path(place))]
        if chosen.cases:
            command.append(f"(?s).*({re.sub('_(?=[0-9])', '.', chosen.cases)}).*")
        passed, failed = run(kit, member, made, command, verbose=chosen.verbose)
        if chosen.verbose:
            print(running.nodes["north"].log(200))
    print(f"RESULT dataspace-tck {passed}/{CASES} cases")
    return 0 if passed == CASES and not failed else 1


def told(kit: Kit, member: Member, made: Prepared, place: Path) -> list[str]:
    """Write the kit's properties to a file; return its name."""
    file = place / "kit.properties"
    said = {
        "dataspacetck.launcher": "org.eclipse.dataspacetck.dsp.system.DspSystemLauncher",
        "dataspacetck.host": "127.0.0.1",
        "dataspacetck.port": str(kit.port),
        "dataspacetck.callback.address": kit.url,
        "dataspacetck.dsp.local.connector": "false",
        "dataspacetck.dsp.connector.agent.id": member.iri,
        "dataspacetck.dsp.connector.http.url": member.home + BASE,
        "dataspacetck.dsp.connector.http.base.url": member.home,
        "dataspacetck.dsp.connector.http.headers.authorization": f"Bearer {kit.token(member.home)}",
        "dataspacetck.dsp.default.wait": "20",
        **made.properties,
    }
    file.write_text("".join(f"{key}={value}\n" for key, value in said.items()), encoding="utf-8")
    return [str(file)]


def run(kit: Kit, member: Member, made: Prepared, command: list[str], *, verbose: bool) -> tuple[int, int]:
    """Run the kit with people at the node; return how many cases passed, and how many failed."""
    initiation = Initiation(member, kit.member.iri)
    scripts = {name: NEGOTIATIONS[case] for name, case in made.negotiations.items()}
    transfers = {name: TRANSFERS[case] for name, case in made.transfers.items()}
    people = [People(member, "negotiations", scripts, "version"), People(member, "transfers", transfers, "agreement")]
    for one in people:
        one.start()
    urls = {f"{kind}.initiate.url": f"{initiation.url}/{kind}s" for kind in ("negotiation", "transfer")}
    with Path(command[5]).open("a", encoding="utf-8") as file:
        file.writelines(f"dataspacetck.dsp.connector.{key}={value}\n" for key, value in urls.items())
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    finally:
        for one in people:
            one.stop()
        initiation.close()
    return _read(done, verbose=verbose)


def _read(done: subprocess.CompletedProcess[str], *, verbose: bool) -> tuple[int, int]:
    if verbose:
        print(done.stdout[-60_000:], done.stderr[-20_000:], sep="\n")
    failures = [line for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    print(*failures, sep="\n")
    found = re.search(r"PASSED (\d+) OF (\d+)", done.stdout)
    if found is None:
        print(done.stdout[-3000:], done.stderr[-3000:], sep="\n")
        return 0, 1
    return int(found.group(1)), int(found.group(2)) - int(found.group(1))


if __name__ == "__main__":
    sys.exit(main())
