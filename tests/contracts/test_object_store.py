"""What every `ObjectStore` does, proved on each implementation."""

import hashlib
import io
from pathlib import Path

import pytest

from virtuales.errors import IntegrityFailure, NotFound, TooLarge
from virtuales.store.object_store import LocalObjectStore, ObjectStore

ABSENT = "0" * 64


@pytest.fixture(params=["local"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    assert request.param == "local"
    return LocalObjectStore(tmp_path / "objects")


class TestEveryObjectStore:
    def test_refuses_more_bytes_than_the_limit_and_keeps_none(self, objects: ObjectStore) -> None:
        with pytest.raises(TooLarge):
            objects.put(io.BytesIO(b"x" * 1001), limit=1000)
        assert list(objects.digests()) == []

    def test_refuses_an_absent_digest(self, objects: ObjectStore) -> None:
        with pytest.raises(NotFound):
            objects.size(ABSENT)
        with pytest.raises(NotFound):
            objects.read(ABSENT)
        with pytest.raises(NotFound), objects.local_copy(ABSENT):
            pass

    def test_gives_back_what_was_put(self, objects: ObjectStore) -> None:
        content = bytes(range(256)) * 10_000
        stored = objects.put(io.BytesIO(content))
        assert stored.digest == hashlib.sha256(content).hexdigest()
        assert stored.size == objects.size(stored.digest) == len(content)
        assert b"".join(objects.read(stored.digest)) == content
        with objects.local_copy(stored.digest) as path:
            assert path.read_bytes() == content

    def test_keeps_equal_bytes_once(self, objects: ObjectStore) -> None:
        assert objects.put(io.BytesIO(b"same")) == objects.put(io.BytesIO(b"same"))
        assert len(list(objects.digests())) == 1

    def test_keeps_the_empty_object(self, objects: ObjectStore) -> None:
        stored = objects.put(io.BytesIO(b""))
        assert b"".join(objects.read(stored.digest)) == b""

    def test_lists_every_digest(self, objects: ObjectStore) -> None:
        digests = {objects.put(io.BytesIO(bytes([n]))).digest for n in range(20)}
        assert set(objects.digests()) == digests


def test_changed_bytes_are_found(tmp_path: Path) -> None:
    objects = LocalObjectStore(tmp_path)
    stored = objects.put(io.BytesIO(b"true"))
    objects.verify(stored.digest)
    with objects.local_copy(stored.digest) as path:
        path.write_bytes(b"fals")
    with pytest.raises(IntegrityFailure):
        objects.verify(stored.digest)
