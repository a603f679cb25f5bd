"""Whether two properties of different models are in the same unit, as far as the models say."""

from virtuales.models.facts import Model, PropertyFact
from virtuales.models.terms import unit_symbol

_DENOMINATOR = ".denominatorUnit"


def different_units(one: tuple[PropertyFact, Model], two: tuple[PropertyFact, Model]) -> tuple[str, str] | None:
    """Return the units of two properties if they differ; None if they do not, or if one is not wholly said.

    Older models of CIM say the unit of a quotient in two parts, of which facts have the first: that is no unit to
    compare with.
    """
    if _is_quotient(*one) or _is_quotient(*two):
        return None
    first, second = unit_symbol(one[0]), unit_symbol(two[0])
    return (first, second) if first and second and first != second else None


def _is_quotient(fact: PropertyFact, model: Model) -> bool:
    return bool(fact.value_type) and f"{fact.value_type}{_DENOMINATOR}" in model.properties
