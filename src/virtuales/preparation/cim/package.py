"""Packages of models: XML files, or zips with XML members, read together, each model into its own N-Triples file."""

import errno
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from virtuales.errors import InputError, TooLarge, UnreadableInput
from virtuales.preparation.cim.header import ModelHeader
from virtuales.preparation.cim.reader import CimReader, ModelReading
from virtuales.preparation.sources import CIM_XML, ZIP, detect

_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_RATIO_FROM = 1 << 20
"""Bytes below which a member's ratio is not looked at: small files may compress well, and cannot hurt."""


@dataclass(frozen=True)
class PackageLimits:
    """How much a package may hold.

    Args:
        members: The number of models.
        total_bytes: Bytes of XML of all models together, uncompressed.
        ratio: How many times larger than its compressed form a zip's member may be; CIM/XML reaches about 25.
    """

    members: int = 1000
    total_bytes: int = 8 * 1024**3
    ratio: int = 200


@dataclass(frozen=True)
class SourceFile:
    """A file that somebody handed over.

    Args:
        path: Where its bytes are.
        name: What its sender calls it.
    """

    path: Path
    name: str


@dataclass(frozen=True)
class Member:
    """One XML document of a package.

    Args:
        source: The file it came in.
        inner: Its name in the zip; None when the file is the document.
        size: Its size in bytes, uncompressed.
    """

    source: SourceFile
    inner: str | None
    size: int

    @property
    def name(self) -> str:
        """What errors call it."""
        return self.source.name if self.inner is None else f"{self.source.name}/{self.inner}"

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open the document for reading.

        Raises:
            UnreadableInput: the zip is damaged.
        """
        if self.inner is None:
            with self.source.path.open("rb") as file:
                yield file
            return
        with _sound(self.name), zipfile.ZipFile(self.source.path) as archive, archive.open(self.inner) as file:
            yield cast("BinaryIO", file)


@dataclass(frozen=True)
class PackagedModel:
    """One model of a package.

    Args:
        member: The document it was read from.
        reading: What reading it gave.
        statements: The file with its N-Triples.
    """

    member: Member
    reading: ModelReading
    statements: Path


@dataclass(frozen=True)
class Package:
    """Models that were handed over together, in the order of their files."""

    models: tuple[PackagedModel, ...]


Source = Path | SourceFile


def read_package(
    sources: Source | Sequence[Source],
    directory: Path,
    *,
    reader: CimReader,
    profiles: Sequence[str] | None = None,
    limits: PackageLimits | None = None,
    lenient: bool = False,
) -> Package:
    """Read all models of one or several files.

    Args:
        sources: XML files and zips.
        directory: An existing directory for the N-Triples, one file a model; emptied of them again after an error.
        reader: Reads each model.
        profiles: IRIs of the profiles of models without header.
        limits: How much the package may hold.
        lenient: Whether to go on after what cannot be used in a model, and list it.

    Raises:
        UnreadableInput: a file is neither CIM/XML nor a sound zip of such files, or the reader refuses it.
        UnknownTerm: the reader does not know a profile, class or property.
        TooLarge: more than the limits allow.
        InputError: two files hold the same model, or there is no model at all.
    """
    return read_members(list_members(sources, limits), directory, reader=reader, profiles=profiles, lenient=lenient)


def list_members(sources: Source | Sequence[Source], limits: PackageLimits | None = None) -> list[Member]:
    """List the XML documents of one or several files, without reading them.

    Raises:
        UnreadableInput: a file is neither CIM/XML nor a sound zip of such files, or there is no document at all.
        TooLarge: more than the limits allow.
    """
    listed = [sources] if isinstance(sources, Path | SourceFile) else sources
    files = [SourceFile(file, file.name) if isinstance(file, Path) else file for file in listed]
    return _members(files, limits or PackageLimits())


def read_members(
    members: Sequence[Member],
    directory: Path,
    *,
    reader: CimReader,
    profiles: Sequence[str] | None = None,
    lenient: bool = False,
) -> Package:
    """Read models that `list_members` listed; arguments and errors are those of `read_package`."""
    models: list[PackagedModel] = []
    try:
        for number, member in enumerate(members, 1):
            statements = directory / f"{number:04}.nt"
            with member.open() as source, statements.open("wb") as sink:
                reading = reader.read(source, sink, name=member.name, profiles=profiles, lenient=lenient)
            models.append(PackagedModel(member, reading, statements))
            refuse_same_model([(model.reading.header, model.member.name) for model in models])
    except BaseException:
        for number in range(1, len(models) + 2):
            (directory / f"{number:04}.nt").unlink(missing_ok=True)
        raise
    return Package(tuple(models))


def refuse_same_model(models: Sequence[tuple[ModelHeader | None, str]]) -> None:
    """Refuse the last of some models, given by their headers and what errors call them, when it is one of the others.

    Raises:
        InputError: it is.
    """
    header, name = models[-1]
    for other, other_name in models[:-1]:
        if header is not None and other is not None and other.iri == header.iri:
            raise InputError(
                f"Two files hold the model <{header.iri}>.",
                where=f"{other_name} and {name}",
                remedy="Give each model once; a new version of a model has an identifier of its own.",
            )


def _members(files: Sequence[SourceFile], limits: PackageLimits) -> list[Member]:
    members = [member for file in files for member in _documents(file, limits)]
    if not members:
        raise UnreadableInput("The package holds no model.", remedy="Give at least one CIM/XML file.")
    total = sum(member.size for member in members)
    if len(members) > limits.members or total > limits.total_bytes:
        raise TooLarge(
            f"The package holds {len(members)} files with {total:,} bytes.",
            where=members[0].source.name,
            remedy=f"At most {limits.members} files with {limits.total_bytes:,} bytes are read at once: split it.",
        )
    return members


def _documents(file: SourceFile, limits: PackageLimits) -> list[Member]:
    kind = detect(file.path, name=file.name)
    if kind == CIM_XML:
        return [Member(file, None, file.path.stat().st_size)]
    if kind != ZIP:
        raise UnreadableInput(
            f"A model is expected, and the file is `{kind}`.",
            where=file.name,
            remedy="Give CIM/XML, or a zip of CIM/XML.",
        )
    with _sound(file.name), zipfile.ZipFile(file.path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        for entry in entries:
            _check_entry(archive, entry, file, limits)
    if len({entry.filename for entry in entries}) < len(entries):
        raise UnreadableInput("The zip has two members of one name.", where=file.name, remedy="Pack it again.")
    return [Member(file, entry.filename, entry.file_size) for entry in entries]


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: SourceFile, limits: PackageLimits) -> None:
    where = f"{file.name}/{entry.filename}"
    path = PurePosixPath(entry.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename:
        raise UnreadableInput(
            "The member's path leaves the zip.", where=where, remedy="Pack the files by their plain names."
        )
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
        raise UnreadableInput(
            "The member is encrypted or packed by an unusual method.",
            where=where,
            remedy="Pack the files with the method `deflate` and without password.",
        )
    if entry.file_size > _RATIO_FROM and entry.file_size > limits.ratio * max(entry.compress_size, 1):
        raise TooLarge(
            f"The member is said to grow to {entry.file_size:,} bytes from {entry.compress_size:,}.",
            where=where,
            remedy=f"A member may be at most {limits.ratio} times larger than its compressed form.",
        )
    with archive.open(entry) as member:
        head = member.read(4)
    if head.startswith(b"PK"):
        raise UnreadableInput(
            "The zip holds another zip.",
            where=where,
            remedy="Give the inner zips as files of their own, or unpack them.",
        )
    if not entry.filename.lower().endswith((".xml", ".rdf")):
        raise UnreadableInput(
            "The zip holds a file that is no model.",
            where=where,
            remedy="Pack CIM/XML files (`.xml`) and nothing else.",
        )


@contextmanager
def _sound(name: str) -> Iterator[None]:
    """Say that a zip is damaged when reading it fails as reading damaged zips does."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, UnicodeDecodeError) as error:
        raise _damaged(name, error) from None
    except OSError as error:
        # A member said to begin before the file does; a full disk and the like are not the zip's fault.
        if error.errno != errno.EINVAL:
            raise
        raise _damaged(name, error) from None


def _damaged(name: str, error: Exception) -> UnreadableInput:
    return UnreadableInput(f"The zip is damaged: {error}.", where=name, remedy="Send it again, or pack it again.")
