"""Files that others put here, each in the folder of the transfer that brought it, until they are discarded.

Unlike objects they can be taken away for good, as an agreement may demand. A file is whole or not there.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from typing import IO, BinaryIO

from virtuales.errors import NotFound, StoreFailure
from virtuales.store.object_store import StoredObject

_CHUNK = 1 << 20
_PART = ".part"


class ReceivedFiles:
    """A directory of received files; they are named by their content, so no name from elsewhere becomes a path.

    Args:
        directory: Made when the first file comes.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def keep(self, transfer: str, source: BinaryIO) -> StoredObject:
        """Keep the bytes of a file, on the disk before the call returns; keeping them again changes nothing.

        Args:
            transfer: The UUID of the transfer.
            source: Where the bytes come from, read to its end.

        Raises:
            StoreFailure: they could not be kept.
        """
        folder = self._directory / transfer
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=folder, suffix=_PART, delete=False) as file:
                part = Path(file.name)
                try:
                    return self._kept(source, file, part)
                finally:
                    part.unlink(missing_ok=True)
        except OSError as error:
            raise StoreFailure(f"The file could not be kept: {error.strerror}.", where=transfer) from error

    def read(self, transfer: str, digest: str) -> Iterator[bytes]:
        """Give a file's bytes in pieces.

        Raises:
            NotFound: there is no such file.
        """
        try:
            file = (self._directory / transfer / digest).open("rb")
        except OSError:
            raise NotFound("The file is not kept here any more.", where=digest) from None
        return _pieces(file)

    def discard(self, transfer: str, digest: str) -> None:
        """Take a file away for good; one that is not there is none to take away."""
        folder = self._directory / transfer
        (folder / digest).unlink(missing_ok=True)
        with suppress(OSError):  # others are still in it
            folder.rmdir()

    def all(self) -> Iterator[tuple[str, str]]:
        """Give transfer and digest of every file that is kept, and remove what writers left that were killed."""
        for folder in sorted(self._directory.iterdir()) if self._directory.is_dir() else ():
            for file in sorted(folder.iterdir()):
                if file.suffix == _PART:
                    file.unlink(missing_ok=True)
                else:
                    yield folder.name, file.name

    @staticmethod
    def _kept(source: BinaryIO, file: IO[bytes], part: Path) -> StoredObject:
        while chunk := source.read(_CHUNK):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
        with part.open("rb") as written:
            digest = file_digest(written, "sha256").hexdigest()
        size = part.stat().st_size
        part.rename(part.with_name(digest))
        _to_disk(part.parent)
        return StoredObject(digest, size)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
