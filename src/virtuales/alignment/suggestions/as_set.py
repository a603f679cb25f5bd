"""Suggestions as a mapping set that a person can review: each row with its confidence and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from virtuales import __version__
from virtuales.alignment.curies import Contraction
from virtuales.alignment.mapping import ExtensionDefinition, Mapping
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.suggestions.account import justification, why
from virtuales.alignment.suggestions.engine import Suggestion
from virtuales.alignment.terms import EXACT_MATCH
from virtuales.models.axioms import Axioms
from virtuales.models.facts import Model, local_name
from virtuales.rdf.namespaces import VES, XSD

TOOL: Final = "virtuales mappings suggest"
SURE: Final = "ext_sure"
"""The slot that marks a suggestion as sure."""
_MARK: Final = ExtensionDefinition(SURE, VES.sure.value, XSD.boolean.value)
_APACHE: Final = "https://www.apache.org/licenses/LICENSE-2.0"
_DIGITS: Final = 3


@dataclass(frozen=True)
class End:
    """A model as one end of a set of suggestions.

    Args:
        model: The model.
        iri: What names it in mapping sets.
        axioms: What it says, as far as it is known, of which classes exclude each other.
    """

    model: Model
    iri: str
    axioms: Axioms

    @property
    def title(self) -> str:
        """A name for people."""
        return self.model.title or self.model.name


def as_mapping_set(
    suggestions: Sequence[Suggestion], left: End, right: End, *, today: date, licence: str = _APACHE
) -> MappingSet:
    """Return suggestions as a mapping set.

    Args:
        suggestions: The suggestions, in any order.
        left: The model of the subjects.
        right: The model of the objects.
        today: The date of the suggestions.
        licence: The licence under which the set is given, as an IRI.
    """
    rows = sorted((_row(each, left, right, today) for each in suggestions), key=lambda row: row.core)
    made = MappingSet(
        f"urn:virtuales:suggestions:{left.model.name}--{right.model.name}",
        tuple(rows),
        license=licence,
        sssom_version="1.1",
        mapping_set_title=f"Suggestions: {left.title} and {right.title}",
        extension_definitions=(_MARK,),
    )
    return replace(made, curie_map=_prefixes(made, left, right))


def _row(suggestion: Suggestion, left: End, right: End, today: date) -> Mapping:
    return Mapping(
        suggestion.left.iri,
        EXACT_MATCH,
        suggestion.right.iri,
        justification(suggestion),
        subject_label=suggestion.left.label,
        object_label=suggestion.right.label,
        subject_source=left.iri,
        subject_source_version=left.model.version,
        object_source=right.iri,
        object_source_version=right.model.version,
        mapping_tool=TOOL,
        mapping_tool_version=__version__,
        mapping_date=today,
        confidence=round(suggestion.confidence, _DIGITS),
        comment=why(suggestion),
        extensions={SURE: "true"} if suggestion.sure else {},
    )


def _prefixes(made: MappingSet, left: End, right: End) -> dict[str, str]:
    """Return prefixes for all that the set names: the models' own, and a made one where a namespace has none."""
    found = {"ves": VES.iri, "orcid": "https://orcid.org/"}
    for model in (left.model, right.model):
        for prefix, namespace in model.namespaces.items():
            _add(found, prefix if not prefix.startswith("ns") else _slug(model.name), namespace)
    contraction = Contraction(found)
    named = {iri for row in made.mappings for iri in (row.subject_id, row.object_id)}
    for iri in sorted({*named, left.iri, right.iri}):
        if contraction.find(iri) is None:
            _add(found, "ns", iri.removesuffix(local_name(iri)))
            contraction = Contraction(found)
    return found


def _add(found: dict[str, str], prefix: str, namespace: str) -> None:
    if namespace in found.values():
        return
    free, number = prefix, 2
    while free in found:
        free, number = f"{prefix}{number}", number + 1
    found[free] = namespace


def _slug(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum()) or "ns"
