"""Checks of a record beyond its shapes: do the terms exist, do references lead somewhere, does the history hold."""

from collections import Counter, abc
from dataclasses import dataclass
from typing import Final

from virtuales.alignment.checks.known_terms import KnownTerms
from virtuales.alignment.findings import Finding, Severity
from virtuales.alignment.use_cases.graph import RecordGraph
from virtuales.alignment.use_cases.record import Requirement, TermCoverage, UseCase
from virtuales.alignment.use_cases.units import unit_lacking
from virtuales.models.facts import Model
from virtuales.rdf.namespaces import RDFS, VES
from virtuales.rdf.terms import NamedNode, plain

_OWN_MODEL: Final = "https://w3id.org/virtuales/ns"
_OUTSIDE: Final = ("http://www.w3.org/2001/XMLSchema#", RDFS.iri, "http://www.w3.org/2002/07/owl#")
"""Namespaces that every model may use without their being registered."""


@dataclass(frozen=True)
class CheckedRecord:
    """A record that is checked.

    Args:
        use_case: The record.
        graph: Its statements, with their lines.
        terms: The terms of all models.
    """

    use_case: UseCase
    graph: RecordGraph
    terms: KnownTerms

    @property
    def versions(self) -> tuple[Requirement, ...]:
        """All versions of all requirements."""
        return (*self.use_case.requirements, *self.use_case.earlier.values())

    def finding(self, code: str, subject: str, value: str, what: str, remedy: str = "") -> Finding:
        """Make a finding about a value that is said of a subject."""
        line = self.graph.line(NamedNode(subject), value)
        severity: Severity = "warning" if code in WARNINGS else "error"
        return Finding(code, severity, what, remedy, str(self.graph.path), line)


WARNINGS: Final = frozenset({"idle-actor", "no-proposal", "no-reason"})
"""Codes of findings that do not keep a record from being used."""


def check_record(record: CheckedRecord) -> tuple[Finding, ...]:
    """Return what is wrong with a record, by line."""
    checks = (_coverage, _references, _identifiers, _histories, _remarks, _reviewed, _proposals, _unserved)
    found = [each for check in checks for each in check(record)]
    return tuple(sorted(found, key=lambda one: (one.line or 0, one.rule, one.what)))


def _coverage(record: CheckedRecord) -> abc.Iterator[Finding]:
    """Models, terms and units that a requirement's coverage names."""
    for requirement in record.versions:
        for each in requirement.coverage:
            model = record.terms.named(each.model)
            if model is None:
                yield _unknown_model(record, requirement.iri, each.model)
                continue
            yield from _terms(record, requirement, each, model)
            known = [term for iri in each.terms if (term := record.terms.in_model(iri, model))]
            said = unit_lacking(requirement.unit, known)
            if said and "unit" not in each.lacks:
                remedy = "Say `ves:lacks qudt:hasUnit`, or name a term in that unit."
                yield record.finding("unit-differs", requirement.iri, each.terms[0], said, remedy)


def _terms(
    record: CheckedRecord, requirement: Requirement, coverage: TermCoverage, model: Model
) -> abc.Iterator[Finding]:
    for iri in coverage.terms:
        term = record.terms.in_model(iri, model)
        if term is None:
            what, remedy = f"`{model.short(iri)}` is no term of {model.name}.", record.terms.nearest(iri, model)
            yield record.finding("unknown-term", requirement.iri, iri, what, remedy)
        elif term.deprecated:
            what = f"The publisher of {model.name} advises against `{term.short}`."
            yield record.finding("deprecated-term", requirement.iri, iri, what, "Name the term that replaces it.")


def _unknown_model(record: CheckedRecord, subject: str, iri: str) -> Finding:
    remedy = f"Registered are: {', '.join(record.terms.sources())}."
    return record.finding("unknown-model", subject, iri, f"<{iri}> is no registered model.", remedy)


def _references(record: CheckedRecord) -> abc.Iterator[Finding]:
    """Actors, steps and purposes that are named and not described, and actors that do nothing."""
    use_case = record.use_case
    actors, steps = {one.iri for one in use_case.actors}, {one.iri for one in use_case.steps}
    purposes = _known_purposes(record)
    named = [(one.iri, (*one.needed_by, *one.supplied_by), one.needed_at) for one in record.versions]
    named += [(step.iri, step.performed_by, step.after) for step in use_case.steps]
    for subject, who, where in named:
        for iri in sorted(set(who) - actors):
            what = f"<{iri}> is no actor of the use case."
            yield record.finding("unknown-actor", subject, iri, what, "Describe it (`org:Role`), or name another.")
        for iri in sorted(set(where) - steps):
            what = f"<{iri}> is no step of the use case."
            yield record.finding("unknown-step", subject, iri, what, "Describe it (`p-plan:Step`), or name another.")
    for one in record.versions:
        for iri in sorted(set(one.purposes) - purposes):
            remedy = f"Known are: {', '.join(sorted(purposes))}."
            yield record.finding("unknown-purpose", one.iri, iri, f"<{iri}> is no purpose.", remedy)
    for iri in sorted(actors - {each for _, who, _ in named for each in who}):
        yield record.finding("idle-actor", iri, "", "The actor neither needs, has nor does anything.", "Remove it.")


