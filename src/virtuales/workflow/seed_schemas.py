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
from virtuales.journal.event import EventDraft, JsonValue
from virtuales.models.manifest import ListedFile, read_manifest
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.namespaces import VES
from virtuales.workflow.govern_schemas import registered_change, sha256, version_iri
from virtuales.workflow.workspace import Workspace

_PROFILE = re.compile(r"^(?P<start>.*/)(?P<name>[^/]*[^/0-9.][^/]*)/(?P<version>[0-9][0-9./]*)$")
_FIRST_VERSION = "1"


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
            names: list[JsonValue] = [version.name for version in new]
            facts: dict[str, JsonValue] = {"release": __version__, "versions": names}
            draft = EventDraft("SchemasReleased", workspace.schemas.graph.value, facts=facts, change=change)
            workspace.ledger.record(draft)
    return len(new)


def _new_versions(
    workspace: Workspace, file: ListedFile, kind: SchemaKind, known: Collection[SchemaVersion]
) -> Iterator[SchemaVersion]:
    version = _file_version(workspace, file, kind)
    standing = [one for one in known if one.identifier == version.identifier]
    same = [one for one in standing if one.content == version.content]
    if not same:
        workspace.objects.put(io.BytesIO(file.path.read_bytes()))
        named_alike = [one for one in standing if one.version == version.version]
        if named_alike and version.content:
            version = _renamed(workspace, version, f"{version.version}+{version.content.digest[:8]}")
        replaced = [one.iri for one in standing if one.is_usable]
        date = workspace.clock.now() if replaced else None
        yield replace(version, replaces=frozenset(replaced), required_from=date)
    if kind is SchemaKind.MODEL:
        yield from _new_profiles(workspace, version, file, known)


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


def _new_profiles(
    workspace: Workspace, model: SchemaVersion, file: ListedFile, known: Collection[SchemaVersion]
) -> Iterator[SchemaVersion]:
    """Give the profile versions of a model, each under the name and version that its IRI ends with."""
    taken = {(one.identifier, one.version) for one in known}
    for iri in sorted(file.conforms_to):
        parts = _PROFILE.match(iri)
        if parts is None:
            continue
        identifier = f"{file.identifier}/profile/{parts['name']}"
        name = parts["version"].strip("/").replace("/", ".")
        if (identifier, name) not in taken:
            version = replace(
                model,
                kind=SchemaKind.PROFILE,
                identifier=identifier,
                title=f"{parts['name']} of {model.title}",
                profiles=frozenset({iri}),
                content=None,
                replaces=frozenset(),
                required_from=None,
            )
            yield _renamed(workspace, version, name)


def _by_release(at: datetime) -> SchemaDecision:
    return SchemaDecision(
        SchemaStatus.APPROVED, f"virtuales {__version__}", at, f"Brought by release {__version__} of virtuales."
    )
