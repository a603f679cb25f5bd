"""Views as ODRL says them: an asset collection drawn from the dataset version, narrowed by refinements.

Each refinement is a constraint, or several joined by `odrl:and` where a condition or a technique has parts. So a view
travels, is stored and is signed as any other part of a policy.
See https://www.w3.org/TR/odrl-model/#constraint-asset.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeGuard

from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.odrl import AnyConstraint, Collection, Constraint, LogicalConstraint, Thing, Value, part_iri
from virtuales.policy.profile import short
from virtuales.policy.views.checking import refuse_unfit
from virtuales.policy.views.view import (
    Aggregation,
    Area,
    Condition,
    Generalisation,
    Pseudonyms,
    Rounding,
    Suppression,
    View,
)
from virtuales.rdf.namespaces import ODRL, VES, XSD
from virtuales.rdf.terms import Literal, NamedNode, plain, typed

_LISTS: Final[Mapping[NamedNode, str]] = MappingProxyType(
    {VES.viewClass: "classes", VES.viewProperty: "properties", VES.viewObject: "objects"}
)
_COMPARED: Final = frozenset({ODRL.eq, ODRL.neq, ODRL.lt, ODRL.lteq, ODRL.gt, ODRL.gteq, ODRL.isAnyOf})
_OWN: Final = frozenset(
    {*_LISTS, VES.viewArea, VES.viewQuery, VES.conditionProperty, VES.conditionValue, VES.technique}
    | {VES.techniqueProperty}
)
_YES, _NO = typed("true", "boolean"), typed("false", "boolean")


@dataclass(frozen=True)
class _Said:
    """A comparison before it has a name."""

    left: NamedNode
    operator: NamedNode
    right: tuple[Value, ...]


_Group = Mapping[NamedNode, _Said]
"""Comparisons that are joined, by their left operand."""


def collection_of(view: View, *, iri: NamedNode, source: NamedNode) -> Collection:
    """Say a view as a collection of assets.

    Args:
        view: The view.
        iri: What the collection is called.
        source: The dataset version.
    """
    made: list[AnyConstraint] = []
    for number, said in enumerate(_said(view), start=1):
        name = part_iri(iri, f"refinement-{number:03}")
        if isinstance(said, _Said):
            made.append(_named(said, name))
        else:
            parts = tuple(_named(one, part_iri(name, f"and-{place}")) for place, one in enumerate(said, start=1))
            made.append(LogicalConstraint(name, ODRL["and"], parts))
    return Collection(iri, source, tuple(made))


@lru_cache(maxsize=1024)
def view_of(collection: Collection) -> View:
    """Read a view.

    Raises:
        UnknownTerm: a refinement says something that no view says.
        InputError: a refinement is incomplete, says something twice, or the view chooses nothing.
    """
    lists: dict[str, tuple[NamedNode, ...]] = {}
    groups: list[tuple[NamedNode, _Group]] = []
    area: Area | None = None
    query: str | None = None
    for part in collection.refinements:
        group = _group(part)
        left, said = next(iter(group.items()))
        if isinstance(part, LogicalConstraint) or left == VES.technique:
            groups.append((part.iri, group))
        elif left in _LISTS:
            if _LISTS[left] in lists:
                raise _twice(left, part.iri)
            lists[_LISTS[left]] = _iris(said, part.iri)
        elif left == VES.viewArea and area is None:
            area = Area.from_wkt(_text(said, part.iri))
        elif left == VES.viewQuery and query is None:
            query = _text(said, part.iri)
        else:
            raise _twice(left, part.iri) if left in {VES.viewArea, VES.viewQuery} else _strange(left, part.iri)
    view = _view(lists, area=area, query=query, groups=groups)
    refuse_unfit(view)
    return view


def speaks_of_views(thing: Thing) -> TypeGuard[Collection]:
    """Tell whether a rule's target says anything that only views say; whether it is a whole view is not looked at."""
    return isinstance(thing, Collection) and any(_OWN & _lefts(part) for part in thing.refinements)


