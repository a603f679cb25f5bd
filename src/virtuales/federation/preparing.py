"""A query made ready to be looked through: one triple a block, and no comments."""

from virtuales.federation.paths import apart, walked
from virtuales.query.syntax.flattening import Flattener, block
from virtuales.query.syntax.rebuilding import FreshVariables, rebuilt
from virtuales.query.syntax.tree import Comment, Element, GroupGraphPattern, Query, TriplesBlock


def prepared(query: Query, fresh: FreshVariables) -> Query:
    """Write the patterns of a query flat, a triple a block and sequences walked, and leave out the comments within."""
    flattener = Flattener(fresh)

    def change(node: object) -> object | None:
        if not isinstance(node, GroupGraphPattern):
            return None
        elements: list[Element] = []
        for element in node.elements:
            if isinstance(element, TriplesBlock):
                for each in apart(block(flattener.triples(element.triples))):
                    elements += walked(each, fresh)
            elif not isinstance(element, Comment):
                elements.append(rebuilt(element, change))
        return GroupGraphPattern(tuple(elements))

    return rebuilt(query, change)
