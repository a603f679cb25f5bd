"""Views by columns show what views by statements show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples

from virtuales.errors import InputError
from virtuales.policy.views.aggregation import aggregated
from virtuales.policy.views.columns import refuse_unfit_for_columns, shown_rows, totals_of_rows
from virtuales.policy.views.view import (
    Aggregation,
    Area,
    Condition,
    Generalisation,
    Pseudonyms,
    Rounding,
    Suppression,
    View,
)
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import Literal, NamedNode, Quad, Triple, plain, typed
from virtuales.store.oxigraph_store import OxigraphStore
from virtuales.workflow.view_making import ViewMaker

GRAPH, NAME, KEY = NamedNode("urn:tables"), NamedNode("urn:view"), b"a key"
SITE, LOAD, PEAK, BUILT = COLUMNS = [NamedNode(f"urn:t#{title}") for title in ("Site", "Load", "Peak", "Built")]
TITLES: Mapping[NamedNode, str] = {about: about.value.rpartition("#")[2] for about in COLUMNS}
KINDS = {"Site": pl.String, "Load": pl.Int64, "Peak": pl.Float64, "Built": pl.Date}
Row = tuple[str | None, int | None, float | None, date | None]

rows = st.lists(
    st.tuples(
        st.none() | st.sampled_from(["Vale", "Moor", "Fen 1"]),
        st.none() | st.integers(-30, 300),
        st.none() | st.integers(-40, 400).map(lambda quarter: quarter / 4),
        st.none() | st.dates(date(1999, 1, 1), date(2003, 1, 1)),
    ),
    max_size=12,
)
operators = st.sampled_from([ODRL.eq, ODRL.neq, ODRL.lt, ODRL.lteq, ODRL.gt, ODRL.gteq])
conditions = st.one_of(
    st.builds(Condition, st.just(SITE), operators, st.just((Literal("Moor"),))),
    st.builds(Condition, st.just(SITE), st.just(ODRL.isAnyOf), st.just((Literal("Moor"), Literal("Vale")))),
    st.builds(Condition, st.just(LOAD), operators, st.just((typed("100", "integer"),))),
    st.builds(Condition, st.just(PEAK), operators, st.just((typed("12.5", "decimal"),))),
    st.builds(Condition, st.just(BUILT), operators, st.just((typed("2001-06-01", "date"),))),
    st.builds(Condition, st.just(LOAD), operators, st.just((typed("2001-06-01", "date"),))),
)
some = st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3, unique=True).map(tuple)
generalisations = st.one_of(
    st.builds(Generalisation, st.just((BUILT,)), st.sampled_from(["year", "month", "day", "4"])),
    st.builds(Generalisation, st.just((SITE,)), st.sampled_from(["year", "1", "3"])),
)
steps = st.sampled_from([Decimal(50), Decimal("0.5"), Decimal(7)])
views = st.builds(
    View,
    properties=some,
    conditions=st.lists(conditions, max_size=2).map(tuple),
    suppressions=st.just(()) | st.tuples(st.builds(Suppression, some)),
    generalisations=st.just(()) | st.tuples(generalisations),
    roundings=st.just(()) | st.tuples(st.builds(Rounding, st.just((LOAD, PEAK, SITE)), steps)),
    pseudonyms=st.none() | st.just(Pseudonyms((SITE,))),
)


def frame_of(table: Sequence[Row]) -> pl.LazyFrame:
    return pl.LazyFrame(list(table), schema=KINDS, orient="row")


def store_of(table: Sequence[Row]) -> OxigraphStore:
    """Return a table as statements, as tables that are read cell by cell are."""
    store = OxigraphStore.in_memory()
    for number, cells in enumerate(table):
        kinds = ("string", "integer", "decimal", "date")
        said = [(about, cell, kind) for about, cell, kind in zip(COLUMNS, cells, kinds, strict=True)]
        store.load_quads(
            Quad(NamedNode(f"urn:t#row={number}"), about, typed(str(cell), kind), GRAPH)
            for about, cell, kind in said
            if cell is not None
        )
    return store


def by_statements(table: Sequence[Row], view: View) -> Counter[frozenset[tuple[str, str]]]:
    """Return the rows that a view made of statements has."""
    found: dict[str, set[tuple[str, str]]] = {}
    for one in ViewMaker(store_of(table), None, [GRAPH]).make(view, key=KEY, name=NAME).statements:
        found.setdefault(str(one.subject), set()).add((one.predicate.value, _same(plain(one.object))))
    return Counter(map(frozenset, found.values()))


def by_columns(table: Sequence[Row], view: View) -> Counter[frozenset[tuple[str, str]]]:
    """Return the rows that a view made of columns has."""
    shown = shown_rows(frame_of(table), view, TITLES, key=KEY)
    names = {title: about.value for about, title in TITLES.items()}
    return Counter(
        frozenset((names[title], _same(str(value))) for title, value in row.items() if value is not None)
        for row in ([] if shown is None else shown.collect().iter_rows(named=True))
    )


def _same(text: str) -> str:
    """Return a value as it is compared: a number is the same however it is written."""
    try:
        return format(Decimal(text).normalize(), "f")
    except ArithmeticError:
        return text


@given(rows, views)
@settings(max_examples=examples(60), deadline=None)
def test_rows_are_those_of_statements(table: Sequence[Row], view: View) -> None:
    assert by_columns(table, view) == by_statements(table, view)


@given(rows, views, st.sampled_from([(SITE,), (BUILT,), (SITE, BUILT)]))
@settings(max_examples=examples(30), deadline=None)
def test_groups_are_those_of_statements(table: Sequence[Row], view: View, by: tuple[NamedNode, ...]) -> None:
    grouped = Aggregation(by, 2, sums=(PEAK,), means=(LOAD,), drops_small=True)
    view = replace(view, properties=(), aggregation=grouped)
    slow = ViewMaker(store_of(table), None, [GRAPH]).make(view, key=KEY, name=NAME).statements
    shown = shown_rows(frame_of(table), view, TITLES, key=KEY)
    totals = {} if shown is None else totals_of_rows(shown, view, grouped, TITLES)
    assert _told(aggregated(totals, grouped, name=NAME)) == _told(slow)


def _told(statements: Sequence[Triple]) -> set[tuple[str, str, str]]:
    return {(str(one.subject), one.predicate.value, _same(plain(one.object))) for one in statements}


def test_refuses_what_rows_do_not_have() -> None:
    area = Area(Decimal(0), Decimal(0), Decimal(1), Decimal(1))
    for view in (View(classes=(SITE,)), View(objects=(SITE,)), View(area=area), View(pseudonyms=Pseudonyms((), True))):
        with pytest.raises(InputError, match="Rows of a Parquet file"):
            refuse_unfit_for_columns(view)
