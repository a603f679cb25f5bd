"""Packed sources: gzip, and zip or tar with one file inside, unpacked beside their place with a limit."""

import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from virtuales.errors import TooLarge, UnreadableInput
from virtuales.preparation.rml.mapping import Packing

UNPACKED_BYTES = 2 * 1024**3
_CHUNK = 1 << 20
_XZ_MEMORY = 256 * 1024**2
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, RuntimeError)


@contextmanager
def unpacked(path: Path, packing: Packing, *, name: str, limit: int = UNPACKED_BYTES) -> Iterator[Path]:
    """Give a file as it is when it is unpacked; the unpacked one is gone when the context ends.

    Args:
        path: The file.
        packing: How it is packed.
        name: What errors call it.
        limit: The most bytes that it may unpack to.

    Raises:
        UnreadableInput: it is not packed so, or holds no or several files.
        TooLarge: it unpacks to more than the limit.
    """
    if packing is Packing.NONE:
        yield path
        return
    with TemporaryDirectory(prefix="virtuales-") as directory:
        place = Path(directory)
        try:
            content = _unpack(path, packing, place, name=name, limit=limit)
        except _BROKEN as error:
            raise UnreadableInput(
                f"The file is no sound {packing.value}: {str(error)[:200]}.",
                where=name,
                remedy="Pack it again, or correct `rml:compression`.",
            ) from None
        yield content


def _unpack(path: Path, packing: Packing, place: Path, *, name: str, limit: int) -> Path:
    if packing is Packing.ZIP:
        return _of_zip(path, place / "content", name=name, limit=limit)
    stream, content = place / "stream", place / "content"
    source = _xz_chunks(path) if packing is Packing.TAR_XZ else _gzip_chunks(path)
    _write(source, stream, name=name, limit=limit)
    return stream if packing is Packing.GZIP else _of_tar(stream, content, name=name, limit=limit)


def _write(chunks: Iterable[bytes], target: Path, *, name: str, limit: int) -> None:
    size = 0
    with target.open("wb") as sink:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise TooLarge(f"The file unpacks to more than {limit:,} bytes.", where=name, remedy="Split it.")
            sink.write(chunk)


def _gzip_chunks(path: Path) -> Iterator[bytes]:
    if not path.stat().st_size:
        raise EOFError("the file is empty")
    with gzip.open(path) as source:
        yield from iter(partial(source.read, _CHUNK), b"")


def _xz_chunks(path: Path) -> Iterator[bytes]:
    unpack = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
    with path.open("rb") as source:
        while not unpack.eof:
            data = source.read(_CHUNK) if unpack.needs_input else b""
            if not data and unpack.needs_input:
                raise EOFError("the file ends early")
            yield unpack.decompress(data, _CHUNK)


def _of_zip(path: Path, target: Path, *, name: str, limit: int) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        _require_one(len(members), name)
        with archive.open(members[0]) as source:
            _write(iter(partial(source.read, _CHUNK), b""), target, name=name, limit=limit)
    return target


def _of_tar(stream: Path, target: Path, *, name: str, limit: int) -> Path:
    with tarfile.open(stream, "r:") as archive:
        members = [member for member in archive if member.isfile()]
        _require_one(len(members), name)
        source = archive.extractfile(members[0])
        if source is None:
            raise tarfile.ReadError("its file cannot be read")
        with source:
            _write(iter(partial(source.read, _CHUNK), b""), target, name=name, limit=limit)
    return target


def _require_one(number: int, name: str) -> None:
    if number != 1:
        raise UnreadableInput(
            f"The file holds {number} files where one is expected.", where=name, remedy="Pack each source by itself."
        )
