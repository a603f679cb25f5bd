"""What was found in a file of mappings: what is wrong or doubtful, where, and what would be right."""

from collections import Counter, abc
from dataclasses import dataclass, replace
from typing import Final, Literal

from virtuales.alignment.mapping_set import MappingSet
from virtuales.errors import InputError

Severity = Literal["error", "warning", "info"]
"""An error is a reason to refuse; a warning says how something not quite right was taken; an info says a mere fact."""

SHOWN_OF_A_KIND: Final = 20
"""Findings of one rule about one slot that are listed; how many more there are is then said in one."""
_NAMED_IN_A_REFUSAL: Final = 5


@dataclass(frozen=True)
class Finding:
    """One finding.

    Args:
        rule: The kind of finding, such as `unknown-prefix`.
        severity: How bad it is.
        what: One sentence that says what is wrong.
        remedy: One sentence that says what would be right, or nothing.
        file: The file.
        line: The line, counted from 1.
        column: The column of the table, counted from 1.
        slot: The slot.
    """

    rule: str
    severity: Severity
    what: str
    remedy: str = ""
    file: str = ""
    line: int | None = None
    column: int | None = None
    slot: str = ""

    @property
    def where(self) -> str:
        """The place in words: file, line, column, slot, as far as they are known."""
        line = f"line {self.line}" if self.line is not None else ""
        column = f"column {self.column}" if self.column is not None else ""
        slot = f"slot `{self.slot}`" if self.slot else ""
        return ", ".join(part for part in (self.file, line, column, slot) if part)


class Findings:
    """Findings about one file, as they are made; too many of a kind are counted rather than kept.

    Args:
        file: What the findings call the file.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._kept: list[Finding] = []
        self._counts: Counter[tuple[str, Severity, str]] = Counter()
        self._refused: set[tuple[int | None, str]] = set()

    def add(self, finding: Finding, *, times: int = 1) -> None:
        """Keep a finding, or count it if there are enough of its kind; `times` is how often it was made."""
        if finding.severity == "error":
            self._refused.add((finding.line, finding.slot))
        kind = (finding.rule, finding.severity, finding.slot)
        self._counts[kind] += times
        if self._counts[kind] <= SHOWN_OF_A_KIND:
            self._kept.append(replace(finding, file=finding.file or self.file))

    def refused(self, line: int | None, slot: str) -> bool:
        """Tell whether an error says that what a slot holds on a line cannot be used."""
        return (line, slot) in self._refused

    def all(self) -> tuple[Finding, ...]:
        """Return the findings by line, and at the end how many more there are of the kinds that were too many."""
        kept = sorted(self._kept, key=lambda finding: (finding.line or 0, finding.column or 0))
        more = [
            Finding(rule, severity, f"{count - SHOWN_OF_A_KIND:,} more like these.", "", self.file, slot=slot)
            for (rule, severity, slot), count in self._counts.items()
            if count > SHOWN_OF_A_KIND
        ]
        return (*kept, *more)


@dataclass(frozen=True)
class Reading:
    """A mapping set as far as it could be read, and what was found on the way.

    Args:
        mapping_set: The set; values with an error are left out of it.
        findings: What was found, by line.
    """

    mapping_set: MappingSet
    findings: tuple[Finding, ...]

    def errors(self) -> tuple[Finding, ...]:
        """Return the findings that are reasons to refuse."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    def accepted(self, *, strict: bool = False) -> MappingSet:
        """Return the set if nothing speaks against it.

        Args:
            strict: Whether a warning speaks against it too.

        Raises:
            InputError: there is an error, or with `strict` a warning; names the first few, each with its place.
        """
        against = [each for each in self.findings if each.severity == "error" or (strict and each.severity != "info")]
        if against:
            raise refusal(against)
        return self.mapping_set


def refusal(findings: abc.Sequence[Finding]) -> InputError:
    """Make the error that says the findings; there must be at least one."""
    first, others = findings[0], findings[1:_NAMED_IN_A_REFUSAL]
    what = " ".join([first.what, *(f"{each.where}: {each.what}" for each in others)])
    if len(findings) > _NAMED_IN_A_REFUSAL:
        what += f" And {len(findings) - _NAMED_IN_A_REFUSAL:,} more findings."
    return InputError(what, where=first.where, remedy=first.remedy or None)
