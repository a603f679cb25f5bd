"""How access ends, and how it begins without a review: refusal, revocation, expiry, suspension; named and open offers.

Every statement is about the very next request: what is closed is closed at once.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.clients import Member, await_registry, description, download_url, key_of, ok, problem, sparql_url
from tests.journey.networks import Network, network
from tests.journey.small_model import STATEMENTS, small_model
from tests.nodes import eventually

FILE = "gl.xml"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("endings"), "north", "vale") as made:
        made.admit("north", "vale")
        yield made


@pytest.fixture(scope="module")
def north(running: Network) -> Member:
    return running.members["north"]


@pytest.fixture(scope="module")
def vale(running: Network) -> Member:
    return running.members["vale"]


def provide(north: Member, slug: str, **offer: object) -> str:
    """Publish a small model of a dataset's own."""
    return north.provide(slug, [(FILE, small_model(sum(slug.encode())))], **offer)


def assert_open(member: Member, version: str) -> None:
    assert member.count(version) == STATEMENTS
    assert member.download(version, FILE).status_code == 200


def assert_closed(member: Member, version: str, why: str) -> None:
    for answer in (member.query(version), member.download(version, FILE)):
        assert why in " ".join(problem(answer, 403)["reasons"])


@pytest.mark.req("J5.1")
def test_a_refusals_reason_reaches_the_consumer(north: Member, vale: Member) -> None:
    version = provide(north, "refused")
    asked = vale.request(version)
    (review,) = north.reviews(version)
    nameless = north.decide(review["negotiation"], "refusal", reason=" ")
    assert problem(nameless, 422)["where"] == "reason"
    refused = ok(north.decide(review["negotiation"], "refusal", reason="The study is not specific enough."))
    assert refused["state"] == "TERMINATED"
    (told,) = [one for one in vale.requests() if one["negotiation"] == asked["negotiation"]]
    assert (told["state"], told["reason"]) == ("TERMINATED", "The study is not specific enough.")
    assert any("not specific enough" in one["text"] for one in vale.notifications())
    assert_closed(vale, version, "no agreement")
    problem(north.decide(review["negotiation"], "approval"), 409)
    assert vale.request(version, justification="Study of line 4 in winter.")["state"] == "REQUESTED", "it may ask anew"


@pytest.mark.req("J5.2")
def test_a_revocation_closes_the_data_at_once_and_the_consumer_is_told(north: Member, vale: Member) -> None:
    version = provide(north, "revoked")
    vale.request(version)
    agreement = north.approve(version)["agreement"]
    assert_open(vale, version)
    problem(vale.revoke(agreement), 403)
    assert_open(vale, version)
    assert ok(north.revoke(agreement))["status"] == "revoked"
    assert_closed(vale, version, "revoked. The data was passed on.")
    told = vale.agreement(agreement)
    assert (told["status"], told["end_reason"]) == ("revoked", "The data was passed on.")
    assert any("revoked the agreement: The data was passed on." in one["text"] for one in vale.notifications())
    problem(north.revoke(agreement), 409)


@pytest.mark.req("J5.2")
def test_a_termination_by_the_consumer_reaches_an_open_stream_and_ends_it(north: Member, vale: Member) -> None:
    version = provide(north, "terminated")
    vale.request(version)
    agreement = north.approve(version)["agreement"]
    url = north.api(f"agreements/{key_of(agreement)}/events")
    headers = {"Authorization": f"Bearer {north.token(north.home)}"}
    with north.http.stream("GET", url, headers=headers) as stream:
        lines = (line for line in stream.iter_lines() if line.startswith("data:"))
        assert '"status": "active"' in next(lines)
        ended = vale.ask("POST", vale.api(f"agreements/{key_of(agreement)}/termination"), json={"reason": "Done."})
        assert ok(ended)["status"] == "terminated"
        assert '"status": "terminated"' in next(lines)
        assert list(lines) == [], "the stream has ended"
    assert_closed(vale, version, "terminated. Done.")
    assert ok(north.ask("GET", north.api(f"agreements/{key_of(agreement)}")))["notice"]["reason"] == "Done."


