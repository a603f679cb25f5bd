"""Tables: CSV with its dialect detected, and Excel workbooks, read as rows in a streaming way.

A cell is text as written (CSV), or the text that the workbook's value has in XML Schema (Excel). Formulas are never
evaluated: the value that the spreadsheet program kept is read, and a formula without one is refused.
See https://www.rfc-editor.org/rfc/rfc4180 and https://www.w3.org/TR/tabular-data-model/#parsing.
"""

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from virtuales.errors import TooLarge, UnreadableInput
from virtuales.preparation.encodings import UTF_8, codec_of, not_in

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50
_BLOCK_ROWS = 1000
_number_like = re.compile(r"\s*[-+]?\d[\d.,:/TZ+-]*\s*")


@dataclass(frozen=True)
class TableLimits:
    """How much one table may hold.

    Args:
        rows: The most rows.
        columns: The most columns.
        cell_characters: The longest cell.
        unpacked_bytes: The most bytes that a workbook may unpack to.
        ratio: How many times larger than its compressed form a part of a workbook may be.
    """

    rows: int = 5_000_000
    columns: int = 2_000
    cell_characters: int = 1_000_000
    unpacked_bytes: int = 1 << 30
    ratio: int = 200


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written.

    Args:
        encoding: Its character encoding as its sender states it; None for that of its byte order mark, or else UTF-8.
        delimiter: What stands between cells.
        quote: What cells are quoted with; a quote inside is doubled.
        header: Whether the first row names the columns.
        skip_rows: Rows to leave out at the top, before the header.
    """

    encoding: str | None = None
    delimiter: str = ","
    quote: str = '"'
    header: bool = True
    skip_rows: int = 0


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Args:
        line: Its line in the file, from 1; in a workbook the number that the spreadsheet program shows.
        cells: Its cells, as many as there are columns.
    """

    line: int
    cells: Sequence[str]


class Block(NamedTuple):
    """Some rows of a table that follow each other: the line of each, and its cells, as many as there are columns."""

    lines: Sequence[int]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Table:
    """A table that can be read any number of times, row by row.

    Args:
        name: What errors call it.
        columns: The titles of its columns.
        path: The file.
        dialect: How it is written; None for a workbook.
        sheet: The sheet of a workbook; None for CSV.
        limits: How much it may hold.
    """

    name: str
    columns: tuple[str, ...]
    path: Path
    dialect: Dialect | None
    sheet: str | None = None
    limits: TableLimits = TableLimits()

    def rows(self) -> Iterator[Row]:
        """Give the rows below the header; raises what `blocks` raises."""
        for block in self.blocks(_BLOCK_ROWS):
            yield from map(Row, block.lines, block.rows)

    def blocks(self, size: int) -> Iterator[Block]:
        """Give the rows below the header, so many at a time.

        Raises:
            UnreadableInput: a row has another number of cells than the header, or bytes that are no text.
            TooLarge: more rows, or a longer cell, than the limits allow.
        """
        given = 0
        for block in self._read(size):
            sound = block if self._is_sound(block, given) else self._checked(block, given)
            given += len(sound.rows)
            if sound.rows:
                yield sound

    def _read(self, size: int) -> Iterator[Block]:
        if self.dialect is not None:
            skipped = self.dialect.skip_rows + int(self.dialect.header)
            yield from _blocks(self.path, self.dialect, self.name, skip=skipped, size=size)
            return
        from virtuales.preparation.workbook import workbook_rows  # noqa: PLC0415  (openpyxl only where it is used)

        source = workbook_rows(self.path, name=self.name, sheet=self.sheet, limits=self.limits)
        rows = itertools.islice(source, 1, None)
        while some := list(itertools.islice(rows, size)):
            yield Block([row.line for row in some], [row.cells for row in some])

    def place(self, line: int, column: str | None = None) -> str:
        """Name a place in the table as errors do: file, line and column."""
        return f"{self.name}, line {line}" + (f", column `{column}`" if column is not None else "")

    def _is_sound(self, block: Block, given: int) -> bool:
        """Tell whether no row of a block can be at fault; which one is at fault is looked for only when one can be."""
        cells = itertools.chain.from_iterable(block.rows)
        return (
            given + len(block.rows) <= self.limits.rows
            and set(map(len, block.rows)) == {len(self.columns)}
            and max(map(len, cells)) <= self.limits.cell_characters
        )

    def _checked(self, block: Block, given: int) -> Block:
        width, longest = len(self.columns), self.limits.cell_characters
        lines: list[int] = []
        rows: list[Sequence[str]] = []
        for line, cells in zip(*block, strict=True):
            if given + len(rows) >= self.limits.rows:
                raise TooLarge(f"The table has more than {self.limits.rows:,} rows.", where=self.place(line))
            if len(cells) != width:
                if not any(cells):
                    continue
                raise UnreadableInput(
                    f"The row has {len(cells)} cells, and the header names {width} columns.",
                    where=self.place(line),
                    remedy="Quote cells that hold the delimiter, and give each row as many cells as the header.",
                )
            if max(map(len, cells)) > longest:
                raise TooLarge(f"A cell is longer than {longest:,} characters.", where=self.place(line))
            lines.append(line)
            rows.append(cells)
        return Block(lines, rows)


