"""What the written reports have in common: a judged file, with the names of its objects and their lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from virtuales.assurance.costs import Cost
from virtuales.assurance.judging import Judgement
from virtuales.assurance.paths import Predicate
from virtuales.assurance.report import ResultGroup, Rule, ValidationResult, path_text, plain_text
from virtuales.assurance.shapes import INFO, SHACL, VIOLATION, WARNING

SEVERITIES: Mapping[str, str] = {VIOLATION: "Violation", WARNING: "Warning", INFO: "Info"}


@dataclass(frozen=True)
class Shown:
    """One judged file as a report shows it.

    Args:
        judgement: What judging it gave.
        file: Where the document is, as its reader named it; a zip's member stands behind the zip and a slash.
        lines: Lines by focus node and predicate, both as terms; the object's own line stands under None.
        costs: What each part of judging it cost, the slowest first; empty where it was not measured.
    """

    judgement: Judgement
    file: str
    lines: Mapping[tuple[str, str | None], int] = field(default_factory=dict)
    costs: tuple[Cost, ...] = ()

    @property
    def uri(self) -> str:
        """The file as a URI reference (RFC 3986), relative where the file was named so."""
        path = Path(self.file)
        return path.as_uri() if path.is_absolute() else quote(path.as_posix())

    def line(self, result: ValidationResult) -> int | None:
        """Return the line of the property that a result speaks of, else of its focus node; None where unknown."""
        predicate = result.path.iri if isinstance(result.path, Predicate) else None
        own = self.lines.get((result.focus_node, None))
        return self.lines.get((result.focus_node, predicate), own)

    def name(self, result: ValidationResult) -> str:
        """Return what the data calls the focus node; empty where it has no name or was not looked up."""
        return self.judgement.names.get(result.focus_node, "")

    def about(self, result: ValidationResult) -> dict[str, object]:
        """Return the name and the place of a result as plain data, as far as they are known."""
        known: dict[str, object] = {"name": name} if (name := self.name(result)) else {}
        line = self.line(result)
        return known if line is None else {**known, "place": {"file": self.file, "line": line}}


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
    for group in report.groups:
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


def sentence(result: ValidationResult) -> str:
    """Return a result's message with the value that it speaks of."""
    return result.message if result.value is None else f"{result.message} Found: {plain_text(result.value)}"
