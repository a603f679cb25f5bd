"""Tables that are delivered as files alone, as statements to make views of: rows are objects, columns properties.

IRIs are those that the W3C's recommendation makes of a table without metadata
(https://www.w3.org/TR/csv2rdf/): a column is the table's address with the column's name, a row that with its line. They
are read into memory, and only where a version has nothing else: what a mapping makes of a table is not shown twice.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from virtuales.errors import TooLarge
from virtuales.preparation.parquet import open_parquet
from virtuales.preparation.sources import CSV, XLSX
from virtuales.preparation.tabular import Table, detect_dialect, open_csv, open_xlsx
from virtuales.rdf.media import PARQUET
from virtuales.rdf.namespaces import XSD
from virtuales.rdf.terms import Literal, NamedNode, Quad
from virtuales.store.object_store import ObjectStore
from virtuales.store.oxigraph_store import OxigraphStore

_CELLS_MOST: Final = 5_000_000
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
GRAPH: Final = NamedNode("urn:virtuales:tables")
ROW: Final = "#row="
"""What a row's IRI has between its table's address and its line."""


@dataclass(frozen=True)
class TableFile:
    """A table of a version, as it was sent.

    Args:
        name: Its name.
        media_type: What it is.
        digest: The object with its bytes.
        encoding: The encoding that its sender states.
    """

    name: str
    media_type: str
    digest: str
    encoding: str | None = None


def is_table(media_type: str) -> bool:
    """Tell whether files of a media type are tables."""
    return media_type.partition(";")[0] in {CSV, XLSX, PARQUET}


def columns(objects: ObjectStore, tables: Sequence[TableFile], base: str) -> list[str]:
    """Return the IRIs of the tables' columns.

    Args:
        objects: Where the files are.
        tables: The tables.
        base: What their addresses are behind; ends in `/`.
    """
    found: list[str] = []
    for file in tables:
        with objects.local_copy(file.digest) as path:
            found += [column_iri(base, file.name, title) for title in _titles(file, path)]
    return found


def read_tables(objects: ObjectStore, tables: Sequence[TableFile], base: str) -> OxigraphStore:
    """Read tables into a store in memory, all in the graph `GRAPH`; the arguments are those of `columns`.

    Raises:
        TooLarge: they have too many cells.
        UnreadableInput: one is no sound table.
    """
    store = OxigraphStore.in_memory()
    room = _CELLS_MOST
    for file in tables:
        with objects.local_copy(file.digest) as path:
            table = _opened(file, path)
            quads = list(_cells(table, file.name, base, room=room))
        room -= len(quads)
        store.load_quads(quads)
    return store


def is_parquet(file: TableFile) -> bool:
    """Tell whether a table is a Parquet file, of which views are made by columns."""
    return file.media_type == PARQUET


def _titles(file: TableFile, path: Path) -> Sequence[str]:
    if is_parquet(file):
        return open_parquet(path, name=file.name).collect_schema().names()
    return _opened(file, path).columns


def _opened(file: TableFile, path: Path) -> Table:
    if file.media_type.partition(";")[0] == XLSX:
        return open_xlsx(path, name=file.name)
    dialect = detect_dialect(path, name=file.name, encoding=file.encoding)
    return open_csv(path, name=file.name, dialect=dialect)


def _cells(table: Table, name: str, base: str, *, room: int) -> Iterator[Quad]:
    properties = [NamedNode(column_iri(base, name, title)) for title in table.columns]
    place = base + quote(name) + ROW
    given = 0
    for row in table.rows():
        subject = NamedNode(f"{place}{row.line}")
        for about, cell in zip(properties, row.cells, strict=True):
            if text := cell.strip():
                given += 1
                if given > room:
                    what = f"Tables with more than {_CELLS_MOST:,} cells are not offered in part."
                    raise TooLarge(what, where=table.name, remedy="Send metadata or a mapping along.")
                yield Quad(subject, about, _value(text), GRAPH)


def _value(text: str) -> Literal:
    """Return what a cell says: numbers and days as such, so that they can be compared; codes remain texts."""
    number = _NUMBER.fullmatch(text)
    if number:
        return Literal(text, datatype=XSD.decimal if number[1] else XSD.integer)
    return Literal(text, datatype=XSD.date) if _DAY.fullmatch(text) else Literal(text)


def column_iri(base: str, name: str, title: str) -> str:
    """Return the IRI of a column: its table's address, behind a base, with its title."""
    return f"{base}{quote(name)}#{quote(title, safe='')}"
