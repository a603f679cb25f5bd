"""Tables with metadata to N-Triples, in standard and minimal mode (https://www.w3.org/TR/csv2rdf/).

Where the recommendation makes blank nodes, IRIs are made, so that a table always gives the same statements.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urljoin

from virtuales.errors import DanglingReference, InputError, UnreadableInput
from virtuales.preparation.csvw.metadata import Column, ForeignKey, TableMetadata
from virtuales.preparation.csvw.prefixes import expand_prefix
from virtuales.preparation.csvw.uri_template import UriTemplate, quoted_name
from virtuales.preparation.tabular import Row, Table, open_csv, open_xlsx
from virtuales.preparation.terms import iri_text, language_tag, literal_text
from virtuales.preparation.workbook import is_workbook
from virtuales.rdf.namespaces import CSVW, RDF, XSD

Mode = Literal["standard", "minimal"]
_NIL = f"<{RDF.nil.value}>"
_TYPE = f"<{RDF.type.value}>"


@dataclass(frozen=True)
class _Cell:
    """What a cell gives: the values' lexical forms."""

    column: Column
    values: tuple[str, ...]


def convert(
    tables: Sequence[TableMetadata], files: Mapping[str, Path], *, base: str, mode: Mode = "minimal"
) -> Iterator[tuple[str, Iterator[str]]]:
    """Give for each table its file's name and its lines of N-Triples, after the keys of all were checked.

    Args:
        tables: What is known of them.
        files: The files that were sent along, by name.
        base: What the tables' addresses are relative to; ends in `/`.
        mode: `minimal` says what the cells say; `standard` also describes tables and rows.

    Raises:
        UnreadableInput: a file is missing or no table, or its header is not what the metadata says.
        InputError: a value is not of its datatype, missing where required, or a key occurs twice.
        DanglingReference: a foreign key leads nowhere.
    """
    opened = [_OpenTable(*_open(table, files), base) for table in tables]
    _check_keys({table.metadata.file: table for table in opened})
    group = iri_text(base + "#tables", where="base") if mode == "standard" else None
    for table in opened:
        if not table.metadata.suppressed:
            yield table.metadata.file, _table_lines(table, group)


class _OpenTable:
    """A table with what its metadata says, ready to be read."""

    def __init__(self, metadata: TableMetadata, table: Table, base: str) -> None:
        self.metadata = metadata
        self.table = table
        self.iri = urljoin(base, quote(metadata.file))
        self.predicates = {
            column.name: _resolved(f"#{column.name}", self.iri, table.name) for column in metadata.columns
        }

    def cells(self, row: Row) -> tuple[_Cell, ...]:
        real = (column for column in self.metadata.columns if not column.virtual)
        return tuple(
            _Cell(column, _values(column, text, self.table, row.line))
            for column, text in zip(real, row.cells, strict=True)
        )


def _open(metadata: TableMetadata, files: Mapping[str, Path]) -> tuple[TableMetadata, Table]:
    path = files.get(metadata.file)
    if path is None:
        raise UnreadableInput(
            f"The metadata describes `{metadata.file}`, and no file of that name was sent.",
            where=metadata.file,
            remedy="Send it, or name one of: " + ", ".join(sorted(files)) + ".",
        )
    if is_workbook(path):
        table = open_xlsx(path, name=metadata.file, sheet=metadata.sheet)
    else:
        table = open_csv(path, name=metadata.file, dialect=metadata.dialect)
    if not metadata.columns:
        columns = tuple(Column(quoted_name(title), titles=(title,)) for title in table.columns)
        return replace(metadata, columns=columns), table
    real = [column for column in metadata.columns if not column.virtual]
    if len(real) != len(table.columns):
        raise UnreadableInput(
            f"The table has {len(table.columns)} columns, and the metadata describes {len(real)}.",
            where=metadata.file,
            remedy="Describe each column, in the order of the table.",
        )
    for place, (column, title) in enumerate(zip(real, table.columns, strict=True), 1):
        known = column.titles or (column.name,)
        if title not in known and (table.dialect is None or table.dialect.header):
            raise UnreadableInput(
                f"The column is called `{title}`, and the metadata calls it `{known[0]}`.",
                where=f"{metadata.file}, column {place}",
                remedy="Correct `titles`, or the header.",
            )
    return metadata, table


def _values(column: Column, text: str, table: Table, line: int) -> tuple[str, ...]:
    if column.datatype.name not in {"string", "json", "xml", "html", "anyAtomicType", "normalizedString"}:
        text = text.strip()
    text = text or column.default
    try:
        if text in column.nulls:
            return _nothing(column)
        parts = [text] if column.separator is None else [part.strip() for part in text.split(column.separator)]
        return tuple(
            column.datatype.lexical(part) for part in parts if part not in column.nulls or not column.separator
        )
    except InputError as error:
        titles = column.titles or (column.name,)
        raise InputError(
            error.what,
            where=table.place(line, titles[0]),
            remedy="Correct the value, or the column's datatype, format, `null` or `required`.",
        ) from None


def _nothing(column: Column) -> tuple[str, ...]:
    if column.required:
        raise InputError("A value is required.")
    return ()


def _table_lines(table: _OpenTable, group: str | None) -> Iterator[str]:
    subject = f"<{table.iri}>"
    if group is not None:
        node = iri_text(table.iri + "#table", where=table.table.name)
        yield f"{group} {_TYPE} <{CSVW.TableGroup.value}> .\n"
        yield f"{group} <{CSVW.table.value}> {node} .\n"
        yield f"{node} {_TYPE} <{CSVW.Table.value}> .\n"
        yield f"{node} <{CSVW.url.value}> {subject} .\n"
    for number, row in enumerate(table.table.rows(), 1):
        described: dict[str, None] = {}
        for about, line in _row_lines(table, row, number):
            described[about] = None
            yield line
        if group is not None:
            yield from _row_frame(table, row.line, number, described)


