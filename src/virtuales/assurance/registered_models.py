"""Models that a schema registry holds beside those of the release, put to use in a registry of models.

Only what is approved or deprecated is used, a deprecated version only by its full reference or its profiles. A model
that the release brought is left as it is: its folder says what it holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from virtuales.assurance.schema import SchemaKind, SchemaStatus, SchemaVersion
from virtuales.assurance.shapes_library import SchemaContents
from virtuales.errors import VirtualesError
from virtuales.models.facts import Model
from virtuales.models.importing import Publication, read_turtle
from virtuales.models.registry import ModelRegistry


def read_registered(content: bytes, version: SchemaVersion) -> Model:
    """Return the facts of a registered model.

    Raises:
        UnreadableInput: the content is no Turtle.
        InputError: it describes no term, or more than one model.
    """
    publication = Publication(version.title, version.version, version.source, version.licence)
    return read_turtle(content, version.identifier, publication)


class RegisteredModels:
    """Keeps a registry of models in step with the registered schemas. Safe to share between threads.

    Args:
        models: The registry of models.
        contents: Gives the bytes of registered versions.
    """

    def __init__(self, models: ModelRegistry, contents: SchemaContents) -> None:
        self._models = models
        self._contents = contents
        self._released = tuple((one.name, one.reference) for one in models.versions())
        self._digests: dict[str, str] = {}
        self._taken: dict[str, _Taken] = {}
        self._lock = Lock()

    def take(self, versions: Iterable[SchemaVersion], at: datetime) -> list[VirtualesError]:
        """Add what is to be used now, and take out what no longer is.

        Args:
            versions: All that are registered.
            at: The moment.

        Returns:
            Why some model could not be added; it is tried again the next time.
        """
        failures: list[VirtualesError] = []
        with self._lock:
            usable = _usable(versions)
            wanted = {one.iri: one for one in usable if not self._is_released(one)}
            current = {one.identifier: one.iri for one in usable if _counts(one, at)}
            for iri in self._taken.keys() - wanted.keys():
                self._models.remove(self._taken.pop(iri).reference)
            for iri, version in wanted.items():
                try:
                    self._add(version, in_use=current.get(version.identifier) == iri)
                except VirtualesError as error:
                    failures.append(error)
        return failures

    def _add(self, version: SchemaVersion, *, in_use: bool) -> None:
        """Add a version unless it stands just so; raises what reading and adding it raise."""
        standing = self._taken.get(version.iri)
        if standing is None or standing.in_use != in_use:
            content = self._contents.read(version)
            added = self._models.add(read_registered(content, version), turtle=content, in_use=in_use)
            self._taken[version.iri] = _Taken(added.reference, in_use)

    def _is_released(self, version: SchemaVersion) -> bool:
        """Tell whether the release itself brings a version, under its own name or that of a revision."""
        same = [reference for name, reference in self._released if name == version.identifier]
        self._digests |= {one: self._models.digest(one) for one in same if one not in self._digests}
        return version.content is not None and any(self._digests[one] == version.content.digest for one in same)


@dataclass(frozen=True)
class _Taken:
    """What was added: its reference, and whether the bare name was to mean it."""

    reference: str
    in_use: bool


def _usable(versions: Iterable[SchemaVersion]) -> list[SchemaVersion]:
    """Return the models that may be used, in the order in which they were registered."""
    found = (one for one in versions if one.kind is SchemaKind.MODEL and one.is_usable and one.content)
    return sorted(found, key=lambda one: (one.registered_at, one.identifier, one.version))


def _counts(version: SchemaVersion, at: datetime) -> bool:
    """Tell whether a version is approved and its date, where it has one, has come."""
    waiting = version.required_from is not None and not version.is_required(at)
    return version.status is SchemaStatus.APPROVED and not waiting
