"""Views as ODRL says them: an asset collection drawn from the dataset version, narrowed by refinements.

Each refinement is a constraint, or several joined by `odrl:and` where a condition or a technique has parts. So a view
travels, is stored and is signed as any other part of a policy.
See https://www.w3.org/TR/odrl-model/#constraint-asset.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeGuard

from virtuales.errors import InputError
from virtuales.policy.odrl import AnyConstraint, Collection, Constraint, LogicalConstraint, Thing, part_iri
from virtuales.policy.profile import short
from virtuales.policy.views.checking import refuse_unfit
from virtuales.policy.views.comparisons import (
    LISTS,
    Group,
    Said,
    any_of,
    equal,
    iris,
    no_refinement,
    said_twice,
    text,
)
from virtuales.policy.views.technique_refinements import aggregation_of, read_technique, said_techniques
from virtuales.policy.views.view import Area, Condition, Generalisation, Pseudonyms, Rounding, Suppression, View
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import Literal, NamedNode

_COMPARED: Final = frozenset({ODRL.eq, ODRL.neq, ODRL.lt, ODRL.lteq, ODRL.gt, ODRL.gteq, ODRL.isAnyOf})
_OWN: Final = frozenset(
    {*LISTS, VES.viewArea, VES.viewQuery, VES.conditionProperty, VES.conditionValue, VES.technique}
    | {VES.techniqueProperty}
)


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
        if isinstance(said, Said):
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
    groups: list[tuple[NamedNode, Group]] = []
    area: Area | None = None
    query: str | None = None
    for part in collection.refinements:
        group = _group(part)
        left, said = next(iter(group.items()))
        if isinstance(part, LogicalConstraint) or left == VES.technique:
            groups.append((part.iri, group))
        elif left in LISTS:
            if LISTS[left] in lists:
                raise said_twice(left, part.iri)
            lists[LISTS[left]] = iris(said, part.iri)
        elif left == VES.viewArea and area is None:
            area = Area.from_wkt(text(said, part.iri))
        elif left == VES.viewQuery and query is None:
            query = text(said, part.iri)
        else:
            raise said_twice(left, part.iri) if left in {VES.viewArea, VES.viewQuery} else no_refinement(left, part.iri)
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


def _said(view: View) -> Iterator[Said | Sequence[Said]]:
    for left, name in LISTS.items():
        if values := getattr(view, name):
            yield any_of(left, values)
    if view.area:
        yield equal(VES.viewArea, view.area.wkt)
    if view.construct is not None:
        yield equal(VES.viewQuery, Literal(view.construct))
    for condition in view.conditions:
        yield (
            equal(VES.conditionProperty, condition.property),
            Said(VES.conditionValue, condition.operator, condition.values),
        )
    yield from said_techniques(view)


def _named(said: Said, name: NamedNode) -> Constraint:
    return Constraint(name, said.left, said.operator, said.right)


def _group(part: AnyConstraint) -> Group:
    """Read a refinement as comparisons by their left operands."""
    if isinstance(part, Constraint):
        return {part.left: _plain(part)}
    if part.operand != ODRL["and"] or not part.constraints:
        what = f"A view's refinements are joined by `and`, not by `{short(part.operand)}`."
        raise InputError(what, where=part.iri.value, remedy="Write a policy for each view.")
    found: dict[NamedNode, Said] = {}
    for inner in part.constraints:
        if isinstance(inner, LogicalConstraint):
            what = "A view's refinements are not nested."
            raise InputError(what, where=inner.iri.value, remedy="Join their constraints by one `and`.")
        if inner.left in found:
            raise said_twice(inner.left, inner.iri)
        found[inner.left] = _plain(inner)
    return found


def _plain(constraint: Constraint) -> Said:
    if constraint.unit is not None or not constraint.right:
        what = "A view's refinement has a unit." if constraint.right else "A view's refinement has no right operand."
        raise InputError(what, where=constraint.iri.value, remedy="Write the value as the data has it.")
    return Said(constraint.left, constraint.operator, constraint.right)


def _view(
    lists: Mapping[str, tuple[NamedNode, ...]],
    *,
    area: Area | None,
    query: str | None,
    groups: Sequence[tuple[NamedNode, Group]],
) -> View:
    techniques = [read_technique(group, where) for where, group in groups if VES.technique in group]
    conditions = [_condition(group, where) for where, group in groups if VES.technique not in group]
    pseudonyms = [one for one in techniques if isinstance(one, Pseudonyms)]
    if len(pseudonyms) > 1:
        raise said_twice(VES.Pseudonymisation, groups[0][0])
    return View(
        **lists,
        conditions=tuple(conditions),
        area=area,
        construct=query,
        suppressions=tuple(one for one in techniques if isinstance(one, Suppression)),
        generalisations=tuple(one for one in techniques if isinstance(one, Generalisation)),
        roundings=tuple(one for one in techniques if isinstance(one, Rounding)),
        pseudonyms=pseudonyms[0] if pseudonyms else None,
        aggregation=aggregation_of(techniques, groups),
    )


def _condition(group: Group, where: NamedNode) -> Condition:
    for left in sorted(group.keys() ^ {VES.conditionProperty, VES.conditionValue}, key=str):
        if left in group:
            raise no_refinement(left, where)
        what = f"A condition does not say its `{short(left)}`."
        raise InputError(what, where=where.value, remedy=f"Add a constraint on `ves:{short(left)}`.")
    (about,) = iris(group[VES.conditionProperty], where, most=1)
    value = group[VES.conditionValue]
    if value.operator not in _COMPARED or (value.operator != ODRL.isAnyOf and len(value.right) != 1):
        what = f"A condition cannot compare like this: `{short(value.operator)}` with {len(value.right)} values."
        remedy = "Use eq, neq, lt, lteq, gt or gteq with one value, or isAnyOf."
        raise InputError(what, where=where.value, remedy=remedy)
    return Condition(about, value.operator, value.right)
