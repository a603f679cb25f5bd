"""Going through a query and fetching, for each pattern in it, every triple that it could match in a solution.

Patterns that are joined narrow each other down. What is joined to the left of OPTIONAL, MINUS and EXISTS narrows what
is within by the variables that it always binds, never the other way round: what is within decides by being there or
not, and that must come out as it does on the whole data.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from virtuales.errors import InputError
from virtuales.federation.closure import fetch_closure
from virtuales.federation.context import Context, Place
from virtuales.federation.endpoint import EndpointFailure
from virtuales.federation.fetching import Fetcher
from virtuales.federation.locality import grown
from virtuales.federation.narrowing import enough_solutions, shared_conditions
from virtuales.federation.ordering import cost
from virtuales.federation.paths import is_path, is_repeated, single, unfolded
from virtuales.federation.relaxing import carried, exists_in, is_aggregated, relaxed
from virtuales.federation.requests import Wanted
from virtuales.federation.services import Services, SilentFailure
from virtuales.query.syntax.flattening import Triple
from virtuales.query.syntax.rebuilding import FreshVariables
from virtuales.query.syntax.scope import always_bound
from virtuales.query.syntax.tree import (
    Bind,
    Element,
    Expression,
    Filter,
    GraphGraphPattern,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    InlineData,
    MinusGraphPattern,
    OptionalGraphPattern,
    Query,
    SelectClause,
    SelectQuery,
    SubSelect,
    TriplesBlock,
)
from virtuales.query.syntax.triples import VarOrIri
from virtuales.rdf.terms import NamedNode, Variable

_FETCHED = (TriplesBlock, GroupOrUnionGraphPattern, GraphGraphPattern, SubSelect)
_TWICE = 2
_GIVEN = (InlineData, Bind, Filter)


@dataclass
class Collector:
    """Fetches what a query can use.

    Args:
        fetcher: Brings triples here.
        fresh: Makes variables that the query does not have.
        services: What is known of the services that the query names.
        root: Where the query is asked but for its services.
        places: The place of each service, by the IRI of the graph that stands for it.
    """

    fetcher: Fetcher
    fresh: FreshVariables
    services: Services
    root: Place
    places: dict[str, Place]
    steps: tuple[Variable, Variable] = field(init=False)
    _enough: int | None = None
    _unfolded: dict[Triple, GroupGraphPattern] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the variables for the steps of paths: the same each time, so that no step is fetched twice."""
        self.steps = self.fresh.make("step"), self.fresh.make("step")

    def collect(self, query: Query) -> None:
        """Fetch what a query can use; it is written flat, see `virtuales.federation.preparing`."""
        if query.where is None:
            return
        self._enough = enough_solutions(query)
        select = query.select if isinstance(query, SelectQuery) else SelectClause()
        self._solutions(SubSelect(select, query.where, query.modifier, query.values), Context(self.root))

    def _solutions(self, select: SubSelect, context: Context) -> None:
        """Go through what gives solutions that are selected, grouped, ordered or cut."""
        where = select.where
        if select.values is not None and not is_aggregated(select.select, select.modifier):
            where = GroupGraphPattern((GroupOrUnionGraphPattern((where,)), select.values))
        self.group(where, context)
        for pattern in exists_in((select.select.variables, select.modifier)):
            self.group(pattern, Context(context.place))

    def group(self, group: GroupGraphPattern, context: Context) -> None:
        """Go through a group whose solutions have to fit a context."""
        waiting = [place for place, each in enumerate(group.elements) if isinstance(each, _FETCHED)]
        here = context
        while True:
            here = self._known(group, waiting, context)
            chosen = min(waiting, key=lambda place: self._cost(group.elements[place], here), default=None)
            if self._depends(group, chosen, here) and not self.fetcher.local.has_solutions(here):
                return
            if chosen is None:
                break
            for place in self._element(group, chosen, waiting, here):
                waiting.remove(place)
        self._conditional(group, here)

    def _depends(self, group: GroupGraphPattern, chosen: int | None, context: Context) -> bool:
        """Tell whether something would be asked that is of no use where a context has no solution.

        What is chosen with values of the context is not asked where there are none.
        """
        if chosen is None:
            return any(_is_conditional(each) for each in group.elements)
        element = group.elements[chosen]
        if not isinstance(element, TriplesBlock) or is_path(single(element)):
            return True
        return context.variables.isdisjoint(single(element).variables)

    def _cost(self, element: Element, context: Context) -> float:
        """Say what fetching an element may bring; a service whose name is not known comes last."""
        if self.services.variable and self.services.variable.get(element, None) not in {None, *context.variables}:
            return float("inf")
        return cost(element, context, self.fetcher)

    def _known(self, group: GroupGraphPattern, waiting: Iterable[int], context: Context) -> Context:
        """Add to a context what is known by the elements of a group that wait no longer."""
        left_out = set(waiting)
        done = GroupGraphPattern(
            tuple(
                each
                for place, each in enumerate(group.elements)
                if isinstance(each, _GIVEN) or (place not in left_out and isinstance(each, _FETCHED))
            )
        )
        certain = relaxed(done)
        computed = [each.variable for each in certain.elements if isinstance(each, Bind)]
        met = {
            end
            for each in certain.elements
            if isinstance(each, TriplesBlock) and not is_repeated(single(each))
            for end in (single(each).subject, single(each).object)
            if isinstance(end, Variable)
        }
        return context.joined(certain, always_bound(certain).union(computed), met)

    def _element(
        self, group: GroupGraphPattern, chosen: int, waiting: Iterable[int], context: Context
    ) -> Iterable[int]:
        """Fetch what an element can use, together with others where that is possible; return their places."""
        element = group.elements[chosen]
        if not isinstance(element, TriplesBlock):
            self._nested(element, context)
        elif is_path(single(element)):
            self._path(single(element), context)
        else:
            together = self._together(group, chosen, waiting, context)
            variables = {variable for each in together.values() for variable in each.variables}
            conditions = shared_conditions(group, variables)
            enough = self._enough if len(together) == len(group.elements) else None
            self.fetcher.fetch(Wanted(tuple(together.values()), conditions, enough), context)
            return together
        return [chosen]

    def _together(
        self, group: GroupGraphPattern, chosen: int, waiting: Iterable[int], context: Context
    ) -> dict[int, Triple]:
        """Return the places of triples that are asked together with the first, and the triples.

        These are those that a single endpoint has alone, or else those that each endpoint can join by itself.
        """
        triples = {
            place: single(each)
            for place, each in enumerate(group.elements)
            if place in waiting and isinstance(each, TriplesBlock) and not is_path(single(each))
        }
        triples = self._joined_there(chosen, triples, context.place)
        found = {chosen: triples.pop(chosen)}
        sources = self.fetcher.sources(Wanted(tuple(found.values())), context.place)
        if len(sources) != 1:
            summaries = [self.fetcher.summary(context.place, each) for each in self.fetcher.up(context.place)]
            return found | grown(found[chosen], triples, summaries)
        alone = {
            place: triple
            for place, triple in triples.items()
            if self.fetcher.sources(Wanted((triple,)), context.place) == sources
        }
        while connected := [place for place, each in alone.items() if _are_connected(each, found.values())]:
            found[connected[0]] = alone.pop(connected[0])
        return found

    def _joined_there(self, chosen: int, triples: dict[int, Triple], place: Place) -> dict[int, Triple]:
        """Leave out triples that no endpoint is to join with others, unless they are the chosen one.

        An endpoint that calls one thing by several IRIs would not find what is the same. One that computes what triples
        have in common would do so anew for each value.
        """
        liftings = self.fetcher.liftings
        lifted = [source for source in place.asked if source in liftings]
        if any(liftings[source].seen.links is not None for source in lifted):
            return {chosen: triples[chosen]}
        names = Counter(name for each in triples.values() for name in each.variables)

        def joins(triple: Triple) -> bool:
            computed = (self.fetcher.lifted(source, Wanted((triple,)), place).computed for source in lifted)
            return all(names[name] < _TWICE for each in computed for name in each)

        if not joins(triples[chosen]):
            return {chosen: triples[chosen]}
        return {number: each for number, each in triples.items() if number == chosen or joins(each)}

    def _nested(self, element: Element, context: Context) -> None:
        match element:
            case GroupOrUnionGraphPattern(alternatives):
                self._check_services(element, context)
                for each in alternatives:
                    self.group(each, context.narrowed(context.variables, each))
            case GraphGraphPattern(name, pattern):
                self._graph(name, pattern, context)
            case SubSelect():
                cut = element.modifier.limit is not None or element.modifier.offset is not None
                allowed = frozenset() if cut else frozenset(carried(element))
                self._solutions(element, context.narrowed(allowed, element.where))
            case _:
                raise TypeError(f"nothing to be fetched: {element!r}")

    def _graph(self, name: VarOrIri, pattern: GroupGraphPattern, context: Context) -> None:
        """Go through what is asked of a named graph, or of each that there is."""
        if isinstance(name, NamedNode) and name.value in self.places:
            self._service(name.value, pattern, context)
            return
        names = self.fetcher.graph_names(self.root)
        for each in names if isinstance(name, Variable) else [name]:
            if each not in names:
                continue
            self.fetcher.local.declare(each)
            place = Place(tuple(names[each]), each, each)
            graph = name if isinstance(name, Variable) else None
            inner = context.narrowed(context.variables, GroupGraphPattern((GraphGraphPattern(name, pattern),)))
            self.group(pattern, inner.at(place, graph))

    def _service(self, service: str, pattern: GroupGraphPattern, context: Context) -> None:
        """Go through what is asked of a service."""
        place = self.places[service]
        try:
            self.fetcher.learn(place.sources)
            self.fetcher.local.declare(NamedNode(service))
            self.group(pattern, context.narrowed(context.variables, pattern).at(place))
        except EndpointFailure as failure:
            if service in self.services.loud:
                raise
            raise SilentFailure(service) from failure
        if service not in self.services.loud and self.fetcher.is_down(place.sources[0]):
            raise SilentFailure(service)

    def _check_services(self, element: Element, context: Context) -> None:
        """Refuse services that a variable names and that may not be asked."""
        name = self.services.variable.get(element) if self.services.variable else None
        if name is None or name not in context.variables:
            return
        found = self.fetcher.local.values((name,), context).column(0)
        refused = sorted(each for each in found if each.startswith("<") and each[1:-1] not in self.places)
        if refused and not self.services.loud.isdisjoint(self.places):
            raise InputError(
                f"The service {refused[0]} may not be asked.", where="SERVICE", remedy="Name it among the services."
            )

    def _conditional(self, group: GroupGraphPattern, context: Context) -> None:
        """Go through what is optional, taken away, or asked whether it is there."""
        for place, element in enumerate(group.elements):
            before = GroupGraphPattern(group.elements[:place])
            match element:
                case OptionalGraphPattern(pattern) | MinusGraphPattern(pattern):
                    self.group(pattern, context.narrowed(always_bound(before), pattern))
                case Filter(constraint):
                    self._exists(constraint, group, context)
                case Bind(expression, _):
                    self._exists(expression, before, context)

    def _exists(self, expression: Expression, group: GroupGraphPattern, context: Context) -> None:
        for pattern in exists_in(expression):
            self.group(pattern, context.narrowed(always_bound(group), pattern))

    def _path(self, triple: Triple, context: Context) -> None:
        """Fetch what a path can use."""
        if is_repeated(triple):
            fetch_closure(triple, context, self)
            return
        if triple not in self._unfolded:
            self._unfolded[triple] = unfolded(triple, self.fresh)
        group = self._unfolded[triple]
        self.group(group, context.narrowed(context.variables, group))


def _is_conditional(element: Element) -> bool:
    """Tell whether an element has patterns that are optional, taken away, or asked whether they are there."""
    match element:
        case OptionalGraphPattern() | MinusGraphPattern():
            return True
        case Filter(expression) | Bind(expression, _):
            return any(True for _ in exists_in(expression))
        case _:
            return False


def _are_connected(triple: Triple, others: Iterable[Triple]) -> bool:
    return any(not set(triple.variables).isdisjoint(other.variables) for other in others)
