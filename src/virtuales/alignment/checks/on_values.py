"""Checks of properties that are said to be the same: their domains, ranges, datatypes, units and multiplicities."""

from collections import abc
from typing import Final

from virtuales.alignment.checks.pairs import CheckedSet, Fault, Pair
from virtuales.alignment.checks.sameness import Sameness
from virtuales.alignment.checks.units import different_units
from virtuales.models.facts import Model, PropertyFact, local_name

_FAMILIES: Final[abc.Mapping[str, str]] = {
    **dict.fromkeys(("float", "double", "decimal"), "number"),
    **dict.fromkeys(
        ("integer", "int", "long", "short", "nonNegativeInteger", "positiveInteger", "unsignedInt"), "whole number"
    ),
    **dict.fromkeys(("string", "normalizedString", "token", "langString", "anyURI", "PlainLiteral"), "text"),
}
_NUMBERS: Final = frozenset({"number", "whole number"})


def clashing_values(checked: CheckedSet) -> abc.Iterator[Fault]:
    """A property with literals said to be the same as one with objects."""
    for pair, one, two in _same_properties(checked):
        if (one.datatype and two.ranges) or (two.datatype and one.ranges):
            first, second = ("literals", "objects") if one.datatype else ("objects", "literals")
            what = f"The values of `{_name(pair, 0)}` are {first}, those of `{_name(pair, 1)}` {second}."
            yield Fault(what, "Write a rule that makes the one of the other.", pair.mapping, "object_id")


def clashing_datatypes(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Literals of different sorts: a number and a text, a date and a time."""
    for pair, one, two in _same_properties(checked):
        first, second = datatype_family(one), datatype_family(two)
        if first and second and first != second and not {first, second} <= _NUMBERS:
            yield _datatypes(pair, one, two)


def narrowing_datatypes(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Numbers of which one side has only whole ones."""
    for pair, one, two in _same_properties(checked):
        if {datatype_family(one), datatype_family(two)} == _NUMBERS:
            yield _datatypes(pair, one, two)


def clashing_units(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Quantities in different units, or in the same with another decimal prefix."""
    for pair, one, two in _same_properties(checked):
        models = [term.model for _, term in pair.sides if term is not None]
        units = different_units((one, models[0]), (two, models[1]))
        if units:
            what = f"`{_name(pair, 0)}` is in {units.first}, `{_name(pair, 1)}` in {units.second}."
            remedy = f"Say `skos:closeMatch` and write a rule that converts the values: {units.advice}."
            if not units.convertible:
                remedy = f"Map to a property of the same quantity; {units.advice[0].lower()}{units.advice[1:]}."
            yield Fault(what, remedy, pair.mapping, "object_id")


def clashing_domains(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Properties of classes that are mapped elsewhere: the one's class is neither above nor below the other's."""
    sameness = checked.all_pairs.sameness
    for pair, one, two in _same_properties(checked):
        moved = _unrelated(pair, one.domains, two.domains, sameness)
        if moved:
            mapped, found = moved
            what = (
                f"The class of `{_name(pair, 0)}` is mapped to `{mapped}`, but `{_name(pair, 1)}` belongs to `{found}`."
            )
            yield Fault(what, "Map to a property of that class, or write a rule.", pair.mapping, "object_id")


def clashing_ranges(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Associations whose classes of values are mapped elsewhere."""
    sameness = checked.all_pairs.sameness
    for pair, one, two in _same_properties(checked):
        moved = _unrelated(pair, one.ranges, two.ranges, sameness)
        if moved:
            mapped, found = moved
            what = f"Values of `{_name(pair, 0)}` are mapped to `{mapped}`, those of `{_name(pair, 1)}` are `{found}`."
            yield Fault(what, "Map to a property with such values, or write a rule.", pair.mapping, "object_id")


def clashing_enumerations(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Values that are the same as those of another enumeration than the one their own is mapped to."""
    sameness = checked.all_pairs.sameness
    for pair in checked.pairs:
        one, two = pair.subject, pair.object
        if not pair.same or one is None or two is None or {one.kind, two.kind} != {"value"}:
            continue
        moved = _unrelated(pair, (one.model.values[one.iri],), (two.model.values[two.iri],), sameness)
        if moved:
            mapped, found = moved
            what = (
                f"The enumeration of `{one.short}` is mapped to `{mapped}`, but `{two.short}` is a value of `{found}`."
            )
            yield Fault(what, f"Map to a value of `{mapped}`.", pair.mapping, "object_id")


def _same_properties(checked: CheckedSet) -> abc.Iterator[tuple[Pair, PropertyFact, PropertyFact]]:
    for pair in checked.pairs:
        if pair.same and pair.subject is not None and pair.object is not None:
            one, two = pair.subject.attributes, pair.object.attributes
            if one is not None and two is not None:
                yield pair, one, two


def _unrelated(
    pair: Pair, ours: abc.Sequence[str], theirs: abc.Sequence[str], sameness: Sameness
) -> tuple[str, str] | None:
    """Return where our class is mapped to, and theirs, if no class of ours has to do with one of theirs."""
    if pair.subject is None or pair.object is None:
        return None
    target = pair.object.model
    mapped = [sameness.counterpart((pair.subject.model.name, each), target.name) for each in ours]
    found = [each for each in mapped if each is not None]
    if not found or len(found) != len(ours) or not theirs or any(_related(x, y, target) for x in found for y in theirs):
        return None
    return target.short(found[0]), target.short(theirs[0])


def _related(one: str, two: str, model: Model) -> bool:
    return one == two or one in model.ancestors(two) or two in model.ancestors(one)


def datatype_family(fact: PropertyFact) -> str:
    """Return the sort of a property's literals, such as `number` or `text`; empty where nothing is said."""
    name = local_name(fact.datatype) if fact.datatype else ""
    return "" if name == "Literal" else _FAMILIES.get(name, name)


def _datatypes(pair: Pair, one: PropertyFact, two: PropertyFact) -> Fault:
    first, second = local_name(one.datatype or ""), local_name(two.datatype or "")
    what = f"`{_name(pair, 0)}` holds values of {first}, `{_name(pair, 1)}` of {second}."
    return Fault(what, "Write a rule that converts the values.", pair.mapping, "object_id")


def _name(pair: Pair, side: int) -> str:
    term = pair.sides[side][1]
    return term.short if term else ""
