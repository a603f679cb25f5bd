"""Asking queries about all focus nodes at once, with the meaning that pre-binding them one by one has.

The focus nodes are put into a graph of their own, one row each, and joined to the query wherever a part of it speaks of
them. A query whose answer for all could differ from its answers one by one (it cuts or counts) is asked one by one.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from virtuales.assurance.dictionary import LITERAL, IntArray
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.queries import SHAPES_GRAPH
from virtuales.assurance.query_rewriting import reordered
from virtuales.assurance.query_text import Joins, Query, parse_query, separate
from virtuales.assurance.report_graph import term_of
from virtuales.assurance.shapes import SparqlQuery
from virtuales.query.in_memory import InMemoryGraph
from virtuales.rdf.terms import NamedNode, Triple

Solution = Mapping[str, str]

_ROWS = "urn:virtuales:rows"
_ROW = "virtualesRow"
_FEW = 2000
"""Focus nodes up to which it pays to start from them rather than to look at all that the query finds."""


class SparqlRunner:
    """One data graph that answers the queries of a shapes graph.

    Args:
        graph: The data.
        document: The shapes graph as N-Triples, for queries that ask it.
    """

    def __init__(self, graph: ColumnarGraph, document: bytes) -> None:
        self._graph = graph
        self._document = document

    @cached_property
    def _store(self) -> InMemoryGraph:
        store = InMemoryGraph()
        store.load(self._graph.to_n_triples())
        store.load(self._document, graph=NamedNode(SHAPES_GRAPH))
        return store

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
        asked = reordered(query.text, prebound, self._has_solution)
        parsed = parse_query(asked, prebound)
        if separate(parsed) or bool((self._graph.dictionary.kind[focus] == LITERAL).any()):
            text = _joined(asked, parsed, constants, {"this"})
            for row, term in enumerate(terms):
                self._put([(term,)])
                yield from ((row, solution) for solution in self._store.rows(text))
            return
        text = _joined(asked, parsed, constants, {"this"} if len(terms) <= _FEW else set())
        self._put([(term,) for term in terms])
        row_of = {term: row for row, term in enumerate(terms)}
        for solution in self._store.rows(text):
            found = row_of.get(solution.get("this", ""))
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
        text = _joined(asked, moved, constants, {"this", "value"})
        pairs = list(zip(focus, values, strict=True))
        if separate(parsed):
            return {place for place, pair in enumerate(pairs) if self._rows_found(text, [pair])}
        return self._rows_found(text, pairs)

    def _rows_found(self, text: str, rows: Sequence[tuple[str, ...]]) -> set[int]:
        self._put(rows)
        return {int(solution[_ROW].rpartition(":")[2][:-1]) for solution in self._store.rows(text)}

    def _put(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Put rows of terms into the graph that queries are joined with: the focus node, and a value node or none."""
        names = (NamedNode(f"{_ROWS}:this"), NamedNode(f"{_ROWS}:value"))
        self._store.replace(
            NamedNode(_ROWS),
            (
                Triple(NamedNode(f"{_ROWS}:{place}"), name, term_of(term))
                for place, row in enumerate(rows)
                for name, term in zip(names, row, strict=False)
            ),
        )


def _joined(text: str, parsed: Query, constants: Mapping[str, str], forced: AbstractSet[str]) -> str:
    """Write the joins with pre-bound values into a query."""
    used = parsed.group.mentions() | parsed.projected
    joins = Joins({"this", "value", *constants} if "value" in forced else {"this", *constants})
    certain = joins.visit(parsed.group, forced=(set(constants) & used) | forced)
    if "this" not in certain:
        joins = Joins(joins.prebound)
        joins.visit(parsed.group, forced=(set(constants) & used) | {"this"})
    end = 0
    pieces: list[str] = []
    for place in sorted(joins.at):
        row = f"?{_ROW}" if place == parsed.group.opening else "[]"
        pieces += [text[end:place], *(_join(name, row, constants) for name in sorted(joins.at[place]))]
        end = place
    return "".join([*pieces, text[end:]])


def _join(name: str, row: str, constants: Mapping[str, str]) -> str:
    if name in constants:
        return f" VALUES ?{name} {{ {constants[name]} }} "
    return f" GRAPH <{_ROWS}> {{ {row} <{_ROWS}:{name}> ?{name} }} "
