"""Tables of an answer: CSV, JSON, lines of JSON, and Parquet with typed columns."""

import csv
import io
from collections.abc import Sequence

import polars as pl

from virtuales.errors import InputError
from virtuales.exchange.lowering.asking import Table
from virtuales.exchange.lowering.json_text import Json, json_text
from virtuales.exchange.lowering.values import Kind, PlainValue, plain_value

_DIGITS = 38
"""Digits that a column of decimals holds."""
_INT64 = range(-(2**63), 2**63)


def csv_text(table: Table) -> str:
    """Write a table as CSV with a header; see https://www.w3.org/TR/sparql11-results-csv-tsv/.

    An IRI is written bare, a literal as its text; a cell without a term is empty.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.names)
    for row in table.rows:
        writer.writerow([plain_value(row[name]).text if name in row else "" for name in table.names])
    return text.getvalue()


def json_rows(table: Table) -> list[Json]:
    """Return the rows as objects: all columns in each, null where there is no term."""
    return [
        {name: plain_value(row[name]).for_json if name in row else None for name in table.names} for row in table.rows
    ]


def lines_of(values: Sequence[Json]) -> str:
    """Write values as lines of JSON."""
    return "".join(f"{json_text(each)}\n" for each in values)


def parquet_bytes(table: Table) -> bytes:
    """Write a table as Parquet: a column is typed when all its values are of one kind, and else holds their text.

    Decimals are exact. Instants are in UTC, to the microsecond.

    Raises:
        InputError: a decimal or whole number has more digits than a column can hold.
    """
    columns = {name: [plain_value(row[name]) if name in row else None for row in table.rows] for name in table.names}
    out = io.BytesIO()
    pl.DataFrame([_column(name, values) for name, values in columns.items()]).write_parquet(out)
    return out.getvalue()


def _column(name: str, values: Sequence[PlainValue | None]) -> pl.Series:
    kind = _common_kind([each for each in values if each is not None])
    if kind == "text":
        return pl.Series(name, [each.text if each else None for each in values], dtype=pl.String)
    typed = [each.for_column if each else None for each in values]
    if kind == "decimal" or (kind == "integer" and not all(each is None or each in _INT64 for each in typed)):
        return _decimals(name, values)
    return pl.Series(name, typed, dtype=_TYPES[kind])


_TYPES: dict[Kind, pl.DataType] = {
    "integer": pl.Int64(),
    "double": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "dateTime": pl.Datetime("us", "UTC"),
    "localDateTime": pl.Datetime("us"),
}


def _common_kind(values: Sequence[PlainValue]) -> Kind:
    """Return the kind of all values; whole numbers among decimals are decimals, any other mixture is text."""
    kinds = {each.kind for each in values}
    if kinds == {"integer", "decimal"}:
        return "decimal"
    return kinds.pop() if len(kinds) == 1 else "text"


def _decimals(name: str, values: Sequence[PlainValue | None]) -> pl.Series:
    written = [each.text.lstrip("+") if each else None for each in values]
    scale = max((len(text.partition(".")[2]) for text in written if text), default=0)
    whole = max((len(text.partition(".")[0].lstrip("-0")) for text in written if text), default=0)
    if whole + scale > _DIGITS:
        raise InputError(
            f"The column has numbers of {whole + scale} digits, and {_DIGITS} fit.",
            where=f"?{name}",
            remedy="Write CSV or JSON, or make it text with STR() in the query.",
        )
    return pl.Series(name, written, dtype=pl.String).str.to_decimal(scale=scale)
