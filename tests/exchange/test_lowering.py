"""Statements lowered to tables and documents: digits as written, an order that stays, refusals that say why."""

import io
import json
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtuales.errors import InputError, UnreadableInput
from virtuales.exchange.lowering.asking import AskedGraph, Table, read_query
from virtuales.exchange.lowering.blank_nodes import with_settled_names
from virtuales.exchange.lowering.framing import framed, plain_document, read_frame
from virtuales.exchange.lowering.json_text import json_text
from virtuales.exchange.lowering.tables import csv_text, json_rows, parquet_bytes
from virtuales.exchange.lowering.values import json_number
from virtuales.query.syntax.tree import ConstructQuery, SelectQuery

EX = "http://e.example/"
XSD = "http://www.w3.org/2001/XMLSchema#"


def statement(subject: str, predicate: str, value: str) -> str:
    return f"<{EX}{subject}> <{EX}{predicate}> {value} .\n"


def typed(lexical: str, datatype: str) -> str:
    return f'"{lexical}"^^<{XSD}{datatype}>'


SITES = (
    statement("b", "name", '"North Moor"')
    + statement("b", "mw", typed("49.90", "decimal"))
    + statement("b", "since", typed("2026-06-08", "date"))
    + statement("a", "name", '"Larkfield, \\"new\\""')
    + statement("a", "mw", typed("012.50", "decimal"))
    + statement("a", "units", typed("+3", "integer"))
    + statement("a", "near", f"<{EX}b>")
)
SELECT = "SELECT ?name ?mw ?units WHERE { ?s :name ?name ; :mw ?mw OPTIONAL { ?s :units ?units } }"


def select(text: str, statements: str = SITES) -> Table:
    query = read_query(f"PREFIX : <{EX}> {text}", name="q.rq")
    assert isinstance(query, SelectQuery)
    return AskedGraph(statements.encode()).select(query, name="q.rq")


def construct(text: str, statements: str = SITES) -> bytes:
    query = read_query(f"PREFIX : <{EX}> {text}", name="q.rq")
    assert isinstance(query, ConstructQuery)
    return AskedGraph(statements.encode()).construct(query, name="q.rq")


def column(values: list[str]) -> pl.Series:
    rows = [{"v": value} for value in values]
    return pl.read_parquet(io.BytesIO(parquet_bytes(Table(("v",), rows))))["v"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ASK { ?s ?p ?o }", "Only the answers of SELECT and CONSTRUCT"),
        ("SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }", "chooses graphs"),
        ("SELECT * FROM <http://e.example/g> WHERE { ?s ?p ?o }", "chooses graphs"),
        ("SELECT * WHERE { SERVICE <http://e.example/> { ?s ?p ?o } }", "does not call other servers"),
        ("SELECT ?s WHERE { ?s ?p }", "where a term is expected"),
    ],
)
def test_refuses_queries_that_are_not_lowered(text: str, what: str) -> None:
    with pytest.raises(InputError, match=what) as caught:
        read_query(text, name="mine.rq")
    assert (caught.value.where or "").startswith("mine.rq")


def test_says_in_which_line_a_query_is_wrong() -> None:
    with pytest.raises(InputError) as caught:
        read_query("SELECT ?s\nWHERE { ?s ?p }", name="mine.rq")
    assert caught.value.where == "mine.rq, line 2, column 15"


def test_a_table_keeps_the_digits_that_were_written() -> None:
    assert csv_text(select(SELECT)) == 'name,mw,units\n"Larkfield, ""new""",012.50,+3\nNorth Moor,49.90,\n'


def test_json_rows_have_numbers_digit_for_digit_and_null_where_there_is_no_term() -> None:
    assert json_text(json_rows(select(SELECT))) == (
        '[{"name": "Larkfield, \\"new\\"", "mw": 12.50, "units": 3}, '
        '{"name": "North Moor", "mw": 49.90, "units": null}]'
    )


def test_numbers_are_compared_by_value_though_they_come_back_as_written() -> None:
    assert csv_text(select("SELECT ?mw { ?s :mw ?mw FILTER(?mw < 13) }")) == "mw\n012.50\n"
    assert csv_text(select("SELECT ?mw { ?s :mw ?mw } ORDER BY DESC(?mw)")) == "mw\n49.90\n012.50\n"


def test_the_same_statements_in_any_order_give_the_same_rows() -> None:
    lines = [statement(f"s{n}", "name", f'"{n % 7}"') for n in range(200)]
    tables = set()
    for seed in range(4):
        Random(seed).shuffle(lines)
        tables.add(csv_text(select("SELECT ?n ?s { ?s :name ?n } ORDER BY ?n LIMIT 50", "".join(lines))))
    assert len(tables) == 1
    assert tables.pop().count("\n") == 51


