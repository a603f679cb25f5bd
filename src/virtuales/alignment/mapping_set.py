"""A mapping set: mappings with what is said of them together.

It follows the class `MappingSet` of SSSOM 1.1, https://mapping-commons.github.io/sssom/MappingSet/. In memory a set is
always *propagated*: what holds for all mappings stands in each of them (see `virtuales.alignment.propagation`).
"""

from collections import abc
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from types import MappingProxyType

from virtuales.alignment.mapping import NO_EXTENSIONS, ExtensionDefinition, Mapping

_NO_PREFIXES: abc.Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class MappingSet:
    """A mapping set with all slots of SSSOM 1.1.

    Args:
        mapping_set_id: The set's IRI; empty only in files that are not quite right.
        mappings: The mappings, in the order of their source.
        license: The licence's IRI; empty only in files that are not quite right.
        curie_map: The prefixes that the set is written with.
        extension_definitions: The declared slots beyond those of SSSOM.
        extensions: Values of such slots for the set itself, by slot name.
        file: What errors call the source; not part of what the set says.
    """

    mapping_set_id: str
    mappings: tuple[Mapping, ...] = ()
    _: KW_ONLY
    license: str = ""
    sssom_version: str = ""
    curie_map: abc.Mapping[str, str] = field(default_factory=lambda: _NO_PREFIXES, hash=False)
    mapping_set_version: str = ""
    mapping_set_source: tuple[str, ...] = ()
    mapping_set_title: str = ""
    mapping_set_description: str = ""
    mapping_set_confidence: float | None = None
    creator_id: tuple[str, ...] = ()
    creator_label: tuple[str, ...] = ()
    subject_type: str = ""
    subject_source: str = ""
    subject_source_version: str = ""
    object_type: str = ""
    object_source: str = ""
    object_source_version: str = ""
    predicate_type: str = ""
    mapping_provider: str = ""
    cardinality_scope: tuple[str, ...] = ()
    mapping_tool: str = ""
    mapping_tool_id: str = ""
    mapping_tool_version: str = ""
    mapping_date: date | None = None
    publication_date: date | None = None
    subject_match_field: tuple[str, ...] = ()
    object_match_field: tuple[str, ...] = ()
    subject_preprocessing: tuple[str, ...] = ()
    object_preprocessing: tuple[str, ...] = ()
    similarity_measure: str = ""
    curation_rule: tuple[str, ...] = ()
    curation_rule_text: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()
    issue_tracker: str = ""
    other: str = ""
    comment: str = ""
    extension_definitions: tuple[ExtensionDefinition, ...] = ()
    extensions: abc.Mapping[str, str] = field(default_factory=lambda: NO_EXTENSIONS, hash=False)
    file: str = field(default="", compare=False)

    def positive(self) -> abc.Iterator[Mapping]:
        """Give the mappings that say two terms are related: neither negated nor about a missing counterpart."""
        return (mapping for mapping in self.mappings if not mapping.negated and not mapping.unmapped)

    def negative(self) -> abc.Iterator[Mapping]:
        """Give the mappings that say two terms are *not* so related."""
        return (mapping for mapping in self.mappings if mapping.negated and not mapping.unmapped)

    def unmapped(self) -> abc.Iterator[Mapping]:
        """Give the mappings that say a term has no counterpart."""
        return (mapping for mapping in self.mappings if mapping.unmapped)
