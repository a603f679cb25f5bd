"""What may be left to the endpoints: conditions that every store judges alike, and how many solutions are enough.

A condition is sent along only if SPARQL 1.1 settles what it comes to for every value
(https://www.w3.org/TR/sparql11-query/#OperatorMapping): engines may know more datatypes than the standard, and differ
in those. The query judges again by itself, so a condition that an endpoint is lax with does no harm.
"""

from typing import Final

from virtuales.federation.paths import is_path, single
from virtuales.query.syntax.rebuilding import variables_of
from virtuales.query.syntax.tree import (
    AskQuery,
    BuiltInCall,
    ConditionalAndExpression,
    ConditionalOrExpression,
    ConstructQuery,
    Expression,
    Filter,
    GroupGraphPattern,
    InExpression,
    Query,
    RelationalExpression,
    SelectQuery,
    TriplesBlock,
)
from virtuales.rdf.namespaces import XSD
from virtuales.rdf.terms import Literal, NamedNode, Variable

_NUMBERS: Final = frozenset({XSD.integer, XSD.decimal, XSD.double, XSD.float})
_KINDS: Final = frozenset({"ISIRI", "ISURI", "ISBLANK", "ISLITERAL"})
_TEXTS: Final = frozenset({"STRSTARTS", "STRENDS", "CONTAINS"})


def shared_conditions(group: GroupGraphPattern, variables: set[Variable]) -> tuple[Expression, ...]:
    """Return the conditions of a group on some variables alone that every store judges alike."""
    found = (each.constraint for each in group.elements if isinstance(each, Filter))
    return tuple(each for each in found if variables_of(each).keys() <= variables and is_settled(each))


def is_settled(condition: Expression) -> bool:
    """Tell whether the standard settles what a condition comes to, whatever the values of its variables."""
    match condition:
        case ConditionalAndExpression(operands) | ConditionalOrExpression(operands):
            return all(map(is_settled, operands))
        case InExpression(Variable(), choices, False):
            return all(isinstance(each, NamedNode) for each in choices)
        case RelationalExpression(left, operator, right):
            return _is_settled_comparison(left, operator, right) or _is_settled_comparison(right, operator, left)
        case BuiltInCall(name, arguments) if name in _KINDS:
            return isinstance(arguments[0], Variable)
        case BuiltInCall(name, (text, Literal() as part)) if name in _TEXTS:
            return _is_text(text) and part.datatype == XSD.string
        case _:
            return False


def _is_settled_comparison(left: Expression, operator: str, right: Expression) -> bool:
    """Tell whether the standard settles the comparison of a variable and a constant."""
    if not isinstance(left, Variable):
        return False
    if isinstance(right, NamedNode):
        return operator in {"=", "!="}
    if not isinstance(right, Literal) or operator == "!=":
        return False
    return right.datatype in _NUMBERS or (operator == "=" and right.datatype == XSD.string)


def _is_text(expression: Expression) -> bool:
    match expression:
        case BuiltInCall("STR", (Variable(),)):
            return True
        case _:
            return False


def enough_solutions(query: Query) -> int | None:
    """Return how many solutions of its pattern a query needs at most, where any will do; None where it needs all."""
    modifier = query.modifier
    if query.values is not None or modifier.order or modifier.group or modifier.having or query.where is None:
        return None
    if not all(isinstance(each, TriplesBlock) and not is_path(single(each)) for each in query.where.elements):
        return None
    if isinstance(query, AskQuery):
        return 1
    plain = isinstance(query, ConstructQuery) or (
        isinstance(query, SelectQuery)
        and query.select.modifier != "DISTINCT"
        and all(isinstance(each, Variable) for each in query.select.variables)
    )
    if not plain or modifier.limit is None:
        return None
    return modifier.limit + (modifier.offset or 0)
