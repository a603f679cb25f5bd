"""Wrong input at the producer's doors: one clear problem document each, and nothing changes."""

import json
import time
from collections.abc import Iterator

import pytest
from tests.clients import Member, description, ok, problem
from tests.journey.networks import Network, network, raw_upload, unchanged
from tests.journey.small_model import small_model
from tests.journey.wrong_models import REFUSED_WHEN_PREPARED, REFUSED_WHEN_SENT, UNPACKED_MOST, Wrong

UPLOAD_MOST = 1_000_000
JSON = {"Content-Type": "application/json"}
STEPS = (("GET", ""), ("POST", "/preparation"), ("PUT", "/files/gl.xml"), ("DELETE", "/files/gl.xml"))
"""What a steward does with a dataset that is described: methods and paths."""
BIG = "datasets/doors/files/big.xml"
TWO_GB = 2 * 1024**3


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    small = {"MAX_UPLOAD_BYTES": str(UPLOAD_MOST), "MAX_UNPACKED_BYTES": str(UNPACKED_MOST)}
    with network(tmp_path_factory.mktemp("producers"), "north", "vale", settings=small) as made:
        made.admit("north", "vale")
        yield made


@pytest.fixture(scope="module")
def north(running: Network) -> Member:
    """The producer, with the described dataset `doors`."""
    member = running.members["north"]
    member.describe("doors")
    return member


@pytest.fixture(scope="module")
def vale(running: Network) -> Member:
    return running.members["vale"]


@pytest.mark.parametrize("wrong", REFUSED_WHEN_SENT, ids=lambda wrong: wrong.why)
def test_refuses_a_file_that_no_dataset_can_hold(running: Network, north: Member, wrong: Wrong) -> None:
    with unchanged(running):
        url = north.api(f"datasets/doors/files/{wrong.name}")
        answer = north.ask("PUT", url, content=wrong.content)
        assert wrong.says in str(problem(answer, wrong.status))
    assert not ok(north.ask("GET", north.api("datasets/doors")))["files"]


@pytest.mark.parametrize("wrong", REFUSED_WHEN_PREPARED, ids=lambda wrong: wrong.why)
def test_refuses_to_prepare_what_is_no_sound_model(running: Network, north: Member, wrong: Wrong) -> None:
    slug = "wrong-" + wrong.why.replace(" ", "-").lower()
    north.describe(slug)
    north.send(slug, wrong.name, wrong.content)
    with unchanged(running):
        refused = problem(north.ask("POST", north.api(f"datasets/{slug}/preparation")), wrong.status)
        assert wrong.says in refused["detail"], refused
        problem(north.ask("POST", north.api(f"datasets/{slug}/versions"), json={"audience": "participants"}), 409)
    assert ok(north.ask("GET", north.api(f"datasets/{slug}")))["preparation"] is None


def test_refuses_a_model_that_violates_the_shapes_with_their_report(running: Network, north: Member) -> None:
    north.describe("violating")
    north.send("violating", "gl.xml", small_model(5, body='<cim:Location rdf:ID="_a"/>'))
    with unchanged(running):
        refused = problem(north.ask("POST", north.api("datasets/violating/preparation")), 422)
    assert "Location" in str(refused["report"])
    assert refused["report"]["conforms"] is False


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"licence": "Beerware-9"}, "licence"),
        ({"sensitivity": "Z"}, "sensitivity"),
        ({"triage": "maybe"}, "triage"),
        ({"handling_reason": "why"}, "reason"),
        ({"slug": "../etc"}, "slug"),
        ({"slug": "Two Words"}, "slug"),
        ({"title": " "}, "title"),
        ({"colour": "blue"}, "colour"),
        ({"title": None}, "title"),
        ({"keywords": "132 kV"}, "keywords"),
        ({"spatial": {"west": 5, "south": 0, "east": -5, "north": 1}}, "spatial"),
        ({"steward": "nobody"}, "steward"),
        ({"steward": "no body at all"}, "steward"),
        ({"update_frequency": "now and then"}, "update_frequency"),
        ({"temporal": ["yesterday", "today"]}, "temporal"),
        ({"title": "\ud800"}, "surrogate"),
    ],
)
def test_refuses_a_description_that_says_what_cannot_be(
    running: Network, north: Member, said: dict[str, object], field: str
) -> None:
    body = json.dumps({**description("described"), **said})
    with unchanged(running):
        refused = problem(north.ask("POST", north.api("datasets"), content=body, headers=JSON), 422)
    assert field in str(refused).lower()


