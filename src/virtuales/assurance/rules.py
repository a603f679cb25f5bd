"""Rules by which a model is judged: chosen by the profiles that it names, from what a registry says is in force."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Protocol

from virtuales.assurance.compiling import Compile, compile_afresh
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.imports import Find, Ontology
from virtuales.assurance.in_force import Choice, choose, remark_on
from virtuales.assurance.report import ValidationReport, join_reports
from virtuales.assurance.schema import SchemaVersion
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.shapes_library import ShapesLibrary
from virtuales.assurance.validator import validate

Judging = Callable[[ColumnarGraph, ShapesGraph], ValidationReport]
"""Judges a data graph by a shapes graph, as `virtuales.assurance.validator.validate` does."""


@dataclass(frozen=True)
class Ruling:
    """What judging a graph by a set of rules gave.

    Args:
        report: What was found.
        versions: Registered versions of schemas by which it was judged; none where the rules are files.
        remarks: What the data's producer is to know of them.
    """

    report: ValidationReport
    versions: tuple[SchemaVersion, ...] = ()
    remarks: tuple[str, ...] = ()


class Rules(Protocol):
    """Chooses shapes by the profiles that a model names, and judges by them."""

    def judge(self, graph: ColumnarGraph, profiles: Sequence[str], *, by: Judging = validate) -> Ruling:
        """Judge a model of some profiles.

        Args:
            graph: The model.
            profiles: IRIs of the profile versions that its header names.
            by: What judges a graph by the shapes that are chosen.

        Raises:
            UnknownTerm: none is given, or one has no registered shapes.
            VirtualesError: the shapes are not to be had, or cannot be used.
        """
        ...

    def find(self, iri: str) -> Ontology | None:
        """Return the registered shapes graph or model of an IRI, for shapes that import it; None when there is none."""
        ...


class GivenRules:
    """Shapes files that judge a model whatever profiles it names.

    Args:
        files: The files, at least one.
        find: Tells what is registered and can be imported by them.
        compile_: What compiles them.
    """

    def __init__(self, files: Sequence[Path], find: Find, *, compile_: Compile = compile_afresh) -> None:
        self.files = tuple(files)
        self.find = find
        self._compile = compile_

    @cached_property
    def _shapes(self) -> ShapesGraph:
        return self._compile(self.files, find=self.find)

    def judge(self, graph: ColumnarGraph, _: Sequence[str] = (), *, by: Judging = validate) -> Ruling:
        """Judge a model (`Rules.judge`).

        Raises:
            UnreadableInput: a file is no well-formed RDF.
            InputError: no shape is left to judge by.
        """
        return Ruling(by(graph, self._shapes))


class RulesInForce:
    """Rules as a registry of schemas says that they are in force.

    Args:
        versions: All that are registered.
        library: Gives the shapes of versions.
        at: The moment.
    """

    def __init__(self, versions: Iterable[SchemaVersion], library: ShapesLibrary, at: datetime) -> None:
        self._versions = tuple(versions)
        self._library = library
        self._at = at

    def judge(self, graph: ColumnarGraph, profiles: Sequence[str], *, by: Judging = validate) -> Ruling:
        """Judge a model by the newest version of each line, and where that fails by the older ones still in force.

        What every line has but one version of is in each run, since shapes files of one model may refer to each other.

        Raises:
            UnknownTerm: no profile is named, or one has no registered shapes.
            Conflict: no version of the shapes for a profile is in force.
            NotFound, PeerFailure, IntegrityFailure, UnreadableInput: as for `ShapesLibrary.shapes`.
        """
        choice = choose(self._versions, profiles, self._at)
        report, used = self._judged(graph, choice, by)
        remarks = (*choice.remarks, *(remark for one in used if (remark := remark_on(one))))
        return Ruling(report, tuple(used), tuple(dict.fromkeys(remarks)))

    def find(self, iri: str) -> Ontology | None:
        """Return the registered shapes graph or model of an IRI, for shapes that import it; None when there is none.

        Raises:
            NotFound, PeerFailure, IntegrityFailure: as for `SchemaContents.read`.
        """
        return self._library.find(iri, self._versions)

    def _judged(
        self, graph: ColumnarGraph, choice: Choice, by: Judging
    ) -> tuple[ValidationReport, list[SchemaVersion]]:
        newest = [line[0] for line in choice.lines]
        report = by(graph, self._library.shapes(newest, self._versions))
        if report.acceptable or all(len(line) == 1 for line in choice.lines):
            return report, newest
        settled = [line[0] for line in choice.lines if len(line) == 1]
        reports: list[ValidationReport] = []
        used = list(settled)
        for line in choice.lines:
            if len(line) == 1:
                continue
            for version in line:
                found = by(graph, self._library.shapes([*settled, version], self._versions))
                if found.acceptable:
                    reports.append(found)
                    used.append(version)
                    break
            else:
                return report, newest
        return join_reports(reports), used
