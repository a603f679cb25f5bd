"""The manifests of the contributed folders: which files there are, what each is, its source and its licence.

A manifest is Turtle. Its entries about models are kept by `virtuales models import`; people write the others, and what
they write is kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from virtuales.errors import ConfigurationError, InputError
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import DCTERMS, OWL, RDF, RDFS, VES, VOID
from virtuales.rdf.terms import Literal, NamedNode, plain
from virtuales.rdf.turtle import TurtleDocument

MANIFEST = "manifest.ttl"
_PREFIXES = {"dcterms": DCTERMS.iri, "owl": OWL.iri, "ves": VES.iri, "void": VOID.iri}
_NEEDED = (DCTERMS.identifier, VES.file, DCTERMS.source, DCTERMS.license)
_READ = frozenset({RDF.type, RDFS.label, OWL.versionInfo, DCTERMS.conformsTo, *_NEEDED})


@dataclass(frozen=True)
class ListedFile:
    """One entry of a manifest.

    Args:
        iri: The thing that the file holds.
        kind: Its class: a model, a shapes graph, an ontology.
        identifier: Its registered name.
        path: The file.
        source: Where it comes from.
        licence: The source's licence.
        title: A name for people.
        version: The publisher's version.
        conforms_to: The profile IRIs that it is about.
        further: Further statements of the entry: predicate to value, where it has one.

    Raises:
        InputError: source or licence is empty.
    """

    iri: NamedNode
    kind: NamedNode
    identifier: str
    path: Path
    source: str
    licence: str
    title: str = ""
    version: str = ""
    conforms_to: frozenset[str] = frozenset()
    further: Mapping[NamedNode, NamedNode | Literal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an entry that does not say where its file comes from or under which licence."""
        for what, text in (("source", self.source), ("licence", self.licence)):
            if not text:
                raise InputError(
                    f"The {what} of `{self.identifier}` is not said.",
                    where=str(self.path),
                    remedy=f"Every contributed file names its {what}.",
                )


def read_manifest(folder: Path, kind: NamedNode) -> list[ListedFile]:
    """Read a folder's entries of one class, in the order of their IRIs.

    Raises:
        ConfigurationError: there is no manifest, an entry lacks a statement, or its file is not there.
        UnreadableInput: the manifest is not Turtle.
    """
    entries = _statements(folder)
    return [_listed(folder, iri, node, kind) for iri, node in sorted(entries.items()) if kind in node.get(RDF.type, ())]


def update_manifest(folder: Path, files: Iterable[ListedFile], *, replacing: str = "") -> None:
    """Put entries into a folder's manifest, in place of those that say something of the same things.

    Args:
        folder: The folder; its manifest is made if there is none.
        files: The entries.
        replacing: Entries whose IRI starts so are removed first.

    Raises:
        UnreadableInput: the standing manifest is not Turtle.
    """
    entries = _statements(folder) if (folder / MANIFEST).is_file() else {}
    kept = {iri: node for iri, node in entries.items() if not (replacing and iri.startswith(replacing))}
    document = TurtleDocument(_PREFIXES)
    listed = list(files)
    for iri in kept.keys() - {file.iri.value for file in listed}:
        for predicate, values in kept[iri].items():
            document.add_all(NamedNode(iri), predicate, values)
    for file in listed:
        _say(document, file, folder)
    (folder / MANIFEST).write_text(document.text(), encoding="utf-8")


def remove_entry(folder: Path, iri: str) -> None:
    """Take what a folder's manifest says of a thing out of it.

    Raises:
        ConfigurationError: the folder has no manifest.
        UnreadableInput: the manifest is not Turtle.
    """
    document = TurtleDocument(_PREFIXES)
    for each, node in _statements(folder).items():
        if each != iri:
            for predicate, values in node.items():
                document.add_all(NamedNode(each), predicate, values)
    (folder / MANIFEST).write_text(document.text(), encoding="utf-8")


def _say(document: TurtleDocument, file: ListedFile, folder: Path) -> None:
    document.add(file.iri, RDF.type, file.kind)
    document.add(file.iri, DCTERMS.identifier, Literal(file.identifier))
    document.add(file.iri, VES.file, Literal(file.path.relative_to(folder).as_posix()))
    for predicate, text in (
        (RDFS.label, file.title),
        (OWL.versionInfo, file.version),
        (DCTERMS.source, file.source),
        (DCTERMS.license, file.licence),
    ):
        document.add(file.iri, predicate, iri_or_text(text) if text else None)
    document.add_all(file.iri, DCTERMS.conformsTo, map(NamedNode, file.conforms_to))
    for predicate, value in file.further.items():
        document.add(file.iri, predicate, value)


def iri_or_text(text: str) -> NamedNode | Literal:
    """Return an IRI for a text that begins as one, and else a literal.

    Raises:
        InputError: the text begins as an IRI and is none.
    """
    if not text.startswith(("http://", "https://", "urn:")):
        return Literal(text)
    try:
        return NamedNode(text)
    except ValueError as error:
        raise InputError(f"`{text}` is no IRI: {error}.", remedy="Encode the characters an IRI cannot hold.") from None


def _statements(folder: Path) -> dict[str, dict[NamedNode, list[NamedNode | Literal]]]:
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise ConfigurationError("The folder has no manifest.", where=str(manifest), remedy=f"Restore `{MANIFEST}`.")
    nodes: dict[str, dict[NamedNode, list[NamedNode | Literal]]] = {}
    for quad in parse_file(manifest):
        if not isinstance(quad.subject, NamedNode) or not isinstance(quad.object, NamedNode | Literal):
            raise ConfigurationError("A manifest has no blank nodes.", where=str(manifest), remedy="Give it an IRI.")
        nodes.setdefault(quad.subject.value, {}).setdefault(quad.predicate, []).append(quad.object)
    return nodes


def _listed(folder: Path, iri: str, node: Mapping[NamedNode, list[NamedNode | Literal]], kind: NamedNode) -> ListedFile:
    place = f"{folder / MANIFEST}: {iri}"
    for predicate in _NEEDED:
        if len(node.get(predicate, ())) != 1:
            raise ConfigurationError(
                f"The entry has {len(node.get(predicate, ()))} values of <{predicate.value}>; one is needed.",
                where=place,
            )
    path = folder / plain(node[VES.file][0])
    if not path.is_file():
        raise ConfigurationError(
            f"The manifest lists `{plain(node[VES.file][0])}`, which is not there.",
            where=place,
            remedy="Restore the file or remove the entry.",
        )
    return ListedFile(
        iri=NamedNode(iri),
        kind=kind,
        identifier=plain(node[DCTERMS.identifier][0]),
        path=path,
        source=plain(node[DCTERMS.source][0]),
        licence=plain(node[DCTERMS.license][0]),
        title=plain(node[RDFS.label][0]) if RDFS.label in node else "",
        version=plain(node[OWL.versionInfo][0]) if OWL.versionInfo in node else "",
        conforms_to=frozenset(map(plain, node.get(DCTERMS.conformsTo, ()))),
        further={each: values[0] for each, values in node.items() if each not in _READ and len(values) == 1},
    )
