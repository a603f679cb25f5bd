"""Reports in the XML that JUnit made common: build servers show them as tests, one for each rule."""

import re
from collections import defaultdict
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from virtuales.assurance.report import ResultGroup, ValidationResult, path_text, plain_text
from virtuales.assurance.reports.shown import (
    Shown,
    component_name,
    first_results,
    group_id,
    rules_of,
    sentence,
    severity_name,
    told_details,
)
from virtuales.assurance.shapes import INFO, WARNING

EXAMPLES = 10
"""Results told of each rule."""
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets)."""


def to_junit(files: Sequence[Shown]) -> str:
    """Write what judging some files found: a test suite for each file, a test case for each rule.

    A rule fails its case when it found something that refuses data; warnings and information stand in the output of
    a case that passes. A part of the shapes that is in error is a case that was skipped.
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
    found: defaultdict[str, list[ResultGroup]] = defaultdict(list)
    for group in file.judgement.report.worst_first():
        found[group_id(group)].append(group)
    failures = 0
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


def _judge_case(case: Element, file: Shown, groups: Sequence[ResultGroup]) -> int:
    """Write what a rule found into its case; return 1 when the case fails by it, else 0."""
    refusing = [group for group in groups if group.severity not in {WARNING, INFO}]
    if refusing:
        number = sum(map(len, refusing))
        failure = SubElement(case, "failure", type=_legal(component_name(refusing[0])))
        failure.set("message", _legal(f"{number:,} times: {refusing[0].message}"))
        failure.text = "\n".join(_told(file, group) for group in refusing)
    lighter = [group for group in groups if group.severity in {WARNING, INFO}]
    if lighter:
        SubElement(case, "system-out").text = "\n".join(_told(file, group) for group in lighter)
    return 1 if refusing else 0


def _told(file: Shown, group: ResultGroup) -> str:
    lines = [f"{len(group):,} times {severity_name(group.severity)}: {group.message}"]
    lines += [group.description] if group.description else []
    for one in first_results(group, EXAMPLES):
        lines += [_result(file, one), *("  " * depth + text for depth, text in told_details(one))]
    lines += [f"… and {len(group) - EXAMPLES:,} more"] if len(group) > EXAMPLES else []
    return _legal("\n".join(lines))


def _result(file: Shown, result: ValidationResult) -> str:
    line = file.line(result)
    place = f"{file.file}:{line}: " if line is not None else ""
    name = f" ({file.name(result)})" if file.name(result) else ""
    path = f" {path_text(result.path)}" if result.path else ""
    return f"{place}{plain_text(result.focus_node)}{name}{path}: {sentence(result)}"


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