def _known_purposes(record: CheckedRecord) -> set[str]:
    own = record.terms.named(_OWN_MODEL)
    return {iri for iri, fact in own.classes.items() if VES.Purpose.value in fact.types} if own else set()


def _identifiers(record: CheckedRecord) -> abc.Iterator[Finding]:
    """Identifiers that several requirements have."""
    counts = Counter(one.identifier for one in record.use_case.requirements)
    for one in record.use_case.requirements:
        if counts[one.identifier] > 1:
            what = f"{counts[one.identifier]} requirements are called {one.identifier}."
            remedy = "Give each its own, or say which revises which (`prov:wasRevisionOf`)."
            yield record.finding("same-identifier", one.iri, one.identifier, what, remedy)


def _histories(record: CheckedRecord) -> abc.Iterator[Finding]:
    """Revisions of nothing, of something else, without a higher number, or without a reason."""
    known = {one.iri: one for one in record.versions}
    remarks = {one.iri for one in record.use_case.remarks}
    for one in record.versions:
        before = known.get(one.revises)
        if one.revises and before is None:
            what = f"<{one.revises}> is no requirement of the file."
            yield record.finding("unknown-revision", one.iri, one.revises, what, "Keep the version that was revised.")
        elif before is not None and before.identifier != one.identifier:
            what = f"{one.identifier} revises {before.identifier}, which is another requirement."
            yield record.finding("unknown-revision", one.iri, one.revises, what, "Keep the identifier in all versions.")
        elif before is not None and not _later(before.version, one.version):
            what = f"Version {one.version} revises version {before.version}."
            yield record.finding("version-order", one.iri, one.version, what, "Count versions upwards.")
        if one.revises and not one.change_note:
            what = "It is not said why the requirement was changed."
            yield record.finding("no-reason", one.iri, one.revises, what, "Say it with `skos:changeNote`.")
        for iri in set(one.led_by) - remarks:
            what = f"<{iri}> is no pain point or comment of the file."
            yield record.finding("unknown-remark", one.iri, iri, what, "Name what led to the change.")


def _later(before: str, after: str) -> bool:
    numbers = [[int(part) for part in text.split(".") if part.isdigit()] for text in (before, after)]
    return numbers[0] < numbers[1]


def _remarks(record: CheckedRecord) -> abc.Iterator[Finding]:
    """Remarks about nothing that is known."""
    known = {record.use_case.iri, *(one.iri for one in record.versions)}
    for remark in record.use_case.remarks:
        for iri in remark.about:
            if iri not in known and record.terms.anywhere(iri) is None:
                what = f"<{iri}> is neither the use case nor a requirement nor a term of a registered model."
                yield record.finding("unknown-target", remark.iri, iri, what, "Say what the remark is about.")


def _reviewed(record: CheckedRecord) -> abc.Iterator[Finding]:
    """Models that were reviewed and are not registered."""
    for activity in record.use_case.activities:
        for iri in activity.used if activity.step == VES.ModelReview.value else ():
            if record.terms.named(iri) is None:
                yield _unknown_model(record, activity.iri, iri)


def _proposals(record: CheckedRecord) -> abc.Iterator[Finding]:
    """Proposed terms that exist already, serve nothing that is known, or build on unknown terms."""
    proposed = {one.iri for one in record.use_case.proposals}
    requirements = {one.iri for one in record.versions}
    for one in record.use_case.proposals:
        standing = record.terms.anywhere(one.iri)
        if standing is not None:
            what = f"{standing.model.name} has this term already."
            yield record.finding("term-exists", one.iri, "", what, "Name it in the requirement's coverage.")
        for iri in set(one.proposed_for) - requirements:
            what = f"<{iri}> is no requirement of the file."
            yield record.finding("unknown-requirement", one.iri, iri, what, "Name what the term is for.")
        for triple in one.statements:
            if triple.predicate in (RDFS.domain, RDFS.range, RDFS.subClassOf, RDFS.subPropertyOf):
                iri = plain(triple.object)
                if not (iri in proposed or iri.startswith(_OUTSIDE) or record.terms.anywhere(iri)):
                    what = f"<{iri}> is neither a term of a registered model nor proposed."
                    yield record.finding("unknown-term", one.iri, iri, what, "Build on a term that there is.")


def _unserved(record: CheckedRecord) -> abc.Iterator[Finding]:
    """Requirements for which there is neither a term nor a proposal."""
    for one in record.use_case.requirements:
        versions = {each.iri for each in record.use_case.history(one)}
        served = any(versions.intersection(each.proposed_for) for each in record.use_case.proposals)
        if not one.coverage and not served:
            what = f"{one.identifier} has neither terms that serve it nor a proposed one."
            yield record.finding("no-proposal", one.iri, "", what, "Propose a term (`ves:proposedFor`).")
