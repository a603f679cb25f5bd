"""Wrong input at the doors of identity, contracts and consumption: one clear problem document, and nothing changes."""

import json
from typing import Any
from uuid import uuid4

import pytest
from tests.clients import Member, description, key_of, ok, problem, registration, sparql_url
from tests.journey.forgeries import ASSERTION, Forger, bearing
from tests.journey.networks import Network, asked_version, granted_version, raw_upload, unchanged
from tests.journey.small_model import FILE, small_model


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
    return granted_version(north, vale, "granted")


@pytest.fixture(scope="module")
def asked(north: Member, vale: Member) -> str:
    """A version that `vale` has asked for, and that awaits a decision."""
    return asked_version(north, vale, "asked")


def test_refuses_every_forged_token(running: Network, north: Member, vale: Member, granted: str) -> None:
    good = Forger(running.orchestrator, vale, north.home)
    ok(running.http.get(sparql_url(granted), params={"query": "ASK {}"}, headers=bearing(good.issued())))
    with unchanged(running):
        for why, token in good.all().items():
            for url in (sparql_url(granted) + "?query=ASK+{}", north.api("datasets"), north.api("reviews")):
                refused = running.http.get(url, headers=bearing(token))
                assert refused.status_code == 401, f"{why}: {refused.text}"
                assert refused.headers["www-authenticate"].startswith("Bearer"), why
                problem(refused, 401)


def test_refuses_other_credentials_and_none(running: Network, north: Member, vale: Member) -> None:
    with unchanged(running):
        for header in ("Basic YTpi", "Bearer", "Digest x", vale.token(north.home)):
            problem(running.http.get(north.api("datasets"), headers={"Authorization": header}), 401)
        for path in ("datasets", "reviews", "agreements", "audit", "notifications", "access-requests"):
            problem(running.http.get(north.api(path)), 401)
        problem(running.http.get(north.api("reviews"), headers=bearing(vale.token(vale.home))), 401)


@pytest.mark.req("J6.6")
def test_refuses_derived_data_that_a_source_forbids_and_takes_it_where_every_source_allows(
    running: Network, north: Member, vale: Member, granted: str
) -> None:
    handling = {"triage": "open", "sensitivity": "O", "handling_reason": "Nothing in it needs protection."}
    north.describe("sites", title="Sites of North", licence="CC-BY-SA-4.0", **handling)
    north.send("sites", FILE, small_model(77))
    north.prepare("sites")
    free = north.publish("sites", audience="open", purposes=[])
    vale.describe("derived", licence="CC-BY-4.0", derived_from=[free, granted], **handling)
    vale.send("derived", FILE, small_model(78))
    vale.prepare("derived")
    publication = {"audience": "open"}
    with unchanged(running):
        refused = problem(vale.ask("POST", vale.api("datasets/derived/versions"), json=publication), 403)
        said = " ".join(refused["reasons"])
        assert "Sites of North, version 1 (CC-BY-SA-4.0) asks that what is made of it carries the same licence" in said
        assert "Network model granted, version 1: " in said, "the agreement lets nobody pass the data on"
        shown = ok(vale.ask("GET", vale.api("datasets/derived/sources")))
        assert shown["outcome"] == "not allowed"
        assert [(one["licence"], one["allowed"]) for one in shown["sources"]] == [
            ("CC-BY-SA-4.0", True),
            ("CC-BY-4.0", False),
        ]
    vale.describe("derived", licence="CC-BY-SA-4.0", derived_from=[free], **handling)
    version = vale.publish("derived", **publication, purposes=[])
    entry = ok(vale.ask("GET", vale.api("catalogue/dataset"), params={"iri": version}))["entry"]
    assert entry["conditions"]["derived_from"] == [free]


@pytest.mark.parametrize(
    ("said", "status", "error"),
    [
        ({"client_secret": "guess"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"scope": "participants:decide"}, 400, "invalid_scope"),
        ({"resource": "not a url"}, 400, "invalid_request"),
        ({"client_assertion": "nonsense", "client_assertion_type": "magic"}, 400, "invalid_request"),
        ({"client_assertion": "a.b.c", "client_assertion_type": ASSERTION}, 401, "invalid_client"),
    ],
)
def test_gives_no_token_for_wrong_credentials(
    running: Network, vale: Member, said: dict[str, str], status: int, error: str
) -> None:
    form = {"grant_type": "client_credentials", "client_id": vale.client_id, "client_secret": vale.client_secret}
    with unchanged(running):
        refused = running.http.post(f"{running.orchestrator.url}/oauth/token", data={**form, **said})
        assert refused.status_code == status, refused.text
        assert refused.json()["error"] == error, "the form of RFC 6749, section 5.2"
        assert refused.json()["error_description"]
        problem(running.http.post(f"{running.nodes['north'].url}/oauth/token", data=form), 404)


