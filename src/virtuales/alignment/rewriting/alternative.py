"""One way in which a pattern of the query can be found in the data."""

from collections import abc
from dataclasses import dataclass, field, replace

from virtuales.query.syntax.rebuilding import FreshVariables, renamed
from virtuales.query.syntax.tree import (
    BuiltInCall,
    ConditionalAndExpression,
    ConditionalOrExpression,
    Element,
    ExistsFunc,
    Expression,
    Filter,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    InlineData,
    SelectClause,
    SubSelect,
    TriplesBlock,
    UnaryExpression,
)
from virtuales.rdf.terms import Literal, NamedNode, Variable


@dataclass(frozen=True)
class Alternative:
    """One way in which a pattern can be found.

    Args:
        elements: What to ask for.
        assigned: Variables of the query that it computes, rather than finds.
        unique: Whether it finds each triple once.
    """

    elements: tuple[Element, ...]
    assigned: frozenset[Variable] = frozenset()
    unique: bool = True

    @property
    def group(self) -> GroupGraphPattern:
        """Its elements as a group."""
        return GroupGraphPattern(self.elements)

    def compared(self, names: abc.Iterable[Variable], fresh: FreshVariables) -> "Alternative":
        """Compare variables with values that they have from outside, rather than compute them."""
        others = {name: fresh.make(name.value) for name in names}
        same = tuple(Filter(same_term(other, name)) for name, other in others.items())
        return replace(self, elements=renamed(self.elements, others) + same, assigned=self.assigned - others.keys())


@dataclass(frozen=True)
class Context:
    """Where a pattern stands.

    Args:
        sets: Whether it makes no difference how often a solution is found.
        outer: Variables that may have values from outside, as in the group of an EXISTS.
        certain: Those of them that have one in every solution.
        candidates: For variables of which it is known, the only terms that they can be.
    """

    sets: bool = False
    outer: frozenset[Variable] = frozenset()
    certain: frozenset[Variable] = frozenset()
    candidates: abc.Mapping[Variable, frozenset[str]] = field(default_factory=dict)

    def narrowed(self, lists: abc.Iterable[InlineData]) -> "Context":
        """Note the terms to which lists of values limit variables."""
        found = dict(self.candidates)
        for each in lists:
            for place, name in enumerate(each.variables):
                terms = [row[place] for row in each.rows]
                if all(isinstance(term, NamedNode) for term in terms):
                    listed = frozenset(term.value for term in terms if isinstance(term, NamedNode))
                    found[name] = found.get(name, listed) & listed
        return replace(self, candidates=found)


def combined(
    alternatives: abc.Sequence[Alternative],
    variables: tuple[Variable, ...],
    context: Context,
    fresh: FreshVariables,
) -> tuple[Element, ...]:
    """Put the ways to find a triple together, so that each triple is found once, as a graph holds it once.

    Args:
        alternatives: The ways.
        variables: The variables of the query's triple.
        context: Where it stands.
        fresh: Makes variables.
    """
    if not alternatives:
        return (InlineData(variables, ()),)
    from_outside = frozenset(name for each in alternatives for name in each.assigned & context.outer)
    apart = not from_outside <= context.certain
    if not apart:
        alternatives = [each.compared(each.assigned & context.outer, fresh) for each in alternatives]
    if len(alternatives) == 1 and not apart and (context.sets or alternatives[0].unique):
        only = alternatives[0]
        plain = all(isinstance(each, TriplesBlock | InlineData) for each in only.elements)
        return only.elements if plain else (GroupOrUnionGraphPattern((only.group,)),)
    union = GroupOrUnionGraphPattern(tuple(each.group for each in alternatives))
    if context.sets and not apart:
        return (union,)
    if not variables:
        return (Filter(ExistsFunc(GroupGraphPattern((union,)))),)
    once = SubSelect(SelectClause(variables, "DISTINCT"), GroupGraphPattern((union,)))
    return (GroupOrUnionGraphPattern((GroupGraphPattern((once,)),)),)


def same_term(one: Expression, two: Expression) -> Expression:
    """Ask whether two terms are the same."""
    return BuiltInCall("SAMETERM", (one, two))


def bound(name: Variable) -> Expression:
    """Ask whether a variable has a value."""
    return BuiltInCall("BOUND", (name,))


def negated(expression: Expression) -> Expression:
    """Negate a condition."""
    return UnaryExpression("!", expression)


def in_namespaces(name: Variable, namespaces: abc.Iterable[str]) -> Expression:
    """Ask whether a term is an IRI that begins with one of some namespaces, of which there is at least one."""
    text = BuiltInCall("STR", (name,))
    begins: list[Expression] = [BuiltInCall("STRSTARTS", (text, Literal(each))) for each in namespaces]
    within = begins[0] if len(begins) == 1 else ConditionalOrExpression(tuple(begins))
    return ConditionalAndExpression((BuiltInCall("ISIRI", (name,)), within))


def cells(rows: abc.Iterable[tuple[str, str]]) -> tuple[tuple[NamedNode, ...], ...]:
    """Make rows of IRIs."""
    return tuple(tuple(map(NamedNode, row)) for row in rows)
