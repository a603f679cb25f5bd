"""The terms of a model one by one, as somebody looks for them: classes, properties, concepts, enumerations' values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from virtuales.models.facts import KINDS, ClassFact, Kind, Model, PropertyFact, local_name

TermKind = Kind | Literal["property", "value"]
"""What a term is: a kind of class-like term, a property, or a value of an enumeration."""
TERM_KINDS: tuple[TermKind, ...] = (*KINDS, *get_args(Literal["property", "value"]))


@dataclass(frozen=True)
class Term:
    """A term of one version of a model.

    Args:
        reference: The version, as `NAME@VERSION`.
        iri: The term.
        name: Its prefixed name, or the IRI where no prefix fits.
        label: Its name for people.
        kind: What it is.
        unit: Symbol of the unit of a property's values, with its decimal prefix; empty where there is none.
        base_unit: The same without the prefix.
        datatype: Local name of the XML Schema datatype of a property's values.
        value_type: The model's own name for a property's values: a quantity, a class, an enumeration.
        profiles: Keywords of the profiles that have it.
        definition: What it means, in its publisher's words.
        synonyms: Other names its publisher gives it.
        matches: For a concept, terms of other models.
        deprecated: Whether its publisher advises against its use.
        stated: Whether data states it; false for the end of an association that the other end stands for.
    """

    reference: str
    iri: str
    name: str
    label: str
    kind: TermKind
    unit: str = ""
    base_unit: str = ""
    datatype: str = ""
    value_type: str = ""
    profiles: frozenset[str] = frozenset()
    definition: str = ""
    synonyms: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    deprecated: bool = False
    stated: bool = True


def terms_of(model: Model, reference: str) -> Iterator[Term]:
    """Give every term of a model: those it describes, and the values of its enumerations.

    Args:
        model: The model.
        reference: What names the version.
    """
    for iri in (*model.classes, *model.values, *model.properties):
        yield term_of(model, iri, reference)


def term_of(model: Model, iri: str, reference: str) -> Term:
    """Return a term of a model by its IRI.

    Raises:
        KeyError: the model has no such term.
    """
    if iri in model.classes:
        return _of_class(model, model.classes[iri], reference)
    if iri in model.values:
        return _value(model, model.classes[model.values[iri]], iri, reference)
    return _of_property(model, model.properties[iri], reference)


def unit_symbol(fact: PropertyFact) -> str:
    """Return the symbol of a property's unit with its decimal prefix; empty where there is none.

    >>> unit_symbol(PropertyFact("http://a#p", "p", unit="W", multiplier="M"))
    'MW'
    """
    parts = [part for part in (fact.multiplier, fact.unit) if part and part != "none"]
    return "".join(parts) if fact.unit and fact.unit != "none" else ""


def _of_class(model: Model, fact: ClassFact, reference: str) -> Term:
    return Term(
        reference=reference,
        iri=fact.iri,
        name=model.short(fact.iri),
        label=fact.label,
        kind=fact.kind,
        profiles=fact.profiles,
        definition=fact.definition,
        synonyms=fact.synonyms,
        matches=fact.matches,
        deprecated=fact.deprecated,
    )


def _value(model: Model, enumeration: ClassFact, iri: str, reference: str) -> Term:
    label = local_name(iri).rpartition(".")[2]
    return Term(
        reference=reference,
        iri=iri,
        name=model.short(iri),
        label=label,
        kind="value",
        value_type=model.short(enumeration.iri),
        profiles=enumeration.profiles,
    )


def _of_property(model: Model, fact: PropertyFact, reference: str) -> Term:
    value_type = fact.value_type or next(iter(fact.ranges), "")
    return Term(
        reference=reference,
        iri=fact.iri,
        name=model.short(fact.iri),
        label=fact.label,
        kind="property",
        unit=unit_symbol(fact),
        base_unit=fact.unit if fact.unit and fact.unit != "none" else "",
        datatype=local_name(fact.datatype) if fact.datatype else "",
        value_type=model.short(value_type) if value_type else "",
        profiles=fact.profiles,
        definition=fact.definition,
        synonyms=fact.synonyms,
        deprecated=fact.deprecated,
        stated=fact.used is not False,
    )
