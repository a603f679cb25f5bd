"""Units of two properties are compared by what they measure, and a difference is told with what to do about it."""

import pytest

from virtuales.alignment.checks.units import different_units
from virtuales.models.facts import Model, PropertyFact
from virtuales.models.registry import ModelRegistry
from virtuales.resources import contributed

MODEL = ModelRegistry.load(contributed("ontology")).model("cgmes-3.0")


def fact(multiplier: str, unit: str) -> tuple[PropertyFact, Model]:
    """Make a property in some unit."""
    return PropertyFact("http://a.example/p", "p", unit=unit, multiplier=multiplier), MODEL


def test_the_same_unit_written_otherwise_is_no_difference() -> None:
    assert different_units(fact("M", "VAr"), fact("M", "var")) is None
    assert different_units(fact("M", "W"), fact("none", "none")) is None


@pytest.mark.parametrize(
    ("one", "two", "convertible", "advice"),
    [
        (("M", "W"), ("k", "W"), True, "times 1000"),
        (("none", "degC"), ("none", "kelvin"), True, "times 1, plus 5463/20"),
        (("M", "VA"), ("M", "W"), False, "one measures ApparentPower"),
        (("M", "W"), ("none", "parsec"), False, "one of them is not known here"),
    ],
)
def test_a_difference_is_told_with_what_becomes_of_values(
    one: tuple[str, str], two: tuple[str, str], convertible: bool, advice: str
) -> None:
    found = different_units(fact(*one), fact(*two))
    assert found is not None
    assert found.convertible is convertible
    assert advice in found.advice
