"""The SPARQL that finds what a view chooses in the graphs of a version; every term is written by the library."""

from collections.abc import Iterable
from typing import Final

from virtuales.policy.odrl import Value
from virtuales.policy.views.view import Condition, View
from virtuales.rdf.namespaces import ODRL, RDF, XSD
from virtuales.rdf.terms import Literal, NamedNode

_CIM: Final = (
    "http://iec.ch/TC57/2012/CIM-schema-cim16#",
    "http://iec.ch/TC57/2013/CIM-schema-cim16#",
    "http://iec.ch/TC57/CIM100#",
)
"""The editions of CIM whose objects have places; they call them the same."""
_SIGNS: Final = {
    ODRL.eq: "=",
    ODRL.isAnyOf: "=",
    ODRL.neq: "!=",
    ODRL.lt: "<",
    ODRL.lteq: "<=",
    ODRL.gt: ">",
    ODRL.gteq: ">=",
}


def objects_query(view: View) -> str:
    """Return the query for the objects, `?s`, that a view's classes and conditions choose; it names none of them."""
    patterns = [_condition(condition, f"?v{number}") for number, condition in enumerate(view.conditions)]
    if view.classes:
        patterns.insert(0, of_classes(view.classes))
    return f"SELECT DISTINCT ?s WHERE {{ {' '.join(patterns) or '?s ?any ?thing'} }}"


def of_classes(classes: Iterable[NamedNode]) -> str:
    """Return the pattern that objects, `?s`, of some classes fit."""
    return f"VALUES ?class {{ {' '.join(map(str, classes))} }} ?s {RDF.type} ?class ."


def positions_query() -> str:
    """Return the query for where objects, `?s`, are: at `?x`, `?y`, by a location `?l` with a point `?point`."""
    editions = " UNION ".join(
        f"{{ ?s {_term(space, 'PowerSystemResource.Location')} ?l . "
        f"?point {_term(space, 'PositionPoint.Location')} ?l ; {_term(space, 'PositionPoint.xPosition')} ?x ; "
        f"{_term(space, 'PositionPoint.yPosition')} ?y }}"
        for space in _CIM
    )
    return f"SELECT ?s ?l ?point ?x ?y WHERE {{ {editions} }}"


def _term(space: str, name: str) -> NamedNode:
    return NamedNode(space + name)


def _condition(condition: Condition, variable: str) -> str:
    sign = _SIGNS[condition.operator]
    compared = " || ".join(f"{_comparable(variable, value)} {sign} {value}" for value in condition.values)
    return f"?s {condition.property} {variable} . FILTER({compared})"


def _comparable(variable: str, value: Value) -> str:
    """Return what is compared with a value: of texts what is written, whatever its type."""
    is_text = isinstance(value, Literal) and value.datatype == XSD.string
    return f"STR({variable})" if is_text else variable