def _row_frame(table: _OpenTable, line: int, number: int, described: Mapping[str, None]) -> Iterator[str]:
    node, row = f"<{table.iri}#table>", f"<{table.iri}#row-{number}>"
    yield f"{node} <{CSVW.row.value}> {row} .\n"
    yield f"{row} {_TYPE} <{CSVW.Row.value}> .\n"
    yield f'{row} <{CSVW.rownum.value}> "{number}"^^<{XSD.integer.value}> .\n'
    yield f"{row} <{CSVW.url.value}> <{table.iri}#row={line}> .\n"
    for about in described:
        yield f"{row} <{CSVW.describes.value}> {about} .\n"


def _row_lines(table: _OpenTable, row: Row, number: int) -> Iterator[tuple[str, str]]:
    """Give pairs of a subject and a line that says something of it."""
    cells = table.cells(row)
    known: dict[str, str | Sequence[str] | None] = {
        "_row": str(number),
        "_sourceRow": str(row.line),
        **{
            cell.column.name: (cell.values if cell.column.separator else cell.values[0]) if cell.values else None
            for cell in cells
        },
    }
    virtual = tuple(_Cell(column, ()) for column in table.metadata.columns if column.virtual)
    for cell in (*cells, *virtual):
        column, where = cell.column, table.table.place(row.line, cell.column.name)
        if column.suppressed or not (cell.values or (column.virtual and column.value)):
            continue
        known["_name"] = column.name
        about = _made(column.about, known, table.iri, where) or f"<{table.iri}#_row-{number}>"
        predicate = _made(column.property, known, table.iri, where) or table.predicates[column.name]
        if column.value is not None:
            yield about, f"{about} {predicate} {_made(column.value, known, table.iri, where)} .\n"
        else:
            for line in _value_lines(about, predicate, cell, node=f"{table.iri}#list-{number}-", where=where):
                yield about, line


def _value_lines(about: str, predicate: str, cell: _Cell, *, node: str, where: str) -> Iterator[str]:
    column = cell.column
    terms = [_literal(column, value, where) for value in cell.values]
    if column.separator is None or not column.ordered:
        for term in dict.fromkeys(terms):
            yield f"{about} {predicate} {term} .\n"
        return
    nodes = [iri_text(f"{node}{quote(column.name)}-{place}", where=where) for place in range(1, len(terms) + 1)]
    yield f"{about} {predicate} {nodes[0] if nodes else _NIL} .\n"
    for here, term, following in zip(nodes, terms, [*nodes[1:], _NIL], strict=True):
        yield f"{here} <{RDF.first.value}> {term} .\n"
        yield f"{here} <{RDF.rest.value}> {following} .\n"


def _literal(column: Column, value: str, where: str) -> str:
    if column.language is not None and column.datatype.name == "string" and column.datatype.iri is None:
        return f"{literal_text(value, None, where=where)}@{language_tag(column.language, where=where)}"
    return literal_text(value, column.datatype.literal_iri, where=where)


def _made(template: UriTemplate | None, known: Mapping[str, str | Sequence[str] | None], iri: str, where: str) -> str:
    return _resolved(expand_prefix(template.expand(known)), iri, where) if template is not None else ""


def _resolved(reference: str, iri: str, where: str) -> str:
    if reference.startswith("#"):
        return iri_text(iri + reference, where=where)
    return iri_text(reference if ":" in reference.partition("/")[0] else urljoin(iri, reference), where=where)


def _check_keys(tables: Mapping[str, _OpenTable]) -> None:
    """Check that primary keys are unique and that foreign keys lead to rows of the tables at hand."""
    for table in tables.values():
        if table.metadata.primary_key:
            _check_unique(table)
        for key in table.metadata.foreign_keys:
            _check_references(table, key, tables)


def _check_unique(table: _OpenTable) -> None:
    seen: dict[tuple[str, ...], int] = {}
    make = _key(table, table.metadata.primary_key)
    for row in table.table.rows():
        key = make(row)
        if seen.setdefault(key, row.line) != row.line:
            raise InputError(
                f"The key `{', '.join(key)}` is that of line {seen[key]} already.",
                where=table.table.place(row.line, ", ".join(table.metadata.primary_key)),
                remedy="Give each row a key of its own, or correct `primaryKey`.",
            )


def _check_references(table: _OpenTable, key: ForeignKey, tables: Mapping[str, _OpenTable]) -> None:
    other = tables.get(key.resource)
    if other is None:
        raise DanglingReference(
            f"A foreign key refers to `{key.resource}`, which the metadata does not describe.",
            where=table.table.name,
            remedy="Describe and send that table, or drop the foreign key.",
        )
    theirs = _key(other, key.references)
    known = {theirs(row) for row in other.table.rows()}
    ours = _key(table, key.columns)
    for row in table.table.rows():
        values = ours(row)
        if any(values) and values not in known:
            raise DanglingReference(
                f"`{', '.join(values)}` is not in `{key.resource}`.",
                where=table.table.place(row.line, ", ".join(key.columns)),
                remedy=f"Add the row to `{key.resource}`, or correct the value.",
            )


def _key(table: _OpenTable, names: Sequence[str]) -> Callable[[Row], tuple[str, ...]]:
    places = [table.metadata.column(name) for name in names]

    def make(row: Row) -> tuple[str, ...]:
        columns = table.metadata.columns
        return tuple("\x1f".join(_values(columns[at], row.cells[at], table.table, row.line)) for at in places)

    return make
