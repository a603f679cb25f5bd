"""Views of tables by columns: what a view chooses of a table's rows and columns, as its techniques leave them.

Everything is an expression over the whole column (https://docs.pola.rs/), carried out piece by piece, so a table may be
larger than the memory. What is written here says the same as `techniques` does of statements.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import polars as pl

from virtuales.errors import InputError
from virtuales.policy.odrl import Value
from virtuales.policy.values import instant
from virtuales.policy.views.groups import Key, Measured, Totals
from virtuales.policy.views.techniques import GENERAL, value_pseudonym
from virtuales.policy.views.view import Aggregation, Bounds, Condition, Generalisation, Rounding, View
from virtuales.rdf.namespaces import ODRL, XSD
from virtuales.rdf.terms import Literal, NamedNode, plain, typed

_FORMS: Final = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}
_TEXTS: Final = {
    "year": r"^(-?\d{4,})-\d\d-\d\d(?:T.*)?$",
    "month": r"^(-?\d{4,}-\d\d)-\d\d(?:T.*)?$",
    "day": r"^(-?\d{4,}-\d\d-\d\d)(?:T.*)?$",
}
_NUMBERS: Final = frozenset({XSD.integer, XSD.decimal, XSD.double})
_MOMENTS: Final = frozenset({XSD.date, XSD.dateTime})
Columns = Mapping[NamedNode, str]
"""The titles of a table's columns, by the properties that they are."""


def refuse_unfit_for_columns(view: View) -> None:
    """Refuse a view that says of objects what rows of a table do not have.

    Raises:
        InputError: names what it is.
    """
    said = {
        "classes": view.classes,
        "objects": view.objects,
        "area": view.area,
        "pseudonyms": view.pseudonyms and view.pseudonyms.objects,
    }
    for where, value in said.items():
        if value:
            what = f"Rows of a Parquet file have no names, classes or places, so `{where}` chooses nothing of them."
            raise InputError(what, where=where, remedy="Choose rows by `where` or `period`, and columns.")


def shown_rows(frame: pl.LazyFrame, view: View, columns: Columns, *, key: bytes) -> pl.LazyFrame | None:
    """Return what a view shows of a table; None where it has no such column.

    Args:
        frame: The table.
        view: The view.
        columns: The table's columns.
        key: Decides the pseudonyms.
    """
    if any(condition.property not in columns for condition in view.conditions):
        return None
    kinds = frame.collect_schema()
    rows = [_condition(condition, columns[condition.property], kinds) for condition in view.conditions]
    left_out = {about for one in view.suppressions for about in one.properties}
    chosen = [one for one in columns if (not view.properties or one in view.properties) and one not in left_out]
    if not chosen:
        return None
    shown = frame.filter(*rows) if rows else frame
    shown = shown.select(columns[one] for one in chosen)
    for coarse in view.generalisations:
        shown = _changed(shown, coarse, {one: columns[one] for one in chosen})
    for step in view.roundings:
        shown = _changed(shown, step, {one: columns[one] for one in chosen})
    if view.pseudonyms:
        hidden = [columns[one] for one in view.pseudonyms.properties if one in chosen]
        shown = shown.with_columns(_pseudonyms(title, key) for title in hidden)
    return shown.filter(pl.any_horizontal(pl.all().is_not_null()))


def totals_of_rows(frame: pl.LazyFrame, view: View, by: Aggregation, columns: Columns) -> Mapping[Key, Totals]:
    """Return the size and the totals of each group of rows.

    Args:
        frame: What `shown_rows` gave.
        view: The view.
        by: What the groups are.
        columns: The table's columns.
    """
    there = set(frame.collect_schema())
    if any(columns.get(about) not in there for about in by.by):
        return {}
    bounds = {one.about: one for one in by.noise.bounds} if by.noise else {}
    measured = [about for about in by.measured if columns.get(about) in there]
    keys = [pl.col(columns[about]).alias(f"key {place}") for place, about in enumerate(by.by)]
    sums = [one for about in measured for one in _sums(columns[about], bounds.get(about))]
    whole = frame.filter(pl.col(columns[about]).is_not_null() for about in by.by)
    found = whole.group_by(keys).agg(pl.len().alias("size"), *sums).collect(engine="streaming")
    kinds = [_kind_after(view, about) for about in by.by]
    return {
        tuple(
            _term(row[f"key {place}"], kind) for place, kind in enumerate(kinds)
        ): Totals(row["size"], {about: _measured(row, columns[about]) for about in measured})
        for row in found.iter_rows(named=True)
    }  # fmt: skip


def _sums(title: str, bounds: Bounds | None) -> list[pl.Expr]:
    number = _number(title)
    held = pl.lit(0)
    if bounds:
        units = number.clip(float(bounds.lower), float(bounds.upper)) / float(bounds.unit)
        held = units.round(0, mode="half_to_even").cast(pl.Int64).sum()
    return [number.count().alias(f"count {title}"), number.sum().alias(f"sum {title}"), held.alias(f"held {title}")]


