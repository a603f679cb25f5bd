"""The table of constraint components: SHACL Core's, SPARQL's, some of SHACL 1.2, each with what judges by it."""

from types import MappingProxyType

from virtuales.assurance.component import Component
from virtuales.assurance.components import (
    cardinality,
    expression,
    lists,
    logic,
    nested,
    other,
    pairs,
    sparql,
    text,
    value_range,
    value_type,
)

COMPONENTS: tuple[Component, ...] = (
    *value_type.COMPONENTS,
    *cardinality.COMPONENTS,
    *value_range.COMPONENTS,
    *text.COMPONENTS,
    *pairs.COMPONENTS,
    *logic.COMPONENTS,
    *nested.COMPONENTS,
    *lists.COMPONENTS,
    *other.COMPONENTS,
    *sparql.COMPONENTS,
    *expression.COMPONENTS,
)

BY_IRI = MappingProxyType({component.iri: component for component in COMPONENTS})
"""Each component under its IRI."""
