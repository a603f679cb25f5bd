"""What is known where a part of a query is looked at: the solutions that the part has to fit, as a relaxed pattern."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from virtuales.query.syntax.rebuilding import variables_of
from virtuales.query.syntax.scope import in_scope
from virtuales.query.syntax.tree import (
    Bind,
    DatasetClause,
    Element,
    GraphGraphPattern,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    InlineData,
    SelectClause,
    SubSelect,
)
from virtuales.rdf.terms import NamedNode, Variable


@dataclass(frozen=True)
class Place:
    """Where patterns are asked and where their triples are kept.

    Args:
        sources: The numbers of the endpoints.
        graph: The named graph there; None for the default graph.
        local: The named graph here; None for the default graph.
        default: Graphs whose merge stands for the default graph there; None for the endpoint's own.
        named: Graphs that can be named there; None for all.
    """

    sources: tuple[int, ...]
    graph: NamedNode | None = None
    local: NamedNode | None = None
    default: tuple[NamedNode, ...] | None = None
    named: tuple[NamedNode, ...] | None = None

    @classmethod
    def of(cls, dataset: Sequence[DatasetClause], sources: Iterable[int]) -> "Place":
        """Return the default graph of endpoints as the dataset clauses of a query have it."""
        if not dataset:
            return cls(tuple(sources))
        default = tuple(each.iri for each in dataset if not each.named)
        named = tuple(each.iri for each in dataset if each.named)
        return cls(tuple(sources), default=default, named=named)

    @property
    def asked(self) -> tuple[int, ...]:
        """The endpoints that are asked for triples; none where the default graph is said to be empty."""
        return () if self.graph is None and self.default == () else self.sources

    @property
    def clauses(self) -> str:
        """The dataset clauses of what is asked there."""
        return "".join(f" FROM {each}" for each in self.default or ())


@dataclass(frozen=True)
class Context:
    """The solutions that a part of a query has to fit.

    Args:
        place: Where the part is asked.
        elements: A relaxed pattern whose triples are all here.
        variables: Variables whose values in those solutions the part has to have, if it has the variable at all.
        nodes: Variables among them that are nodes of the place's graph for certain.
    """

    place: Place
    elements: tuple[Element, ...] = ()
    variables: frozenset[Variable] = frozenset()
    nodes: frozenset[Variable] = frozenset()

    def narrowed(self, allowed: AbstractSet[Variable], part: GroupGraphPattern) -> "Context":
        """Let a part of the query see only some variables; others by the same name are not the same to it."""
        named = variables_of(part).keys()
        variables = self.variables & allowed
        shared = tuple(sorted(variables & named, key=lambda each: each.value))
        hidden = (in_scope(GroupGraphPattern(self.elements)).keys() & named) - set(shared)
        if not hidden:
            return replace(self, variables=variables, nodes=self.nodes & variables)
        elements: tuple[Element, ...] = ()
        if shared:
            select = SubSelect(SelectClause(shared, "DISTINCT"), GroupGraphPattern(self.elements))
            elements = (GroupOrUnionGraphPattern((GroupGraphPattern((select,)),)),)
        return Context(self.place, elements, frozenset(shared), self.nodes & set(shared))

    def joined(
        self, group: GroupGraphPattern, variables: Iterable[Variable], nodes: Iterable[Variable] = ()
    ) -> "Context":
        """Add a relaxed group that was asked in the same place."""
        within: tuple[Element, ...] = group.elements
        if not within:
            return self
        if self.place.local is not None:
            within = (GraphGraphPattern(self.place.local, group),)
        elif any(isinstance(each, Bind) for each in within):
            within = (GroupOrUnionGraphPattern((group,)),)
        return replace(
            self,
            elements=(*self.elements, *within),
            variables=self.variables.union(variables),
            nodes=self.nodes.union(nodes),
        )

    def at(self, place: Place, graph: Variable | None = None) -> "Context":
        """Look at another place; a variable for its name has that name as its value there."""
        moved = replace(self, place=place, nodes=frozenset())
        if graph is None or place.local is None:
            return moved
        named = InlineData((graph,), ((place.local,),))
        return replace(moved, elements=(*self.elements, named), variables=self.variables | {graph})
