"""How large a value may be: `sh:minInclusive` and its kin (https://www.w3.org/TR/shacl/#core-components-range).

A value that cannot be compared with the bound fails, as an error of SPARQL's `<` does.
"""

from typing import TYPE_CHECKING

import numpy as np

from virtuales.assurance.component import Check, Component, Failures, Question, of_values, one_literal
from virtuales.assurance.shapes import Constraint

if TYPE_CHECKING:
    from virtuales.assurance.engine import Evaluation


def _within(*orders: int) -> Check:
    def check(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
        bound = np.full(len(asked.values.nodes), run.number(constraint.terms[0]), np.int32)
        found = run.order.compare(asked.values.nodes, bound)
        return of_values(asked.values, ~np.isin(found, orders))

    return check


def _component(parameter: str, words: str, *orders: int) -> Component:
    name = f"{parameter[0].upper()}{parameter[1:]}ConstraintComponent"
    return Component(name, parameter, one_literal(name), _within(*orders), words + " {terms[0]}.")


COMPONENTS = (
    _component("minExclusive", "Not greater than", 1),
    _component("minInclusive", "Not greater than or equal to", 0, 1),
    _component("maxExclusive", "Not less than", -1),
    _component("maxInclusive", "Not less than or equal to", -1, 0),
)
