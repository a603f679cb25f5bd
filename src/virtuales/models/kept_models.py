"""Models that are kept as they were read, because reading the facts of a large one takes longer than most uses."""

from collections.abc import Callable
from pathlib import Path

from virtuales.kept_files import KeptFiles, key_of
from virtuales.models.facts import Model
from virtuales.models.manifest import ListedFile


class KeptModels:
    """Reads models that a manifest lists, each from its file at most once as long as the file stays what it is.

    Args:
        files: Where they are kept.
    """

    def __init__(self, files: KeptFiles) -> None:
        self._files = files

    def read(self, file: ListedFile, read: Callable[[ListedFile], Model]) -> Model:
        """Return a model.

        Args:
            file: The manifest's entry about it.
            read: Reads it from its file; errors are its own.
        """
        about = file.identifier, file.title, file.version, file.source, file.licence, file.kind
        key = key_of(file.path.read_bytes(), *about, code=[Path(__file__).parent])
        return self._files.record(key, Model, lambda: read(file))
