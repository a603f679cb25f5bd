"""What nodes are told by strangers and liars: messages that are not theirs to send, agreements and feeds that lie."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.clients import Member, ok, problem, register, registration
from tests.journey.forgeries import bearing, node_token
from tests.journey.networks import Network, asked_version, granted_version, unchanged
from tests.nodes import eventually

from virtuales.contract.notices import NoticeKind
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.namespaces import DCTERMS
from virtuales.rdf.terms import Literal, NamedNode, Quad
from virtuales.trust.keys import SigningKey, did_document, did_web


@pytest.fixture(scope="module")
def running(doors: Network) -> Network:
    return doors


@pytest.fixture(scope="module")
def north(running: Network) -> Member:
    return running.members["north"]


@pytest.fixture(scope="module")
def vale(running: Network) -> Member:
    return running.members["vale"]


@pytest.fixture(scope="module")
def granted(north: Member, vale: Member) -> str:
    """A version that `vale` may use."""
    return granted_version(north, vale, "granted-to-nodes")


@pytest.fixture(scope="module")
def asked(north: Member, vale: Member) -> str:
    """A version that `vale` has asked for, and that awaits a decision."""
    return asked_version(north, vale, "asked-by-nodes")


def test_refuses_messages_that_a_stranger_sends(
    running: Network, north: Member, vale: Member, granted: str, asked: str
) -> None:
    dale, http = running.members["dale"], running.http
    at_vale = bearing(node_token(running.nodes["dale"], dale, vale.home))
    at_north = bearing(node_token(running.nodes["dale"], dale, north.home))
    mine = next(one["negotiation"] for one in vale.requests() if one["version"] == asked)
    (theirs,) = north.reviews(asked)
    (agreement,) = north.agreements(granted)
    document = north.agreement(agreement["agreement"])["document"]
    ids = {"providerPid": theirs["negotiation"], "consumerPid": mine}
    with unchanged(running):
        for url, message in dsp_messages(vale.home, mine, document, ids):
            assert problem(http.post(url, json=message, headers=at_vale), 403)["reasons"]
        told = {
            "@id": "urn:uuid:5b0c9a2e-6a43-4d57-9a51-0c6f0f2f5a11",
            "@type": NoticeKind.REVOCATION.value,
            "agreement": agreement["agreement"],
            "assigner": north.iri,
            "assignee": vale.iri,
            "party": north.iri,
            "reason": "because",
            "timestamp": "2026-06-01T12:00:00Z",
        }
        problem(http.post(f"{vale.home}/dsp/agreements/notice", json={"notice": told}, headers=at_vale), 403)
        url = f"{north.home}/dsp/negotiations/{theirs['negotiation']}"
        signed = {**message_of("ContractAgreementVerificationMessage", **ids), "ves:agreement": document}
        problem(http.post(f"{url}/agreement/verification", json=signed, headers=at_north), 403)
        problem(http.get(url, headers=at_north), 404)
        user = vale.ask("POST", f"{north.home}/dsp/negotiations/request", json=signed)
        assert "node:exchange" in str(problem(user, 403)["reasons"]), "people do not speak for nodes"


def message_of(kind: str, **parts: object) -> dict[str, object]:
    """Write a message of the Dataspace Protocol."""
    return {"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": kind, **parts}


def dsp_messages(
    home: str, pid: str, document: dict[str, Any], ids: dict[str, str]
) -> list[tuple[str, dict[str, object]]]:
    """Return what a provider sends a consumer, with addresses."""
    bare = {name: value for name, value in document.items() if name != "@context"}
    url = f"{home}/dsp/negotiations/{pid}"
    return [
        (f"{url}/agreement", message_of("ContractAgreementMessage", **ids, agreement=bare)),
        (f"{url}/termination", message_of("ContractNegotiationTerminationMessage", **ids, reason=["so"])),
    ]


def test_refuses_an_agreement_that_was_tampered_with(
    running: Network, north: Member, vale: Member, granted: str, asked: str
) -> None:
    token = bearing(node_token(running.nodes["north"], north, vale.home))
    mine = next(one["negotiation"] for one in vale.requests() if one["version"] == asked)
    (theirs,) = north.reviews(asked)
    good = north.agreement(north.agreements(granted)[0]["agreement"])["document"]
    ids = {"providerPid": theirs["negotiation"], "consumerPid": mine}
    proof = good["proof"][0]
    tampered = {
        "another purpose": {**good, "requestedPurpose": "https://w3id.org/virtuales/ns#Research", "proof": proof},
        "another end": {**good, "validUntil": "2099-01-01T00:00:00Z", "proof": proof},
        "no proof": {name: value for name, value in good.items() if name != "proof"},
        "a proof of nothing": {**good, "proof": {**proof, "proofValue": "z" + "1" * 64}},
        "a stranger's proof": {**good, "proof": {**proof, "verificationMethod": "did:web:x#z6MkstrangerX"}},
        "an old agreement": {**good, "proof": proof},
        "an unknown term": {**good, "bonus": "all your data", "proof": proof},
        "no agreement": {"@type": "Agreement"},
    }
    with unchanged(running):
        for why, document in tampered.items():
            (url, message), _ = dsp_messages(vale.home, mine, document, ids)
            answer = running.http.post(url, json=message, headers=token)
            assert answer.status_code in {400, 409, 422}, f"{why}: {answer.text}"
            problem(answer, answer.status_code)
        nonsense: list[object] = [{}, {"@type": "Greeting"}, [], "text", message_of("ContractOfferMessage", **ids)]
        for body in nonsense:
            problem(running.http.post(f"{vale.home}/dsp/negotiations/{mine}/agreement", json=body, headers=token), 422)
    assert next(one["state"] for one in vale.requests() if one["version"] == asked) == "REQUESTED"


def test_hears_nothing_of_others_things_from_a_feed(running: Network, north: Member, granted: str) -> None:
    graph = NamedNode(f"{north.home}/graph/catalogue/public")
    lie = Quad(NamedNode(granted), DCTERMS.title, Literal("Free for everybody"), graph)
    with liar(lie) as (url, heard):
        fields = registration("Mallory Networks plc", "66666666", url)
        mallory = register(running.http, running.orchestrator.url, fields)
        running.operator.approve(mallory.iri)
        eventually(heard.is_set, what="the orchestrator listens to the liar's feed")
        eventually(lambda: "not the node's own" in running.orchestrator.log(400), what="the lie is reported")
        found = running.operator.catalogue(running.orchestrator.url)["datasets"]
        assert "Free for everybody" not in json.dumps(found)
        with running.orchestrator.journal() as journal:
            actors = {event.draft.actor for event in journal.events() if event.draft.kind == "PeerEventReceived"}
        assert url not in actors
        ok(running.operator.decide(mallory.iri, "suspend", "It lied."))


@contextmanager
def liar(lie: Quad) -> Iterator[tuple[str, threading.Event]]:
    """Serve a node's did:web document, and a feed that announces one statement; tell its address, and when heard."""
    heard, key = threading.Event(), SigningKey.generate()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_feed = self.path.startswith("/events")
            event = {
                "id": "1",
                "source": url,
                "type": "net.virtuales.DatasetPublished",
                "subject": url,
                "sequence": "1",
            }
            event["data"] = {"change": dict(ChangeSet(add=(lie,)).to_json())}  # type: ignore[assignment]  # JSON in JSON
            feed = f"id: 1\ndata: {json.dumps(event)}\n\n"
            text = feed if is_feed else json.dumps(did_document(did_web(url), key.public))
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream" if is_feed else "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())
            if is_feed:
                heard.set()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield url, heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
