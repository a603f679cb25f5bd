"""What an endpoint holds, in short: which properties and classes there are in its default graph, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from virtuales.federation.sketch import End, Hashes, Iris, are_among, number
from virtuales.query.syntax.flattening import FlatNode, Triple
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import NamedNode

COUNT_PROPERTIES: Final = "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p"
COUNT_CLASSES: Final = f"SELECT ?c (COUNT(*) AS ?n) WHERE {{ ?s {RDF.type} ?c }} GROUP BY ?c"
_NOTHING: Final = Hashes("")


class Holding(Protocol):
    """What is known of an endpoint's default graph in the terms of whoever asks."""

    def count(self, triple: Triple) -> float:
        """Return how many triples can fit a pattern at most; 0 only where there is none."""
        ...

    def may_have(self, triple: Triple, end: FlatNode, iri: str) -> bool:
        """Tell whether any triple may fit a pattern whose subject or object, or both where both are it, is an IRI."""
        ...

    def among(self, triple: Triple, end: FlatNode, iris: Iris) -> NDArray[np.bool_]:
        """Tell that of each of some IRIs."""
        ...

    def hashes(self, verb: object, end: End) -> Hashes | None:
        """Return which IRIs are at one end of a property's triples; None where that is not known."""
        ...


@dataclass(frozen=True)
class Summary:
    """What an endpoint's default graph holds.

    Args:
        properties: How many triples each property has, by its IRI.
        classes: How many instances each class has, by its IRI.
        subjects: Which IRIs are subjects of a property's triples, by its IRI, where that is known.
        objects: Which IRIs are their objects, likewise.
    """

    properties: Mapping[str, int]
    classes: Mapping[str, int]
    subjects: Mapping[str, Hashes] = field(default_factory=dict)
    objects: Mapping[str, Hashes] = field(default_factory=dict)

    def count(self, triple: Triple) -> float:
        """Return how many triples can fit a pattern at most."""
        verb, value = triple.verb, triple.object
        ends = (triple.subject, value)
        if not all(self.may_have(triple, end, end.value) for end in ends if isinstance(end, NamedNode)):
            return 0
        if not isinstance(verb, NamedNode):
            return sum(self.properties.values())
        if verb == RDF.type and isinstance(value, NamedNode):
            return self.classes.get(value.value, 0)
        return self.properties.get(verb.value, 0)

    def may_have(self, triple: Triple, end: FlatNode, iri: str) -> bool:
        """Tell whether any triple may fit a pattern whose subject or object, or both where both are it, is an IRI."""
        properties, ends = self._ends(triple, end)
        return all(any(each not in hashes or iri in hashes[each] for each in properties) for hashes in ends)

    def among(self, triple: Triple, end: FlatNode, iris: Iris) -> NDArray[np.bool_]:
        """Tell that of each of some IRIs."""
        properties, ends = self._ends(triple, end)
        found = np.ones(len(iris.iris), bool)
        for hashes in ends:
            if all(each in hashes for each in properties):
                found &= np.any([are_among(iris.numbers, hashes[each].numbers) for each in properties], axis=0)
        return found

    def _ends(self, triple: Triple, end: FlatNode) -> tuple[list[str], list[Mapping[str, Hashes]]]:
        """Return the properties that a pattern may be about, and what is known of each place where a node stands."""
        properties = [triple.verb.value] if isinstance(triple.verb, NamedNode) else [*self.properties]
        return properties, [self.subjects] * (triple.subject == end) + [self.objects] * (triple.object == end)

    def hashes(self, verb: object, end: End) -> Hashes | None:
        """Return which IRIs are at one end of a property's triples; None where that is not known."""
        if not isinstance(verb, NamedNode):
            return None
        known = self.subjects if end == "subject" else self.objects
        return known.get(verb.value, None if verb.value in self.properties else _NOTHING)

    def knowing(self, end: End, hashes: Mapping[str, Hashes]) -> "Summary":
        """Return the same with what was learnt of one end of triples."""
        return replace(self, subjects=hashes) if end == "subject" else replace(self, objects=hashes)

    @property
    def characters(self) -> int:
        """How large what is known of IRIs and terms is."""
        hashes = (each for known in (self.subjects, self.objects) for each in known.values())
        return sum(map(len, (*self.properties, *self.classes))) + sum(len(each.text) for each in hashes)

    def smallest(self, triples: int) -> list[str]:
        """Return the properties with the fewest triples, as many as have no more than some triples together."""
        sizes = sorted((size, each) for each, size in self.properties.items())
        sums = accumulate(size for size, _ in sizes)
        return [each for total, (_, each) in zip(sums, sizes, strict=True) if total <= triples]


def counted(rows: list[list[str]]) -> dict[str, int]:
    """Read the answer to a question for numbers; what no IRI names is left out.

    >>> counted([["<http://e.org/p>", "2"], ["_:b", "1"]])
    {'http://e.org/p': 2}
    """
    return {row[0][1:-1]: number(row[1]) for row in rows if row[0][:1] == "<"}
