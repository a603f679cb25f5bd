"""A vocabulary as rewriting sees it: what belongs to it, and what is known of its terms."""

from collections import abc
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from virtuales.models.facts import Model, PropertyFact
from virtuales.rdf.namespaces import DCTERMS, OWL, RDF, RDFS, SKOS, XSD

_STANDARDS: Final = frozenset(each.iri for each in (DCTERMS, OWL, RDF, RDFS, SKOS, XSD))
"""Namespaces that models use without owning them."""


@dataclass(frozen=True)
class Vocabulary:
    """A vocabulary.

    Args:
        name: What it is called.
        prefixes: Prefix to namespace of its terms.
        model: Its facts, if it is a registered model; without them less can be told about values.
    """

    name: str
    prefixes: abc.Mapping[str, str]
    model: Model | None = field(default=None, compare=False)

    @classmethod
    def of_model(cls, model: Model) -> "Vocabulary":
        """Make it of a registered model."""
        return cls(model.name, model.namespaces, model)

    @cached_property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces that are its own."""
        return tuple(sorted(set(self.prefixes.values()) - _STANDARDS))

    def owns(self, iri: str) -> bool:
        """Tell whether a term is one of the vocabulary, or in a namespace of it."""
        standard = iri.startswith(tuple(_STANDARDS))
        return not standard and (
            iri.startswith(self.namespaces) or (self.model is not None and iri in self.model.terms)
        )

    def has(self, iri: str) -> bool:
        """Tell whether the vocabulary is known to have a term."""
        return self.model is not None and iri in self.model.terms

    def property_fact(self, iri: str) -> PropertyFact | None:
        """Return what is known of a property."""
        return self.model.properties.get(iri) if self.model else None

    def is_enumeration(self, iri: str) -> bool:
        """Tell whether a class is known to be an enumeration."""
        fact = self.model.classes.get(iri) if self.model else None
        return fact is not None and fact.kind == "enumeration"

    def is_plain_class(self, iri: str) -> bool:
        """Tell whether a class is known to have things for instances, rather than values."""
        fact = self.model.classes.get(iri) if self.model else None
        return fact is not None and fact.kind in {"class", "compound"}
