"""The facts of a registered model: its profiles, classes and properties, each as one frozen record.

A *model* here is a vocabulary or an ontology with a name and a version (`cgmes-3.0`, `dcat-3`). A CIM model is
published as several *profiles*; which classes are concrete and how often a property occurs is a fact per profile, all
else is the same in each.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar, get_args

from virtuales.errors import InputError, UnknownTerm

Kind = Literal["class", "enumeration", "datatype", "primitive", "compound", "concept", "scheme", "individual"]
"""What a class-like term is: `datatype` is a number with a unit, `compound` a structured value."""
KINDS: tuple[Kind, ...] = get_args(Kind)

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.\-]*[a-z0-9])?")
_NO_ADDRESS = re.compile(r"[^A-Za-z0-9.+_-]+")
_NUMBERED = re.compile(r"[_/#]\d{4,}$")
_FIRST_VERSION = "1"


@dataclass(frozen=True, order=True)
class Multiplicity:
    """How often a property may occur on one object: at least `minimum` and, unless None, at most `maximum` times."""

    minimum: int
    maximum: int | None

    @classmethod
    def parse(cls, text: str) -> "Multiplicity":
        """Read the notation of UML.

        Raises:
            InputError: the text is none of `1`, `0..1`, `2..n`, `n` and their like.

        >>> Multiplicity.parse("0..n")
        Multiplicity(minimum=0, maximum=None)
        >>> str(Multiplicity.parse("1"))
        '1..1'
        """
        low, dots, high = text.partition("..")
        if not dots:
            low, high = ("0" if text in {"n", "*"} else text), text
        try:
            return cls(int(low), None if high in {"n", "*"} else int(high))
        except ValueError:
            raise InputError(f"`{text}` is not a multiplicity.", remedy="Write it as `1`, `0..1` or `1..n`.") from None

    def __str__(self) -> str:
        """Write the notation of UML."""
        return f"{self.minimum}..{'n' if self.maximum is None else self.maximum}"


@dataclass(frozen=True)
class ProfileFact:
    """One profile of a model.

    Args:
        keyword: The short name: `EQ`, `SSH`, `TP`.
        versions: The IRIs by which a model header may name the profile.
        label: A name for people.
        extends: Keywords of the profiles that this one adds to; data under it is data under those too.
    """

    keyword: str
    versions: tuple[str, ...] = ()
    label: str = ""
    extends: tuple[str, ...] = ()


RestrictionKind = Literal["some", "only", "value", "min", "max", "exactly"]
"""How a class restricts a property: to have some such value, only such values, this value, or so many."""


@dataclass(frozen=True, order=True)
class Restriction:
    """What a class says of a property of all its objects, as restrictions of OWL do.

    Args:
        on: The property.
        kind: How it is restricted.
        filler: The class or datatype of the values, or the value itself; empty where a number alone is said.
        count: The number of values for `min`, `max` and `exactly`.
    """

    on: str
    kind: RestrictionKind
    filler: str = ""
    count: int | None = None


@dataclass(frozen=True)
class ClassFact:
    """A class, an enumeration, a datatype with a unit, a concept or another term that is no property.

    Args:
        iri: The term.
        label: Its name for people.
        kind: What it is.
        superclasses: The direct ones; for a concept, its broader concepts.
        profiles: Keywords of the profiles that mention it.
        concrete: Keywords of the profiles in which an object may have it as its class.
        roots: Keywords of the profiles that mention it without its superclasses, so that it inherits nothing there.
        types: For a concept or an individual, the model's classes that it is an instance of.
        members: An enumeration's values, or a scheme's concepts.
        deprecated: Whether its publisher advises against its use.
        definition: What it means, in its publisher's words; empty in the contributed models, which copy no prose.
        synonyms: Other names for it, as people say them.
        matches: For a concept, terms of other models that mean about the same, or what it is a case of.
        restrictions: What it says of properties of its objects.
        disjoint: Classes that have no object in common with it; each two are said to be so once, of the first by IRI.
    """

    iri: str
    label: str
    kind: Kind = "class"
    superclasses: tuple[str, ...] = ()
    profiles: frozenset[str] = frozenset()
    concrete: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()
    types: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    deprecated: bool = False
    definition: str = ""
    synonyms: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    disjoint: tuple[str, ...] = ()


@dataclass(frozen=True)
class PropertyFact:
    """A property: an attribute with a datatype, or an association with classes as range.

    Args:
        iri: The term.
        label: Its name for people.
        domains: Classes whose objects have it.
        ranges: Classes or enumerations whose members are its values; empty for an attribute with a datatype.
        datatype: The XML Schema datatype of its values; None when they are IRIs, or when nothing is said.
        value_type: The model's own name for the type of value (`cim:Resistance`).
        unit: The symbol of the unit; None when there is none.
        multiplier: The decimal prefix of the unit; None when nothing is said.
        multiplicities: For each profile that has it, how often it may occur.
        inverse: The same association seen from the other end.
        used: For an association, whether it is this end that data states; None for an attribute.
        superproperties: The direct ones.
        deprecated: Whether its publisher advises against its use.
        definition: What it means, in its publisher's words; empty in the contributed models.
        synonyms: Other names for it, as people say them.
    """

    iri: str
    label: str
    domains: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    datatype: str | None = None
    value_type: str | None = None
    unit: str | None = None
    multiplier: str | None = None
    multiplicities: Mapping[str, Multiplicity] = field(default_factory=dict)
    inverse: str | None = None
    used: bool | None = None
    superproperties: tuple[str, ...] = ()
    deprecated: bool = False
    definition: str = ""
    synonyms: tuple[str, ...] = ()

    @property
    def profiles(self) -> frozenset[str]:
        """Keywords of the profiles that have the property."""
        return frozenset(self.multiplicities)


@dataclass(frozen=True)
class Model:
    """A registered model with all its facts.

    Args:
        name: The registered name: letters, digits, dots and hyphens.
        title: A name for people.
        version: The publisher's version.
        source: Where the facts were taken from, as an IRI or a sentence.
        licence: The source's licence as an IRI or an SPDX identifier.
        namespaces: Prefix to namespace of its terms.
        profiles: Its profiles by keyword.
        classes: Its classes and other terms that are no properties, by IRI.
        properties: Its properties by IRI.
    """

    name: str
    title: str = ""
    version: str = ""
    source: str = ""
    licence: str = ""
    namespaces: Mapping[str, str] = field(default_factory=dict)
    profiles: Mapping[str, ProfileFact] = field(default_factory=dict)
    classes: Mapping[str, ClassFact] = field(default_factory=dict)
    properties: Mapping[str, PropertyFact] = field(default_factory=dict)

    @cached_property
    def subclasses(self) -> Mapping[str, tuple[str, ...]]:
        """For each class its direct subclasses, sorted."""
        found: dict[str, set[str]] = {}
        for fact in self.classes.values():
            for parent in fact.superclasses:
                found.setdefault(parent, set()).add(fact.iri)
        return {parent: tuple(sorted(children)) for parent, children in found.items()}

    @cached_property
    def _longest_first(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self.namespaces.items(), key=lambda each: (-len(each[1]), each[0])))

    @cached_property
    def values(self) -> Mapping[str, str]:
        """For each value of an enumeration that is no described term itself, the enumeration."""
        enumerations = (fact for fact in self.classes.values() if fact.kind == "enumeration")
        return {iri: fact.iri for fact in enumerations for iri in fact.members if iri not in self.classes}

    @cached_property
    def terms(self) -> frozenset[str]:
        """The IRIs of all terms: classes and their like, enumerations' values, properties."""
        return frozenset((*self.classes, *self.values, *self.properties))

    def ancestors(self, iri: str, profile: str | None = None) -> tuple[str, ...]:
        """Return a class and all classes above it, the nearest first; a loop in the hierarchy is walked once.

        Args:
            iri: The class.
            profile: Keyword of the profile whose hierarchy counts; by default that of all profiles together.
        """

        def above(each: str) -> tuple[str, ...]:
            fact = self.classes.get(each)
            return fact.superclasses if fact and profile not in fact.roots else ()

        return closure(iri, above)

    def descendants(self, iri: str) -> tuple[str, ...]:
        """Return a class and all classes below it."""
        return closure(iri, lambda each: self.subclasses.get(each, ()))

    def term(self, name: str) -> ClassFact | PropertyFact:
        """Return the fact about a term.

        Args:
            name: The IRI, the prefixed name, or the local name if only one term has it.

        Raises:
            UnknownTerm: the model has no such term, or several.
        """
        found = [iri for iri in (*self.classes, *self.properties) if name in (iri, self.short(iri), local_name(iri))]
        exact = [iri for iri in found if name in (iri, self.short(iri))] or found
        if len(exact) == 1:
            return self.classes.get(exact[0]) or self.properties[exact[0]]
        what = f"`{name}` could be any of several terms." if exact else f"`{name}` is no term of this model."
        near = exact or sorted(iri for iri in (*self.classes, *self.properties) if name.lower() in iri.lower())[:5]
        remedy = ("Name one of: " + ", ".join(self.short(iri) for iri in near) + ".") if near else None
        raise UnknownTerm(what, where=self.name, remedy=remedy)

    def told(self, iri: str) -> str:
        """Return the prefixed name of a term, and its label where the name is a mere number."""
        label = self.label_of_number(iri)
        return f"{self.short(iri)} ({label})" if label else self.short(iri)

    def label_of_number(self, iri: str) -> str:
        """Return the label of a term whose name is a mere number, as in OBO ontologies; else nothing.

        >>> Model("m", classes={"http://a/X_0001": ClassFact("http://a/X_0001", "line")}).label_of_number("http://a/X_0001")
        'line'
        """
        fact = self.classes.get(iri) or self.properties.get(iri)
        return fact.label if fact and _NUMBERED.search(iri) else ""

    def short(self, iri: str) -> str:
        """Return the prefixed name of a term, by the longest namespace that fits, or the IRI when none does."""
        for prefix, namespace in self._longest_first:
            if iri.startswith(namespace):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri


