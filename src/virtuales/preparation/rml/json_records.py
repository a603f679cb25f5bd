"""Values of JSON documents as records: read piece by piece where the iterator is names and then `[*]`."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import cast

import polars as pl

from virtuales.errors import InputError, UnreadableInput
from virtuales.preparation.rml.doubles import canonical_double
from virtuales.preparation.rml.json_path import JsonPath
from virtuales.preparation.rml.json_stream import JsonStream, json_encoding
from virtuales.preparation.rml.mapping import LogicalSource
from virtuales.preparation.rml.records import BATCH, Batch, Column, Value, Values, refuse_large
from virtuales.rdf.namespaces import XSD

_BATCH_CHARACTERS = 16 * 1024**2
_NO_TYPE = type(None)


def json_records(source: LogicalSource, path: Path, references: Collection[str]) -> Iterator[Batch]:  # noqa: ARG001
    """Give the records of a JSON document; see `virtuales.preparation.rml.records.Reader`.

    Raises:
        UnreadableInput: it is no JSON.
        TooLarge: it, or a value of it, is larger than what is held in memory.
    """
    iterator = JsonPath(source.iterator or "$", where=source.place)
    names = iterator.names_before_members
    given = 0
    for records in _whole(source, path, iterator) if names is None else _pieces(source, path, names):
        yield JsonBatch(source, records, given)
        given += len(records)


def _whole(source: LogicalSource, path: Path, iterator: JsonPath) -> Iterator[Sequence[object]]:
    refuse_large(source, path)
    try:
        document = json.loads(path.read_bytes().decode(json_encoding(path, source.encoding)))
    except json.JSONDecodeError as error:
        raise UnreadableInput(
            f"This is no JSON: {error.msg}.", where=f"{source.file}, line {error.lineno}, column {error.colno}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(f"This is no JSON: {str(error)[:200]}.", where=source.file) from None
    found = iterator.find(document)
    yield from (found[start : start + BATCH] for start in range(0, len(found), BATCH))


def _pieces(source: LogicalSource, path: Path, names: Sequence[str]) -> Iterator[Sequence[object]]:
    some: list[object] = []
    start = 0
    try:
        with path.open(encoding=json_encoding(path, source.encoding), newline="") as file:
            stream = JsonStream(file, source.file)
            for record in stream.members(names):
                some.append(record)
                if len(some) == BATCH or stream.dropped - start > _BATCH_CHARACTERS:
                    yield some
                    some, start = [], stream.dropped
    except UnicodeError as error:
        raise UnreadableInput(
            f"This is no JSON: {str(error)[:200]}.", where=source.file, remedy="Save it as UTF-8, or give its encoding."
        ) from None
    if some:
        yield some


class JsonBatch:
    """Some records of a JSON document.

    Args:
        source: What the mapping says.
        records: The records.
        given: How many came before them.
    """

    def __init__(self, source: LogicalSource, records: Sequence[object], given: int) -> None:
        self.size = len(records)
        self._source = source
        self._records = records
        self._given = given
        self._columns: dict[str, Column | None] = {}
        self._texts = _TEXTS if source.natural else _FIRST_TEXTS

    def place(self, number: int) -> str:
        """Say where a record stands: file and number of the record."""
        return f"{self._source.file}, record {self._given + number + 1}"

    def values(self, reference: str) -> list[Values]:
        """Return the values that a path leads to, in each record.

        Raises:
            InputError: it leads to an object or array; names the record.
        """
        path = JsonPath(reference, where=self._source.place)
        return [self._values(path.find(record), reference, number) for number, record in enumerate(self._records)]

    def column(self, reference: str) -> Column | None:
        """Return the values that a path of names leads to, where all are of one kind."""
        if reference not in self._columns:
            names = JsonPath(reference, where=self._source.place).names
            self._columns[reference] = None if names is None else self._simple(names)
        return self._columns[reference]

    def _simple(self, names: Sequence[str]) -> Column | None:
        found: Sequence[object] = self._records
        for name in names:
            found = [each.get(name) if type(each) is dict else None for each in found]
        kinds = set(map(type, found)) - {_NO_TYPE}
        if len(kinds) > 1 or not kinds <= self._texts.keys():
            return None
        kind = kinds.pop() if kinds else str
        written, datatype = self._texts[kind]
        if kind is float and self._source.natural:
            return Column(None, datatype, doubles=cast("Sequence[float | None]", found))
        texts = found if kind is str else [None if each is None else written(each) for each in found]
        try:
            series = pl.Series(texts, dtype=pl.String)
        except UnicodeError:  # a lone surrogate, which is refused where its record is known
            return None
        if kind is str and self._source.nulls:
            series = series.set(series.is_in(list(self._source.nulls)), None)
        return Column(series, datatype)

    def _values(self, found: Sequence[object], reference: str, number: int) -> Values:
        values = []
        for value in found:
            if isinstance(value, dict | list):
                raise InputError(
                    f"`{reference}` leads to {'an object' if isinstance(value, dict) else 'an array'}, "
                    "which is no value.",
                    where=self.place(number),
                    remedy="Go on to its members, such as `[*]`.",
                )
            if value is not None and not (isinstance(value, str) and value in self._source.nulls):
                written, datatype = self._texts[type(value)]
                values.append(Value(written(value), datatype))
        return values


def _truth(value: object) -> str:
    return "true" if value else "false"


def _double(value: object) -> str:
    return canonical_double(cast("float", value))


_TEXTS: dict[type, tuple[Callable[[object], str], str | None]] = {
    str: (str, None),
    bool: (_truth, XSD.boolean.value),
    int: (str, XSD.integer.value),
    float: (_double, XSD.double.value),
}
_FIRST_TEXTS = _TEXTS | {bool: (_truth, None), int: (str, None), float: (repr, None)}
"""The forms of the first RML, which took all values as text."""
