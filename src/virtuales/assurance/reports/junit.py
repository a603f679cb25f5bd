"""Reports in the XML that JUnit made common: build servers show them as tests, one for each rule."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from virtuales.assurance.report import ResultGroup, ValidationResult, path_text, plain_text
from virtuales.assurance.reports.shown import (
    Part,
    Shown,
    component_name,
    first_results,
    group_id,
    rules_of,
    sentence,
    severity_name,
    told_conflict,
    told_details,
)
from virtuales.assurance.shapes import LIGHT

EXAMPLES = 10
"""Results told of each rule."""
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets)."""


class _Finding(NamedTuple):
    """Results of one rule that share what a change did to them."""

    part: Part
    group: ResultGroup


def to_junit(files: Sequence[Shown]) -> str:
    """Write what judging some files found: a test suite for each file, a test case for each rule.

    A rule fails its case when it found something that refuses data; warnings and information, and what a change mended,
    stand in the output of a case that passes. A part of the shapes that is in error is a case that was skipped. That
    difference models fit what they change is a case of its own.
    """
    root = Element("testsuites", name="virtuales validate")
    for file in files:
        _suite(root, file)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True)


def _suite(root: Element, file: Shown) -> None:
    suite = SubElement(root, "testsuite", name=_legal(file.file))
    found: defaultdict[str, list[_Finding]] = defaultdict(list)
    for part in file.parts:
        for group in part.report.worst_first():
            found[group_id(group)].append(_Finding(part, group))
    failures = _judge_change(suite, file)
    for name, rule in rules_of(file).items():
        case = SubElement(suite, "testcase", classname=_legal(name), name=_legal(rule.name))
        failures += _judge_case(case, file, found[name])
    left_out = file.judgement.report.left_out
    for fault in left_out:
        shape = _legal(plain_text(fault.shape))
        case = SubElement(suite, "testcase", classname=shape, name=shape)
        SubElement(case, "skipped", message=_legal(f"The shape is in error: {fault.what} {fault.where}".rstrip()))
    suite.set("tests", str(len(suite)))
    _tell_schemas(suite, file)
    suite.set("failures", str(failures))
    suite.set("errors", "0")
    suite.set("skipped", str(len(left_out)))


def _tell_schemas(suite: Element, file: Shown) -> None:
    """Write the registered versions that judged as properties, which stand before the cases."""
    judgement = file.judgement
    told = [("schema", f"{version.name} {version.iri}") for version in judgement.versions]
    told += [("remark", remark) for remark in judgement.remarks]
    if told:
        properties = Element("properties")
        for name, value in told:
            SubElement(properties, "property", name=name, value=_legal(value))
        suite.insert(0, properties)


def _judge_change(suite: Element, file: Shown) -> int:
    """Write whether difference models fit; return 1 when they do not, else 0."""
    if file.change is None:
        return 0
    case = SubElement(suite, "testcase", classname="change", name="the change fits what it changes")
    conflicts = file.change.conflicts
    if conflicts:
        failure = SubElement(case, "failure", type="conflict", message=f"{len(conflicts):,} conflicts")
        failure.text = "\n".join(_legal(told_conflict(one)) for one in conflicts)
    return 1 if conflicts else 0


def _judge_case(case: Element, file: Shown, findings: Sequence[_Finding]) -> int:
    """Write what a rule found into its case; return 1 when the case fails by it, else 0."""
    refusing = [one for one in findings if file.refuses(one.part.state) and one.group.severity not in LIGHT]
    if refusing:
        number = sum(len(one.group) for one in refusing)
        failure = SubElement(case, "failure", type=_legal(component_name(refusing[0].group)))
        failure.set("message", _legal(f"{number:,} times: {refusing[0].group.message}"))
        failure.text = "\n".join(map(_told, refusing))
    lighter = [one for one in findings if one not in refusing]
    if lighter:
        SubElement(case, "system-out").text = "\n".join(map(_told, lighter))
    return 1 if refusing else 0


def _told(finding: _Finding) -> str:
    (state, _, file), group = finding
    said = f"{len(group):,} times {severity_name(group.severity)}"
    lines = [f"{said}, {state}: {group.message}" if state else f"{said}: {group.message}"]
    lines += [group.description] if group.description else []
    for one in first_results(group, EXAMPLES):
        lines += [_result(file, one), *("  " * depth + text for depth, text in told_details(one))]
    lines += [f"… and {len(group) - EXAMPLES:,} more"] if len(group) > EXAMPLES else []
    return _legal("\n".join(lines))


def _result(file: Shown, result: ValidationResult) -> str:
    name = f" ({file.name(result)})" if file.name(result) else ""
    path = f" {path_text(result.path)}" if result.path else ""
    return f"{file.place(result)}{plain_text(result.focus_node)}{name}{path}: {sentence(result)}"


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
