"""A node's registry as its clients keep it: asked what changed, believed by digest, and read without a network."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from virtuales.assurance.schema import Content, SchemaDecision, SchemaKind, SchemaStatus, SchemaVersion
from virtuales.clock import ManualClock
from virtuales.errors import ConfigurationError, IntegrityFailure, PeerFailure
from virtuales.exchange.remote_registry import RemoteRegistry
from virtuales.exchange.schema_documents import SchemaDocument

URL = "http://registry.example"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
BYTES = b"<http://example.org/s> <http://example.org/p> 1 ."
VERSION = SchemaVersion(
    iri=f"{URL}/id/schema/a/b/version/1",
    kind=SchemaKind.SHAPES,
    identifier="a/b",
    version="1",
    title="Rules",
    profiles=frozenset({"urn:profile"}),
    licence="CC-BY-4.0",
    source="The tests.",
    registered_at=NOON,
    content=Content(hashlib.sha256(BYTES).hexdigest(), len(BYTES)),
    replaces=frozenset({f"{URL}/id/schema/a/b/version/0"}),
    required_from=NOON + timedelta(days=1),
    decisions=(SchemaDecision(SchemaStatus.APPROVED, "operator", NOON, "Reviewed."),),
)


class Node(httpx.BaseTransport):
    """A node that serves a list of schemas with a tag, answers with an error, or is away."""

    def __init__(self, listed: bytes | int | None, content: bytes = BYTES) -> None:
        self.listed = listed
        self.content = content
        self.answers: list[int] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.listed is None:
            raise httpx.ConnectError("connection refused", request=request)
        answer = self._answer(request)
        self.answers.append(answer.status_code)
        return answer

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if isinstance(self.listed, int):
            return httpx.Response(self.listed)
        if request.url.path.endswith("/content"):
            return httpx.Response(200, content=self.content)
        tag = f'"{hashlib.sha256(self.listed or b"").hexdigest()}"'
        if request.headers.get("if-none-match") == tag:
            return httpx.Response(304)
        return httpx.Response(200, content=self.listed, headers={"ETag": tag})


def listed(*versions: SchemaVersion, **changed: Any) -> bytes:  # noqa: ANN401 - JSON
    """Write a list of versions as a node does, with some fields changed."""
    found = [SchemaDocument.of(one, URL).model_dump(mode="json") | changed for one in versions]
    return json.dumps(found).encode()


def registry(place: Path, node: Node, *, at: datetime = NOON) -> RemoteRegistry:
    client = httpx.Client(transport=node)
    return RemoteRegistry(URL, client=client, cache=place / "cache", folders=(), clock=ManualClock(at))


@pytest.mark.parametrize("answer", [None, 404, 403, 500, b"no JSON", b'{"a": 1}', b"[{}]"])
def test_refuses_what_is_no_registry_while_nothing_is_kept(tmp_path: Path, answer: bytes | int | None) -> None:
    with pytest.raises(PeerFailure) as caught:
        registry(tmp_path, Node(answer)).registered()
    assert (caught.value.where or "").startswith(URL)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "withdrawn"},
        {"identifier": "../../escape"},
        {"version": "a\x1b[31mb"},
        {"required_from": "2026-06-01T00:00:00"},
        {"sha256": "../../../etc/passwd"},
    ],
)
def test_refuses_a_list_that_no_registry_would_write(tmp_path: Path, changed: dict[str, str]) -> None:
    with pytest.raises(PeerFailure, match="no list of schemas"):
        registry(tmp_path, Node(listed(VERSION, **changed))).registered()


@pytest.mark.parametrize("forged", [b"", BYTES + b" ", b"x" * 1_000_000])
def test_refuses_and_does_not_keep_content_with_another_digest(tmp_path: Path, forged: bytes) -> None:
    node = Node(listed(VERSION), forged)
    with pytest.raises(IntegrityFailure):
        registry(tmp_path, node).read(VERSION)
    node.content = BYTES
    assert registry(tmp_path, node).read(VERSION) == BYTES


def test_refuses_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no directory")
    with pytest.raises(ConfigurationError, match="cache") as caught:
        registry(tmp_path, Node(listed(VERSION))).registered()
    assert "VIRTUALES_CACHE_DIR" in (caught.value.remedy or "")


def test_reads_what_the_node_wrote() -> None:
    (found,) = json.loads(listed(VERSION))
    assert SchemaDocument.model_validate(found).to_version() == VERSION


def test_asks_only_whether_the_kept_list_still_holds(tmp_path: Path) -> None:
    node = Node(listed(VERSION))
    assert registry(tmp_path, node).registered().versions == (VERSION,)
    again = registry(tmp_path, node, at=NOON + timedelta(hours=1)).registered()
    assert (again.versions, again.as_of, again.warning) == ((VERSION,), NOON + timedelta(hours=1), None)
    assert node.answers == [200, 304]
    node.listed = listed()
    assert registry(tmp_path, node).registered().versions == ()
    assert node.answers == [200, 304, 200]


def test_reads_what_is_kept_when_the_node_is_away_and_says_how_old_it_is(tmp_path: Path) -> None:
    first = registry(tmp_path, Node(listed(VERSION)))
    first.registered()
    first.read(VERSION)
    for away in (None, 503):
        later = registry(tmp_path, Node(away), at=NOON + timedelta(days=2))
        found = later.registered()
        assert found.versions == (VERSION,)
        assert found.as_of == NOON
        assert "2026-06-01T12:00:00Z" in (found.warning or "")
        assert later.read(VERSION) == BYTES


def test_does_not_go_on_without_a_node_that_refuses(tmp_path: Path) -> None:
    registry(tmp_path, Node(listed(VERSION))).registered()
    with pytest.raises(PeerFailure, match="404"):
        registry(tmp_path, Node(404)).registered()


def test_asks_anew_for_what_was_changed_on_disk(tmp_path: Path) -> None:
    node = Node(listed(VERSION))
    registry(tmp_path, node).registered()
    registry(tmp_path, node).read(VERSION)
    kept = [file for file in (tmp_path / "cache" / "sha256").rglob("*") if file.is_file()]
    assert len(kept) == 2
    for file in kept:
        file.write_bytes(b"changed")
    assert registry(tmp_path, node).registered().versions == (VERSION,)
    assert registry(tmp_path, node).read(VERSION) == BYTES
    assert node.answers == [200, 200, 200, 200]


def test_takes_a_damaged_note_as_none(tmp_path: Path) -> None:
    node = Node(listed(VERSION))
    registry(tmp_path, node).registered()
    (note,) = (tmp_path / "cache" / "registries").iterdir()
    note.write_text("{")
    registry(tmp_path, node).registered()
    assert node.answers == [200, 200]
