"""Files with whole models for a dataset's next version, where difference models were sent.

A difference model changes a model that was sent with it, or one of the dataset's last version; then the other files of
that version belong to the next one too. What results is written as CIM/XML in the place of what was changed, so that
the next version is prepared, judged and delivered as if the whole models had been sent.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from virtuales.catalogue.drafts import Draft
from virtuales.catalogue.records import PreparedFile
from virtuales.errors import NotFound, UnfitChange
from virtuales.preparation.cim.applying import Applied, apply_differences
from virtuales.preparation.cim.collection import Collection, CollectionReader, place_differences, write_zip
from virtuales.preparation.cim.difference import DifferenceModel, ModelFile
from virtuales.preparation.cim.header import is_difference
from virtuales.preparation.cim.package import Member, PackageLimits, SourceFile, list_members
from virtuales.preparation.cim.reader import ReadLimits
from virtuales.preparation.cim.writer import write_model
from virtuales.preparation.sources import CIM_XML, ZIP, is_cim
from virtuales.workflow.reading import Origin
from virtuales.workflow.workspace import Workspace

_REASONS = 100
"""Conflicts that a refusal lists; it says how many there are."""

Write = Callable[[BinaryIO], None]


@dataclass(frozen=True)
class WholeFiles:
    """What the next version of a dataset is made of.

    Args:
        draft: The draft with files that hold whole models alone.
        remarks: Which difference models changed which of them.
    """

    draft: Draft
    remarks: tuple[str, ...] = ()


def whole_files(workspace: Workspace, draft: Draft, scratch: Path) -> WholeFiles:
    """Apply the difference models among the files received for a dataset.

    Args:
        workspace: The node's parts.
        draft: The dataset; its files are as they were received.
        scratch: An existing directory.

    Raises:
        UnfitChange: a difference model does not fit what it changes; the error lists the conflicts.
        UnreadableInput, UnknownTerm, TooLarge: a file cannot be read as what it claims to be.
        InputError: a difference model changes no model that is there.
    """
    with ExitStack() as copies:
        change = _Change(workspace, draft, copies)
        if not change.differs:
            return WholeFiles(draft)
        place = scratch / "differences"
        place.mkdir()
        return change.applied(place)


@dataclass(frozen=True)
class _Source:
    """A file with models of the grid: as it was kept, its documents that hold whole models, and how many others."""

    file: PreparedFile
    opened: SourceFile
    whole: tuple[Member, ...]
    differences: int

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from a file of the last version that has its name."""
        return self.file.name, self.file.digest


