"""Asking statements so that literals come back as they are written, in an order that does not change by itself.

What is asked is one graph, whatever models the statements came in. Solutions are ordered by the query's conditions
and then by every variable, so that the same statements give the same rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.query_reading import read_parts
from virtuales.assurance.reading import Malformed
from virtuales.assurance.written_graph import OddStatements, WrittenGraph
from virtuales.assurance.written_literals import as_written, stand_in
from virtuales.errors import InputError, TooLarge
from virtuales.exchange.lowering.blank_nodes import with_settled_names
from virtuales.query.in_memory import InMemoryGraph, projected
from virtuales.query.request import check_query
from virtuales.query.syntax.parser import parse_query
from virtuales.query.syntax.tree import (
    ConstructQuery,
    GroupGraphPattern,
    OrderCondition,
    Query,
    SelectClause,
    SelectQuery,
    TriplesBlock,
)
from virtuales.query.syntax.triples import TriplesSameSubject
from virtuales.query.syntax.writer import write_query
from virtuales.rdf.terms import Variable

_OURS = "urn:virtuales:solution:"
_ROW = "virtuales_solution"
_LINES_MOST = 50_000_000


@dataclass(frozen=True)
class Table:
    """The solutions of a SELECT query, in order.

    Args:
        names: The columns.
        rows: For each row the terms of the columns that have one, written as in N-Triples.
    """

    names: tuple[str, ...]
    rows: Sequence[dict[str, str]]


def read_query(text: str, *, name: str) -> SelectQuery | ConstructQuery:
    """Read a query that can be lowered.

    Args:
        text: The query.
        name: What errors call it.

    Raises:
        InputError: it is not valid, is neither SELECT nor CONSTRUCT, calls servers, or chooses graphs.
    """
    try:
        check_query(text)
        query = parse_query(text)
    except InputError as error:
        place = f"{name}, {error.where}" if error.where else name
        raise InputError(error.what, where=place, remedy=error.remedy) from None
    if not isinstance(query, SelectQuery | ConstructQuery):
        raise InputError(
            "Only the answers of SELECT and CONSTRUCT are lowered.", where=name, remedy="Write one of the two."
        )
    if query.dataset or _as_select(query, name=name)[2]:
        raise InputError(
            "The query chooses graphs, and what is asked is one graph.",
            where=name,
            remedy="Leave out FROM and GRAPH; give only the files that are meant.",
        )
    return query


class AskedGraph:
    """Statements as one graph.

    Args:
        n_triples: The statements.
    """

    def __init__(self, n_triples: bytes) -> None:
        if n_triples.count(b"\n") > _LINES_MOST:
            raise TooLarge(f"More than {_LINES_MOST:,} statements are not asked in memory.")
        data = OddStatements(ColumnarGraph.from_n_triples(n_triples))
        self._graph = WrittenGraph(data, OddStatements(ColumnarGraph.from_n_triples(b"")))

    def select(self, query: SelectQuery, *, name: str) -> Table:
        """Answer a SELECT query.

        Raises:
            InputError: the query cannot be answered; names it.
        """
        return self._table(query, name=name)

    def construct(self, query: ConstructQuery, *, name: str) -> bytes:
        """Answer a CONSTRUCT query as N-Triples, sorted, each statement once.

        Raises:
            InputError: the query cannot be answered; names it.
        """
        solutions = self._table(query, name=name)
        made = InMemoryGraph()
        made.load("".join(_solution_lines(solutions)).encode())
        template = query.template if query.template is not None else _own_triples(query)
        optional = " ".join(f"OPTIONAL {{ ?{_ROW} <{_OURS}{each}> ?{each} }}" for each in solutions.names)
        read = parse_query(f"SELECT * WHERE {{ ?{_ROW} <{_OURS}> true {optional} }}")
        asked = ConstructQuery(template, read.where or GroupGraphPattern(), prologue=query.prologue)
        lines = made.constructed(write_query(asked)).decode().split("\n")[:-1]
        written = (f"{as_written(line.removesuffix(' .'))} ." for line in lines)
        return "".join(f"{line}\n" for line in with_settled_names(written)).encode()

    def _table(self, query: SelectQuery | ConstructQuery, *, name: str) -> Table:
        text, names, _ = _as_select(query, name=name)
        try:
            return Table(names, list(self._graph.rows(text)))
        except InputError as error:
            raise InputError(error.what, where=name, remedy=error.remedy) from None


def _as_select(query: Query, *, name: str) -> tuple[str, tuple[str, ...], bool]:
    """Return a query's solutions as a SELECT query in a settled order, its variables, and whether it chooses graphs."""
    if isinstance(query, ConstructQuery):
        query = SelectQuery(SelectClause(), query.where, query.modifier, query.values, prologue=query.prologue)
    if not isinstance(query, SelectQuery):
        raise TypeError(query)
    names = tuple(projected(write_query(replace(query, modifier=replace(query.modifier, order=())))))
    order = (*query.modifier.order, *(OrderCondition(Variable(each)) for each in names))
    text = write_query(replace(query, modifier=replace(query.modifier, order=order)))
    try:
        return text, names, bool(read_parts(text).graphs)
    except Malformed as error:
        raise InputError(f"The query is not understood: {error}.", where=name, remedy="Write SPARQL 1.1.") from None


def _own_triples(query: ConstructQuery) -> tuple[TriplesSameSubject, ...]:
    """Return the triples of a pattern that stands for its own template."""
    return tuple(
        triples for element in query.where.elements if isinstance(element, TriplesBlock) for triples in element.triples
    )


def _solution_lines(table: Table) -> list[str]:
    lines = []
    for number, row in enumerate(table.rows):
        subject = f"<{_OURS}row:{number}>"
        lines.append(f'{subject} <{_OURS}> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n')
        lines += [f"{subject} <{_OURS}{name}> {stand_in(term)} .\n" for name, term in row.items()]
    return lines
