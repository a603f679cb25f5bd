"""Compiled shapes that are kept on disk, so that the next process need not compile the same files again.

An entry is found by the digests of the files, by where they lie and what they are called, and by the version of this
package; what they import is looked up again and must have the digest that it had. Entries are data (JSON).
"""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from virtuales.assurance.compiling import compile_afresh
from virtuales.assurance.imports import Find, Followed, gather, labels_of, look_for, nothing
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.shapes_as_json import from_json, to_json
from virtuales.kept_files import KeptFiles, key_of
from virtuales.rdf.io import PARSER

_OWN_CODE = Path(__file__).parent


class KeptShapes:
    """Compiles shapes as `virtuales.assurance.compiler.compile_shapes` does, and keeps what it made.

    Args:
        files: Where to keep it.
    """

    def __init__(self, files: KeptFiles) -> None:
        self._files = files

    def __call__(
        self, sources: Sequence[Path | bytes], *, names: Sequence[str] = (), find: Find = nothing
    ) -> ShapesGraph:
        """Return the compiled shapes graph of some files; arguments and errors are those of `compile_shapes`."""
        labels = labels_of(sources, names)
        key = _key(sources, labels)
        if key is None:
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

    def _load(self, key: str, find: Find) -> ShapesGraph | None:
        """Return what is kept under a key; None where nothing is, or where an import leads elsewhere now."""
        kept = self._files.get(key)
        if kept is None:
            return None
        imports, _, body = kept.partition(b"\n")
        try:
            return from_json(body.decode()) if all(_still(*one, find=find) for one in json.loads(imports)) else None
        except ValueError:
            return None

    def _keep(self, key: str, followed: Iterable[Followed], compiled: ShapesGraph) -> None:
        try:
            body = f"{json.dumps([_written(one) for one in followed])}\n{to_json(compiled)}".encode()
        except RecursionError:  # paths within paths, far beyond what anybody writes
            return
        self._files.put(key, body)


def _key(sources: Sequence[Path | bytes], labels: Sequence[str]) -> str | None:
    """Return the name of an entry; None where a source cannot be read, which compiling it will say better."""
    try:
        files = [(str(one.resolve()) if isinstance(one, Path) else "", _digest_of(one)) for one in sources]
        return key_of(PARSER, files, list(labels), code=[_OWN_CODE])
    except OSError:
        return None


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
    return sha256(content.read_bytes() if isinstance(content, Path) else content).hexdigest()
