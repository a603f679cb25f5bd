"""Values judged by another shape: `sh:node`, `sh:qualifiedValueShape`, `sh:someValue`.

See https://www.w3.org/TR/shacl/#core-components-shape; `sh:someValue` is of https://www.w3.org/TR/shacl12-core/.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from virtuales.assurance.component import (
    Component,
    Failures,
    Question,
    Read,
    each_shape,
    failing_values,
    of_rows,
    of_values,
)
from virtuales.assurance.dictionary import IntArray
from virtuales.assurance.paths import Values, ranges, spans
from virtuales.assurance.reading import Malformed, Node
from virtuales.assurance.shapes import SHACL, Constraint

if TYPE_CHECKING:
    from virtuales.assurance.engine import Evaluation, Found


def _node(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    return of_values(asked.values, ~run.conforms(constraint.shapes[0], asked.values.nodes))


def _read_qualified(component: str) -> Read:
    def read(node: Node, parameter: str) -> Iterable[Constraint]:
        if not node.values("qualifiedValueShape"):
            raise Malformed(f"`{parameter}` needs `sh:qualifiedValueShape`.")
        siblings = _siblings(node) if node.boolean("qualifiedValueShapesDisjoint") else []
        number = node.integer(parameter)
        return [
            Constraint(
                SHACL + component,
                shapes=(shape, *(other for other in siblings if other != shape)),
                number=number,
            )
            for shape in node.values("qualifiedValueShape")
        ]

    return read


def _siblings(node: Node) -> list[str]:
    """Return the qualified value shapes of all property shapes that share a parent with this one."""
    parents = [parent for parent in node.graph.nodes() if node.term in parent.values("property")]
    return list(
        dict.fromkeys(
            shape
            for parent in parents
            for sibling in parent.values("property")
            for shape in node.graph.node(sibling).values("qualifiedValueShape")
        )
    )


def _qualified(run: "Evaluation", constraint: Constraint, asked: Question) -> IntArray:
    right = run.conforms(constraint.shapes[0], asked.values.nodes)
    for sibling in constraint.shapes[1:]:
        right &= ~run.conforms(sibling, asked.values.nodes)
    return np.bincount(asked.values.rows[right], minlength=len(asked.focus))


def _some_value(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    right = run.conforms(constraint.shapes[0], asked.values.nodes)
    return of_rows(np.bincount(asked.values.rows[right], minlength=len(asked.focus)) == 0)


def _min(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    return of_rows(_qualified(run, constraint, asked) < constraint.number)


def _max(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    return of_rows(_qualified(run, constraint, asked) > constraint.number)


def _why_too_few(run: "Evaluation", found: "Found") -> Iterable[tuple[str, Values]]:
    """Judge all values of each focus node: what is wrong with those that do not conform is why too few do."""
    nodes, place = np.unique(found.focus, return_inverse=True)
    values = run.values_of(found.shape, nodes)
    start, size = spans(place, values.rows)
    rows = np.repeat(np.arange(len(place), dtype=np.int32), size)
    return [(found.constraint.shapes[0], Values(rows, values.nodes[ranges(start, size)]))]


_NODE, _SOME = "NodeConstraintComponent", "SomeValueConstraintComponent"
_MIN, _MAX = "QualifiedMinCountConstraintComponent", "QualifiedMaxCountConstraintComponent"

COMPONENTS = (
    Component(
        _NODE, "node", each_shape(_NODE), _node, "Does not conform to the shape {shapes[0]}.", why=failing_values
    ),
    Component(
        _SOME, "someValue", each_shape(_SOME), _some_value, "No value conforms to {shapes[0]}.", why=_why_too_few
    ),
    Component(
        _MIN,
        "qualifiedMinCount",
        _read_qualified(_MIN),
        _min,
        "Fewer than {number} values conform to {shapes[0]}.",
        why=_why_too_few,
    ),
    Component(
        _MAX, "qualifiedMaxCount", _read_qualified(_MAX), _max, "More than {number} values conform to {shapes[0]}."
    ),
)
