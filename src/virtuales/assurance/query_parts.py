"""What a SPARQL query is made of, as far as it matters how literals are written: patterns, expressions, projections.

Groups are not kept apart: what is found holds wherever in the query a variable stands.
See https://www.w3.org/TR/sparql11-query/#grammar.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

ANY = None
"""Stands for a predicate or graph that is not known: that of a variable, or any but some."""


class Variable(NamedTuple):
    """A variable, or the label of a blank node, where it stands."""

    name: str
    start: int
    end: int


class Constant(NamedTuple):
    """A literal of the query, where it stands; the datatype is a bare IRI, empty for one with a language.

    Args:
        lexical: Its lexical form, without escapes.
        datatype: Its datatype.
        start: Where it begins.
        end: Where it ends.
        form_end: Where its lexical form ends, as it is written.
    """

    lexical: str
    datatype: str
    start: int
    end: int
    form_end: int


@dataclass
class Expression:
    """An expression, or one operand of another.

    Args:
        operands: What stands between its operators.
        operates: Whether it has operators.
    """

    operands: "list[Variable | Constant | Call | Expression]" = field(default_factory=list)
    operates: bool = False

    @property
    def sole(self) -> "Variable | Constant | Call | None":
        """What the expression comes down to where it is nothing but that."""
        if self.operates or len(self.operands) != 1:
            return None
        (operand,) = self.operands
        return operand.sole if isinstance(operand, Expression) else operand


@dataclass
class Call:
    """The call of a function or aggregate.

    Args:
        name: A built-in in capitals; the IRI of any other, in angle brackets.
        start: Where its name begins.
        end: Where its name ends.
        arguments: Its arguments.
        distinct: Where the `DISTINCT` of an aggregate begins; 0 without one.
    """

    name: str
    start: int
    end: int
    arguments: list[Expression] = field(default_factory=list)
    distinct: int = 0


class Step(NamedTuple):
    """One predicate of a path.

    Args:
        predicate: Its bare IRI, or `ANY`.
        plain: Whether it is gone along once and forwards.
        last: Whether the path ends with it.
    """

    predicate: str | None
    plain: bool = True
    last: bool = True


class Route(NamedTuple):
    """A path, or the one predicate of a pattern.

    Args:
        steps: Its predicates.
        may_be_empty: Whether it leads from each node to the node itself, too, without any statement.
    """

    steps: tuple[Step, ...]
    may_be_empty: bool = False


class Pattern(NamedTuple):
    """A triple pattern; a node that is neither a variable nor a literal is None."""

    subject: Variable | Constant | None
    route: Route
    object: Variable | Constant | None


class Selection(NamedTuple):
    """The head and the grouping of a SELECT.

    Args:
        outer: Whether it is that of the query itself.
        distinct: Whether it drops repetitions.
        projected: The variables it gives; None for all.
        grouped: The variables by which it groups.
    """

    outer: bool
    distinct: bool
    projected: frozenset[str] | None
    grouped: frozenset[str]


@dataclass
class QueryParts:
    """The parts of a query.

    Args:
        patterns: The triple patterns.
        verbs: Variables in the place of a predicate or a graph's name.
        conditions: Expressions that decide on solutions, or their order.
        assigned: Each variable that an expression gives its value.
        listed: The literals of VALUES, each with its variable.
        selections: The query's own SELECT and those nested in it.
        nodes: Variables that no solution of the whole binds to a literal.
        graphs: The named graphs that it asks, as bare IRIs; `ANY` for that of a variable.
        counts_distinct: Whether it counts distinct solutions.
    """

    patterns: list[Pattern] = field(default_factory=list)
    verbs: list[Variable] = field(default_factory=list)
    conditions: list[Expression] = field(default_factory=list)
    assigned: list[tuple[str, Expression]] = field(default_factory=list)
    listed: list[tuple[str, Constant | None]] = field(default_factory=list)
    selections: list[Selection] = field(default_factory=list)
    nodes: set[str] = field(default_factory=set)
    graphs: set[str | None] = field(default_factory=set)
    counts_distinct: bool = False

    def expressions(self) -> Iterator[tuple[str | None, Expression]]:
        """Give every expression, with the variable that gets its value, if any does."""
        yield from ((None, condition) for condition in self.conditions)
        yield from self.assigned

    def constants(self) -> Iterator[Constant]:
        """Give the literals that stand for themselves: in patterns and in VALUES."""
        for pattern in self.patterns:
            yield from (node for node in (pattern.subject, pattern.object) if isinstance(node, Constant))
        yield from (constant for _, constant in self.listed if constant is not None)

    def predicates(self) -> frozenset[str | None]:
        """Return the predicates whose statements the patterns speak of; `ANY` where they speak of every node."""
        named = {step.predicate for pattern in self.patterns for step in pattern.route.steps}
        return frozenset(named | {ANY for pattern in self.patterns if pattern.route.may_be_empty})


class Occurrence(NamedTuple):
    """A variable, literal or call within an expression.

    Args:
        what: What occurs.
        by_value: Whether only its value counts there, not how it is written.
        seen: Whether anything of it counts beside whether it is bound and which kind of term it is.
    """

    what: Variable | Constant | Call
    by_value: bool
    seen: bool = True


KINDS = frozenset({"BOUND", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "LANG"})
"""Functions that tell kinds of terms apart, and nothing of how a literal with a datatype is written."""
_TERMS = KINDS | {"STR", "SAMETERM", "DATATYPE", "COUNT"}
_PASSED = frozenset({"COALESCE", "SAMPLE", "MIN", "MAX"})
_SUMS = frozenset({"SUM", "AVG"})


def occurrences(expression: Expression, *, by_value: bool, blind: AbstractSet[str] = KINDS) -> Iterator[Occurrence]:
    """Give all that occurs in an expression, outer calls first.

    Args:
        expression: The expression.
        by_value: Whether only its value counts where it stands.
        blind: Functions that do not see how their argument is written.
    """
    by_value = by_value or expression.operates
    for operand in expression.operands:
        if isinstance(operand, Expression):
            yield from occurrences(operand, by_value=by_value, blind=blind)
            continue
        yield Occurrence(operand, by_value)
        if isinstance(operand, Call):
            yield from _within(operand, by_value, blind)


def _within(call: Call, by_value: bool, blind: AbstractSet[str]) -> Iterator[Occurrence]:
    unseen = call.name in blind or (call.name == "COUNT" and not call.distinct)
    for place, argument in enumerate(call.arguments):
        if call.name in _TERMS:
            inner = False
        elif call.name in _PASSED or (call.name == "IF" and place > 0):
            inner = by_value
        else:
            inner = not (call.name in _SUMS and call.distinct)
        for one in occurrences(argument, by_value=inner, blind=blind):
            yield one._replace(seen=False) if unseen and isinstance(argument.sole, Variable) else one
