"""Reports as one HTML page that needs nothing else: no network, no server, and no script except for its filters."""

from collections.abc import Sequence

from virtuales.assurance.report import ResultGroup, ValidationResult, path_text, plain_text
from virtuales.assurance.reports.shown import (
    SEVERITIES,
    Part,
    Shown,
    State,
    component_name,
    first_results,
    sentence,
    severity_name,
    told_conflict,
)

EXAMPLES = 100
"""Results shown of each rule."""


def to_html(files: Sequence[Shown]) -> str:
    """Write what judging some files found as a page: a section for each file, in it each rule with its results.

    Rules can be opened and closed without script; with script they can be filtered by severity and by text.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  # only where a page is asked for

    environment = Environment(
        loader=PackageLoader("virtuales.assurance", "reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("page.html.jinja")
    return page.render(
        files=[_file(one) for one in files],
        severities=list(SEVERITIES.values()),
        states=list(State) if any(one.change for one in files) else [],
        examples=EXAMPLES,
    )


def _file(file: Shown) -> dict[str, object]:
    report = file.judgement.report
    return {
        "name": file.file,
        "profiles": file.judgement.profiles,
        "conforms": report.conforms,
        "acceptable": report.acceptable,
        "counts": report.counts_by_severity(),
        "shapes": len(report.judged),
        "nodes": report.focus_nodes,
        "sources": report.sources,
        "remarks": file.judgement.remarks,
        "change": _change(file) if file.change else None,
        "rules": [_rule(part, group) for part in file.parts for group in part.report.worst_first()],
        "left_out": [{"shape": plain_text(one.shape), "what": one.what, "where": one.where} for one in report.left_out],
    }


def _change(file: Shown) -> dict[str, object]:
    change = file.change
    return {
        "ended": change.ended if change else 0,
        "began": change.began if change else 0,
        "counts": {str(part.state): len(part.report) for part in file.parts},
        "conflicts": [told_conflict(one) for one in change.conflicts] if change else [],
    }


def _detail(result: ValidationResult) -> dict[str, object]:
    return {
        "node": plain_text(result.focus_node),
        "path": path_text(result.path) or "",
        "text": sentence(result),
        "details": [_detail(each) for each in result.details],
    }


def _rule(part: Part, group: ResultGroup) -> dict[str, object]:
    file, severity = part.file, severity_name(group.severity)
    return {
        "name": group.rule,
        "shape": plain_text(group.source_shape),
        "component": component_name(group),
        "state": part.state or "",
        "severity": severity,
        "kind": severity if severity in SEVERITIES.values() else "Violation",
        "message": group.message,
        "description": group.description,
        "count": len(group),
        "results": [
            {
                "node": plain_text(one.focus_node),
                "name": file.name(one),
                "line": file.place(one).line,
                "file": file.place(one).file,
                "path": path_text(one.path) or "",
                "value": "" if one.value is None else plain_text(one.value),
                "message": one.message if one.message != group.message else "",
                "details": [_detail(each) for each in one.details],
            }
            for one in first_results(group, EXAMPLES)
        ],
    }
