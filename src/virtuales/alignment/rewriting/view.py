"""The data of one vocabulary seen in another: the graph that a query is meant for, which nobody has to make.

It holds what the translation of the data would: every statement whose property is carried, its class or value too; what
rules make; and statements whose property is of neither vocabulary, as they are.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final, Literal

from virtuales.alignment.checks.units import unit_of
from virtuales.alignment.rewriting.rule_view import RuleView
from virtuales.alignment.rewriting.term_view import Carrier, TermView
from virtuales.alignment.rewriting.vocabulary import Vocabulary
from virtuales.alignment.units import Conversion, shipped_units
from virtuales.errors import InputError

_UNCHANGED: Final = Conversion(Fraction(1))
Values = Literal["as they are", "of an enumeration", "looked up"]
"""What becomes of the objects of a property: nothing; each is looked up among its enumeration's; each may be a term."""


@dataclass(frozen=True)
class View:
    """Data seen in another vocabulary.

    Args:
        query: The vocabulary of queries.
        data: The vocabulary of the data.
        terms: What mappings say of the terms of both.
        rules: The rules that lead from the data's vocabulary to the query's.
        approximate: Whether to ask also with terms that say less, or something similar.
    """

    query: Vocabulary
    data: Vocabulary
    terms: TermView
    rules: tuple[RuleView, ...] = ()
    approximate: bool = False

    def carriers(self, term: str) -> tuple[Carrier, ...]:
        """Return what carries a term."""
        doubtful = self.terms.doubtful.get(term, ()) if self.approximate else ()
        return (*self.terms.carriers.get(term, ()), *doubtful)

    def foreign(self, term: str) -> bool:
        """Tell whether a term is of neither vocabulary."""
        mapped = term in self.terms.carriers or term in self.terms.becomes
        return not (mapped or self.query.owns(term) or self.data.owns(term))

    @cached_property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces of both vocabularies."""
        return tuple(sorted({*self.query.namespaces, *self.data.namespaces}))

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Terms of the data that are no properties, each with what it becomes."""
        return tuple(pair for pair in sorted(self.terms.becomes.items()) if self.data.property_fact(pair[0]) is None)

    @cached_property
    def class_pairs(self) -> tuple[tuple[str, str], ...]:
        """Classes of the data, each with what it becomes."""
        model = self.data.model
        return tuple(
            pair for pair in self.pairs if model is None or not model.classes or self.data.is_plain_class(pair[0])
        )

    def values(self, carrier: str) -> Values:
        """Say what becomes of the objects of a property of the data."""
        fact = self.data.property_fact(carrier)
        if fact is None or not (fact.datatype or fact.ranges):
            return "looked up"
        if fact.datatype or all(map(self.data.is_plain_class, fact.ranges)):
            return "as they are"
        return "of an enumeration" if all(map(self.data.is_enumeration, fact.ranges)) else "looked up"

    def members(self, carrier: str) -> tuple[tuple[str, str], ...]:
        """Return the values of a property's enumerations that become something, each with what it becomes."""
        fact, model = self.data.property_fact(carrier), self.data.model
        if fact is None or model is None:
            return ()
        members = [value for each in fact.ranges for value in model.classes[each].members]
        return tuple((value, self.terms.becomes[value]) for value in members if value in self.terms.becomes)

    def conversion(self, carrier: str, term: str) -> Conversion:
        """Return how values of a property of the data become values of one of the query's vocabulary.

        Raises:
            InputError: the two are in units that do not measure the same.
        """
        ours, theirs = self.data.property_fact(carrier), self.query.property_fact(term)
        if ours is None or theirs is None or self.data.model is None or self.query.model is None:
            return _UNCHANGED
        units = unit_of(ours, self.data.model), unit_of(theirs, self.query.model)
        if not all(units) or units[0] == units[1]:
            return _UNCHANGED
        return shipped_units().conversion(*units)

    def datatype(self, term: str) -> str:
        """Return the datatype of a property of the query's vocabulary; empty if it is not known."""
        fact = self.query.property_fact(term)
        return (fact.datatype or "") if fact else ""

    def convertible(self, carrier: str, term: str) -> str:
        """Say why values cannot be converted, or nothing."""
        try:
            self.conversion(carrier, term)
        except InputError as error:
            return error.what
        return ""
