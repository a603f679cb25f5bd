"""A draft of a table's metadata, made from the table: names, datatypes, required and unique columns."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from virtuales.errors import InputError
from virtuales.preparation.csvw.datatypes import Datatype
from virtuales.preparation.csvw.metadata import CONTEXT
from virtuales.preparation.csvw.uri_template import quoted_name
from virtuales.preparation.tabular import Table

_ROWS_READ = 100_000
_word = re.compile(r"[^A-Za-z0-9]+")
_CANDIDATES: tuple[tuple[str, str | None], ...] = (
    ("integer", None),
    ("decimal", None),
    ("double", None),
    ("boolean", "true|false"),
    ("boolean", "Y|N"),
    ("boolean", "Yes|No"),
    ("date", None),
    ("date", "dd/MM/yyyy"),
    ("date", "dd-MM-yyyy"),
    ("date", "dd.MM.yyyy"),
    ("dateTime", None),
    ("dateTime", "yyyy-MM-dd HH:mm:ss"),
    ("dateTime", "dd/MM/yyyy HH:mm"),
    ("time", None),
)
_leading_zero = re.compile(r"[+-]?0\d")


@dataclass
class ColumnFinding:
    """What was seen in a column.

    Args:
        title: Its title.
        kinds: The datatypes and formats that every value so far has had.
        values: How many values there were.
        unique: Whether no value occurred twice.
        least: The least value as text, in the order of its datatype; None without values.
        greatest: The greatest value.
    """

    title: str
    kinds: list[Datatype] = field(default_factory=lambda: [Datatype(n, format=f) for n, f in _CANDIDATES])
    values: int = 0
    unique: bool = True
    least: str | None = None
    greatest: str | None = None

    @property
    def datatype(self) -> Datatype:
        """The narrowest datatype that fits all values; text where none does or nothing was seen."""
        return self.kinds[0] if self.kinds and self.values else Datatype()

    @property
    def name(self) -> str:
        """A name for URI templates: the title's words in lower case."""
        return _word.sub("_", self.title).strip("_").lower() or quoted_name(self.title)


def examine(table: Table) -> tuple[tuple[ColumnFinding, ...], int]:
    """Look at a table's columns; the first 100,000 rows are read.

    Returns:
        The findings, column by column, and the number of rows that were read.
    """
    findings = tuple(ColumnFinding(title) for title in table.columns)
    seen: list[set[str]] = [set() for _ in findings]
    rows = 0
    for row in table.rows():
        rows += 1
        for finding, known, cell in zip(findings, seen, row.cells, strict=True):
            text = cell.strip()
            if text:
                _notice(finding, known, text)
        if rows == _ROWS_READ:
            break
    return findings, rows


def _notice(finding: ColumnFinding, known: set[str], text: str) -> None:
    finding.values += 1
    if finding.unique:
        finding.unique = text not in known
        known.add(text)
    if finding.kinds:
        finding.kinds = [kind for kind in finding.kinds if _fits(kind, text)]
    if finding.kinds:
        order, value = _order_of(finding.kinds[0]), finding.kinds[0].lexical(text)
        finding.least = value if finding.least is None else min(finding.least, value, key=order)
        finding.greatest = value if finding.greatest is None else max(finding.greatest, value, key=order)


def _order_of(kind: Datatype) -> Callable[[str], tuple[float, str]]:
    if kind.name in {"integer", "decimal", "double"}:
        return lambda text: (float(text), "")
    return lambda text: (0.0, text)


def _fits(kind: Datatype, text: str) -> bool:
    if kind.name in {"integer", "decimal", "double"} and _leading_zero.match(text):
        return False  # what looks like a number with a leading zero is a code
    if kind.name == "boolean" and kind.format is None:
        return text in {"true", "false"}
    try:
        kind.lexical(text)
    except InputError:
        return False
    return True


def draft_metadata(table: Table, *, base: str) -> str:
    """Write a metadata document for a table, for its steward to correct.

    Args:
        table: The table.
        base: The IRI that rows and columns get theirs under.
    """
    findings, rows = examine(table)
    key = next((finding for finding in findings if finding.unique and finding.values == rows and rows), None)
    columns = [_column(finding, rows) for finding in findings]
    schema: dict[str, object] = {"columns": columns}
    if key is not None:
        schema["primaryKey"] = key.name
    schema["aboutUrl"] = f"{base}{{{key.name if key else '_row'}}}"
    document: dict[str, object] = {"@context": CONTEXT, "url": table.name, "tableSchema": schema}
    if table.dialect is not None:
        document["dialect"] = {"encoding": table.dialect.encoding, "delimiter": table.dialect.delimiter, "header": True}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _column(finding: ColumnFinding, rows: int) -> Mapping[str, object]:
    kind = finding.datatype
    datatype: object = {"base": kind.name, "format": kind.format} if kind.format else kind.name
    column: dict[str, object] = {"name": finding.name, "titles": finding.title, "datatype": datatype}
    if rows and finding.values == rows:
        column["required"] = True
    return column