@pytest.mark.req("J5.2")
def test_an_agreement_ends_by_itself_when_it_expires(north: Member, vale: Member) -> None:
    version = provide(north, "expiring")
    vale.request(version)
    (review,) = north.reviews(version)
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    problem(north.decide(review["negotiation"], "approval", until=past), 422)
    until = datetime.now(UTC) + timedelta(seconds=6)
    agreement = ok(north.decide(review["negotiation"], "approval", until=until.isoformat()))["agreement"]
    assert_open(vale, version)
    time.sleep(max(0.0, (until - datetime.now(UTC)).total_seconds()))
    assert_closed(vale, version, "expired")
    assert north.agreement(agreement)["status"] == vale.agreement(agreement)["status"] == "expired"
    assert vale.request(version)["state"] == "REQUESTED", "it may ask anew"


@pytest.mark.req("J4.1a")
def test_an_offer_that_names_an_organisation_grants_its_request_without_review(north: Member, vale: Member) -> None:
    version = provide(north, "named", audience="organisations", organisations=[vale.iri])
    assert_closed(vale, version, "no agreement")
    assert vale.request(version)["provider_reached"]
    assert not north.reviews(version)
    (agreement,) = eventually(lambda: vale.agreements(version))
    assert agreement["status"] == "active"
    eventually(lambda: north.agreements(version))
    assert_open(vale, version)
    (asked,) = [one for one in vale.requests() if one["version"] == version]
    assert asked["agreement"] == agreement["agreement"]


def test_an_offer_that_names_others_excludes_an_organisation(north: Member, vale: Member) -> None:
    version = provide(north, "others", audience="organisations", organisations=[north.iri])
    assert problem(vale.ask_access(version), 403)["reasons"]
    assert not north.reviews(version)


def test_a_suspension_closes_everything_to_an_organisation_at_once(
    running: Network, north: Member, vale: Member
) -> None:
    version = provide(north, "suspended")
    vale.request(version)
    north.approve(version)
    assert_open(vale, version)
    headers = {"Authorization": f"Bearer {vale.token(north.home)}", "Accept": "text/event-stream"}
    with vale.http.stream("GET", f"{north.home}/events", headers=headers) as feed:
        heard = feed.iter_lines()
        assert next(heard) == ": listening"
        assert ok(running.operator.decide(vale.iri, "suspend", "Data was passed on."))["status"] == "Suspended"
        for _ in heard:
            pass  # the feed ends, once the node has heard of the suspension
    await_registry(running.http, north.home, vale.iri, "Suspended")
    assert_closed(vale, version, "Suspended")
    assert problem(vale.ask("GET", f"{north.home}/api/v1/catalogue"), 403)["reasons"]
    assert vale.ask_token(north.home).status_code == 401
    await_registry(running.http, vale.home, vale.iri, "Suspended")
    problem(vale.ask_access(version), 403)
    assert ok(running.operator.decide(vale.iri, "reinstate"))["status"] == "Approved"
    for member in (north, vale):
        await_registry(running.http, member.home, vale.iri, "Approved")
    assert_open(vale, version)


def test_open_data_needs_neither_token_nor_request(running: Network, north: Member, vale: Member) -> None:
    ok(north.ask("POST", north.api("datasets"), json=description("open", triage="open", sensitivity="O")), 201)
    north.send("open", FILE, small_model(77))
    north.prepare("open")
    refused = north.ask("POST", north.api("datasets/open/versions"), json={"audience": "participants"})
    assert problem(refused, 403)["reasons"], "an open dataset's offer has no limits"
    version = north.publish("open", audience="open", purposes=[])
    answer = running.http.get(sparql_url(version), params={"query": "SELECT * WHERE { ?s ?p ?o }"})
    assert len(ok(answer)["results"]["bindings"]) == STATEMENTS
    assert running.http.get(download_url(version, FILE)).content == small_model(77)
    for node in (running.orchestrator.url, north.home):
        public = eventually(lambda node=node: ok(running.http.get(f"{node}/api/v1/catalogue"))["datasets"])  # type: ignore[misc]  # a default has no type
        assert [key_of(one["iri"]) for one in public] == ["open"]
    assert "open" in problem(vale.ask_access(version), 409)["title"]
    assert [one["organisation"] for one in north.audit(north.home, version=version)] == [None, None]
