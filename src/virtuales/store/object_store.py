"""Bytes addressed by the SHA-256 of their content: the same bytes are kept once, and a name can never lie.

The implementation stands on obstore, so a directory and an S3 bucket behave alike.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore

from virtuales.errors import IntegrityFailure, NotFound, StoreFailure, TooLarge

_CHUNK = 1 << 20


@dataclass(frozen=True)
class StoredObject:
    """An object in the store.

    Args:
        digest: SHA-256 of its bytes in lower-case hexadecimal; its only name.
        size: Its length in bytes.
    """

    digest: str
    size: int


class ObjectStore(Protocol):
    """Objects that never change."""

    def put(self, source: BinaryIO, *, limit: int | None = None) -> StoredObject:
        """Keep the bytes of `source`, read to its end; keeping them again changes nothing.

        Args:
            source: Where the bytes come from.
            limit: The most bytes that are taken; None takes all.

        Raises:
            TooLarge: there are more bytes than `limit`; nothing is kept.
            StoreFailure: the store could not keep them.
        """
        ...

    def size(self, digest: str) -> int:
        """Return an object's length in bytes.

        Raises:
            NotFound: there is no such object.
        """
        ...

    def read(self, digest: str) -> Iterator[bytes]:
        """Give an object's bytes in pieces.

        Raises:
            NotFound: there is no such object.
        """
        ...

    def local_copy(self, digest: str) -> AbstractContextManager[Path]:
        """Lend a file with the object's bytes, for programs that want a path; it may vanish afterwards.

        Raises:
            NotFound: there is no such object.
        """
        ...

    def verify(self, digest: str) -> None:
        """Read the object and compare its hash with its name.

        Raises:
            NotFound: there is no such object.
            IntegrityFailure: the bytes changed.
        """
        ...

    def digests(self) -> Iterator[str]:
        """Give the digest of every object."""
        ...


class LocalObjectStore:
    """An `ObjectStore` in a directory, through obstore.

    Args:
        directory: Made when it is missing.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._incoming = directory / "incoming"
        self._incoming.mkdir(exist_ok=True)
        self._store = LocalStore(directory)

    def put(self, source: BinaryIO, *, limit: int | None = None) -> StoredObject:
        """See `ObjectStore.put`; the bytes reach the disk before the call returns."""
        with tempfile.NamedTemporaryFile(dir=self._incoming) as spool:
            stored = _spool(source, spool, limit)
            key = _key(stored.digest)
            place = self._directory / key
            if not place.exists():
                spool.seek(0)
                try:
                    obstore.put(self._store, key, Path(spool.name))
                except (BaseError, OSError) as error:
                    raise StoreFailure(f"The object store did not keep the bytes: {error}.", where=key) from error
                _to_disk(place)
        return stored

    def size(self, digest: str) -> int:
        """See `ObjectStore.size`."""
        try:
            return int(obstore.head(self._store, _key(digest))["size"])
        except (NotFoundError, FileNotFoundError):
            raise _missing(digest) from None

    def read(self, digest: str) -> Iterator[bytes]:
        """See `ObjectStore.read`."""
        try:
            result = obstore.get(self._store, _key(digest))
        except (NotFoundError, FileNotFoundError):
            raise _missing(digest) from None
        return (bytes(chunk) for chunk in result.stream(min_chunk_size=_CHUNK))

    @contextmanager
    def local_copy(self, digest: str) -> Iterator[Path]:
        """See `ObjectStore.local_copy`; here it is the object's own file, to be read only."""
        place = self._directory / _key(digest)
        if not place.is_file():
            raise _missing(digest)
        yield place

    def verify(self, digest: str) -> None:
        """See `ObjectStore.verify`."""
        actual = hashlib.sha256()
        for chunk in self.read(digest):
            actual.update(chunk)
        if actual.hexdigest() != digest:
            raise IntegrityFailure(
                "An object's bytes are no longer those it is named for.",
                where=digest,
                remedy="Restore the file from a copy.",
            )

    def digests(self) -> Iterator[str]:
        """See `ObjectStore.digests`."""
        for page in obstore.list(self._store, "sha256"):
            for entry in page:
                yield entry["path"].removeprefix("sha256/").replace("/", "")


def _key(digest: str) -> str:
    return f"sha256/{digest[:2]}/{digest[2:]}"


def _missing(digest: str) -> NotFound:
    return NotFound("There is no object of this digest.", where=digest)


def _spool(source: BinaryIO, spool: "tempfile._TemporaryFileWrapper[bytes]", limit: int | None) -> StoredObject:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if limit is not None and size > limit:
            raise TooLarge(
                f"More than the {limit} bytes that are accepted here.",
                remedy="Split the data, or ask the operator to raise the limit.",
            )
        digest.update(chunk)
        spool.write(chunk)
    spool.flush()
    return StoredObject(digest.hexdigest(), size)


def _to_disk(place: Path) -> None:
    """Ask the operating system to put the file and its directory entry on the disk."""
    for path in (place, place.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
