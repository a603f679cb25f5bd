"""What an endpoint holds, in short: which properties and classes there are in its default graph, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from virtuales.query.syntax.flattening import Triple
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import NamedNode

COUNT_PROPERTIES: Final = "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p"
COUNT_CLASSES: Final = f"SELECT ?c (COUNT(*) AS ?n) WHERE {{ ?s {RDF.type} ?c }} GROUP BY ?c"


@dataclass(frozen=True)
class Summary:
    """What an endpoint's default graph holds.

    Args:
        properties: How many triples each property has, by its IRI.
        classes: How many instances each class has, by its IRI.
    """

    properties: Mapping[str, int]
    classes: Mapping[str, int]

    def count(self, triple: Triple) -> int:
        """Return how many triples can fit a pattern at most, its subject and an object that is no class aside."""
        verb, value = triple.verb, triple.object
        if not isinstance(verb, NamedNode):
            return sum(self.properties.values())
        if verb == RDF.type and isinstance(value, NamedNode):
            return self.classes.get(value.value, 0)
        return self.properties.get(verb.value, 0)


def counted(rows: list[list[str]]) -> dict[str, int]:
    """Read the answer to a question for numbers; what no IRI names is left out.

    >>> counted([["<http://e.org/p>", "2"], ["_:b", "1"]])
    {'http://e.org/p': 2}
    """
    return {row[0][1:-1]: int(row[1].split('"')[1] if '"' in row[1] else row[1]) for row in rows if row[0][:1] == "<"}
