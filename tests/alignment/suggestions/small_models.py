"""Builders of two small models about one subject, and what tests ask of their suggestions."""

from virtuales.alignment.suggestions.decisions import Decisions
from virtuales.alignment.suggestions.engine import Suggestion, suggest
from virtuales.alignment.suggestions.observed import Observed
from virtuales.alignment.suggestions.sides import Sides
from virtuales.models.facts import ClassFact, Model, PropertyFact, by_iri
from virtuales.rdf.namespaces import XSD

A = "https://a.example/#"
B = "https://b.example/#"
GROUPS = (("customer", "consumer"), ("site", "premises"))


def class_(space: str, name: str, *above: str) -> ClassFact:
    """Return a class under others of its model."""
    return ClassFact(space + name, name, superclasses=tuple(space + each for each in above))


def attribute(space: str, name: str, owner: str, datatype: str = "string") -> PropertyFact:
    """Return an attribute of a class."""
    return PropertyFact(space + name, name, domains=(space + owner,), datatype=XSD.iri + datatype)


def association(space: str, name: str, owner: str, target: str, inverse: str = "") -> PropertyFact:
    """Return an association between two classes."""
    return PropertyFact(
        space + name,
        name,
        domains=(space + owner,),
        ranges=(space + target,),
        inverse=space + inverse if inverse else None,
    )


def model(space: str, *facts: ClassFact | PropertyFact) -> Model:
    """Return a model of some facts."""
    return Model(
        space.split("/")[2].split(".", maxsplit=1)[0],
        namespaces={space.split("/")[2].split(".", maxsplit=1)[0]: space},
        classes=by_iri(fact for fact in facts if isinstance(fact, ClassFact)),
        properties=by_iri(fact for fact in facts if isinstance(fact, PropertyFact)),
    )


LEFT = model(
    A,
    class_(A, "Party"),
    class_(A, "Customer", "Party"),
    class_(A, "Meter"),
    class_(A, "SmartMeter", "Meter"),
    attribute(A, "serialNumber", "Meter"),
    association(A, "measures", "Meter", "Customer", "isMeasuredBy"),
    association(A, "isMeasuredBy", "Customer", "Meter", "measures"),
)
RIGHT = model(
    B,
    class_(B, "Party"),
    class_(B, "Consumer", "Party"),
    class_(B, "Meter"),
    class_(B, "Smart_Meter", "Meter"),
    class_(B, "MeterReading"),
    attribute(B, "has_serial_number", "Meter"),
    association(B, "measures", "Meter", "Consumer"),
)


def suggested(
    left: Model = LEFT,
    right: Model = RIGHT,
    *,
    decided: Decisions | None = None,
    observed: tuple[Observed, Observed] | None = None,
) -> dict[str, Suggestion]:
    """Return the suggestions by their names, as `Customer=Consumer`."""
    sides = Sides.of(left, right, groups=GROUPS, observed=observed)
    return {named(*each.pair): each for each in suggest(sides, decided=decided).suggestions}


def named(left: str, right: str) -> str:
    """Return the name of a pair."""
    return f"{left.rpartition('#')[2]}={right.rpartition('#')[2]}"
