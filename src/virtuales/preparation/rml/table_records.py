"""Rows of CSV files and workbooks as records."""

from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl

from virtuales.errors import InputError
from virtuales.preparation.rml.mapping import LogicalSource
from virtuales.preparation.rml.records import BATCH, Batch, Column, Value, Values
from virtuales.preparation.tabular import Block, Table, detect_dialect, open_csv, open_xlsx


def table_records(source: LogicalSource, path: Path, references: Collection[str]) -> Iterator[Batch]:  # noqa: ARG001
    """Give the rows of a table; see `virtuales.preparation.rml.records.Reader`.

    Raises:
        UnreadableInput, TooLarge: the table is unsound, or larger than the limits.
    """
    if _is_workbook(path):
        table = open_xlsx(path, name=source.file, sheet=source.sheet)
    else:
        dialect = detect_dialect(path, name=source.file, encoding=source.encoding)
        table = open_csv(path, name=source.file, dialect=dialect)
    # an empty cell of a workbook is no cell; in CSV it is an empty text, unless the mapping says otherwise
    nothing = source.nulls if table.dialect is not None and source.natural else source.nulls | {""}
    for block in table.blocks(BATCH):
        yield TableBatch(table, block, nothing)


def _is_workbook(path: Path) -> bool:
    with path.open("rb") as file:
        is_zip = file.read(2) == b"PK"
    if not is_zip:
        return False
    from virtuales.preparation.workbook import is_workbook  # noqa: PLC0415  (openpyxl only where it is used)

    return is_workbook(path)


class TableBatch:
    """Some rows of a table.

    Args:
        table: The table.
        block: The rows.
        nothing: Texts that mean that there is no value.
    """

    def __init__(self, table: Table, block: Block, nothing: frozenset[str]) -> None:
        self.size = len(block.rows)
        self._table = table
        self._block = block
        self._nothing = nothing
        self._columns: dict[str, Column] = {}

    def place(self, number: int) -> str:
        """Say where a record stands: file and line."""
        return self._table.place(self._block.lines[number])

    def values(self, reference: str) -> list[Values]:
        """Return the values of a column, one or none a row.

        Raises:
            InputError: there is no such column.
        """
        return [() if cell in self._nothing else (Value(cell),) for cell in self._cells(reference)]

    def column(self, reference: str) -> Column:
        """Return the values of a column; raises what `values` raises."""
        found = self._columns.get(reference)
        if found is None:
            texts = pl.Series(self._cells(reference), dtype=pl.String)
            empty = texts.is_in(list(self._nothing))
            if empty.any():
                texts = texts.set(empty, None)
            found = self._columns[reference] = Column(texts)
        return found

    def _cells(self, reference: str) -> list[str]:
        try:
            place = self._table.columns.index(reference)
        except ValueError:
            raise InputError(
                f"The table has no column `{reference}`.",
                where=self._table.name,
                remedy="It has: " + ", ".join(f"`{title}`" for title in self._table.columns) + ".",
            ) from None
        return [row[place] for row in self._block.rows]
