"""The mappings in use on a node: those that ship, and the published ones of the registry beside or in place of them."""

from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import Protocol

from virtuales.alignment.registered.folder import MappingFolder, RegisteredFile
from virtuales.alignment.registered.version import MappingStatus, MappingVersion
from virtuales.errors import VirtualesError


class MappingContents(Protocol):
    """Gives the bytes of registered mappings."""

    def read(self, version: MappingVersion) -> bytes:
        """Return a version's bytes, which have the registered digest.

        Raises:
            NotFound: this is the orchestrator, and the object is lost.
            PeerFailure: the bytes are not here, and the orchestrator did not give them.
            IntegrityFailure: the bytes are not those that were registered.
        """
        ...

    def findings(self, version: MappingVersion) -> bytes:
        """Return the findings of a version's last check as JSON; errors are those of `read`.

        Raises:
            NotFound: no check of it was recorded either.
        """
        ...


class MappingsInUse:
    """Keeps a folder of mappings in step with the registered versions. Safe to share between threads.

    Whoever works with the folder takes `current` once and goes on with that; a change makes another folder.

    Args:
        shipped: The folder that ships.
        contents: Gives the bytes of registered versions.
    """

    def __init__(self, shipped: Path, contents: MappingContents) -> None:
        self.shipped = MappingFolder(shipped)
        self.contents = contents
        self.current = self.shipped
        self._taken: frozenset[str] = frozenset()
        self._lock = Lock()

    def take(self, read: Callable[[], Iterable[MappingVersion]]) -> list[VirtualesError]:
        """Put the published versions to use, and nothing else beside what ships.

        Args:
            read: Reads all that are registered; called when nobody else takes, so that what was read later counts.

        Returns:
            Why some version could not be had; it is tried again the next time.
        """
        failures: list[VirtualesError] = []
        with self._lock:
            files = []
            for one in read():
                if one.status is MappingStatus.PUBLISHED:
                    try:
                        files.append(RegisteredFile(one, self.contents.read(one)))
                    except VirtualesError as error:
                        failures.append(error)
            taken = frozenset(f"{one.version.iri} {one.version.content.digest}" for one in files)
            if taken != self._taken:
                self.current = self.shipped.with_files(files) if files else self.shipped
                self._taken = taken
        return failures
