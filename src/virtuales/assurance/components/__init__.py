"""The table of constraint components: what SHACL Core defines, each with the function that judges it."""

from types import MappingProxyType

from virtuales.assurance.component import Component
from virtuales.assurance.components import (
    cardinality,
    expression,
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
    *other.COMPONENTS,
    *sparql.COMPONENTS,
    *expression.COMPONENTS,
)

BY_IRI = MappingProxyType({component.iri: component for component in COMPONENTS})
"""Each component under its IRI."""
