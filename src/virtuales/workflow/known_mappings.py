"""The mappings that a node knows: what ships, and every registered version, whatever became of it."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from virtuales.alignment.registered.folder import KIND_CLASSES, MappingFolder
from virtuales.alignment.registered.statements import contribution, find_version
from virtuales.alignment.registered.version import MappingKind, MappingStatus, MappingVersion
from virtuales.exchange.mapping_contents import mapping_url
from virtuales.models.manifest import ListedFile
from virtuales.rdf.addresses import Addresses
from virtuales.rdf.namespaces import SSSOM
from virtuales.rdf.terms import Triple, plain
from virtuales.store.object_store import StoredObject
from virtuales.workflow.workspace import Workspace

_FIRST_VERSION = "1"


def all_versions(workspace: Workspace) -> list[MappingVersion]:
    """Return what ships and every registered version, sorted by identifier; of one identifier what ships comes first.

    What ships counts as replaced while a registered version of its identifier is published.
    """
    registered = workspace.mapping_versions.all()
    replaced = {one.identifier for one in registered if one.status is MappingStatus.PUBLISHED}
    found = [*_shipped(workspace, replaced), *registered]
    return sorted(found, key=lambda one: one.identifier)


def get_version(workspace: Workspace, identifier: str, version: str) -> MappingVersion:
    """Return a version.

    Raises:
        NotFound: there is none.
    """
    return find_version(all_versions(workspace), identifier, version)


def versions_of(workspace: Workspace, identifier: str) -> list[MappingVersion]:
    """Return the versions of an identifier, the oldest first.

    Raises:
        NotFound: there is none.
    """
    known = all_versions(workspace)
    return [one for one in known if one.identifier == identifier] or [find_version(known, identifier, "")]


def version_in_use(workspace: Workspace, identifier: str) -> MappingVersion:
    """Return the published version of an identifier, or the newest where none is published.

    Raises:
        NotFound: there is none.
    """
    known = versions_of(workspace, identifier)
    return next((one for one in known if one.status is MappingStatus.PUBLISHED), known[-1])


def statements_of(workspace: Workspace, version: MappingVersion) -> list[Triple]:
    """Return what is said of a version in RDF: what it is, where it stands, and what was done with it."""
    change = contribution(
        version,
        thing=workspace.addresses.thing("mapping", version.identifier),
        content_url=mapping_url(workspace.addresses.base, version.identifier, version.version, "content"),
        graph=workspace.mapping_versions.graph,
    )
    return [quad.triple for quad in change.add]


def version_path(version: MappingVersion) -> str:
    """Return the path of the page about a version."""
    return f"/doc/mapping/{version.identifier}/version/{version.version}"


def content_of(workspace: Workspace, version: MappingVersion) -> bytes:
    """Return the bytes of a version, just as they were contributed.

    Raises:
        NotFound, PeerFailure, IntegrityFailure: as for `MappingContents.read`.
    """
    in_use = workspace.mappings_in_use
    if version.shipped:
        return in_use.shipped.files()[version.identifier].path.read_bytes()
    return in_use.contents.read(version)


def _shipped(workspace: Workspace, replaced: set[str]) -> Iterator[MappingVersion]:
    for one in _of_release(workspace.mappings_in_use.shipped, workspace.addresses):
        yield replace(one, shipped=MappingStatus.REPLACED) if one.identifier in replaced else one


@lru_cache(maxsize=4)
def _of_release(folder: MappingFolder, addresses: Addresses) -> tuple[MappingVersion, ...]:
    """Read what ships once: it does not change while a node runs."""
    return tuple(_entry(folder, entry, addresses) for entry in folder.files().values())


def _entry(folder: MappingFolder, entry: ListedFile, addresses: Addresses) -> MappingVersion:
    kind = next(kind for kind, node in KIND_CLASSES.items() if node == entry.kind)
    version = re.sub(r"[^A-Za-z0-9.+_-]+", "-", entry.version).strip("-") or _FIRST_VERSION
    source, target = _models(folder, entry, kind)
    return MappingVersion(
        iri=addresses.thing("mapping", f"{entry.identifier}/version/{version}").value,
        kind=kind,
        identifier=entry.identifier,
        version=version,
        title=entry.title or entry.identifier,
        file_name=entry.path.name,
        entry=entry.iri.value,
        source_model=source,
        target_model=target,
        licence=entry.licence,
        source=entry.source,
        content=_stored(entry.path),
        shipped=MappingStatus.PUBLISHED,
    )


def _models(folder: MappingFolder, entry: ListedFile, kind: MappingKind) -> tuple[str, str]:
    if kind is MappingKind.RULE:
        return next((one.source, one.target) for one in folder.rules.rules if one.file == str(entry.path))
    said = (entry.further.get(predicate) for predicate in (SSSOM.subject_source, SSSOM.object_source))
    source, target = (plain(node) if node is not None else "" for node in said)
    return source, target


def _stored(path: Path) -> StoredObject:
    content = path.read_bytes()
    return StoredObject(hashlib.sha256(content).hexdigest(), len(content))
