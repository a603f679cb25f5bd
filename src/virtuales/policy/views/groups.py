"""What groups of objects are: their members, and observations of them as statements."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from virtuales.policy.views.view import Aggregation, Bounds
from virtuales.rdf.namespaces import QB, RDF, VES
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple, typed

Values = Mapping[NamedNode, list[Term]]
"""The values of one object, by property."""
Key = tuple[Term, ...]
"""The values that the objects of a group have in common."""
Name = TypeVar("Name")
Sum = TypeVar("Sum", "Measured", "Totals")


@dataclass(frozen=True)
class Observation:
    """A group, or a statistic of it.

    Args:
        common: The values that its objects have in common.
        size: How many objects it rests on.
        measure: The property whose values were joined; None for the group itself.
        statistic: How they were joined.
        value: What that gave.
        scale: The scale of the noise on the number that it tells; None where there is none, or it has no scale.
    """

    common: Key
    size: int
    measure: NamedNode | None = None
    statistic: NamedNode | None = None
    value: Decimal | None = None
    scale: Decimal | None = None

    def said(self, by: Aggregation, name: NamedNode) -> Iterator[Triple]:
        """Say it in statements about a node whose IRI starts with a name."""
        told = repr((self.common, self.measure, self.statistic))
        node = NamedNode(f"{name.value}/group/{hashlib.sha256(told.encode()).hexdigest()[:24]}")
        yield Triple(node, RDF.type, QB.Observation)
        yield Triple(node, VES.objectCount, typed(str(self.size), "integer"))
        for about, value in zip(by.by, self.common, strict=True):
            yield Triple(node, about, value)
        if self.measure is not None and self.statistic is not None and self.value is not None:
            yield Triple(node, QB.measureType, self.measure)
            yield Triple(node, VES.statistic, self.statistic)
            yield Triple(node, self.measure, typed(format(self.value, "f"), "decimal"))
        if self.scale is not None:
            yield Triple(node, VES.noiseScale, typed(format(self.scale, "f"), "decimal"))


@dataclass(frozen=True)
class Measured:
    """What the objects of a group have of one property.

    Args:
        count: How many have a value.
        total: The sum of the values.
        held: The sum of the values, each held between bounds, in the bounds' units; 0 without bounds.
    """

    count: int
    total: Decimal
    held: int

    def __add__(self, other: "Measured") -> "Measured":
        """Return what both have together."""
        return Measured(self.count + other.count, self.total + other.total, self.held + other.held)


@dataclass(frozen=True)
class Totals:
    """How many objects a group has, and what they have of each measured property."""

    size: int
    measured: Mapping[NamedNode, Measured]

    def __add__(self, other: "Totals") -> "Totals":
        """Return what both have together."""
        return Totals(self.size + other.size, _added(self.measured, other.measured))


def added(one: Mapping[Key, Totals], other: Mapping[Key, Totals]) -> Mapping[Key, Totals]:
    """Return groups with the objects of both."""
    return _added(one, other)


def _added(one: Mapping[Name, Sum], other: Mapping[Name, Sum]) -> Mapping[Name, Sum]:
    found = dict(one)
    for name, amount in other.items():
        found[name] = found[name] + amount if name in found else amount
    return found


def totals_of(statements: Iterable[Triple], by: Aggregation) -> Mapping[Key, Totals]:
    """Return the size and the totals of each group of what statements are about."""
    bounds = {one.about: one for one in by.noise.bounds} if by.noise else {}
    return {
        common: Totals(len(members), {about: _measured(members, about, bounds.get(about)) for about in by.measured})
        for common, members in _grouped(statements, by).items()
    }


def _measured(members: Iterable[Values], about: NamedNode, bounds: Bounds | None) -> Measured:
    numbers = [number for values in members if (number := _number(values.get(about, ()))) is not None]
    return Measured(len(numbers), sum(numbers, Decimal(0)), sum(map(bounds.held, numbers)) if bounds else 0)


def _grouped(statements: Iterable[Triple], by: Aggregation) -> Mapping[Key, Sequence[Values]]:
    """Return the objects of each group; objects without one of the common values, or with several, are in none."""
    objects: defaultdict[NamedNode | BlankNode | Triple, defaultdict[NamedNode, list[Term]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in statements:
        objects[one.subject][one.predicate].append(one.object)
    groups: defaultdict[Key, list[Values]] = defaultdict(list)
    for values in objects.values():
        if all(len(values.get(about, ())) == 1 for about in by.by):
            groups[tuple(values[about][0] for about in by.by)].append(values)
    return groups


def _number(values: Sequence[Term]) -> Decimal | None:
    """Return an object's number; None where it has none, or several."""
    if len(values) != 1 or not isinstance(values[0], Literal):
        return None
    try:
        found = Decimal(values[0].value.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
