"""Rules that a mapping set must keep beyond the form of its values, as SSSOM 1.1 states them.

The rules are those of the specification's schema and of the sections "Literal mappings", "Representing unmapped
entities", "Mapping cardinality", "Identifying mapping records" and "Versioning".
"""

from collections import abc, defaultdict
from dataclasses import replace

from virtuales.alignment.cardinality import cardinalities
from virtuales.alignment.findings import Finding, Findings, Severity
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.slots import (
    COMPOSED,
    LITERAL,
    MAPPING_SLOTS,
    NAMES_OF_MAPPING,
    NEWER_ON_THE_SET,
    SET_SLOTS,
    absent,
)
from virtuales.alignment.terms import NO_TERM_FOUND

_NEWER_SLOTS = frozenset(slot.name for slot in MAPPING_SLOTS if slot.added_in == "1.1")
_ALONE = {"1:0", "0:1", "0:0"}


def validate(mapping_set: MappingSet) -> tuple[Finding, ...]:
    """Return what speaks against a mapping set, by line; an empty tuple if nothing does."""
    findings = Findings(mapping_set.file)
    _judge_set(mapping_set, findings)
    for mapping in mapping_set.mappings:
        _judge_sides(mapping, findings)
        _judge_review(mapping, findings)
    _judge_record_ids(mapping_set.mappings, findings)
    _judge_repetitions(mapping_set.mappings, findings)
    _judge_cardinalities(mapping_set.mappings, findings)
    return findings.all()


def version_needed(mapping_set: MappingSet) -> str:
    """Return the lowest version of SSSOM that has all slots and values that a set uses ("Using `sssom_version`")."""
    newer = [slot for slot in SET_SLOTS if slot.name != "sssom_version"]
    newer = [slot for slot in newer if slot.added_in == "1.1" or slot.name in NEWER_ON_THE_SET]
    if any(getattr(mapping_set, slot.name) != absent(slot) for slot in newer):
        return "1.1"
    return "1.1" if any(map(_is_newer, (mapping.__dict__ for mapping in mapping_set.mappings))) else "1.0"


def _is_newer(said: abc.Mapping[str, object]) -> bool:
    if not _NEWER_SLOTS.isdisjoint(said) and any(said.get(name) not in (None, "", ()) for name in _NEWER_SLOTS):
        return True
    return COMPOSED in (said.get("subject_type"), said.get("object_type")) or said.get("mapping_cardinality") == "0:0"


def _add(findings: Findings, mapping: Mapping | None, slot: str, finding: Finding) -> None:
    findings.add(replace(finding, line=mapping.line if mapping else None, slot=slot))


def _judge_set(mapping_set: MappingSet, findings: Findings) -> None:
    for name in ("mapping_set_id", "license"):
        if not getattr(mapping_set, name):
            what = f"The set does not say its `{name}`, which SSSOM asks of every set."
            findings.add(Finding("missing-slot", "warning", what, f"Add `{name}:` and an IRI.", slot=name))
    if not mapping_set.sssom_version and version_needed(mapping_set) != "1.0":
        what = "The set uses what version 1.1 of SSSOM brought and does not say so."
        remedy = 'Add the line `sssom_version: "1.1"`.'
        findings.add(Finding("version-not-said", "warning", what, remedy, slot="sssom_version"))
    if mapping_set.predicate_type in {LITERAL, COMPOSED}:
        _refuse_predicate_type(mapping_set.predicate_type, None, findings)


def _refuse_predicate_type(kind: str, mapping: Mapping | None, findings: Findings) -> None:
    what = f"A predicate is no {kind.removeprefix('rdfs ')}."
    _add(findings, mapping, "predicate_type", Finding("predicate-type", "error", what, "Write what kind of property."))


def _judge_sides(mapping: Mapping, findings: Findings) -> None:
    subject, target = mapping.subject_id, mapping.object_id
    if not (subject and target) or LITERAL in (mapping.subject_type, mapping.object_type):
        _judge_side(findings, mapping, "subject")
        _judge_side(findings, mapping, "object")
    for slot in ("predicate_id", "mapping_justification"):
        if not getattr(mapping, slot):
            _missing(findings, mapping, slot, "Every mapping names one.")
    if mapping.predicate_type in {LITERAL, COMPOSED}:
        _refuse_predicate_type(mapping.predicate_type, mapping, findings)
    if NO_TERM_FOUND in (subject, target):
        _judge_unmapped(findings, mapping)


