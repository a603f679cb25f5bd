"""Triples one by one: property lists, collections and blank nodes written out with variables of their own.

In a pattern a blank node is a variable that is not given out (https://www.w3.org/TR/sparql11-query/#BGPsparql), so one
stands for it wherever the solutions are projected.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from virtuales.query.syntax.rebuilding import FreshVariables
from virtuales.query.syntax.tree import TriplesBlock
from virtuales.query.syntax.triples import (
    BlankNodePropertyList,
    Collection,
    GraphNode,
    Property,
    TriplesSameSubject,
    Verb,
)
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Variable

FlatNode = Variable | NamedNode | Literal


@dataclass(frozen=True, slots=True)
class Triple:
    """One triple, whose verb may be a path."""

    subject: FlatNode
    verb: Verb
    object: FlatNode

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Its variables, each once."""
        found = (each for each in (self.subject, self.verb, self.object) if isinstance(each, Variable))
        return tuple(dict.fromkeys(found))


class Flattener:
    """Writes triples out; a blank node's label always gets the same variable.

    Args:
        fresh: Makes the variables.
    """

    def __init__(self, fresh: FreshVariables) -> None:
        self._fresh = fresh
        self._labels: dict[BlankNode, Variable] = {}

    def triples(self, written: Iterable[TriplesSameSubject]) -> Iterator[Triple]:
        """Give the triples one by one."""
        for each in written:
            yield from self._said_of(each.subject, each.properties)

    def _said_of(self, node: GraphNode, properties: tuple[Property, ...]) -> Iterator[Triple]:
        subject, further = self._named(node)
        yield from further
        for each in properties:
            for target in each.objects:
                value, more = self._named(target)
                yield Triple(subject, each.verb, value)
                yield from more

    def _named(self, node: GraphNode) -> tuple[FlatNode, list[Triple]]:
        if isinstance(node, BlankNode):
            return self._labels.setdefault(node, self._fresh.make("node")), []
        if isinstance(node, BlankNodePropertyList):
            name = self._fresh.make("node")
            return name, list(self._said_of(name, node.properties))
        if isinstance(node, Collection):
            return self._listed(node)
        return node, []

    def _listed(self, collection: Collection) -> tuple[FlatNode, list[Triple]]:
        cells: list[Variable] = [self._fresh.make("list") for _ in collection.items]
        rests: list[FlatNode] = [*cells[1:], RDF.nil]
        found: list[Triple] = []
        for cell, item, rest in zip(cells, collection.items, rests, strict=True):
            value, more = self._named(item)
            found += [Triple(cell, RDF.first, value), *more, Triple(cell, RDF.rest, rest)]
        return cells[0], found


def block(triples: Iterable[Triple]) -> TriplesBlock:
    """Write triples as a block, those of one subject that follow each other together."""
    grouped: list[tuple[FlatNode, list[Property]]] = []
    for each in triples:
        if not grouped or grouped[-1][0] != each.subject:
            grouped.append((each.subject, []))
        grouped[-1][1].append(Property(each.verb, (each.object,)))
    return TriplesBlock(tuple(TriplesSameSubject(subject, tuple(said)) for subject, said in grouped))
