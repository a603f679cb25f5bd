"""Terms that would fill gaps: those that the record proposes, and drafts made from requirements that have none."""

import re
from collections import abc
from typing import Final

from virtuales.alignment.gaps.cell import GapReport, Row
from virtuales.alignment.use_cases.record import Proposal, Requirement, UseCase
from virtuales.rdf.namespaces import OWL, RDF, RDFS, VES, XSD
from virtuales.rdf.terms import Literal, NamedNode, Triple

PROPOSED: Final = "https://w3id.org/virtuales/proposed#"
"""Where proposed terms are, until a model takes them up."""
_WORD: Final = re.compile(r"[A-Za-z0-9]+")


def proposals(use_case: UseCase, report: GapReport) -> tuple[Proposal, ...]:
    """Return the proposals for the gaps of a report, by IRI.

    A requirement that is met wholly by one of the report's models needs none. One that no model meets at all, and for
    which the record proposes nothing, gets a draft that an editor has to complete.

    Args:
        use_case: The record.
        report: The report on it.
    """
    found: dict[str, Proposal] = {}
    for row in report.gaps():
        versions = {one.iri for one in use_case.history(row.requirement)}
        made = [one for one in use_case.proposals if versions.intersection(one.proposed_for)]
        if not made and _is_empty(row):
            made = [draft_of(row.requirement)]
        found |= {one.iri: one for one in made}
    return tuple(found[iri] for iri in sorted(found))


def draft_of(requirement: Requirement) -> Proposal:
    """Make a draft of a property for a requirement, from what the requirement says of itself."""
    iri = NamedNode(PROPOSED + _local_name(requirement.title))
    said: list[tuple[NamedNode, NamedNode | Literal]] = [
        (RDF.type, OWL.DatatypeProperty),
        (RDFS.label, Literal(requirement.title)),
        (RDFS.comment, Literal(requirement.description)),
        (RDFS.isDefinedBy, NamedNode(PROPOSED.rstrip("#"))),
        (VES.proposedFor, NamedNode(requirement.iri)),
        (VES.status, VES.Draft),
    ]
    if requirement.unit:
        said += [(RDFS.range, XSD.float), (VES.unit, Literal(requirement.unit))]
    statements = tuple(Triple(iri, predicate, value) for predicate, value in said)
    return Proposal(iri.value, requirement.title, requirement.description, (requirement.iri,), statements, drafted=True)


def proposals_of(requirement: Requirement, use_case: UseCase, all_of: abc.Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Return the proposals that would serve a requirement."""
    versions = {one.iri for one in use_case.history(requirement)}
    return tuple(one for one in all_of if versions.intersection(one.proposed_for))


def _is_empty(row: Row) -> bool:
    return not any(cell.terms for cell in row.cells)


def _local_name(title: str) -> str:
    words: list[str] = _WORD.findall(title) or ["term"]
    first, *others = words
    return first[:1].lower() + first[1:] + "".join(each[:1].upper() + each[1:] for each in others)
