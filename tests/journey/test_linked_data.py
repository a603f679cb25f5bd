"""Every kind of thing has an IRI that answers: 303 to a document, which is a page, RDF and plain JSON, with links."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from tests.clients import ok, problem
from tests.journey.networks import Network, granted_version
from tests.journey.small_model import CIM, coordinate_system, small_model

from virtuales.cli.client.profile import Profile, save_profile
from virtuales.client import Client
from virtuales.client.session import PATHS
from virtuales.errors import Unauthenticated
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import JSON_LD, N_TRIPLES, RDF_XML, TURTLE
from virtuales.rdf.terms import plain

OBJECT = UUID(int=0x4321, version=4)
OPEN = {"triage": "open", "sensitivity": "O", "handling_reason": "Nothing in it needs protection."}
PUBLIC = (
    *("catalogue", "dataset", "version", "distribution", "offer", "organisation", "model", "term"),
    *("mapping", "mapping version", "saved query", "use case", "object", "schema", "remark"),
)
FOR_PARTIES = ("agreement", "access")
FORMS = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML, "application/json")


@pytest.fixture(scope="module")
def things(doors: Network) -> Mapping[str, str]:
    """An IRI of every kind of thing."""
    north, vale, centre = doors.members["north"], doors.members["vale"], doors.orchestrator.url
    north.describe("linked", title="Linked data", **OPEN)
    north.send("linked", "gl.xml", small_model(5, body=coordinate_system(OBJECT)))
    north.prepare("linked")
    version = north.publish("linked", audience="open", purposes=[])
    shared = granted_version(north, vale, "linked-shared")
    assert vale.count(shared) > 0
    use_case = ok(httpx.get(f"{centre}/api/v1/use-cases"))[0]
    remark = ok(vale.ask("POST", f"{centre}/api/v1/use-cases/{use_case['name']}/remarks", json={"text": "Good."}), 201)
    return {
        "catalogue": f"{north.home}/id/catalogue/node",
        "dataset": version.partition("/version/")[0],
        "version": version,
        "distribution": f"{version}#file-1",
        "offer": f"{version}#offer",
        "organisation": north.iri,
        "model": f"{centre}/id/model/cgmes-3.0/3.0.0",
        "term": f"{centre}/id/model/cgmes-3.0/3.0.0/term/cim:ACLineSegment",
        "mapping": f"{centre}/id/mapping/sensitivity-triage",
        "mapping version": ok(httpx.get(f"{centre}/api/v1/mappings"))[0]["iri"],
        "saved query": ok(httpx.get(f"{north.home}/api/v1/queries/circuits"))["iri"],
        "use case": f"{centre}/id/use-case/{use_case['name']}",
        "object": f"{north.home}/id/object/{OBJECT}",
        "schema": ok(httpx.get(f"{centre}/api/v1/schemas"))[0]["iri"],
        "remark": remark["iri"],
        "shared version": shared,
        "agreement": vale.agreements(shared)[0]["agreement"],
        "access": north.audit(north.home)[0]["iri"],
    }


@pytest.fixture(scope="module")
def tokens(doors: Network) -> Mapping[str, str]:
    """Tokens of those for whom the things for parties are."""
    north, vale = doors.members["north"], doors.members["vale"]
    return {"agreement": vale.token(vale.home), "access": north.token(north.home)}


def home(kind: str, iri: str, doors: Network) -> str:
    """Return the address at which a thing is asked for: an agreement's IRI is the provider's, and both keep it."""
    base = "/".join(iri.split("/")[:3])
    return iri.replace(base, doors.members["vale"].home) if kind == "agreement" else iri


def fetch(url: str, accept: str, token: str | None = None, **headers: str) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.get(url, headers={"Accept": accept, **bearer, **headers}, follow_redirects=True, timeout=60)


@pytest.mark.parametrize("kind", FOR_PARTIES)
def test_what_is_for_parties_is_refused_to_others(things: Mapping[str, str], kind: str) -> None:
    problem(fetch(things[kind], TURTLE), 401)


@pytest.mark.parametrize("kind", PUBLIC)
def test_nothing_answers_in_a_form_it_does_not_have(things: Mapping[str, str], kind: str) -> None:
    answer = fetch(things[kind], "image/png")
    problem(answer, 406)
    assert 'rel="alternate"' in answer.headers["link"]


@pytest.mark.parametrize("kind", PUBLIC)
def test_thing_leads_to_its_document(things: Mapping[str, str], kind: str) -> None:
    answer = httpx.get(things[kind], headers={"Accept": TURTLE}, timeout=60)
    assert (answer.status_code, answer.headers["location"][:5]) == (303, "/doc/")
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize("kind", PUBLIC)
def test_document_has_a_page_with_its_links(things: Mapping[str, str], kind: str) -> None:
    answer = fetch(things[kind], "text/html")
    assert answer.headers["content-type"].startswith("text/html")
    assert "<h1" in answer.text
    links = answer.headers["link"]
    assert f'>; rel="describedby"; type="{TURTLE}"' in links
    assert '<https://schema.org/AboutPage>; rel="type"' in links
    if kind not in {"mapping", "distribution", "offer"}:  # these are described in the document of something else
        assert f'<{things[kind]}>; rel="cite-as"' in links


@pytest.mark.parametrize("kind", [*PUBLIC, *FOR_PARTIES])
def test_document_speaks_of_the_thing_in_every_form(
    doors: Network, things: Mapping[str, str], tokens: Mapping[str, str], kind: str
) -> None:
    url, token = home(kind, things[kind], doors), tokens.get(kind)
    counts = {}
    for form in FORMS[: -1 if kind == "model" else None]:
        answer = fetch(url, form, token)
        assert answer.headers["content-type"].startswith(form), answer.text[:300]
        assert {"Accept", "Authorization"} <= set(answer.headers["vary"].split(", "))
        again = fetch(str(answer.url), form, token, **{"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        if form == "application/json":
            nodes = answer.json()["items"]
            assert any(things[kind] in (one["id"], *_same(one)) for one in nodes)
            assert "json-ld#context" in answer.headers["link"]
        else:
            quads = list(parse_file(answer.content, form))
            counts[form] = len(quads)
            about = {plain(quad.subject) for quad in quads}
            assert about & {things[kind], *(iri for iri in about if iri.endswith(things[kind].rpartition("/")[2]))}
    assert len(set(counts.values())) == 1


def _same(node: Mapping[str, object]) -> list[object]:
    found = node.get("sameAs", [])
    return found if isinstance(found, list) else [found]


def test_statements_of_a_large_model_are_refused_as_plain_json(things: Mapping[str, str]) -> None:
    assert "Turtle" in problem(fetch(things["model"], "application/json"), 413)["remedy"]


def test_trail_is_asked_by_name_by_those_who_may_read_it(doors: Network, things: Mapping[str, str]) -> None:
    north = doors.members["north"]
    url = f"{north.home}/api/v1/queries/accesses-by-agreement/answer"
    problem(httpx.get(url, timeout=60), 401)
    params = {"of_version": things["shared version"]}
    rows = ok(north.ask("GET", url, params=params, headers={"Accept": "application/sparql-results+json"}))
    (row,) = rows["results"]["bindings"]
    assert row["agreement"]["value"] == things["agreement"]
    assert row["name"]["value"] == "Vale Networks plc"


def test_every_operation_says_how_it_refuses(doors: Network) -> None:
    document = httpx.get(f"{doors.orchestrator.url}/openapi.json", timeout=60).json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert {"4XX", "5XX"} <= set(operation["responses"]), f"{method} {path}"
            for status, response in operation["responses"].items():
                assert status[0] not in "45" or response["content"], f"{method} {path} {status}"
    assert set(PATHS) <= set(document["paths"])


def test_notebook_asks_for_data_frames(
    doors: Network, things: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    vale = doors.members["vale"]
    monkeypatch.setenv("VIRTUALES_CONFIG_DIR", str(tmp_path))
    save_profile("vale", Profile(doors.orchestrator.url, vale.home, vale.client_id, vale.client_secret))
    with Client.of_profile("vale") as client:
        assert things["dataset"] in {one["iri"] for one in client.find("linked data")}
        assert client.show(things["version"])["standing"]["may_use"]
        asked = f"SELECT ?s ?name {{ ?s <{CIM}IdentifiedObject.name> ?name }}"
        frame = client.query(asked, things["version"]).to_pandas()
        assert frame.to_dict("records") == [{"s": f"urn:uuid:{OBJECT}", "name": "WGS 84"}]
        counted = client.ask("objects-by-class", version=things["dataset"]).to_pandas()
        assert len(counted) >= 1
        assert client.object(str(OBJECT))["name"] == "WGS 84"
        assert client.download(things["version"], "gl.xml", tmp_path / "gl.xml").read_bytes().startswith(b"<?xml")
    with Client.of_nobody(doors.orchestrator.url) as client:
        assert [one["name"] for one in client.queries("audit")] == ["accesses-by-agreement", "refused-accesses"]
        assert len(client.ask("organisations")) >= 3
        with pytest.raises(Unauthenticated):
            client.ask("refused-accesses")


def test_version_says_its_licence_author_and_files(things: Mapping[str, str]) -> None:
    for form in ("text/html", TURTLE):
        links = fetch(things["version"], form).headers["link"]
        assert 'rel="license"' in links
        assert f'<{things["organisation"]}>; rel="author"' in links
        assert '/gl.xml>; rel="item"; type="' in links
        assert '<https://schema.org/Dataset>; rel="type"' in links


def test_plain_json_is_what_the_context_makes_it(things: Mapping[str, str]) -> None:
    document = fetch(things["version"], "application/json").json()
    (version,) = [one for one in document["items"] if one["id"] == things["version"]]
    assert (version["title"], version["version"]) == ("Linked data", "1")
    assert version["publisher"] == things["organisation"]
    served = fetch(document["@context"], "*/*")
    assert served.headers["content-type"].startswith(JSON_LD)
    assert served.headers["access-control-allow-origin"] == "*"
    inside = {**document, "@context": served.json()["@context"]}
    statements = {str(quad.triple) for quad in parse_file(httpx.Response(200, json=inside).content, JSON_LD)}
    assert statements == {
        str(quad.triple) for quad in parse_file(fetch(things["version"], N_TRIPLES).content, N_TRIPLES)
    }


def test_saved_query_is_asked_on_its_page_and_saved_as_files(doors: Network, things: Mapping[str, str]) -> None:
    node = doors.members["north"].home
    page = fetch(f"{node}/queries?tag=operator", "text/html").text
    assert "Organisations" in page
    form = fetch(things["saved query"], "text/html").text
    assert 'name="version"' in form
    assert f'<option value="{things["version"]}">' in form
    assert things["shared version"] not in form, "the public may not know of it"
    wrong = fetch(f"{node}/queries/circuits/answer", "text/html")
    assert (wrong.status_code, "There is a problem" in wrong.text) == (422, True)
    asked = f"{node}/queries/datasets-with-class/answer"
    values = {"class": "http://iec.ch/TC57/CIM100#CoordinateSystem"}
    table = httpx.get(asked, params=values, headers={"Accept": "text/html"}, timeout=60)
    assert "Linked data" in table.text
    assert things["version"].replace(node, "").replace("/id/", "/doc/") in table.text
    for suffix, start in (("csv", b"version"), ("json", b"["), ("parquet", b"PAR1")):
        file = httpx.get(f"{asked}.{suffix}", params=values, timeout=60)
        assert file.content.startswith(start), file.text[:200]
    parquet = httpx.get(
        f"{node}/api/v1/queries/datasets-with-class/answer",
        params=values,
        headers={"Accept": "application/vnd.apache.parquet"},
        timeout=60,
    )
    assert parquet.content == file.content
