"""All that a model says of one of its terms: hierarchy, properties, domain, range, and how often it occurs where."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from virtuales.models.facts import (
    Model,
    Multiplicity,
    PropertyFact,
    Restriction,
    RestrictionKind,
    closure,
    local_name,
)
from virtuales.models.terms import Term, term_of, unit_symbol

RESTRICTED: Mapping[RestrictionKind, str] = {
    "some": "some",
    "only": "only",
    "value": "the value",
    "min": "at least",
    "max": "at most",
    "exactly": "exactly",
}
"""What each kind of restriction is called for people."""


@dataclass(frozen=True)
class Named:
    """A term that another one speaks of.

    Args:
        iri: The term.
        name: Its prefixed name.
        is_known: Whether the model describes it.
        label: What it is called, where its name is a mere number.
    """

    iri: str
    name: str
    is_known: bool = True
    label: str = ""


@dataclass(frozen=True)
class Branch:
    """A term in a hierarchy, with what is below it.

    Args:
        term: The term.
        is_self: Whether it is the one that the hierarchy is drawn for.
        below: The next terms down: on the way to that one, or directly below it.
        further: How many terms are below it that are not drawn.
    """

    term: Named
    is_self: bool
    below: tuple["Branch", ...] = ()
    further: int = 0


@dataclass(frozen=True)
class Row:
    """A property in a table: what its values are, and how often it occurs in which profile."""

    term: Named
    label: str
    values: tuple[Named, ...]
    datatype: str
    unit: str
    multiplicities: Mapping[str, Multiplicity]
    stated: bool
    deprecated: bool


@dataclass(frozen=True)
class Group:
    """The properties of one class."""

    owner: Named
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Restricted:
    """What a class says of a property of its objects.

    Args:
        on: The property.
        words: How it is restricted: `some`, `only`, `at most 1`.
        filler: What its values are, or the value; None where only their number is said.
    """

    on: Named
    words: str
    filler: Named | None


@dataclass(frozen=True)
class TermSheet:
    """All that a model says of a term.

    Args:
        term: The term.
        hierarchy: The hierarchy it stands in, from its tops down to what is directly below it.
        concrete: Keywords of the profiles in which an object may have it as its class.
        properties: Of a class its own properties, then those of each class above it, the nearest first.
        pointing: Of a class the properties whose values are its objects.
        members: The values of an enumeration, the concepts of a scheme.
        types: What a concept, an individual or a value is one of.
        domains: Of a property the classes whose objects have it.
        ranges: Of a property the classes of its values.
        multiplicities: Of a property how often it occurs, by profile.
        inverse: Of an association the same seen from the other end.
        matches: Of a concept the terms of other models that it leads to.
        restrictions: Of a class what it says of properties of its objects.
    """

    term: Term
    hierarchy: tuple[Branch, ...] = ()
    concrete: tuple[str, ...] = ()
    properties: tuple[Group, ...] = ()
    pointing: tuple[Row, ...] = ()
    members: tuple[Named, ...] = ()
    types: tuple[Named, ...] = ()
    domains: tuple[Named, ...] = ()
    ranges: tuple[Named, ...] = ()
    multiplicities: Mapping[str, Multiplicity] = field(default_factory=dict)
    inverse: Named | None = None
    matches: tuple[Named, ...] = ()
    restrictions: tuple[Restricted, ...] = ()


def term_sheet(model: Model, reference: str, name: str) -> TermSheet:
    """Return all that a model says of a term.

    Args:
        model: The model.
        reference: What names its version.
        name: The term's IRI, prefixed name, or local name if only one term has it.

    Raises:
        UnknownTerm: the model has no such term, or several.
    """
    value = next((iri for iri in model.values if name in {iri, model.short(iri)}), None)
    term = term_of(model, value or model.term(name).iri, reference)
    if term.kind == "value":
        return TermSheet(term, types=(_named(model, model.values[term.iri]),))
    return _of_property(model, term) if term.kind == "property" else _of_class(model, term)


def _of_class(model: Model, term: Term) -> TermSheet:
    fact = model.classes[term.iri]
    own = _by_domain(model)
    above = model.ancestors(fact.iri)
    return TermSheet(
        term,
        hierarchy=_hierarchy(model, above, lambda iri: model.subclasses.get(iri, ())),
        concrete=tuple(sorted(fact.concrete)),
        properties=tuple(
            Group(_named(model, each), tuple(_row(model, one) for one in own[each])) for each in above if each in own
        ),
        pointing=tuple(_row(model, each) for each in model.properties.values() if fact.iri in each.ranges),
        members=_all_named(model, fact.members),
        types=_all_named(model, fact.types),
        matches=_all_named(model, fact.matches),
        restrictions=tuple(_restricted(model, each) for each in fact.restrictions),
    )


def _restricted(model: Model, restriction: Restriction) -> Restricted:
    words = RESTRICTED[restriction.kind]
    return Restricted(
        on=_named(model, restriction.on),
        words=words if restriction.count is None else f"{words} {restriction.count}",
        filler=_named(model, restriction.filler) if restriction.filler else None,
    )


def _of_property(model: Model, term: Term) -> TermSheet:
    fact = model.properties[term.iri]
    below: dict[str, list[str]] = {}
    for each in model.properties.values():
        for parent in each.superproperties:
            below.setdefault(parent, []).append(each.iri)

    def parents(iri: str) -> tuple[str, ...]:
        return model.properties[iri].superproperties if iri in model.properties else ()

    drawn = fact.superproperties or fact.iri in below
    return TermSheet(
        term,
        hierarchy=_hierarchy(model, closure(fact.iri, parents), lambda iri: below.get(iri, ())) if drawn else (),
        domains=_all_named(model, fact.domains),
        ranges=_all_named(model, fact.ranges),
        multiplicities=fact.multiplicities,
        inverse=_named(model, fact.inverse) if fact.inverse else None,
    )


def _hierarchy(model: Model, above: tuple[str, ...], below: Callable[[str], Iterable[str]]) -> tuple[Branch, ...]:
    """Draw the ways from the tops down to a term, the first of those `above`, and the terms directly below it."""
    iri, line = above[0], set(above)
    tops = [each for each in line if not any(each in below(other) for other in line - {each})]

    def branch(each: str, seen: frozenset[str]) -> Branch:
        if each == iri:
            children = tuple(
                Branch(_named(model, one), False, further=len(closure(one, below)) - 1) for one in below(each)
            )
            return Branch(_named(model, each), True, children)
        way = [one for one in below(each) if one in line and one not in seen]
        return Branch(_named(model, each), False, tuple(branch(one, seen | {one}) for one in sorted(way)))

    return tuple(branch(top, frozenset({top})) for top in sorted(tops or [iri]))


def _by_domain(model: Model) -> dict[str, list[PropertyFact]]:
    found: dict[str, list[PropertyFact]] = {}
    for each in model.properties.values():
        for domain in each.domains:
            found.setdefault(domain, []).append(each)
    return found


def _row(model: Model, fact: PropertyFact) -> Row:
    values = fact.ranges or ((fact.value_type,) if fact.value_type else ())
    return Row(
        term=_named(model, fact.iri),
        label=fact.label,
        values=_all_named(model, values),
        datatype=local_name(fact.datatype) if fact.datatype else "",
        unit=unit_symbol(fact),
        multiplicities=fact.multiplicities,
        stated=fact.used is not False,
        deprecated=fact.deprecated,
    )


def _named(model: Model, iri: str) -> Named:
    is_known = iri in model.classes or iri in model.properties or iri in model.values
    return Named(iri, model.short(iri), is_known, model.label_of_number(iri))


def _all_named(model: Model, iris: Iterable[str]) -> tuple[Named, ...]:
    return tuple(_named(model, iri) for iri in iris)
