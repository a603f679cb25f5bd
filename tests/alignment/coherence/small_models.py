"""Small ontologies in Turtle, and mappings between them, for tests of coherence."""

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.terms import EXACT_MATCH, MANUAL_CURATION
from virtuales.models.axioms import Axioms
from virtuales.models.owl_axioms import read_axioms
from virtuales.rdf.media import TURTLE

LEFT, RIGHT = "http://left#", "http://right#"
PREFIXES = """
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix l: <http://left#> . @prefix r: <http://right#> .
"""


def model(turtle: str, name: str = "small") -> Axioms:
    """Return the axioms of a few lines of Turtle."""
    return read_axioms((PREFIXES + turtle).encode(), media_type=TURTLE, name=name)


def maps(*pairs: str, predicate: str = EXACT_MATCH) -> list[Mapping]:
    """Return mappings of pairs such as `Paper Article`, each on a line of its own."""
    return [
        Mapping(LEFT + one, predicate, RIGHT + two, MANUAL_CURATION, line=number)
        for number, (one, two) in enumerate((pair.split() for pair in pairs), 1)
    ]
