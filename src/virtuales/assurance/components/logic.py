"""Shapes combined: `sh:not`, `sh:and`, `sh:or`, `sh:xone` (https://www.w3.org/TR/shacl/#core-components-logical)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from virtuales.assurance.component import (
    Component,
    Failures,
    Question,
    each_shape,
    each_shape_list,
    failing_values,
    of_values,
)
from virtuales.assurance.dictionary import IntArray
from virtuales.assurance.paths import Values
from virtuales.assurance.shapes import Constraint

if TYPE_CHECKING:
    from virtuales.assurance.engine import Evaluation, Found


def _conforming(run: "Evaluation", constraint: Constraint, asked: Question) -> IntArray:
    """Count for each value node how many of the shapes it conforms to; a shape listed twice counts twice."""
    count = np.zeros(len(asked.values.nodes), np.int32)
    for shape in constraint.shapes:
        count += run.conforms(shape, asked.values.nodes)
    return count


def _not(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    return of_values(asked.values, _conforming(run, constraint, asked) > 0)


def _and(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    return of_values(asked.values, _conforming(run, constraint, asked) < len(constraint.shapes))


def _or(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    return of_values(asked.values, _conforming(run, constraint, asked) == 0)


def _xone(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    return of_values(asked.values, _conforming(run, constraint, asked) != 1)


def _why_not_one(run: "Evaluation", found: "Found") -> Iterable[tuple[str, Values]]:
    """Where a value conforms to no shape they all say why; where it conforms to several no shape finds it wrong."""
    nodes = found.failures.nodes
    conforming = np.zeros(len(nodes), bool)
    for shape in found.constraint.shapes:
        conforming |= run.conforms(shape, nodes)
    rows = np.flatnonzero(~conforming).astype(np.int32)
    return [(shape, Values(rows, nodes[rows])) for shape in dict.fromkeys(found.constraint.shapes)]


_NOT, _AND = "NotConstraintComponent", "AndConstraintComponent"
_OR, _XONE = "OrConstraintComponent", "XoneConstraintComponent"

COMPONENTS = (
    Component(_NOT, "not", each_shape(_NOT), _not, "Conforms to {shapes[0]}, which it must not."),
    Component(_AND, "and", each_shape_list(_AND), _and, "Does not conform to all of the shapes.", why=failing_values),
    Component(_OR, "or", each_shape_list(_OR), _or, "Conforms to none of the shapes.", why=failing_values),
    Component(
        _XONE, "xone", each_shape_list(_XONE), _xone, "Does not conform to exactly one of the shapes.", why=_why_not_one
    ),
)
