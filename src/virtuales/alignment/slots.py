"""The slots of SSSOM 1.1 as data: their order, kinds, limits, and the properties that stand for them in RDF.

The order of `MAPPING_SLOTS` and `SET_SLOTS` is the order in which the specification's canonical writer writes them.
See https://mapping-commons.github.io/sssom/Mapping/ and https://mapping-commons.github.io/sssom/MappingSet/.
"""

from collections import abc
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal

from virtuales.alignment.terms import DCTERMS, NEGATED, OWL, PAV, PROV, RDF, RDFS, SKOS, SSSOM

Kind = Literal["reference", "uri", "text", "date", "number", "choice", "version"]
"""What a slot holds.

| kind | in memory |
|---|---|
| reference | the IRI of an entity, expanded; a CURIE in files |
| uri | an absolute URI, never shortened |
| text | any text |
| date | `datetime.date` |
| number | `float` within the slot's limits |
| choice | one of the slot's `choices`, spelled as in SSSOM |
| version | a version of SSSOM |
"""

_NONE: abc.Mapping[str, str] = MappingProxyType({})
VERSIONS: Final = ("1.0", "1.1")
"""The versions of SSSOM that can be read; files without `sssom_version` are taken for 1.0."""


@dataclass(frozen=True)
class Slot:
    """One slot.

    Args:
        name: Its name, which is also that of the attribute.
        kind: What it holds.
        multivalued: Whether it holds a tuple of values.
        propagatable: Whether a value of the set counts for each of its mappings.
        added_in: The version of SSSOM that brought it.
        property: The IRI of the RDF property.
        minimum: The least number allowed.
        maximum: The greatest number allowed.
        choices: What a choice can be, with the IRI that stands for it in RDF, or nothing if its text does.
    """

    name: str
    kind: Kind = "text"
    multivalued: bool = False
    propagatable: bool = False
    added_in: str = "1.0"
    property: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: abc.Mapping[str, str] = field(default_factory=lambda: _NONE, hash=False)


ENTITY_TYPES: abc.Mapping[str, str] = MappingProxyType(
    {
        "owl class": OWL + "Class",
        "owl object property": OWL + "ObjectProperty",
        "owl data property": OWL + "DataProperty",
        "owl annotation property": OWL + "AnnotationProperty",
        "owl named individual": OWL + "NamedIndividual",
        "skos concept": SKOS + "Concept",
        "rdfs resource": RDFS + "Resource",
        "rdfs class": RDFS + "Class",
        "rdfs literal": RDFS + "Literal",
        "rdfs datatype": RDFS + "Datatype",
        "rdf property": RDF + "Property",
        "composed entity expression": SSSOM + "ComposedEntityExpression",
    }
)
LITERAL: Final = "rdfs literal"
COMPOSED: Final = "composed entity expression"
NOT: Final = "Not"
CARDINALITIES: abc.Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("1:1", "1:n", "n:1", "n:n", "1:0", "0:1", "0:0"), "")
)
_VERSION_CHOICES = MappingProxyType({version: f"{SSSOM}version{version}" for version in VERSIONS})


def _slots() -> abc.Iterator[Slot]:
    for side in ("subject", "object"):
        target = "annotatedSource" if side == "subject" else "annotatedTarget"
        yield Slot(f"{side}_id", "reference", property=OWL + target)
        yield Slot(f"{side}_label")
        yield Slot(f"{side}_category")
        yield Slot(f"{side}_type", "choice", choices=ENTITY_TYPES, propagatable=True)
        yield Slot(f"{side}_source", "reference", propagatable=True)
        yield Slot(f"{side}_source_version", propagatable=True)
        yield Slot(f"{side}_match_field", "reference", multivalued=True, propagatable=True)
        yield Slot(f"{side}_preprocessing", "reference", multivalued=True, propagatable=True)
    yield Slot("predicate_id", "reference", property=OWL + "annotatedProperty")
    yield Slot("predicate_label")
    yield Slot("predicate_modifier", "choice", choices=MappingProxyType({NOT: NEGATED}))
    yield Slot("predicate_type", "choice", choices=ENTITY_TYPES, propagatable=True, added_in="1.1")
    for role, prop in (("author", PAV + "authoredBy"), ("reviewer", ""), ("creator", DCTERMS + "creator")):
        yield Slot(f"{role}_id", "reference", multivalued=True, property=prop)
        yield Slot(f"{role}_label", multivalued=True)
    yield from _slots_about_the_mapping()
    yield from _slots_about_the_set()