def test_columns_of_parquet_are_typed() -> None:
    assert column([typed("1.50", "decimal"), typed("20", "integer")]).to_list() == [Decimal("1.50"), Decimal("20.00")]
    assert column([typed("7", "int"), typed("-1", "integer")]).dtype == pl.Int64
    assert column([typed("1.5E3", "double")]).dtype == pl.Float64
    assert column([typed("1", "boolean"), typed("false", "boolean")]).to_list() == [True, False]
    assert column([typed("2026-06-08", "date")]).dtype == pl.Date
    assert column([typed("2026-06-08T01:00:00+01:00", "dateTime")]).dtype == pl.Datetime("us", "UTC")
    assert column([typed("99999999999999999999", "integer")]).to_list() == [Decimal(99999999999999999999)]


@pytest.mark.parametrize(
    "values",
    [
        [typed("1.5", "decimal"), typed("1.5E0", "double")],
        [typed("n/a", "decimal"), typed("1.5", "decimal")],
        [typed("2026-06-08T01:00:00", "dateTime"), typed("2026-06-08T01:00:00Z", "dateTime")],
        [typed("2026-02-31", "date")],
    ],
)
def test_a_column_of_several_kinds_or_of_what_is_none_holds_text(values: list[str]) -> None:
    made = column(values)
    assert made.dtype == pl.String
    assert made.to_list() == [value[1 : value.index('"', 1)] for value in values]


def test_refuses_more_digits_than_a_column_of_decimals_holds() -> None:
    with pytest.raises(InputError, match="39 digits") as caught:
        column([typed("1" * 30 + "." + "1" * 9, "decimal")])
    assert caught.value.where == "?v"


@given(st.from_regex(r"[+-]?[0-9]{0,4}(\.[0-9]{0,4})?([eE][+-]?[0-9]{1,2})?", fullmatch=True))
def test_a_number_of_json_is_the_number_that_was_written(text: str) -> None:
    made = json_number(text)
    if made is None:
        assert not any(each.isdigit() for each in text.lower().partition("e")[0])
        return
    assert json.loads(f"[{made}]", parse_float=Decimal, parse_int=Decimal) == [Decimal(text)]


def test_a_constructed_graph_is_the_same_whatever_blank_nodes_are_called() -> None:
    made = {
        construct("CONSTRUCT { ?s :at [ :mw ?mw ; :of [ :name ?n ] ] } { ?s :mw ?mw ; :name ?n }") for _ in range(3)
    }
    assert len(made) == 1
    assert typed("012.50", "decimal").encode() in made.pop()


@given(st.lists(st.tuples(*(st.integers(0, 4),) * 3), max_size=8), st.permutations(range(5)))
def test_renaming_blank_nodes_does_not_change_a_tree(links: list[tuple[int, int, int]], names: list[int]) -> None:
    tree = [(parent, label, child) for parent, label, child in links if parent < child]
    one, two = (
        [f'_:n{name[parent]} <urn:p{label}> "{parent}-{child}" .' for parent, label, child in tree]
        for name in (list(range(5)), names)
    )
    assert with_settled_names(one) == with_settled_names(two)


FRAME: dict[str, Any] = {
    "@context": {"@vocab": EX, "id": "@id", "mw": {"@type": f"{XSD}decimal"}},
    "near": {"@embed": "@always"},
    "units": {},
}


def test_a_frame_shapes_a_document_that_keeps_datatypes() -> None:
    document = framed(SITES.encode(), FRAME, name="f.jsonld")
    assert document["@graph"][0]["mw"] == "012.50" if "@graph" in document else document["mw"] == "012.50"
    read = json.loads(json_text(document))
    site = read.get("@graph", [read])[0]
    assert site["units"] == {"@type": f"{XSD}integer", "@value": "+3"}
    assert site["near"] == {"id": f"{EX}b", "mw": "49.90", "name": "North Moor", "since": site["near"]["since"]}


def test_a_framed_document_reads_as_plain_json() -> None:
    text = json_text(plain_document(framed(SITES.encode(), FRAME, name="f.jsonld")))
    assert '"mw": 12.50' in text
    assert '"units": 3' in text
    assert '"since": "2026-06-08"' in text
    assert "@context" not in text


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ("{\n  oops", "no JSON", "line 2, column 3"),
        ("[]", "one JSON object", "f.jsonld"),
        ('{"@context": "https://e.example/context"}', "never fetched", "f.jsonld"),
        ('{"near": {"@context": ["https://e.example/context"]}}', "never fetched", "f.jsonld"),
    ],
)
def test_refuses_what_is_no_frame_and_says_where(tmp_path: Path, text: str, what: str, where: str) -> None:
    file = tmp_path / "f.jsonld"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=what) as caught:
        read_frame(file)
    assert where in (caught.value.where or "")


def test_refuses_a_frame_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="cannot be read"):
        read_frame(tmp_path / "none.jsonld")


def test_refuses_a_frame_that_json_ld_does_not_allow() -> None:
    with pytest.raises(InputError, match="does not allow the frame") as caught:
        framed(SITES.encode(), {"@context": {"a": {"@id": 7}}}, name="f.jsonld")
    assert caught.value.where == "f.jsonld"