def _lefts(part: AnyConstraint) -> set[NamedNode]:
    if isinstance(part, Constraint):
        return {part.left}
    return {left for inner in part.constraints for left in _lefts(inner)}


def _said(view: View) -> Iterator[_Said | Sequence[_Said]]:
    for left, name in _LISTS.items():
        if values := getattr(view, name):
            yield _any(left, values)
    if view.area:
        yield _is(VES.viewArea, view.area.wkt)
    if view.construct is not None:
        yield _is(VES.viewQuery, Literal(view.construct))
    for condition in view.conditions:
        yield (
            _is(VES.conditionProperty, condition.property),
            _Said(VES.conditionValue, condition.operator, condition.values),
        )
    yield from _said_techniques(view)


def _said_techniques(view: View) -> Iterator[Sequence[_Said]]:
    for left_out in view.suppressions:
        yield _technique(VES.Suppression, left_out.properties)
    for coarse in view.generalisations:
        yield *_technique(VES.Generalisation, coarse.properties), _is(VES.precision, Literal(coarse.precision))
    for rounded in view.roundings:
        step = typed(format(rounded.step, "f"), "decimal")
        yield *_technique(VES.Rounding, rounded.properties), _is(VES.step, step)
    if view.pseudonyms:
        yield (
            *_technique(VES.Pseudonymisation, view.pseudonyms.properties),
            _is(VES.pseudonymisesObjects, _YES if view.pseudonyms.objects else _NO),
        )
    if view.aggregation:
        grouped = view.aggregation
        yield (
            *_technique(VES.Aggregation, grouped.by),
            _is(VES.groupSize, typed(str(grouped.least), "integer")),
            _is(VES.dropsSmallGroups, _YES if grouped.drops_small else _NO),
        )
        for kind, properties in ((VES.SumOfGroup, grouped.sums), (VES.MeanOfGroup, grouped.means)):
            if properties:
                yield _technique(kind, properties)


def _technique(kind: NamedNode, properties: tuple[NamedNode, ...]) -> tuple[_Said, ...]:
    named = _is(VES.technique, kind)
    return (named, _any(VES.techniqueProperty, properties)) if properties else (named,)


def _is(left: NamedNode, value: Value) -> _Said:
    return _Said(left, ODRL.eq, (value,))


def _any(left: NamedNode, values: Iterable[Value]) -> _Said:
    return _Said(left, ODRL.isAnyOf, tuple(sorted(values, key=str)))


def _named(said: _Said, name: NamedNode) -> Constraint:
    return Constraint(name, said.left, said.operator, said.right)


def _group(part: AnyConstraint) -> _Group:
    """Read a refinement as comparisons by their left operands."""
    if isinstance(part, Constraint):
        return {part.left: _plain(part)}
    if part.operand != ODRL["and"] or not part.constraints:
        what = f"A view's refinements are joined by `and`, not by `{short(part.operand)}`."
        raise InputError(what, where=part.iri.value, remedy="Write a policy for each view.")
    found: dict[NamedNode, _Said] = {}
    for inner in part.constraints:
        if isinstance(inner, LogicalConstraint):
            what = "A view's refinements are not nested."
            raise InputError(what, where=inner.iri.value, remedy="Join their constraints by one `and`.")
        if inner.left in found:
            raise _twice(inner.left, inner.iri)
        found[inner.left] = _plain(inner)
    return found


def _plain(constraint: Constraint) -> _Said:
    if constraint.unit is not None or not constraint.right:
        what = "A view's refinement has a unit." if constraint.right else "A view's refinement has no right operand."
        raise InputError(what, where=constraint.iri.value, remedy="Write the value as the data has it.")
    return _Said(constraint.left, constraint.operator, constraint.right)


