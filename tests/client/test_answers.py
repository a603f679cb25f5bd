"""Answers as Python's own values and as data frames."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from virtuales.client import TableAnswer
from virtuales.errors import UnreadableInput
from virtuales.rdf.namespaces import XSD


def answer(*rows: dict[str, dict[str, str]], names: tuple[str, ...] = ("x", "n")) -> TableAnswer:
    return TableAnswer.of(json.dumps({"head": {"vars": names}, "results": {"bindings": rows}}).encode())


def literal(value: str, datatype: str | None = None) -> dict[str, str]:
    return {"type": "literal", "value": value} | ({"datatype": XSD[datatype].value} if datatype else {})


def test_refuses_what_is_no_answer() -> None:
    for body in (b"<html>", b"[]", b'{"head": {}}'):
        with pytest.raises(UnreadableInput, match="no table"):
            TableAnswer.of(body)


def test_values_are_pythons_own() -> None:
    found = answer(
        {"x": {"type": "uri", "value": "urn:a"}, "n": literal("1.50", "decimal")},
        {"x": literal("2026-06-01T10:00:00Z", "dateTime"), "n": literal("7", "integer")},
        {"x": {"type": "literal", "value": "Tal", "xml:lang": "de"}, "n": literal("true", "boolean")},
        {"x": {"type": "bnode", "value": "b0"}},
    )
    assert list(found) == [
        {"x": "urn:a", "n": Decimal("1.50")},
        {"x": datetime(2026, 6, 1, 10, tzinfo=UTC), "n": 7},
        {"x": "Tal", "n": True},
        {"x": "_:b0", "n": None},
    ]


def test_yes_or_no_is_one_row() -> None:
    assert list(TableAnswer.of(b'{"head": {}, "boolean": true}')) == [{"answer": True}]


def test_columns_of_a_data_frame_have_types_and_gaps() -> None:
    frame = answer({"x": literal("Vale"), "n": literal("7", "integer")}, {"x": literal("Dale")}).to_pandas()
    assert list(frame.columns) == ["x", "n"]
    assert (str(frame["n"].dtype), frame["n"].sum(), frame["n"].isna().tolist()) == ("Int64", 7, [False, True])
    assert answer({"n": literal("1.5", "decimal")}).to_pandas()["n"].sum() == 1.5


def test_nothing_is_a_frame_with_its_columns() -> None:
    assert list(answer().to_pandas().columns) == ["x", "n"]