def open_csv(
    path: Path, *, name: str | None = None, dialect: Dialect | None = None, limits: TableLimits | None = None
) -> Table:
    """Find out how a CSV file is written and what its columns are.

    Args:
        path: The file.
        name: What errors call it; by default the file's name.
        dialect: How it is written, where its sender says so; by default it is detected.
        limits: How much it may hold.

    Raises:
        UnreadableInput: it is no text, has no header, or a column without a name or with another's.
        TooLarge: it has more columns than the limits allow.
    """
    called, bounds = name or path.name, limits or TableLimits()
    written = dialect or detect_dialect(path, name=called)
    first = next(_blocks(path, written, called, skip=written.skip_rows, size=1), None)
    if first is None:
        raise UnreadableInput("The table is empty.", where=called, remedy="Send a header line and rows.")
    cells = first.rows[0]
    titles = cells if written.header else [f"_col.{number}" for number in range(1, len(cells) + 1)]
    columns = checked_titles(titles, called, first.lines[0], bounds)
    return Table(called, columns, path, written, limits=bounds)


def open_xlsx(
    path: Path, *, name: str | None = None, sheet: str | None = None, limits: TableLimits | None = None
) -> Table:
    """Open a sheet of an Excel workbook (.xlsx); its first row names the columns.

    Args:
        path: The file.
        name: What errors call it; by default the file's name.
        sheet: The sheet; by default the only one, or the first.
        limits: How much it may hold.

    Raises:
        UnreadableInput: it is no sound workbook, has no such sheet, or no header.
        TooLarge: it unpacks to more than the limits allow.
    """
    from virtuales.preparation.workbook import workbook_rows  # noqa: PLC0415  (openpyxl only where it is used)

    called, bounds = name or path.name, limits or TableLimits()
    with closing(workbook_rows(path, name=called, sheet=sheet, limits=bounds)) as rows:
        first = next(rows, None)
    if first is None:
        raise UnreadableInput("The sheet is empty.", where=called, remedy="Send a header row and rows.")
    width = max((place for place, cell in enumerate(first.cells, 1) if cell), default=0)
    columns = checked_titles(first.cells[:width], called, first.line, bounds)
    return Table(called, columns, path, None, sheet=sheet, limits=replace(bounds, columns=width))


def detect_dialect(path: Path, *, name: str | None = None, encoding: str | None = None) -> Dialect:
    """Detect delimiter and header of a CSV file from its first rows.

    Args:
        path: The file.
        name: What errors call it; by default the file's name.
        encoding: Its encoding, where somebody says so; by default that of its byte order mark, or else UTF-8.

    Raises:
        UnreadableInput: it is no text in the encoding of its byte order mark, or else in UTF-8; no delimiter fits, or
            its first row holds values where names should stand.
    """
    called = name or path.name
    candidates = (Dialect(encoding=encoding, delimiter=delimiter) for delimiter in _DELIMITERS)
    found = max(candidates, key=lambda dialect: _fit(path, dialect, called))
    first = next(_blocks(path, found, called, size=1), None)
    if first is not None and any(_number_like.fullmatch(cell) for cell in first.rows[0]):
        raise UnreadableInput(
            "The first row holds numbers or dates where the names of columns should stand.",
            where=f"{called}, line {first.lines[0]}",
            remedy='Add a header line, or send metadata with `"dialect": {"header": false}`.',
        )
    return found


def _fit(path: Path, dialect: Dialect, name: str) -> tuple[bool, float, int]:
    """Return how well a dialect fits: whether it cuts rows at all, the share of rows of the usual width, that width."""
    widths: Counter[int] = Counter()
    try:
        single = itertools.islice(_blocks(path, dialect, name, size=1), _SAMPLE_ROWS)
        widths.update(len(block.rows[0]) for block in single)
    except UnreadableInput:
        widths[0] += 1  # a row that cannot be read speaks against the dialect, not yet against the file
    if not widths:
        return False, 0.0, 0
    (width, times), *_ = widths.most_common(1)
    return width > 1, times / widths.total(), width


def checked_titles(titles: Sequence[str], name: str, line: int, limits: TableLimits) -> tuple[str, ...]:
    """Return the titles of columns without white space around them.

    Raises:
        UnreadableInput: a column has no title, or the title of another.
        TooLarge: there are more columns than the limits allow.
    """
    columns = tuple(title.strip() for title in titles)
    if len(columns) > limits.columns:
        raise TooLarge(f"The table has more than {limits.columns} columns.", where=f"{name}, line {line}")
    for place, title in enumerate(columns, 1):
        if not title or title in columns[: place - 1]:
            what = f"Two columns have the title `{title}`." if title else "A column has no title."
            raise UnreadableInput(
                what, where=f"{name}, line {line}, column {place}", remedy="Give each column a title of its own."
            )
    return columns


def _blocks(path: Path, dialect: Dialect, name: str, *, skip: int = 0, size: int) -> Iterator[Block]:
    """Give the rows of a CSV file, empty lines left out, so many at a time."""
    line = 0
    codec = codec_of(path, dialect.encoding, name=name)
    try:
        with path.open(encoding=codec, newline="") as file:
            reader = csv.reader(
                _without_nul(file, name), delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True
            )
            lines: list[int] = []
            rows: list[list[str]] = []
            for cells in reader:
                line = reader.line_num
                if not cells:
                    continue
                if skip:
                    skip -= 1
                    continue
                lines.append(line)
                rows.append(cells)
                if len(rows) == size:
                    yield Block(lines, rows)
                    lines, rows = [], []
            if rows:
                yield Block(lines, rows)
    except UnicodeDecodeError:
        raise not_in(dialect.encoding or UTF_8, where=f"{name}, after line {line}") from None
    except csv.Error as error:
        raise UnreadableInput(
            f"The row cannot be read: {error}.",
            where=f"{name}, line {line + 1}",
            remedy="Quote cells that hold the delimiter, a quote or a line break, and double quotes inside.",
        ) from None


def _without_nul(lines: Iterator[str], name: str) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if "\0" in line:
            raise UnreadableInput(
                "The line holds a NUL character.", where=f"{name}, line {number}", remedy="Send it as plain text."
            )
        yield line
