"""Node expressions as plain data: how to compute a set of nodes from a focus node.

See https://www.w3.org/TR/shacl-af/#node-expressions. The note speaks of sets, so a node counts once however often it
was reached. Beside the note's own there are those that later drafts agree on and that mean something for sets:
`sh:minus`, `sh:distinct`, `sh:count`, `sh:min`, `sh:max`, `sh:sum`, `sh:exists` and `sh:if`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from virtuales.assurance.paths import Path, predicates_of


@dataclass(frozen=True)
class This:
    """The focus node itself."""


@dataclass(frozen=True)
class Constant:
    """One term, written as in N-Triples."""

    term: str


@dataclass(frozen=True)
class Along:
    """The values of a path at some nodes."""

    path: Path
    nodes: "Expression"


@dataclass(frozen=True)
class Conforming:
    """Those of some nodes that conform to a shape."""

    shape: str
    nodes: "Expression"


@dataclass(frozen=True)
class Union:
    """The nodes of any of several expressions."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Intersection:
    """The nodes of all of several expressions."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Difference:
    """Some nodes without others."""

    nodes: "Expression"
    taken: "Expression"


@dataclass(frozen=True)
class Measure:
    """One literal that says something of some nodes; none where that cannot be said."""

    kind: Literal["count", "min", "max", "sum", "exists"]
    nodes: "Expression"


@dataclass(frozen=True)
class Choice:
    """One expression where a condition gives `true` and nothing else, another where it does not."""

    condition: "Expression"
    then: "Expression"
    otherwise: "Expression"


@dataclass(frozen=True)
class Call:
    """The results of a function for all combinations of its arguments' nodes."""

    function: str
    arguments: tuple["Expression", ...]


Expression = This | Constant | Along | Conforming | Union | Intersection | Difference | Measure | Choice | Call

NOTHING = Union(())
"""No node at all."""


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """Return the expressions that stand directly within one."""
    match expression:
        case Along(_, nodes) | Conforming(_, nodes) | Measure(_, nodes):
            return (nodes,)
        case Union(parts) | Intersection(parts) | Call(_, parts):
            return parts
        case Difference(nodes, taken):
            return nodes, taken
        case Choice(condition, then, otherwise):
            return condition, then, otherwise
        case _:
            return ()


def terms_of(expression: Expression) -> Iterator[str]:
    """Give every term that evaluating an expression needs a number for."""
    if isinstance(expression, Constant):
        yield expression.term
    elif isinstance(expression, Along):
        yield from predicates_of(expression.path)
    for part in parts_of(expression):
        yield from terms_of(part)


def shapes_of(expression: Expression) -> Iterator[str]:
    """Give every shape that an expression asks."""
    if isinstance(expression, Conforming):
        yield expression.shape
    for part in parts_of(expression):
        yield from shapes_of(part)
