"""Lower: files that were received become what an organisation's own systems read, through another edition if asked."""

import tempfile
from collections import abc
from dataclasses import dataclass
from pathlib import Path

from virtuales.errors import InputError
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.collection import CollectionReader
from virtuales.preparation.lifting import LiftSource
from virtuales.preparation.sources import detect
from virtuales.workflow.convert import Converter
from virtuales.workflow.reading import Origin, read_files

_LARGEST = 4 << 30
"""The most bytes that files may unpack to."""


@dataclass(frozen=True)
class Statements:
    """What files say, as one graph.

    Args:
        n_triples: The statements.
        remarks: What is not among them, and why.
    """

    n_triples: bytes
    remarks: tuple[str, ...] = ()


def statements_of(files: abc.Mapping[Path, str | None], *, origin: Origin, models: ModelRegistry) -> Statements:
    """Read files into one graph: models of the grid, RDF, and tables and documents that others among them describe.

    Args:
        files: The files, each with the encoding that was stated.
        origin: Whose files they are, which decides the IRIs of what they do not name themselves.
        models: The vocabularies by which CIM/XML is typed.

    Raises:
        InputError: none of them holds statements.
        UnreadableInput, UnknownTerm, TooLarge: a file is not what it claims to be.
    """
    sources = [LiftSource(file, file.name, detect(file, encoding=said), said) for file, said in files.items()]
    with tempfile.TemporaryDirectory(prefix="virtuales-") as scratch:
        read = read_files(sources, Path(scratch), origin=origin, models=models, limit=_LARGEST, whole=False)
        if not read.models:
            raise InputError(
                "None of the files holds statements." + "".join(f" {each}" for each in read.remarks),
                where=", ".join(file.name for file in files),
                remedy="Give tables and documents together with the mapping or metadata that describes them.",
            )
        return Statements(b"".join(model.statements.read_bytes() for model in read.models), read.remarks)


def statements_through(
    files: abc.Sequence[Path], *, source: str, target: str, converter: Converter, base: str
) -> Statements:
    """Read models of the grid and carry them to another registered model.

    Args:
        files: CIM/XML files and zips of them.
        source: The registered model they are of.
        target: The registered model to carry them to.
        converter: Carries them.
        base: The IRI under which identifiers that are no UUID fall.

    Raises:
        InputError: a model is of another registered model, or nothing leads from the one to the other.
        UnreadableInput, UnknownTerm, TooLarge: a file is not what it claims to be.
    """
    with tempfile.TemporaryDirectory(prefix="virtuales-") as name:
        read, made = Path(name) / "read", Path(name) / "made"
        read.mkdir()
        made.mkdir()
        models = CollectionReader(converter.models, base).read(list(files), read).models
        for model in models:
            if model.vocabulary.name != source:
                raise InputError(
                    f"The model is of `{model.vocabulary.name}`, not of `{source}`.",
                    where=model.name,
                    remedy="Name the edition that the files are of.",
                )
        converted = converter.convert(models, target, made)
        lost = converted.account.total("lost")
        remarks = (f"{lost:,} statements have no counterpart in `{target}`; `virtuales convert` lists them.",)
        return Statements(
            b"".join(model.statements.read_bytes() for model in converted.models), remarks if lost else ()
        )
