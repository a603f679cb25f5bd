"""SERVICE, answered here: what a query asks of a service it names becomes a named graph that is fetched from there.

See https://www.w3.org/TR/sparql11-federated-query/. No engine opens a connection of its own, and only services that are
allowed are asked.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from virtuales.errors import InputError
from virtuales.query.syntax.rebuilding import nodes, rebuilt
from virtuales.query.syntax.tree import (
    Filter,
    GraphGraphPattern,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    InExpression,
    InlineData,
    Query,
    ServiceGraphPattern,
)
from virtuales.rdf.terms import NamedNode, Variable

_NOTHING = GroupOrUnionGraphPattern((GroupGraphPattern(),))


class SilentFailure(Exception):  # it happened, and is no error to whoever asked
    """A service failed of which the query says that it may.

    Args:
        service: Its IRI.
    """

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.service = service


@dataclass
class Services:
    """The services of a query.

    Args:
        allowed: The IRIs of the services that may be asked.
        failed: Those of them that failed where that was allowed for.
        loud: Those whose failure is an error, found while the query is rewritten.
        variable: For what stands for a service that a variable names, that variable.
    """

    allowed: Collection[str]
    failed: set[str] = field(default_factory=set)
    loud: set[str] = field(default_factory=set)
    variable: dict[object, Variable] = field(default_factory=dict)

    def as_graphs(self, query: Query) -> Query:
        """Put named graphs in place of the services of a query.

        Raises:
            InputError: it names a service that may not be asked, or a graph within one.
        """
        if not any(isinstance(each, ServiceGraphPattern) for each in nodes(query)):
            return query

        def change(node: object) -> object | None:
            if isinstance(node, ServiceGraphPattern):
                self._check_graphs(node)
                return self._as_graph(replace(node, pattern=rebuilt(node.pattern, change)))
            if isinstance(node, GraphGraphPattern) and isinstance(node.name, Variable):
                return self._without_services(replace(node, pattern=rebuilt(node.pattern, change)), node.name)
            return None

        return rebuilt(query, change)

    def _as_graph(self, node: ServiceGraphPattern) -> object:
        if isinstance(node.name, Variable):
            return self._of_variable(node, node.name)
        service = node.name.value
        known = service in self.allowed
        if node.silent and (not known or service in self.failed):
            return _NOTHING
        if not known:
            raise InputError(
                f"The service <{service}> may not be asked.",
                where="SERVICE",
                remedy="Name it among the endpoints or services.",
            )
        if not node.silent:
            self.loud.add(service)
        return GraphGraphPattern(node.name, node.pattern)

    def _of_variable(self, node: ServiceGraphPattern, name: Variable) -> object:
        """Put the union of all services in place of one that a variable names."""
        if not node.silent:
            self.loud.update(self.allowed)
        union = GroupOrUnionGraphPattern(tuple(self._alternatives(node, name)))
        self.variable[union] = name
        return union

    def _alternatives(self, node: ServiceGraphPattern, name: Variable) -> Iterator[GroupGraphPattern]:
        for service in sorted(self.allowed):
            iri = NamedNode(service)
            data = InlineData((name,), ((iri,),))
            failed = node.silent and service in self.failed
            yield GroupGraphPattern((data,) if failed else (data, GraphGraphPattern(iri, node.pattern)))

    def _without_services(self, node: GraphGraphPattern, name: Variable) -> object:
        """Let a variable for a graph's name be none of the services that are graphs here."""
        services = tuple(map(NamedNode, sorted(self.allowed)))
        return GroupOrUnionGraphPattern(
            (GroupGraphPattern((node, Filter(InExpression(name, services, negated=True)))),)
        )

    @staticmethod
    def _check_graphs(node: ServiceGraphPattern) -> None:
        if any(isinstance(each, GraphGraphPattern) for each in nodes(node.pattern)):
            raise InputError(
                "A service is asked for its default graph only.", where="GRAPH", remedy="Leave out GRAPH in SERVICE."
            )