def check_name(name: str) -> str:
    """Return the name if it can name a model, a file and a part of an IRI.

    Raises:
        InputError: it has other characters than lower-case letters, digits, dots and hyphens.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"`{name}` cannot name a model.",
            remedy="Use lower-case letters, digits, dots and hyphens, as in `cgmes-3.0`.",
        )
    return name


def version_key(version: str) -> str:
    """Return a publisher's version in the form in which it can stand in a reference and an address.

    >>> version_key("3.0.0"), version_key("Version 3 (2020)"), version_key("")
    ('3.0.0', 'Version-3-2020', '1')
    """
    return _NO_ADDRESS.sub("-", version).strip("-") or _FIRST_VERSION


def closure(start: str, step: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """Return a term and all that one or more steps lead to from it, the nearest first; a loop is walked once."""
    seen = dict.fromkeys([start])
    queue = [start]
    while queue:
        for each in step(queue.pop(0)):
            if each not in seen:
                seen[each] = None
                queue.append(each)
    return tuple(seen)


def local_name(iri: str) -> str:
    """Return the last part of a term's IRI.

    >>> local_name("http://iec.ch/TC57/CIM100#Line.r")
    'Line.r'
    """
    return iri.replace("#", "/").rsplit("/", 1)[-1]


_Fact = TypeVar("_Fact", ClassFact, PropertyFact)


def by_iri(facts: Iterable[_Fact]) -> dict[str, _Fact]:
    """Return the facts by their IRI, in the order of their IRIs."""
    return {fact.iri: fact for fact in sorted(facts, key=lambda fact: fact.iri)}
