"""Records of a source, a batch at a time: for each reference the values of every record of the batch.

A value is a text with the datatype that its source gives it by nature: a cell and a piece of XML have none, a number
and a truth value of JSON have theirs (RML-IO, natural mappings).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import polars as pl

from virtuales.errors import TooLarge
from virtuales.preparation.rml.doubles import canonical_double
from virtuales.preparation.rml.mapping import LogicalSource

BATCH = 20_000
DOCUMENT_BYTES = 512 * 1024**2
"""The largest JSON or XML document that is held in memory while it is mapped."""


class Value(NamedTuple):
    """A value as text, and the IRI of its natural datatype; None for text."""

    text: str
    datatype: str | None = None


Values = Sequence[Value]
"""The values of one reference in one record: none where there is no value."""


class Column:
    """The values of one reference in all records of a batch, where none has more than one and all have one datatype.

    Args:
        texts: A series of text; null where there is no value.
        datatype: The IRI of their natural datatype; None for text.
        doubles: In place of the texts, numbers that may never be needed in their canonical form.
    """

    def __init__(
        self, texts: pl.Series | None, datatype: str | None = None, *, doubles: Sequence[float | None] | None = None
    ) -> None:
        self.datatype = datatype
        self.doubles = doubles
        self._texts = texts

    @property
    def texts(self) -> pl.Series:
        """The values as text, in the canonical form of their natural datatype."""
        if self._texts is None:
            texts = [None if number is None else canonical_double(number) for number in self.doubles or ()]
            self._texts = pl.Series(texts, dtype=pl.String)
        return self._texts


class Batch(Protocol):
    """Some records of a source."""

    @property
    def size(self) -> int:
        """How many records there are."""
        ...

    def place(self, number: int) -> str:
        """Say where a record stands, for errors; the first of the batch has number 0."""
        ...

    def values(self, reference: str) -> Sequence[Values]:
        """Return the values of a reference, record by record.

        Raises:
            InputError: the reference is malformed, names no column, or leads to what is no value.
        """
        ...

    def column(self, reference: str) -> Column | None:
        """Return the values of a reference as a column, where they are simple enough; None where they are not."""
        ...


class Reader(Protocol):
    """Reads sources of one reference formulation."""

    def __call__(self, source: LogicalSource, path: Path, references: Collection[str]) -> Iterator[Batch]:
        """Give the records of a source in batches.

        Args:
            source: What the mapping says.
            path: The file, unpacked.
            references: All references that will be asked for; they tell whether the file can be read piece by piece.
        """
        ...


Files = Mapping[str, Path]
"""The files that a mapping may read, by name; nothing else is ever opened."""


def refuse_large(source: LogicalSource, path: Path) -> None:
    """Refuse a document that has to be held in memory and is too large for it.

    Raises:
        TooLarge: it is larger than `DOCUMENT_BYTES`.
    """
    size = path.stat().st_size
    if size > DOCUMENT_BYTES:
        raise TooLarge(
            f"The document has {size:,} bytes; at most {DOCUMENT_BYTES:,} are held in memory.",
            where=source.file,
            remedy="Split it, or choose a simple iterator (`$.a.b[*]`, `/a/b`) so that it can be read piece by piece.",
        )
