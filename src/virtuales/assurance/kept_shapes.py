"""Compiled shapes that are kept on disk, so that the next process need not compile the same files again.

An entry is found by the digests of the files, by where they lie and what they are called, and by the version of this
package; what they import is looked up again and must have the digest that it had. Entries are data (JSON) and run
nothing; one that is damaged, or that another user could have written, counts as none. See `KeptShapes`.
"""

import json
import logging
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from stat import S_IWGRP, S_IWOTH

from virtuales import __version__
from virtuales.assurance.compiling import compile_afresh
from virtuales.assurance.imports import Find, Followed, gather, labels_of, look_for, nothing
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.shapes_as_json import from_json, to_json
from virtuales.rdf.io import PARSER

_LOG = logging.getLogger(__name__)
_MOST_BYTES = 64 << 20
"""Room for the shapes of a country's profiles ten times over."""
_ABANDONED_SECONDS = 3600.0
_SUFFIX = ".json"
_OWN_CODE = Path(__file__).parent


class KeptShapes:
    """Compiles shapes as `virtuales.assurance.compiler.compile_shapes` does, and keeps what it made.

    Safe to use by several processes at once. What was used longest ago is let go of first. A directory that cannot be
    written keeps nothing, one that others could write into is neither read nor written.

    Args:
        directory: Where to keep it; made when it is first needed.
        most_bytes: How much is kept.
    """

    def __init__(self, directory: Path, *, most_bytes: int = _MOST_BYTES) -> None:
        self._directory = directory
        self._most_bytes = most_bytes

    def __call__(
        self, sources: Sequence[Path | bytes], *, names: Sequence[str] = (), find: Find = nothing
    ) -> ShapesGraph:
        """Return the compiled shapes graph of some files; arguments and errors are those of `compile_shapes`."""
        labels = labels_of(sources, names)
        key = _key(sources, labels)
        if key is None or not self._is_usable():
            return compile_afresh(sources, names=names, find=find)
        kept = self._load(key, find)
        if kept is not None:
            return kept
        from virtuales.assurance.compiler import compile_gathered  # noqa: PLC0415  # what is kept needs no compiler

        gathered = gather(sources, labels, find)
        compiled = compile_gathered(gathered)
        # A file that was changed meanwhile may have been read as it was or as it is: what came of it is not kept.
        if key == _key(sources, labels) and all(map(_is_unchanged, gathered.followed)):
            self._keep(key, gathered.followed, compiled)
        return compiled

    def _is_usable(self) -> bool:
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            usable = _is_own(self._directory.stat())
        except OSError as error:
            _LOG.info("Compiled shapes are not kept in %s: %s", self._directory, error.strerror)
            return False
        if not usable:
            _LOG.warning("Compiled shapes are not kept in %s: other users can write there.", self._directory)
        return usable

    def _load(self, key: str, find: Find) -> ShapesGraph | None:
        """Return what is kept under a key; None where nothing is that can be relied on."""
        path = self._directory / (key + _SUFFIX)
        try:
            with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
                whole = file.read() if _is_own(os.fstat(file.fileno())) else b""
        except OSError:
            return None
        digest, _, rest = whole.partition(b"\n")
        if digest.decode(errors="replace") != _digest(rest):
            return None
        imports, _, body = rest.partition(b"\n")
        if not all(_still(*one, find=find) for one in json.loads(imports)):
            return None
        try:
            found = from_json(body.decode())
        except ValueError:
            return None
        with suppress(OSError):
            os.utime(path)  # used last
        return found

    def _keep(self, key: str, followed: Iterable[Followed], compiled: ShapesGraph) -> None:
        """Write beside the entry, then put it in its place in one step; what cannot be written is not kept."""
        try:
            rest = f"{json.dumps([_written(one) for one in followed])}\n{to_json(compiled)}".encode()
        except RecursionError:  # paths within paths, far beyond what anybody writes
            return
        if len(rest) > self._most_bytes:
            return
        try:
            with tempfile.NamedTemporaryFile(dir=self._directory, suffix=".tmp", delete=False) as file:
                beside = Path(file.name)
                try:
                    file.write(_digest(rest).encode() + b"\n" + rest)
                    file.close()
                    beside.replace(self._directory / (key + _SUFFIX))
                except BaseException:
                    beside.unlink(missing_ok=True)
                    raise
            self._let_go()
        except OSError as error:
            _LOG.info("Compiled shapes are not kept in %s: %s", self._directory, error.strerror)

    def _let_go(self) -> None:
        """Remove what was used longest ago until the rest has room, and what writers left that were killed."""
        room = self._most_bytes
        now = time.time()
        for used, size, path in sorted(self._files(), reverse=True):
            room -= size if path.suffix == _SUFFIX else 0
            if room < 0 or (path.suffix != _SUFFIX and now - used > _ABANDONED_SECONDS):
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self._directory.iterdir():
            with suppress(FileNotFoundError):  # another process may let go of it meanwhile
                about = path.stat()
                yield about.st_mtime, about.st_size, path


def _is_own(about: os.stat_result) -> bool:
    """Tell whether a file belongs to this user and nobody else may write to it; true where a system has no owners."""
    if not hasattr(os, "geteuid"):
        return True
    return about.st_uid == os.geteuid() and not about.st_mode & (S_IWGRP | S_IWOTH)


def _key(sources: Sequence[Path | bytes], labels: Sequence[str]) -> str | None:
    """Return the name of an entry; None where a source cannot be read, which compiling it will say better."""
    try:
        files = [(str(one.resolve()) if isinstance(one, Path) else "", _digest_of(one)) for one in sources]
        code = [
            (str(one.relative_to(_OWN_CODE)), one.stat().st_size, one.stat().st_mtime_ns)
            for one in sorted(_OWN_CODE.rglob("*.py"))
        ]
    except OSError:
        return None
    return _digest(json.dumps([__version__, PARSER, code, files, list(labels)]).encode())


def _is_unchanged(import_: Followed) -> bool:
    return import_.found is None or import_.found.digest() == import_.digest != ""


def _written(import_: Followed) -> tuple[str, str, str, str]:
    """Return what entries say of an import: its IRI, the path of its importer, what was found, and its digest."""
    importer = str(import_.importer) if isinstance(import_.importer, Path) else ""
    return import_.iri, importer, import_.found.name if import_.found else "", import_.digest


def _still(iri: str, importer: str, name: str, digest: str, *, find: Find) -> bool:
    """Tell whether an import leads to what it led to when the entry was made."""
    found = look_for(iri, Path(importer) if importer else b"", find)
    return (found.name, found.digest()) == (name, digest) if found else not name


def _digest_of(content: Path | bytes) -> str:
    return _digest(content.read_bytes() if isinstance(content, Path) else content)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
