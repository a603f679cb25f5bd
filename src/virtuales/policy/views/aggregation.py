"""Groups in the place of objects: how many there are of each kind, and sums and means of their values.

A group is an observation (https://www.w3.org/TR/vocab-data-cube/) with its size and the values that its objects have in
common; each sum or mean is one with a measure (`qb:measureType`). Every observation rests on as many objects as the
view asks for at least, also a sum, of which only objects count that have a value. Objects without one of the common
values, or with several, belong to no group and are left out.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from virtuales.errors import InputError
from virtuales.policy.views.view import Aggregation
from virtuales.rdf.namespaces import QB, RDF, VES
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple, typed

_Values = Mapping[NamedNode, list[Term]]
_Key = tuple[Term, ...]


@dataclass(frozen=True)
class _Observation:
    """A group, or a statistic of it.

    Args:
        common: The values that its objects have in common.
        size: How many objects it rests on.
        measure: The property whose values were joined; None for the group itself.
        statistic: How they were joined.
        value: What that gave.
    """

    common: _Key
    size: int
    measure: NamedNode | None = None
    statistic: NamedNode | None = None
    value: Decimal | None = None


def aggregated(statements: Iterable[Triple], by: Aggregation, *, name: NamedNode) -> list[Triple]:
    """Return groups of what statements are about.

    Args:
        statements: The statements.
        by: What the groups are.
        name: What their IRIs start with.

    Raises:
        InputError: a group is too small, and small ones are not to be left out.
    """
    objects: defaultdict[NamedNode | BlankNode | Triple, defaultdict[NamedNode, list[Term]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in statements:
        objects[one.subject][one.predicate].append(one.object)
    groups: defaultdict[_Key, list[_Values]] = defaultdict(list)
    for values in objects.values():
        if all(len(values.get(about, ())) == 1 for about in by.by):
            groups[tuple(values[about][0] for about in by.by)].append(values)
    found = [each for common, members in groups.items() for each in _observations(common, members, by)]
    small = [each for each in found if each.size < by.least]
    if small and not by.drops_small:
        raise InputError(
            f"{len(small):,} of {len(found):,} aggregates rest on fewer than {by.least} objects.",
            where="aggregate",
            remedy="Group by less, generalise what is grouped by, or have small groups left out.",
        )
    kept = [each for each in found if each.size >= by.least]
    return [said for each in kept for said in _said(each, by, name)]


def _observations(common: _Key, members: Sequence[_Values], by: Aggregation) -> Iterator[_Observation]:
    yield _Observation(common, len(members))
    if len(members) < by.least:
        return
    for statistic, properties in ((VES.SumOfGroup, by.sums), (VES.MeanOfGroup, by.means)):
        for about in properties:
            numbers = [number for values in members if (number := _number(values.get(about, ()))) is not None]
            if numbers:
                total = sum(numbers, Decimal(0))
                value = total if statistic == VES.SumOfGroup else total / len(numbers)
                yield _Observation(common, len(numbers), about, statistic, value)


def _number(values: Sequence[Term]) -> Decimal | None:
    """Return an object's number; None where it has none, or several."""
    if len(values) != 1 or not isinstance(values[0], Literal):
        return None
    try:
        found = Decimal(values[0].value.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _said(each: _Observation, by: Aggregation, name: NamedNode) -> Iterator[Triple]:
    told = repr((each.common, each.measure, each.statistic))
    node = NamedNode(f"{name.value}/group/{hashlib.sha256(told.encode()).hexdigest()[:24]}")
    yield Triple(node, RDF.type, QB.Observation)
    yield Triple(node, VES.objectCount, typed(str(each.size), "integer"))
    for about, value in zip(by.by, each.common, strict=True):
        yield Triple(node, about, value)
    if each.measure is not None and each.statistic is not None and each.value is not None:
        yield Triple(node, QB.measureType, each.measure)
        yield Triple(node, VES.statistic, each.statistic)
        yield Triple(node, each.measure, typed(format(each.value, "f"), "decimal"))