def test_refuses_a_token_without_the_right(running: Network, north: Member) -> None:
    form = {"grant_type": "client_credentials", "client_id": north.client_id, "client_secret": north.client_secret}
    asked_for = {**form, "resource": north.home, "scope": "catalogue:read"}
    narrow = ok(running.http.post(f"{running.orchestrator.url}/oauth/token", data=asked_for))["access_token"]
    with unchanged(running):
        answer = running.http.post(north.api("datasets"), json=description("narrow"), headers=bearing(narrow))
        assert "data:publish" in str(problem(answer, 403)["reasons"])
        problem(running.http.get(north.api("reviews"), headers=bearing(narrow)), 403)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"version": "not an iri"}, 422),
        ({"version": "http://elsewhere.example/id/dataset/x/version/1"}, 404),
        ({"purpose": "Fun"}, 422),
        ({"justification": ""}, 422),
        ({"justification": "\ud800 is half a character and no text"}, 422),
        ({"accept_conditions": False}, 422),
        ({"accept_conditions": "perhaps"}, 422),
        ({"extra": 1}, 422),
    ],
)
def test_refuses_a_request_that_cannot_be(
    running: Network, vale: Member, asked: str, said: dict[str, object], status: int
) -> None:
    body = {"version": asked, "purpose": "NetworkPlanning", "justification": "A study.", "accept_conditions": True}
    with unchanged(running):
        text = json.dumps({**body, **said})
        headers = {"Content-Type": "application/json"}
        problem(vale.ask("POST", vale.api("access-requests"), content=text, headers=headers), status)


def test_refuses_requests_and_decisions_out_of_order(
    running: Network, north: Member, vale: Member, granted: str, asked: str
) -> None:
    (review,) = north.reviews(asked)
    (agreement,) = north.agreements(granted)
    done = next(one["negotiation"] for one in vale.requests() if one["version"] == granted)
    with unchanged(running):
        problem(vale.ask_access(asked), 409)
        problem(vale.ask_access(granted), 409)
        problem(vale.ask_access(granted.replace("version/1", "version/9")), 404)
        problem(vale.ask_access(granted.replace("/granted/", "/unheard-of/")), 404)
        for pid in (str(uuid4().urn), done, "nonsense", "urn:uuid:x y"):
            for decision in ("approval", "refusal"):
                assert north.decide(pid, decision).status_code in {404, 422}
        problem(north.decide(review["negotiation"], "approval", reason=""), 422)
        problem(north.decide(review["negotiation"], "approval", until="2020-01-01T00:00:00Z"), 422)
        problem(north.decide(review["negotiation"], "approval", until="tomorrow"), 422)
        problem(
            vale.ask("POST", f"{north.home}/api/v1/reviews/{review['negotiation']}/approval", json={"reason": "x"}), 403
        )
        problem(north.revoke(f"{north.home}/id/agreement/{uuid4()}"), 404)
        problem(north.revoke(agreement["agreement"], reason=" "), 422)


def test_decides_and_revokes_once(running: Network, north: Member, vale: Member) -> None:
    version = north.provide("once", [(FILE, small_model(3))])
    vale.request(version)
    (review,) = north.reviews(version)
    agreement = north.approve(version)["agreement"]
    with unchanged(running):
        for decision in ("approval", "refusal"):
            problem(north.decide(review["negotiation"], decision), 409)
    ok(north.revoke(agreement))
    with unchanged(running):
        problem(north.revoke(agreement), 409)
        problem(vale.query(version), 403)


@pytest.mark.parametrize(
    ("text", "says", "status"),
    [
        ("SELECT * WHERE {", "The query has", 400),
        ("", "The query has", 400),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", "The query has", 400),
        ("DROP ALL", "The query has", 400),
        ("SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SERVICE", 422),
        ("SELECT * WHERE { SERVICE SILENT ?anything { ?s ?p ?o } }", "SERVICE", 422),
        ("SELECT * WHERE { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SERVICE", 422),
        ("SELECT * WHERE { ?s ?p '" + "x" * 100_001 + "' }", "longer", 422),
    ],
)
def test_refuses_what_is_no_query(
    running: Network, vale: Member, granted: str, text: str, says: str, status: int
) -> None:
    with unchanged(running, but=("AccessGranted",)):
        assert says in problem(vale.query(granted, text), status)["detail"]
        raw = {"Content-Type": "application/sparql-query"}
        problem(vale.ask("POST", sparql_url(granted), content=text.encode(), headers=raw), status)


