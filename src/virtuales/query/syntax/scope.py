"""Which variables a pattern gives out, and which of them it gives a value in every solution.

See https://www.w3.org/TR/sparql11-query/#variableScope.
"""

from collections.abc import Iterable

from virtuales.query.syntax.rebuilding import variables_of
from virtuales.query.syntax.tree import (
    Assignment,
    Bind,
    BuiltInCall,
    Element,
    Expression,
    GraphGraphPattern,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    InlineData,
    OptionalGraphPattern,
    SelectClause,
    ServiceGraphPattern,
    SubSelect,
    TriplesBlock,
)
from virtuales.rdf.terms import Literal, NamedNode, Variable


def in_scope(group: GroupGraphPattern) -> dict[Variable, None]:
    """Return the variables that a group's solutions can bind, in the order in which they first come."""
    found: dict[Variable, None] = {}
    for element in group.elements:
        found |= _of(element)
    return found


def _of(element: Element) -> dict[Variable, None]:
    found: dict[Variable, None] = {}
    match element:
        case TriplesBlock():
            found = variables_of(element)
        case Bind(_, variable):
            found = {variable: None}
        case InlineData(variables, _):
            found = dict.fromkeys(variables)
        case SubSelect():
            found = selected(element.select, element.where)
        case OptionalGraphPattern(pattern):
            found = in_scope(pattern)
        case GroupOrUnionGraphPattern(alternatives):
            found = {variable: None for each in alternatives for variable in in_scope(each)}
        case GraphGraphPattern(name, pattern) | ServiceGraphPattern(name, pattern):
            found = variables_of(name) | in_scope(pattern)
    return found


def selected(select: SelectClause, where: GroupGraphPattern) -> dict[Variable, None]:
    """Return the variables that a SELECT gives out."""
    if not select.variables:
        return in_scope(where)
    return {each.variable if isinstance(each, Assignment) else each: None for each in select.variables}


def always_bound(group: GroupGraphPattern) -> set[Variable]:
    """Return variables that have a value in every solution of a group, as far as one sees without data."""
    found: set[Variable] = set()
    for element in group.elements:
        match element:
            case Bind(expression, variable):
                if _never_fails(expression, found):
                    found.add(variable)
            case _:
                found |= _always(element)
    return found


def _always(element: Element) -> set[Variable]:
    match element:
        case TriplesBlock():
            return set(variables_of(element))
        case InlineData(variables, rows):
            return {name for place, name in enumerate(variables) if all(row[place] is not None for row in rows)}
        case GroupOrUnionGraphPattern(alternatives):
            return set[Variable].intersection(*map(always_bound, alternatives))
        case GraphGraphPattern(name, pattern):
            return {*variables_of(name), *always_bound(pattern)}
        case SubSelect(select, where, modifier) if not modifier.group:
            return {each for each in _plain(select, where) if each in always_bound(where)}
        case _:
            return set()


def _plain(select: SelectClause, where: GroupGraphPattern) -> Iterable[Variable]:
    if not select.variables:
        return in_scope(where)
    return [each for each in select.variables if isinstance(each, Variable)]


def _never_fails(expression: Expression, bound: set[Variable]) -> bool:
    match expression:
        case NamedNode() | Literal():
            return True
        case Variable():
            return expression in bound
        case BuiltInCall("COALESCE", arguments):
            return any(_never_fails(each, bound) for each in arguments)
        case _:
            return False
