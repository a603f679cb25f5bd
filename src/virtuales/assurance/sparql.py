"""Asking queries about all focus nodes at once, with the meaning that pre-binding them one by one has.

The focus nodes are put into a graph of their own, one row each, and joined to the query wherever a part of it speaks of
them. A query whose answer for all could differ from its answers one by one (it cuts or counts) is asked one by one.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from copy import copy
from functools import cached_property
from types import MappingProxyType

from virtuales.assurance.calls import Functions
from virtuales.assurance.dictionary import LITERAL, IntArray
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.queries import SHAPES_GRAPH
from virtuales.assurance.query_filters import absence_as_difference, with_common_demands
from virtuales.assurance.query_rewriting import reordered
from virtuales.assurance.query_text import Joins, Query, parse_query, separate
from virtuales.assurance.rows import AskedStore, Rows, RowSets
from virtuales.assurance.shapes import SparqlFunction, SparqlQuery
from virtuales.query.in_memory import InMemoryGraph
from virtuales.rdf.terms import NamedNode

Solution = Mapping[str, str]

_ROW = "virtualesRow"
_FEW = 2000
"""Focus nodes up to which it pays to start from them rather than to look at all that the query finds."""


class SparqlRunner:
    """One data graph that answers the queries of a shapes graph.

    Args:
        graph: The data.
        document: The shapes graph as N-Triples, for queries that ask it.
        functions: The functions that queries may call, by their terms.
        store: What answers; by default a store of both that holds literals by value. It knows none of the functions.
    """

    def __init__(
        self,
        graph: ColumnarGraph,
        document: bytes,
        functions: Mapping[str, SparqlFunction] = MappingProxyType({}),
        *,
        store: AskedStore | None = None,
    ) -> None:
        self._graph = graph
        self._document = document
        self._functions = functions
        self._given = store

    @property
    def functions(self) -> Functions:
        """The functions of the shapes graph on this data."""
        return self._by_value[1]

    @property
    def _store(self) -> AskedStore:
        return self._by_value[0] if self._given is None else self._given

    @cached_property
    def _by_value(self) -> tuple[InMemoryGraph, Functions]:
        store = InMemoryGraph()
        store.load(self._graph.to_n_triples())
        store.load(self._document, graph=NamedNode(SHAPES_GRAPH))
        return store, Functions(store, self._functions)

    def on(self, graph: ColumnarGraph, added: bytes) -> "SparqlRunner":
        """Return what answers on a graph that has more: terms, or statements, these given as N-Triples.

        It takes the place of this one, whose answers are about the further statements from now on.
        """
        self._by_value[0].load(added)
        self._rows  # noqa: B018  # made now, so that both number the sets of rows in the one store together
        other = copy(self)
        other._graph = graph  # noqa: SLF001  # an object of the same class
        return other

    @cached_property
    def _rows(self) -> RowSets:
        return RowSets(self._store)

    def select(self, query: SparqlQuery, focus: IntArray | None) -> Iterator[tuple[int, Solution]]:
        """Answer a SELECT query for each of some focus nodes.

        Args:
            query: The query.
            focus: The focus nodes; None for a target, which has none.

        Returns:
            The focus node's row and the solution, for each solution.
        """
        constants = dict(query.parameters)
        if focus is None:
            yield from ((0, solution) for solution in self._store.rows(query.text))
            return
        terms = self._graph.dictionary.texts(focus)
        prebound = {"this", *constants}
        asked = reordered(with_common_demands(query.text, prebound), prebound, self._has_solution)
        asked = absence_as_difference(asked, prebound)
        parsed = parse_query(asked, prebound, allowed={"MINUS"})
        rows = self._rows.put(((term,) for term in terms), key=focus.tobytes())
        if separate(parsed) or bool((self._graph.dictionary.kind[focus] == LITERAL).any()):
            for place in range(len(terms)):
                text = _joined(asked, parsed, constants, {"this"}, rows=rows, row=rows.row(place))
                yield from ((place, solution) for solution in self._store.rows(text))
            return
        text = _joined(asked, parsed, constants, {"this"} if len(terms) <= _FEW else set(), rows=rows)
        place_of = {term: place for place, term in enumerate(terms)}
        for solution in self._store.rows(text):
            found = place_of.get(solution.get("this", ""))
            if found is not None:
                yield found, solution

    def _has_solution(self, text: str) -> bool:
        return next(self._store.rows(text), None) is not None

    def holds(self, query: SparqlQuery, focus: Sequence[str], values: Sequence[str]) -> set[int]:
        """Answer an ASK query for pairs of a focus node and a value node; return the places of those it holds for."""
        constants = dict(query.parameters)
        parsed = parse_query(query.text, {"this", "value", *constants})
        end = parsed.start + len("ASK")
        asked = query.text[: parsed.start] + f"SELECT DISTINCT ?{_ROW}" + query.text[end:]
        moved = parse_query(asked, {"this", "value", *constants})
        pairs = list(zip(focus, values, strict=True))
        rows = self._rows.put(pairs, key=tuple(pairs))
        if not separate(parsed):
            text = _joined(asked, moved, constants, {"this", "value"}, rows=rows)
            return {rows.place(solution[_ROW]) for solution in self._store.rows(text)}
        one_by_one = (
            _joined(asked, moved, constants, {"this", "value"}, rows=rows, row=rows.row(place))
            for place in range(len(pairs))
        )
        return {place for place, text in enumerate(one_by_one) if self._has_solution(text)}


def _joined(
    text: str,
    parsed: Query,
    constants: Mapping[str, str],
    forced: AbstractSet[str],
    *,
    rows: Rows,
    row: str | None = None,
) -> str:
    """Write the joins with pre-bound values into a query: those of all rows, or of the one that is given."""
    used = parsed.group.mentions() | parsed.projected
    prebound = {"this", "value", *constants} if "value" in forced else {"this", *constants}
    joins = Joins(prebound)
    certain = joins.visit(parsed.group, forced=(set(constants) & used) | forced)
    if "this" not in certain:
        joins = Joins(prebound)
        joins.visit(parsed.group, forced=(set(constants) & used) | {"this"})
    end = 0
    pieces: list[str] = []
    for place in sorted(joins.at):
        at = row or (f"?{_ROW}" if place == parsed.group.opening else "[]")
        values = (
            f" VALUES ?{name} {{ {constants[name]} }} " if name in constants else rows.pattern(name, at)
            for name in sorted(joins.at[place])
        )
        pieces += [text[end:place], *values]
        end = place
    return "".join([*pieces, text[end:]])
