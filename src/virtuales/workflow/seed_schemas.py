"""The schemas that the release brings: the contributed models, their profiles and shapes, registered as approved.

A release that changes a file without giving it a new version brings a revision of it, which is required at once: what
is registered under a version never changes.
"""

import io
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from virtuales import __version__
from virtuales.assurance.schema import Content, SchemaDecision, SchemaKind, SchemaStatus, SchemaVersion
from virtuales.assurance.schema_statements import profile_links
from virtuales.journal.event import EventDraft, JsonValue
from virtuales.models.manifest import ListedFile, read_manifest
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.namespaces import VES
from virtuales.workflow.govern_models import profile_change, profiles_of
from virtuales.workflow.govern_schemas import registered_change, sha256, version_iri
from virtuales.workflow.workspace import Workspace

_FIRST_VERSION = "1"
_RELEASE = "virtuales "
"""What the name of a release begins with, where it stands for who approved."""
_SHORTEST_DIGEST = 8


def seed(workspace: Workspace, *, shapes: Path, models: Path) -> int:
    """Register what the contributed folders hold and the registry does not; return how many versions that were.

    One event carries all, so that a process killed meanwhile begins anew.

    Raises:
        ConfigurationError: a folder has no manifest, or it lists a file that is not there.
    """
    files = [
        *((file, SchemaKind.MODEL) for file in read_manifest(models, VES.Model)),
        *((file, SchemaKind.SHAPES) for file in read_manifest(shapes, VES.ShapesGraph)),
    ]
    with workspace.ledger.turn():
        known = workspace.schemas.all()
        new = [one for file, kind in files for one in _new_versions(workspace, file, kind, known)]
        if new:
            change = ChangeSet()
            for version in new:
                change |= registered_change(workspace, version)
            change |= _links(workspace, known, new)
            names: list[JsonValue] = [version.name for version in new]
            facts: dict[str, JsonValue] = {"release": __version__, "versions": names}
            draft = EventDraft("SchemasReleased", workspace.schemas.graph.value, facts=facts, change=change)
            workspace.ledger.record(draft)
    return len(new)


def _links(workspace: Workspace, known: Collection[SchemaVersion], new: Collection[SchemaVersion]) -> ChangeSet:
    """Say of each profile which model it is of and which shapes judge its data, where either is new."""
    graph = workspace.schemas.graph
    old_profiles, old_shapes = _of_kind(known, SchemaKind.PROFILE), _of_kind(known, SchemaKind.SHAPES)
    new_profiles, new_shapes = _of_kind(new, SchemaKind.PROFILE), _of_kind(new, SchemaKind.SHAPES)
    links = profile_links(new_profiles, old_shapes + new_shapes, graph=graph)
    return profile_change(workspace, new_profiles) | links | profile_links(old_profiles, new_shapes, graph=graph)


def _of_kind(versions: Collection[SchemaVersion], kind: SchemaKind) -> list[SchemaVersion]:
    return [one for one in versions if one.kind is kind]


def _new_versions(
    workspace: Workspace, file: ListedFile, kind: SchemaKind, known: Collection[SchemaVersion]
) -> Iterator[SchemaVersion]:
    version = _file_version(workspace, file, kind)
    named = {one.version for one in known if one.identifier == version.identifier}
    standing = [one for one in known if one.identifier == version.identifier and _is_of_release(one)]
    latest = [one for one in standing if not any(one.iri in other.replaces for other in standing)]
    if all(one.content != version.content for one in latest):
        workspace.objects.put(io.BytesIO(file.path.read_bytes()))
        replaced = frozenset(one.iri for one in latest if one.is_usable)
        date = workspace.clock.now() if replaced else None
        name = _free_name(version, named)
        yield _renamed(workspace, replace(version, replaces=replaced, required_from=date), name)
    if kind is SchemaKind.MODEL:
        yield from profiles_of(workspace, version, known)


def _is_of_release(version: SchemaVersion) -> bool:
    return bool(version.decisions) and version.decisions[0].by.startswith(_RELEASE)


def _free_name(version: SchemaVersion, taken: Collection[str]) -> str:
    """Return the version's own name, or one that tells the revision apart, which is not taken yet."""
    digest = version.content.digest if version.content else ""
    lengths = range(_SHORTEST_DIGEST, len(digest) + 1)
    names = [version.version, *(f"{version.version}+{digest[:length]}" for length in lengths)]
    return next(name for name in names if name not in taken)


def _renamed(workspace: Workspace, version: SchemaVersion, name: str) -> SchemaVersion:
    return replace(version, version=name, iri=version_iri(workspace, version.identifier, name))


def _file_version(workspace: Workspace, file: ListedFile, kind: SchemaKind) -> SchemaVersion:
    content = file.path.read_bytes()
    name = re.sub(r"[^A-Za-z0-9.+_-]+", "-", file.version).strip("-") or _FIRST_VERSION
    now = workspace.clock.now()
    return SchemaVersion(
        iri=version_iri(workspace, file.identifier, name),
        kind=kind,
        identifier=file.identifier,
        version=name,
        title=file.title or file.identifier,
        profiles=file.conforms_to,
        licence=file.licence,
        source=file.source,
        registered_at=now,
        content=Content(sha256(content), len(content)),
        decisions=(_by_release(now),),
    )


def _by_release(at: datetime) -> SchemaDecision:
    return SchemaDecision(
        SchemaStatus.APPROVED, f"{_RELEASE}{__version__}", at, f"Brought by release {__version__} of virtuales."
    )
