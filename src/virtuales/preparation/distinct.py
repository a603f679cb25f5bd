"""A file of N-Triples or N-Quads in which each line stands once, written a column of lines at a time.

Eight bytes a line are kept in memory, and twice that for a moment at the end. Lines whose hashes meet are compared as
text, so nothing is lost by chance.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from virtuales.errors import TooLarge
from virtuales.rdf.namespaces import RDF

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TYPED = rf"^\S+ <{RDF.type.value}> <([^>]*)>"
_BLOCK = 100_000


class DistinctLines:
    """Collects the lines of one file.

    Args:
        path: The file, which is written anew.
        limit: The most bytes that it may take before lines are compared; None for any number.
        name: What errors call what is written.
    """

    def __init__(self, path: Path, *, limit: int | None = None, name: str = "") -> None:
        self.path = path
        self.count = 0
        """How many lines there are; right once the file is closed."""
        self.classes: Counter[str] = Counter()
        """How many objects there are of each class; right once the file is closed."""
        self._hashes: list[NDArray[np.uint64]] = []
        self._size = 0
        self._limit = limit
        self._name = name
        path.write_bytes(b"")

    def add(self, lines: pl.Series, *, typed: bool = True) -> None:
        """Add lines, given without line ends.

        Args:
            lines: A series of text.
            typed: Whether some of them can state an object's class.

        Raises:
            TooLarge: the file would take more bytes than the limit allows.
        """
        hashes = lines.hash()
        if hashes.n_unique() < len(lines):
            lines = lines.unique(maintain_order=True)
            hashes = lines.hash()
        self._size += int(lines.str.len_bytes().sum()) + len(lines)
        if self._limit is not None and self._size > self._limit:
            raise TooLarge(
                f"The statements take more than {self._limit:,} bytes.", where=self._name, remedy="Split the file."
            )
        self._hashes.append(hashes.to_numpy())
        self.count += len(lines)
        if typed:
            self.classes.update(_classes(lines))
        with self.path.open("ab") as sink:
            sink.write(lines.str.join("\n")[0].encode())
            sink.write(b"\n")

    def close(self) -> None:
        """Finish the file: look for lines that were added several times, and keep the first of each."""
        hashes = np.concatenate([np.empty(0, dtype=np.uint64), *self._hashes])
        self._hashes.clear()
        hashes.sort()
        repeated = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
        if repeated.size:
            self._drop(pl.Series(repeated))

    def _drop(self, repeated: pl.Series) -> None:
        kept = self.path.with_name(self.path.name + ".kept")
        seen: set[str] = set()
        with kept.open("w", encoding="utf-8", newline="\n") as sink:
            for lines in _read(self.path):
                suspects = lines.hash().is_in(repeated)
                keep = []
                for line, suspect in zip(lines, suspects, strict=True):
                    keep.append(not suspect or line not in seen)
                    if suspect:
                        seen.add(line)
                dropped = lines.filter(~pl.Series(keep, dtype=pl.Boolean))
                self.count -= len(dropped)
                self.classes.subtract(_classes(dropped))
                sink.writelines(f"{line}\n" for line in lines.filter(pl.Series(keep, dtype=pl.Boolean)))
        kept.replace(self.path)


def _classes(lines: pl.Series) -> Counter[str]:
    found = lines.str.extract(_TYPED).drop_nulls()
    return Counter(dict(found.value_counts().iter_rows())) if len(found) else Counter()


def _read(path: Path) -> Iterator[pl.Series]:
    with path.open(encoding="utf-8", newline="\n") as source:
        while some := [line[:-1] for line in islice(source, _BLOCK)]:
            yield pl.Series(some, dtype=pl.String)
