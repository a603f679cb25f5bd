"""What mappings say left out of a request where it is known that the endpoint has nothing that it is about.

A view of a large model has tables of thousands of terms. An endpoint has few of them, and takes requests of some length
only.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from virtuales.alignment.rewriting.alternative import Alternative
from virtuales.federation.needs import Needs
from virtuales.federation.summary import Summary
from virtuales.query.syntax.flattening import Flattener, Triple
from virtuales.query.syntax.rebuilding import FreshVariables, rebuilt
from virtuales.query.syntax.tree import (
    Element,
    GraphGraphPattern,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    InlineData,
    OptionalGraphPattern,
    TriplesBlock,
)
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import NamedNode, Variable

_NOTHING: Final = InlineData((), ())


def pruned(ways: Iterable[Alternative], summary: Summary) -> Iterator[Alternative]:
    """Give those ways that an endpoint may have anything for, without rows of tables that it has nothing for.

    Args:
        ways: The ways to find a triple.
        summary: What the endpoint's default graph has.
    """
    for way in ways:
        group = _Pruning(summary).group(way.group)
        if Needs.of(group).count(summary) > 0:
            yield replace(way, elements=group.elements)


@dataclass(frozen=True)
class _Pruning:
    """Leaves out of groups what has no solution on some data; the solutions of the groups stay the same."""

    summary: Summary

    def group(self, group: GroupGraphPattern) -> GroupGraphPattern:
        met = _triples(group)
        return GroupGraphPattern(tuple(self._element(each, met) for each in group.elements))

    def _element(self, element: Element, met: Sequence[Triple]) -> Element:
        match element:
            case InlineData():
                return self._table(element, met)
            case OptionalGraphPattern(GroupGraphPattern((InlineData() as table,))):
                return OptionalGraphPattern(GroupGraphPattern((self._table(table, met),)))
            case GroupOrUnionGraphPattern(alternatives):
                groups = (self.group(each) for each in alternatives)
                kept = tuple(each for each in groups if Needs.of(each).count(self.summary) > 0)
                return GroupOrUnionGraphPattern(kept) if kept else _NOTHING
            case _:
                return rebuilt(element, self._within)

    def _within(self, node: object) -> object | None:
        if isinstance(node, GraphGraphPattern):  # another graph, of which nothing is known
            return node
        return self.group(node) if isinstance(node, GroupGraphPattern) else None

    def _table(self, table: InlineData, met: Sequence[Triple]) -> InlineData:
        def fits(row: Sequence[object]) -> bool:
            cells = zip(table.variables, row, strict=True)
            iris = ((name, term.value) for name, term in cells if isinstance(term, NamedNode))
            return all(_fits(triple, name, iri, self.summary) for name, iri in iris for triple in met)

        return InlineData(table.variables, tuple(row for row in table.rows if fits(row)))


def _triples(group: GroupGraphPattern) -> list[Triple]:
    flattener = Flattener(FreshVariables(group))
    return [
        triple
        for each in group.elements
        if isinstance(each, TriplesBlock)
        for triple in flattener.triples(each.triples)
        if isinstance(triple.verb, NamedNode | Variable)
    ]


def _fits(triple: Triple, name: Variable, iri: str, summary: Summary) -> bool:
    """Tell whether there may be statements for a triple in which a variable is an IRI."""
    if triple.verb == name and iri not in summary.properties:
        return False
    if triple.verb == RDF.type and triple.object == name and iri not in summary.classes:
        return False
    return name not in {triple.subject, triple.object} or summary.may_have(triple, name, iri)
