"""Constraints written in SPARQL: `sh:sparql`, and the validators of components that a shapes graph defines itself.

See https://www.w3.org/TR/shacl/#sparql-constraints and https://www.w3.org/TR/shacl/#sparql-constraint-components.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from virtuales.assurance.component import Component, Failures, Question, of_values
from virtuales.assurance.dictionary import NO_TERM
from virtuales.assurance.reading import Malformed, Node, literal_parts
from virtuales.assurance.report_graph import literal_text
from virtuales.assurance.shapes import SHACL, Constraint, Shape, SparqlQuery

if TYPE_CHECKING:
    from virtuales.assurance.engine import Evaluation

_SPARQL = "SPARQLConstraintComponent"
_PLACEHOLDER = re.compile(r"\{[?$](\w+)\}")


def _read(node: Node, parameter: str) -> Iterable[Constraint | Malformed]:
    from virtuales.assurance.queries import read_query  # noqa: PLC0415  # many shapes have no queries, or are read

    for value in node.values(parameter):
        constraint = node.graph.node(value)
        try:
            if not constraint.boolean("deactivated"):
                query = read_query(constraint, "select", shape=node)
                yield Constraint(SHACL + _SPARQL, query=query, source=value)
        except Malformed as error:
            yield error


def check(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    """Judge by a query: a SELECT query gives what is wrong, an ASK query holds for what is right."""
    query = constraint.query
    if query is None:
        raise TypeError("a constraint without query was taken for one that has one")
    return _ask(run, query, asked) if constraint.flag else _select(run, query, asked)


def _select(run: "Evaluation", query: SparqlQuery, asked: Question) -> Failures:
    rows: list[int] = []
    values: list[str | None] = []
    paths: list[str | None] = []
    messages: list[tuple[str, ...]] = []
    for row, solution in run.sparql.select(query, asked.focus):
        itself = run.dictionary[asked.focus[row]] if asked.shape.path is None else None
        path = solution.get("path", "")
        rows.append(row)
        values.append(solution.get("value", itself))
        paths.append(path if path.startswith("<") else None)
        messages.append(_messages(query, solution, asked.shape))
    return Failures(np.array(rows, np.int32), np.full(len(rows), NO_TERM), values, paths, messages)


def _ask(run: "Evaluation", query: SparqlQuery, asked: Question) -> Failures:
    focus = run.dictionary.texts(asked.focus[asked.values.rows])
    values = run.dictionary.texts(asked.values.nodes)
    right = run.sparql.holds(query, focus, values)
    wrong = np.array([place not in right for place in range(len(values))], bool)
    rows, nodes = of_values(asked.values, wrong)[:2]
    messages = [
        _messages(query, {"this": focus[place], "value": values[place]}, asked.shape) for place in np.flatnonzero(wrong)
    ]
    return Failures(rows, nodes, messages=messages)


def _messages(query: SparqlQuery, solution: Mapping[str, str], shape: Shape) -> tuple[str, ...]:
    """Return the message of a solution, else those of the constraint with their placeholders filled, else none."""
    if solution.get("message", "").startswith('"'):
        return (solution["message"],)
    terms = dict(query.parameters) | dict(solution)
    return tuple(_filled(message, terms) for message in query.messages or shape.messages)


def _filled(message: str, terms: Mapping[str, str]) -> str:
    if not message.startswith('"') or "{" not in message:
        return message
    lexical, _, language = literal_parts(message)

    def value(match: re.Match[str]) -> str:
        term = terms.get(match[1])
        if term is None:
            return match[0]
        return literal_parts(term)[0] if term.startswith('"') else term

    return literal_text(_PLACEHOLDER.sub(value, lexical), language)


COMPONENTS = (Component(_SPARQL, "sparql", _read, check, "A query finds it wrong.", bounded=False),)
