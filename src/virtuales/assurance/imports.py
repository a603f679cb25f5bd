"""`owl:imports` of shapes graphs, followed without any network.

An import is looked for by its IRI among the files that are given together, among what is registered, and among the
files beside the one that imports it: by the IRI or version IRI that an ontology in the file declares
(https://www.w3.org/TR/owl2-syntax/#Imports). One that is nowhere is a fault: named, and left out.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from virtuales.assurance.shapes import SHACL, Fault
from virtuales.errors import UnreadableInput
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX, parse_file
from virtuales.rdf.namespaces import OWL, RDF
from virtuales.rdf.terms import Quad, Subject, Triple, plain

_BUILT_IN = frozenset({SHACL, SHACL.rstrip("#")})
"""The vocabulary of SHACL itself, which needs no file."""
_DECLARE = f"{SHACL}declare"
_TYPE, _ONTOLOGY = RDF.type.value, OWL.Ontology
_IMPORTS, _VERSION = OWL.imports.value, OWL.versionIRI.value
_LARGEST = 32 << 20
"""Bytes of a file beside another up to which it is looked into."""


@dataclass(frozen=True)
class Ontology:
    """What can be imported: a file or the bytes of Turtle, and what reports call it."""

    name: str
    content: Path | bytes

    def digest(self) -> str:
        """Return the SHA-256 of its bytes; empty where they cannot be read."""
        try:
            return sha256(self.content.read_bytes() if isinstance(self.content, Path) else self.content).hexdigest()
        except OSError:
            return ""


Find = Callable[[str], Ontology | None]
"""Returns what is registered under an IRI; None when nothing is."""


def nothing(_: str) -> None:
    """Find nothing: for shapes that can import only what they are given together with, or what lies beside them."""


@dataclass(frozen=True)
class Part:
    """One file of a shapes graph, read.

    Args:
        name: What reports call it.
        content: The file, or its bytes.
        quads: Its statements.
    """

    name: str
    content: Path | bytes
    quads: Sequence[Quad]

    def names(self) -> set[str]:
        """Return the IRIs by which the file can be imported."""
        own = {self.content.resolve().as_uri()} if isinstance(self.content, Path) else set()
        return _declared(self.quads) | own

    def imports(self) -> Iterator[tuple[str, str]]:
        """Give each import: the term of the ontology that states it, and the IRI."""
        for quad in self.quads:
            if quad.predicate.value == _IMPORTS:
                yield str(quad.subject), plain(quad.object)


class Followed(NamedTuple):
    """An import that no file given with it answers.

    Args:
        iri: What is imported.
        importer: The file that imports it, or its bytes.
        found: What was found; None where nothing was.
        digest: The SHA-256 of what was found, before it was read; empty where nothing was, or it cannot be read.
    """

    iri: str
    importer: Path | bytes
    found: Ontology | None
    digest: str


@dataclass
class Gathered:
    """All files that make a shapes graph, imported ones last, the imports that were followed, and those left out."""

    parts: list[Part] = field(default_factory=list)
    followed: list[Followed] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class ImportableFiles:
    """Registered files, found by the IRI they are registered under or by one that an ontology in them declares.

    Args:
        files: IRI, name and path of each.
    """

    def __init__(self, files: Iterable[tuple[str, str, Path]]) -> None:
        self._files = [(iri, Ontology(name, path)) for iri, name, path in files]
        self._declared: dict[str, Ontology] | None = None

    def find(self, iri: str) -> Ontology | None:
        """Return what is registered under an IRI; None when nothing is."""
        for registered, file in self._files:
            if registered == iri:
                return file
        if self._declared is None:
            declared = ((one, file) for _, file in self._files for one in _declared_in(file.content))
            self._declared = dict(reversed(list(declared)))
        return self._declared.get(iri)


def gather(sources: Sequence[Path | bytes], names: Sequence[str], find: Find = nothing) -> Gathered:
    """Read the files of a shapes graph and all that they import, each once.

    Args:
        sources: RDF files, or the bytes of Turtle documents.
        names: What they are called in reports.
        find: Tells what is registered.

    Raises:
        UnreadableInput: one of the sources is no RDF; what is imported and cannot be read is a fault.
    """
    gathered = Gathered([_read(Ontology(name, one)) for one, name in zip(sources, names, strict=True)])
    known = {iri for part in gathered.parts for iri in part.names()} | _BUILT_IN
    have = {part.content for part in gathered.parts}
    for part in gathered.parts:  # grows while it is gone through
        for subject, iri in part.imports():
            if iri in known:
                continue
            found = look_for(iri, part.content, find)
            gathered.followed.append(Followed(iri, part.content, found, found.digest() if found else ""))
            try:
                if found is not None and found.content not in have:
                    gathered.parts.append(_read(found))
                    known |= gathered.parts[-1].names()
                    have.add(found.content)
            except UnreadableInput as error:
                gathered.faults.append(Fault(subject, f"The import <{iri}> was left out: {error}", "owl:imports"))
            else:
                if found is None:
                    gathered.faults.append(Fault(subject, _missing(iri), "owl:imports"))
            known.add(iri)
    return gathered


def labels_of(sources: Sequence[Path | bytes], names: Sequence[str]) -> list[str]:
    """Return what sources are called in reports: by their names, those that have none by their paths."""
    return [*names, *(str(source) if isinstance(source, Path) else "bytes" for source in sources[len(names) :])]


def look_for(iri: str, importer: Path | bytes, find: Find) -> Ontology | None:
    """Return what an import leads to: what is registered, else what lies beside its importer; None for nothing."""
    return find(iri) or _beside(importer, iri)


def _missing(iri: str) -> str:
    return (
        f"The import <{iri}> was left out: no ontology of that name is among the given files, registered, "
        "or in a file beside this one. Nothing is fetched from the network."
    )


def _read(source: Ontology) -> Part:
    media_type = None if isinstance(source.content, Path) else "text/turtle"
    base = None if isinstance(source.content, Path) else "urn:shapes:"
    return Part(source.name, source.content, list(parse_file(source.content, media_type, base=base, name=source.name)))


def _declared(quads: Iterable[Quad]) -> set[str]:
    """Return the IRIs and version IRIs of the ontologies that some statements declare, or give prefixes to."""
    ontologies = set[Subject | Triple]()
    versioned: list[Quad] = []
    for quad in quads:
        predicate = quad.predicate.value
        if predicate == _DECLARE or (predicate == _TYPE and quad.object == _ONTOLOGY):
            ontologies.add(quad.subject)
        elif predicate == _VERSION:
            versioned.append(quad)
    versions = {plain(quad.object) for quad in versioned if quad.subject in ontologies}
    return versions | {plain(one) for one in ontologies if str(one).startswith("<")}


def _declared_in(content: Path | bytes) -> set[str]:
    """Return what a file declares; nothing where it is no RDF, or too large to be looked into."""
    try:
        if isinstance(content, Path):
            if content.stat().st_size > _LARGEST or b"Ontology" not in content.read_bytes():
                return set()
        elif b"Ontology" not in content:
            return set()
        return _declared(_read(Ontology("", content)).quads)
    except (OSError, UnreadableInput):
        return set()


def _beside(content: Path | bytes, iri: str) -> Ontology | None:
    """Look in the importing file's own directory for the file of that name, or one that declares the IRI."""
    if not isinstance(content, Path):
        return None
    files = [
        file
        for file in sorted(content.parent.iterdir())
        if file != content and file.suffix.lower() in MEDIA_TYPES_BY_SUFFIX and file.is_file()
    ]
    parts = urlsplit(iri)
    named = Path(unquote(parts.path)) if parts.scheme == "file" and not parts.netloc else None
    for file in files:
        if file.resolve() == named:
            return Ontology(str(file), file)
    return next((Ontology(str(file), file) for file in files if iri in _declared_in(file)), None)
