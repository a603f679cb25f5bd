"""The two models of a suggestion as the evidences see them: every term with its names, words and neighbours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from virtuales.alignment.suggestions.observed import Observed
from virtuales.alignment.suggestions.wording import Wording, Words, telling
from virtuales.models.facts import ClassFact, Kind, Model, PropertyFact, closure, local_name

Sort = Literal[
    "class", "enumeration", "datatype", "concept", "individual", "value", "attribute", "association", "property"
]
"""What a term is; terms of different sorts are not compared, but for `property`, which may be of either kind."""

_SORTS: Final[Mapping[Kind, Sort]] = {
    "class": "class",
    "compound": "class",
    "enumeration": "enumeration",
    "datatype": "datatype",
    "primitive": "datatype",
    "concept": "concept",
    "scheme": "concept",
    "individual": "individual",
}
_PROPERTIES: Final = frozenset({"attribute", "association", "property"})
_EVERYTHING: Final = frozenset({"http://www.w3.org/2002/07/owl#Thing", "http://www.w3.org/2000/01/rdf-schema#Resource"})


@dataclass(frozen=True)
class Entry:
    """A term of one of the two models.

    Args:
        iri: The term.
        sort: What it is.
        label: Its name for people.
        names: Every name that the model gives it, the one in its IRI first.
        words: The telling words of each name.
        implied: The same without words that its place in the model implies.
        fact: What the model says of it; None for a value of an enumeration.
        owner: The class or enumeration that it belongs to, for attributes of CIM and values; else empty.
    """

    iri: str
    sort: Sort
    label: str
    names: tuple[str, ...]
    words: tuple[Words, ...]
    implied: tuple[Words, ...]
    fact: ClassFact | PropertyFact | None
    owner: str = ""

    @property
    def is_property(self) -> bool:
        """Whether it is an attribute, an association or another property."""
        return self.sort in _PROPERTIES

    @property
    def attributes(self) -> PropertyFact | None:
        """What the model says of it if it is a property."""
        return self.fact if isinstance(self.fact, PropertyFact) else None


def comparable(one: Sort, other: Sort) -> bool:
    """Tell whether terms of two sorts may mean the same."""
    if one == other:
        return True
    return "property" in {one, other} and one in _PROPERTIES and other in _PROPERTIES


class Side:
    """One model, ready to be compared.

    Args:
        model: The model.
        wording: How names of both models are read.
        called: Further names of terms, by IRI, as other vocabularies have them.
    """

    def __init__(self, model: Model, wording: Wording, called: Mapping[str, Iterable[str]] | None = None) -> None:
        self.model = model
        self.wording = wording
        self._called = called or {}
        facts: list[ClassFact | PropertyFact] = [*model.classes.values(), *model.properties.values()]
        entries = [self._entry(fact) for fact in facts if not fact.deprecated]
        entries.extend(self._value(iri, owner) for iri, owner in model.values.items())
        self.entries = {entry.iri: entry for entry in entries}
        self._ancestors: dict[str, tuple[str, ...]] = {}

    @cached_property
    def properties_of(self) -> Mapping[str, tuple[str, ...]]:
        """For each class the properties that have it as a domain, sorted."""
        found: dict[str, list[str]] = {}
        for fact in self.model.properties.values():
            for each in fact.domains:
                found.setdefault(each, []).append(fact.iri)
        return {iri: tuple(sorted(properties)) for iri, properties in found.items()}

    def above(self, iri: str) -> tuple[str, ...]:
        """Return the direct superclasses or broader terms, the class of everything left out."""
        fact = self.model.classes.get(iri)
        return tuple(each for each in fact.superclasses if each not in _EVERYTHING) if fact else ()

    def ancestors(self, iri: str) -> tuple[str, ...]:
        """Return a class and all above it, the nearest first."""
        if iri not in self._ancestors:
            self._ancestors[iri] = closure(iri, self.above)
        return self._ancestors[iri]

    def below(self, iri: str) -> tuple[str, ...]:
        """Return the direct subclasses or narrower terms."""
        return self.model.subclasses.get(iri, ())

    def members(self, iri: str) -> tuple[str, ...]:
        """Return an enumeration's values."""
        fact = self.model.classes.get(iri)
        return fact.members if fact else ()

    def _entry(self, fact: ClassFact | PropertyFact) -> Entry:
        if isinstance(fact, ClassFact):
            return self._named(fact.iri, _SORTS[fact.kind], fact)
        sort: Sort = "attribute" if fact.datatype else "association" if fact.ranges else "property"
        return self._named(fact.iri, sort, fact, owner=min(fact.domains, default=""))

    def _value(self, iri: str, owner: str) -> Entry:
        return self._named(iri, "value", None, owner=owner)

    def _named(self, iri: str, sort: Sort, fact: ClassFact | PropertyFact | None, *, owner: str = "") -> Entry:
        own = local_name(iri).rpartition(".")[2]
        label = fact.label if fact else own
        said = (own, label, *(fact.synonyms if fact else ()), *self._called.get(iri, ()))
        names = tuple(dict.fromkeys(name for name in said if name))
        said_in = [telling(self.wording.words(name)) for name in names]
        implied = (
            self._without_owners(said_in[0], fact)
            if isinstance(fact, PropertyFact)
            else self._without_kind(said_in[0], fact)
        )
        words = tuple(dict.fromkeys(said_in))
        return Entry(iri, sort, label, names, words, tuple(implied), fact, owner)

    def _without_kind(self, words: Words, fact: ClassFact | None) -> Iterable[Words]:
        """Give the words of a class without those of the class above it: `Poster_Paper` among papers is a poster."""
        for above in fact.superclasses if fact and fact.kind == "class" else ():
            kind = telling(self.wording.words(local_name(above)))
            if len(kind) < len(words) and words[-len(kind) :] == kind:
                yield words[: -len(kind)]

    def _without_owners(self, words: Words, fact: PropertyFact) -> Iterable[Words]:
        """Give the words of a property without those that only repeat what it relates: `writePaper` of papers."""
        repeated = {word for iri in (*fact.domains, *fact.ranges) for word in self.wording.words(local_name(iri))}
        rest = tuple(word for word in words if word not in repeated)
        if rest and rest != words:
            yield rest


