"""The two blocks of SSSOM/TSV as they stand in a file: the metadata block and the table, still uninterpreted.

See https://mapping-commons.github.io/sssom/spec-formats-tsv/.
"""

import csv
import io
from collections import abc
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from virtuales.alignment.findings import Finding, Findings
from virtuales.errors import UnreadableInput

LARGEST_CELL: Final = 1_000_000
"""Characters that one cell may have."""
_MARK: Final = "\ufeff"


@dataclass(frozen=True)
class Block:
    """A part of a file.

    Args:
        text: The text.
        first_line: The line it begins on.
    """

    text: str
    first_line: int


@dataclass(frozen=True)
class Table:
    """The table of mappings, column by column.

    Args:
        names: The columns' names.
        columns: The cells of each column, as many in each.
        lines: The line that each row begins on.
        header_line: The line of the names.
        positions: The place of each column in the file, counted from 1.
    """

    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    header_line: int
    positions: tuple[int, ...]


def read_text(source: Path | bytes, name: str, findings: Findings) -> str:
    """Return the text of a file, which is UTF-8 without a byte order mark.

    Raises:
        UnreadableInput: there is no such file, or it is not UTF-8; names the line.
    """
    try:
        content = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"The file cannot be read: {error.strerror}.", where=name) from None
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"Byte {error.start:,} is not UTF-8."
        raise UnreadableInput(what, where=f"{name}, line {line}", remedy="Save the file as UTF-8.") from None
    if text.startswith(_MARK):
        what = "The file begins with a byte order mark."
        findings.add(Finding("byte-order-mark", "warning", what, "Save it as UTF-8 without one.", line=1))
        return text[1:]
    return text


def split_blocks(text: str, findings: Findings) -> tuple[Block, Block]:
    """Return the metadata block, without the `#` of its lines, and the table; either may be empty."""
    lines: list[str] = []
    start, number, padded = 0, 1, False
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].removesuffix("\r")
        empty = not line.strip("\t ")
        if not line.startswith("#") and not empty:
            break
        if empty:
            findings.add(Finding("empty-line", "warning", "There is an empty line.", "Remove it.", line=number))
        padded = padded or line.endswith("\t")
        lines.append(line[1:].rstrip("\t ") if line.endswith("\t") else line[1:])
        start, number = end + 1, number + 1
    if padded:
        what = "Lines of the metadata block end with tabs."
        findings.add(Finding("trailing-tabs", "warning", what, "Remove them.", line=1))
    return Block("\n".join(lines), 1), Block(text[start:], number)


def read_table(block: Block, name: str, findings: Findings) -> Table:
    """Read the table.

    Args:
        block: The table's part of the file.
        name: What errors call the file.
        findings: Where what is wrong or doubtful goes.

    Raises:
        UnreadableInput: a quoted cell has no end, or goes on after its end; names the line.
    """
    rows, lines = _rows(block, name)
    if not rows:
        return Table((), (), (), block.first_line, ())
    width = len(rows[0])
    kept, kept_lines = [], []
    for row, line in zip(rows[1:], lines[1:], strict=True):
        if len(row) == width and row[0]:
            kept.append(row)
            kept_lines.append(line)
        elif not any(row):
            findings.add(Finding("empty-line", "warning", "The line says nothing.", "Remove it.", line=line))
        else:
            kept.append(_fitted(row, width, line, findings))
            kept_lines.append(line)
    columns = tuple(zip(*kept, strict=True)) if kept else ((),) * width
    names = tuple(cell.strip() for cell in rows[0])
    return Table(names, columns, tuple(kept_lines), lines[0], tuple(range(1, width + 1)))


def _rows(block: Block, name: str) -> tuple[list[list[str]], list[int]]:
    reader = csv.reader(io.StringIO(block.text, newline=""), delimiter="\t", strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    next_line = block.first_line
    limit = csv.field_size_limit(LARGEST_CELL)
    try:
        for row in reader:
            rows.append(row)
            lines.append(next_line)
            next_line = block.first_line + reader.line_num
    except csv.Error as error:
        raise UnreadableInput(
            f"The row that begins here cannot be read: {error}.",
            where=f"{name}, line {next_line}",
            remedy='Put a cell that holds a tab, a line break or a `"` in `"`, and write each `"` in it twice.',
        ) from None
    finally:
        csv.field_size_limit(limit)
    return rows, lines


def _fitted(row: abc.Sequence[str], width: int, line: int, findings: Findings) -> list[str]:
    if len(row) < width:
        what = f"The row has {len(row)} cells where there are {width} columns; the others are taken to be empty."
        findings.add(Finding("short-row", "warning", what, "Write a tab for each empty cell.", line=line))
    elif any(row[width:]):
        what = f"The row has {len(row)} cells where there are {width} columns."
        findings.add(Finding("long-row", "error", what, "Remove the tab that is too many.", line=line))
    elif len(row) > width:
        what = "The row has empty cells beyond the last column."
        findings.add(Finding("long-row", "warning", what, "Remove the tabs at its end.", line=line))
    return [*row[:width], *[""] * (width - len(row))]
