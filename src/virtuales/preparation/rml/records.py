"""Records of a source, a batch at a time: for each reference the values of every record of the batch.

A value is a text with the datatype that its source gives it by nature: a cell and a piece of XML have none, a number
and a truth value of JSON have theirs (RML-IO, natural mappings).
"""

import itertools
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from lxml import etree

from virtuales.errors import InputError, TooLarge, UnreadableInput
from virtuales.preparation.rml.json_path import JsonPath
from virtuales.preparation.rml.mapping import Formulation, LogicalSource
from virtuales.preparation.tabular import Table, detect_dialect, open_csv, open_xlsx
from virtuales.preparation.workbook import is_workbook
from virtuales.rdf.namespaces import XSD

_Element = etree._Element  # noqa: SLF001  (the library names its class so)

BATCH = 20_000
DOCUMENT_BYTES = 512 * 1024**2
"""The largest JSON or XML document: it is held in memory while it is mapped."""


class Value(NamedTuple):
    """A value as text, and the IRI of its natural datatype; None for text."""

    text: str
    datatype: str | None = None


Values = Sequence[Value]
"""The values of one reference in one record: none where there is no value."""


class Batch(Protocol):
    """Some records of a source."""

    @property
    def places(self) -> Sequence[str]:
        """Where each record stands, for errors."""
        ...

    def values(self, reference: str) -> Sequence[Values]:
        """Return the values of a reference, record by record.

        Raises:
            InputError: the reference is malformed, names no column, or leads to what is no value.
        """
        ...


def open_records(source: LogicalSource, files: Mapping[str, Path]) -> Iterator[Batch]:
    """Give the records of a logical source in batches.

    Args:
        source: What the mapping says.
        files: The files that were sent along, by name; nothing else is ever opened.

    Raises:
        UnreadableInput: no such file was sent, or it is not what the mapping says.
        TooLarge: a document is larger than what is held in memory.
        InputError: the iterator is malformed.
    """
    path = files.get(source.file)
    if path is None:
        raise UnreadableInput(
            f"The mapping reads `{source.file}`, and no file of that name was sent.",
            where=source.file,
            remedy="Send it, or name one of: " + ", ".join(sorted(files)) + ".",
        )
    readers = {Formulation.CSV: _rows, Formulation.JSON_PATH: _json, Formulation.XPATH: _xml}
    return readers[source.formulation](source, path)


class _TableBatch:
    def __init__(self, table: Table, lines: Sequence[int], columns: Mapping[str, Sequence[Values]]) -> None:
        self.places = [table.place(line) for line in lines]
        self._table = table
        self._columns = columns

    def values(self, reference: str) -> Sequence[Values]:
        if reference not in self._columns:
            raise InputError(
                f"The table has no column `{reference}`.",
                where=self._table.name,
                remedy="It has: " + ", ".join(self._columns) + ".",
            )
        return self._columns[reference]


def _rows(source: LogicalSource, path: Path) -> Iterator[Batch]:
    if is_workbook(path):
        table = open_xlsx(path, name=source.file, sheet=source.sheet)
    else:
        dialect = detect_dialect(path, name=source.file)
        table = open_csv(path, name=source.file, dialect=dialect)
    nothing = source.nulls | {""}
    rows = table.rows()
    while batch := list(itertools.islice(rows, BATCH)):
        cells = zip(*(row.cells for row in batch), strict=True)
        columns = {
            title: [() if cell in nothing else (Value(cell),) for cell in column]
            for title, column in zip(table.columns, cells, strict=True)
        }
        yield _TableBatch(table, [row.line for row in batch], columns)


class _TreeBatch:
    """Records of a document: `find` compiles a reference to a function from a record to its values."""

    def __init__(self, name: str, records: Sequence[object], find: Callable[[str], Callable[[object], Values]]) -> None:
        self.places = [f"{name}, record {number}" for number in range(1, len(records) + 1)]
        self._records = records
        self._find = find
        self._known: dict[str, Sequence[Values]] = {}

    def values(self, reference: str) -> Sequence[Values]:
        if reference not in self._known:
            find = self._find(reference)
            self._known[reference] = [find(record) for record in self._records]
        return self._known[reference]


