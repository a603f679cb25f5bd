"""Whether two properties of different models are in the same unit, as far as the models say."""

from dataclasses import dataclass

from virtuales.alignment.units import shipped_units
from virtuales.errors import InputError
from virtuales.models.facts import Model, PropertyFact
from virtuales.models.terms import unit_symbol

_DENOMINATOR = ".denominatorUnit"


@dataclass(frozen=True)
class UnitDifference:
    """Two properties in different units.

    Args:
        first: The first property's unit.
        second: The other's.
        advice: How the one becomes the other, or why it cannot.
        convertible: Whether it can.
    """

    first: str
    second: str
    advice: str
    convertible: bool


def different_units(one: tuple[PropertyFact, Model], two: tuple[PropertyFact, Model]) -> UnitDifference | None:
    """Return how the units of two properties differ; None if they do not, or if one is not wholly said.

    Older models of CIM say the unit of a quotient in two parts, of which facts have the first: that is no unit to
    compare with.
    """
    first, second = unit_of(*one), unit_of(*two)
    if not first or not second or first == second:
        return None
    units = shipped_units()
    known = units.find(first), units.find(second)
    if known[0] is not None and known[0] == known[1]:
        return None
    if None in known:
        return UnitDifference(first, second, "one of them is not known here", convertible=False)
    try:
        conversion = units.conversion(first, second)
    except InputError as error:
        return UnitDifference(first, second, error.what.rstrip("."), convertible=False)
    added = f", plus {conversion.addend}" if conversion.addend else ""
    return UnitDifference(first, second, f"times {conversion.factor}{added}", convertible=True)


def unit_of(fact: PropertyFact, model: Model) -> str:
    """Return the symbol of a property's unit; empty where there is none, or where it is not wholly said."""
    return "" if _is_quotient(fact, model) else unit_symbol(fact)


def _is_quotient(fact: PropertyFact, model: Model) -> bool:
    return bool(fact.value_type) and f"{fact.value_type}{_DENOMINATOR}" in model.properties
