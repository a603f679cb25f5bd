"""What goes on while a node is away: one node's failure stops nobody else, and what it missed reaches it afterwards."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from pyoxigraph import RdfFormat, Store
from tests.clients import Member, ok, problem, sparql_url
from tests.federation.bad_endpoints import serving
from tests.journey.networks import Network, network
from tests.journey.small_model import CIM, STATEMENTS, coordinate_system, small_model
from tests.nodes import eventually

FILE = "gl.xml"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("absent"), "north", "vale", settings={"QUERY_SECONDS": "12"}) as made:
        made.admit("north", "vale")
        yield made


@pytest.fixture(scope="module")
def north(running: Network) -> Member:
    return running.members["north"]


@pytest.fixture(scope="module")
def vale(running: Network) -> Member:
    return running.members["vale"]


def named_model(seed: int, name: str) -> bytes:
    """Write a model whose coordinate system has a name."""
    return small_model(seed, body=coordinate_system(UUID(int=seed, version=4), name=name))


def state_of(member: Member, version: str) -> str:
    """Return how the organisation's latest request for a version stands, on its own node."""
    return next(str(one["state"]) for one in member.requests() if one["version"] == version)


@pytest.mark.req("P4")
def test_two_nodes_go_on_sharing_while_the_orchestrator_is_away(running: Network, north: Member, vale: Member) -> None:
    before = north.provide("before", [(FILE, small_model(1))])
    vale.request(before)
    north.approve(before)
    assert vale.count(before) == STATEMENTS
    running.orchestrator.kill()
    assert vale.count(before) == STATEMENTS
    after = north.provide("after", [(FILE, small_model(2))])
    assert vale.request(after)["provider_reached"]
    assert north.approve(after)["state"] == "FINALIZED"
    assert vale.count(after) == STATEMENTS
    assert vale.download(after, FILE).content == small_model(2)
    assert ok(north.revoke(north.agreements(before)[0]["agreement"]))["status"] == "revoked"
    problem(vale.query(before), 403)
    running.orchestrator.start()
    orchestrator = running.orchestrator.url
    eventually(lambda: vale.catalogue(orchestrator, q="after")["total"], what="the orchestrator hears what it missed")
    trail = eventually(lambda: len(found := running.operator.audit(orchestrator, version=after)) == 2 and found)
    assert trail == north.audit(north.home, version=after)


@pytest.mark.req("P4")
def test_a_node_restarted_without_the_orchestrator_still_serves(running: Network, north: Member, vale: Member) -> None:
    version = north.provide("restarted", [(FILE, small_model(3))])
    vale.request(version)
    north.approve(version)
    vale.token(north.home)
    running.orchestrator.kill()
    running.nodes["north"].kill()
    running.nodes["north"].start()
    assert vale.count(version) == STATEMENTS, "the orchestrator's key is in the registry that the node followed"
    running.orchestrator.start()


@pytest.mark.req("P4")
def test_what_needs_a_new_token_is_refused_clearly_until_the_orchestrator_is_back(
    running: Network, north: Member, vale: Member
) -> None:
    granted, wanted = (north.provide(slug, [(FILE, small_model(10 + len(slug)))]) for slug in ("held", "wanted"))
    vale.request(granted)
    north.approve(granted)
    assert vale.count(granted) == STATEMENTS
    vale.token(vale.home)
    running.orchestrator.kill()
    running.nodes["vale"].kill()
    running.nodes["vale"].start()
    refused = problem(vale.ask_access(wanted), 502)
    assert running.orchestrator.url in str(refused)
    assert vale.count(granted) == STATEMENTS
    running.orchestrator.start()
    vale.request(wanted)
    assert north.approve(wanted)["state"] == "FINALIZED"
    assert vale.count(wanted) == STATEMENTS