def _view(
    lists: Mapping[str, tuple[NamedNode, ...]],
    *,
    area: Area | None,
    query: str | None,
    groups: Sequence[tuple[NamedNode, _Group]],
) -> View:
    techniques = [_read_technique(group, where) for where, group in groups if VES.technique in group]
    conditions = [_condition(group, where) for where, group in groups if VES.technique not in group]
    pseudonyms = [one for one in techniques if isinstance(one, Pseudonyms)]
    if len(pseudonyms) > 1:
        raise _twice(VES.Pseudonymisation, groups[0][0])
    return View(
        **lists,
        conditions=tuple(conditions),
        area=area,
        construct=query,
        suppressions=tuple(one for one in techniques if isinstance(one, Suppression)),
        generalisations=tuple(one for one in techniques if isinstance(one, Generalisation)),
        roundings=tuple(one for one in techniques if isinstance(one, Rounding)),
        pseudonyms=pseudonyms[0] if pseudonyms else None,
        aggregation=_aggregation(techniques, groups),
    )


_Measure = tuple[NamedNode, tuple[NamedNode, ...]]
_Technique = Suppression | Generalisation | Rounding | Pseudonyms | Aggregation | _Measure
_PARTS: Final[Mapping[NamedNode, frozenset[NamedNode]]] = MappingProxyType(
    {
        VES.Suppression: frozenset(),
        VES.Generalisation: frozenset({VES.precision}),
        VES.Rounding: frozenset({VES.step}),
        VES.Pseudonymisation: frozenset({VES.pseudonymisesObjects}),
        VES.Aggregation: frozenset({VES.groupSize, VES.dropsSmallGroups}),
        VES.SumOfGroup: frozenset(),
        VES.MeanOfGroup: frozenset(),
    }
)
"""What each technique says beside its properties."""
_WITHOUT_PROPERTIES: Final = frozenset({VES.Pseudonymisation})


def _read_technique(group: _Group, where: NamedNode) -> _Technique:
    (kind,) = _iris(group[VES.technique], where, most=1)
    if kind not in _PARTS:
        remedy = "Use one of: " + ", ".join(sorted(short(one) for one in _PARTS)) + "."
        raise UnknownTerm(f"The technique <{kind.value}> is not known here.", where=where.value, remedy=remedy)
    given = group.keys() - {VES.technique, VES.techniqueProperty}
    for left in sorted(given ^ _PARTS[kind], key=str):
        if left in given:
            raise _strange(left, where)
        what = f"The technique `{short(kind)}` does not say its `{short(left)}`."
        raise InputError(what, where=where.value, remedy=f"Add a constraint on `ves:{short(left)}`.")
    if VES.techniqueProperty not in group and kind not in _WITHOUT_PROPERTIES:
        what = f"The technique `{short(kind)}` names no property."
        raise InputError(what, where=where.value, remedy="Add a constraint on `ves:techniqueProperty`.")
    properties = _iris(group[VES.techniqueProperty], where) if VES.techniqueProperty in group else ()
    return _made(kind, properties, group, where=where)


def _made(kind: NamedNode, properties: tuple[NamedNode, ...], group: _Group, *, where: NamedNode) -> _Technique:
    if kind == VES.Suppression:
        return Suppression(properties)
    if kind == VES.Generalisation:
        return Generalisation(properties, _text(group[VES.precision], where))
    if kind == VES.Rounding:
        return Rounding(properties, _number(group[VES.step], where))
    if kind == VES.Pseudonymisation:
        return Pseudonyms(properties, _flag(group[VES.pseudonymisesObjects], where))
    if kind == VES.Aggregation:
        least = _number(group[VES.groupSize], where)
        return Aggregation(properties, int(least), drops_small=_flag(group[VES.dropsSmallGroups], where))
    return kind, properties