class _Change:
    """The difference models among received files, and what they change."""

    def __init__(self, workspace: Workspace, draft: Draft, copies: ExitStack) -> None:
        self._workspace = workspace
        self._draft = draft
        self._copies = copies
        self._limits = PackageLimits(total_bytes=workspace.limits.unpacked_bytes)
        self._received = self._opened(draft.files)

    @property
    def differs(self) -> bool:
        """Whether there is any difference model."""
        return any(one.differences for one in self._received)

    def applied(self, place: Path) -> WholeFiles:
        read = self._read(self._received, place / "received")
        sources, models, files = self._received, read.models, self._draft.files
        if _changes_others(read) and (carried := self._carried()):
            files = (*files, *carried)
            if others := self._opened(carried):
                sources = [*sources, *others]
                models += self._read(others, place / "carried").models
        placed = place_differences(models, read.differences)
        results = [
            _apply(one, by, place / f"{number:04}.nt")
            for number, (one, by) in enumerate(zip(models, placed, strict=True))
        ]
        _refuse_conflicts(results, self._draft)
        changed = {one.model.name: one for one, by in zip(results, placed, strict=True) if by}
        made = {one.key: self._made(one, changed, place) for one in sources}
        kept = [whole for file in files if (whole := made.get((file.name, file.digest), file)) is not None]
        return WholeFiles(replace(self._draft, files=tuple(kept)), tuple(_remarks(results, placed)))

    def _read(self, sources: Sequence[_Source], place: Path) -> Collection:
        place.mkdir()
        about = self._draft.description
        origin = Origin(self._draft.dataset.value, about.publisher, about.conforms_to)
        reader = CollectionReader(
            self._workspace.models,
            origin.cim_base,
            limits=self._limits,
            read_limits=ReadLimits(source_bytes=self._workspace.limits.unpacked_bytes),
        )
        return reader.read([one.opened for one in sources], place)

    def _carried(self) -> tuple[PreparedFile, ...]:
        """Return the files of the dataset's last version that no received file takes the place of."""
        catalogue = self._workspace.own_catalogue
        try:
            version = catalogue.version(catalogue.current_version(self._draft.dataset))
        except NotFound:
            return ()
        whole = {file.name for file in self._draft.files} - {one.file.name for one in self._received if not one.whole}
        return tuple(
            PreparedFile(file.name, file.media_type, file.digest, file.size, file.encoding)
            for file in version.files
            if file.name not in whole
        )

    def _opened(self, files: Sequence[PreparedFile]) -> list[_Source]:
        """Return the files with models of the grid, at hand for as long as the copies are."""
        found = []
        for file in files:
            path = self._copies.enter_context(self._workspace.objects.local_copy(file.digest))
            if file.media_type == ZIP or (file.media_type == CIM_XML and is_cim(path)):
                members = list_members(SourceFile(path, file.name), self._limits)
                whole = tuple(member for member in members if not _is_difference(member))
                found.append(_Source(file, SourceFile(path, file.name), whole, len(members) - len(whole)))
        return found

    def _made(self, source: _Source, changed: dict[str, Applied], place: Path) -> PreparedFile | None:
        """Return the file with what its models became and without difference models; None when nothing is left."""
        if not source.whole:
            return None
        if not source.differences and not any(member.name in changed for member in source.whole):
            return source.file
        target = place / "written"
        if source.whole[0].inner is None:
            with target.open("wb") as sink:
                write_model(changed[source.whole[0].name].model, sink)
        else:
            write_zip({str(member.inner): _writer(member, changed) for member in source.whole}, target)
        with target.open("rb") as content:
            stored = self._workspace.objects.put(content)
        return replace(source.file, digest=stored.digest, size=stored.size)


def _apply(model: ModelFile, differences: Sequence[DifferenceModel], target: Path) -> Applied:
    """Apply difference models; what results bears the last one's IRI, so that the next can say that it changes it."""
    if not differences:
        return Applied(model, (), 0, 0)
    return apply_differences(model, differences, target, model=differences[-1].header.iri)


def _is_difference(member: Member) -> bool:
    with member.open() as source:
        return is_difference(source, member.name)


def _changes_others(read: Collection) -> bool:
    """Tell whether a difference model changes a model that was not sent with it."""
    known = {model.header.iri for model in read.models if model.header is not None}
    for difference in read.differences:
        if known.isdisjoint(difference.header.supersedes):
            return True
        known.add(difference.header.iri)
    return False


def _writer(member: Member, changed: dict[str, Applied]) -> Write:
    if member.name in changed:
        return partial(write_model, changed[member.name].model)
    return partial(_copy, member)


def _copy(member: Member, sink: BinaryIO) -> None:
    with member.open() as source:
        shutil.copyfileobj(source, sink)


def _refuse_conflicts(results: Sequence[Applied], draft: Draft) -> None:
    conflicts = [conflict for one in results for conflict in one.conflicts]
    if conflicts:
        listed = conflicts[:_REASONS]
        raise UnfitChange(
            f"The difference models do not fit what they change: {len(conflicts):,} conflicts.",
            reasons=[f"{one.difference}: {one.kind}: {one.what}: {one.statement or 'the whole'}" for one in listed],
            where=draft.dataset.value,
            remedy="Make the difference models from the last version, or send the whole models.",
        )


def _remarks(results: Sequence[Applied], placed: Sequence[Sequence[DifferenceModel]]) -> Iterator[str]:
    for one, by in zip(results, placed, strict=True):
        if by:
            names = ", ".join(f"`{difference.name}`" for difference in by)
            yield f"`{one.model.name}` was changed by {names}: {one.removed:,} statements ended, {one.added:,} began."
