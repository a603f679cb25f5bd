"""Units that requirements ask for, beside those of the terms that serve them."""

from collections import abc
from typing import Final

from virtuales.alignment.checks.known_terms import KnownTerm
from virtuales.alignment.checks.units import unit_of
from virtuales.alignment.units import shipped_units
from virtuales.errors import UnknownTerm
from virtuales.models.facts import local_name

_UNIT_CLASSES: Final = frozenset({"UnitSymbol", "Unit", "UnitOfMeasure"})
"""Local names of the classes whose members are units, in CIM, QUDT and SAREF."""


def symbol_of(iri: str, where: str) -> str:
    """Return the symbol of a unit.

    Raises:
        UnknownTerm: it is none of those in `ontology/units.ttl`.

    >>> symbol_of("http://qudt.org/vocab/unit/MegaW", "a requirement")
    'MW'
    """
    unit = next((each for each in shipped_units() if each.iri == iri), None)
    if unit is None:
        remedy = "Name a unit of QUDT that `ontology/units.ttl` has, or add it there."
        raise UnknownTerm(f"<{iri}> is no unit known here.", where=where, remedy=remedy)
    return unit.symbol


def says_unit(term: KnownTerm) -> bool:
    """Tell whether data says with a property in which unit its values are."""
    return term.attributes is not None and any(local_name(each) in _UNIT_CLASSES for each in term.attributes.ranges)


def unit_lacking(symbol: str, terms: abc.Iterable[KnownTerm]) -> str:
    """Tell that no property has the unit that is asked for; empty where one has, or data says it, or none is asked.

    Args:
        symbol: The unit's symbol; empty if none is asked for.
        terms: The terms that serve the requirement.
    """
    served = tuple(terms)
    if not symbol or any(map(says_unit, served)):
        return ""
    facts = [(each.attributes, each.model) for each in served if each.attributes is not None]
    found = {unit: shipped_units().find(unit) for fact, model in facts if (unit := unit_of(fact, model))}
    if shipped_units().get(symbol) in found.values():
        return ""
    return f"Values are in {', '.join(sorted(found))} instead of {symbol}." if found else f"No term is in {symbol}."
