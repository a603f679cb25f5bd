"""Closed shapes and fixed values: `sh:closed`, `sh:hasValue`, `sh:in` (https://www.w3.org/TR/shacl/#core-components-others)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from virtuales.assurance.component import Component, Failures, Question, each_term, of_rows, of_values, one_list
from virtuales.assurance.reading import Node
from virtuales.assurance.shapes import SHACL, Constraint

if TYPE_CHECKING:
    from virtuales.assurance.engine import Evaluation

_CLOSED, _HAS_VALUE, _IN = "ClosedConstraintComponent", "HasValueConstraintComponent", "InConstraintComponent"


def _read_closed(node: Node, parameter: str) -> Iterable[Constraint]:
    if not node.boolean(parameter):
        return []
    ignored = [term for members in node.lists("ignoredProperties") for term in members]
    paths = [path for shape in node.values("property") for path in node.graph.node(shape).values("path")]
    return [Constraint(SHACL + _CLOSED, terms=tuple(dict.fromkeys([*ignored, *paths])))]


def _closed(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    allowed = np.array([run.number(term) for term in constraint.terms], np.int64)
    rows, predicates, objects = run.outgoing(asked.values.nodes)
    wrong = ~np.isin(predicates, allowed)
    paths: list[str | None] = [*run.dictionary.texts(predicates[wrong])]
    return Failures(asked.values.rows[rows[wrong]], objects[wrong], paths=paths)


def _has_value(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    missing = np.ones(len(asked.focus), bool)
    missing[asked.values.rows[asked.values.nodes == run.number(constraint.terms[0])]] = False
    return of_rows(missing)


def _in(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    allowed = np.array([run.number(term) for term in constraint.terms], np.int64)
    return of_values(asked.values, ~np.isin(asked.values.nodes, allowed))


COMPONENTS = (
    Component(_CLOSED, "closed", _read_closed, _closed, "A property that the closed shape does not list."),
    Component(_HAS_VALUE, "hasValue", each_term(_HAS_VALUE), _has_value, "Lacks the value {terms[0]}."),
    Component(_IN, "in", one_list(_IN), _in, "Not one of the values {terms}."),
)
