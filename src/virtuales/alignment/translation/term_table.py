"""Mappings as a translation uses them: for each term of the source what it becomes, or why it becomes nothing."""

from collections import abc
from dataclasses import dataclass, field
from typing import Final

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.terms import (
    BROAD_MATCH,
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    EXACT_MATCH,
    NO_TERM_FOUND,
    SAME_AS,
    SUB_CLASS_OF,
    SUB_PROPERTY_OF,
)
from virtuales.errors import InputError

EXACT: Final = frozenset({EXACT_MATCH, EQUIVALENT_CLASS, EQUIVALENT_PROPERTY, SAME_AS})
"""Predicates by which a term may stand for another."""
BROADER: Final = frozenset({BROAD_MATCH, SUB_CLASS_OF, SUB_PROPERTY_OF})
"""Predicates whose object says less than the subject: what is said with the subject stays true said with the object."""


@dataclass(frozen=True)
class TermTable:
    """What the terms of one model are in another.

    Args:
        terms: For each source term (an IRI) the target term that statements are carried with.
        gone: For each source term that is declared to have no counterpart, the reason.
        fresh: The target terms that are declared to have no counterpart in the source.
        nearby: For each source term the target terms that it is related to without being carried by.
    """

    terms: abc.Mapping[str, str]
    gone: abc.Mapping[str, str] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()
    nearby: abc.Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def term_table(mappings: abc.Iterable[Mapping], shared: abc.Iterable[str] = ()) -> TermTable:
    """Choose what each term is carried by: an exact counterpart, else itself, else a broader one.

    A negative mapping forbids what it denies. A term that both models have is carried as it is, unless a mapping says
    that it has no counterpart, or relates it to itself as anything but the same.

    Args:
        mappings: The mappings from the source's terms to the target's.
        shared: IRIs of terms that both models have.

    Raises:
        InputError: a term has two exact counterparts, so that what is said with it could mean either.
    """
    told = list(mappings)
    refused = {(one.subject_id, one.object_id) for one in told if one.negated and one.predicate_id in EXACT}
    positive = [one for one in told if not one.negated and not one.literal]
    related = [one for one in positive if not one.unmapped and (one.subject_id, one.object_id) not in refused]
    gone = {one.subject_id: one.comment for one in positive if one.object_id == NO_TERM_FOUND}
    otherwise = gone.keys() | {one.subject_id for one in told if one.subject_id == one.object_id}
    terms = _chosen(one for one in related if one.predicate_id in BROADER)
    terms |= {iri: iri for iri in shared if iri not in otherwise}
    terms |= _chosen(one for one in related if one.predicate_id in EXACT)
    nearby: dict[str, dict[str, None]] = {}
    for one in positive:
        if not one.unmapped and terms.get(one.subject_id) != one.object_id:
            nearby.setdefault(one.subject_id, {})[one.object_id] = None
    return TermTable(
        terms,
        gone,
        frozenset(one.object_id for one in positive if one.subject_id == NO_TERM_FOUND),
        {term: tuple(others) for term, others in nearby.items()},
    )


def _chosen(mappings: abc.Iterable[Mapping]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for one in mappings:
        if chosen.setdefault(one.subject_id, one.object_id) != one.object_id:
            where = f"line {one.line}" if one.line else None
            raise InputError(
                f"<{one.subject_id}> is mapped to both <{chosen[one.subject_id]}> and <{one.object_id}>.",
                where=where,
                remedy="Keep one of them, or say of the other that it is close or related.",
            )
    return chosen
