"""`virtuales validate --registry`: a consumer's CI judges by what is in force at a running node, and without it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.cli.terminal import Said, Terminal
from tests.clients import Operator, ok
from tests.journey.small_model import GL, small_model
from tests.nodes import NodeProcess

BUILT_IN = "cgmes-3.0/GL"
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix cim: <http://iec.ch/TC57/CIM100#> .
<http://rules.example/System> a sh:NodeShape ; sh:targetClass cim:CoordinateSystem ;
  sh:property <http://rules.example/name> .
<http://rules.example/name> sh:path cim:IdentifiedObject.name ; sh:pattern "^OSGB" ;
  sh:message "A coordinate system is the National Grid." .
"""


@dataclass(frozen=True)
class Bench:
    """An orchestrator, its staff, and a terminal with a cache and a model to judge."""

    node: NodeProcess
    staff: Operator
    terminal: Terminal
    model: Path
    cache: Path
    schema: str

    def validate(self, *more: object) -> Said:
        return self.terminal("validate", self.model, "--registry", self.node.url, *more)

    def judged(self) -> dict[str, Any]:
        (one,) = self.validate("--format", "json").json()
        return dict(one)

    def register(self, version: str, **said: Any) -> str:  # noqa: ANN401 - a proposal's fields
        body = {
            "identifier": self.schema,
            "version": version,
            "title": "Rules of the tests",
            "profiles": [GL],
            "licence": "CC-BY-4.0",
            "source": "Written by the tests.",
            "content": SHAPES,
            **said,
        }
        answer = ok(self.staff.ask("POST", f"{self.node.url}/api/v1/schemas", json=body), 201)
        return str(answer["registered"]["iri"])

    def decide(self, version: str, move: str) -> None:
        url = f"{self.node.url}/api/v1/schemas/{self.schema}/{version}/decisions"
        ok(self.staff.ask("POST", url, json={"move": move, "reason": f"The tests {move} it."}))


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    made = NodeProcess(tmp_path_factory.mktemp("registry") / "orchestrator", role="orchestrator")
    try:
        made.start()
        yield made
    finally:
        made.end()


@pytest.fixture
def bench(node: NodeProcess, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Give each test its own schema at the one node, which the last test kills."""
    (tmp_path / "gl.xml").write_bytes(small_model(1))
    cache = tmp_path / "cache"
    terminal = Terminal(tmp_path / "config", {"VIRTUALES_CACHE_DIR": str(cache)})
    schema = "tests/" + request.node.name.removeprefix("test_").replace("_", "-")
    with httpx.Client(timeout=60) as http:
        yield Bench(node, Operator(http, node.url), terminal, tmp_path / "gl.xml", cache, schema)


def test_refuses_a_registry_that_is_none_or_beside_shapes(tmp_path: Path) -> None:
    (tmp_path / "gl.xml").write_bytes(small_model(1))
    terminal = Terminal(tmp_path / "config", {"VIRTUALES_CACHE_DIR": str(tmp_path / "cache")})
    for url, said in (("registry", "no address"), ("http://127.0.0.1:9", "does not answer")):
        answer = terminal("validate", tmp_path / "gl.xml", "--registry", url)
        assert (answer.code, said in answer.err) == (2, True), answer.all
    both = terminal("validate", tmp_path / "gl.xml", "--registry", "http://127.0.0.1:9", "--shapes", "a.ttl")
    assert both.code == 2
    assert "not both" in both.err


@pytest.mark.req("C3", "J2.4")
def test_judges_by_the_versions_in_force_and_names_them(bench: Bench) -> None:
    assert bench.validate().code == 0
    bench.register("1")
    assert bench.validate().code == 0, "a draft judges nothing"
    bench.decide("1", "approve")
    said = bench.validate()
    assert said.code == 1
    assert f"{bench.schema} 1" in said.out
    assert "A coordinate system is the National Grid." in said.out
    judged = bench.judged()
    assert f"{bench.node.url}/id/schema/{bench.schema}/version/1" in judged["schemas"]
    assert any(f"/id/schema/{BUILT_IN}/version/" in iri for iri in judged["schemas"])
    bench.decide("1", "withdraw")
    assert bench.validate().code == 0


@pytest.mark.req("C3")
def test_respects_dates_and_tells_of_deprecation(bench: Bench) -> None:
    strict = bench.register("1", required_from="2100-01-01T00:00:00Z")
    bench.decide("1", "approve")
    assert bench.validate().code == 0, "its date is to come"
    lenient = SHAPES.replace("^OSGB", "WGS")
    bench.register("2", content=lenient, replaces=[strict], required_from="2020-01-01T00:00:00Z")
    bench.decide("2", "approve")
    bench.decide("2", "deprecate")
    judged = bench.judged()
    assert [iri for iri in judged["schemas"] if f"/{bench.schema}/" in iri] == [
        f"{bench.node.url}/id/schema/{bench.schema}/version/2"
    ]
    assert judged["remarks"] == [f"{bench.schema} 2 is deprecated and will be withdrawn: The tests deprecate it."]


@pytest.mark.req("C3")
def test_every_format_names_the_versions_and_other_engines_get_none(bench: Bench) -> None:
    for form in ("text", "json", "turtle", "sarif", "junit", "html"):
        said = bench.validate("--format", form)
        assert (said.code, BUILT_IN in said.out) == (0, True), said.all
    other = bench.validate("--engine", "pyshacl")
    assert (other.code, "--shapes" in other.err) == (2, True), other.all
    with httpx.Client() as http:
        for path in ("/api/v1/schemas", f"/api/v1/schemas/in-force?profile={GL}"):
            first = http.get(bench.node.url + path)
            again = http.get(bench.node.url + path, headers={"If-None-Match": first.headers["etag"]})
            assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
            assert http.get(bench.node.url + path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.req("C3", "P4")
def test_judges_without_the_registry_by_what_it_said_last(bench: Bench) -> None:
    bench.register("1")
    bench.decide("1", "approve")
    assert bench.validate().code == 1
    bench.node.kill()
    said = bench.validate()
    assert said.code == 1
    assert "does not answer" in said.err
    assert "Judged by what it said at" in said.err
    assert f"{bench.schema} 1" in said.out
    for kept in (file for file in (bench.cache / "schemas" / "sha256").rglob("*") if file.is_file()):
        kept.write_bytes(b"forged")
    unusable = bench.validate()
    assert unusable.code == 2, "what was changed on disk is not believed"
