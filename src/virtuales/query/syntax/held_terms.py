"""Which properties and classes data has to hold at least one of, so that a query can find anything in it."""

from collections.abc import Iterator

from virtuales.query.syntax.rebuilding import nodes
from virtuales.query.syntax.tree import Query
from virtuales.query.syntax.triples import PathElt, PathNegatedPropertySet, Property
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import NamedNode, Variable


def held_terms(query: Query) -> frozenset[str] | None:
    """Return the IRIs of the properties and classes that a query's patterns name; None where any may do.

    A class stands for the property `rdf:type` where one is named, since all data has that property.

    >>> from virtuales.query.syntax.parser import parse_query
    >>> sorted(held_terms(parse_query("ASK { ?s a <urn:C> ; <urn:p>/<urn:q> ?o }")))
    ['urn:C', 'urn:p', 'urn:q']
    >>> held_terms(parse_query("ASK { ?s ?p 1 }")) is None
    True
    """
    found: set[str] = set()
    for part in nodes(query.where):
        if isinstance(part, Property):
            for term in _terms(part):
                if term is None:
                    return None
                found.add(term)
    return frozenset(found) or None


def _terms(part: Property) -> Iterator[str | None]:
    """Give the terms of one verb and its objects; None where any property or class fits."""
    if part.verb == RDF.type:
        yield from (each.value if isinstance(each, NamedNode) else None for each in part.objects)
        return
    for step in nodes(part.verb):
        if isinstance(step, Variable | PathNegatedPropertySet) or (isinstance(step, PathElt) and step.mod != "+"):
            yield None
        if isinstance(step, NamedNode):
            yield step.value
