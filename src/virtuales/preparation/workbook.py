"""Excel workbooks (.xlsx): one sheet as rows of text, with guards against what a zip can do.

See ECMA-376 part 1, section 18. Numbers, dates and truth values become their XML Schema forms.
"""

import math
import re
import zipfile
import zlib
from collections.abc import Generator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol
from xml.etree.ElementTree import ParseError

from lxml.etree import XMLSyntaxError
from openpyxl import load_workbook
from openpyxl.styles.numbers import is_datetime
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook

from virtuales.errors import TooLarge, UnreadableInput
from virtuales.preparation.tabular import Row, TableLimits
from virtuales.preparation.worksheet import check_sheet

_RATIO_FROM = 1 << 20
_DAY_SECONDS = 86_400
_DTD_MARKS = tuple("<!DOCTYPE".encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be"))
_MARK_LENGTH = 64
_suspicious = re.compile(rb"<(?:\w+:)?(?:f[ >/]|mergeCell )")
"""The beginning of a formula or of merged cells; bytes of UTF-16 that are zero are taken out before."""
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
        UnreadableInput: it is no sound workbook, has no such sheet, or the sheet has merged cells, or a cell with an
            error or a formula that no program computed.
        TooLarge: it unpacks to more than the limits allow.
    """
    _guard(path, name, limits)
    try:
        suspicious = _is_suspicious(path, name)
        with path.open("rb") as file, closing(_load(file)) as book:
            title = _sheet(book, sheet, name)
            if suspicious:
                check_sheet(path, title, name=name)
            for line, cells in enumerate(book[title].iter_rows(max_col=limits.columns), 1):
                if any(cell.value is not None for cell in cells):
                    yield Row(line, [_text(cell, name, line, place) for place, cell in enumerate(cells, 1)])
    except (
        *(zipfile.BadZipFile, zlib.error, InvalidFileException, XMLSyntaxError, ParseError),
        *(KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError),
    ) as error:
        # The library lets a damaged workbook surface as whatever fails first.
        raise UnreadableInput(
            f"This is no sound workbook: {str(error)[:200]}.", where=name, remedy="Save it again as .xlsx, or as CSV."
        ) from error


def _load(file: BinaryIO) -> Workbook:
    """Open a workbook over a file that the caller closes: the library leaves its own open when it fails."""
    return load_workbook(file, read_only=True, data_only=True, keep_links=False)


def _sheet(book: Workbook, sheet: str | None, name: str) -> str:
    if sheet is None:
        return str(book.sheetnames[0])
    if sheet not in book.sheetnames:
        raise UnreadableInput(
            f"The workbook has no sheet `{sheet}`.", where=name, remedy="It has: " + ", ".join(book.sheetnames) + "."
        )
    return sheet


class _Cell(Protocol):
    """What is read of a cell."""

    @property
    def value(self) -> object:
        """Its value, which the library has made of number and format."""
        ...

    @property
    def number_format(self) -> str | None:
        """How the spreadsheet program shows it; None for an empty cell."""
        ...


def _text(cell: _Cell, name: str, line: int, place: int) -> str:
    value = cell.value
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
    return value if isinstance(value, str) else _moment(value, cell.number_format or "")


def _moment(value: object, shown_as: str) -> str:
    """Write a day, an instant or a time; midnight is a day only where the cell shows no time."""
    if isinstance(value, datetime):
        a_day = value.time() == time() and is_datetime(shown_as) == "date"
        return value.date().isoformat() if a_day else value.isoformat()
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


def _is_suspicious(path: Path, name: str) -> bool:
    """Tell whether any part holds a formula or merged cells, without reading it as XML; one with a DTD is refused."""
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
                    found = found or _suspicious.search(seen.replace(b"\0", b"")) is not None
                    tail = block[-_MARK_LENGTH:]
    return found
