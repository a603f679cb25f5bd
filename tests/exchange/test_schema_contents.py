"""The bytes of registered schemas: believed by their digest alone, kept, and asked for once."""

import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from virtuales.assurance.schema import Content, SchemaKind, SchemaVersion
from virtuales.errors import IntegrityFailure, NotFound, PeerFailure
from virtuales.exchange.schema_contents import KeptContents, content_url
from virtuales.store.object_store import LocalObjectStore

ORCHESTRATOR = "http://registry.example"
BYTES = b"<http://example.org/s> <http://example.org/p> 1 ."


def registered(content: bytes | None = BYTES) -> SchemaVersion:
    return SchemaVersion(
        iri=f"{ORCHESTRATOR}/id/schema/a/b/version/1",
        kind=SchemaKind.SHAPES,
        identifier="a/b",
        version="1",
        title="Rules",
        profiles=frozenset(),
        licence="",
        source="",
        registered_at=datetime(2026, 6, 1, tzinfo=UTC),
        content=None if content is None else Content(hashlib.sha256(content).hexdigest(), len(content)),
    )


class Registry(httpx.BaseTransport):
    """An orchestrator that serves some bytes, or is away."""

    def __init__(self, served: bytes | int | None) -> None:
        self.served = served
        self.asked: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        if self.served is None:
            raise httpx.ConnectError("connection refused", request=request)
        if isinstance(self.served, int):
            return httpx.Response(self.served)
        return httpx.Response(200, content=self.served)


def contents(place: Path, registry: Registry, *folders: Path) -> KeptContents:
    client = httpx.Client(transport=registry)
    return KeptContents(LocalObjectStore(place / "objects"), ORCHESTRATOR, client=client, folders=folders)


@pytest.mark.parametrize("forged", [b"", BYTES[:-1], BYTES + b" ", BYTES.replace(b"1", b"2"), b"x" * 10_000_000])
def test_refuses_and_does_not_keep_what_has_another_digest(tmp_path: Path, forged: bytes) -> None:
    with pytest.raises(IntegrityFailure, match="not what was registered"):
        contents(tmp_path, Registry(forged)).read(registered())
    assert list(LocalObjectStore(tmp_path / "objects").digests()) == []


@pytest.mark.parametrize("served", [None, 404, 503])
def test_fails_with_a_clear_error_when_nobody_has_it(tmp_path: Path, served: int | None) -> None:
    with pytest.raises(PeerFailure, match="a/b 1") as caught:
        contents(tmp_path, Registry(served)).read(registered())
    assert caught.value.where == content_url(ORCHESTRATOR, "a/b", "1")
    assert caught.value.remedy


def test_has_nothing_to_give_for_a_schema_without_content(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no content"):
        contents(tmp_path, Registry(BYTES)).read(registered(None))


def test_asks_once_and_goes_on_without_the_orchestrator(tmp_path: Path) -> None:
    registry = Registry(BYTES)
    first = contents(tmp_path, registry)
    assert [first.read(registered()), first.read(registered())] == [BYTES, BYTES]
    assert registry.asked == [content_url(ORCHESTRATOR, "a/b", "1")]
    assert contents(tmp_path, Registry(None)).read(registered()) == BYTES


def test_takes_the_releases_own_file_without_asking(tmp_path: Path) -> None:
    (tmp_path / "release" / "deep").mkdir(parents=True)
    (tmp_path / "release" / "deep" / "file.ttl").write_bytes(BYTES)
    (tmp_path / "release" / "alike.ttl").write_bytes(BYTES.replace(b"1", b"2"))
    assert contents(tmp_path, Registry(None), tmp_path / "release").read(registered()) == BYTES


def test_refuses_a_kept_copy_that_was_tampered_with(tmp_path: Path) -> None:
    objects = LocalObjectStore(tmp_path / "objects")
    digest = objects.put(io.BytesIO(BYTES)).digest
    with objects.local_copy(digest) as path:
        path.chmod(0o600)
        path.write_bytes(b"other")
    with pytest.raises(IntegrityFailure):
        contents(tmp_path, Registry(BYTES)).read(registered())
