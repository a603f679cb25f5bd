"""Shapes as plain data: what a shapes graph says once it has been read and checked.

Terms are text written as in N-Triples; a shape is named by its node. See https://www.w3.org/TR/shacl/#shapes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from virtuales.assurance.paths import Path, predicates_of

SHACL = "http://www.w3.org/ns/shacl#"
VIOLATION = f"{SHACL}Violation"
WARNING = f"{SHACL}Warning"
INFO = f"{SHACL}Info"


@dataclass(frozen=True)
class SparqlQuery:
    """A query of a SPARQL-based constraint or target.

    Args:
        text: The query with its prefixes in front, `$PATH` already written out.
        parameters: For each pre-bound variable other than `this` and `value`, the term it stands for.
        messages: `sh:message` values, placeholders still in them.
    """

    text: str
    parameters: tuple[tuple[str, str], ...] = ()
    messages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Constraint:
    """One constraint of a shape; which of the fields matter depends on its component.

    Args:
        component: IRI of the constraint component, bare.
        terms: Terms that are parameters or members of a parameter's list.
        shapes: Shapes that the constraint refers to.
        number: A count or length.
        text: A regular expression.
        flag: A parameter that is true or false; for a pattern, unused.
        query: The query of a SPARQL-based constraint.
        source: The node of the constraint itself, for `sh:sourceConstraint`.
    """

    component: str
    terms: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    number: int = 0
    text: str = ""
    flag: bool = False
    query: SparqlQuery | None = None
    source: str | None = None


@dataclass(frozen=True)
class Targets:
    """Where a shape's focus nodes come from; see https://www.w3.org/TR/shacl/#targets."""

    nodes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    subjects_of: tuple[str, ...] = ()
    objects_of: tuple[str, ...] = ()
    queries: tuple[SparqlQuery, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether the shape has any target."""
        return bool(self.nodes or self.classes or self.subjects_of or self.objects_of or self.queries)

    @property
    def only_class(self) -> str | None:
        """The class that is the shape's only target; None where it has others."""
        others = self.nodes or self.subjects_of or self.objects_of or self.queries
        return None if others or len(self.classes) != 1 else self.classes[0]


@dataclass(frozen=True)
class Shape:
    """A node shape, or a property shape where it has a path.

    Args:
        id: The shape's node.
        path: The path of a property shape.
        targets: Its targets.
        constraints: Its constraints other than `sh:property`, in the order of the components' table.
        properties: The property shapes it names with `sh:property`.
        severity: IRI of the severity of its results, bare.
        messages: Its messages, as literals.
        name: What people call it: `sh:name`, else empty.
        deactivated: Whether every node conforms to it, whatever it says.
        description: What it asks for, at more length: `sh:description`, else empty.
    """

    id: str
    path: Path | None = None
    targets: Targets = field(default_factory=Targets)
    constraints: tuple[Constraint, ...] = ()
    properties: tuple[str, ...] = ()
    severity: str = VIOLATION
    messages: tuple[str, ...] = ()
    name: str = ""
    deactivated: bool = False
    description: str = ""

    @property
    def references(self) -> frozenset[str]:
        """The shapes that this one refers to."""
        return frozenset(self.properties).union(*(one.shapes for one in self.constraints if one.shapes))

    def terms(self) -> Iterator[str]:
        """Give every term that judging data by this shape needs a number for."""
        if self.path:
            yield from predicates_of(self.path)
        targets = self.targets
        for several in (targets.nodes, targets.classes, targets.subjects_of, targets.objects_of):
            yield from several
        for constraint in self.constraints:
            yield from constraint.terms


@dataclass(frozen=True)
class Fault:
    """A part of a shapes graph that is itself in error, and was therefore left out.

    Args:
        shape: The shape's node.
        what: What is wrong, in one sentence.
        where: The property of the shape, or the file.
    """

    shape: str
    what: str
    where: str = ""

    def __str__(self) -> str:
        """Say which shape it is, what is wrong and where."""
        return " ".join(filter(None, (f"{self.shape.strip('<>')}: {self.what}", self.where)))


@dataclass(frozen=True)
class ShapesGraph:
    """All shapes of a shapes graph, and what had to be left out of it.

    Args:
        shapes: Each shape under its node, in the order of the files.
        faults: What was left out, and why.
        sources: The files or registered names it was read from.
        document: The shapes graph as N-Triples, where a query of it asks for it; else empty.
    """

    shapes: Mapping[str, Shape]
    faults: tuple[Fault, ...] = ()
    sources: tuple[str, ...] = ()
    document: bytes = b""

    @property
    def targeted(self) -> tuple[Shape, ...]:
        """The shapes with targets that are not deactivated."""
        return tuple(shape for shape in self.shapes.values() if shape.targets and not shape.deactivated)

    @cached_property
    def judging(self) -> tuple[Shape, ...]:
        """The shapes with constraints that judge focus nodes or what property shapes lead to, each once."""
        waiting = [shape.id for shape in reversed(self.targeted)]
        seen: dict[str, Shape] = {}
        while waiting:
            shape = self.shapes[waiting.pop()]
            if shape.id not in seen and not shape.deactivated:
                seen[shape.id] = shape
                waiting += reversed(shape.properties)
        return tuple(shape for shape in seen.values() if shape.constraints)

    def judges(self, name: str) -> bool:
        """Tell whether a shape, or a property shape within it, has any constraint."""
        shape = self.shapes[name]
        return bool(shape.constraints) or any(map(self.judges, shape.properties))

    def __len__(self) -> int:
        """Count the shapes."""
        return len(self.shapes)

    def __or__(self, other: "ShapesGraph") -> "ShapesGraph":
        """Join two shapes graphs that were compiled apart; a shape that both name is taken from the first."""
        return replace(
            self,
            shapes={**other.shapes, **self.shapes},
            faults=tuple(dict.fromkeys(self.faults + other.faults)),
            sources=tuple(dict.fromkeys(self.sources + other.sources)),
            document=self.document + other.document,
        )
