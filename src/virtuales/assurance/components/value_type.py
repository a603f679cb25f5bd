"""What a value is: `sh:class`, `sh:datatype`, `sh:nodeKind` (https://www.w3.org/TR/shacl/#core-components-value-type)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from virtuales.assurance.component import Component, Failures, Question, each_iri, of_values, one_iri
from virtuales.assurance.dictionary import BLANK, IRI, LITERAL
from virtuales.assurance.reading import Malformed, Node, bare
from virtuales.assurance.shapes import SHACL, Constraint

if TYPE_CHECKING:
    from virtuales.assurance.engine import Evaluation

_NODE_KINDS = {
    "IRI": (IRI,),
    "BlankNode": (BLANK,),
    "Literal": (LITERAL,),
    "BlankNodeOrIRI": (BLANK, IRI),
    "BlankNodeOrLiteral": (BLANK, LITERAL),
    "IRIOrLiteral": (IRI, LITERAL),
}
_ROOT = "RootClassConstraintComponent"
_CLASS, _DATATYPE, _KIND = "ClassConstraintComponent", "DatatypeConstraintComponent", "NodeKindConstraintComponent"


def _class(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    instances = run.instances(constraint.terms[0])
    return of_values(asked.values, ~run.member(asked.values.nodes, instances))


def _root_class(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    """Report values that are not the class or below it; see https://www.w3.org/TR/shacl12-core/."""
    return of_values(asked.values, ~run.member(asked.values.nodes, run.below(constraint.terms[0])))


def _datatype(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    right = run.literals.well_formed(bare(constraint.terms[0]))
    return of_values(asked.values, ~right[asked.values.nodes])


def _read_node_kind(node: Node, parameter: str) -> Iterable[Constraint]:
    node.get(parameter)
    (kind,) = node.iris(parameter)
    if bare(kind).removeprefix(SHACL) not in _NODE_KINDS:
        raise Malformed(f"{kind} is no kind of node that SHACL knows.")
    return [Constraint(SHACL + _KIND, text=bare(kind).removeprefix(SHACL))]


def _node_kind(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    allowed = np.zeros(3, bool)
    allowed[list(_NODE_KINDS[constraint.text])] = True
    return of_values(asked.values, ~allowed[run.dictionary.kind[asked.values.nodes]])


COMPONENTS = (
    Component(_CLASS, "class", each_iri(_CLASS), _class, "Not an instance of {terms[0]}."),
    Component(_ROOT, "rootClass", each_iri(_ROOT), _root_class, "Neither {terms[0]} nor a subclass of it."),
    Component(_DATATYPE, "datatype", one_iri(_DATATYPE), _datatype, "Not a well-formed {terms[0]}."),
    Component(_KIND, "nodeKind", _read_node_kind, _node_kind, "Not of the kind sh:{text}."),
)
