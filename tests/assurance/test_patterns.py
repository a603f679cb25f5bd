"""Patterns of XPath mean the same for the engine that matches them."""

import polars as pl
import pytest

from virtuales.assurance.patterns import regular_expression


@pytest.mark.parametrize(
    ("pattern", "fitting", "unfitting"),
    [
        ("^[A-Z]+-[0-9]+$", "CFD-01", "CFD01"),
        ("^a-[^b]$", "a-c", "a-b"),
        ("^[a-z-[aeiou]]+$", "xyz", "xaz"),
        ("^[a-z-[aeiou]]-[0-9]$", "x-1", "a-1"),
        (r"^\[-[0-9]$", "[-1", "[1"),
    ],
)
def test_a_hyphen_subtracts_within_a_class_alone(pattern: str, fitting: str, unfitting: str) -> None:
    found = pl.Series([fitting, unfitting]).str.contains(regular_expression(pattern, ""))
    assert found.to_list() == [True, False]
