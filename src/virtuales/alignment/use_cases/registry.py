"""The registry of use cases: which the folder of ontologies lists, each read when it is first asked for.

Their entries in `ontology/manifest.ttl` are of the class `ves:UseCase`.
"""

import hashlib
from collections import abc
from pathlib import Path
from threading import RLock

from virtuales.alignment.use_cases.reading import read_use_case
from virtuales.alignment.use_cases.record import UseCase
from virtuales.errors import UnknownTerm
from virtuales.models.manifest import ListedFile, read_manifest
from virtuales.rdf.namespaces import VES


class UseCaseRegistry:
    """The use cases of a folder; each is read at most once. Safe to share between threads.

    Args:
        files: The files that the folder's manifest lists.
    """

    def __init__(self, files: abc.Iterable[ListedFile]) -> None:
        self._files = {file.identifier: file for file in files}
        self._read: dict[str, UseCase] = {}
        self._lock = RLock()

    @classmethod
    def load(cls, folder: Path) -> "UseCaseRegistry":
        """Read the manifest of a folder.

        Raises:
            ConfigurationError: the folder has no manifest, or the manifest lists a file that is not there.
            UnreadableInput: the manifest is not Turtle.
        """
        return cls(read_manifest(folder, VES.UseCase))

    def names(self) -> tuple[str, ...]:
        """Return the registered names, sorted."""
        return tuple(sorted(self._files))

    def files(self) -> tuple[ListedFile, ...]:
        """Return the manifest's entries, by name."""
        return tuple(self._files[name] for name in self.names())

    def file(self, name: str) -> ListedFile:
        """Return the manifest's entry about a use case.

        Raises:
            UnknownTerm: none has that name.
        """
        if name not in self._files:
            raise UnknownTerm(
                f"No use case is registered as `{name}`.",
                remedy="Registered are: " + (", ".join(self.names()) or "none") + ".",
            )
        return self._files[name]

    def use_case(self, name: str) -> UseCase:
        """Return the record of a use case; errors are those of `file` and of `read_use_case`."""
        file = self.file(name)
        with self._lock:
            if name not in self._read:
                self._read[name] = read_use_case(file.path)
            return self._read[name]

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a use case's file, in hexadecimal digits."""
        return hashlib.sha256(self.file(name).path.read_bytes()).hexdigest()
