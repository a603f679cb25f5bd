"""Evaluating node expressions for a whole column of focus nodes at once."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from virtuales.assurance.dictionary import NO_TERM, XSD, BoolArray, IntArray, ascending
from virtuales.assurance.expressions import (
    Along,
    Call,
    Choice,
    Conforming,
    Constant,
    Difference,
    Expression,
    Intersection,
    Measure,
    This,
    Union,
)
from virtuales.assurance.order import GREATER, LESS, UNORDERED
from virtuales.assurance.paths import Values, itself, pair_keys, ranges, spans, union, without
from virtuales.assurance.reading import literal_parts

if TYPE_CHECKING:
    from virtuales.assurance.engine import Evaluation

TRUE, FALSE = (f'"{word}"^^<{XSD}boolean>' for word in ("true", "false"))
_EMPTY = Values(np.empty(0, np.int32), np.empty(0, np.int32))
_INTEGERS = frozenset(
    f"{XSD}{name}"
    for name in (
        *("integer", "long", "int", "short", "byte", "nonPositiveInteger", "negativeInteger", "nonNegativeInteger"),
        *("positiveInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_WIDER = (f"{XSD}integer", f"{XSD}decimal", f"{XSD}float", f"{XSD}double")
"""Datatypes of sums, each wider than those before it (https://www.w3.org/TR/sparql11-query/#operandDataTypes)."""


class Expressions:
    """Evaluates expressions; terms that come about on the way get numbers, so `run` changes and knows ever more terms.

    Args:
        run: The data and the shapes.
    """

    def __init__(self, run: "Evaluation") -> None:
        self.run = run

    def number(self, term: str) -> int:
        """Return the number of a term, which gets one if it has none yet."""
        self.run, numbers = self.run.knowing([term])
        return numbers[term]

    def evaluate(self, expression: Expression, focus: IntArray) -> Values:
        """Return what an expression gives for each of some focus nodes (distinct, ascending)."""
        match expression:
            case This():
                return itself(focus)
            case Constant(term):
                return Values(_rows(focus), np.full(len(focus), self.number(term), np.int32))
            case Along(path, nodes):
                return self._along(self.evaluate(nodes, focus), lambda found: self.run.walker.follow(path, found))
            case Conforming(shape, nodes):
                found = self.evaluate(nodes, focus)
                return _where(found, self.run.conforms(shape, found.nodes))
            case _:
                return self._made_of_several(expression, focus)

    def _made_of_several(self, expression: Expression, focus: IntArray) -> Values:
        match expression:
            case Union(parts):
                return reduce(union, (self.evaluate(one, focus) for one in parts), _EMPTY)
            case Intersection(parts):
                return reduce(_common, [self.evaluate(one, focus) for one in parts])
            case Difference(nodes, taken):
                return without(self.evaluate(nodes, focus), self.evaluate(taken, focus))
            case Measure(kind, nodes):
                return self._measure(kind, self.evaluate(nodes, focus), len(focus))
            case Choice(condition, then, otherwise):
                return self._choose(self.holds(condition, focus), then, otherwise, focus=focus)
            case Call(function, arguments):
                return self._call(function, [self.evaluate(one, focus) for one in arguments], len(focus))
            case _:
                raise TypeError(f"{expression} is evaluated elsewhere")

    def holds(self, expression: Expression, focus: IntArray) -> BoolArray:
        """Tell for each of some focus nodes whether an expression gives `true` and nothing else."""
        found = self.evaluate(expression, focus)
        count = np.bincount(found.rows, minlength=len(focus))
        right = np.zeros(len(focus), bool)
        right[found.rows[found.nodes == self.number(TRUE)]] = True
        return np.asarray(right & (count == 1))

    @staticmethod
    def _along(found: Values, follow: Callable[[IntArray], Values]) -> Values:
        distinct, place = np.unique(found.nodes, return_inverse=True)
        reached = follow(distinct)
        start, size = spans(place, reached.rows)
        ends = Values(np.repeat(found.rows, size), reached.nodes[ranges(start, size)])
        return union(ends, _EMPTY)

    def _choose(self, chosen: BoolArray, then: Expression, otherwise: Expression, *, focus: IntArray) -> Values:
        found = _EMPTY
        for rows, expression in ((np.flatnonzero(chosen), then), (np.flatnonzero(~chosen), otherwise)):
            inner = self.evaluate(expression, focus[rows])
            found = union(found, Values(rows[inner.rows].astype(np.int32), inner.nodes))
        return found

    def _call(self, function: str, arguments: Sequence[Values], count: int) -> Values:
        """Call a function for all combinations of the nodes of its arguments, for each distinct combination once."""
        rows = np.arange(count, dtype=np.int32)
        columns: list[IntArray] = []
        for number, argument in enumerate(arguments):
            values = (
                _completed(argument, count) if self.run.functions[function].parameters[number].optional else argument
            )
            start, size = spans(rows, values.rows)
            rows, columns = np.repeat(rows, size), [np.repeat(one, size) for one in columns]
            columns.append(values.nodes[ranges(start, size)])
        if not columns:  # a function without parameters gives the same for every node
            columns.append(np.full(len(rows), NO_TERM, np.int32))
        distinct, place = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
        distinct = distinct[:, : len(arguments)]
        dictionary = self.run.dictionary
        asked = [[None if one == NO_TERM else dictionary[one] for one in arguments] for arguments in distinct]
        results = self.run.sparql.functions.call(function, asked)
        nodes = self._numbers(results)[place.ravel()]
        return union(_where(Values(rows, nodes), nodes != NO_TERM), _EMPTY)

    def _numbers(self, terms: Iterable[str | None]) -> IntArray:
        several = list(terms)
        self.run, numbers = self.run.knowing([term for term in several if term is not None])
        return np.array([NO_TERM if term is None else numbers[term] for term in several], np.int32)

    def _measure(self, kind: str, found: Values, count: int) -> Values:
        if kind in {"min", "max"}:
            return self._extreme(found, LESS if kind == "min" else GREATER)
        often = np.bincount(found.rows, minlength=count)
        terms: list[str | None]
        if kind == "count":
            terms = [f'"{one}"^^<{XSD}integer>' for one in often]
        elif kind == "exists":
            terms = [TRUE if one else FALSE for one in often]
        else:
            texts = self.run.dictionary.texts(found.nodes)
            ends = np.cumsum(often)
            terms = [_sum(texts[end - size : end]) for end, size in zip(ends, often, strict=True)]
        nodes = self._numbers(terms)
        return _where(Values(np.arange(count, dtype=np.int32), nodes), nodes != NO_TERM)

    def _extreme(self, found: Values, wanted: int) -> Values:
        """Let the values of each row compete in pairs until one is left; values that cannot be compared leave none."""
        rows, nodes = found
        broken: IntArray = np.empty(0, np.int32)
        while len(rows) > len(ascending(rows)):
            first = np.searchsorted(rows, rows, "left")
            place = np.arange(len(rows)) - first
            left = np.flatnonzero((place % 2 == 0) & (np.append(rows[1:], -1) == rows))
            order = self.run.order.compare(nodes[left], nodes[left + 1])
            broken = ascending(np.concatenate([broken, rows[left[order == UNORDERED]]]))
            kept = np.ones(len(rows), bool)
            wins = (order == wanted) | (order == 0)
            kept[left[~wins]] = False
            kept[left[wins] + 1] = False
            rows, nodes = rows[kept], nodes[kept]
        return _where(Values(rows, nodes), ~np.isin(rows, broken) & self._comparable(nodes))

    def _comparable(self, nodes: IntArray) -> BoolArray:
        return np.asarray(self.run.order.compare(nodes, nodes) != UNORDERED)


def _sum(terms: Sequence[str]) -> str | None:
    """Add up numbers; None when one is none. Nothing adds up to 0."""
    widest, total = 0, Decimal(0)
    for term in terms:
        lexical, datatype, _ = literal_parts(term) if term.startswith('"') else ("", "", "")
        rank = 0 if datatype in _INTEGERS else _WIDER.index(datatype) if datatype in _WIDER else None
        try:
            total += Decimal(lexical)
        except InvalidOperation:
            return None
        if rank is None or not total.is_finite():
            return None
        widest = max(widest, rank)
    written = format(total, "f") if widest <= 1 else repr(float(total))
    return f'"{written}"^^<{_WIDER[widest]}>'


def _rows(focus: IntArray) -> IntArray:
    return np.arange(len(focus), dtype=np.int32)


def _where(values: Values, chosen: BoolArray) -> Values:
    return Values(values.rows[chosen], values.nodes[chosen])


def _common(one: Values, other: Values) -> Values:
    return _where(one, np.isin(pair_keys(*one), pair_keys(*other)))


def _completed(values: Values, count: int) -> Values:
    """Give each row without a value one that stands for none."""
    missing = np.setdiff1d(np.arange(count, dtype=np.int32), values.rows)
    rows = np.concatenate([values.rows, missing])
    nodes = np.concatenate([values.nodes, np.full(len(missing), NO_TERM, np.int32)])
    order = np.argsort(rows, kind="stable")
    return Values(rows[order], nodes[order])
