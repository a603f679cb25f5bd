"""What a query can see of how literals are written: whether a store that holds values may answer it, and how far.

A variable that may be an *odd* literal (see `virtuales.assurance.written_literals`) does no harm where only its value
counts: in comparisons, arithmetic, sums. It does where terms are told apart: where the variable is joined, grouped by
or made distinct, and in `STR`, `sameTerm` and `DATATYPE`. When in doubt, the query is said to see it.
"""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Protocol

from virtuales.assurance.query_parts import (
    ANY,
    KINDS,
    Call,
    Constant,
    Expression,
    Pattern,
    QueryParts,
    Variable,
    occurrences,
)
from virtuales.assurance.written_literals import VALUED, is_odd, is_well_formed


class Sight(Enum):
    """How far the writing of literals shows in the answer to a query."""

    NONE = "the answer is the same whatever way a value is written"
    RESULTS = "which focus nodes have solutions is the same, what the solutions hold is not"
    ALL = "anything may differ"


class OddObjects(Protocol):
    """Knows which predicates have odd literals; `ANY` stands for all predicates."""

    def may_be_odd(self, predicate: str | None) -> bool:
        """Tell whether a predicate (bare IRI) has an odd literal as object."""


class OddLiterals(OddObjects, Protocol):
    """Knows all that matters of the odd literals in some data."""

    def may_fall_together(self, predicate: str | None) -> bool:
        """Tell whether two objects that a predicate has of one subject may be one value, or an odd one may be none."""

    def may_change_type(self) -> bool:
        """Tell whether an odd literal would come back with another datatype."""


def sight(parts: QueryParts, data: OddLiterals, prebound: Mapping[str, bool | None]) -> Sight:
    """Tell what a query can see.

    Args:
        parts: The query.
        data: What is known of the data that it asks.
        prebound: For each variable that gets its value from outside whether that may be an odd literal; None where it
            is no literal at all.
    """
    return _Sight(parts, data, prebound).found()


class _Sight:
    def __init__(self, parts: QueryParts, data: OddLiterals, prebound: Mapping[str, bool | None]) -> None:
        self._parts = parts
        self._data = data
        self._nodes = {name for name, odd in prebound.items() if odd is None} | parts.nodes
        self._blind = KINDS if data.may_change_type() else KINDS | {"DATATYPE"}
        self._odd = {name for name, odd in prebound.items() if odd}
        self._spoiled: set[str] = set()
        self._bound = Counter(prebound.keys())

    def found(self) -> Sight:
        """Judge the parts of the query, the harmless last."""
        if self._patterns_see() or any(is_odd(one.lexical, one.datatype) for one in self._parts.constants()):
            return Sight.ALL
        self._follow_assignments()
        shown = self._odd | self._spoiled
        if any(self._bound[name] > 1 for name in shown) or (shown and self._parts.counts_distinct):
            return Sight.ALL
        if any(self._sees(condition) for condition in self._parts.conditions):
            return Sight.ALL
        answer = Sight.NONE
        for selection in self._parts.selections:
            given = shown if selection.projected is None else shown & selection.projected
            if selection.grouped & shown or (given and selection.distinct and not selection.outer):
                return Sight.ALL
            if given and selection.outer:
                answer = Sight.RESULTS
        return answer

    def _patterns_see(self) -> bool:
        """Take in the patterns; tell whether one of them shows how a literal is written."""
        for pattern in self._parts.patterns:
            steps = [step for step in pattern.route.steps if self._data.may_be_odd(step.predicate)]
            if any(not (step.plain and step.last) or self._data.may_fall_together(step.predicate) for step in steps):
                return True
            if steps and sum(step.last for step in pattern.route.steps) > 1:
                return True  # of a path with alternatives the store gives each pair of ends once
            if steps and isinstance(pattern.object, Constant) and pattern.object.datatype in VALUED:
                return True
            ends = [node.name for node in (pattern.subject, pattern.object) if isinstance(node, Variable)]
            self._bound.update(ends)
            if _from_anywhere(pattern) and self._nodes.isdisjoint(ends) and self._data.may_be_odd(ANY):
                self._odd.update(ends)
            elif steps and isinstance(pattern.object, Variable) and pattern.object.name not in self._nodes:
                self._odd.add(pattern.object.name)
        self._bound.update(variable.name for variable in self._parts.verbs)
        self._bound.update(name for name, constant in self._parts.listed if constant is None)
        return False

    def _follow_assignments(self) -> None:
        """Find the variables that get an odd literal from another, and those whose value shows how one is written."""
        self._bound.update(name for name, _ in self._parts.assigned)
        before = -1
        while before != len(self._odd) + len(self._spoiled):
            before = len(self._odd) + len(self._spoiled)
            for name, expression in self._parts.assigned:
                source = _handed_on(expression)
                if source in self._odd:
                    self._odd.add(name)
                elif self._sees(expression):
                    self._spoiled.add(name)

    def _sees(self, expression: Expression) -> bool:
        return sees(expression, self._odd, self._spoiled, blind=self._blind)


def _handed_on(expression: Expression) -> str | None:
    """Return the variable of which an expression gives a value as it is."""
    sole = expression.sole
    if isinstance(sole, Call) and sole.name in {"MIN", "MAX", "SAMPLE"} and sole.arguments:
        sole = sole.arguments[0].sole
    return sole.name if isinstance(sole, Variable) else None


def sees(
    expression: Expression,
    odd: AbstractSet[str],
    spoiled: AbstractSet[str] = frozenset(),
    *,
    blind: AbstractSet[str] = KINDS,
) -> bool:
    """Tell whether an expression may give something else when an odd literal is written another way.

    Args:
        expression: The expression.
        odd: Variables that may be odd literals.
        spoiled: Variables whose very value may depend on it.
        blind: Functions that do not see how their argument is written.
    """
    for occurrence in occurrences(expression, by_value=False, blind=blind):
        what = occurrence.what
        if isinstance(what, Variable):
            found = what.name in spoiled or (what.name in odd and occurrence.seen and not occurrence.by_value)
        elif isinstance(what, Constant):
            found = is_odd(what.lexical, what.datatype) and not (
                occurrence.by_value and is_well_formed(what.lexical, what.datatype)
            )
        else:
            found = what.name == "STRDT" and not occurrence.by_value
        if found:
            return True
    return False


def possibly_odd(parts: QueryParts, data: OddObjects) -> frozenset[str]:
    """Return the variables that may be odd literals somewhere in a query."""
    found = {name for name, one in parts.listed if one is not None and is_odd(one.lexical, one.datatype)}
    for pattern in parts.patterns:
        ends = [node.name for node in (pattern.subject, pattern.object) if isinstance(node, Variable)]
        odd = [step for step in pattern.route.steps if data.may_be_odd(step.predicate)]
        if any(not step.plain for step in odd) or (pattern.route.may_be_empty and data.may_be_odd(ANY)):
            found.update(ends)
        elif odd and isinstance(pattern.object, Variable):
            found.add(pattern.object.name)
    before = -1
    while before != len(found):
        before = len(found)
        found |= {name for name, expression in parts.assigned if sees(expression, found)}
    return frozenset(found)


def _from_anywhere(pattern: Pattern) -> bool:
    """Tell whether a pattern with a path that may be empty has variables at both ends, so any node of the graph."""
    both = isinstance(pattern.subject, Variable) and isinstance(pattern.object, Variable)
    return pattern.route.may_be_empty and both
