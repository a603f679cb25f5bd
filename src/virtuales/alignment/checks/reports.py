"""What checks found, for programs and build servers: JSON, SARIF 2.1.0 and JUnit."""

import hashlib
import json
import re
from collections import abc
from dataclasses import asdict
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from virtuales import __version__
from virtuales.alignment.checks.on_rules import RULE_CHECKS
from virtuales.alignment.checks.run import Checked
from virtuales.alignment.checks.table import CHECKS
from virtuales.alignment.findings import Finding

SARIF_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets)."""
_TITLES: Final[abc.Mapping[str, str]] = {
    **{each.code: each.title for each in CHECKS},
    **{each.code: each.title for each in RULE_CHECKS},
}

Json = dict[str, object]


def to_json(checked: Checked) -> str:
    """Write the findings as a JSON object with `files`, `counts` and `findings`."""
    counts = {severity: checked.count(severity) for severity in _LEVELS}
    found = [
        {name: value for name, value in asdict(each).items() if value not in ("", None)} for each in checked.findings
    ]
    return json.dumps({"files": checked.files, "counts": counts, "findings": found}, indent=2, ensure_ascii=False)


def to_sarif(checked: Checked) -> str:
    """Write the findings as one SARIF log with one run.

    See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
    """
    codes = list(dict.fromkeys((*_TITLES, *(each.rule for each in checked.findings))))
    rules = [{"id": code, "shortDescription": {"text": _TITLES.get(code, code)}} for code in codes]
    run: Json = {
        "tool": {"driver": {"name": "virtuales", "semanticVersion": __version__, "rules": rules}},
        "invocations": [{"executionSuccessful": True}],
        "artifacts": [{"location": {"uri": _uri(file)}} for file in checked.files],
        "results": [_result(each, codes.index(each.rule), checked.files) for each in checked.findings],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def to_junit(checked: Checked, command: str = "virtuales mappings check") -> str:
    """Write the findings: a test suite for each file, a case for each kind of finding, or one that passes."""
    root = Element("testsuites", name=command)
    for file in checked.files:
        _suite(root, file, [each for each in checked.findings if each.file == file])
    for name in ("tests", "failures"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True)


def sentence(finding: Finding) -> str:
    """Return reason and suggestion in one."""
    return f"{finding.what} {finding.remedy}".strip()


def _result(finding: Finding, number: int, files: abc.Sequence[str]) -> Json:
    """Write one result (clause 3.27)."""
    place: Json = {"artifactLocation": {"uri": _uri(finding.file), "index": files.index(finding.file)}}
    if finding.line is not None:
        place["region"] = {"startLine": finding.line}
    said = "\n".join((finding.rule, finding.file, finding.slot, finding.what))
    return {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": _LEVELS[finding.severity],
        "message": {"text": sentence(finding)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"findingHash/v1": hashlib.sha256(said.encode()).hexdigest()},
    }


def _suite(root: Element, file: str, findings: abc.Sequence[Finding]) -> None:
    suite = SubElement(root, "testsuite", name=_legal(file))
    codes = list(dict.fromkeys(each.rule for each in findings))
    failures = 0
    for code in codes or ["sound"]:
        case = SubElement(suite, "testcase", classname=_legal(file), name=_legal(_TITLES.get(code, code)))
        same = [each for each in findings if each.rule == code]
        text = _legal("\n".join(f"{each.where}: {sentence(each)}" for each in same))
        if any(each.severity == "error" for each in same):
            failures += 1
            failure = SubElement(case, "failure", type=code, message=_legal(same[0].what))
            failure.text = text
        elif same:
            SubElement(case, "system-out").text = text
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(failures))


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else path.as_posix()


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
