"""Axioms as OWL in RDF, so that other reasoners can read them.

See the [mapping to RDF graphs](https://www.w3.org/TR/owl2-mapping-to-rdf/). Reading what is written here
gives the same axioms.
"""

from collections.abc import Iterable, Iterator
from functools import singledispatchmethod
from typing import Final

from virtuales.models.axioms import Axioms
from virtuales.models.expressions import (
    THING,
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Expression,
    Not,
    OneOf,
    Only,
    Role,
    Some,
    Value,
)
from virtuales.models.value_spaces import ANY_LITERAL, is_datatype
from virtuales.rdf.namespaces import OWL, RDF, RDFS, XSD
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Subject, Term, Triple, typed

_KINDS: Final = {"data": OWL.DatatypeProperty, "object": OWL.ObjectProperty, "any": OWL.ObjectProperty}


def triples_of(axioms: Axioms) -> list[Triple]:
    """Return the axioms of a model as triples; a property of which nothing is known counts as one between things."""
    return _Writer(axioms).triples()


class _Writer:
    """Writes expressions as nodes; the triples gather as they are written."""

    def __init__(self, axioms: Axioms) -> None:
        self._axioms = axioms
        self._triples: list[Triple] = []
        self._data = {name for name, kind in axioms.properties.items() if kind == "data"}

    def triples(self) -> list[Triple]:
        """Return everything as triples."""
        axioms = self._axioms
        for name in sorted(axioms.classes):
            self._say(NamedNode(name), RDF.type, OWL.Class)
        for name, kind in sorted(axioms.properties.items()):
            self._say(NamedNode(name), RDF.type, _KINDS[kind])
        for part, whole in axioms.inclusions:
            self._inclusion(part, whole)
        for narrower, broader in axioms.subproperties:
            if narrower.inverted:
                narrower, broader = narrower.inverse, broader.inverse  # noqa: PLW2901  # the same, said of a name
            self._say(NamedNode(narrower.iri), RDFS.subPropertyOf, self._role(broader))
        for one, two in axioms.disjoint_properties:
            self._say(self._role(one), OWL.propertyDisjointWith, self._role(two))
        for name in sorted(axioms.transitive):
            self._say(NamedNode(name), RDF.type, OWL.TransitiveProperty)
        for first, second in axioms.distinct:
            self._say(NamedNode(first), OWL.differentFrom, NamedNode(second))
        return self._triples

    def _inclusion(self, part: Expression, whole: Expression) -> None:
        """Write a domain, a range and a functional property as such: data properties allow no other way."""
        if isinstance(part, Some) and part.filler == THING and not part.role.inverted:
            self._say(NamedNode(part.role.iri), RDFS.domain, self._node(whole))
        elif part == THING and isinstance(whole, Only) and not whole.role.inverted:
            self._say(NamedNode(whole.role.iri), RDFS.range, self._node(whole.filler, data=self._is_data(whole.role)))
        elif part == THING and isinstance(whole, AtMost) and (whole.number, whole.filler) == (1, THING):
            kind = OWL.InverseFunctionalProperty if whole.role.inverted else OWL.FunctionalProperty
            self._say(NamedNode(whole.role.iri), RDF.type, kind)
        else:
            self._say(self._node(part), RDFS.subClassOf, self._node(whole))

    def _say(self, subject: Subject, predicate: NamedNode, value: Term) -> None:
        self._triples.append(Triple(subject, predicate, value))

    def _is_data(self, role: Role) -> bool:
        return role.iri in self._data

    def _role(self, role: Role) -> Subject:
        if not role.inverted:
            return NamedNode(role.iri)
        node = BlankNode()
        self._say(node, OWL.inverseOf, NamedNode(role.iri))
        return node

    def _list(self, members: Iterable[Term]) -> Subject:
        nodes = [(BlankNode(), member) for member in members]
        for place, (node, member) in enumerate(nodes):
            self._say(node, RDF.first, member)
            self._say(node, RDF.rest, nodes[place + 1][0] if place + 1 < len(nodes) else RDF.nil)
        return nodes[0][0] if nodes else RDF.nil

    @singledispatchmethod
    def _node(self, expression: Expression, *, data: bool = False) -> Subject:
        raise TypeError(f"no node for {expression!r}, data: {data}")

    @_node.register
    def _(self, expression: str, *, data: bool = False) -> Subject:
        if expression.startswith("_:"):
            return BlankNode(expression[2:])
        return NamedNode(ANY_LITERAL if data and expression == THING else expression)

    def _described(self, *, data: bool) -> BlankNode:
        node = BlankNode()
        self._say(node, RDF.type, RDFS.Datatype if data else OWL.Class)
        return node

    @_node.register
    def _(self, expression: Not, *, data: bool = False) -> Subject:
        node = self._described(data=data)
        predicate = OWL.datatypeComplementOf if data else OWL.complementOf
        self._say(node, predicate, self._node(expression.operand, data=data))
        return node

    @_node.register
    def _(self, expression: AllOf, *, data: bool = False) -> Subject:
        node = self._described(data=data)
        self._say(node, OWL.intersectionOf, self._list([self._node(each, data=data) for each in expression.operands]))
        return node

    @_node.register
    def _(self, expression: AnyOf, *, data: bool = False) -> Subject:
        node = self._described(data=data)
        self._say(node, OWL.unionOf, self._list([self._node(each, data=data) for each in expression.operands]))
        return node

    @_node.register
    def _(self, expression: OneOf, *, data: bool = False) -> Subject:
        data = data or any(each.datatype for each in expression.values)
        node = self._described(data=data)
        self._say(node, OWL.oneOf, self._list(map(_value, expression.values)))
        return node

    def _restriction(self, role: Role) -> BlankNode:
        node = BlankNode()
        self._say(node, RDF.type, OWL.Restriction)
        self._say(node, OWL.onProperty, self._role(role))
        return node

    @_node.register
    def _(self, expression: Some, *, data: bool = False) -> Subject:  # noqa: ARG002  # a restriction is never data
        node = self._restriction(expression.role)
        filler = self._node(expression.filler, data=self._is_data(expression.role))
        self._say(node, OWL.someValuesFrom, filler)
        return node

    @_node.register
    def _(self, expression: Only, *, data: bool = False) -> Subject:  # noqa: ARG002  # likewise
        node = self._restriction(expression.role)
        self._say(node, OWL.allValuesFrom, self._node(expression.filler, data=self._is_data(expression.role)))
        return node

    @_node.register
    def _(self, expression: AtLeast, *, data: bool = False) -> Subject:  # noqa: ARG002  # likewise
        return self._cardinality(expression, OWL.minCardinality, OWL.minQualifiedCardinality)

    @_node.register
    def _(self, expression: AtMost, *, data: bool = False) -> Subject:  # noqa: ARG002  # likewise
        return self._cardinality(expression, OWL.maxCardinality, OWL.maxQualifiedCardinality)

    def _cardinality(self, expression: AtLeast | AtMost, plain: NamedNode, qualified: NamedNode) -> Subject:
        node = self._restriction(expression.role)
        number = typed(str(expression.number), "nonNegativeInteger")
        if expression.filler == THING:
            self._say(node, plain, number)
            return node
        data = self._is_data(expression.role)
        self._say(node, qualified, number)
        self._say(node, OWL.onDataRange if data else OWL.onClass, self._node(expression.filler, data=data))
        return node


