"""Writing an impact: text, Markdown and a self-contained page for people, JSON for programs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from html import escape
from types import MappingProxyType
from typing import Literal

from virtuales.alignment.impact.record import Impact
from virtuales.alignment.impact.sections import Section, sections_of, title_of

ImpactFormat = Literal["text", "json", "markdown", "html"]
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#0b0c0c}"
    "table{border-collapse:collapse}th,td{padding:.3rem .8rem .3rem 0;border-bottom:1px solid #ccc;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}div{overflow-x:auto}"
)


def to_json(impact: Impact) -> str:
    """Write all that changes as a JSON object, the numbers of statements with it."""
    said = asdict(impact)
    for written, one in zip(said["translations"], impact.translations, strict=True):
        written["statements_changed"] = None if one.statements is None else sum(each.count for each in one.statements)
    for written, dataset in zip(said["datasets"] or (), impact.datasets or (), strict=True):
        written["statements_changed"] = dataset.total
    return json.dumps({"changes": not impact.is_none, **said}, indent=2, ensure_ascii=False) + "\n"


def to_text(impact: Impact) -> str:
    """Write the report as plain text."""
    lines = [title_of(impact).replace("`", "")]
    for section in sections_of(impact):
        lines += ["", section.title, f"  {section.sentence}"]
        lines += [f"  {'  |  '.join(row)}" for row in (section.head, *section.rows) if row]
    return "\n".join(lines) + "\n"


def to_markdown(impact: Impact) -> str:
    """Write the report in Markdown."""
    lines = [f"# {title_of(impact)}"]
    for section in sections_of(impact):
        lines += ["", f"## {section.title}", "", section.sentence]
        if section.head:
            lines += ["", _row(section.head), _row(["---"] * len(section.head)), *map(_row, section.rows)]
    return "\n".join(lines) + "\n"


def to_html(impact: Impact) -> str:
    """Write the report as a page that needs nothing else."""
    title = escape(title_of(impact).replace("`", ""))
    parts = "".join(map(_html, sections_of(impact)))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{title}</h1>{parts}</main></body></html>\n"
    )


WRITERS: Mapping[ImpactFormat, Callable[[Impact], str]] = MappingProxyType(
    {"text": to_text, "json": to_json, "markdown": to_markdown, "html": to_html}
)
"""How an impact is written."""


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _html(section: Section) -> str:
    table = ""
    if section.head:
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in section.head)
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in section.rows)
        label = escape(section.title, quote=True)
        table = (
            f'<div role="region" aria-label="{label}" tabindex="0"><table><thead><tr>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )
    return f"<h2>{escape(section.title)}</h2><p>{escape(section.sentence)}</p>{table}"
