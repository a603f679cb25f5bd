"""Class expressions and data ranges as RDF writes them, in OWL 2 and in the older ways of OWL 1.

See the [mapping to RDF graphs](https://www.w3.org/TR/owl2-mapping-to-rdf/).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from virtuales.errors import InputError
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
from virtuales.models.value_spaces import ANY_LITERAL
from virtuales.rdf.namespaces import OWL, RDF
from virtuales.rdf.terms import Literal, NamedNode, Term, plain

Nodes = Mapping[Term, Mapping[NamedNode, list[Term]]]
"""A graph: what each node says, by property."""

_ENTAILED_BY_NAME: Final = {ANY_LITERAL: THING}
_LONGEST_LIST: Final = 100_000

_Bound = Callable[[int, Role, Expression], Expression]


def _exactly(number: int, role: Role, filler: Expression) -> Expression:
    return AllOf((AtLeast(number, role, filler), AtMost(number, role, filler)))


_BOUNDS: Final[Mapping[NamedNode, _Bound]] = {
    OWL.minCardinality: AtLeast,
    OWL.minQualifiedCardinality: AtLeast,
    OWL.maxCardinality: AtMost,
    OWL.maxQualifiedCardinality: AtMost,
    OWL.cardinality: _exactly,
    OWL.qualifiedCardinality: _exactly,
}


class ExpressionReader:
    """Reads the expressions of one graph; what it does not know is counted, and taken for a class of its own.

    Args:
        nodes: The graph.
        name: What errors call it.
    """

    def __init__(self, nodes: Nodes, name: str) -> None:
        self._nodes = nodes
        self._name = name
        self._open: set[Term] = set()
        self.left_out: Counter[str] = Counter()

    def read(self, node: Term) -> Expression:
        """Return the class expression or data range that a node is.

        Raises:
            InputError: the node is a literal, or contains itself.
        """
        if isinstance(node, NamedNode):
            return _ENTAILED_BY_NAME.get(node.value, node.value)
        described = self.described(node)
        if described is None:
            self.left_out["expression of no known kind"] += 1
            return f"_:{plain(node)}"
        return described

    def described(self, node: Term) -> Expression | None:
        """Return what the statements about a node say that it is, its name aside; nothing if they do not."""
        said = self._nodes.get(node, {})
        if node in self._open:
            raise InputError("A class expression contains itself.", where=self._name)
        self._open.add(node)
        try:
            return self._restriction(said) if OWL.onProperty in said else self._combination(said)
        finally:
            self._open.discard(node)

    def role(self, node: Term) -> Role:
        """Return the property, or the inverse of one, that a node is."""
        if isinstance(node, NamedNode):
            return Role(node.value)
        for inverse in self._nodes.get(node, {}).get(OWL.inverseOf, ()):
            return self.role(inverse).inverse
        raise InputError("A property has no name and is no inverse.", where=self._name)

    def members(self, head: Term) -> Iterator[Term]:
        """Give the members of a list.

        Raises:
            InputError: the list does not end, or a part of it says nothing.
        """
        for _ in range(_LONGEST_LIST):
            if head == RDF.nil:
                return
            said = self._nodes.get(head, {})
            if RDF.first not in said or RDF.rest not in said:
                raise InputError("A list of class expressions is broken.", where=self._name)
            yield said[RDF.first][0]
            head = said[RDF.rest][0]
        raise InputError("A list of class expressions does not end.", where=self._name)

    def _combination(self, said: Mapping[NamedNode, list[Term]]) -> Expression | None:
        if OWL.intersectionOf in said:
            return AllOf(self._operands(said[OWL.intersectionOf][0]))
        if OWL.unionOf in said:
            return AnyOf(self._operands(said[OWL.unionOf][0]))
        for complement in (OWL.complementOf, OWL.datatypeComplementOf):
            if complement in said:
                return Not(self.read(said[complement][0]))
        if OWL.oneOf in said:
            return OneOf(tuple(map(_value, self.members(said[OWL.oneOf][0]))))
        if OWL.onDatatype in said:
            self.left_out["bounds of a datatype"] += 1
            return plain(said[OWL.onDatatype][0])
        return None

    def _operands(self, head: Term) -> tuple[Expression, ...]:
        return tuple(map(self.read, self.members(head)))

    def _restriction(self, said: Mapping[NamedNode, list[Term]]) -> Expression | None:
        role = self.role(said[OWL.onProperty][0])
        if OWL.someValuesFrom in said:
            return Some(role, self.read(said[OWL.someValuesFrom][0]))
        if OWL.allValuesFrom in said:
            return Only(role, self.read(said[OWL.allValuesFrom][0]))
        if OWL.hasValue in said:
            return Some(role, OneOf((_value(said[OWL.hasValue][0]),)))
        qualifier = (*said.get(OWL.onClass, ()), *said.get(OWL.onDataRange, ()))
        filler = self.read(qualifier[0]) if qualifier else THING
        bounds = [bound(self._number(said[each][0]), role, filler) for each, bound in _BOUNDS.items() if each in said]
        if not bounds:
            return None
        return bounds[0] if len(bounds) == 1 else AllOf(tuple(bounds))

    def _number(self, node: Term) -> int:
        text = plain(node)
        if not text.strip().isdigit():
            raise InputError(f"`{text}` is no cardinality.", where=self._name, remedy="Write a whole number.")
        return int(text)


def _value(node: Term) -> Value:
    if isinstance(node, Literal):
        return Value(f"{node.value}@{node.language}" if node.language else node.value, node.datatype.value)
    return Value(plain(node))
