"""What a model says that can be reasoned with: inclusions between class expressions and between properties.

Every axiom of OWL about classes and properties comes down to these few: a domain is an inclusion of what has the
property in the class, disjoint classes are an inclusion of their intersection in nothing, a functional property is the
inclusion of everything in what has at most one value. Statements about single individuals are no part of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from virtuales.models.expressions import NOTHING, THING, AllOf, AnyOf, AtMost, Expression, Not, Only, Role, Some
from virtuales.models.facts import ClassFact, Model, PropertyFact
from virtuales.models.value_spaces import sort_of_values
from virtuales.rdf.namespaces import VES

PropertyKind = Literal["object", "data", "any"]
"""What a property's values are: things, literals, or not said."""

_APART: Mapping[str, str] = {"enumeration": VES.Enumeration.value, "compound": VES.Compound.value}
"""Kinds of classes that have no member in common, each with the class of all that is of the kind."""
_DATATYPES = frozenset({"datatype", "primitive"})


@dataclass(frozen=True)
class Axioms:
    """The axioms of one model.

    Args:
        name: What the model is called.
        classes: Its named classes; the concepts of a scheme count as classes of what they are about.
        properties: Its properties with what their values are.
        inclusions: Pairs of expressions of which the first is a kind of the second.
        subproperties: Pairs of which whatever the first relates, the second relates too.
        disjoint_properties: Pairs of properties that never relate the same two things.
        transitive: Properties that reach on from value to value.
        distinct: Pairs of individuals that are said to differ, each by its IRI.
        left_out: How many axioms of which kind were found that are not reasoned with.
    """

    name: str
    classes: frozenset[str] = frozenset()
    properties: Mapping[str, PropertyKind] = field(default_factory=dict)
    inclusions: tuple[tuple[Expression, Expression], ...] = ()
    subproperties: tuple[tuple[Role, Role], ...] = ()
    disjoint_properties: tuple[tuple[Role, Role], ...] = ()
    transitive: frozenset[str] = frozenset()
    distinct: tuple[tuple[str, str], ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


def domain(role: Role, of: Expression) -> tuple[Expression, Expression]:
    """Return the axiom that what has a property is of a class."""
    return Some(role), of


def range_of(role: Role, values: Expression) -> tuple[Expression, Expression]:
    """Return the axiom that the values of a property are of a class or datatype."""
    return THING, Only(role, values)


def functional(role: Role) -> tuple[Expression, Expression]:
    """Return the axiom that nothing has two values of a property."""
    return THING, AtMost(1, role)


def disjoint(one: Expression, two: Expression) -> tuple[Expression, Expression]:
    """Return the axiom that nothing is of both classes."""
    return AllOf((one, two)), NOTHING


def axioms_of(model: Model) -> Axioms:
    """Return what a registered model's facts say: hierarchy, domains, ranges, inverses and disjointness.

    In a model with enumerations or compounds, those are apart from each other and from what has an identity.
    Several domains or ranges are read as alternatives, as the facts hold them. Numbers are one sort of values, whether
    whole, decimal or floating: which of them a model chooses is a matter of precision, not of meaning. How often a
    property occurs is a rule of one profile, and no part of what a class means.
    """
    classes = {iri: fact for iri, fact in model.classes.items() if fact.kind not in _DATATYPES}
    properties = model.properties.values()
    return Axioms(
        name=model.name,
        classes=frozenset(classes),
        properties={each.iri: _kind(each) for each in properties},
        inclusions=(*_of_classes(classes), *(pair for each in properties for pair in _of_property(each))),
        subproperties=tuple(pair for each in properties for pair in _above(each)),
    )


def _kind(fact: PropertyFact) -> PropertyKind:
    if fact.datatype is not None:
        return "data"
    return "object" if fact.ranges else "any"


def _of_classes(classes: Mapping[str, ClassFact]) -> Iterator[tuple[Expression, Expression]]:
    kinds = {fact.kind for fact in classes.values()} & _APART.keys()
    for fact in classes.values():
        for above in fact.superclasses:
            yield fact.iri, above
        yield from (disjoint(fact.iri, other) for other in fact.disjoint)
        if fact.kind in _APART:
            yield fact.iri, _APART[fact.kind]
        if fact.kind in {"class", *_APART}:
            yield from ((fact.iri, Not(_APART[each])) for each in sorted(kinds - {fact.kind}))


def _of_property(fact: PropertyFact) -> Iterator[tuple[Expression, Expression]]:
    role = Role(fact.iri)
    if fact.domains and THING not in fact.domains:
        yield domain(role, _any_of(fact.domains))
    if fact.datatype is not None:
        yield range_of(role, sort_of_values(fact.datatype))
    elif fact.ranges and THING not in fact.ranges:
        yield range_of(role, _any_of(fact.ranges))


def _any_of(names: tuple[str, ...]) -> Expression:
    return names[0] if len(names) == 1 else AnyOf(names)


def _above(fact: PropertyFact) -> Iterator[tuple[Role, Role]]:
    role = Role(fact.iri)
    for above in fact.superproperties:
        yield role, Role(above)
    if fact.inverse is not None:
        other = Role(fact.inverse, inverted=True)
        yield role, other
        yield other, role
