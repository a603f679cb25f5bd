"""What the written reports have in common: a judged file, with the names of its objects and their lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import quote

from virtuales.assurance import shapes
from virtuales.assurance.comparison import Comparison
from virtuales.assurance.costs import Cost
from virtuales.assurance.judging import Judgement
from virtuales.assurance.paths import Predicate
from virtuales.assurance.report import ResultGroup, Rule, ValidationReport, ValidationResult, path_text, plain_text
from virtuales.assurance.shapes import SHACL, VIOLATION

SEVERITIES: Mapping[str, str] = {severity: severity.removeprefix(SHACL) for severity in shapes.SEVERITIES}


Lines = Mapping[tuple[str, str | None], int]
"""Lines by focus node and predicate, both as terms; the object's own line stands under None."""


class State(StrEnum):
    """What a change of the data did to a result."""

    NEW = "new"
    UNCHANGED = "unchanged"
    MENDED = "mended"


class Misfit(Protocol):
    """Something that does not fit between a difference model and what it changes."""

    @property
    def kind(self) -> str:
        """What, in one word."""

    @property
    def difference(self) -> str:
        """The difference model's file."""

    @property
    def what(self) -> str:
        """One sentence that says it."""

    @property
    def statement(self) -> str | None:
        """The statement concerned, as N-Triples; None when it is about the whole model or object."""


@dataclass(frozen=True)
class Place:
    """Where an object or one of its properties stands: a file, and the line where it is known."""

    file: str
    line: int | None = None

    @property
    def uri(self) -> str:
        """The file as a URI reference (RFC 3986), relative where the file was named so."""
        path = Path(self.file)
        return path.as_uri() if path.is_absolute() else quote(path.as_posix())

    def __str__(self) -> str:
        """Write the place as compilers do; empty where no line is known."""
        return "" if self.line is None else f"{self.file}:{self.line}: "


@dataclass(frozen=True)
class Change:
    """What a change of the data did.

    Args:
        comparison: The results before and after it, taken apart.
        before: The file as it was.
        ended: How many statements ended.
        began: How many began.
        conflicts: What did not fit.
        only_new_refuses: Whether results that were there before refuse nothing.
    """

    comparison: Comparison
    before: "Shown"
    ended: int
    began: int
    conflicts: Sequence[Misfit] = ()
    only_new_refuses: bool = False


class Part(NamedTuple):
    """Results that share what a change did to them, and the file in which they stand."""

    state: State | None
    report: ValidationReport
    file: "Shown"


@dataclass(frozen=True)
class Shown:
    """One judged file as a report shows it.

    Args:
        judgement: What judging it gave.
        file: Where the document is, as its reader named it; a zip's member stands behind the zip and a slash.
        lines: Where objects and properties stand in the file.
        later: Other files that say more of the same objects, the latest first, with where these stand in them.
        change: What a change did that made the file what it is.
        costs: What each part of judging it cost, the slowest first; empty where it was not measured.
    """

    judgement: Judgement
    file: str
    lines: Lines = field(default_factory=dict)
    later: tuple[tuple[str, Lines], ...] = ()
    change: Change | None = None
    costs: tuple[Cost, ...] = ()

    @property
    def parts(self) -> list[Part]:
        """The results, apart by what the change did to them where there was one."""
        if self.change is None:
            return [Part(None, self.judgement.report, self)]
        compared = self.change.comparison
        return [
            Part(State.NEW, compared.new, self),
            Part(State.UNCHANGED, compared.unchanged, self),
            Part(State.MENDED, compared.mended, self.change.before),
        ]

    @property
    def files(self) -> list[str]:
        """The file, and every other in which its objects may stand."""
        before = self.change.before.files if self.change else []
        return list(dict.fromkeys([self.file, *(file for file, _ in self.later), *before]))

    def refuses(self, state: State | None) -> bool:
        """Tell whether violations of some state refuse the data."""
        refusing = {None, State.NEW} if self.change and self.change.only_new_refuses else {None, *State}
        return state in refusing - {State.MENDED}

    @property
    def acceptable(self) -> bool:
        """Whether there is no violation that refuses the data."""
        return all(part.report.acceptable for part in self.parts if self.refuses(part.state))

    def place(self, result: ValidationResult) -> Place:
        """Return the place of the property that a result speaks of, else that of its focus node, as far as known."""
        several = [*self.later, (self.file, self.lines)]
        predicate = result.path.iri if isinstance(result.path, Predicate) else None
        for key in ((result.focus_node, predicate), (result.focus_node, None)):
            for file, lines in several:
                if key in lines:
                    return Place(file, lines[key])
        return Place(self.file)

    def name(self, result: ValidationResult) -> str:
        """Return what the data calls the focus node; empty where it has no name or was not looked up."""
        return self.judgement.names.get(result.focus_node, "")

    def about(self, result: ValidationResult) -> dict[str, object]:
        """Return the name and the place of a result as plain data, as far as they are known."""
        known: dict[str, object] = {"name": name} if (name := self.name(result)) else {}
        place = self.place(result)
        return known if place.line is None else {**known, "place": {"file": place.file, "line": place.line}}


def severity_name(severity: str) -> str:
    """Return the name of a severity: SHACL's own by local name, any other by its IRI."""
    return SEVERITIES.get(severity, severity)


def rule_id(shape: str, name: str, path: str | None) -> str:
    """Return what identifies a rule from run to run: the shape's IRI, else its name, else the path it judges."""
    if shape.startswith("<"):
        return plain_text(shape)
    if name and not name.startswith("_:"):
        return name
    return f"unnamed shape for {path}" if path else "unnamed shape"


def rules_of(shown: Shown) -> dict[str, Rule]:
    """Return the rules by which a file was judged, by identifier; those that found something are always among them."""
    report = shown.judgement.report
    known = {rule_id(one.source_shape, one.name, path_text(one.path)): one for one in report.rules}
    if not known:  # the other engine names the shapes that it judged by, and nothing of them
        known = {plain_text(shape): Rule(shape, plain_text(shape), "", VIOLATION, None) for shape in report.judged}
    for group in (group for part in shown.parts for group in part.report.groups):
        known.setdefault(
            group_id(group), Rule(group.source_shape, group.rule, group.description, group.severity, group.path)
        )
    return known


def group_id(group: ResultGroup) -> str:
    """Return the identifier of the rule that found a group's results."""
    return rule_id(group.source_shape, group.rule, path_text(group.path))


def component_name(group: ResultGroup) -> str:
    """Return the constraint component's local name, without the word that all of them end with."""
    return group.component.removeprefix(SHACL).removesuffix("ConstraintComponent")


def first_results(group: ResultGroup, examples: int) -> Iterator[ValidationResult]:
    """Give a group's first results."""
    return (group[place] for place in range(min(examples, len(group))))


def told_details(result: ValidationResult) -> Iterator[tuple[int, str]]:
    """Say why the value of a result does not conform: for each detail how deep it lies, and a line of text."""
    for depth, detail in result.within():
        path = path_text(detail.path)
        of = f"{plain_text(detail.focus_node)} {path}" if path else plain_text(detail.focus_node)
        yield depth, f"{of}: {sentence(detail)}"


def told_conflict(conflict: Misfit) -> str:
    """Say what does not fit, of which difference model, and which statement it is."""
    said = f"{conflict.difference}: {conflict.kind}: {conflict.what}"
    return f"{said}: {conflict.statement}" if conflict.statement else f"{said}."


def sentence(result: ValidationResult) -> str:
    """Return a result's message with the value that it speaks of."""
    return result.message if result.value is None else f"{result.message} Found: {plain_text(result.value)}"
