"""The schema registry: which shapes judge a model that says it conforms to which profiles.

A folder of shapes has a `manifest.ttl` in which each shapes graph names the profiles it stands for
(`dcterms:conformsTo`), its file (`ves:file`) and its status.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from virtuales.assurance.compiling import Compile, compile_afresh
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.imports import ImportableFiles, Ontology
from virtuales.assurance.rules import Judging, Ruling
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.validator import validate
from virtuales.errors import ConfigurationError, UnknownTerm
from virtuales.models.manifest import ListedFile, read_manifest
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import DCTERMS, RDF, VES
from virtuales.rdf.terms import plain

_KIND = f"{VES.iri}ShapesGraph"
_FILE = f"{VES.iri}file"
_STATUS = f"{VES.iri}status"
_WITHDRAWN = f"{VES.iri}Withdrawn"


@dataclass(frozen=True)
class RegisteredShapes:
    """One shapes graph of the registry.

    Args:
        iri: What it is called in RDF.
        identifier: What people call it, such as `cgmes-3.0/EQ`.
        profiles: IRIs of the profile versions whose models it judges.
        file: The file that holds it.
    """

    iri: str
    identifier: str
    profiles: frozenset[str]
    file: Path


class SchemaRegistry:
    """The registered shapes graphs, compiled when they are first asked for and kept.

    Args:
        entries: The registered shapes graphs, in the order in which they judge.
        models: The registered models, which shapes may import.
        compile_: What compiles them.
    """

    def __init__(
        self,
        entries: Iterable[RegisteredShapes],
        models: Iterable[ListedFile] = (),
        *,
        compile_: Compile = compile_afresh,
    ) -> None:
        self.entries = tuple(entries)
        self._compile = compile_
        self._importable = ImportableFiles(
            [
                *((entry.iri, entry.identifier, entry.file) for entry in self.entries),
                *((one.iri.value, one.identifier, one.path) for one in models),
            ]
        )
        self._compiled: dict[tuple[Path, ...], ShapesGraph] = {}
        self._lock = Lock()

    @classmethod
    def load(cls, folder: Path, models: Path | None = None, *, compile_: Compile = compile_afresh) -> "SchemaRegistry":
        """Read the manifest of a folder of shapes.

        Args:
            folder: The folder of shapes.
            models: The folder of models; None when shapes are to import none.
            compile_: What compiles the shapes.

        Raises:
            ConfigurationError: the manifest is missing, or names a file that is.
            UnreadableInput: the manifest is not well-formed Turtle.
        """
        manifest = folder / "manifest.ttl"
        if not manifest.is_file():
            raise ConfigurationError(
                "The folder of shapes has no manifest.",
                where=str(manifest),
                remedy="Restore the contributed folder `shapes`, or run `virtuales models import`.",
            )
        entries = [_entry(folder, iri, said) for iri, said in sorted(_described(manifest).items())]
        listed = [] if models is None else read_manifest(models, VES.Model)
        return cls((entry for entry in entries if entry is not None), listed, compile_=compile_)

    def find(self, iri: str) -> Ontology | None:
        """Return the registered shapes graph or model of an IRI, for shapes that import it; None when there is none."""
        return self._importable.find(iri)

    @property
    def profiles(self) -> frozenset[str]:
        """IRIs of all profile versions that some registered shapes graph judges."""
        return frozenset(profile for entry in self.entries for profile in entry.profiles)

    def entries_for(self, profiles: Sequence[str]) -> tuple[RegisteredShapes, ...]:
        """Return the registered shapes graphs that judge a model of these profiles together.

        Args:
            profiles: IRIs of profile versions, as a model's header names them; at least one.

        Raises:
            UnknownTerm: none is given, or one has no registered shapes: what cannot be judged does not pass.
        """
        unknown = [profile for profile in profiles if profile not in self.profiles]
        if unknown or not profiles:
            raise UnknownTerm(
                "No shapes are registered for the profile." if unknown else "The model names no profile.",
                where=", ".join(unknown) or None,
                remedy="Name a registered profile: " + ", ".join(sorted(self.profiles)) + ".",
            )
        return tuple(entry for entry in self.entries if not entry.profiles.isdisjoint(profiles))

    def shapes_for(self, profiles: Sequence[str]) -> ShapesGraph:
        """Return the compiled shapes that judge a model of these profiles.

        Args:
            profiles: IRIs of profile versions, as a model's header names them; at least one.

        Raises:
            UnknownTerm: none is given, or one has no registered shapes.
            UnreadableInput: a registered file is not well-formed RDF.
        """
        entries = self.entries_for(profiles)
        files = tuple(dict.fromkeys(entry.file for entry in entries))
        with self._lock:
            if files not in self._compiled:
                names = tuple({entry.file: entry.identifier for entry in entries}.values())
                self._compiled[files] = self._compile(files, names=names, find=self.find)
            return self._compiled[files]

    def judge(self, graph: ColumnarGraph, profiles: Sequence[str], *, by: Judging = validate) -> Ruling:
        """Judge a model of these profiles (`Rules.judge`); errors are those of `shapes_for`."""
        return Ruling(by(graph, self.shapes_for(profiles)))


def _described(manifest: Path) -> dict[str, dict[str, list[str]]]:
    """Return what the manifest says of each subject: predicate IRI to values, both as bare text."""
    described: dict[str, dict[str, list[str]]] = {}
    for quad in parse_file(manifest):
        described.setdefault(plain(quad.subject), {}).setdefault(quad.predicate.value, []).append(plain(quad.object))
    return described


def _entry(folder: Path, iri: str, said: dict[str, list[str]]) -> RegisteredShapes | None:
    if _KIND not in said.get(RDF.type.value, []) or _WITHDRAWN in said.get(_STATUS, []):
        return None
    (file,) = said.get(_FILE, [""])[:1]
    if not file or not (folder / file).is_file():
        raise ConfigurationError(
            "A registered shapes graph has no file.",
            where=f"{iri}: {file or 'no ves:file'}",
            remedy="Correct the manifest.",
        )
    identifier = said.get(DCTERMS.identifier.value, [iri])[0]
    return RegisteredShapes(iri, identifier, frozenset(said.get(DCTERMS.conformsTo.value, [])), folder / file)
