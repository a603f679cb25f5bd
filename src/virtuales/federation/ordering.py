"""Which part of a group is fetched next: the one that is likely to bring least."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from virtuales.federation.context import Context, Place
from virtuales.federation.fetching import Fetcher
from virtuales.federation.paths import single
from virtuales.federation.requests import Wanted
from virtuales.query.syntax.flattening import Triple
from virtuales.query.syntax.rebuilding import variables_of
from virtuales.query.syntax.tree import (
    Element,
    GraphGraphPattern,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    SubSelect,
    TriplesBlock,
)
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import NamedNode, Variable

_UNKNOWN: Final = 1e6
_CONSTANT_OBJECT, _KNOWN_VARIABLE, _SUBJECT = 20, 100, 10
_PATH: Final = 10


def cost(element: Element, context: Context, fetcher: Fetcher) -> float:
    """Say how many triples fetching a part of a group may bring, roughly."""
    known = context.variables
    match element:
        case TriplesBlock():
            return _of_triple(single(element), context, fetcher)
        case GroupOrUnionGraphPattern(alternatives):
            return sum(_of_group(each, context, fetcher) for each in alternatives)
        case SubSelect(where=where):
            return _of_group(where, context, fetcher)
        case GraphGraphPattern():
            return _UNKNOWN / (_KNOWN_VARIABLE if _shares(element, known) else 1)
        case _:
            return 0.0


def _shares(element: object, known: AbstractSet[Variable]) -> bool:
    return not known.isdisjoint(variables_of(element))


def _of_group(group: GroupGraphPattern, context: Context, fetcher: Fetcher) -> float:
    costs = [cost(each, context, fetcher) for each in _fetched(group)]
    return min(costs) * len(costs) if costs else 0.0


def _fetched(group: GroupGraphPattern) -> Iterator[Element]:
    kinds = (TriplesBlock, GroupOrUnionGraphPattern, GraphGraphPattern, SubSelect)
    return (each for each in group.elements if isinstance(each, kinds))


def _of_triple(triple: Triple, context: Context, fetcher: Fetcher) -> float:
    if not isinstance(triple.verb, NamedNode | Variable):
        size = _UNKNOWN * _PATH
    else:
        size = sum(_size(triple, context.place, source, fetcher) for source in context.place.sources)
    if _is_given(triple.subject):
        return min(size, _SUBJECT)
    if _is_given(triple.object) and triple.verb != RDF.type:
        size /= _CONSTANT_OBJECT
    for each in triple.variables:
        size /= _KNOWN_VARIABLE if each in context.variables else 1
    return size


def _size(triple: Triple, place: Place, source: int, fetcher: Fetcher) -> float:
    size = fetcher.size(Wanted((triple,)), place, source)
    own = place.graph is None and place.default is None
    if size == float("inf") and own and source in fetcher.estimates and source not in fetcher.liftings:
        size = fetcher.estimates[source].count(triple) or _UNKNOWN
    return min(_UNKNOWN, size)


def _is_given(term: object) -> bool:
    return not isinstance(term, Variable)
