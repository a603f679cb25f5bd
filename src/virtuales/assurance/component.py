"""What a constraint component is: a parameter, a way to read it, a way to judge all value nodes at once, and words.

Each module of `virtuales.assurance.components` lists some; see https://www.w3.org/TR/shacl/#core-components.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from virtuales.assurance.dictionary import NO_TERM, BoolArray, IntArray
from virtuales.assurance.paths import Values
from virtuales.assurance.reading import Malformed, Node
from virtuales.assurance.shapes import SHACL, Constraint, Shape

if TYPE_CHECKING:
    from virtuales.assurance.engine import Evaluation, Found


class Failures(NamedTuple):
    """What a constraint finds wrong: one entry per validation result.

    Args:
        rows: The focus node's row.
        nodes: The offending value node; `NO_TERM` where the result names none.
        values: The offending values as terms, where they need not be terms of the graph; they count instead of `nodes`.
        paths: Predicates to report in place of the shape's path, as terms; None where the shape's own path is right.
        messages: Messages to report in place of the shape's, as literals; empty where those are right.
    """

    rows: IntArray
    nodes: IntArray
    values: list[str | None] | None = None
    paths: list[str | None] | None = None
    messages: list[tuple[str, ...]] | None = None


class Question(NamedTuple):
    """What a component is asked: the value nodes of one shape's focus nodes.

    Args:
        focus: The focus nodes, distinct and ascending.
        values: Their value nodes.
        shape: The shape that asks.
    """

    focus: IntArray
    values: Values
    shape: Shape


Read = Callable[[Node, str], Iterable[Constraint | Malformed]]
Check = Callable[["Evaluation", Constraint, Question], Failures]
Why = Callable[["Evaluation", "Found"], Iterable[tuple[str, Values]]]


@dataclass(frozen=True)
class Component:
    """One constraint component.

    Args:
        name: The local name of its IRI.
        parameter: The local name of the parameter that brings it about.
        read: Reads the constraints of a shape that has the parameter; a fault that concerns one of them is given in its
            place, one that concerns all is raised.
        check: Judges all value nodes at once.
        words: The message where the shape has none; names fields of the constraint in braces.
        property_only: Whether it belongs in property shapes alone.
        bounded: Whether what it reads is known from its parameters, so that one can tell which nodes a change concerns.
        why: For results that other shapes brought about: names those shapes, and for each row of the results the nodes
            that were judged by them.
    """

    name: str
    parameter: str
    read: Read
    check: Check
    words: str
    property_only: bool = False
    bounded: bool = True
    why: Why | None = None

    @property
    def iri(self) -> str:
        """The component's IRI, bare."""
        return SHACL + self.name


def of_values(values: Values, wrong: BoolArray) -> Failures:
    """Report each wrong value node of each focus node."""
    return Failures(values.rows[wrong], values.nodes[wrong])


def of_rows(wrong: BoolArray) -> Failures:
    """Report each wrong focus node, naming no value."""
    rows = np.flatnonzero(wrong)
    return Failures(rows, np.full(len(rows), NO_TERM, np.int32))


def failing_values(_: "Evaluation", found: "Found") -> Iterable[tuple[str, Values]]:
    """Name the shapes of a constraint for each value that it reports."""
    values = Values(np.arange(len(found.focus), dtype=np.int32), found.failures.nodes)
    return [(shape, values) for shape in dict.fromkeys(found.constraint.shapes)]


def each_term(component: str, **fields: Any) -> Read:  # noqa: ANN401  # the fields of `Constraint`
    """Read one constraint for each value of the parameter."""

    def read(node: Node, parameter: str) -> Iterable[Constraint]:
        return [Constraint(SHACL + component, terms=(value,), **fields) for value in node.values(parameter)]

    return read


def each_iri(component: str) -> Read:
    """Read one constraint for each value of the parameter, all of them IRIs."""

    def read(node: Node, parameter: str) -> Iterable[Constraint]:
        return [Constraint(SHACL + component, terms=(value,)) for value in node.iris(parameter)]

    return read


def one_iri(component: str) -> Read:
    """Read one constraint whose parameter has a single value, an IRI."""

    def read(node: Node, parameter: str) -> Iterable[Constraint]:
        node.get(parameter)
        return [Constraint(SHACL + component, terms=tuple(node.iris(parameter)))]

    return read


def one_integer(component: str) -> Read:
    """Read one constraint whose parameter is a count."""

    def read(node: Node, parameter: str) -> Iterable[Constraint]:
        return [Constraint(SHACL + component, number=node.integer(parameter))]

    return read


def one_literal(component: str) -> Read:
    """Read one constraint whose parameter is a literal."""

    def read(node: Node, parameter: str) -> Iterable[Constraint]:
        node.literal(parameter)
        return [Constraint(SHACL + component, terms=(node.get(parameter),))]

    return read


def one_list(component: str) -> Read:
    """Read one constraint whose parameter is a list."""

    def read(node: Node, parameter: str) -> Iterable[Constraint]:
        node.get(parameter)
        return [Constraint(SHACL + component, terms=node.lists(parameter)[0])]

    return read


def each_shape(component: str) -> Read:
    """Read one constraint for each shape that the parameter names."""

    def read(node: Node, parameter: str) -> Iterable[Constraint]:
        return [Constraint(SHACL + component, shapes=(value,)) for value in node.values(parameter)]

    return read


def each_shape_list(component: str) -> Read:
    """Read one constraint for each list of shapes that the parameter names."""

    def read(node: Node, parameter: str) -> Iterable[Constraint]:
        return [Constraint(SHACL + component, shapes=members) for members in node.lists(parameter)]

    return read
