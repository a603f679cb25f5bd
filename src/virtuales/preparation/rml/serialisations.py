"""The RDF syntaxes that a logical target can name, by their local names in http://www.w3.org/ns/formats/."""

from collections.abc import Mapping

from virtuales.rdf.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE

RDF_JSON = "application/rdf+json"
SERIALISATIONS: Mapping[str, str] = {
    "N-Triples": N_TRIPLES,
    "N-Quads": N_QUADS,
    "Turtle": TURTLE,
    "N3": TURTLE,  # every Turtle document is one of N3
    "TriG": TRIG,
    "JSON-LD": JSON_LD,
    "RDF_XML": RDF_XML,
    "RDF_JSON": RDF_JSON,
}
