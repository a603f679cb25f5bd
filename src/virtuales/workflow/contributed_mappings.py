"""Reading a contributed file of mappings, and checking it together with the mappings in use."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from virtuales.alignment.checks.reports import to_json
from virtuales.alignment.checks.run import Checked, check_files
from virtuales.alignment.findings import Finding
from virtuales.alignment.formats import read_file
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.registered.folder import MappingFolder, RegisteredFile
from virtuales.alignment.registered.version import CheckResult, MappingKind, MappingVersion, kind_of, suffix_of
from virtuales.alignment.rules import read_rule
from virtuales.errors import InputError
from virtuales.models.registry import ModelRegistry
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE
from virtuales.rdf.terms import parse_iri
from virtuales.store.object_store import ObjectStore, StoredObject

_NOT_SAID = "Not said."


@dataclass(frozen=True)
class Contribution:
    """A new version of mappings, as its editor sends it; what the file itself says can be left empty.

    Args:
        file_name: The file's name, whose ending says what it is.
        content: Its bytes.
        identifier: What the mappings are to be called; by default what the name, and a rule's models, say.
        version: The version; by default what a set says of itself.
        title: A name for people; by default the file's own.
        licence: IRI or name of its licence; by default what a set says of itself.
        source: Where it comes from.
        comment: What the contributor wants to say to those who review it.
    """

    file_name: str
    content: bytes
    identifier: str = ""
    version: str = ""
    title: str = ""
    licence: str = ""
    source: str = ""
    comment: str = ""


@dataclass(frozen=True)
class ReadFile:
    """What a contributed file says of itself.

    Args:
        kind: What it is.
        identifier: What it would be called.
        version: Its version; empty where it does not say.
        title: Its title; empty where it does not say.
        licence: Its licence; empty where it does not say.
        entry: A set's IRI; empty for others, which have none of their own.
        source_model: What it maps from: a model's IRI for a set, a registered name for a rule; empty for lifting.
        target_model: What it maps to, likewise.
    """

    kind: MappingKind
    identifier: str
    version: str = ""
    title: str = ""
    licence: str = ""
    entry: str = ""
    source_model: str = ""
    target_model: str = ""


def read_contribution(contribution: Contribution) -> ReadFile:
    """Read a contributed file as far as it has to be read to be registered.

    Raises:
        InputError: the file's name says nothing, or it does not say what it relates.
        UnreadableInput: it is not what its name says.
    """
    kind = kind_of(contribution.file_name)
    stem = contribution.file_name.removesuffix(suffix_of(contribution.file_name))
    with tempfile.TemporaryDirectory(prefix="virtuales-") as place, _without(Path(place)):
        path = Path(place) / contribution.file_name
        path.write_bytes(contribution.content)
        if kind is MappingKind.RULE:
            rule = read_rule(path)
            name = f"{rule.source}--{rule.target}/{stem}"
            return ReadFile(kind, name, title=rule.title, source_model=rule.source, target_model=rule.target)
        if kind is MappingKind.SET:
            return _read_set(read_file(path).mapping_set, stem)
        for _ in parse_file(contribution.content, TURTLE, name=contribution.file_name):
            continue
        return ReadFile(kind, stem)


def unregistered(sent: Contribution, read: ReadFile, entry: str) -> MappingVersion:
    """Return a version for a file that is looked at and not registered.

    Args:
        sent: The file.
        read: What it says of itself.
        entry: The IRI under which a folder is to list it.
    """
    identifier = sent.identifier or read.identifier
    return MappingVersion(
        iri=entry,
        kind=read.kind,
        identifier=identifier,
        version=sent.version or read.version or "0",
        title=read.title or identifier,
        file_name=sent.file_name,
        entry=entry,
        source_model=read.source_model,
        target_model=read.target_model,
        licence=read.licence or _NOT_SAID,
        source=sent.source or _NOT_SAID,
        content=StoredObject("", len(sent.content)),
    )


def check_registered(
    folder: MappingFolder, version: MappingVersion, content: bytes, *, models: ModelRegistry
) -> Checked:
    """Check a file as it would stand among the mappings in use.

    Args:
        folder: The mappings in use.
        version: What is registered of the file.
        content: Its bytes.
        models: The registered models.

    Returns:
        What is found in the file, which goes by its own name, and the errors that it would cause in other files.
    """
    among = folder.with_files([RegisteredFile(version, content)])
    found = _found(among.path, models)
    own = among.path_of(version).relative_to(among.path)
    before = _errors_of(folder, models, models.revision)
    caused = [each for place, each in found if place != own and each.severity == "error"]
    caused = [replace(each, file=Path(each.file).name) for each in caused]
    return Checked(
        (version.file_name,),
        (
            *(replace(each, file=version.file_name) for place, each in found if place == own),
            *(each for each in caused if each not in before),
        ),
    )


@lru_cache(maxsize=2)
def _errors_of(folder: MappingFolder, models: ModelRegistry, _revision: int) -> frozenset[Finding]:
    """Return the errors of the mappings in use by themselves; they stay the same until mappings or models change."""
    errors = (each for _, each in _found(folder.path, models) if each.severity == "error")
    return frozenset(replace(each, file=Path(each.file).name) for each in errors)


def _found(folder: Path, models: ModelRegistry) -> list[tuple[Path, Finding]]:
    """Check a whole folder; return each finding with the place of its file within the folder."""
    here, root = Path.cwd(), folder.resolve()
    checked = check_files(None, folder=folder, models=models)
    return [
        ((here / each.file).resolve().relative_to(root), replace(each, what=each.what.replace(f"{root}/", "")))
        for each in checked.findings
    ]


def keep_findings(objects: ObjectStore, checked: Checked) -> CheckResult:
    """Keep what a check found, as the JSON that `virtuales mappings check --format json` writes."""
    stored = objects.put(io.BytesIO(to_json(checked).encode()))
    return CheckResult(checked.count("error"), checked.count("warning"), stored)


def _read_set(mapping_set: MappingSet, stem: str) -> ReadFile:
    if not mapping_set.mapping_set_id:
        raise InputError(
            "The set does not say its IRI.", where="mapping_set_id", remedy="Add `mapping_set_id:` and an IRI."
        )
    parse_iri(mapping_set.mapping_set_id, where="mapping_set_id")
    return ReadFile(
        MappingKind.SET,
        stem,
        version=mapping_set.mapping_set_version,
        title=mapping_set.mapping_set_title,
        licence=mapping_set.license,
        entry=mapping_set.mapping_set_id,
        source_model=_model(mapping_set, "subject"),
        target_model=_model(mapping_set, "object"),
    )


def _model(mapping_set: MappingSet, side: str) -> str:
    """Return the one model that the terms of a side are of."""
    slot = f"{side}_source"
    said = {getattr(each, slot) for each in mapping_set.mappings} | {getattr(mapping_set, slot)}
    found = sorted(said - {""})
    if len(found) != 1:
        raise InputError(
            f"The {side}s are of {len(found)} models: {', '.join(found) or 'none is named'}.",
            where=slot,
            remedy=f"A registered set relates two models: say `{slot}:` once for all rows.",
        )
    return parse_iri(found[0], where=slot).value


@contextmanager
def _without(folder: Path) -> Iterator[None]:
    """Take the folder that a file was read in out of what errors say: the contributor knows it by its name alone."""
    try:
        yield
    except InputError as error:
        error.what = error.what.replace(f"{folder}/", "")
        error.where = error.where.replace(f"{folder}/", "") if error.where else None
        raise