def _measured(row: Mapping[str, object], title: str) -> Measured:
    count, total, held = (row[f"{what} {title}"] for what in ("count", "sum", "held"))
    return Measured(int(str(count)), Decimal(str(total)), int(str(held)))


def _kind_after(view: View, about: NamedNode) -> NamedNode | None:
    """Return the datatype that generalising gave a column's values; None where they are as they were."""
    found = [one.precision for one in view.generalisations if about in one.properties]
    return GENERAL.get(found[-1]) if found else None


def _changed(frame: pl.LazyFrame, by: Generalisation | Rounding, columns: Columns) -> pl.LazyFrame:
    kinds = frame.collect_schema()
    titles = [columns[one] for one in by.properties if one in columns]
    return frame.with_columns(
        (
            _rounded(title, kinds[title], by) if isinstance(by, Rounding) else _generalised(title, kinds[title], by)
        ).alias(title)
        for title in titles
    )


def _generalised(title: str, kind: pl.DataType, by: Generalisation) -> pl.Expr:
    column = pl.col(title)
    if by.precision not in _FORMS:
        return column.cast(pl.String).str.slice(0, int(by.precision))
    if isinstance(kind, pl.Date | pl.Datetime):
        return column.dt.strftime(_FORMS[by.precision])
    return column.str.extract(_TEXTS[by.precision]) if isinstance(kind, pl.String) else pl.lit(None, pl.String)


def _rounded(title: str, kind: pl.DataType, by: Rounding) -> pl.Expr:
    rounded = (_number(title) / float(by.step)).round(0, mode="half_to_even") * float(by.step)
    places = -int(by.step.normalize().as_tuple().exponent)
    if kind.is_integer() and places <= 0:
        return rounded.cast(pl.Int64)
    return rounded.round(max(places, 0))


def _number(title: str) -> pl.Expr:
    """Return a column's numbers; what is none is missing."""
    number = pl.col(title).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _pseudonyms(title: str, key: bytes) -> pl.Expr:
    def replaced(values: pl.Series) -> pl.Series:
        named = {value: value_pseudonym(_term(value), key).value for value in values.unique() if value is not None}
        return pl.Series(values.name, [named.get(value) for value in values], dtype=pl.String)

    return pl.col(title).map_batches(replaced, return_dtype=pl.String, is_elementwise=True).alias(title)


def _term(value: object, kind: NamedNode | None = None) -> Literal:
    """Return what a value of a column is called in statements."""
    if kind is not None:
        return Literal(str(value), datatype=kind)
    text, name = str(value), ""
    match value:
        case bool():
            text, name = text.lower(), "boolean"
        case int():
            name = "integer"
        case float() | Decimal():
            text, name = format(Decimal(text), "f"), "decimal"
        case datetime():
            text, name = value.isoformat(), "dateTime"
        case date():
            name = "date"
    return typed(text, name) if name else Literal(text)


def _condition(condition: Condition, title: str, kinds: Mapping[str, pl.DataType]) -> pl.Expr:
    compared = [_compared(title, kinds[title], condition.operator, value) for value in condition.values]
    return pl.any_horizontal(compared)


def _compared(title: str, kind: pl.DataType, operator: NamedNode, value: Value) -> pl.Expr:
    """Compare a column's values with one; those that cannot be compared with it are not chosen."""
    found = _comparable(title, kind, value)
    if found is None:
        return pl.lit(value=False)
    column, wanted = found
    comparisons = {
        ODRL.eq: column.eq,
        ODRL.isAnyOf: column.eq,
        ODRL.neq: column.ne,
        ODRL.lt: column.lt,
        ODRL.lteq: column.le,
        ODRL.gt: column.gt,
        ODRL.gteq: column.ge,
    }
    return comparisons[operator](wanted).fill_null(value=False)


def _comparable(title: str, kind: pl.DataType, value: Value) -> tuple[pl.Expr, pl.Expr] | None:
    column, text = pl.col(title), plain(value)
    if not isinstance(value, Literal) or value.datatype == XSD.string:
        return column.cast(pl.String), pl.lit(text)
    if value.datatype in _NUMBERS:
        return _number(title), pl.lit(float(text))
    if value.datatype == XSD.boolean:
        return (column, pl.lit(text == "true")) if isinstance(kind, pl.Boolean) else None
    if value.datatype not in _MOMENTS:
        return None
    if isinstance(kind, pl.String):
        return column, pl.lit(text)
    return _moments(column, kind, value)


def _moments(column: pl.Expr, kind: pl.DataType, value: Literal) -> tuple[pl.Expr, pl.Expr] | None:
    """Compare days with days, and instants with instants or with the beginning of a day where they are."""
    text = plain(value)
    if isinstance(kind, pl.Date):
        return (column, pl.lit(date.fromisoformat(text))) if value.datatype == XSD.date else None
    if not isinstance(kind, pl.Datetime):
        return None
    if value.datatype == XSD.date:
        return column.dt.replace_time_zone(None), pl.lit(datetime.fromisoformat(text))
    moment = instant(value) if kind.time_zone else datetime.fromisoformat(text)
    if moment is None or (moment.tzinfo is None) != (kind.time_zone is None):
        return None
    return column, pl.lit(moment)