def test_refuses_other_ways_to_ask(running: Network, vale: Member, granted: str) -> None:
    url = sparql_url(granted)
    update = "INSERT DATA { <urn:a> <urn:b> <urn:c> }"
    with unchanged(running, but=("AccessGranted",)):
        problem(vale.ask("POST", url, data={"update": update}), 400)
        for kind in ("application/sparql-update", "text/plain", "application/json", ""):
            answer = vale.ask("POST", url, content=update.encode(), headers={"Content-Type": kind})
            problem(answer, 415)
        assert "SPARQL11Query" in vale.ask("GET", url).text
        broken = vale.ask("POST", url, content=b"SELECT \xff", headers={"Content-Type": "application/sparql-query"})
        problem(broken, 400)
        picky = vale.ask("GET", url, params={"query": "ASK {}"}, headers={"Accept": "image/png"})
        assert "application/sparql-results+json" in str(problem(picky, 406))
        for method in ("PUT", "DELETE", "PATCH"):
            problem(vale.ask(method, url), 405)
        problem(vale.ask("GET", url.replace("version/1", "version/0"), params={"query": "ASK {}"}), 422)
        problem(vale.ask("GET", url.replace("version/1", "version/2"), params={"query": "ASK {}"}), 404)
        problem(vale.ask("GET", url.replace("version/1", "version/" + "9" * 30), params={"query": "ASK {}"}), 404)
        problem(vale.download(granted, "other.xml"), 404)
        problem(vale.download(granted, "..%2F..%2Fjournal.sqlite"), 404)


def test_the_short_way_to_a_query_answers_as_the_framework_does(
    running: Network, north: Member, vale: Member, granted: str
) -> None:
    """A number with a nought before it takes the long way."""
    short = sparql_url(granted)
    long = "/0".join(short.rsplit("/", 1))
    told = bearing(vale.token(north.home))
    asked_in = {"Content-Type": "application/sparql-query"}
    ways: list[dict[str, Any]] = [
        {"method": "GET", "params": {"query": "SELECT * WHERE { ?s ?p ?o } LIMIT 3"}, "headers": told},
        {"method": "HEAD", "params": {"query": "ASK {}"}, "headers": told},
        {"method": "GET", "headers": {**told, "Accept": "text/turtle"}},
        {"method": "POST", "content": "ASK { <a> ?p ?o }", "headers": {**told, **asked_in}},
        {"method": "POST", "data": {"query": "ASK {}"}, "headers": told},
        {"method": "QUERY", "content": "ASK {}", "headers": {**told, **asked_in}},
        {"method": "POST", "content": "ASK {", "headers": {**told, **asked_in}},
        {"method": "POST", "content": "ASK {}", "headers": {**told, "Content-Type": "text/plain"}},
        {"method": "POST", "content": b"ASK {} #\xff", "headers": {**told, **asked_in}},
        {"method": "POST", "content": b"#" * ((16 << 20) + 1), "headers": {**told, **asked_in}},
        {"method": "GET", "params": {"query": "ASK {}"}, "headers": {**told, "Accept": "image/png"}},
        {"method": "GET", "params": {"query": "ASK {}"}, "headers": {"Authorization": "Basic YTpi"}},
        {"method": "GET", "params": {"query": "ASK {}"}},
        {"method": "GET", "params": {"wrong": "ASK {}"}},
    ]
    for way in ways:
        one, other = (running.http.request(url=url, **way) for url in (short, long))
        assert one.status_code == other.status_code, way
        if "problem" in one.headers.get("content-type", ""):
            assert {**one.json(), "instance": ""} == {**other.json(), "instance": ""}, way
        else:
            assert one.content == other.content, way
        for name in ("content-type", "vary", "cache-control", "accept-query", "www-authenticate", "link"):
            assert one.headers.get(name, "").replace("/version/1", "/version/01") == other.headers.get(name, ""), way


def test_refuses_a_message_of_two_gigabytes(running: Network, north: Member, vale: Member, granted: str) -> None:
    kinds = {
        north.api("datasets"): "application/json",
        f"{north.home}/dsp/negotiations/request": "application/json",
        sparql_url(granted): "application/sparql-query",
    }
    with unchanged(running):
        for url, kind in kinds.items():
            status, sent = raw_upload(vale, f"POST {url}", "Content-Length: 2147483648", chunks=0)
            assert (status, sent) == (413, 0)
            endless = (b" " * 1_000_000 for _ in range(200))
            refused = vale.ask("POST", url, content=endless, headers={"Content-Type": kind})
            assert "bytes" in problem(refused, 413)["title"]