def test_a_request_made_while_the_provider_is_away_reaches_it_when_it_is_back(
    running: Network, north: Member, vale: Member
) -> None:
    version = north.provide("asked-early", [(FILE, small_model(4))])
    eventually(lambda: vale.catalogue(running.orchestrator.url, q="asked-early")["total"])
    running.nodes["north"].kill()
    asked = vale.request(version)
    assert (asked["state"], asked["provider_reached"]) == ("REQUESTED", False)
    problem(vale.ask_access(version), 409)
    running.nodes["north"].start()
    (review,) = eventually(lambda: north.reviews(version))
    assert review["justification"] == asked["justification"]
    assert ok(north.decide(review["negotiation"], "approval"))["state"] == "FINALIZED"
    assert vale.count(version) == STATEMENTS


def test_an_approval_given_while_the_consumer_is_away_reaches_it_when_it_is_back(
    running: Network, north: Member, vale: Member
) -> None:
    version = north.provide("granted-early", [(FILE, small_model(5))])
    vale.request(version)
    running.nodes["vale"].kill()
    assert north.approve(version)["state"] == "AGREED"
    problem(vale.query(version), 403)
    running.nodes["vale"].start()
    eventually(lambda: state_of(vale, version) == "FINALIZED", what="the consumer signs")
    assert vale.count(version) == STATEMENTS
    (agreement,) = north.agreements(version)
    assert vale.agreement(agreement["agreement"])["document"] == north.agreement(agreement["agreement"])["document"]


def test_a_refusal_and_a_revocation_reach_a_consumer_that_was_away(
    running: Network, north: Member, vale: Member
) -> None:
    refused = north.provide("refused-early", [(FILE, small_model(6))])
    revoked = north.provide("revoked-early", [(FILE, small_model(7))])
    vale.request(refused)
    vale.request(revoked)
    agreement = north.approve(revoked)["agreement"]
    running.nodes["vale"].kill()
    (review,) = north.reviews(refused)
    ok(north.decide(review["negotiation"], "refusal", reason="The study is too wide."))
    assert ok(north.revoke(agreement))["status"] == "revoked"
    problem(vale.query(revoked), 403)
    running.nodes["vale"].start()
    eventually(lambda: state_of(vale, refused) == "TERMINATED", what="the consumer hears of the refusal")
    eventually(lambda: vale.agreement(agreement)["status"] == "revoked", what="the consumer hears of the revocation")
    texts = [one["text"] for one in vale.notifications()]
    assert any("The study is too wide." in text for text in texts)


def test_what_is_due_to_one_node_does_not_wait_for_another_that_stays_away(
    running: Network, north: Member, vale: Member
) -> None:
    at_vale = vale.provide("at-vale", [(FILE, small_model(8))])
    at_north = north.provide("at-north", [(FILE, small_model(9))])
    eventually(lambda: north.catalogue(running.orchestrator.url, q="at-vale")["total"])
    vale.request(at_north)
    running.nodes["vale"].kill()
    assert not north.request(at_vale)["provider_reached"]
    north.approve(at_north)
    running.nodes["vale"].start()
    eventually(lambda: state_of(vale, at_north) == "FINALIZED", what="the approval reaches the consumer")
    eventually(lambda: vale.reviews(at_vale), what="the request reaches the provider")


NAMES = f"""PREFIX cim: <{CIM}>
SELECT DISTINCT ?name WHERE {{ [] a cim:CoordinateSystem ; cim:IdentifiedObject.name ?name }} ORDER BY ?name"""


def asked_everywhere(vale: Member, *versions: str, missing: str = "refused") -> httpx.Response:
    url = f"{vale.home}/sparql/federation"
    params = {"missing": missing, "version": [*versions]}
    return vale.ask("POST", url, data={"query": NAMES}, params=params, timeout=120)


def names_in(answer: httpx.Response) -> list[str]:
    return [row["name"]["value"] for row in ok(answer)["results"]["bindings"]]


