"""Judging what a producer prepares, by the registered shapes in force, and looking again before it is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.in_force import choose, missing_from
from virtuales.assurance.report import ValidationReport, join_reports
from virtuales.assurance.rules import RulesInForce
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

    Where the node holds what judging an earlier edition of a model gave, only what changed since is judged again.

    A model that claims no profile is not judged, and a remark says so; where none is judged the verdict has no schema.

    Raises:
        NonConforming: a model violates them; the error carries the report.
        UnknownTerm: a profile has no registered shapes.
        Conflict: no version of the shapes for a profile is in force.
        PeerFailure: the shapes are neither here nor to be had from the orchestrator.
        IntegrityFailure: the shapes are not those that were registered.
    """
    rules = RulesInForce(workspace.schemas.all(), workspace.library, workspace.clock.now())
    reports: list[ValidationReport] = []
    used: dict[str, None] = {}
    remarks: dict[str, None] = {}
    for model in models:
        if not model.profiles:
            remarks[f"`{model.name}` names no profile: it was not judged."] = None
            continue
        graph = ColumnarGraph.from_n_triples(model.statements)
        ruling = rules.judge(graph, model.profiles, by=workspace.judgements.of(where))
        reports.append(ruling.report)
        used |= {version.iri: None for version in ruling.versions}
        remarks |= dict.fromkeys(ruling.remarks)
    report = join_reports(reports)
    if not report.acceptable:
        violations = report.counts_by_severity().get("Violation", 0)
        raise NonConforming(
            f"The data violates the registered shapes in {violations} places.",
            report=report.to_json(),
            where=where,
            remedy="Mend what the report names, send the files again and prepare the dataset again.",
        )
    remarks |= dict.fromkeys(f"Left out of the shapes: {one}" for one in report.left_out)
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
