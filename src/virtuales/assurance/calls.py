"""Calling the functions of a shapes graph: for many arguments at once where that gives the same, else one by one.

Within a query the store calls a function for one set of arguments at a time; node expressions call it for all that they
have.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import compress

from virtuales.assurance.query_text import Joins, Query, parse_query, separate
from virtuales.assurance.report_graph import term_of
from virtuales.assurance.shapes import SparqlFunction
from virtuales.query.in_memory import InMemoryGraph
from virtuales.rdf.terms import NamedNode, Term

Arguments = Sequence[str | None]
"""The arguments of one call, as terms; None for an optional one that is not given."""

_NAMESPACE = "urn:virtuales:calls"
_ROW = "virtualesRow"


class Functions:
    """The functions of a shapes graph on one data graph.

    Args:
        store: The data; its queries can call the functions from now on.
        functions: The functions, by their terms.
    """

    def __init__(self, store: InMemoryGraph, functions: Mapping[str, SparqlFunction]) -> None:
        self._store = store
        self._functions = functions
        self._count = 0
        for name, function in functions.items():
            store.define(NamedNode(name[1:-1]), partial(self._called, function))

    def call(self, name: str, several: Sequence[Arguments]) -> list[str | None]:
        """Call a function for several sets of arguments.

        Returns:
            The result for each, as a term; None where there is none, or an argument is missing.
        """
        function = self._functions[name]
        needed = [not one.optional for one in function.parameters]
        results: list[str | None] = [None] * len(several)
        by_given: dict[tuple[bool, ...], list[int]] = {}
        for place, arguments in enumerate(several):
            padded = (*arguments, *[None] * (len(needed) - len(arguments)))
            if len(padded) == len(needed) and all(value is not None for value in compress(padded, needed)):
                by_given.setdefault(tuple(value is not None for value in padded), []).append(place)
        for given, places in by_given.items():
            names = [one.name for one in compress(function.parameters, given)]
            rows = [[value for value in several[place] if value is not None] for place in places]
            for place, result in zip(places, self._answers(function, names, rows), strict=True):
                results[place] = result
        return results

    def _called(self, function: SparqlFunction, *arguments: Term | None) -> Term | None:
        (result,) = self.call(function.name, [[None if one is None else str(one) for one in arguments]])
        return None if result is None else term_of(result)

    def _answers(
        self, function: SparqlFunction, names: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> Iterator[str | None]:
        query = parse_query(function.text, set(names))
        few = len(rows) == 1 and not any(value.startswith("_:") for value in rows[0])
        if few or separate(query):
            yield from (self._one(function, query, names=names, row=row) for row in rows)
            return
        graph = self._put(names, rows)
        asked = _with_row(function.text, query)
        text = joined(asked, parse_query(asked, set(names)), set(names), partial(_pattern, graph))
        found: dict[str, str | None] = {}
        for solution in self._store.rows(text):
            value = solution.get(function.result) if function.result else _TRUE
            found.setdefault(solution[_ROW], value)
        self._store.remove(NamedNode(graph))
        missing = None if function.result else _FALSE
        yield from (found.get(f"<{graph}:{place}>", missing) for place in range(len(rows)))

    def _one(self, function: SparqlFunction, query: Query, *, names: Sequence[str], row: Sequence[str]) -> str | None:
        """Answer for one set of arguments, written into the query; blank nodes have no place in one."""
        graph = ""
        if any(value.startswith("_:") for value in row):
            graph = self._put(names, [row])
            text = joined(function.text, query, set(names), partial(_pattern, graph))
        else:
            text = with_values(function.text, dict(zip(names, row, strict=True)))
        if not function.result:
            text = text[: query.start] + "SELECT *" + text[query.start + len("ASK") :]
        solution = next(self._store.rows(text), None)
        if graph:
            self._store.remove(NamedNode(graph))
        if function.result:
            return None if solution is None else solution.get(function.result)
        return _FALSE if solution is None else _TRUE

    def _put(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """Put arguments into a graph of their own; return its IRI."""
        self._count += 1
        graph = f"{_NAMESPACE}:{self._count}"
        lines = (
            f"<{graph}:{place}> <{_NAMESPACE}:{name}> {term} .\n"
            for place, row in enumerate(rows)
            for name, term in zip(names, row, strict=True)
        )
        self._store.load("".join(lines).encode(), graph=NamedNode(graph))
        return graph


_TRUE, _FALSE = (f'"{word}"^^<http://www.w3.org/2001/XMLSchema#boolean>' for word in ("true", "false"))


def joined(text: str, query: Query, names: AbstractSet[str], pattern: Callable[[str, bool], str]) -> str:
    """Write joins with pre-bound values into a query: at its beginning, and in each group that needs them.

    Args:
        text: The query.
        query: Its structure.
        names: The variables that get their values from outside.
        pattern: Writes the join with a variable; told whether it stands in the outermost group.
    """
    joins = Joins(names)
    joins.visit(query.group, forced=names)
    pieces: list[str] = []
    end = 0
    for place in sorted(joins.at):
        top = place == query.group.opening
        pieces += [text[end:place], *(pattern(name, top) for name in sorted(joins.at[place]))]
        end = place
    return "".join([*pieces, text[end:]])


def with_values(text: str, constants: Mapping[str, str]) -> str:
    """Write constants into a query for the variables that are pre-bound to them; none may be a blank node.

    >>> with_values("SELECT ?this { ?this a ?class }", {"class": "<urn:c>"})
    'SELECT ?this { VALUES ?class { <urn:c> }  ?this a ?class }'
    """
    query = parse_query(text, set(constants))
    return joined(text, query, set(constants), lambda name, _: f" VALUES ?{name} {{ {constants[name]} }} ")


def _pattern(graph: str, name: str, top: bool) -> str:
    row = f"?{_ROW}" if top else "[]"
    return f" GRAPH <{graph}> {{ {row} <{_NAMESPACE}:{name}> ?{name} }} "


def _with_row(text: str, query: Query) -> str:
    """Let a query give the row that an answer is for."""
    if query.form == "ASK":
        return f"{text[: query.start]}SELECT DISTINCT ?{_ROW}{text[query.start + len('ASK') :]}"
    end = query.start + len("SELECT")
    words = text[end:].split(maxsplit=1)
    if words and words[0].upper() in {"DISTINCT", "REDUCED"}:
        end = text.index(words[0], end) + len(words[0])
    return f"{text[:end]} ?{_ROW} {text[end:]}"
