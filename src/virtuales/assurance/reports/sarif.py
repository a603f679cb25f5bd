"""Reports in SARIF 2.1.0, which code hosts and editors show at the lines concerned.

See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; its clauses are named below.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from virtuales import __version__
from virtuales.assurance.report import ResultGroup, Rule, ValidationResult, path_text, plain_text
from virtuales.assurance.reports.shown import (
    Place,
    Shown,
    State,
    first_results,
    group_id,
    rules_of,
    sentence,
    severity_name,
    told_conflict,
)
from virtuales.assurance.shapes import DEBUG, INFO, SHACL, TRACE, VIOLATION, WARNING

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
EXAMPLES = 1000
"""Results written of each rule: code hosts refuse files with more than some ten thousand."""
_LEVELS: Mapping[str, str] = {VIOLATION: "error", WARNING: "warning", INFO: "note", DEBUG: "note", TRACE: "note"}

_STATES: Mapping[State | None, str] = {
    State.NEW: "new",
    State.UNCHANGED: "unchanged",
    State.MENDED: "absent",
    None: "unchanged",
}
"""What a change did, in the words of clause 3.27.24, for the results of all files as soon as one of them changed."""

Json = dict[str, object]


class _Numbers(NamedTuple):
    """The places of rules and files in their lists."""

    rules: Mapping[str, int]
    files: Mapping[str, int]


def to_sarif(files: Sequence[Shown]) -> str:
    """Write what judging some files found as one SARIF log with one run.

    Rules are the shapes, whether they found anything or not. Of each rule and file at most `EXAMPLES` results are
    written; where there are more a notification says how many.
    """
    rules = {name: rule for file in files for name, rule in rules_of(file).items()}
    numbers = _Numbers(
        {name: number for number, name in enumerate(rules)},
        {one: number for number, one in enumerate(dict.fromkeys(one for file in files for one in file.files))},
    )
    changed = any(file.change for file in files)
    run: Json = {
        "tool": {
            "driver": {
                "name": "virtuales",
                "semanticVersion": __version__,
                "rules": [_rule(name, rule) for name, rule in rules.items()],
            }
        },
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(files)}],
        "artifacts": [{"location": {"uri": Place(file).uri}} for file in numbers.files],
        "results": [
            {
                **_result(part.file, group, result, numbers),
                **({"baselineState": _STATES[part.state]} if changed else {}),
            }
            for file in files
            for part in file.parts
            for group in part.report.worst_first()
            for result in first_results(group, EXAMPLES)
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(name: str, rule: Rule) -> Json:
    """Describe a rule (clause 3.49)."""
    described: Json = {
        "id": name,
        "shortDescription": {"text": rule.name},
        "defaultConfiguration": {"level": _level(rule.severity)},
    }
    if rule.description:
        described["fullDescription"] = {"text": rule.description}
    return described


def _result(file: Shown, group: ResultGroup, result: ValidationResult, numbers: "_Numbers") -> Json:
    """Write one result (clause 3.27)."""
    written: Json = {
        "ruleId": group_id(group),
        "ruleIndex": numbers.rules[group_id(group)],
        "level": _level(result.severity),
        "message": {"text": sentence(result)},
        "locations": [_location(file, result, numbers)],
        "partialFingerprints": {"resultHash/v1": _fingerprint(group, result)},
        "properties": {
            "severity": severity_name(result.severity),
            "component": group.component.removeprefix(SHACL),
            "value": None if result.value is None else plain_text(result.value),
        },
    }
    if result.details:
        written["relatedLocations"] = [
            {"message": {"text": sentence(detail)}, **_location(file, detail, numbers), "id": place}
            for place, (_, detail) in enumerate(result.within())
        ]
    return written


def _location(file: Shown, result: ValidationResult, numbers: "_Numbers") -> Json:
    """Say where the object of a result stands (clause 3.28)."""
    place = file.place(result)
    written: Json = {"artifactLocation": {"uri": place.uri, "index": numbers.files[place.file]}}
    if place.line is not None:
        written["region"] = {"startLine": place.line}
    return {"physicalLocation": written, "logicalLocations": _logical(file, result)}


def _logical(file: Shown, result: ValidationResult) -> list[Json]:
    """Name the object, and the property or path in it (clause 3.33)."""
    node = plain_text(result.focus_node)
    places: list[Json] = [{"name": file.name(result) or node, "fullyQualifiedName": node, "kind": "object"}]
    path = path_text(result.path)
    if path:
        local = path.rpartition("#")[2].rpartition("/")[2] or path
        places.append({"name": local, "fullyQualifiedName": path, "kind": "property"})
    return places


def _fingerprint(group: ResultGroup, result: ValidationResult) -> str:
    """Tell the same result in another run, wherever in the file it then stands (clause 3.27.17)."""
    path = path_text(result.path) or ""
    parts = (group_id(group), result.component, result.focus_node, path, result.value or "")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _notifications(files: Sequence[Shown]) -> list[Json]:
    """Say which versions judged, and what of the shapes and of the results was left out (clause 3.58)."""
    judged = [
        f"{file.file}: judged by {version.name}, {version.iri}" for file in files for version in file.judgement.versions
    ]
    left_out = dict.fromkeys(fault for file in files for fault in file.judgement.report.left_out)
    said = [f"Left out of the shapes: {plain_text(one.shape)}: {one.what} {one.where}".rstrip() for one in left_out]
    said += [
        f"{file.file}: {len(group):,} results of {group_id(group)}, of which the first {EXAMPLES:,} are written."
        for file in files
        for part in file.parts
        for group in part.report.groups
        if len(group) > EXAMPLES
    ]
    said += [f"{file.file}: {told_conflict(one)}" for file in files if file.change for one in file.change.conflicts]
    said += [f"{file.file}: {remark}" for file in files for remark in file.judgement.remarks]
    levels = [*(("note", one) for one in judged), *(("warning", one) for one in said)]
    return [{"level": level, "message": {"text": text}} for level, text in levels]


def _level(severity: str) -> str:
    return _LEVELS.get(severity, "error")
