"""Checking records of use cases: by their shapes, and by what shapes cannot tell, each finding with file and line."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from virtuales.alignment.checks.known_terms import KnownTerms
from virtuales.alignment.checks.run import Checked
from virtuales.alignment.findings import Finding
from virtuales.alignment.use_cases.checks import CheckedRecord, check_record
from virtuales.alignment.use_cases.graph import RecordGraph
from virtuales.alignment.use_cases.reading import use_case_of
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.report import ResultGroup, ValidationResult, plain_text
from virtuales.assurance.rules import GivenRules
from virtuales.errors import InputError, UnreadableInput
from virtuales.models.registry import ModelRegistry
from virtuales.rdf.terms import BlankNode, NamedNode, Subject

SHAPES = Path("use-cases") / "record.ttl"
"""The shapes of records, in the folder of shapes."""


def check_use_cases(files: Sequence[Path], *, shapes: Path, models: ModelRegistry) -> Checked:
    """Check records of use cases.

    Args:
        files: The records' files.
        shapes: The folder of shapes.
        models: The registered models.

    Raises:
        UnreadableInput: a file or the shapes are not there, or are no Turtle.
        InputError: the shapes cannot judge.
    """
    rules = GivenRules([shapes / SHAPES], lambda _: None)
    terms = KnownTerms(models)
    found = [each for file in files for each in _check(file, rules, terms)]
    return Checked(tuple(map(str, files)), tuple(found))


def _check(file: Path, rules: GivenRules, terms: KnownTerms) -> list[Finding]:
    if not file.is_file():
        raise UnreadableInput("There is no such file.", where=str(file))
    try:
        graph = RecordGraph(file)
    except UnreadableInput as error:
        return [_unreadable(error, file)]
    misshapen = list(_misshapen(graph, rules))
    try:
        use_case = use_case_of(graph)
    except InputError as error:  # most of what keeps a record from being read, its shapes have told already
        return misshapen or [_unreadable(error, file)]
    found = [*misshapen, *check_record(CheckedRecord(use_case, graph, terms))]
    return sorted(found, key=lambda one: (one.line or 0, one.rule))


def _unreadable(error: InputError, file: Path) -> Finding:
    line = re.search(r"line (\d+)", error.where or "")
    number = int(line[1]) if line else None
    return Finding("unreadable", "error", error.what, error.remedy or "", str(file), number)


def _misshapen(graph: RecordGraph, rules: GivenRules) -> Iterator[Finding]:
    data = ColumnarGraph.from_quads(graph.triples)
    for group in rules.judge(data).report.groups:
        for result in group:
            yield _finding(graph, group, result)


def _finding(graph: RecordGraph, group: ResultGroup, result: ValidationResult) -> Finding:
    focus, value = _node(result.focus_node), plain_text(result.value) if result.value else ""
    who = plain_text(result.focus_node) if isinstance(focus, NamedNode) else "what is said of it"
    what = f"{group.message} Found: `{value}`." if value and not value.startswith("_:") else group.message
    return Finding("shape", "error", f"<{who}>: {what}", "", str(graph.path), graph.line(focus, value))


def _node(term: str) -> Subject:
    return BlankNode(term.removeprefix("_:")) if term.startswith("_:") else NamedNode(plain_text(term))
