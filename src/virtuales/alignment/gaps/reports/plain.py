"""Reports as CSV, JSON and Markdown."""

import csv
import io
import json
from dataclasses import dataclass

from virtuales.alignment.gaps.cell import STATUSES, Cell, CoveringTerm, GapReport, Row
from virtuales.alignment.gaps.proposals import proposals_of
from virtuales.alignment.use_cases.record import Proposal, UseCase


@dataclass(frozen=True)
class Account:
    """All that a report is written from.

    Args:
        use_case: The record.
        report: What the analysis found.
        proposals: The terms proposed for the gaps.
    """

    use_case: UseCase
    report: GapReport
    proposals: tuple[Proposal, ...]

    def proposals_for(self, row: Row) -> tuple[Proposal, ...]:
        """Return the proposals for a requirement."""
        return proposals_of(row.requirement, self.use_case, self.proposals)

    def names(self, iris: tuple[str, ...]) -> str:
        """Return what people call some actors or steps."""
        return ", ".join(map(self.use_case.name_of, iris))


def to_csv(account: Account) -> str:
    """Write a line for each requirement and model."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("requirement", "title", "priority", "model", "status", "terms", "lacks", "reasons"))
    for row in account.report.rows:
        one = row.requirement
        for version, cell in zip(account.report.models, row.cells, strict=True):
            terms, lacks = (each.name for each in cell.terms), sorted(cell.lacks)
            writer.writerow(
                (
                    *(one.identifier, one.title, one.priority, version.reference, cell.status),
                    *(" ".join(terms), " ".join(lacks), " ".join(cell.reasons)),
                )
            )
    return text.getvalue()


def to_json(account: Account) -> str:
    """Write an object with `models`, `counts`, `requirements` and `proposals`."""
    report = account.report
    counts = {version.reference: report.counts(place) for place, version in enumerate(report.models)}
    said = {
        "use_case": {"iri": report.use_case, "name": report.name, "title": report.title},
        "models": [version.reference for version in report.models],
        "counts": {**counts, "best": report.best_counts()},
        "requirements": [_row(account, row) for row in report.rows],
        "proposals": [
            {
                "iri": one.iri,
                "label": one.label,
                "definition": one.definition,
                "proposed_for": list(one.proposed_for),
                "drafted": one.drafted,
            }
            for one in account.proposals
        ],
    }
    return json.dumps(said, indent=2, ensure_ascii=False)


def _row(account: Account, row: Row) -> dict[str, object]:
    one = row.requirement
    cells = zip(account.report.models, row.cells, strict=True)
    return {
        "iri": one.iri,
        "identifier": one.identifier,
        "title": one.title,
        "version": one.version,
        "priority": one.priority,
        "unit": one.unit,
        "resolution": one.resolution,
        "maximum_age": one.maximum_age,
        "needed_by": list(one.needed_by),
        "needed_at": list(one.needed_at),
        "best": row.best,
        "models": {version.reference: _cell(cell) for version, cell in cells},
        "proposals": [each.iri for each in account.proposals_for(row)],
    }


def _cell(cell: Cell) -> dict[str, object]:
    return {
        "status": cell.status,
        "terms": [_term(each) for each in cell.terms],
        "lacks": sorted(cell.lacks),
        "reasons": list(cell.reasons),
    }


def _term(term: CoveringTerm) -> dict[str, object]:
    return {
        "iri": term.iri,
        "name": term.name,
        "nearness": term.nearness,
        "origin": term.origin,
        "because": list(term.because),
    }


def to_markdown(account: Account) -> str:
    """Write the matrix, how much of it is met, then each gap with its reasons and proposals."""
    report = account.report
    lines = [f"# Gaps: {_cell_text(report.title)}", "", *_table(["requirement", "priority", *report.names])]
    for row in report.rows:
        one = row.requirement
        lines.append(_line([f"{one.identifier} {one.title}", one.priority, *(cell.status for cell in row.cells)]))
    lines += ["", *_table(["model", *STATUSES])]
    for place, name in enumerate(report.names):
        lines.append(_line([name, *map(str, report.counts(place).values())]))
    lines.append(_line(["the best of each requirement", *map(str, report.best_counts().values())]))
    for row in report.gaps():
        lines += ["", f"## {row.requirement.identifier} {_cell_text(row.requirement.title)}", ""]
        lines += [_cell_text(row.requirement.description), ""]
        for name, cell in zip(report.names, row.cells, strict=True):
            if cell.status != "not covered":
                terms = ", ".join(f"`{each.name}`" for each in cell.terms)
                said = " ".join(filter(None, (f"{terms}." if terms else "", *map(_cell_text, cell.reasons))))
                lines.append(f"- {name}: **{cell.status}**. {said}".rstrip())
        without = [name for name, cell in zip(report.names, row.cells, strict=True) if cell.status == "not covered"]
        lines += [f"- **not covered** by {', '.join(without)}."] if without else []
        lines += [f"- proposed: <{one.iri}>, {_cell_text(one.definition)}" for one in account.proposals_for(row)]
    return "\n".join(lines) + "\n"


def _table(head: list[str]) -> list[str]:
    return [_line(head), _line(["---"] * len(head))]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(map(_cell_text, cells))} |"


def _cell_text(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