def _judge_side(findings: Findings, mapping: Mapping, side: str) -> None:
    literal = getattr(mapping, f"{side}_type") == LITERAL
    if literal and not getattr(mapping, f"{side}_label"):
        _missing(findings, mapping, f"{side}_label", "It is what a literal says.")
    if not literal and not getattr(mapping, f"{side}_id"):
        remedy = f"Name it, write `sssom:NoTermFound`, or make the {side} an `rdfs literal`."
        _missing(findings, mapping, f"{side}_id", remedy)


def _missing(findings: Findings, mapping: Mapping, slot: str, remedy: str) -> None:
    _add(findings, mapping, slot, Finding("missing-slot", "error", f"The mapping has no `{slot}`.", remedy))


def _judge_unmapped(findings: Findings, mapping: Mapping) -> None:
    for side in ("subject", "object"):
        if getattr(mapping, f"{side}_id") == NO_TERM_FOUND and not getattr(mapping, f"{side}_source"):
            what = "No term was found, but it is not said where."
            finding = Finding("no-term-where", "warning", what, f"Name the vocabulary in `{side}_source`.")
            _add(findings, mapping, f"{side}_source", finding)
    if mapping.negated:
        what = "What `Not` means where no term was found is not defined."
        finding = Finding("negated-no-term", "warning", what, "Leave the modifier out.")
        _add(findings, mapping, "predicate_modifier", finding)


def _judge_review(mapping: Mapping, findings: Findings) -> None:
    said = mapping.__dict__
    if said.get("review_date") is None and said.get("reviewer_agreement") is None:
        return
    if not (mapping.reviewer_id or mapping.reviewer_label):
        slot = "review_date" if mapping.review_date is not None else "reviewer_agreement"
        finding = Finding("no-reviewer", "error", "There is a review without a reviewer.", "Name the `reviewer_id`.")
        _add(findings, mapping, slot, finding)


def _judge_record_ids(mappings: abc.Sequence[Mapping], findings: Findings) -> None:
    known: dict[str, int | None] = {}
    named = sum(1 for mapping in mappings if mapping.record_id)
    for mapping in mappings if named else ():
        record = mapping.record_id
        if not record:
            what = "The mapping has no `record_id`, while others of the set have one."
            finding = Finding("record-id-missing", "error", what, "Give every mapping one, or none.")
            _add(findings, mapping, "record_id", finding)
        elif record in known:
            what = f"<{record}> names the mapping of line {known[record]} too."
            finding = Finding("record-id-twice", "error", what, "Give each mapping its own.")
            _add(findings, mapping, "record_id", finding)
        else:
            known[record] = mapping.line


def _judge_repetitions(mappings: abc.Sequence[Mapping], findings: Findings) -> None:
    """Look for records that say the same; only those that claim the same for the same reason are compared whole."""
    claims: dict[tuple[str, str, str, str], list[Mapping]] = defaultdict(list)
    for mapping in mappings:
        claims[mapping.subject_key, mapping.predicate_id, mapping.object_key, mapping.mapping_justification].append(
            mapping
        )
    for alike in claims.values():
        known: dict[tuple[Mapping, frozenset[tuple[str, str]]], Mapping] = {}
        for mapping in alike if len(alike) > 1 else ():
            first = known.setdefault((mapping, frozenset(mapping.extensions.items())), mapping)
            if first is not mapping:
                what = f"The mapping says what line {first.line} says." if first.line else "The mapping is there twice."
                _add(findings, mapping, "", Finding("said-twice", "warning", what, "Remove one of them."))


def _judge_cardinalities(mappings: abc.Sequence[Mapping], findings: Findings) -> None:
    scopes = {mapping.cardinality_scope for mapping in mappings if mapping.mapping_cardinality}
    for scope in sorted(scopes):
        if unknown := [name for name in scope if name not in NAMES_OF_MAPPING]:
            what = f"`{unknown[0]}` is no slot of a mapping."
            finding = Finding("cardinality-scope", "error", what, "Name slots that mappings have.")
            findings.add(replace(finding, slot="cardinality_scope"))
            continue
        for mapping, computed in zip(mappings, cardinalities(mappings, scope), strict=True):
            if mapping.cardinality_scope == scope and mapping.mapping_cardinality not in ("", computed):
                wrong = _ALONE & {mapping.mapping_cardinality, computed}
                severity: Severity = "error" if wrong else "warning"
                what = f"The cardinality is {computed}, not {mapping.mapping_cardinality}."
                finding = Finding("cardinality", severity, what, f"Write `{computed}`, or correct the mappings.")
                _add(findings, mapping, "mapping_cardinality", finding)