@dataclass(frozen=True)
class Sides:
    """The two models of a suggestion.

    Args:
        left: The model of the subjects.
        right: The model of the objects.
        wording: How their names are read.
        observed: What data says with the terms of either model, if data was given.
        vectors: For each term of both, what its name means as a vector of length 1, if a language model was asked.
    """

    left: Side
    right: Side
    wording: Wording = field(repr=False)
    observed: tuple[Observed, Observed] | None = field(default=None, repr=False)
    vectors: Mapping[str, NDArray[np.float32]] | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        left: Model,
        right: Model,
        *,
        groups: Iterable[Iterable[str]] = (),
        called: Mapping[str, Iterable[str]] | None = None,
        observed: tuple[Observed, Observed] | None = None,
    ) -> "Sides":
        """Read two models.

        Args:
            left: The model of the subjects.
            right: The model of the objects.
            groups: Groups of words that mean about the same.
            called: Further names of terms, by IRI.
            observed: What data says with the terms of either model.
        """
        wording = Wording(_names(left), _names(right), groups)
        return cls(Side(left, wording, called), Side(right, wording, called), wording, observed)


def _names(model: Model) -> Iterable[str]:
    facts: list[ClassFact | PropertyFact] = [*model.classes.values(), *model.properties.values()]
    for fact in facts:
        yield local_name(fact.iri).rpartition(".")[2]
        yield fact.label
        yield from fact.synonyms
    yield from (local_name(iri).rpartition(".")[2] for iri in model.values)
