"""Excel workbooks (.xlsx): one sheet as rows of text, with guards against what a zip can do.

See ECMA-376 part 1, section 18. Numbers, dates and truth values become their XML Schema forms.
"""

import math
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from lxml.etree import XMLSyntaxError
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook

from virtuales.errors import TooLarge, UnreadableInput
from virtuales.preparation.tabular import Row, TableLimits

_RATIO_FROM = 1 << 20
_DAY_SECONDS = 86_400
_DTD_MARKS = tuple("<!DOCTYPE".encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be"))
_MARK_LENGTH = 20
_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


def is_workbook(path: Path) -> bool:
    """Tell whether a zip is an Excel workbook, by the part that every workbook has."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def workbook_rows(path: Path, *, name: str, sheet: str | None, limits: TableLimits) -> Generator[Row, None, None]:
    """Give the rows of a sheet, empty ones left out, each as wide as the limits' columns allow.

    Raises:
        UnreadableInput: it is no sound workbook, has no such sheet, or a cell holds an error or an uncomputed formula.
        TooLarge: it unpacks to more than the limits allow.
    """
    _guard(path, name, limits)
    try:
        computed = _has_formulas(path, name)
        with path.open("rb") as file, closing(_load(file, values=True)) as book:
            title = _sheet(book, sheet, name)
            if not computed:
                yield from _plain_rows(book, title, name, limits)
                return
            with path.open("rb") as again, closing(_load(again, values=False)) as formulas:
                yield from _computed_rows(book, formulas, title, name=name, limits=limits)
    except (
        *(zipfile.BadZipFile, zlib.error, InvalidFileException, XMLSyntaxError, ParseError),
        *(KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError),
    ) as error:
        # The library lets a damaged workbook surface as whatever fails first.
        raise UnreadableInput(
            f"This is no sound workbook: {str(error)[:200]}.", where=name, remedy="Save it again as .xlsx, or as CSV."
        ) from error


def _load(file: BinaryIO, *, values: bool) -> Workbook:
    """Open a workbook over a file that the caller closes: the library leaves its own open when it fails."""
    return load_workbook(file, read_only=True, data_only=values, keep_links=False)


def _sheet(book: Workbook, sheet: str | None, name: str) -> str:
    if sheet is None:
        return str(book.sheetnames[0])
    if sheet not in book.sheetnames:
        raise UnreadableInput(
            f"The workbook has no sheet `{sheet}`.", where=name, remedy="It has: " + ", ".join(book.sheetnames) + "."
        )
    return sheet


def _plain_rows(book: Workbook, title: str, name: str, limits: TableLimits) -> Iterator[Row]:
    for line, cells in enumerate(book[title].iter_rows(values_only=True, max_col=limits.columns), 1):
        if any(cell is not None for cell in cells):
            yield Row(line, [_text(cell, name, line, place) for place, cell in enumerate(cells, 1)])


def _computed_rows(book: Workbook, formulas: Workbook, title: str, *, name: str, limits: TableLimits) -> Iterator[Row]:
    written = formulas[title].iter_rows(values_only=True, max_col=limits.columns)
    for row, formula_row in zip(_padded(book, title, limits), written, strict=False):
        line, cells = row
        for place, (cell, formula) in enumerate(zip(cells, formula_row, strict=False), 1):
            if cell is None and isinstance(formula, str) and formula.startswith("="):
                raise UnreadableInput(
                    "The cell holds a formula that no program has computed; formulas are not evaluated here.",
                    where=f"{name}, line {line}, column {place}",
                    remedy="Open and save the workbook in a spreadsheet program, or paste the values.",
                )
        if any(cell is not None for cell in cells):
            yield Row(line, [_text(cell, name, line, place) for place, cell in enumerate(cells, 1)])


def _padded(book: Workbook, title: str, limits: TableLimits) -> Iterator[tuple[int, tuple[object, ...]]]:
    yield from enumerate(book[title].iter_rows(values_only=True, max_col=limits.columns), 1)


def _text(value: object, name: str, line: int, place: int) -> str:
    if value in _ERRORS:
        raise UnreadableInput(
            f"The cell holds the error `{value}`.",
            where=f"{name}, line {line}, column {place}",
            remedy="Correct the workbook, or leave the cell empty.",
        )
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and math.fabs(value) < 1e15 else repr(value)  # noqa: PLR2004  (Excel keeps 15 digits)
    return value if isinstance(value, str) else _moment(value)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.days * _DAY_SECONDS + value.seconds}S"
    return str(value)


def _guard(path: Path, name: str, limits: TableLimits) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, zlib.error) as error:
        raise UnreadableInput(f"The workbook is damaged: {error}.", where=name, remedy="Send it again.") from None
    for part in parts:
        grown = part.file_size > limits.ratio * max(part.compress_size, 1)
        if grown and part.file_size > _RATIO_FROM:
            raise TooLarge(
                f"A part of the workbook grows to {part.file_size:,} bytes from {part.compress_size:,}.",
                where=f"{name}/{part.filename}",
                remedy=f"A part may be at most {limits.ratio} times larger than its compressed form.",
            )
    total = sum(part.file_size for part in parts)
    if total > limits.unpacked_bytes:
        raise TooLarge(f"The workbook unpacks to {total:,} bytes.", where=name, remedy="Split it, or send CSV.")


def _has_formulas(path: Path, name: str) -> bool:
    """Tell whether any sheet holds a formula, without reading the parts as XML; a part with a DTD is refused."""
    found = False
    with zipfile.ZipFile(path) as archive:
        for part in archive.namelist():
            with archive.open(part) as content:
                tail = b""
                while block := content.read(1 << 20):
                    seen = tail + block
                    if any(mark in seen for mark in _DTD_MARKS):
                        raise UnreadableInput(
                            "A part of the workbook has a DTD.",
                            where=f"{name}/{part}",
                            remedy="Save it again as .xlsx.",
                        )
                    found = found or b"<f>" in seen or b"<f " in seen
                    tail = block[-_MARK_LENGTH:]
    return found
