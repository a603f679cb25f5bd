"""Writes what a mapping makes into files: the caller's, and those of the mapping's logical targets.

See https://kg-construct.github.io/rml-io/spec/docs/, sections on targets.
"""

import gzip
import io
import json
import lzma
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from virtuales.errors import InputError
from virtuales.preparation.distinct import DistinctLines
from virtuales.preparation.rml.bulk import Chunk
from virtuales.preparation.rml.mapping import LogicalTarget, Packing
from virtuales.preparation.rml.serialisations import RDF_JSON
from virtuales.rdf.io import parse_file, serialize_quads
from virtuales.rdf.media import JSON_LD, N_QUADS, N_TRIPLES, TRIG
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Quad, plain

_WITH_GRAPHS = frozenset([N_QUADS, TRIG, JSON_LD])
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Output:
    """Where statements go.

    Args:
        path: The file for statements without a target of their own.
        media_type: Its syntax.
        folder: The folder below which the mapping's targets are written.
        inputs: Files that may not be written over.
        prefixes: Prefixes for the syntaxes that have them.
    """

    path: Path
    media_type: str
    folder: Path
    inputs: frozenset[Path] = frozenset()
    prefixes: Mapping[str, str] | None = None

    def place(self, target: LogicalTarget | None) -> Path:
        """Return the file of a target, or the caller's own.

        Raises:
            InputError: it is one of the inputs, lies outside the folder, or is the caller's own.
        """
        if target is None:
            if self.path.is_dir():
                raise InputError("This is a folder.", where=str(self.path), remedy="Name a file.")
            return self.path
        place = self.folder / target.path
        below = place.resolve().is_relative_to(self.folder.resolve())
        if not below or place.resolve() in {*self.inputs, self.path.resolve()} or place.is_dir():
            what = "is a folder, or a file that is read or written already" if below else "leads out of the folder"
            raise InputError(
                f"The target `{target.path}` {what}.", where=target.place, remedy="Give it a name of its own."
            )
        return place


@dataclass(frozen=True)
class Written:
    """A file that was written, and how many statements are in it."""

    path: Path
    statements: int


def write_chunks(chunks: Iterable[Chunk], output: Output) -> list[Written]:
    """Write statements, each once a file; a file takes its place only when all went well with it.

    Returns:
        The caller's file first, though it may be empty, and then those of the targets.

    Raises:
        InputError: a target cannot be written to, or its syntax has no named graphs and there are some.
        UnreadableInput: an IRI of `rml:UnsafeIRI`, in a syntax other than N-Triples and N-Quads.
    """
    if not output.path.parent.is_dir():
        raise InputError("There is no such directory.", where=str(output.path.parent), remedy="Make it first.")
    with TemporaryDirectory(prefix=".virtuales-", dir=output.path.parent) as directory:
        sinks: dict[LogicalTarget | None, _Sink] = {None: _Sink(DistinctLines(Path(directory) / "0.nq"))}
        for chunk in chunks:
            quads = chunk.quads()
            for target in chunk.targets or (None,):
                if target not in sinks:
                    sinks[target] = _Sink(DistinctLines(Path(directory) / f"{len(sinks)}.nq"))
                sinks[target].lines.add(quads, typed=False)
                sinks[target].graph = sinks[target].graph or chunk.named_graph()
        return [_write(sink, target, output) for target, sink in sinks.items()]


@dataclass
class _Sink:
    """The statements of one file, and a named graph among them if there is one."""

    lines: DistinctLines
    graph: str = ""


def _write(sink: _Sink, target: LogicalTarget | None, output: Output) -> Written:
    sink.lines.close()
    place = output.place(target)
    if target is not None:
        place.parent.mkdir(parents=True, exist_ok=True)
    media_type = output.media_type if target is None else target.media_type
    if sink.graph and media_type not in _WITH_GRAPHS:
        raise InputError(
            f"There are statements in the graph {sink.graph}, and this syntax has no named graphs.",
            where=str(place) if target is None else target.place,
            remedy="Write N-Quads, TriG or JSON-LD.",
        )
    content = _serialised(sink.lines.path, media_type, output.prefixes, str(place))
    if target is not None and target.encoding != "utf-8":
        content = _encoded(content, target.encoding)
    if target is not None and target.packing is not Packing.NONE:
        content.write_bytes(_PACKERS[target.packing](content.read_bytes(), target.path))
    content.chmod(0o644)
    shutil.move(content, place)
    return Written(place, sink.lines.count)


def _serialised(n_quads: Path, media_type: str, prefixes: Mapping[str, str] | None, where: str) -> Path:
    """Return a file with the statements in a syntax; N-Triples and N-Quads are there already."""
    if media_type in {N_QUADS, N_TRIPLES}:
        return n_quads
    ordered = sorted(n_quads.read_bytes().splitlines(keepends=True))  # brings what is said of a subject together
    quads = parse_file(b"".join(ordered), N_QUADS, name=where)
    content = _rdf_json(quads) if media_type == RDF_JSON else serialize_quads(quads, media_type, prefixes=prefixes)
    made = n_quads.with_suffix(".made")
    made.write_bytes(content)
    return made


def _encoded(content: Path, encoding: str) -> Path:
    made = content.with_suffix(".encoded")
    with (
        content.open(encoding="utf-8", newline="") as source,
        made.open("w", encoding=encoding, newline="") as sink,
    ):
        shutil.copyfileobj(source, sink)
    return made


def _rdf_json(quads: Iterable[Quad]) -> bytes:
    """Write statements as RDF/JSON; see https://www.w3.org/TR/rdf-json/."""
    said: dict[str, dict[str, list[dict[str, str]]]] = {}
    for quad in quads:
        values = said.setdefault(_key(quad.subject), {}).setdefault(quad.predicate.value, [])
        values.append(_rdf_json_value(quad.object))
    return json.dumps(said, indent=2, ensure_ascii=False).encode()


def _key(term: object) -> str:
    return f"_:{term.value}" if isinstance(term, BlankNode) else plain(term)


def _rdf_json_value(term: object) -> dict[str, str]:
    if isinstance(term, Literal):
        found = {"type": "literal", "value": term.value}
        if term.language:
            return found | {"lang": term.language}
        return found | {"datatype": term.datatype.value}
    return {"type": "uri" if isinstance(term, NamedNode) else "bnode", "value": _key(term)}


def _gzip(data: bytes, name: str) -> bytes:  # noqa: ARG001  (all packers are called alike)
    return gzip.compress(data, mtime=0)


def _zip(data: bytes, name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(_member(name), _EPOCH), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _tar(data: bytes, name: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo(_member(name))
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def _tar_gzip(data: bytes, name: str) -> bytes:
    return gzip.compress(_tar(data, name.removesuffix(".gz")), mtime=0)


def _tar_xz(data: bytes, name: str) -> bytes:
    return lzma.compress(_tar(data, name.removesuffix(".xz")))


def _member(name: str) -> str:
    """Return the name of the only file of an archive: the archive's own without its suffix."""
    return PurePosixPath(name).with_suffix("").name


_PACKERS: Mapping[Packing, Callable[[bytes, str], bytes]] = {
    Packing.GZIP: _gzip,
    Packing.ZIP: _zip,
    Packing.TAR_GZIP: _tar_gzip,
    Packing.TAR_XZ: _tar_xz,
}
