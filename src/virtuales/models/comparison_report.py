"""A comparison of two models as text for people, Markdown, CSV and JSON."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Literal, get_args

from virtuales.models.comparison import CHANGE_KINDS, Change, ChangeKind, Comparison, Detail

ReportFormat = Literal["text", "markdown", "csv", "json"]
REPORT_FORMATS: tuple[ReportFormat, ...] = get_args(ReportFormat)
_TITLES: Mapping[ChangeKind, str] = {
    "added": "Added",
    "removed": "Removed",
    "renamed": "Renamed",
    "moved": "Moved",
    "retyped": "Retyped",
    "reprofiled": "In other profiles",
    "deprecated": "Deprecated, or no more",
}
_COLUMNS = ("kinds", "sort", "before", "after", "profiles", "aspect", "profile", "was", "is", "why")


def write_comparison(comparison: Comparison, report_format: ReportFormat = "text") -> str:
    """Write what changed between two models.

    Args:
        comparison: What changed.
        report_format: `text` and `markdown` for people, by kind of change; `csv` with a line for each difference;
            `json` with everything.
    """
    if report_format == "csv":
        return _csv(comparison)
    if report_format == "json":
        return json.dumps(comparison_json(comparison), indent=2) + "\n"
    return "\n".join(_lines(comparison, is_markdown=report_format == "markdown")) + "\n"


def comparison_json(comparison: Comparison) -> dict[str, object]:
    """Return what changed between two models as JSON values."""
    return {
        "before": _reference(comparison, "before"),
        "after": _reference(comparison, "after"),
        "profile": comparison.profile,
        "namespaces": [
            {"before": each.before, "after": each.after, "shared": each.shared} for each in comparison.successions
        ],
        "classes": _tally_json(comparison, properties=False),
        "properties": _tally_json(comparison, properties=True),
        "aspects": dict(comparison.aspects()),
        "changes": [_change_json(comparison, change) for change in comparison.changes],
    }


def title_of(kind: ChangeKind) -> str:
    """Return what a kind of change is called in headings."""
    return _TITLES[kind]


def sentence_of(detail: Detail) -> str:
    """Say a difference in a few words.

    >>> sentence_of(Detail("multiplicity", "0..1", "1..1", profile="EQ"))
    'multiplicity in EQ 0..1 → 1..1'
    >>> sentence_of(Detail("members", "amps", "other, none"))
    'members: gone amps; new other, none'
    """
    if detail.aspect == "members":
        parts = [f"gone {detail.before}" if detail.before else "", f"new {detail.after}" if detail.after else ""]
        return "members: " + "; ".join(part for part in parts if part)
    where = f" in {detail.profile}" if detail.profile else ""
    return f"{detail.aspect}{where} {detail.before or 'none'} → {detail.after or 'none'}"


def _reference(comparison: Comparison, which: Literal["before", "after"]) -> str:
    model = comparison.before if which == "before" else comparison.after
    return f"{model.name}@{model.version}" if model.version else model.name


def _tally_json(comparison: Comparison, *, properties: bool) -> dict[str, int]:
    tally = comparison.tally(properties=properties)
    return {"before": tally.before, "after": tally.after} | {str(kind): count for kind, count in tally.kinds.items()}


def _change_json(comparison: Comparison, change: Change) -> dict[str, object]:
    details = [
        {"aspect": each.aspect, "before": each.before, "after": each.after}
        | ({"profile": each.profile} if each.profile else {})
        for each in change.details
    ]
    return {
        "name": comparison.name(change),
        "kinds": list(change.kinds),
        "sort": change.sort,
        "before": change.before,
        "after": change.after,
        "profiles": list(change.profiles),
        "details": details,
        "why": change.why,
    }


def _csv(comparison: Comparison) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for change in comparison.changes:
        head = (" ".join(change.kinds), change.sort, change.before or "", change.after or "", " ".join(change.profiles))
        for detail in change.details or (None,):
            said = (detail.aspect, detail.profile, detail.before, detail.after) if detail else ("", "", "", "")
            writer.writerow((*head, *said, change.why))
    return out.getvalue()


def _lines(comparison: Comparison, *, is_markdown: bool) -> Iterator[str]:
    before, after = _reference(comparison, "before"), _reference(comparison, "after")
    where = f", profile {comparison.profile}" if comparison.profile else ""
    yield f"{'# ' if is_markdown else ''}{before} → {after}{where}"
    yield ""
    yield from _table(comparison, is_markdown=is_markdown)
    for each in comparison.successions:
        yield ""
        yield f"{each.after} takes the place of {each.before} ({each.shared} names in both)."
    for kind in CHANGE_KINDS:
        found = comparison.select(kind)
        if found:
            yield ""
            yield f"{'## ' if is_markdown else ''}{_TITLES[kind]} ({len(found)})"
            if is_markdown:
                yield ""
            yield from (_line(comparison, change, kind, is_markdown=is_markdown) for change in found)


def _table(comparison: Comparison, *, is_markdown: bool) -> Iterator[str]:
    names = ["", "before", "after", *CHANGE_KINDS]
    rows = []
    for name, properties in (("classes and other terms", False), ("properties", True)):
        tally = comparison.tally(properties=properties)
        rows.append([name, str(tally.before), str(tally.after), *(str(tally.kinds[kind]) for kind in CHANGE_KINDS)])
    if is_markdown:
        yield "| " + " | ".join(names) + " |"
        yield "|---" + "|---:" * (len(names) - 1) + "|"
        yield from ("| " + " | ".join(row) + " |" for row in rows)
        return
    widths = [max(len(row[place]) for row in (names, *rows)) for place in range(len(names))]
    for row in (names, *rows):
        first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join((row[0].ljust(len(first)), *others)).rstrip()


def _line(comparison: Comparison, change: Change, kind: ChangeKind, *, is_markdown: bool) -> str:
    name = comparison.name(change)
    if kind == "renamed" and change.before:
        name = f"{comparison.before.short(change.before)} → {name}"
    said = [sentence_of(each) for each in change.details if each.kind == kind]
    if change.why and kind in {"added", "removed", "renamed"}:
        said.append(change.why)
    shown = f"`{name}`" if is_markdown else name
    return f"{'- ' if is_markdown else '  '}{shown} ({change.sort})" + (f": {'; '.join(said)}" if said else "")
