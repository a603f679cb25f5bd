"""Federated queries over SPARQL servers: Oxigraph in processes of its own, by the library and by the command."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest
from pyoxigraph import RdfFormat, Store
from tests.federation.same_answers import ACCEPT, expected, is_valid
from tests.federation.servers import fill, free_port, serving
from tests.federation.small_worlds import query, world
from typer.testing import CliRunner, Result

from virtuales.cli import app
from virtuales.federation.federate import Federation


@pytest.fixture(scope="module")
def servers() -> Iterator[list[str]]:
    """The root URLs of three servers."""
    with ExitStack() as stack:
        yield [stack.enter_context(serving()) for _ in range(3)]


def masked(lines: Iterable[bytes]) -> Counter[bytes]:
    """Return lines without the labels of blank nodes, which a server makes anew when it loads them."""
    return Counter(re.sub(rb"_:[\w.]*\w", b"_:", line) for line in lines)


@pytest.mark.parametrize("seed", range(100, 115))
def test_answers_of_servers_are_those_of_the_merged_store(servers: list[str], seed: int) -> None:
    draw = Random(seed)
    data, text = world(draw, endpoints=3), query(draw)
    if not is_valid(text):
        return
    with Federation(fill(servers, data.stores)) as federation:
        assert masked(federation.answer(text, ACCEPT).body.split(b"\n")) == masked(
            expected(data.merged, text).elements()
        )


@pytest.fixture
def network(servers: list[str]) -> list[str]:
    """Endpoints of which one knows lines, and the other who owns them."""
    stores = [Store(), Store()]
    lines = b"@prefix : <http://e.example/> . :a :feeds :b . :b :feeds :c ."
    owners = b"@prefix : <http://e.example/> . :a :owner :x . :b :owner :y ."
    for store, data in zip(stores, (lines, owners), strict=True):
        store.load(data, format=RdfFormat.TURTLE)
    return fill(servers, stores)


QUERY = "PREFIX : <http://e.example/> SELECT ?to ?owner { ?from :feeds ?to ; :owner ?owner } ORDER BY ?to"


def run(*arguments: str) -> Result:
    """Run `virtuales query`."""
    return CliRunner().invoke(app, ["query", *arguments], env={"COLUMNS": "200"})


def asked(endpoints: list[str]) -> list[str]:
    """Return the options that name endpoints."""
    return [part for each in endpoints for part in ("--endpoint", each)]


def test_the_command_answers_a_file_and_explains(network: list[str], tmp_path: Path) -> None:
    file, picture, sources = (tmp_path / name for name in ("q.rq", "plan.mmd", "sources.json"))
    file.write_text(QUERY)
    result = run(
        str(file), *asked(network), "--format", "csv", "--explain", "--picture", str(picture), "--sources", str(sources)
    )
    assert result.stdout.splitlines() == [
        "to,owner",
        "http://e.example/b,http://e.example/x",
        "http://e.example/c,http://e.example/y",
    ]
    assert "?from <http://e.example/feeds> ?to" in result.stderr
    assert f"{network[1]}: 1 request, 2 triples" in result.stderr
    assert picture.read_text().startswith("flowchart LR\n")
    written = json.loads(sources.read_text())
    assert written["complete"] is True
    assert [(each["url"], each["status"], each["triples"]) for each in written["sources"]] == [
        (network[0], "answered", 2),
        (network[1], "answered", 2),
    ]


def test_the_command_fails_when_an_endpoint_is_dead(network: list[str]) -> None:
    dead = f"http://127.0.0.1:{free_port()}/query"
    result = run(QUERY, *asked([*network, dead]))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"where: {dead}" in result.stderr


def test_a_partial_answer_says_what_it_lacks(network: list[str], tmp_path: Path) -> None:
    dead = f"http://127.0.0.1:{free_port()}/query"
    sources = tmp_path / "sources.json"
    result = run(QUERY, *asked([*network, dead]), "--partial", "--sources", str(sources))
    assert "http://e.example/x" in result.stdout
    assert f"lacks what 1 source would have given. {dead} (dead: The endpoint did not answer" in result.stderr
    written = json.loads(sources.read_text())
    assert written["complete"] is False
    assert [each["status"] for each in written["sources"]] == ["answered", "answered", "dead"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "nothing to ask"),
        (("http://n.example/id/dataset/x", QUERY, "--partial"), "asked by itself"),
        (("http://n.example/id/dataset/x", QUERY, "--endpoint", "http://e.example/"), "not asked together"),
        ((QUERY, "--endpoint", "e.example"), "no URL of an endpoint"),
        (("--endpoint", "http://e.example/"), "There has to be one query"),
        (("q.rq", "--file", "p.rq", "--endpoint", "http://e.example/"), "There has to be one query"),
    ],
)
def test_refuses_what_does_not_fit(arguments: tuple[str, ...], complaint: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert complaint in result.stderr