def test_refuses_addresses_and_questions_that_are_none(running: Network, north: Member) -> None:
    with unchanged(running):
        for path in ("/", "/nonsense", "/api/v1", "/api/v2/datasets", "/problems/unheard-of", "/%00", "/api/v1/%ff"):
            answer = running.http.get(north.home + path, headers={"Accept": "application/json"})
            assert answer.status_code in {200, 303, 307, 404}, answer.text
            if answer.status_code == 404:
                problem(answer, 404)
        problem(running.http.delete(north.api("catalogue")), 405)
        for question in ({"limit": "0"}, {"limit": "many"}, {"limit": "9999999"}):
            problem(running.http.get(north.api("catalogue"), params=question), 422)
        for iri in ("x> } DROP ALL #", "not an iri", ""):
            answer = running.http.get(north.api("catalogue/dataset"), params={"iri": iri})
            problem(answer, answer.status_code)
            assert answer.status_code in {404, 422}
            if iri:
                problem(north.ask("GET", north.api("audit"), params={"version": iri}), 422)
        problem(running.http.get(f"{north.home}/events", headers={"Last-Event-ID": "yesterday"}), 422)
        problem(running.http.get(f"{north.home}/events", params={"after": "-1"}), 422)


def test_refuses_registrations_and_decisions_that_cannot_be(running: Network, vale: Member) -> None:
    place = f"{running.orchestrator.url}/api/v1/organisations"
    home = running.nodes["dale"].url
    wrong: list[tuple[int, dict[str, object]]] = [
        (409, registration("Dale Again plc", "99999999", home)),
        (409, registration("Same Number plc", "00000001", home)),
        (422, registration("", "12345678", home)),
        (422, registration("Odd Number plc", "12-34", home)),
        (422, registration("No Address plc", "12345678", "next door")),
        (422, registration("No Mail plc", "12345678", home, contact_email="ada")),
        (422, registration("No Role plc", "12345678", home, roles=["king"])),
        (422, registration("Old Terms plc", "12345678", home, accepted_terms="0.9")),
        (502, registration("Away plc", "12345678", "http://127.0.0.1:9")),
    ]
    with unchanged(running):
        for status, fields in wrong:
            problem(running.http.post(place, json=fields), status)
        problem(running.http.post(f"{vale.home}/api/v1/organisations", json=wrong[0][1]), 404)
        decision = {"move": "suspend", "reason": "I do not like it."}
        problem(vale.ask("POST", f"{place}/{key_of(vale.iri)}/decisions", json=decision), 403)
        problem(vale.ask("GET", f"{place}/desk"), 403)
        problem(running.operator.decide(vale.iri, "approve"), 409)
        problem(running.operator.decide(vale.iri, "suspend", reason=" "), 422)
        problem(running.operator.decide(vale.iri, "promote"), 422)
        problem(running.operator.decide("x/unheard-of", "approve"), 404)
        problem(running.operator.decide(f"{running.orchestrator.url}/id/organisation/orchestrator", "suspend"), 409)
        check = {"name": "horoscope", "passed": True}
        problem(running.operator.ask("POST", f"{place}/{key_of(vale.iri)}/checks", json=check), 422)


def test_who_may_use_a_view_meets_it_alone_at_every_door(north: Member, vale: Member) -> None:
    view = {"classes": ["CoordinateSystem"], "properties": ["IdentifiedObject.name"]}
    north.describe("viewed")
    north.send("viewed", FILE, small_model(5))
    north.prepare("viewed")
    wrong = {"audience": "participants", "view": {"classes": ["CoordinateSistem"]}}
    refused = problem(north.ask("POST", north.api("datasets/viewed/versions"), json=wrong), 422)
    assert "no class `CoordinateSistem`" in refused["detail"]
    assert "`CoordinateSystem`" in refused["remedy"]
    version = north.publish("viewed", view=view)
    vale.request(version)
    north.approve(version)
    url, asked = sparql_url(version), {"query": "SELECT DISTINCT ?p { ?s ?p ?o }"}
    whole = north.ask("GET", url, params=asked)
    seen = vale.ask("GET", url, params=asked, headers={"If-None-Match": whole.headers["etag"]})
    assert len(ok(seen)["results"]["bindings"]) == 2 < len(ok(whole)["results"]["bindings"])
    assert seen.headers["etag"] != whole.headers["etag"]
    files = ok(vale.ask("GET", sparql_url(version).replace("/sparql/", "/download/")))
    assert [file["name"] for file in files] == ["view.nt"]
    assert b"crsUrn" not in vale.download(version, "view.nt").content
    problem(vale.download(version, FILE), 404)
    page = north.ask("GET", version.replace("/id/", "/doc/"), headers={"Accept": "text/html"}).text
    assert "downloads this part as <code>view.nt</code>" in page
    assert "may use the data (only objects of CoordinateSystem; the properties IdentifiedObject.name)" in page
    federated = vale.ask("GET", f"{vale.home}/sparql/federation", params={**asked, "version": version})
    assert len(ok(federated)["results"]["bindings"]) == 2
