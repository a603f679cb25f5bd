"""Restrictions as facts: what a class of an OWL ontology says of the properties of its objects.

Read are restrictions of one property with a named class, datatype, individual or number, alone or as parts of an
intersection, and the named parts of intersections and unions. Complements and deeper nests say nothing that a fact
could hold.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from virtuales.models.facts import Restriction, RestrictionKind
from virtuales.models.owl_expressions import Nodes
from virtuales.rdf.namespaces import OWL, RDF
from virtuales.rdf.terms import Literal, NamedNode, Term, plain
from virtuales.rdf.turtle import Anonymous

Said = Callable[[NamedNode], Sequence[Term]]
"""What a node says with a predicate."""

_FILLED: Mapping[NamedNode, RestrictionKind] = {
    OWL.someValuesFrom: "some",
    OWL.allValuesFrom: "only",
    OWL.hasValue: "value",
}
_COUNTED: Mapping[NamedNode, RestrictionKind] = {
    OWL.minQualifiedCardinality: "min",
    OWL.maxQualifiedCardinality: "max",
    OWL.qualifiedCardinality: "exactly",
    OWL.minCardinality: "min",
    OWL.maxCardinality: "max",
    OWL.cardinality: "exactly",
}
_QUALIFIED: Mapping[RestrictionKind, NamedNode] = {
    "min": OWL.minQualifiedCardinality,
    "max": OWL.maxQualifiedCardinality,
    "exactly": OWL.qualifiedCardinality,
}
_BARE: Mapping[RestrictionKind, NamedNode] = {
    "min": OWL.minCardinality,
    "max": OWL.maxCardinality,
    "exactly": OWL.cardinality,
}


def read_restriction(said: Said) -> Restriction | None:
    """Return the restriction that a node is, or nothing if it is none or says what a fact cannot hold."""
    on = [node for node in said(OWL.onProperty) if isinstance(node, NamedNode)]
    if not on:
        return None
    for predicate, kind in _FILLED.items():
        for filler in said(predicate):
            return Restriction(on[0].value, kind, filler.value) if isinstance(filler, NamedNode) else None
    for predicate, kind in _COUNTED.items():
        for count in said(predicate):
            filled = [*said(OWL.onClass), *said(OWL.onDataRange)]
            named = [node.value for node in filled if isinstance(node, NamedNode)]
            if len(named) == len(filled) and plain(count).isdecimal():
                return Restriction(on[0].value, kind, "".join(named[:1]), int(plain(count)))
    return None


def written_restriction(restriction: Restriction) -> Anonymous:
    """Return a restriction as a node without a name."""
    said: list[tuple[NamedNode, NamedNode | Literal]] = [
        (RDF.type, OWL.Restriction),
        (OWL.onProperty, NamedNode(restriction.on)),
    ]
    if restriction.count is None:
        predicate = next(each for each, kind in _FILLED.items() if kind == restriction.kind)
        return Anonymous((*said, (predicate, NamedNode(restriction.filler))))
    predicates = _QUALIFIED if restriction.filler else _BARE
    said.append((predicates[restriction.kind], Literal(restriction.count)))
    if restriction.filler:
        said.append((OWL.onClass, NamedNode(restriction.filler)))
    return Anonymous(tuple(said))


def conditions(nodes: Nodes, expressions: Sequence[Term]) -> Iterator[Term]:
    """Give the expressions, and in the place of each intersection its parts, as deep as they are nested."""
    waiting, seen = list(expressions), set[Term]()
    while waiting:
        expression = waiting.pop(0)
        if expression in seen:
            continue
        seen.add(expression)
        parts = [part for head in _said(nodes, expression, OWL.intersectionOf) for part in collection(nodes, head)]
        if parts:
            waiting += parts
        else:
            yield expression


def restrictions(nodes: Nodes, expressions: Sequence[Term]) -> tuple[Restriction, ...]:
    """Return what class expressions say of properties, sorted."""
    found = (
        read_restriction(lambda predicate, node=node: _said(nodes, node, predicate))  # type: ignore[misc]
        for node in conditions(nodes, expressions)
        if not isinstance(node, NamedNode)
    )
    return tuple(sorted({each for each in found if each is not None}))


def alternatives(nodes: Nodes, expression: Term) -> Iterator[Term]:
    """Give a class, or those of a union one by one, as deep as unions are nested."""
    waiting, seen = [expression], set[Term]()
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, NamedNode):
            yield each
        elif each not in seen:
            seen.add(each)
            waiting += [part for head in _said(nodes, each, OWL.unionOf) for part in collection(nodes, head)]


def collection(nodes: Nodes, head: Term) -> Iterator[Term]:
    """Give the members of an RDF collection, as far as it is one; a loop is walked once."""
    seen = set[Term]()
    while head != RDF.nil and head not in seen:
        seen.add(head)
        yield from _said(nodes, head, RDF.first)
        head = next(iter(_said(nodes, head, RDF.rest)), RDF.nil)


def _said(nodes: Nodes, node: Term, predicate: NamedNode) -> Sequence[Term]:
    return nodes.get(node, {}).get(predicate, ())
