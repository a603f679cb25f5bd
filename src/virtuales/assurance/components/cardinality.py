"""How many values: `sh:minCount`, `sh:maxCount` (https://www.w3.org/TR/shacl/#core-components-count)."""

from typing import TYPE_CHECKING

import numpy as np

from virtuales.assurance.component import Component, Failures, Question, of_rows, one_integer
from virtuales.assurance.dictionary import IntArray
from virtuales.assurance.shapes import Constraint

if TYPE_CHECKING:
    from virtuales.assurance.engine import Evaluation


def counts(asked: Question) -> IntArray:
    """Count the value nodes of each focus node."""
    return np.bincount(asked.values.rows, minlength=len(asked.focus))


def _min_count(_: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    return of_rows(counts(asked) < constraint.number)


def _max_count(_: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    return of_rows(counts(asked) > constraint.number)


_MIN, _MAX = "MinCountConstraintComponent", "MaxCountConstraintComponent"

COMPONENTS = (
    Component(_MIN, "minCount", one_integer(_MIN), _min_count, "Fewer than {number} values.", property_only=True),
    Component(_MAX, "maxCount", one_integer(_MAX), _max_count, "More than {number} values.", property_only=True),
)
