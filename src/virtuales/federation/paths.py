"""Property paths as what has to be fetched for them.

A path that is walked once is put as plain patterns (https://www.w3.org/TR/sparql11-query/#propertypaths); one that may
be walked any number of times says which step is to be fetched from wherever it leads.
"""

from virtuales.query.syntax.flattening import FlatNode, Triple, block
from virtuales.query.syntax.rebuilding import FreshVariables
from virtuales.query.syntax.tree import (
    Filter,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    InExpression,
    TriplesBlock,
)
from virtuales.query.syntax.triples import (
    Path,
    PathAlternative,
    PathElt,
    PathInverse,
    PathNegatedPropertySet,
    PathSequence,
    TriplesSameSubject,
)
from virtuales.rdf.terms import Literal, NamedNode, Variable


def single(element: TriplesBlock) -> Triple:
    """Return the triple of a block that holds one, written flat."""
    written = element.triples[0]
    (said,) = written.properties
    return Triple(_flat(written.subject), said.verb, _flat(said.objects[0]))


def _flat(node: object) -> FlatNode:
    if isinstance(node, Variable | NamedNode | Literal):
        return node
    raise TypeError(f"not written flat: {node!r}")


def unfolded(triple: Triple, fresh: FreshVariables) -> GroupGraphPattern:
    """Put a triple whose verb is a path that is walked once as a group of simpler ones; their union may give more."""
    start, path, end = triple.subject, triple.verb, triple.object
    match path:
        case PathInverse(inner):
            return _one(end, inner, start)
        case PathSequence(paths):
            stops = [start, *(fresh.make("step") for _ in paths[1:]), end]
            steps = zip(stops, paths, stops[1:], strict=False)
            return GroupGraphPattern(tuple(_block(one, step, other) for one, step, other in steps))
        case PathAlternative(paths):
            return _union(*(_one(start, each, end) for each in paths))
        case PathNegatedPropertySet(properties):
            forward = tuple(each for each in properties if isinstance(each, NamedNode))
            backward = tuple(
                each.path for each in properties if isinstance(each, PathInverse) and isinstance(each.path, NamedNode)
            )
            ways = [_other(start, forward, end, fresh)] if forward or not backward else []
            ways += [_other(end, backward, start, fresh)] if backward else []
            return _union(*ways)
        case _:
            raise TypeError(f"no path that is walked once: {path!r}")


def walked(element: TriplesBlock, fresh: FreshVariables) -> tuple[TriplesBlock, ...]:
    """Put a triple whose verb is a sequence of properties or their inverses as the plain triples that it stands for."""
    triple = single(element)
    if not isinstance(triple.verb, PathInverse | PathSequence):
        return (element,)
    steps = unfolded(triple, fresh).elements
    return tuple(plain for step in steps if isinstance(step, TriplesBlock) for plain in walked(step, fresh))


def is_path(triple: Triple) -> bool:
    """Tell whether a triple's verb is a path rather than a property or a variable."""
    return not isinstance(triple.verb, NamedNode | Variable)


def is_repeated(triple: Triple) -> bool:
    """Tell whether a triple's verb is a path that may be walked another number of times than once."""
    return isinstance(triple.verb, PathElt)


def _union(*groups: GroupGraphPattern) -> GroupGraphPattern:
    return groups[0] if len(groups) == 1 else GroupGraphPattern((GroupOrUnionGraphPattern(groups),))


def _one(start: FlatNode, path: Path, end: FlatNode) -> GroupGraphPattern:
    return GroupGraphPattern((_block(start, path, end),))


def _block(start: FlatNode, path: Path, end: FlatNode) -> TriplesBlock:
    return block([Triple(start, path, end)])


def _other(
    start: FlatNode, properties: tuple[NamedNode, ...], end: FlatNode, fresh: FreshVariables
) -> GroupGraphPattern:
    verb = fresh.make("verb")
    pattern = block([Triple(start, verb, end)])
    if not properties:
        return GroupGraphPattern((pattern,))
    return GroupGraphPattern((pattern, Filter(InExpression(verb, properties, negated=True))))


def apart(block_of_many: TriplesBlock) -> tuple[TriplesBlock, ...]:
    """Split a block that is written flat into one for each triple."""
    return tuple(
        TriplesBlock((TriplesSameSubject(each.subject, (said,)),))
        for each in block_of_many.triples
        for said in each.properties
    )
