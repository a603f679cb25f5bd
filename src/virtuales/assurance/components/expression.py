"""Constraints that a node expression states: `sh:expression` (https://www.w3.org/TR/shacl-af/#ExpressionConstraintComponent)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from virtuales.assurance.component import Component, Failures, Question, of_values
from virtuales.assurance.expression_reading import read_expression
from virtuales.assurance.expression_values import TRUE, Expressions
from virtuales.assurance.expressions import shapes_of, terms_of
from virtuales.assurance.reading import Malformed, Node
from virtuales.assurance.shapes import SHACL, Constraint

if TYPE_CHECKING:
    from virtuales.assurance.engine import Evaluation

_EXPRESSION = "ExpressionConstraintComponent"


def _read(node: Node, parameter: str) -> Iterable[Constraint | Malformed]:
    for value in node.values(parameter):
        try:
            expression = read_expression(node.graph, value)
        except Malformed as error:
            yield error
            continue
        yield Constraint(
            SHACL + _EXPRESSION,
            terms=tuple(dict.fromkeys((*terms_of(expression), TRUE))),
            shapes=tuple(dict.fromkeys(shapes_of(expression))),
            source=value,
            expression=expression,
            messages=tuple(node.graph.node(value).values("message")),
        )


def _check(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    if constraint.expression is None:
        raise TypeError("a constraint without expression was taken for one that has one")
    nodes, place = np.unique(asked.values.nodes, return_inverse=True)
    right = Expressions(run).holds(constraint.expression, nodes)
    found = of_values(asked.values, ~right[place])
    messages = [constraint.messages] * len(found.rows) if constraint.messages else None
    return found._replace(messages=messages)


COMPONENTS = (
    Component(_EXPRESSION, "expression", _read, _check, "The expression does not give true for it.", bounded=False),
)