def _json(source: LogicalSource, path: Path) -> Iterator[Batch]:
    data = _document(source, path)
    try:
        document = json.loads(data.decode(source.encoding) if source.encoding else data)
    except (ValueError, RecursionError, LookupError) as error:
        raise UnreadableInput(f"This is no JSON: {str(error)[:200]}.", where=source.file) from None
    records = JsonPath(source.iterator or "$", where=f"iterator of {source.file}").find(document)

    def compiled(reference: str) -> Callable[[object], Values]:
        path = JsonPath(reference, where=f"reference into {source.file}")
        return lambda record: _json_values(path.find(record), reference, source)

    yield _TreeBatch(source.file, records, compiled)


def _json_values(found: Sequence[object], reference: str, source: LogicalSource) -> Values:
    values = []
    for value in found:
        if isinstance(value, dict | list):
            raise InputError(
                f"`{reference}` leads to {'an object' if isinstance(value, dict) else 'an array'}, which is no value.",
                where=source.file,
                remedy="Go on to its members, such as `[*]`.",
            )
        if value is not None and value not in source.nulls:
            made = _json_value(value)
            values.append(made if source.natural else Value(made.text))
    return values


def _json_value(value: object) -> Value:
    if isinstance(value, bool):
        return Value("true" if value else "false", XSD.boolean.value)
    if isinstance(value, int):
        return Value(str(value), XSD.integer.value)
    if isinstance(value, float):
        return Value(_double(value), XSD.double.value)
    return Value(str(value))


def _double(value: float) -> str:
    """Write a number as the canonical form of `xsd:double`, such as `3.0E1`."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("INF" if value > 0 else "-INF")
    digits, _, exponent = f"{value:.17e}".partition("e")
    shortest = repr(value)
    mantissa = f"{float(shortest):.{max(len(shortest) - 1, 1)}e}".partition("e")[0].rstrip("0")
    return f"{mantissa + '0' if mantissa.endswith('.') else mantissa}E{int(exponent)}" if digits else "0.0E0"


def _xml(source: LogicalSource, path: Path) -> Iterator[Batch]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        tree = etree.fromstring(_document(source, path), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableInput(f"This is no well-formed XML: {str(error)[:200]}.", where=source.file) from None
    if tree.getroottree().docinfo.internalDTD is not None:
        raise UnreadableInput("Documents with a DTD are refused.", where=source.file, remedy="Leave out the DOCTYPE.")
    records = _xpath(source.iterator or "/*", source)(tree)
    if not isinstance(records, list):
        raise InputError("The iterator leads to no elements.", where=f"iterator of {source.file}")

    def compiled(reference: str) -> Callable[[object], Values]:
        expression = _xpath(reference, source)
        return lambda record: _xml_values(expression(cast("_Element", record)), source)

    yield _TreeBatch(source.file, records, compiled)


def _xpath(expression: str, source: LogicalSource) -> Callable[[_Element], object]:
    try:
        compiled = etree.XPath(expression, namespaces=dict(source.namespaces) or None, regexp=False)
    except etree.XPathError as error:
        raise InputError(f"`{expression[:200]}` is no XPath: {error}.", where=f"path into {source.file}") from None

    def evaluate(node: _Element) -> object:
        try:
            return compiled(node)
        except etree.XPathError as error:
            raise InputError(f"`{expression[:200]}` fails: {error}.", where=f"path into {source.file}") from None

    return evaluate


def _xml_values(found: object, source: LogicalSource) -> Values:
    items = found if isinstance(found, list) else [found]
    texts = ("".join(map(str, item.itertext())) if isinstance(item, _Element) else str(item) for item in items)
    return [Value(text) for text in texts if text and text not in source.nulls]


def _document(source: LogicalSource, path: Path) -> bytes:
    size = path.stat().st_size
    if size > DOCUMENT_BYTES:
        raise TooLarge(
            f"The document has {size:,} bytes; at most {DOCUMENT_BYTES:,} are mapped.",
            where=source.file,
            remedy="Split it, or send tables.",
        )
    return path.read_bytes()
