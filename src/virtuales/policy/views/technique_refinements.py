"""Techniques of privacy as refinements say them: several comparisons joined by `odrl:and` for each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.profile import short
from virtuales.policy.views.comparisons import (
    Group,
    Said,
    any_of,
    equal,
    flag,
    iris,
    no_refinement,
    number,
    said_twice,
    text,
)
from virtuales.policy.views.view import (
    Aggregation,
    Bounds,
    Generalisation,
    Noise,
    Pseudonyms,
    Rounding,
    Suppression,
    View,
)
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import Literal, NamedNode, typed

_YES, _NO = typed("true", "boolean"), typed("false", "boolean")


def said_techniques(view: View) -> Iterator[Sequence[Said]]:
    """Say the techniques of a view, each as comparisons to be joined."""
    for left_out in view.suppressions:
        yield _technique(VES.Suppression, left_out.properties)
    for coarse in view.generalisations:
        yield *_technique(VES.Generalisation, coarse.properties), equal(VES.precision, Literal(coarse.precision))
    for rounded in view.roundings:
        yield *_technique(VES.Rounding, rounded.properties), equal(VES.step, _decimal(rounded.step))
    if view.pseudonyms:
        yield (
            *_technique(VES.Pseudonymisation, view.pseudonyms.properties),
            equal(VES.pseudonymisesObjects, _YES if view.pseudonyms.objects else _NO),
        )
    if view.aggregation:
        grouped = view.aggregation
        yield (
            *_technique(VES.Aggregation, grouped.by),
            equal(VES.groupSize, typed(str(grouped.least), "integer")),
            equal(VES.dropsSmallGroups, _YES if grouped.drops_small else _NO),
        )
        for kind, properties in ((VES.SumOfGroup, grouped.sums), (VES.MeanOfGroup, grouped.means)):
            if properties:
                yield _technique(kind, properties)
        if grouped.noise:
            yield from _said_noise(grouped.noise)


def _said_noise(noise: Noise) -> Iterator[Sequence[Said]]:
    amounts = ((VES.epsilon, noise.epsilon), (VES.delta, noise.delta), (VES.budget, noise.budget))
    yield (*_technique(VES.Noise, ()), *(equal(left, _decimal(amount)) for left, amount in amounts))
    for one in sorted(noise.bounds, key=lambda one: one.about.value):
        lowest, highest = equal(VES.lowerBound, _decimal(one.lower)), equal(VES.upperBound, _decimal(one.upper))
        yield *_technique(VES.Clamping, (one.about,)), lowest, highest


def _decimal(number: Decimal) -> Literal:
    return typed(format(number, "f"), "decimal")


def _technique(kind: NamedNode, properties: tuple[NamedNode, ...]) -> tuple[Said, ...]:
    named = equal(VES.technique, kind)
    return (named, any_of(VES.techniqueProperty, properties)) if properties else (named,)


_Measure = tuple[NamedNode, tuple[NamedNode, ...]]
Technique = Suppression | Generalisation | Rounding | Pseudonyms | Aggregation | Noise | Bounds | _Measure
_PARTS: Final[Mapping[NamedNode, frozenset[NamedNode]]] = MappingProxyType(
    {
        VES.Suppression: frozenset(),
        VES.Generalisation: frozenset({VES.precision}),
        VES.Rounding: frozenset({VES.step}),
        VES.Pseudonymisation: frozenset({VES.pseudonymisesObjects}),
        VES.Aggregation: frozenset({VES.groupSize, VES.dropsSmallGroups}),
        VES.SumOfGroup: frozenset(),
        VES.MeanOfGroup: frozenset(),
        VES.Noise: frozenset({VES.epsilon, VES.delta, VES.budget}),
        VES.Clamping: frozenset({VES.lowerBound, VES.upperBound}),
    }
)
"""What each technique says beside its properties."""
_WITHOUT_PROPERTIES: Final = frozenset({VES.Pseudonymisation, VES.Noise})


def read_technique(group: Group, where: NamedNode) -> Technique:
    """Read a technique.

    Raises:
        UnknownTerm: it is not known here, or says something that it does not have.
        InputError: it is incomplete.
    """
    (kind,) = iris(group[VES.technique], where, most=1)
    if kind not in _PARTS:
        remedy = "Use one of: " + ", ".join(sorted(short(one) for one in _PARTS)) + "."
        raise UnknownTerm(f"The technique <{kind.value}> is not known here.", where=where.value, remedy=remedy)
    given = group.keys() - {VES.technique, VES.techniqueProperty}
    for left in sorted(given ^ _PARTS[kind], key=str):
        if left in given:
            raise no_refinement(left, where)
        what = f"The technique `{short(kind)}` does not say its `{short(left)}`."
        raise InputError(what, where=where.value, remedy=f"Add a constraint on `ves:{short(left)}`.")
    if VES.techniqueProperty not in group and kind not in _WITHOUT_PROPERTIES:
        what = f"The technique `{short(kind)}` names no property."
        raise InputError(what, where=where.value, remedy="Add a constraint on `ves:techniqueProperty`.")
    properties = iris(group[VES.techniqueProperty], where) if VES.techniqueProperty in group else ()
    return _made(kind, properties, group, where=where)


def _made(kind: NamedNode, properties: tuple[NamedNode, ...], group: Group, *, where: NamedNode) -> Technique:
    if kind == VES.Suppression:
        return Suppression(properties)
    if kind == VES.Generalisation:
        return Generalisation(properties, text(group[VES.precision], where))
    if kind == VES.Rounding:
        return Rounding(properties, number(group[VES.step], where))
    if kind == VES.Pseudonymisation:
        return Pseudonyms(properties, flag(group[VES.pseudonymisesObjects], where))
    return _made_aggregation(kind, properties, group, where=where)


def _made_aggregation(
    kind: NamedNode, properties: tuple[NamedNode, ...], group: Group, *, where: NamedNode
) -> Technique:
    if kind == VES.Aggregation:
        least = number(group[VES.groupSize], where)
        return Aggregation(properties, int(least), drops_small=flag(group[VES.dropsSmallGroups], where))
    if kind == VES.Noise:
        epsilon, delta, budget = (number(group[left], where) for left in (VES.epsilon, VES.delta, VES.budget))
        return Noise(epsilon, delta, (), budget)
    if kind == VES.Clamping:
        (about,) = iris(group[VES.techniqueProperty], where, most=1)
        return Bounds(about, number(group[VES.lowerBound], where), number(group[VES.upperBound], where))
    return kind, properties


def aggregation_of(techniques: Sequence[Technique], groups: Sequence[tuple[NamedNode, Group]]) -> Aggregation | None:
    """Return what techniques say of groups; None where there are none.

    Raises:
        InputError: they say it twice, or measure or hide groups that there are not.
    """
    found = [one for one in techniques if isinstance(one, Aggregation)]
    measured = [one for one in techniques if isinstance(one, tuple)]
    kinds = [kind for kind, _ in measured]
    noise = [one for one in techniques if isinstance(one, Noise)]
    bounds = tuple(one for one in techniques if isinstance(one, Bounds))
    if len(found) > 1 or len(noise) > 1 or len(kinds) != len(set(kinds)):
        raise said_twice(VES.Aggregation, groups[0][0])
    if not found:
        if measured or noise or bounds:
            what = "Sums, means or noise are named, and no groups."
            raise InputError(what, where=groups[0][0].value, remedy="Add the technique `ves:Aggregation`.")
        return None
    if bounds and not noise:
        what = "Values are held between bounds, and no noise is named."
        raise InputError(what, where=groups[0][0].value, remedy="Add the technique `ves:Noise`.")
    measures = dict(measured)
    return replace(
        found[0],
        sums=measures.get(VES.SumOfGroup, ()),
        means=measures.get(VES.MeanOfGroup, ()),
        noise=replace(noise[0], bounds=bounds) if noise else None,
    )
