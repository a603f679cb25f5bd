"""One object of the grid on running nodes: found at every producer, as far as the asker may use what they have."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest
from tests.clients import Member, ok, problem
from tests.journey.networks import Network
from tests.journey.small_model import coordinate_system, small_model
from tests.nodes import eventually

from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import DCTERMS, OWL
from virtuales.rdf.terms import NamedNode

OBJECT = UUID(int=0x1234, version=4)
MRID = str(OBJECT)
IRI = f"urn:uuid:{MRID}"
OPEN = {"triage": "open", "sensitivity": "O", "handling_reason": "Nothing in it needs protection."}


def speaking(seed: int, name: str) -> bytes:
    """Write a model whose coordinate system is the object that all tests look up."""
    return small_model(seed, body=coordinate_system(OBJECT, name=name))


@pytest.fixture(scope="module")
def versions(doors: Network) -> dict[str, str]:
    """Versions that speak of the object: open and shared ones of `north`, a shared one of `vale`; one that does not."""
    north, vale = doors.members["north"], doors.members["vale"]
    made = {}
    for slug, content in (("open", speaking(1, "WGS 84")), ("other", small_model(2))):
        north.describe(f"object-{slug}", title=f"Looked up object-{slug}", **OPEN)
        north.send(f"object-{slug}", "gl.xml", content)
        north.prepare(f"object-{slug}")
        made[slug] = north.publish(f"object-{slug}", audience="open", purposes=[])
    made["shared"] = north.provide("object-shared", [("gl.xml", speaking(3, "WGS 84"))])
    made["vale"] = vale.provide("object-vale", [("gl.xml", speaking(4, "World geodetic &lt;system&gt;"))])
    eventually(lambda: north.catalogue(doors.orchestrator.url, q="object-")["total"] == len(made))
    return made


def look_up(member: Member, node: str, mrid: str = MRID, **params: str) -> dict[str, Any]:
    found: dict[str, Any] = ok(member.ask("GET", f"{node}/api/v1/objects/{quote(mrid, safe='')}", params=params))
    return found


def speakers(found: dict[str, Any]) -> set[str]:
    return {one["iri"] for one in found["versions"]}


def states(found: dict[str, Any]) -> dict[str, str]:
    return {one["version"] or one["node"]: one["state"] for one in found["sources"]}


def test_refuses_what_is_no_identifier(doors: Network) -> None:
    url = f"{doors.orchestrator.url}/api/v1/objects"
    assert "no UUID" in problem(httpx.get(f"{url}/line-7"), 422)["title"]
    problem(httpx.get(f"{doors.orchestrator.url}/doc/object/line-7", headers={"Accept": "text/turtle"}), 422)


def test_public_sees_what_is_open_and_hears_of_nothing_else(doors: Network, versions: dict[str, str]) -> None:
    found = ok(httpx.get(f"{doors.orchestrator.url}/api/v1/objects/{MRID}", timeout=60))
    assert speakers(found) == {versions["open"]}
    assert set(states(found).values()) == {"answered"}
    assert set(states(found)) == {process.url for process in doors.processes}


@pytest.mark.parametrize("place", ["orchestrator", "vale"])
def test_is_asked_for_with_the_askers_rights_at_every_producer(
    doors: Network, versions: dict[str, str], place: str
) -> None:
    vale = doors.members["vale"]
    node = doors.orchestrator.url if place == "orchestrator" else vale.home
    found = look_up(vale, node, "_" + MRID.upper())
    assert speakers(found) == {versions["open"], versions["vale"]}
    assert states(found)[versions["shared"]] == "refused"
    (refused,) = [one for one in found["sources"] if one["version"] == versions["shared"]]
    assert f"virtuales request {versions['shared']}" in refused["remedy"]
    names = {one["text"]: one["versions"] for one in found["attributes"] if one["of"]["label"] == "name"}
    assert names == {"WGS 84": [versions["open"]], "World geodetic <system>": [versions["vale"]]}
    assert [one["name"] for one in found["classes"]] == ["cim:CoordinateSystem"]


def test_who_is_refused_cannot_tell_whether_a_version_speaks_of_it(doors: Network, versions: dict[str, str]) -> None:
    unknown = look_up(doors.members["vale"], doors.orchestrator.url, str(UUID(int=7, version=4)))
    assert speakers(unknown) == set()
    assert states(unknown)[versions["shared"]] == "refused"


def test_asks_one_node_alone_when_told_to(doors: Network, versions: dict[str, str]) -> None:
    north = doors.members["north"]
    found = look_up(north, north.home, everywhere="false")
    assert speakers(found) == {versions["open"], versions["shared"]}
    assert states(found) == {north.home: "answered"}


def test_every_version_that_says_something_is_on_the_trail(doors: Network, versions: dict[str, str]) -> None:
    """The trail is read by the producer's reviewer, whose client the first one is."""
    north, vale = doors.members["north"], doors.members["vale"]
    before = [one for one in north.audit(north.home) if one["door"] == "object"]
    look_up(vale, vale.home)
    fresh = [one for one in north.audit(north.home) if one["door"] == "object"][: -len(before) or None]
    assert [(one["version"], one["organisation"], one["decision"]) for one in fresh] == [
        (versions["open"], vale.iri, "allowed")
    ]


def test_thing_leads_to_a_document_in_every_form(doors: Network, versions: dict[str, str]) -> None:
    node = doors.nodes["north"].url
    answer = httpx.get(f"{node}/id/object/_{MRID.upper()}", headers={"Accept": "text/turtle"}, timeout=60)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/doc/object/{MRID}")
    for media_type in ("text/turtle", "application/ld+json"):
        document = httpx.get(f"{node}/doc/object/{MRID}", headers={"Accept": media_type}, timeout=60)
        assert document.headers["content-type"].startswith(media_type)
        quads = {(quad.subject, quad.predicate, quad.object) for quad in parse_file(document.content, media_type)}
        assert (NamedNode(IRI), DCTERMS.isReferencedBy, NamedNode(versions["open"])) in quads
        assert (NamedNode(f"{node}/id/object/{MRID}"), OWL.sameAs, NamedNode(IRI)) in quads
        again = httpx.get(
            f"{node}/doc/object/{MRID}",
            headers={"Accept": media_type, "If-None-Match": document.headers["etag"]},
            timeout=60,
        )
        assert again.status_code == 304
    nobody = str(UUID(int=8, version=4))
    missing = httpx.get(f"{node}/doc/object/{nobody}", headers={"Accept": "text/turtle"}, timeout=60)
    problem(missing, 404)


def test_page_shows_it_to_people(doors: Network, versions: dict[str, str]) -> None:
    node = doors.orchestrator.url
    form = httpx.get(f"{node}/objects", params={"mrid": f"_{MRID}"}, headers={"Accept": "text/html"}, timeout=60)
    assert (form.status_code, form.headers["location"]) == (303, f"/doc/object/{MRID}")
    wrong = httpx.get(f"{node}/objects", params={"mrid": "<x>"}, headers={"Accept": "text/html"}, timeout=60)
    assert wrong.status_code == 422
    assert "There is a problem" in wrong.text
    page = httpx.get(f"{node}/doc/object/{MRID}", headers={"Accept": "text/html"}, timeout=60)
    assert page.status_code == 200
    assert "cim:CoordinateSystem" in page.text
    assert "Looked up object-open, version 1" in page.text
    assert versions["shared"] not in page.text
