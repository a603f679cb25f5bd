"""Groups relaxed to what only ever grows with the data: joins, unions, values, and conditions on what is always bound.

Whatever solution a group has on the whole data, its part that is always bound is a solution of the relaxed group on any
data that holds the statements which that solution rests on. So relaxed groups tell which values are worth asking for.
"""

from collections.abc import Iterator
from typing import Final

from virtuales.query.syntax.rebuilding import nodes, rebuilt, variables_of
from virtuales.query.syntax.scope import always_bound, in_scope
from virtuales.query.syntax.tree import (
    Aggregate,
    Assignment,
    Bind,
    BuiltInCall,
    Element,
    ExistsFunc,
    Expression,
    Filter,
    FunctionCall,
    GraphGraphPattern,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    InlineData,
    SelectClause,
    SolutionModifier,
    SubSelect,
    TriplesBlock,
)
from virtuales.rdf.terms import Variable

_VOLATILE: Final = frozenset({"RAND", "UUID", "STRUUID", "BNODE", "NOW"})
"""Functions that give something else each time they are called."""


def relaxed(group: GroupGraphPattern) -> GroupGraphPattern:
    """Relax a group."""
    found: list[Element] = []
    for element in group.elements:
        if isinstance(element, Bind):
            before = GroupGraphPattern(tuple(found))
            if is_certain(element.expression, before) and element.variable not in in_scope(before):
                found.append(element)
        elif not isinstance(element, Filter):
            found += _relaxed(element)
    whole = GroupGraphPattern(tuple(found))
    conditions = (each for each in group.elements if isinstance(each, Filter) and is_certain(each.constraint, whole))
    return GroupGraphPattern((*found, *conditions))


def _relaxed(element: Element) -> tuple[Element, ...]:
    match element:
        case TriplesBlock() | InlineData():
            return (element,)
        case GroupOrUnionGraphPattern(alternatives):
            return (GroupOrUnionGraphPattern(tuple(map(relaxed, alternatives))),)
        case GraphGraphPattern(name, pattern):
            return (GraphGraphPattern(name, relaxed(pattern)),)
        case SubSelect():
            return _select(element)
        case _:
            return ()


def _select(element: SubSelect) -> tuple[Element, ...]:
    where = relaxed(element.where)
    chosen = tuple(each for each in carried(element) if each in in_scope(where))
    if not chosen:
        return ()
    select = SubSelect(SelectClause(chosen, "DISTINCT"), where)
    return (GroupOrUnionGraphPattern((GroupGraphPattern((select,)),)),)


def carried(element: SubSelect) -> tuple[Variable, ...]:
    """Return the variables that a SELECT gives out with the values, all of them, that they have within it."""
    select, modifier = element.select, element.modifier
    plain = [each for each in select.variables if isinstance(each, Variable)]
    if not select.variables:
        plain = list(in_scope(element.where))
    if not is_aggregated(select, modifier):
        return tuple(plain)
    grouped = {each for each in modifier.group if isinstance(each, Variable)}
    return tuple(each for each in plain if each in grouped)


def is_aggregated(select: SelectClause, modifier: SolutionModifier) -> bool:
    """Tell whether a SELECT gives out groups of solutions."""
    computed = [each.expression for each in select.variables if isinstance(each, Assignment)]
    return bool(modifier.group) or any(
        isinstance(each, Aggregate) for each in nodes((*computed, *modifier.having, modifier.order))
    )


def is_certain(expression: Expression, group: GroupGraphPattern) -> bool:
    """Tell whether an expression has the same value for a solution whatever else there is, and can be computed."""
    parts = list(nodes(expression))
    if any(isinstance(each, ExistsFunc | Aggregate | FunctionCall) for each in parts):
        return False
    if any(isinstance(each, BuiltInCall) and each.name in _VOLATILE for each in parts):
        return False
    return variables_of(expression).keys() <= always_bound(group)


def exists_in(expressions: object) -> Iterator[GroupGraphPattern]:
    """Give the groups that expressions ask about, those within such a group aside."""
    found: list[GroupGraphPattern] = []

    def keep(node: object) -> object | None:
        if isinstance(node, ExistsFunc):
            found.append(node.pattern)
            return node
        return None

    rebuilt(expressions, keep)
    return iter(found)
