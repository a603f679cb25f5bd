"""Mapping sets that are kept as they were read: an editor changes one and has it judged together with all others."""

from pathlib import Path

from virtuales.alignment.findings import Reading
from virtuales.alignment.formats import METADATA_SUFFIXES, read_file
from virtuales.kept_files import KeptFiles, key_of


class KeptSets:
    """Reads mapping sets, each from its file at most once as long as the file stays what it is.

    Args:
        files: Where they are kept.
    """

    def __init__(self, files: KeptFiles) -> None:
        self._files = files

    def read(self, path: Path) -> Reading:
        """Return what `read_file` makes of a file; errors are the same. With metadata beside it, it is read anew."""
        if not path.is_file() or any(path.with_suffix(suffix).is_file() for suffix in METADATA_SUFFIXES):
            return read_file(path)
        key = key_of(path.read_bytes(), path, code=[Path(__file__).parent])
        return self._files.record(key, Reading, lambda: read_file(path))