@pytest.fixture(scope="module")
def far_and_near(running: Network, north: Member, vale: Member) -> tuple[str, str]:
    """A version of `north` that is granted to `vale`, and one of its own."""
    far = north.provide("away-far", [(FILE, named_model(21, "far"))])
    near = vale.provide("away-near", [(FILE, named_model(22, "near"))])
    vale.request(far)
    north.approve(far)
    eventually(lambda: vale.catalogue(running.orchestrator.url, q="away-")["total"] == 2, what="the catalogue hears")
    return far, near


def test_a_producer_that_is_away_is_named_and_never_looks_empty(
    running: Network, vale: Member, far_and_near: tuple[str, str]
) -> None:
    far, near = far_and_near
    assert names_in(asked_everywhere(vale, far, near)) == ["far", "near"]
    running.nodes["north"].kill()
    refused = problem(asked_everywhere(vale, far, near), 502)
    assert far in refused["title"]
    assert {one["version"]: one["state"] for one in refused["sources"]} == {far: "failed", near: "answered"}
    partial = asked_everywhere(vale, far, near, missing="any")
    assert names_in(partial) == ["near"]
    assert partial.headers["sources"] == "answered=1, failed=1"
    running.nodes["north"].start()

    def answers() -> httpx.Response | None:
        time.sleep(1)  # it is half a minute, and a question costs the busy machine more than a look
        answer = asked_everywhere(vale, far, near)
        return answer if answer.is_success else None

    whole = eventually(answers, seconds=120, what="a node that failed often is asked again")
    assert names_in(whole) == ["far", "near"]


def test_what_agreements_are_about_can_be_asked_while_the_catalogue_is_away(
    running: Network, vale: Member, far_and_near: tuple[str, str]
) -> None:
    far, near = far_and_near
    assert names_in(asked_everywhere(vale, far, near)) == ["far", "near"], "the node holds a token from now on"
    running.orchestrator.kill()
    refused = problem(asked_everywhere(vale), 502)
    assert "there may be further sources" in refused["title"]
    partial = asked_everywhere(vale, missing="any")
    assert {"far", "near"} <= set(names_in(partial))
    told = ok(vale.ask("GET", partial.links["describedby"]["url"]))
    assert told["complete"] is False
    assert {one["node"] for one in told["sources"] if one["state"] == "failed"} == {running.orchestrator.url}
    assert {one["state"] for one in told["sources"] if one["version"] == far} == {"answered"}
    running.orchestrator.start()


@contextmanager
def bad_at_triples(running: Network, version: str, kind: str) -> Iterator[None]:
    """Let an endpoint stand at a producer's address that is bad as soon as triples are asked of it."""
    store = Store()
    store.load(named_model(21, "far"), format=RdfFormat.RDF_XML, base_iri=version)
    north = running.nodes["north"]
    north.kill()
    with serving(store, port=north.port, kinds={urlsplit(sparql_url(version)).path[1:]: f"{kind}-at-triples"}):
        yield
    north.start()


@pytest.mark.parametrize(
    ("kind", "state", "reason"), [("hangs", "timed out", "longer than 6 seconds"), ("breaks-off", "cut", "broke off")]
)
def test_a_producer_that_is_late_or_cuts_its_answer_is_named(
    running: Network, vale: Member, far_and_near: tuple[str, str], *, kind: str, state: str, reason: str
) -> None:
    far, near = far_and_near
    with bad_at_triples(running, far, kind), ThreadPoolExecutor() as pool:
        partial, whole = pool.map(
            lambda missing: asked_everywhere(vale, far, near, missing=missing), ("any", "refused")
        )
    assert names_in(partial) == ["near"]
    assert partial.headers["sources"] == f"answered=1, {state.replace(' ', '-')}=1"
    told = ok(vale.ask("GET", partial.links["describedby"]["url"]))
    refused = problem(whole, 502)
    assert far in refused["title"]
    for document in (told, refused):
        (late,) = [one for one in document["sources"] if one["version"] == far]
        assert late["state"] == state
        assert reason in late["reasons"][0]
        assert late["remedy"] == "Try again later."
