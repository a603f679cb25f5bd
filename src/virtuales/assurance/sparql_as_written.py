"""Answering the queries of a shapes graph on literals as they are written, whatever the store makes of them.

A store that holds literals by value is fast, and right for a query that asks for values only. For each query it is
found out what it can see of the data at hand (`virtuales.assurance.query_sight`): mostly nothing, and then that store
answers. Where the difference shows in what solutions hold, that store finds the focus nodes that have solutions, and a
store with the literals as written answers for those; where it shows anywhere else, the latter answers alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from types import MappingProxyType

from virtuales.assurance.calls import Functions
from virtuales.assurance.dictionary import LITERAL, IntArray
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.query_reading import read_parts
from virtuales.assurance.query_sight import OddLiterals, Sight, sight
from virtuales.assurance.shapes import SparqlFunction, SparqlQuery
from virtuales.assurance.sparql import Solution, SparqlRunner
from virtuales.assurance.written_graph import OddStatements, WrittenGraph
from virtuales.assurance.written_literals import stand_in


class SparqlAsWritten:
    """One data graph that answers the queries of a shapes graph.

    Args:
        graph: The data.
        document: The shapes graph as N-Triples, for queries that ask it.
        functions: The functions that queries may call, by their terms; they and what calls them see values.
    """

    def __init__(
        self, graph: ColumnarGraph, document: bytes, functions: Mapping[str, SparqlFunction] = MappingProxyType({})
    ) -> None:
        self._graph = graph
        self._bytes = document
        self._data = OddStatements(graph)
        self._by_value = SparqlRunner(graph, document, functions)

    @property
    def functions(self) -> Functions:
        """The functions of the shapes graph on this data."""
        return self._by_value.functions

    def on(self, graph: ColumnarGraph, added: bytes) -> "SparqlAsWritten":
        """Return what answers on a graph that has more: terms, or statements, these given as N-Triples.

        It takes the place of this one, whose answers are about the further statements from now on.
        """
        other = copy(self)
        other._graph = graph  # noqa: SLF001  # an object of the same class
        other._data = OddStatements(graph)  # noqa: SLF001
        other._by_value = self._by_value.on(graph, added)  # noqa: SLF001
        other.__dict__.pop("_as_written", None)
        return other

    @cached_property
    def _document(self) -> OddStatements:
        return OddStatements(ColumnarGraph.from_n_triples(self._bytes))

    @cached_property
    def _as_written(self) -> SparqlRunner:
        return SparqlRunner(self._graph, self._bytes, store=WrittenGraph(self._data, self._document))

    def select(self, query: SparqlQuery, focus: IntArray | None) -> Iterator[tuple[int, Solution]]:
        """Answer a SELECT query for each of some focus nodes.

        Args:
            query: The query.
            focus: The focus nodes; None for a target, which has none.

        Returns:
            The focus node's row and the solution, for each solution.
        """
        prebound: dict[str, bool | None] = {}
        if focus is not None:
            literal = bool((self._graph.dictionary.kind[focus] == LITERAL).any())
            prebound["this"] = bool(self._data.literals.odd[focus].any()) if literal else None
        seen = self._sight(query, prebound)
        if seen is Sight.NONE:
            yield from self._by_value.select(query, focus)
        elif seen is Sight.ALL or focus is None:
            yield from self._as_written.select(query, focus)
        else:
            found = sorted({row for row, _ in self._by_value.select(query, focus)})
            if found:
                again = self._as_written.select(query, focus[found])
                yield from ((found[row], solution) for row, solution in again)

    def holds(self, query: SparqlQuery, focus: Sequence[str], values: Sequence[str]) -> set[int]:
        """Answer an ASK query for pairs of a focus node and a value node; return the places of those it holds for."""
        seen = self._sight(query, {"this": _odd_among(focus), "value": _odd_among(values)})
        answering = self._by_value if seen is Sight.NONE else self._as_written
        return answering.holds(query, focus, values)

    def _sight(self, query: SparqlQuery, prebound: dict[str, bool | None]) -> Sight:
        if query.calls:
            return Sight.NONE
        parts = read_parts(query.text)
        given = prebound | {name: _odd_among([term]) for name, term in query.parameters}
        data: OddLiterals = _Either(self._data, self._document) if parts.graphs else self._data
        return sight(parts, data, given)


class _Either:
    """What is known of the odd literals of two graphs together."""

    def __init__(self, one: OddStatements, other: OddStatements) -> None:
        self._both = (one, other)

    def may_be_odd(self, predicate: str | None) -> bool:
        return any(one.may_be_odd(predicate) for one in self._both)

    def may_fall_together(self, predicate: str | None) -> bool:
        return any(one.may_fall_together(predicate) for one in self._both)

    def may_change_type(self) -> bool:
        return any(one.may_change_type() for one in self._both)


def _odd_among(terms: Iterable[str]) -> bool | None:
    """Tell whether one of some terms is an odd literal; None where none is a literal."""
    literals = {term for term in terms if term.startswith('"')}
    return any(stand_in(term) != term for term in literals) if literals else None
