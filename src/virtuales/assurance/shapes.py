"""Shapes as plain data: what a shapes graph says once it has been read and checked.

Terms are text written as in N-Triples; a shape is named by its node. See https://www.w3.org/TR/shacl/#shapes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from virtuales.assurance.expressions import Expression, shapes_of, terms_of
from virtuales.assurance.paths import Path, predicates_of

SHACL = "http://www.w3.org/ns/shacl#"
VIOLATION = f"{SHACL}Violation"
WARNING = f"{SHACL}Warning"
INFO = f"{SHACL}Info"
DEBUG = f"{SHACL}Debug"
TRACE = f"{SHACL}Trace"
SEVERITIES = (VIOLATION, WARNING, INFO, DEBUG, TRACE)
"""SHACL's own severities, the worst first; the last two are of SHACL 1.2."""
LIGHT = frozenset({WARNING, INFO, DEBUG, TRACE})
"""Severities that alone do not refuse data; one that is not SHACL's own does."""
IGNORED = frozenset({DEBUG, TRACE})
"""Severities in spite of which data conforms (https://www.w3.org/TR/shacl12-core/#conforms)."""


@dataclass(frozen=True)
class SparqlQuery:
    """A query of a SPARQL-based constraint or target.

    Args:
        text: The query with its prefixes in front, `$PATH` already written out.
        parameters: For each pre-bound variable other than `this` and `value`, the term it stands for.
        messages: `sh:message` values, placeholders still in them.
        calls: Whether it calls functions that the shapes graph defines.
    """

    text: str
    parameters: tuple[tuple[str, str], ...] = ()
    messages: tuple[str, ...] = ()
    calls: bool = False


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function, a target type or a constraint component.

    Args:
        path: Its property, bare.
        name: The variable that it is bound to.
        optional: Whether it may be left out.
    """

    path: str
    name: str
    optional: bool = False


@dataclass(frozen=True)
class SparqlFunction:
    """A function written in SPARQL (https://www.w3.org/TR/shacl-af/#SPARQLFunction).

    Args:
        name: Its IRI, as a term.
        text: The query with its prefixes in front.
        parameters: Its parameters, in the order in which they are given.
        result: The variable that holds the result of a SELECT query; empty for an ASK query.
    """

    name: str
    text: str
    parameters: tuple[Parameter, ...] = ()
    result: str = ""


@dataclass(frozen=True)
class InferenceRule:
    """A rule that infers statements (https://www.w3.org/TR/shacl-af/#rules): a triple rule, or a SPARQL rule.

    Args:
        id: The rule's node.
        order: When it runs among the rules of its shape: those with smaller numbers first.
        conditions: Shapes that a focus node has to conform to.
        triple: Of a triple rule the expressions for subject, predicate and object.
        query: Of a SPARQL rule its pattern, as a SELECT query.
        template: Of a SPARQL rule the statements to make of each solution: terms, and variables with their mark.
    """

    id: str
    order: Decimal
    conditions: tuple[str, ...] = ()
    triple: tuple[Expression, Expression, Expression] | None = None
    query: SparqlQuery | None = None
    template: tuple[tuple[str, str, str], ...] = ()

    @property
    def shapes(self) -> frozenset[str]:
        """The shapes that the rule asks."""
        asked = (shape for expression in self.triple or () for shape in shapes_of(expression))
        return frozenset((*self.conditions, *asked))


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
        expression: The node expression of an expression constraint.
        messages: Messages of the constraint itself, as literals.
    """

    component: str
    terms: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    number: int = 0
    text: str = ""
    flag: bool = False
    query: SparqlQuery | None = None
    source: str | None = None
    expression: Expression | None = None
    messages: tuple[str, ...] = ()


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
        order: When its rules run: those of shapes with smaller numbers first.
        rules: The rules that infer statements about its focus nodes.
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
    order: Decimal = Decimal(0)
    rules: tuple[InferenceRule, ...] = ()

    @property
    def references(self) -> frozenset[str]:
        """The shapes that judging by this one refers to; what its rules ask is not among them."""
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
        for rule in self.rules:
            for expression in rule.triple or ():
                yield from terms_of(expression)


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
        functions: The functions that its queries and expressions may call, by their terms.
        entails: Whether it asks for its rules to run before data is judged (`sh:entailment sh:Rules`).
    """

    shapes: Mapping[str, Shape]
    faults: tuple[Fault, ...] = ()
    sources: tuple[str, ...] = ()
    document: bytes = b""
    functions: Mapping[str, SparqlFunction] = field(default_factory=dict)
    entails: bool = False

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
            functions={**other.functions, **self.functions},
            entails=self.entails or other.entails,
        )
