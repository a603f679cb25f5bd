"""The IRIs that mapping sets are written with: predicates, justifications, and prefixes that need no declaration."""

from collections import abc
from types import MappingProxyType
from typing import Final

SSSOM: Final = "https://w3id.org/sssom/"
SEMAPV: Final = "https://w3id.org/semapv/vocab/"
OWL: Final = "http://www.w3.org/2002/07/owl#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
LINKML: Final = "https://w3id.org/linkml/"
DCTERMS: Final = "http://purl.org/dc/terms/"
PAV: Final = "http://purl.org/pav/"
PROV: Final = "http://www.w3.org/ns/prov#"
OBO_IN_OWL: Final = "http://www.geneontology.org/formats/oboInOwl#"

BUILT_IN_PREFIXES: abc.Mapping[str, str] = MappingProxyType(
    {
        "linkml": LINKML,
        "owl": OWL,
        "rdf": RDF,
        "rdfs": RDFS,
        "semapv": SEMAPV,
        "skos": SKOS,
        "sssom": SSSOM,
        "xsd": XSD,
    }
)
"""Prefixes that a mapping set may use undeclared (SSSOM 1.1, "IRI prefixes")."""

EXACT_MATCH: Final = SKOS + "exactMatch"
CLOSE_MATCH: Final = SKOS + "closeMatch"
BROAD_MATCH: Final = SKOS + "broadMatch"
NARROW_MATCH: Final = SKOS + "narrowMatch"
RELATED_MATCH: Final = SKOS + "relatedMatch"
EQUIVALENT_CLASS: Final = OWL + "equivalentClass"
EQUIVALENT_PROPERTY: Final = OWL + "equivalentProperty"
SAME_AS: Final = OWL + "sameAs"
INVERSE_OF: Final = OWL + "inverseOf"
SUB_CLASS_OF: Final = RDFS + "subClassOf"
SUB_PROPERTY_OF: Final = RDFS + "subPropertyOf"

NO_TERM_FOUND: Final = SSSOM + "NoTermFound"
"""Stands in place of a subject or object that the other vocabulary has no term for."""
NEGATED: Final = SSSOM + "NegatedPredicate"
"""What the predicate modifier `Not` is in RDF."""

MANUAL_CURATION: Final = SEMAPV + "ManualMappingCuration"
MAPPING_REVIEW: Final = SEMAPV + "MappingReview"
MAPPING_CHAINING: Final = SEMAPV + "MappingChaining"
MAPPING_INVERSION: Final = SEMAPV + "MappingInversion"
LEXICAL_MATCHING: Final = SEMAPV + "LexicalMatching"
STRUCTURAL_MATCHING: Final = SEMAPV + "StructuralMatching"
COMPOSITE_MATCHING: Final = SEMAPV + "CompositeMatching"
UNSPECIFIED_MATCHING: Final = SEMAPV + "UnspecifiedMatching"

JUSTIFICATIONS: frozenset[str] = frozenset(
    {
        MAPPING_REVIEW,
        MANUAL_CURATION,
        LEXICAL_MATCHING,
        COMPOSITE_MATCHING,
        UNSPECIFIED_MATCHING,
        MAPPING_CHAINING,
        MAPPING_INVERSION,
        STRUCTURAL_MATCHING,
        SEMAPV + "LogicalReasoning",
        SEMAPV + "SemanticSimilarityThresholdMatching",
        SEMAPV + "LexicalSimilarityThresholdMatching",
        SEMAPV + "InstanceBasedMatching",
        SEMAPV + "BackgroundKnowledgeBasedMatching",
    }
)
"""Everything that SSSOM 1.1 lets `mapping_justification` be."""
