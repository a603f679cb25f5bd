"""Validation reports: what was found, grouped so that people can read it and written so that machines can.

See https://www.w3.org/TR/shacl/#validation-report. Terms are text written as in N-Triples, IRIs of SHACL's own words
are bare.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from virtuales.assurance.paths import Path, Predicate, sparql_of
from virtuales.assurance.reading import bare, literal_parts
from virtuales.assurance.shapes import IGNORED, INFO, LIGHT, SEVERITIES, SHACL, VIOLATION, WARNING, Fault

_RANK: Mapping[str, int] = {severity: rank for rank, severity in enumerate(SEVERITIES)}
EXAMPLES = 3
"""Results that a summary shows of each rule."""
GROUPS = 100
"""Rules that a summary shows."""


@dataclass(frozen=True)
class ValidationResult:
    """One validation result (https://www.w3.org/TR/shacl/#results-validation-result).

    Args:
        focus_node: The node that was judged, as a term.
        path: The path to the value, or None for a result of a node shape.
        value: The offending value, as a term, or None where the result names none.
        severity: IRI of the severity.
        component: IRI of the constraint component.
        source_shape: The shape, as a term.
        message: The first message: the shape's own, else one in our words.
        messages: All messages that the shape gives, as literals; empty where it gives none.
        source_constraint: The node of a SPARQL-based constraint, as a term.
        details: Why the value does not conform to another shape (https://www.w3.org/TR/shacl/#results-detail), where
            that was asked for.
    """

    focus_node: str
    path: Path | None
    value: str | None
    severity: str
    component: str
    source_shape: str
    message: str
    messages: tuple[str, ...] = ()
    source_constraint: str | None = None
    details: tuple["ValidationResult", ...] = ()

    def within(self, depth: int = 1) -> Iterator[tuple[int, "ValidationResult"]]:
        """Give the details, each with how deep it lies, and those of each after it."""
        for detail in self.details:
            yield depth, detail
            yield from detail.within(depth + 1)


About = Callable[[ValidationResult], Mapping[str, object]]
"""Tells what is known of a result besides what the report holds."""


@dataclass(frozen=True)
class Rule:
    """A shape by which data was judged, whether it found anything or not.

    Args:
        source_shape: The shape, as a term.
        name: What people call it.
        description: The rule at more length; empty where the shape does not describe itself.
        severity: IRI of the severity of its results.
        path: The shape's path.
    """

    source_shape: str
    name: str
    description: str
    severity: str
    path: Path | None


@dataclass(frozen=True)
class ResultGroup:
    """All results of one rule: one constraint of one shape.

    Args:
        source_shape: The shape, as a term.
        rule: What people call the rule.
        component: IRI of the constraint component.
        severity: IRI of the severity.
        message: The rule in words.
        messages: The messages that the shape gives, as literals.
        path: The shape's path.
        focus_nodes: The focus node of each result, as terms.
        values: The value of each result; None where it names none.
        paths: Predicates that stand in place of the path, one per result; empty where the path holds for all.
        own_messages: Messages of each result; empty where the group's hold for all.
        source_constraint: The node of a SPARQL-based constraint.
        description: The rule at more length, where the shape describes itself.
        details: For each of the first results its details; empty where none were asked for, or none have any.
    """

    source_shape: str
    rule: str
    component: str
    severity: str
    message: str
    messages: tuple[str, ...]
    path: Path | None
    focus_nodes: tuple[str, ...]
    values: tuple[str | None, ...]
    paths: tuple[str | None, ...] = ()
    own_messages: tuple[tuple[str, ...], ...] = ()
    source_constraint: str | None = None
    description: str = ""
    details: tuple[tuple[ValidationResult, ...], ...] = ()

    def __len__(self) -> int:
        """Count the results."""
        return len(self.focus_nodes)

    def __getitem__(self, place: int) -> ValidationResult:
        """Return one result."""
        own = self.own_messages[place] if self.own_messages else ()
        predicate = self.paths[place] if self.paths else None
        return ValidationResult(
            focus_node=self.focus_nodes[place],
            path=Predicate(predicate) if predicate else self.path,
            value=self.values[place],
            severity=self.severity,
            component=self.component,
            source_shape=self.source_shape,
            message=plain_text(own[0]) if own else self.message,
            messages=own or self.messages,
            source_constraint=self.source_constraint,
            details=self.details[place] if place < len(self.details) else (),
        )

    def __iter__(self) -> Iterator[ValidationResult]:
        """Give the results."""
        return (self[place] for place in range(len(self)))


@dataclass(frozen=True)
class ValidationReport:
    """What judging a data graph by a shapes graph found.

    Args:
        groups: The results, one group per rule that found any.
        judged: The shapes with targets by which the data was judged.
        left_out: Parts of the shapes graph that are in error and by which it was not judged.
        focus_nodes: How many focus nodes were judged, counted once per shape.
        sources: The shapes files.
        rules: The shapes with constraints that judged the data; empty where an engine does not tell.
        inferred: How many statements rules inferred before the data was judged.
    """

    groups: tuple[ResultGroup, ...]
    judged: tuple[str, ...]
    left_out: tuple[Fault, ...] = ()
    focus_nodes: int = 0
    sources: tuple[str, ...] = field(default=())
    rules: tuple[Rule, ...] = ()
    inferred: int = 0

    @property
    def conforms(self) -> bool:
        """Whether there is no result at all, as SHACL defines it; results of `sh:Debug` and `sh:Trace` do not count."""
        return all(group.severity in IGNORED for group in self.groups)

    @property
    def acceptable(self) -> bool:
        """Whether there is no result of severity `sh:Violation`: warnings and information alone do not refuse data."""
        return all(group.severity in LIGHT for group in self.groups)

    @cached_property
    def results(self) -> tuple[ValidationResult, ...]:
        """All results."""
        return tuple(result for group in self.groups for result in group)

    def first_results(self, examples: int) -> Iterator[ValidationResult]:
        """Give so many results of each group, and the details that they have."""
        for group in self.groups:
            for place in range(min(examples, len(group))):
                result = group[place]
                yield result
                yield from (detail for _, detail in result.within())

    def __len__(self) -> int:
        """Count the results."""
        return sum(map(len, self.groups))

    def counts_by_severity(self) -> dict[str, int]:
        """Count the results of each severity, by the local name of SHACL's own, worst first."""
        count: Counter[str] = Counter({name.removeprefix(SHACL): 0 for name in (VIOLATION, WARNING, INFO)})
        for group in self.groups:
            count[group.severity.removeprefix(SHACL)] += len(group)
        return dict(count)

    def worst_first(self) -> list[ResultGroup]:
        """Return the groups, the most severe first, of these the largest first."""
        return sorted(self.groups, key=lambda one: (_RANK.get(one.severity, 0), -len(one), one.source_shape))

    def to_json(
        self, *, groups: int = GROUPS, examples: int = EXAMPLES, about: About | None = None
    ) -> dict[str, object]:
        """Summarise the report as plain data.

        Args:
            groups: Rules to show at most, worst first; the counts always cover all.
            examples: Results to show of each rule at most.
            about: Tells what is known of a result besides, such as the object's name.
        """
        return {
            "conforms": self.conforms,
            "acceptable": self.acceptable,
            "results": len(self),
            "counts": self.counts_by_severity(),
            "judgedShapes": len(self.judged),
            "judgedFocusNodes": self.focus_nodes,
            "shapes": list(self.sources),
            **({"inferredStatements": self.inferred} if self.inferred else {}),
            "rules": len(self.groups),
            "groups": [_group_json(group, examples, about) for group in self.worst_first()[:groups]],
            "leftOut": [
                {"shape": plain_text(one.shape), "what": one.what, "where": one.where} for one in self.left_out
            ],
        }

    def to_turtle(self) -> str:
        """Write the report as a `sh:ValidationReport` in Turtle, every result included."""
        from virtuales.assurance.report_graph import report_turtle  # noqa: PLC0415  # the writer imports this module

        return report_turtle(self)


def plain_text(term: str) -> str:
    """Return what a term says, without RDF syntax: the IRI, the lexical form, the label.

    >>> plain_text('"12"^^<http://www.w3.org/2001/XMLSchema#integer>'), plain_text("<urn:a>")
    ('12', 'urn:a')
    """
    if term.startswith('"'):
        return literal_parts(term)[0]
    return bare(term) if term.startswith("<") else term


def path_text(path: Path | None) -> str | None:
    """Return a path as people read it: the bare IRI of a predicate, else SPARQL's notation."""
    if path is None:
        return None
    return bare(path.iri) if isinstance(path, Predicate) else sparql_of(path)


def _group_json(group: ResultGroup, examples: int, about: About | None) -> dict[str, object]:
    shown = [group[place] for place in range(min(examples, len(group)))]
    return {
        "rule": group.rule,
        "shape": plain_text(group.source_shape),
        "component": group.component.removeprefix(SHACL),
        "severity": group.severity.removeprefix(SHACL),
        "message": group.message,
        **({"description": group.description} if group.description else {}),
        "path": path_text(group.path),
        "count": len(group),
        "examples": [_result_json(one, about) for one in shown],
    }


def _result_json(result: ValidationResult, about: About | None) -> dict[str, object]:
    return {
        "focusNode": plain_text(result.focus_node),
        "path": path_text(result.path),
        "value": None if result.value is None else plain_text(result.value),
        "message": result.message,
        **(about(result) if about else {}),
        **({"details": [_detail_json(one, about) for one in result.details]} if result.details else {}),
    }


def _detail_json(result: ValidationResult, about: About | None) -> dict[str, object]:
    """Write a detail: unlike an example, it stands in no group that names its rule."""
    return {
        "shape": plain_text(result.source_shape),
        "component": result.component.removeprefix(SHACL),
        "severity": result.severity.removeprefix(SHACL),
        **_result_json(result, about),
    }


def join_reports(reports: Iterable[ValidationReport]) -> ValidationReport:
    """Join reports on several data graphs, or on one judged by several shapes graphs, into one."""
    several = list(reports)
    return ValidationReport(
        groups=tuple(group for one in several for group in one.groups),
        judged=tuple(dict.fromkeys(shape for one in several for shape in one.judged)),
        left_out=tuple(dict.fromkeys(fault for one in several for fault in one.left_out)),
        focus_nodes=sum(one.focus_nodes for one in several),
        sources=tuple(dict.fromkeys(source for one in several for source in one.sources)),
        rules=tuple(dict.fromkeys(rule for one in several for rule in one.rules)),
        inferred=sum(one.inferred for one in several),
    )
