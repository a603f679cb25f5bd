"""Folders of mappings: what ships, with registered files beside it or in its place.

Whatever works on a folder of mappings (checks, translation, coverage) so works on the mappings of a node, and on
those that a node would have if one more file were in use.
"""

import shutil
import tempfile
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import RLock

from virtuales.alignment.registered.term_index import MappingIndex
from virtuales.alignment.registered.version import MappingKind, MappingVersion
from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rules import RuleRegistry
from virtuales.models.manifest import ListedFile, iri_or_text, read_manifest, remove_entry, update_manifest
from virtuales.rdf.namespaces import SSSOM, VES
from virtuales.rdf.terms import NamedNode

KIND_CLASSES = {
    MappingKind.SET: SSSOM.MappingSet,
    MappingKind.RULE: VES.MappingRule,
    MappingKind.LIFTING: VES.LiftingMapping,
}
"""The class of each kind's entries in a manifest."""


@dataclass(frozen=True)
class RegisteredFile:
    """A registered version with its bytes."""

    version: MappingVersion
    content: bytes


class MappingFolder:
    """A folder of mappings that does not change while it is used.

    Args:
        path: The folder, with its manifest.
        origin: The folder that it is a copy of, but for some entries; what is the same is read once for both.
        changed: The identifiers of those entries.
    """

    def __init__(
        self, path: Path, origin: "MappingFolder | None" = None, changed: frozenset[str] = frozenset()
    ) -> None:
        self.path = path
        self._origin = origin
        self._changed = changed
        self._lock = RLock()

    @cached_property
    def mappings(self) -> MappingRegistry:
        """Its mapping sets; errors are those of `MappingRegistry.load`."""
        registry = MappingRegistry.load(self.path)
        if self._origin is not None:
            registry.share(self._origin.mappings, set(registry.names()) - self._changed)
        return registry

    @cached_property
    def rules(self) -> RuleRegistry:
        """Its rules; errors are those of `RuleRegistry.load`."""
        if self._origin is not None and not self._changed & (self.rule_names | self._origin.rule_names):
            return self._origin.rules
        return RuleRegistry.load(self.path)

    @cached_property
    def rule_names(self) -> frozenset[str]:
        """The identifiers of its rules."""
        return frozenset(entry.identifier for entry in read_manifest(self.path, VES.MappingRule))

    @property
    def terms(self) -> MappingIndex:
        """The mappings of every term, indexed when first asked for."""
        with self._lock:
            return self._terms

    @cached_property
    def _terms(self) -> MappingIndex:
        return MappingIndex(self.mappings)

    def files(self) -> dict[str, ListedFile]:
        """Return every entry of the manifest about a set, a rule or a lifting mapping, by its identifier."""
        kinds = KIND_CLASSES.values()
        return {entry.identifier: entry for kind in kinds for entry in read_manifest(self.path, kind)}

    def with_files(self, files: Iterable[RegisteredFile]) -> "MappingFolder":
        """Return a folder that also has some registered files; each takes the place of the entry of its identifier.

        The folder lasts as long as the object that is returned.
        """
        added = tuple(files)
        made = self._copy(frozenset(one.version.identifier for one in added))
        place, standing = made.path, self.files()
        listed = []
        for one in added:
            before = standing.get(one.version.identifier)
            if before is not None:
                (place / before.path.relative_to(self.path)).unlink()
            listed.append(_written(place, one))
        update_manifest(place, listed)
        return made

    def without(self, identifier: str) -> "MappingFolder":
        """Return a folder that lacks the entry of an identifier, if there is one; it lasts as long as the object."""
        made, entry = self._copy(frozenset({identifier})), self.files().get(identifier)
        if entry is not None:
            (made.path / entry.path.relative_to(self.path)).unlink()
            remove_entry(made.path, entry.iri.value)
        return made

    def _copy(self, changed: frozenset[str]) -> "MappingFolder":
        place = Path(tempfile.mkdtemp(prefix="virtuales-mappings-"))
        made = MappingFolder(place, self, changed)
        weakref.finalize(made, shutil.rmtree, place, ignore_errors=True)
        shutil.copytree(self.path, place, dirs_exist_ok=True)
        return made

    def path_of(self, version: MappingVersion) -> Path:
        """Return where a registered file stands in a folder that has it."""
        return _place(self.path, version)


def _written(folder: Path, file: RegisteredFile) -> ListedFile:
    version, path = file.version, _place(folder, file.version)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.content)
    sides = ((SSSOM.subject_source, version.source_model), (SSSOM.object_source, version.target_model))
    about_models = {predicate: iri_or_text(model) for predicate, model in sides if model}
    return ListedFile(
        iri=NamedNode(version.entry),
        kind=KIND_CLASSES[version.kind],
        identifier=version.identifier,
        path=path,
        source=version.source,
        licence=version.licence,
        title=version.title,
        version=version.version,
        further=about_models if version.kind is MappingKind.SET else {},
    )


def _place(folder: Path, version: MappingVersion) -> Path:
    return folder / f"{version.identifier}{version.suffix}"
