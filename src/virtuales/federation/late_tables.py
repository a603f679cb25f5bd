"""Long tables of terms looked at after the triples that they translate.

Engines join lists of values with each other before they look into the data, which multiplies a long table of terms by
the values that are sent along. What is optional is looked at last.
"""

from dataclasses import replace
from typing import Final

from virtuales.alignment.rewriting.alternative import Alternative, bound
from virtuales.query.syntax.rebuilding import variables_of
from virtuales.query.syntax.tree import (
    Element,
    Filter,
    GroupGraphPattern,
    InlineData,
    OptionalGraphPattern,
    TriplesBlock,
)

_LONG: Final = 4


def with_late_tables(way: Alternative) -> Alternative:
    """Put long tables of an alternative, if it asks for triples too, so that they are looked at last."""
    met = variables_of(tuple(each for each in way.elements if isinstance(each, TriplesBlock))).keys()
    elements: list[Element] = []
    late: list[Element] = []
    for each in way.elements:
        if not isinstance(each, InlineData) or not _is_long_and_whole(each) or met.isdisjoint(each.variables):
            elements.append(each)
            continue
        given = [name for name in each.variables if name not in met]
        if not given:
            elements.append(each)
            continue
        late += [OptionalGraphPattern(GroupGraphPattern((each,))), *(Filter(bound(name)) for name in given)]
    if not late:
        return way
    first = next(place for place, each in enumerate(elements) if isinstance(each, TriplesBlock)) + 1
    return replace(way, elements=(*elements[:first], *late, *elements[first:]))


def _is_long_and_whole(table: InlineData) -> bool:
    return len(table.rows) > _LONG and all(each is not None for row in table.rows for each in row)
