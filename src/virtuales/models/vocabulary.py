"""What a reader of data has to know of a model: its classes, its attributes' datatypes, its references."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from virtuales.models.facts import Kind, Model, PropertyFact
from virtuales.rdf.namespaces import RDFS

_WITHOUT_OBJECTS: frozenset[Kind] = frozenset(
    {"primitive", "datatype", "enumeration", "concept", "scheme", "individual"}
)
"""Kinds of terms that no object has as its class."""


@dataclass(frozen=True)
class Vocabulary:
    """The part of a registered model that types data; every term is an IRI as text.

    Args:
        name: The registered name of the model, such as `cgmes-3.0`.
        classes: Classes, abstract ones included.
        datatypes: For each attribute the XML Schema datatype of its values.
        references: Properties whose values are IRIs: associations and attributes with an enumeration as range.
        profiles: For each profile IRI that a model header can name, the profile's short name (`EQ`, `SSH`).
        functional: Properties that an object has at most once, in every profile that has them.
        compounds: For each property whose value is a structured value (`StreetAddress`), the value's class.
        concrete: For each class the short names of the profiles in which objects may have it as their class.
        prefixes: Prefix to namespace, as the model's publisher writes them.
    """

    name: str
    classes: frozenset[str] = frozenset()
    datatypes: Mapping[str, str] = field(default_factory=dict)
    references: frozenset[str] = frozenset()
    profiles: Mapping[str, str] = field(default_factory=dict)
    functional: frozenset[str] = frozenset()
    compounds: Mapping[str, str] = field(default_factory=dict)
    concrete: Mapping[str, frozenset[str]] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)


def vocabulary_of(model: Model) -> Vocabulary:
    """Return the part of a model that types data."""
    properties = model.properties.values()
    compounds = {fact.iri for fact in model.classes.values() if fact.kind == "compound"}
    return Vocabulary(
        name=model.name,
        classes=frozenset(fact.iri for fact in model.classes.values() if fact.kind not in _WITHOUT_OBJECTS),
        datatypes={
            fact.iri: fact.datatype for fact in properties if fact.datatype and fact.datatype != RDFS.Literal.value
        },
        references=frozenset(fact.iri for fact in properties if fact.ranges),
        profiles={iri: profile.keyword for profile in model.profiles.values() for iri in profile.versions},
        functional=frozenset(fact.iri for fact in properties if _at_most_once(fact)),
        compounds={fact.iri: each for fact in properties for each in fact.ranges if each in compounds},
        concrete={fact.iri: fact.concrete for fact in model.classes.values() if fact.concrete},
        prefixes=dict(model.namespaces),
    )


def _at_most_once(fact: PropertyFact) -> bool:
    often = fact.multiplicities.values()
    return bool(often) and all(each.maximum is not None and each.maximum <= 1 for each in often)