def _value(value: Value) -> Term:
    if not value.datatype:
        return NamedNode(value.text)
    if value.datatype == RDF.langString.value:
        text, _, language = value.text.rpartition("@")
        return Literal(text, language=language)
    return Literal(value.text, datatype=NamedNode(value.datatype))


def supported(triples: Iterable[Triple], datatypes: frozenset[str]) -> Iterator[Triple]:
    """Give triples with every datatype that is not among some replaced by one that shares values with no other.

    Each becomes the binary numbers of a length of its own, so that what has no value in common still has none.

    Args:
        triples: An ontology.
        datatypes: The datatypes that may stand; binary numbers among them.
    """
    lengths: dict[str, int] = {}
    for triple in triples:
        target = triple.object
        if not isinstance(target, NamedNode) or not is_datatype(target.value) or target.value in datatypes:
            yield triple
            continue
        length = lengths.setdefault(target.value, _FIRST_LENGTH + len(lengths))
        node = BlankNode()
        yield Triple(triple.subject, triple.predicate, node)
        yield from _of_length(node, length)


_FIRST_LENGTH: Final = 11
"""Long enough for more values than any number of values that an ontology asks for."""


def _of_length(node: BlankNode, length: int) -> Iterator[Triple]:
    first, bound = BlankNode(), BlankNode()
    yield Triple(node, RDF.type, RDFS.Datatype)
    yield Triple(node, OWL.onDatatype, XSD.hexBinary)
    yield Triple(node, OWL.withRestrictions, first)
    yield Triple(first, RDF.first, bound)
    yield Triple(first, RDF.rest, RDF.nil)
    yield Triple(bound, NamedNode(XSD.iri + "length"), typed(str(length), "integer"))
