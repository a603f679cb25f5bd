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
    """Return the query for the objects of a view, `?s`, without those that only tell where others are."""
    patterns = ["?s ?any ?thing ."]
    if view.objects:
        patterns.insert(0, _values("?s", view.objects))
    if view.classes:
        patterns.append(f"{_values('?class', view.classes)} ?s {RDF.type} ?class .")
    patterns += [_condition(condition, f"?v{number}") for number, condition in enumerate(view.conditions)]
    return f"SELECT DISTINCT ?s WHERE {{ {' '.join(patterns)} }}"


def positions_query() -> str:
    """Return the query for where objects, `?s`, are: at `?x`, `?y`, by a location `?l` with a point `?point`."""
    editions = " UNION ".join(
        f"{{ ?s {_term(space, 'PowerSystemResource.Location')} ?l . "
        f"?point {_term(space, 'PositionPoint.Location')} ?l ; {_term(space, 'PositionPoint.xPosition')} ?x ; "
        f"{_term(space, 'PositionPoint.yPosition')} ?y }}"
        for space in _CIM
    )
    return f"SELECT ?s ?l ?point ?x ?y WHERE {{ {editions} }}"


def of_classes_query(nodes: Iterable[NamedNode], classes: Iterable[NamedNode]) -> str:
    """Return the query for those among some objects, `?s`, that are of some classes."""
    return f"SELECT DISTINCT ?s WHERE {{ {_values('?s', nodes)} {_values('?class', classes)} ?s {RDF.type} ?class }}"


def described_query(nodes: Iterable[NamedNode]) -> str:
    """Return the query for those among some IRIs, `?s`, of which the version says anything."""
    return f"SELECT DISTINCT ?s WHERE {{ {_values('?s', nodes)} ?s ?any ?thing }}"


def statements_query(nodes: Iterable[NamedNode], properties: tuple[NamedNode, ...]) -> str:
    """Return the query for the statements about some objects: those of some properties, and classes; all for none."""
    only = _values("?p", sorted({*properties, RDF.type}, key=str)) if properties else ""
    return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {_values('?s', nodes)} {only} ?s ?p ?o }}"


def _values(variable: str, terms: Iterable[NamedNode]) -> str:
    return f"VALUES {variable} {{ {' '.join(map(str, terms))} }}"


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
