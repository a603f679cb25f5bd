"""Mapping sets that are kept as they were read: an editor changes one and has it judged together with all others."""

from functools import cache
from pathlib import Path

import msgspec

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
        kept = self._files.get(key)
        if kept is not None:
            try:
                return _decoder().decode(kept)
            except msgspec.DecodeError:
                pass  # made by other code that looked the same: it is made anew
        reading = read_file(path)
        self._files.put(key, msgspec.msgpack.encode(reading, enc_hook=dict))
        return reading


@cache
def _decoder() -> msgspec.msgpack.Decoder[Reading]:
    return msgspec.msgpack.Decoder(Reading)
