"""What a change of the data did to the results of judging it: which are new, which are gone, which stay.

A result is the same where shape, constraint, focus node, path and value are; what its message says does not count.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from virtuales.assurance.report import ResultGroup, ValidationReport

_Rule = tuple[str, str, str | None, str]
_Row = tuple[str, str | None, str | None]


@dataclass(frozen=True)
class Comparison:
    """Two reports on one model, before a change and after it, taken apart.

    Args:
        new: The report on the changed data with no more than the results that it has beyond the other.
        unchanged: The same with the results that both have.
        mended: The report on the data as it was, with the results that are gone.
    """

    new: ValidationReport
    unchanged: ValidationReport
    mended: ValidationReport


def compare_reports(before: ValidationReport, after: ValidationReport) -> Comparison:
    """Take two reports apart; a result that stands several times in a report counts as often."""
    known, now = _counted(before), _counted(after)
    fresh, kept = _split(after, known)
    gone, _ = _split(before, now)
    return Comparison(fresh, kept, gone)


def _counted(report: ValidationReport) -> dict[_Rule, Counter[_Row]]:
    counted: defaultdict[_Rule, Counter[_Row]] = defaultdict(Counter)
    for group in report.groups:
        counted[_rule(group)].update(_rows(group))
    return dict(counted)


def _split(report: ValidationReport, others: dict[_Rule, Counter[_Row]]) -> tuple[ValidationReport, ValidationReport]:
    """Return the report with the results that the others have not, and with those that they have."""
    left = {rule: Counter(rows) for rule, rows in others.items()}
    alone: list[ResultGroup] = []
    common: list[ResultGroup] = []
    for group in report.groups:
        rows = left.get(_rule(group), Counter())
        places: tuple[list[int], list[int]] = [], []
        for place, row in enumerate(_rows(group)):
            shared = rows[row] > 0
            rows[row] -= shared
            places[shared].append(place)
        alone += _part(group, places[False])
        common += _part(group, places[True])
    return replace(report, groups=tuple(alone)), replace(report, groups=tuple(common))


def _rule(group: ResultGroup) -> _Rule:
    return group.source_shape, group.component, group.source_constraint, group.severity


def _rows(group: ResultGroup) -> list[_Row]:
    paths = group.paths or (None,) * len(group)
    return list(zip(group.focus_nodes, paths, group.values, strict=True))


def _part(group: ResultGroup, places: Sequence[int]) -> list[ResultGroup]:
    """Return the group with the results at some places; nothing where there are none."""
    if not places:
        return []
    return [
        replace(
            group,
            focus_nodes=tuple(group.focus_nodes[place] for place in places),
            values=tuple(group.values[place] for place in places),
            paths=tuple(group.paths[place] for place in places) if group.paths else (),
            own_messages=tuple(group.own_messages[place] for place in places) if group.own_messages else (),
            details=tuple(group.details[place] for place in places if place < len(group.details)),
        )
    ]
