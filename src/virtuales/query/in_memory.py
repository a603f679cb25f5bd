"""A graph held in memory to be asked in SPARQL: what SPARQL-based constraints are judged on.

Literals are held by value, so answers give numbers and dates in their canonical form.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from io import BytesIO
from typing import Literal, NamedTuple, Protocol

from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    parse,
)

from virtuales.errors import InputError
from virtuales.query.request import check_query
from virtuales.rdf.terms import Term
from virtuales.store.oxigraph_answer import write_result


class Solutions(NamedTuple):
    """The answer to a SELECT query: its variables, and for each solution the terms of those that are bound."""

    names: tuple[str, ...]
    rows: Iterator[dict[str, Term]]


class Accumulator(Protocol):
    """Gathers the terms of one group for an aggregate; a term that is missing or an error makes the aggregate one."""

    def accumulate(self, term: Term, /) -> None:
        """Take in one term."""

    def finish(self) -> Term | None:
        """Return what the aggregate comes to; None where that is an error."""


Function = Callable[..., Term | None]
"""A function on terms; None is an error, as every argument that is missing or an error is."""


class InMemoryGraph:
    """A default graph and any number of named graphs, in memory.

    Args:
        functions: Functions that queries may call, by their bare IRIs
            (https://www.w3.org/TR/sparql11-query/#extensionFunctions).
        aggregates: Aggregates that queries may call, likewise; they cannot be given `DISTINCT`.
    """

    def __init__(
        self,
        functions: Mapping[str, Function] | None = None,
        aggregates: Mapping[str, Callable[[], Accumulator]] | None = None,
    ) -> None:
        self._store = Store()
        self._functions = {NamedNode(name): function for name, function in (functions or {}).items()}
        self._aggregates = {NamedNode(name): aggregate for name, aggregate in (aggregates or {}).items()}

    def define(self, name: NamedNode, function: Function) -> None:
        """Let queries call a function by an IRI; one that raises is an error of the expression that calls it."""
        self._functions[name] = function

    def define_aggregate(self, name: NamedNode, aggregate: Callable[[], Accumulator]) -> None:
        """Let queries call an aggregate by an IRI."""
        self._aggregates[name] = aggregate

    def load(self, n_triples: bytes, *, graph: NamedNode | None = None) -> None:
        """Add statements written as N-Triples; blank nodes keep their labels.

        Args:
            n_triples: The statements.
            graph: The graph they go to; by default the default graph.
        """
        place = graph or DefaultGraph()
        if b"_:" not in n_triples:
            self._store.bulk_load(n_triples, format=RdfFormat.N_TRIPLES, to_graph=place)
            return
        quads = parse(n_triples, format=RdfFormat.N_TRIPLES)  # the bulk loader would give blank nodes new labels
        self._store.bulk_extend(Quad(one.subject, one.predicate, one.object, place) for one in quads)

    def __len__(self) -> int:
        """Return how many statements there are."""
        return len(self._store)

    def declare(self, graph: NamedNode) -> None:
        """Make a named graph that need not hold anything."""
        self._store.add_graph(graph)

    def remove(self, graph: NamedNode) -> None:
        """Remove a named graph."""
        self._store.remove_graph(graph)

    def add(self, quads: Iterable[Quad]) -> None:
        """Add statements, each to the graph that it names."""
        self._store.bulk_extend(quads)

    def rows(self, select: str) -> Iterator[dict[str, str]]:
        """Answer a SELECT query: for each solution its bound variables, the terms written as in N-Triples.

        Raises:
            InputError: the query is no SELECT query, asks other servers, or is not valid.
        """
        answer = self._answer(select)
        names = [variable.value for variable in answer.variables]
        for solution in answer:
            yield {name: str(term) for name, term in zip(names, solution, strict=True) if term is not None}

    def solutions(self, select: str) -> Solutions:
        """Answer a SELECT query by terms; raises what `rows` raises."""
        answer = self._answer(select)
        names = tuple(variable.value for variable in answer.variables)
        rows = (
            {name: term for name, term in zip(names, solution, strict=True) if term is not None} for solution in answer
        )
        return Solutions(names, rows)

    def table(self, select: str) -> bytes:
        """Answer a SELECT query of our own as tab-separated values, without a term becoming an object.

        See https://www.w3.org/TR/sparql11-results-csv-tsv/.

        Args:
            select: The query; it is not looked through for SERVICE, and may be of any length.

        Raises:
            InputError: the query is no SELECT query.
        """
        answer = self._run(select)
        if not isinstance(answer, QuerySolutions):
            raise InputError("A SELECT query is expected.", where=select)
        return answer.serialize(format=QueryResultsFormat.TSV) or b""

    def holds(self, ask: str) -> bool:
        """Answer an ASK query of our own; raises what `table` raises, for another form."""
        answer = self._run(ask)
        if not isinstance(answer, QueryBoolean):
            raise InputError("An ASK query is expected.", where=ask)
        return bool(answer)

    def constructed(self, construct: str) -> bytes:
        """Answer a CONSTRUCT query as N-Triples, a statement a line; raises what `rows` raises, for another form."""
        check_query(construct)
        try:
            answer = self._store.query(construct)
        except SyntaxError as error:
            raise InputError(f"The query is not valid SPARQL: {error}.", where=construct) from error
        if not isinstance(answer, QueryTriples):
            raise InputError("A CONSTRUCT query is expected.", where=construct)
        return answer.serialize(format=RdfFormat.N_TRIPLES) or b""

    def serialized(self, query: str, accept: str) -> tuple[bytes, str]:
        """Answer any query in the form that an `Accept` header likes best.

        Returns:
            The answer, and its media type.

        Raises:
            InputError: the query asks other servers, or is not valid.
            NotAcceptable: the answer has no form that is accepted.
        """
        check_query(query)
        try:
            answer = self._run(query)
        except (SyntaxError, RuntimeError) as error:
            raise InputError(f"The query is not valid SPARQL: {error}.", where="query") from error
        body = BytesIO()
        media_type = write_result(answer, accept, body)
        return body.getvalue(), media_type

    def _run(self, query: str) -> QuerySolutions | QueryTriples | QueryBoolean:
        return self._store.query(query, custom_functions=self._functions, custom_aggregate_functions=self._aggregates)

    def _answer(self, select: str) -> QuerySolutions:
        check_query(select)
        try:
            answer = self._run(select)
        except (SyntaxError, RuntimeError) as error:  # the latter for a function that is not there
            raise InputError(f"The query is not valid SPARQL: {error}.", where=select) from error
        if not isinstance(answer, QuerySolutions):
            raise InputError("A SELECT query is expected.", where=select)
        return answer


@lru_cache(maxsize=4096)
def syntax_complaint(query: str, functions: frozenset[str] = frozenset()) -> str | None:
    """Say what is wrong with a query: its syntax, or a function that there is none of; None when nothing is.

    Args:
        query: The query.
        functions: IRIs of the functions that it may call, besides those of SPARQL.
    """
    try:
        _on_nothing(query, functions)
    except (SyntaxError, RuntimeError) as error:
        return str(error)
    return None


def projected(query: str, functions: frozenset[str] = frozenset()) -> list[str]:
    """Return the variables that a valid SELECT query gives; none for another query."""
    answer = _on_nothing(query, functions)
    return [one.value for one in answer.variables] if isinstance(answer, QuerySolutions) else []


def answer_form(query: str) -> Literal["select", "ask", "construct"]:
    """Say what a valid query answers: rows, yes or no, or statements (DESCRIBE among them)."""
    answer = _on_nothing(query, frozenset())
    if isinstance(answer, QuerySolutions):
        return "select"
    return "construct" if isinstance(answer, QueryTriples) else "ask"


def _on_nothing(query: str, functions: frozenset[str]) -> object:
    return Store().query(query, custom_functions={NamedNode(name): _undefined for name in functions})


def _undefined(*_: Term) -> None:
    return None
