"""How two terms that serve the same requirement can contradict each other: kind, values, datatype, unit, number."""

from collections import abc
from typing import Final

from virtuales.alignment.checks.known_terms import KnownTerm
from virtuales.alignment.checks.on_values import datatype_family
from virtuales.alignment.checks.units import different_units
from virtuales.models.facts import PropertyFact, local_name

_NUMBERS: Final = frozenset({"number", "whole number"})
"""Sorts of literals of which the one can be written as the other."""


def clashes(one: KnownTerm, two: KnownTerm) -> abc.Iterator[str]:
    """Tell in what two terms that are taken for the same contradict each other.

    Args:
        one: The one.
        two: The other; the very same term in another model is compared too.
    """
    if one.group != two.group:
        yield f"{_name(one)} is a {one.kind}, {_name(two)} a {two.kind}."
        return
    first, second = one.attributes, two.attributes
    if first is None or second is None:
        return
    if (first.datatype and second.ranges) or (second.datatype and first.ranges):
        literal, other = (one, two) if first.datatype else (two, one)
        yield f"{_name(literal)} holds literals, {_name(other)} leads to objects."
        return
    families = datatype_family(first), datatype_family(second)
    if all(families) and families[0] != families[1] and not _NUMBERS.issuperset(families):
        types = local_name(first.datatype or ""), local_name(second.datatype or "")
        yield f"{_name(one)} holds values of {types[0]}, {_name(two)} of {types[1]}."
    units = different_units((first, one.model), (second, two.model))
    if units:
        yield f"{_name(one)} is in {units.first}, {_name(two)} in {units.second} ({units.advice})."
    if _single(first) is not _single(second) and None not in (_single(first), _single(second)):
        many, single = (two, one) if _single(first) else (one, two)
        yield f"{_name(many)} may have several values, {_name(single)} one."


def _single(fact: PropertyFact) -> bool | None:
    """Tell whether an object has the property at most once in every profile; None if nothing is said."""
    often = fact.multiplicities.values()
    return all(each.maximum == 1 for each in often) if often else None


def _name(term: KnownTerm) -> str:
    return f"`{term.short}` of {term.model.name}"
