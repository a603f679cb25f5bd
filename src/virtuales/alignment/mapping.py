"""A mapping: one statement that a term of one vocabulary is, or is not, related to a term of another.

It follows the class `Mapping` of SSSOM 1.1, https://mapping-commons.github.io/sssom/Mapping/. Identifiers are IRIs,
expanded; what a file's prefixes were is kept by the mapping set.
"""

from collections import abc
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from types import MappingProxyType

from virtuales.alignment.slots import LITERAL, NOT
from virtuales.alignment.terms import NO_TERM_FOUND

Value = str | float | date | tuple[str, ...]
"""What a slot can hold; a slot that says nothing holds an empty text, an empty tuple, or None."""

NO_EXTENSIONS: abc.Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Mapping:
    """One mapping record with all slots of SSSOM 1.1.

    A slot that says nothing is an empty text, an empty tuple, or None where it would hold a date or a number. What is
    not said takes the room of the class, not of the record, so 100,000 records with ten slots each stay small.

    Args:
        subject_id: The subject's IRI; empty only if the subject is a literal.
        predicate_id: The predicate's IRI.
        object_id: The object's IRI; empty only if the object is a literal.
        mapping_justification: Why this is so, an IRI of the Semantic Mapping Vocabulary.
        extensions: Values of slots that SSSOM does not define, by slot name; identifiers among them are expanded.
        line: Where the record stands in its file; not part of what it says, so equality leaves it out.

    >>> from virtuales.alignment.terms import EXACT_MATCH, MANUAL_CURATION
    >>> Mapping("http://a.example/x", EXACT_MATCH, "http://b.example/y", MANUAL_CURATION, confidence=0.9).negated
    False
    """

    subject_id: str
    predicate_id: str
    object_id: str
    mapping_justification: str
    _: KW_ONLY
    record_id: str = ""
    subject_label: str = ""
    subject_category: str = ""
    predicate_label: str = ""
    predicate_modifier: str = ""
    object_label: str = ""
    object_category: str = ""
    author_id: tuple[str, ...] = ()
    author_label: tuple[str, ...] = ()
    reviewer_id: tuple[str, ...] = ()
    reviewer_label: tuple[str, ...] = ()
    creator_id: tuple[str, ...] = ()
    creator_label: tuple[str, ...] = ()
    license: str = ""
    subject_type: str = ""
    subject_source: str = ""
    subject_source_version: str = ""
    object_type: str = ""
    object_source: str = ""
    object_source_version: str = ""
    predicate_type: str = ""
    mapping_provider: str = ""
    mapping_source: str = ""
    mapping_cardinality: str = ""
    cardinality_scope: tuple[str, ...] = ()
    mapping_tool: str = ""
    mapping_tool_id: str = ""
    mapping_tool_version: str = ""
    mapping_date: date | None = None
    publication_date: date | None = None
    review_date: date | None = None
    confidence: float | None = None
    reviewer_agreement: float | None = None
    curation_rule: tuple[str, ...] = ()
    curation_rule_text: tuple[str, ...] = ()
    subject_match_field: tuple[str, ...] = ()
    object_match_field: tuple[str, ...] = ()
    match_string: tuple[str, ...] = ()
    subject_preprocessing: tuple[str, ...] = ()
    object_preprocessing: tuple[str, ...] = ()
    similarity_score: float | None = None
    similarity_measure: str = ""
    see_also: tuple[str, ...] = ()
    issue_tracker_item: str = ""
    other: str = ""
    comment: str = ""
    extensions: abc.Mapping[str, str] = field(default_factory=lambda: NO_EXTENSIONS, hash=False)
    line: int | None = field(default=None, compare=False)

    @classmethod
    def of_slots(cls, slots: dict[str, object]) -> "Mapping":
        """Make a mapping from the slots that say something; for readers, which have checked the values.

        Args:
            slots: Slot name to value, with `extensions`; the four slots without a default must be there. It is kept.
        """
        mapping = object.__new__(cls)
        object.__setattr__(mapping, "__dict__", slots)
        return mapping

    @property
    def negated(self) -> bool:
        """Whether the mapping says that the relation does *not* hold."""
        return self.predicate_modifier == NOT

    @property
    def unmapped(self) -> bool:
        """Whether the mapping says that one side has no counterpart (`sssom:NoTermFound`)."""
        return NO_TERM_FOUND in {self.subject_id, self.object_id}

    @property
    def literal(self) -> bool:
        """Whether the subject or the object is a text rather than a term."""
        return LITERAL in {self.subject_type, self.object_type}

    @property
    def subject_key(self) -> str:
        """What tells subjects apart: the IRI, or the label of a literal in quotation marks."""
        return f'"{self.subject_label}"' if self.subject_type == LITERAL else self.subject_id

    @property
    def object_key(self) -> str:
        """What tells objects apart: the IRI, or the label of a literal in quotation marks."""
        return f'"{self.object_label}"' if self.object_type == LITERAL else self.object_id

    @property
    def core(self) -> tuple[str, str, str, bool]:
        """What is claimed, without who claims it and why: subject, predicate, object, and whether it is negated."""
        return self.subject_key, self.predicate_id, self.object_key, self.negated


@dataclass(frozen=True)
class ExtensionDefinition:
    """The declaration of a slot that SSSOM does not define (SSSOM 1.1, "Non-standard slots").

    Args:
        slot_name: The slot's name.
        property: The IRI of the property that says what it means; empty if the file gives none.
        type_hint: The IRI of its values' type; empty if the file gives none, which means text.
    """

    slot_name: str
    property: str = ""
    type_hint: str = ""
