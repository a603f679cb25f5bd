"""Files that are kept, so that what is costly to make need not be made again: found by a key, believed only if whole.

An entry is bytes that run nothing. One that is damaged, or that another user could have written, counts as none.
"""

import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from stat import S_IWGRP, S_IWOTH
from typing import TypeVar

import msgspec

from virtuales import __version__

_LOG = logging.getLogger(__name__)
_MOST_BYTES = 64 << 20
_ABANDONED_SECONDS = 3600.0
_SUFFIX = ".kept"
Record = TypeVar("Record")


class KeptFiles:
    """A directory of entries by their keys.

    Safe to use by several processes at once. What was used longest ago is let go of first. A directory that cannot be
    written keeps nothing, one that others could write into is neither read nor written.

    Args:
        directory: Where to keep them; made when it is first needed.
        most_bytes: How much is kept.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as place:
    ...     kept = KeptFiles(Path(place))
    ...     kept.put(key_of("grid"), b"made")
    ...     kept.get(key_of("grid")), kept.get(key_of("another"))
    (b'made', None)
    """

    def __init__(self, directory: Path, *, most_bytes: int = _MOST_BYTES) -> None:
        self._directory = directory
        self._most_bytes = most_bytes

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key; None where nothing is that can be relied on."""
        if not self._is_usable():
            return None
        path = self._directory / (key + _SUFFIX)
        try:
            with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
                whole = file.read() if _is_own(os.fstat(file.fileno())) else b""
        except OSError:
            return None
        digest, _, body = whole.partition(b"\n")
        if digest != _digest(body):
            return None
        with suppress(OSError):
            os.utime(path)  # used last
        return body

    def put(self, key: str, body: bytes) -> None:
        """Keep something, in one step: who reads meanwhile finds all of it or nothing. What has no room is not kept."""
        if len(body) > self._most_bytes or not self._is_usable():
            return
        try:
            with tempfile.NamedTemporaryFile(dir=self._directory, suffix=".tmp", delete=False) as file:
                beside = Path(file.name)
                try:
                    file.write(_digest(body) + b"\n" + body)
                    file.close()
                    beside.replace(self._directory / (key + _SUFFIX))
                except BaseException:
                    beside.unlink(missing_ok=True)
                    raise
            self._let_go()
        except OSError as error:
            _LOG.info("Nothing is kept in %s: %s", self._directory, error.strerror)

    def record(self, key: str, kind: type[Record], make: Callable[[], Record]) -> Record:
        """Return a record that is kept under a key, or make it and keep it; errors of `make` are passed on.

        Args:
            key: Its key.
            kind: Its class: a dataclass, whose fields say what is in it.
            make: Makes it.
        """
        kept = self.get(key)
        if kept is not None:
            try:
                return msgspec.msgpack.decode(kept, type=kind)
            except msgspec.DecodeError:
                pass  # written by other code that looked the same: it is made anew
        made = make()
        self.put(key, msgspec.msgpack.encode(made, enc_hook=dict))
        return made

    def _is_usable(self) -> bool:
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            usable = _is_own(self._directory.stat())
        except OSError as error:
            _LOG.info("Nothing is kept in %s: %s", self._directory, error.strerror)
            return False
        if not usable:
            _LOG.warning("Nothing is kept in %s: other users can write there.", self._directory)
        return usable

    def _let_go(self) -> None:
        """Remove what was used longest ago until the rest has room, and what writers left that were killed."""
        room, now = self._most_bytes, time.time()
        for used, size, path in sorted(self._files(), reverse=True):
            room -= size if path.suffix == _SUFFIX else 0
            if room < 0 or (path.suffix != _SUFFIX and now - used > _ABANDONED_SECONDS):
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self._directory.iterdir():
            with suppress(FileNotFoundError):  # another process may let go of it meanwhile
                about = path.stat()
                yield about.st_mtime, about.st_size, path


def key_of(*parts: object, code: Iterable[Path] = ()) -> str:
    """Return a key for something that is made of some parts by some code.

    Args:
        parts: What it is made of; bytes, or what `str` tells apart.
        code: Folders of the program that make it, so that an edited program makes it anew.
    """
    digest = sha256(__version__.encode())
    for part in (*parts, *_fingerprint(code)):
        told = part if isinstance(part, bytes) else str(part).encode()
        digest.update(b"%d " % len(told))
        digest.update(told)
    return digest.hexdigest()


def _fingerprint(code: Iterable[Path]) -> Iterator[str]:
    for folder in code:
        for file in sorted(folder.rglob("*.py")):
            about = file.stat()
            yield f"{file.relative_to(folder)} {about.st_size} {about.st_mtime_ns}"


def _is_own(about: os.stat_result) -> bool:
    """Tell whether a file belongs to this user and nobody else may write to it; true where a system has no owners."""
    if not hasattr(os, "geteuid"):
        return True
    return about.st_uid == os.geteuid() and not about.st_mode & (S_IWGRP | S_IWOTH)


def _digest(body: bytes) -> bytes:
    return sha256(body).hexdigest().encode()
