"""Which values are sent along with a pattern, of those that its variables have in what is here already.

Only IRIs and plain strings are sent: those come back from every store as they went. What else a variable may be, a
blank node or another literal, is asked for by its kind.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from virtuales.federation.context import Context
from virtuales.federation.local import LocalGraph, Values, source_of
from virtuales.federation.requests import Wanted
from virtuales.federation.sketch import Iris
from virtuales.rdf.terms import Variable

_BLANK, _LITERAL = "isBlank", "isLiteral"
_LONGEST, _SHORTEST = 60_000, 5_000
"""Characters of values in one request."""
_TAKEN = 95_000
"""Characters of values and pattern together; nodes take queries of 100,000."""
_DEAR = 20
"""How many blocks of values asking for all literals is worth."""


@dataclass(frozen=True)
class Binding:
    """Values to be sent along.

    Args:
        variables: The variables.
        rows: The values, as SPARQL writes them.
        others: For each kind of values that cannot be sent the endpoints that it is asked of; None is all of them.
    """

    variables: tuple[Variable, ...]
    rows: tuple[tuple[str, ...], ...]
    others: dict[str, frozenset[int] | None] = field(default_factory=dict)

    @cached_property
    def columns(self) -> tuple[tuple[NDArray[np.bool_], Iris], ...]:
        """For each variable in which rows it is an IRI, and those IRIs."""
        return tuple(map(self._column, range(len(self.variables))))

    def _column(self, place: int) -> tuple[NDArray[np.bool_], Iris]:
        are_iris = np.fromiter((row[place].startswith("<") for row in self.rows), bool, len(self.rows))
        return are_iris, Iris([row[place][1:-1] for row in compress(self.rows, are_iris)])

    def kinds_from(self, source: int) -> Iterator[str]:
        """Give the kinds of values that an endpoint is asked for."""
        for kind, sources in self.others.items():
            if sources is None or source in sources:
                yield kind


def blocks(rows: Sequence[tuple[str, ...]], most: int, pattern: int = 0) -> Iterator[list[tuple[str, ...]]]:
    """Cut values into blocks of so many rows at most, none of them longer than what servers take with their pattern.

    >>> [len(block) for block in blocks([("<urn:a>",)] * 5, 2)], len(list(blocks([("x" * 40_000,)] * 3, 500)))
    ([2, 2, 1], 3)
    """
    longest = max(_SHORTEST, min(_LONGEST, _TAKEN - pattern))
    block: list[tuple[str, ...]] = []
    size = 0
    for row in rows:
        length = sum(len(value) + 1 for value in row)
        if block and (len(block) == most or size + length > longest):
            yield block
            block, size = [], 0
        block.append(row)
        size += length
    if block:
        yield block


def choose_binding(wanted: Wanted, context: Context, local: LocalGraph) -> Binding | None:
    """Choose values to send along with patterns, or None where none narrow them."""
    shared = [each for each in wanted.variables if each in context.variables]
    if not shared or not context.elements:
        return None
    values = local.few_values(shared, context)
    if values is None:
        return _of_many(wanted, shared, context, local)
    if not values.rows:
        return Binding((shared[0],), ())
    single = [each for place in range(len(shared)) if (each := _single(wanted, values, place)) is not None]
    if not single:
        return None
    best = min(single, key=_cost)
    clean = [place for place, name in enumerate(shared) if any(_is_of(each, name) for each in single)]
    if len(clean) > 1 and not best.others:
        rows = tuple(dict.fromkeys(tuple(row[place] for place in clean) for row in values.rows))
        if len(rows) <= len(best.rows):
            return Binding(tuple(shared[place] for place in clean), rows)
    return best


def _of_many(wanted: Wanted, shared: list[Variable], context: Context, local: LocalGraph) -> Binding | None:
    """Choose the values of one variable where there are too many of all together, as of variables that join nothing."""
    if len(shared) == 1:
        return None
    apart = [found for each in shared if (found := local.few_values([each], context)) is not None]
    single = [each for values in apart if (each := _single(wanted, values, 0)) is not None]
    return min(single, key=_cost, default=None)


def _is_of(binding: Binding, variable: Variable) -> bool:
    return binding.variables == (variable,) and not binding.others


def _cost(binding: Binding) -> float:
    return len(binding.rows) / 500 + (_BLANK in binding.others) + _DEAR * (_LITERAL in binding.others)


def _single(wanted: Wanted, values: Values, place: int) -> Binding | None:
    """Return the values of one variable; None where it may have any."""
    name = values.variables[place]
    column = values.column(place)
    if "" in column:
        return None
    rows = tuple((each,) for each in sorted(column) if each.startswith("<") or _is_plain(each))
    others: dict[str, frozenset[int] | None] = {}
    blank = frozenset(source_of(each) for each in column if each.startswith("_:"))
    is_verb = any(triple.verb == name for triple in wanted.triples)
    is_node = is_verb or any(triple.subject == name for triple in wanted.triples)
    if blank and not is_verb:
        others[_BLANK] = blank
    if is_node:
        rows = tuple(row for row in rows if row[0].startswith("<"))
    elif any(not each.startswith(("<", "_:")) and not _is_plain(each) for each in column):
        others[_LITERAL] = None
    return Binding((name,), rows, others)


def _is_plain(term: str) -> bool:
    return term.startswith('"') and term.endswith('"')
