"""The triples that were brought together for a query, and the questions that are put to them on the way."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from virtuales.federation.context import Context
from virtuales.federation.graph_processes import HeldGraph
from virtuales.federation.written import WrittenLiterals, as_they_came
from virtuales.query.syntax.tree import (
    NO_MODIFIER,
    AskQuery,
    DescribeQuery,
    GroupGraphPattern,
    Prologue,
    Query,
    SelectClause,
    SelectQuery,
    SolutionModifier,
)
from virtuales.query.syntax.writer import write_query
from virtuales.rdf.terms import NamedNode, Variable

_SUBJECT = re.compile(rb"(?m)^([ \t]*_:)(?=[^\s<>\"])")
_OBJECT = re.compile(rb"(?m)([ \t]_:)([^\s<>\"]+?[ \t]*\.[ \t\r]*)$")


@dataclass(frozen=True)
class Values:
    """The values that variables have together in the solutions of a context.

    Args:
        variables: The variables.
        rows: The values of each solution as SPARQL writes them, empty where there is none; each row once.
    """

    variables: tuple[Variable, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, place: int) -> set[str]:
        """Return the values of one variable."""
        return {row[place] for row in self.rows}


class LocalGraph:
    """The triples that were brought together; blank nodes of different endpoints never meet.

    Args:
        prologue: Declarations for the queries put to it.
        graph: Holds them, and answers within limits.
        most_values: How many values are looked at to choose those that are sent along.
    """

    def __init__(self, prologue: Prologue, graph: HeldGraph, most_values: int) -> None:
        self._graph = graph
        self._prologue = prologue
        self._most_values = most_values
        self._written = WrittenLiterals()

    def __len__(self) -> int:
        """Return how many statements there are."""
        return len(self._graph)

    def load(self, n_triples: bytes, *, source: int, graph: NamedNode | None) -> None:
        """Begin to add triples of an endpoint; `loaded` tells how that went, and is to be asked before all else."""
        if b"_:" in n_triples:
            mark = b"s%d." % source
            n_triples = _SUBJECT.sub(rb"\g<1>" + mark, n_triples)
            n_triples = _OBJECT.sub(rb"\g<1>" + mark + rb"\g<2>", n_triples)
        self._graph.load(self._written.stood_in(n_triples), graph=graph)

    def loaded(self) -> Iterator[SyntaxError | None]:
        """Wait until what was begun is added; for each in turn tell whether it was no N-Triples."""
        return self._graph.loaded()

    def declare(self, graph: NamedNode) -> None:
        """Make a named graph that need not hold anything."""
        self._graph.declare(graph)

    def has_solutions(self, context: Context) -> bool:
        """Tell whether a context has any solution."""
        if not context.elements:
            return True
        query = write_query(AskQuery(GroupGraphPattern(context.elements), prologue=self._prologue))
        return self._graph.holds(self._written.put(query))

    def values(self, variables: Sequence[Variable], context: Context) -> Values:
        """Return the values that some variables have together in the solutions of a context."""
        return self._values(variables, context, NO_MODIFIER)

    def few_values(self, variables: Sequence[Variable], context: Context) -> Values | None:
        """Return the same, or None where there are more than are looked at."""
        found = self._values(variables, context, SolutionModifier(limit=self._most_values + 1))
        return found if len(found.rows) <= self._most_values else None

    def _values(self, variables: Sequence[Variable], context: Context, modifier: SolutionModifier) -> Values:
        query = SelectQuery(
            SelectClause(tuple(variables), "DISTINCT"),
            GroupGraphPattern(context.elements),
            modifier,
            prologue=self._prologue,
        )
        lines = self._graph.table(self._written.put(write_query(query))).decode().split("\n")[1:-1]
        return Values(tuple(variables), tuple(tuple(line.split("\t")) for line in lines))

    def solved(self, variable: Variable, query: DescribeQuery) -> set[str]:
        """Return the values that a variable has in the solutions of a query's pattern, as SPARQL writes them."""
        where = query.where or GroupGraphPattern()
        select = SelectQuery(SelectClause((variable,)), where, query.modifier, query.values, prologue=self._prologue)
        return set(self._graph.table(self._written.put(write_query(select))).decode().split("\n")[1:-1])

    def serialized(self, query: Query, accept: str | None) -> tuple[bytes, str]:
        """Answer the query itself, literals as they came, in the form that an `Accept` header likes best.

        Returns:
            The answer, and its media type.

        Raises:
            NotAcceptable: the answer has no form that is accepted.
        """
        body, media_type = self._graph.serialized(self._written.put_whole(query), accept or "*/*")
        return as_they_came(body), media_type


def source_of(blank_node: str) -> int:
    """Return the number of the endpoint that a blank node came from.

    >>> source_of("_:s3.b0")
    3
    """
    return int(blank_node.removeprefix("_:s").partition(".")[0])