def test_refuses_a_body_that_is_no_json(running: Network, north: Member) -> None:
    with unchanged(running):
        for body in (b"{", b"", b"[]", b'"text"', b"\xff\xfe", b"{" * 5000):
            problem(north.ask("POST", north.api("datasets"), content=body, headers=JSON), 422)
        nested = north.ask("POST", north.api("datasets"), content=b"[" * 100_000, headers=JSON)
        assert nested.status_code in {400, 422}
        problem(nested, nested.status_code)


@pytest.mark.parametrize(
    ("offer", "status", "says"),
    [
        ({"audience": "everybody"}, 422, "audience"),
        ({"audience": "participants", "purposes": ["Fun"]}, 422, "NetworkPlanning"),
        ({"audience": "organisations"}, 422, "organisation"),
        ({"audience": "organisations", "organisations": ["not an iri"]}, 422, "iri"),
        ({"audience": "participants", "organisations": ["http://a.example/b"]}, 422, "organisation"),
        ({"audience": "participants", "until": "2030-01-01T00:00:00"}, 422, "time zone"),
        ({"audience": "open"}, 403, "shared"),
        ({"audience": "participants", "price": 3}, 422, "price"),
    ],
)
def test_refuses_an_offer_that_cannot_be(
    running: Network, north: Member, offer: dict[str, object], status: int, says: str
) -> None:
    north.describe("offered")
    north.send("offered", "gl.xml", small_model(6))
    north.prepare("offered")
    with unchanged(running):
        answer = north.ask("POST", north.api("datasets/offered/versions"), json=offer)
        assert says in str(problem(answer, status)).lower() or says in str(answer.json())


def test_refuses_closed_data_an_offer(running: Network, north: Member) -> None:
    north.describe("closed", triage="closed", sensitivity="C")
    north.send("closed", "gl.xml", small_model(7))
    north.prepare("closed")
    with unchanged(running):
        refused = problem(
            north.ask("POST", north.api("datasets/closed/versions"), json={"audience": "participants"}), 403
        )
    assert "Closed" in str(refused["reasons"])


def test_refuses_steps_out_of_order(running: Network, north: Member) -> None:
    north.provide("published", [("gl.xml", small_model(8))])
    north.describe("bare")
    offer = {"audience": "participants"}
    with unchanged(running):
        problem(north.ask("POST", north.api("datasets/published/versions"), json=offer), 409)
        problem(north.ask("POST", north.api("datasets/bare/preparation")), 409)
        problem(north.ask("POST", north.api("datasets/bare/versions"), json=offer), 409)
        problem(north.ask("DELETE", north.api("datasets/bare/files/gl.xml")), 409)
        for method, path in (
            ("GET", ""),
            ("POST", "/preparation"),
            ("PUT", "/files/gl.xml"),
            ("DELETE", "/files/gl.xml"),
        ):
            problem(north.ask(method, north.api(f"datasets/unheard-of{path}")), 404)


def test_refuses_another_organisations_datasets(running: Network, north: Member, vale: Member) -> None:
    url = f"{north.home}/api/v1/datasets"
    with unchanged(running):
        assert problem(vale.ask("POST", url, json=description("mine")), 403)["reasons"]
        for method, path in (
            ("GET", ""),
            ("POST", "/preparation"),
            ("PUT", "/files/gl.xml"),
            ("DELETE", "/files/a.xml"),
        ):
            problem(vale.ask(method, f"{url}/doors{path}"), 403)
        problem(vale.ask("POST", f"{url}/doors/versions", json={"audience": "participants"}), 403)
        problem(vale.ask("GET", url), 403)


def test_refuses_two_gigabytes_by_their_stated_length_without_reading_them(running: Network, north: Member) -> None:
    with unchanged(running):
        started = time.monotonic()
        status, sent = raw_upload(north, f"PUT {north.api(BIG)}", f"Content-Length: {TWO_GB}", chunks=0)
        assert (status, sent) == (413, 0)
        assert time.monotonic() - started < 10


def test_cuts_an_upload_of_unstated_length_at_the_limit(running: Network, north: Member) -> None:
    with unchanged(running):
        status, sent = raw_upload(north, f"PUT {north.api(BIG)}", "Transfer-Encoding: chunked", chunks=400)
        assert status == 413
        assert sent < 20 * UPLOAD_MOST, "the node answers long before all is sent"
        over = north.ask("PUT", north.api(BIG), content=bytes(UPLOAD_MOST + 1))
        assert "max_upload_bytes" in problem(over, 413)["remedy"]
    assert not list(running.nodes["north"].data.glob("objects/incoming/*"))
