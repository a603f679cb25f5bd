"""Licences by REST: the routes over the licences that ship, without a node."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

from virtuales.policy.licences.reading import load_licences
from virtuales.resources import contributed
from virtuales.web import problems
from virtuales.web.api.licences import router

OWN = """@prefix odrl: <http://www.w3.org/ns/odrl/2/> .
<http://terms.example/own> a odrl:Set ; odrl:permission [ odrl:action odrl:use ] .
"""


class Client:
    """Asks an application of the routes alone, in this process."""

    def __init__(self, tmp_path: Path) -> None:
        self._app = FastAPI()
        self._app.include_router(router)
        problems.install(self._app)
        own = tmp_path / "own.ttl"
        own.write_text(OWN, encoding="utf-8")
        known = load_licences(contributed("ontology") / "licences.ttl", own)
        settings, workspace = SimpleNamespace(licence_files=(own,)), SimpleNamespace(licences=known)
        self._app.state.node = SimpleNamespace(settings=settings, workspace=workspace)

    def get(
        self,
        path: str,
        *,
        params: Mapping[str, str | list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Return the answer to a request."""

        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app), base_url="http://n.example") as http:
                return await http.get(path, params=params, headers=headers)

        return asyncio.run(asked())


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(tmp_path_factory.mktemp("terms"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/MIT", 404),
        ("/composition", 422),
        ("/composition?source=MIT", 422),
        ("/composition?source=CC-BY-4.0&result=MIT", 422),
    ],
)
def test_refuses_unknown_licences_and_questions_without_sources(client: Client, path: str, status: int) -> None:
    answer = client.get("/api/v1/licences" + path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == problems.MEDIA_TYPE


def test_refuses_another_form(client: Client) -> None:
    assert client.get("/api/v1/licences/OGL-UK-3.0", headers={"Accept": "image/png"}).status_code == 406


def test_composes(client: Client) -> None:
    asked = client.get("/api/v1/licences/composition", params={"source": ["ODbL-1.0", "OGL-UK-3.0"]}).json()
    assert (asked["outcome"], asked["may_carry"]) == ("allowed if", ["ODbL-1.0"])
    refused = client.get(
        "/api/v1/licences/composition", params={"source": "CC-BY-SA-4.0", "result": "CC-BY-4.0"}
    ).json()
    assert refused["outcome"] == "not allowed"
    assert refused["reasons"][0]["code"] == "share-alike"
    assert refused["reasons"][0]["rule"] == "https://creativecommons.org/licenses/by-sa/4.0/"


def test_lists_and_shows_as_json_and_as_a_policy(client: Client) -> None:
    listed = client.get("/api/v1/licences")
    assert "CC-BY-4.0" in {one["identifier"] for one in listed.json()}
    tag = {"If-None-Match": listed.headers["etag"]}
    assert client.get("/api/v1/licences", headers=tag).status_code == 304
    shown = client.get("/api/v1/licences/ogl-uk-3.0").json()
    assert shown["requires"] == ["http://creativecommons.org/ns#Attribution"]
    turtle = client.get("/api/v1/licences/OGL-UK-3.0", headers={"Accept": "text/turtle"})
    assert "odrl:permission" in turtle.text


def test_terms_of_the_nodes_own_are_shown_and_take_part(client: Client) -> None:
    turtle = client.get("/api/v1/licences/own", headers={"Accept": "text/turtle"})
    assert "terms.example/own" in turtle.text
    composed = client.get("/api/v1/licences/composition", params={"source": ["own", "CC0-1.0"]}).json()
    assert composed["outcome"] == "allowed"
    assert "own" in composed["may_carry"]
