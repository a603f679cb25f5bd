"""What commands judge or infer from: RDF files, models of CIM/XML files and zips, and what a change makes of them.

What reads CIM/XML is loaded when there is some: RDF files are judged without it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from virtuales.assurance.judging import Judgeable, Judgement
from virtuales.assurance.rejudging import Rejudgement
from virtuales.assurance.report import ValidationReport
from virtuales.assurance.reports.shown import Change, Shown
from virtuales.errors import InputError, UnreadableInput
from virtuales.models.registry import ModelRegistry
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX
from virtuales.rdf.media import RDF_XML

if TYPE_CHECKING:
    from virtuales.preparation.cim.applying import Conflict
    from virtuales.preparation.cim.package import PackagedModel
    from virtuales.workflow.change_models import ChangedModel
    from virtuales.workflow.locate import Document as Source
    from virtuales.workflow.locate import Lines


@dataclass(frozen=True)
class Document:
    """One document to be judged.

    Args:
        judgeable: What is judged.
        file: Where it is; a zip's member stands behind the zip and a slash.
        sources: The CIM/XML documents in which its objects stand, what says most of them last first.
        model: The model that it was read as, where it is CIM.
        conflicts: What did not fit when difference models made it.
    """

    judgeable: Judgeable
    file: str
    sources: "tuple[Source, ...]" = ()
    model: "PackagedModel | None" = None
    conflicts: "tuple[Conflict, ...]" = ()

    def shown(self, judgement: Judgement, *reports: ValidationReport, examples: int) -> Shown:
        """Join what judging it gave with the lines of its objects, for the first results of some reports."""
        lines: dict[str, Lines] = {self.file: {}}
        if self.sources:
            from virtuales.workflow.locate import lines_of_results  # noqa: PLC0415  # see the module
        for source in self.sources:
            found = lines.setdefault(source.file, {})
            for report in reports:
                found |= lines_of_results(report, source, examples=examples)
        own = lines.pop(self.file)
        return Shown(judgement, self.file, own, tuple(lines.items()))

    def changed(self, model: "ChangedModel") -> "Document":
        """Return the document as a change of its model made it."""
        last = model.documents[-1]
        judgeable = replace(self.judgeable, name=last.member.name, path=model.statements, profiles=model.profiles)
        return Document(judgeable, last.file, model.documents, conflicts=model.conflicts)


@dataclass(frozen=True)
class Pair:
    """A document before a change and after it; the same twice where the change does not concern it."""

    before: Document
    after: Document

    def shown(self, judged: Rejudgement, examples: int, *, only_new_refuses: bool) -> Shown:
        """Join what judging both gave with the lines of their objects."""
        compared = judged.comparison
        change = Change(
            comparison=compared,
            before=self.before.shown(judged.before, compared.mended, examples=examples),
            ended=judged.ended,
            began=judged.began,
            conflicts=self.after.conflicts,
            only_new_refuses=only_new_refuses,
        )
        shown = self.after.shown(judged.after, compared.new, compared.unchanged, examples=examples)
        return replace(shown, change=change)


class Documents:
    """Reads documents.

    Args:
        directory: An existing, empty directory for what is read, as N-Triples.
        models: The models by which CIM/XML is typed.
        base: The IRI under which CIM identifiers that are no UUID fall.
        profiles: IRIs of profiles, for CIM files without a header.
    """

    def __init__(self, directory: Path, models: ModelRegistry, base: str, profiles: Sequence[str] | None) -> None:
        self._directory = directory
        self._models = models
        self._base = base
        self._profiles = profiles

    def read(self, files: Sequence[Path]) -> list[Document]:
        """Return the RDF files themselves, and each model of the CIM files.

        Raises:
            UnreadableInput, UnknownTerm, TooLarge, InputError: a file is not what it claims to be, or is missing.
        """
        rdf, cim = _apart(files)
        documents = [Document(Judgeable(str(file), file), str(file)) for file in rdf]
        if cim:
            from virtuales.preparation.cim.package import read_package  # noqa: PLC0415  # see the module
            from virtuales.preparation.cim.reader import CimReader  # noqa: PLC0415  # likewise

            reader = CimReader(self._models, self._base)
            package = read_package(cim, self._place("before"), reader=reader, profiles=self._profiles)
            documents += [_of_model(model) for model in package.models]
        return documents

    def each(self, files: Sequence[Path]) -> Iterator[Document]:
        """Give the same as `read`, one after the other and fit to be judged by our own engine, not to be changed.

        Raises:
            UnreadableInput, UnknownTerm, TooLarge, InputError: a file is not what it claims to be, or is missing.
        """
        rdf, cim = _apart(files)
        yield from (Document(Judgeable(str(file), file), str(file)) for file in rdf)
        if cim:
            from virtuales.preparation.cim.reader import CimReader  # noqa: PLC0415  # see the module
            from virtuales.workflow.locate import Document as Source  # noqa: PLC0415  # likewise
            from virtuales.workflow.models_to_judge import read_models_to_judge  # noqa: PLC0415  # likewise

            reader = CimReader(self._models, self._base)
            for model in read_models_to_judge(cim, self._directory, reader=reader, profiles=self._profiles):
                source = Source(model.member, model.identifiers)
                path = model.member.source.path
                yield Document(Judgeable(model.member.name, path, model.profiles, model.graph), source.file, (source,))

    def change(self, documents: Sequence[Document], changes: Sequence[Path]) -> list[Pair]:
        """Return each document with what difference models and new editions make of it.

        Raises:
            UnreadableInput, UnknownTerm, TooLarge: a file is not what it claims to be, or is missing.
            InputError: a change is of none of the documents, or a document is given several.
        """
        rdf, cim = _apart(changes)
        models = [document.model for document in documents if document.model is not None]
        made: Iterable[ChangedModel | None] = [None] * len(models)
        if cim and models:
            from virtuales.preparation.cim.collection import CollectionReader  # noqa: PLC0415  # see the module
            from virtuales.workflow.change_models import change_models  # noqa: PLC0415  # likewise

            reader = CollectionReader(self._models, self._base, tuple(self._profiles or ()))
            made = change_models(models, cim, self._place("after"), reader=reader)
        elif cim:
            raise _of_none(cim[0], "no CIM model is given that it could change")
        by_model = dict(zip(map(id, models), made, strict=True))
        edition = _edition(documents, rdf)
        pairs = []
        for document in documents:
            changed = by_model.get(id(document.model))
            if document.model is None and edition is not None:
                pairs.append(Pair(document, Document(Judgeable(str(edition), edition), str(edition))))
            else:
                pairs.append(Pair(document, document.changed(changed) if changed else document))
        return pairs

    def _place(self, name: str) -> Path:
        place = self._directory / name
        place.mkdir()
        return place


@contextmanager
def documents(models: ModelRegistry, base: str, profiles: Sequence[str] | None) -> Iterator[Documents]:
    """Give what reads documents, which are there for as long as it is open."""
    with TemporaryDirectory(prefix="virtuales-") as directory:
        yield Documents(Path(directory), models, base, profiles)


def _apart(files: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Tell files of RDF from those of CIM/XML by their suffixes."""
    missing = next((file for file in files if not file.is_file()), None)
    if missing is not None:
        raise UnreadableInput("There is no such file.", where=str(missing))
    rdf = [file for file in files if MEDIA_TYPES_BY_SUFFIX.get(file.suffix.lower(), RDF_XML) != RDF_XML]
    return rdf, [file for file in files if file not in rdf]


def _edition(known: Sequence[Document], files: Sequence[Path]) -> Path | None:
    """Return the RDF file that takes the place of the one there is."""
    if not files:
        return None
    number = sum(document.model is None for document in known)
    if number != 1 or len(files) != 1:
        raise _of_none(files[0], f"{number} RDF files are given, and {len(files)} that change one")
    return files[0]


def _of_none(file: Path, why: str) -> InputError:
    return InputError(
        f"It cannot be told what the file changes: {why}.",
        where=str(file),
        remedy="Give one RDF file and its new edition, or CIM models and difference models or new editions of them.",
    )


def _of_model(model: "PackagedModel") -> Document:
    from virtuales.workflow.locate import Document as Source  # noqa: PLC0415  # see the module

    source = Source.of(model)
    judgeable = Judgeable(model.member.name, model.statements, model.reading.profiles)
    return Document(judgeable, source.file, (source,), model)
