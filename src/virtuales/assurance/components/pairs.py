"""How two properties of one node compare (https://www.w3.org/TR/shacl/#core-components-property-pairs).

`sh:subsetOf` is of https://www.w3.org/TR/shacl12-core/; here its value is a property, not another path.
"""

from typing import TYPE_CHECKING

import numpy as np

from virtuales.assurance.component import Check, Component, Failures, Question, each_iri
from virtuales.assurance.paths import Predicate, Values, pair_keys, ranges, spans, union, without
from virtuales.assurance.shapes import Constraint

if TYPE_CHECKING:
    from virtuales.assurance.engine import Evaluation

_EQUALS, _DISJOINT = "EqualsConstraintComponent", "DisjointConstraintComponent"
_SUBSET = "SubsetOfConstraintComponent"
_LESS, _LESS_OR_EQUAL = "LessThanConstraintComponent", "LessThanOrEqualsConstraintComponent"


def _others(run: "Evaluation", constraint: Constraint, asked: Question) -> Values:
    return run.walker.follow(Predicate(constraint.terms[0]), asked.focus)


def _equals(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    others = _others(run, constraint, asked)
    return Failures(*union(without(asked.values, others), without(others, asked.values)))


def _disjoint(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    shared = np.isin(pair_keys(*asked.values), pair_keys(*_others(run, constraint, asked)))
    return Failures(asked.values.rows[shared], asked.values.nodes[shared])


def _subset(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    return Failures(*without(asked.values, _others(run, constraint, asked)))


def _ordered(*orders: int) -> Check:
    def check(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
        others = _others(run, constraint, asked)
        start, size = spans(asked.values.rows, others.rows)
        rows, nodes = np.repeat(asked.values.rows, size), np.repeat(asked.values.nodes, size)
        found = run.order.compare(nodes, others.nodes[ranges(start, size)])
        wrong = ~np.isin(found, orders)
        return Failures(rows[wrong], nodes[wrong])

    return check


COMPONENTS = (
    Component(_EQUALS, "equals", each_iri(_EQUALS), _equals, "Not equal to the values of {terms[0]}."),
    Component(_SUBSET, "subsetOf", each_iri(_SUBSET), _subset, "Not among the values of {terms[0]}."),
    Component(_DISJOINT, "disjoint", each_iri(_DISJOINT), _disjoint, "Also a value of {terms[0]}."),
    Component(
        _LESS, "lessThan", each_iri(_LESS), _ordered(-1), "Not less than the value of {terms[0]}.", property_only=True
    ),
    Component(
        _LESS_OR_EQUAL,
        "lessThanOrEquals",
        each_iri(_LESS_OR_EQUAL),
        _ordered(-1, 0),
        "Not less than or equal to the value of {terms[0]}.",
        property_only=True,
    ),
)