def _aggregation(techniques: Sequence[_Technique], groups: Sequence[tuple[NamedNode, _Group]]) -> Aggregation | None:
    found = [one for one in techniques if isinstance(one, Aggregation)]
    measured = [one for one in techniques if isinstance(one, tuple)]
    kinds = [kind for kind, _ in measured]
    if len(found) > 1 or len(kinds) != len(set(kinds)):
        raise _twice(VES.Aggregation, groups[0][0])
    if not found:
        if measured:
            what = "Sums or means are named, and no groups."
            raise InputError(what, where=groups[0][0].value, remedy="Add the technique `ves:Aggregation`.")
        return None
    measures = dict(measured)
    return replace(found[0], sums=measures.get(VES.SumOfGroup, ()), means=measures.get(VES.MeanOfGroup, ()))


def _condition(group: _Group, where: NamedNode) -> Condition:
    for left in sorted(group.keys() ^ {VES.conditionProperty, VES.conditionValue}, key=str):
        if left in group:
            raise _strange(left, where)
        what = f"A condition does not say its `{short(left)}`."
        raise InputError(what, where=where.value, remedy=f"Add a constraint on `ves:{short(left)}`.")
    (about,) = _iris(group[VES.conditionProperty], where, most=1)
    value = group[VES.conditionValue]
    if value.operator not in _COMPARED or (value.operator != ODRL.isAnyOf and len(value.right) != 1):
        what = f"A condition cannot compare like this: `{short(value.operator)}` with {len(value.right)} values."
        remedy = "Use eq, neq, lt, lteq, gt or gteq with one value, or isAnyOf."
        raise InputError(what, where=where.value, remedy=remedy)
    return Condition(about, value.operator, value.right)


def _iris(said: _Said, where: NamedNode, *, most: int | None = None) -> tuple[NamedNode, ...]:
    found = tuple(value for value in said.right if isinstance(value, NamedNode))
    if (
        said.operator not in {ODRL.eq, ODRL.isAnyOf}
        or len(found) != len(said.right)
        or (most is not None and len(found) > most)
    ):
        what = f"`{short(said.left)}` has to be `eq` or `isAnyOf` IRIs."
        raise InputError(what, where=where.value, remedy="Write their IRIs.")
    return found


def _literal(said: _Said, where: NamedNode) -> Literal:
    value = said.right[0]
    if said.operator != ODRL.eq or len(said.right) != 1 or not isinstance(value, Literal):
        what = f"`{short(said.left)}` has to be `eq` one value."
        raise InputError(what, where=where.value, remedy="Write one literal.")
    return value


def _text(said: _Said, where: NamedNode) -> str:
    return _literal(said, where).value


def _flag(said: _Said, where: NamedNode) -> bool:
    value = _literal(said, where)
    if value.datatype != XSD.boolean or value.value not in {"true", "false"}:
        what = f"`{short(said.left)}` is neither true nor false."
        raise InputError(what, where=where.value, remedy="Write an xsd:boolean.")
    return value.value == "true"


def _number(said: _Said, where: NamedNode) -> Decimal:
    value = _literal(said, where)
    text = plain(value)
    if value.datatype not in {XSD.integer, XSD.decimal} or not text.replace(".", "", 1).lstrip("-").isdecimal():
        what = f"`{short(said.left)}` is no number."
        raise InputError(what, where=where.value, remedy="Write an xsd:integer or xsd:decimal.")
    return Decimal(text)


def _twice(left: NamedNode, where: NamedNode) -> InputError:
    return InputError(f"The view says `{short(left)}` twice.", where=where.value, remedy="Say it once.")


def _strange(left: NamedNode, where: NamedNode) -> UnknownTerm:
    known = (*_LISTS, VES.viewArea, VES.viewQuery, VES.conditionProperty, VES.conditionValue, VES.technique)
    return UnknownTerm(
        f"<{left.value}> does not narrow a dataset version here.",
        where=where.value,
        remedy="Use one of: " + ", ".join(sorted(f"ves:{short(one)}" for one in known)) + ".",
    )