def _slots_about_the_mapping() -> abc.Iterator[Slot]:
    yield Slot("record_id", "reference", added_in="1.1")
    yield Slot("mapping_justification", "reference")
    yield Slot("license", "uri", property=DCTERMS + "license")
    yield Slot("mapping_provider", "uri", propagatable=True)
    yield Slot("mapping_source", "reference")
    yield Slot("mapping_cardinality", "choice", choices=CARDINALITIES)
    yield Slot("cardinality_scope", multivalued=True, propagatable=True, added_in="1.1")
    yield Slot("mapping_tool", propagatable=True)
    yield Slot("mapping_tool_id", "reference", propagatable=True, added_in="1.1")
    yield Slot("mapping_tool_version", propagatable=True)
    yield Slot("mapping_date", "date", propagatable=True, property=DCTERMS + "created")
    yield Slot("publication_date", "date", property=DCTERMS + "issued")
    yield Slot("review_date", "date", added_in="1.1")
    yield Slot("confidence", "number", minimum=0.0, maximum=1.0)
    yield Slot("reviewer_agreement", "number", minimum=-1.0, maximum=1.0, added_in="1.1")
    yield Slot("curation_rule", "reference", multivalued=True, propagatable=True)
    yield Slot("curation_rule_text", multivalued=True, propagatable=True)
    yield Slot("match_string", multivalued=True)
    yield Slot("similarity_score", "number", minimum=0.0, maximum=1.0)
    yield Slot("similarity_measure", propagatable=True)
    yield Slot("see_also", "uri", multivalued=True, property=RDFS + "seeAlso")
    yield Slot("issue_tracker_item", "reference")
    yield Slot("other")
    yield Slot("comment", property=RDFS + "comment")


def _slots_about_the_set() -> abc.Iterator[Slot]:
    yield Slot("sssom_version", "version", choices=_VERSION_CHOICES, added_in="1.1")
    yield Slot("mapping_set_id", "uri")
    yield Slot("mapping_set_version", property=OWL + "versionInfo")
    yield Slot("mapping_set_source", "uri", multivalued=True, property=PROV + "wasDerivedFrom")
    yield Slot("mapping_set_title", property=DCTERMS + "title")
    yield Slot("mapping_set_description", property=DCTERMS + "description")
    yield Slot("mapping_set_confidence", "number", minimum=0.0, maximum=1.0, added_in="1.1")
    yield Slot("issue_tracker", "uri")


SLOTS: abc.Mapping[str, Slot] = MappingProxyType(
    {slot.name: replace(slot, property=slot.property or SSSOM + slot.name) for slot in _slots()}
)
"""Every slot of a mapping or a mapping set that holds values, by name."""

_MAPPING_ORDER: Final = """
record_id subject_id subject_label subject_category predicate_id predicate_label predicate_modifier object_id
object_label object_category mapping_justification author_id author_label reviewer_id reviewer_label creator_id
creator_label license subject_type subject_source subject_source_version object_type object_source
object_source_version predicate_type mapping_provider mapping_source mapping_cardinality cardinality_scope mapping_tool
mapping_tool_id mapping_tool_version mapping_date publication_date review_date confidence reviewer_agreement
curation_rule curation_rule_text subject_match_field object_match_field match_string subject_preprocessing
object_preprocessing similarity_score similarity_measure see_also issue_tracker_item other comment
"""
_SET_ORDER: Final = """
sssom_version mapping_set_id mapping_set_version mapping_set_source mapping_set_title mapping_set_description
mapping_set_confidence creator_id creator_label license subject_type subject_source subject_source_version object_type
object_source object_source_version predicate_type mapping_provider cardinality_scope mapping_tool mapping_tool_id
mapping_tool_version mapping_date publication_date subject_match_field object_match_field subject_preprocessing
object_preprocessing similarity_measure curation_rule curation_rule_text see_also issue_tracker other comment
"""

MAPPING_SLOTS: tuple[Slot, ...] = tuple(SLOTS[name] for name in _MAPPING_ORDER.split())
"""The slots of a mapping, in the specification's order."""

SET_SLOTS: tuple[Slot, ...] = tuple(SLOTS[name] for name in _SET_ORDER.split())
"""The slots of a mapping set but `curie_map`, `mappings` and `extension_definitions`, in the specification's order."""

PROPAGATABLE: tuple[Slot, ...] = tuple(slot for slot in SET_SLOTS if slot.propagatable)
"""The slots whose value in a set counts for each of its mappings (SSSOM 1.1, "Propagatable slots")."""

NEWER_ON_THE_SET: frozenset[str] = frozenset({"similarity_measure", "curation_rule", "curation_rule_text"})
"""Slots that a mapping had from the beginning and that version 1.1 gave to the set too."""

NAMES_OF_MAPPING: frozenset[str] = frozenset(slot.name for slot in MAPPING_SLOTS)
NAMES_OF_SET: frozenset[str] = frozenset(slot.name for slot in SET_SLOTS)


def absent(slot: Slot) -> str | tuple[str, ...] | None:
    """Return what a slot holds when nothing is said: an empty text, an empty tuple, or None for dates and numbers.

    >>> absent(SLOTS["author_id"]), absent(SLOTS["comment"]), absent(SLOTS["confidence"])
    ((), '', None)
    """
    if slot.multivalued:
        return ()
    return None if slot.kind in {"date", "number"} else ""
