"""Judging what a producer prepares, by the registered shapes in force, and looking again before it is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.in_force import Choice, choose, missing_from, remark_on
from virtuales.assurance.report import ValidationReport, join_reports
from virtuales.assurance.schema import SchemaVersion
from virtuales.assurance.validator import validate
from virtuales.catalogue.records import Preparation, Verdict
from virtuales.errors import Conflict, NonConforming
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class Judgeable:
    """One model to be judged.

    Args:
        name: What people call it.
        profiles: IRIs of the profiles that it claims to follow; none when it cannot be judged.
        statements: The file with its N-Triples.
    """

    name: str
    profiles: tuple[str, ...]
    statements: Path


def judge_models(workspace: Workspace, models: Sequence[Judgeable], where: str) -> Verdict:
    """Judge each model by the shapes in force for its own profiles, never a merged graph.

    A model that claims no profile is not judged, and a remark says so; where none is judged the verdict has no schema.

    Raises:
        NonConforming: a model violates them; the error carries the report.
        UnknownTerm: a profile has no registered shapes.
        Conflict: no version of the shapes for a profile is in force.
        PeerFailure: the shapes are neither here nor to be had from the orchestrator.
        IntegrityFailure: the shapes are not those that were registered.
    """
    known, now = workspace.schemas.all(), workspace.clock.now()
    reports: list[ValidationReport] = []
    used: dict[str, SchemaVersion] = {}
    remarks: dict[str, None] = {}
    for model in models:
        if not model.profiles:
            remarks[f"`{model.name}` names no profile: it was not judged."] = None
            continue
        choice = choose(known, model.profiles, now)
        data = ColumnarGraph.from_n_triples(model.statements)
        report, versions = _judged(workspace, data, choice)
        reports.append(report)
        used |= {version.iri: version for version in versions}
        remarks |= dict.fromkeys(choice.remarks)
    report = join_reports(reports)
    if not report.acceptable:
        violations = report.counts_by_severity().get("Violation", 0)
        raise NonConforming(
            f"The data violates the registered shapes in {violations} places.",
            report=report.to_json(),
            where=where,
            remedy="Mend what the report names, send the files again and prepare the dataset again.",
        )
    remarks |= dict.fromkeys(remark for one in used.values() if (remark := remark_on(one)))
    return Verdict(conforms=True, schemas=tuple(sorted(used)), warnings=len(report), remarks=tuple(remarks))


def require_still_in_force(workspace: Workspace, preparation: Preparation) -> None:
    """Refuse a prepared version that was judged by what is no longer in force, or not by all that is.

    Raises:
        Conflict: says which schema it is, and to prepare again.
        UnknownTerm: a profile has no registered shapes any more.
    """
    known, now = workspace.schemas.all(), workspace.clock.now()
    for model in (model for model in preparation.models if model.profiles):
        missing = missing_from(choose(known, model.profiles, now), preparation.verdict.schemas)
        if missing:
            raise Conflict(
                "The data was not judged by the schema version that is in force now.",
                where=", ".join(missing),
                remedy="Prepare the dataset again.",
            )


def _judged(
    workspace: Workspace, data: ColumnarGraph, choice: Choice
) -> tuple[ValidationReport, Sequence[SchemaVersion]]:
    """Judge a model by the newest version of each line, and where that fails by the older ones still in force.

    What every line has but one version of is in each run, since shapes files of one model may refer to each other.
    """
    newest = [line[0] for line in choice.lines]
    report = validate(data, workspace.library.shapes(newest))
    if report.acceptable or all(len(line) == 1 for line in choice.lines):
        return report, newest
    settled = [line[0] for line in choice.lines if len(line) == 1]
    reports: list[ValidationReport] = []
    used = list(settled)
    for line in choice.lines:
        if len(line) == 1:
            continue
        for version in line:
            found = validate(data, workspace.library.shapes([*settled, version]))
            if found.acceptable:
                reports.append(found)
                used.append(version)
                break
        else:
            return report, newest
    return join_reports(reports), used
